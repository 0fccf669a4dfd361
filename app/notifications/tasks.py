"""The jobs that other rooms order by name."""

from datetime import UTC, datetime

from flask import current_app, render_template

from app import jobs
from app.database import transaction
from app.notifications import operations
from app.notifications.operations import Post
from app.settings import Settings


def _post() -> Post:
    settings: Settings = current_app.config["SETTINGS"]
    return Post(
        sender=settings.mail_from,
        smtp_url=settings.smtp_url,
        folder=settings.mail_folder,
        base_url=settings.base_url,
        render=render_template,
    )


@jobs.task("notifications.acknowledge")
def acknowledge(service_request_id: int) -> None:
    """Send the receipt for a new report."""
    with transaction():
        operations.acknowledge(service_request_id, _post(), now=datetime.now(UTC))


@jobs.task("notifications.tell_reporter")
def tell_reporter(history_entry_id: int) -> None:
    """Tell the one who reported what happened."""
    with transaction():
        operations.tell_reporter(history_entry_id, _post(), now=datetime.now(UTC))
