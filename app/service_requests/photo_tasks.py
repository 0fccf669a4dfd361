"""The job that removes photos which were never sent with anything."""

import logging
from datetime import UTC, datetime

from app import jobs
from app.database import transaction
from app.service_requests import pictures

log = logging.getLogger(__name__)


@jobs.task("service_requests.remove_unused_photos", cron="40 3 * * *")
def remove_unused_photos() -> None:
    """Every night: photos that nothing has named for a day, and those whose report was deleted."""
    with transaction():
        count = pictures.remove_unused(now=datetime.now(UTC))
    log.info("removed %d photos that nothing names", count)
