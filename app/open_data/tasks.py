"""Jobs by the clock that tidy up after open data."""

import logging

from app import jobs
from app.database import transaction
from app.open_data import geopackage_writer, versions

log = logging.getLogger(__name__)


@jobs.task("open_data.fold_changes", cron="*/10 * * * *")
def fold_changes() -> None:
    """Every ten minutes: a reader then has few rows to add."""
    with transaction():
        versions.fold()


@jobs.task("open_data.remove_left_files", cron="35 3 * * *")
def remove_left_files() -> None:
    """Every night: files that were being made when their process was killed do not fill the disk."""
    if gone := geopackage_writer.remove_left():
        log.info("removed %d folders of half-made files", gone)
