"""The job that forgets days away that are over."""

import logging
from datetime import UTC, datetime

from app import jobs
from app.database import transaction
from app.duties.operations import forget

log = logging.getLogger(__name__)


@jobs.task("duties.forget_absences", cron="50 2 * * *")
def forget_absences() -> None:
    """Every night: nobody needs to know when somebody was away last year."""
    with transaction():
        gone = forget(datetime.now(UTC).date())
    log.info("%d absences forgotten", gone)
