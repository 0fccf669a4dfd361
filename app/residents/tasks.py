"""The jobs of this room."""

from datetime import UTC, datetime

from flask import current_app, render_template

from app import jobs
from app.database import transaction
from app.residents import operations
from app.residents.letters import Office, send_link
from app.settings import Settings


@jobs.task(operations.JOB)
def send(contact_id: int, language: str, letter: str) -> None:
    """Send someone the link to their reports."""
    settings: Settings = current_app.config["SETTINGS"]
    office = Office(
        sender=settings.mail_from,
        smtp_url=settings.smtp_url,
        folder=settings.mail_folder,
        base_url=settings.base_url,
        secret=settings.secret_key or "",
        render=render_template,
    )
    send_link(contact_id, language, letter, office)


@jobs.task("residents.forget_old_sessions", cron="*/15 * * * *")
def forget_old_sessions() -> None:
    """Remove sessions whose longest life is over."""
    with transaction():
        operations.forget_old(now=datetime.now(UTC))
