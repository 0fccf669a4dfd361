"""The jobs that remove what is left of attached files."""

import logging
from datetime import UTC, datetime

from flask import current_app

from app import jobs
from app.service_requests import attachments
from app.storage import store_of

log = logging.getLogger(__name__)


@jobs.task(attachments.REMOVE_JOB)
def remove_files(keys: list[str]) -> None:
    """Remove the bytes of files whose rows are gone."""
    attachments.remove_files(store_of(current_app.config["SETTINGS"]), keys)


@jobs.task("service_requests.remove_stray_attachments", cron="20 4 * * *")
def remove_orphans() -> None:
    """Every night: bytes that a crash left without a row."""
    store = store_of(current_app.config["SETTINGS"])
    count = attachments.remove_orphans(store, now=datetime.now(UTC))
    log.info("removed %d files that nobody names", count)
