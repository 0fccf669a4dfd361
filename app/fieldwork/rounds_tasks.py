"""The job that carries over what is left of rounds."""

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app import jobs
from app.database import transaction
from app.fieldwork.rounds_rollover import roll_over
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import all_jurisdictions

log = logging.getLogger(__name__)


@jobs.task("fieldwork.roll_over", cron="*/5 * * * *")
def roll_over_rounds() -> None:
    """Every five minutes: after a municipality's midnight the first run has something to do.

    One municipality that fails does not hold the others up; the job is tried again.
    """
    first: Exception | None = None
    now = datetime.now(UTC)
    for key, number, zone in [(one.id, one.number, one.time_zone) for one in all_jurisdictions()]:
        today = now.astimezone(ZoneInfo(zone)).date()
        try:
            with transaction() as session:
                moved = roll_over(session.get_one(Jurisdiction, key), today=today, now=now)
        except Exception as fault:
            first = first or fault
            log.warning("rounds of %s wait: %s", number, type(fault).__name__)
            continue
        if moved:
            log.info("%d stops of %s went into the next round", moved, number)
    if first is not None:
        raise first
