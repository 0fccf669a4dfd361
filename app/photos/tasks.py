"""The jobs that remove files."""

import logging
from datetime import UTC, datetime

from app import jobs
from app.photos import operations
from app.photos.views import current_store

log = logging.getLogger(__name__)


@jobs.task("photos.remove_files")
def remove_files(keys: list[str]) -> None:
    """Remove the files of photos whose rows are gone."""
    operations.remove_files(current_store(), keys)


@jobs.task("photos.remove_orphans", cron="10 4 * * *")
def remove_orphans() -> None:
    """Every night: files that a crash left without a row."""
    count = operations.remove_orphans(current_store(), now=datetime.now(UTC))
    log.info("removed %d photos that nobody names", count)
