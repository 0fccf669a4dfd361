"""The job that makes the nightly files."""

import logging
from datetime import UTC, datetime

from flask import current_app

from app import jobs
from app.database import session
from app.jurisdictions.queries import all_jurisdictions
from app.open_data import nights
from app.settings import Settings
from app.storage import store_of

log = logging.getLogger(__name__)


@jobs.task("open_data.dump", cron="20 1 * * *", line=jobs.OUTSIDE)
def dump() -> None:
    """Every night: all datasets of each municipality. One that fails does not hold the others up; it is tried
    again, and what is whole is left as it is.
    """
    settings: Settings = current_app.config["SETTINGS"]
    store = store_of(settings)
    first: Exception | None = None
    with nights.one_at_a_time():
        for jurisdiction in all_jurisdictions():
            number = jurisdiction.number
            try:
                made = nights.make(jurisdiction, store, now=datetime.now(UTC))
            except Exception as fault:
                first = first or fault
                log.warning("nightly files of %s wait: %s", number, type(fault).__name__)
                continue
            finally:
                session().rollback()  # nothing was changed
            log.info("%d nightly files of %s", len(made.files), number)
            for file in made.left_out:
                log.warning("%s of %s is too large for its format", file.name, number)
    if first is not None:
        raise first
