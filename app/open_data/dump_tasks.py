"""The job that makes the nightly files."""

import logging
from datetime import UTC, datetime

from flask import current_app

from app import jobs
from app.database import session
from app.jurisdictions.queries import all_jurisdictions
from app.open_data import nights
from app.settings import Settings
from app.storage import StoreAway, store_of

log = logging.getLogger(__name__)


@jobs.task("open_data.dump", cron="20 1 * * *", line=jobs.OUTSIDE)
def dump() -> None:
    """Every night: all datasets of each municipality. One that fails does not hold the others up; it is tried
    again, and what is whole is left as it is.
    """
    settings: Settings = current_app.config["SETTINGS"]
    store, away = store_of(settings), None
    with nights.one_at_a_time():
        for jurisdiction in all_jurisdictions():
            try:
                made = nights.make(jurisdiction, store, now=datetime.now(UTC))
            except StoreAway as fault:
                away = fault
                log.warning("nightly files of %s wait: the store is away", jurisdiction.number)
                continue
            finally:
                session().rollback()  # nothing was changed
            log.info("%d nightly files of %s", len(made.files), jurisdiction.number)
    if away is not None:
        raise away
