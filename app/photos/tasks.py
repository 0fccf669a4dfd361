"""The jobs that remove files."""

import logging
from datetime import UTC, datetime

from flask import current_app

from app import jobs
from app.photos import operations
from app.settings import Settings
from app.storage import Store, store_of

log = logging.getLogger(__name__)


def _store() -> Store:
    settings: Settings = current_app.config["SETTINGS"]
    return store_of(settings)


@jobs.task("photos.remove_files")
def remove_files(keys: list[str]) -> None:
    """Remove the files of photos whose rows are gone."""
    operations.remove_files(_store(), keys)


@jobs.task("photos.remove_orphans", cron="10 4 * * *")
def remove_orphans() -> None:
    """Every night: files that a crash left without a row."""
    count = operations.remove_orphans(_store(), now=datetime.now(UTC))
    log.info("removed %d photos that nobody names", count)
