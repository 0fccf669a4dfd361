"""The jobs of this room."""

from datetime import UTC, datetime
from uuid import UUID

from flask import current_app, render_template

from app import jobs
from app.accounts import sign_in_log
from app.accounts.letters import Office, send_key
from app.accounts.operations import LETTER_JOB
from app.database import transaction
from app.settings import Settings


@jobs.task(LETTER_JOB)
def send_letter(key: str) -> None:
    """Send someone on the staff the link they were promised."""
    settings: Settings = current_app.config["SETTINGS"]
    office = Office(
        sender=settings.mail_from,
        smtp_url=settings.smtp_url,
        folder=settings.mail_folder,
        base_url=settings.base_url,
        secret=settings.secret_key or "",
        render=render_template,
    )
    send_key(UUID(key), office)


@jobs.task("accounts.forget_old_sign_ins", cron="40 3 * * *")
def forget_old_sign_ins() -> None:
    """Remove lines of the log of sign-ins that are older than a quarter of a year."""
    with transaction():
        sign_in_log.forget_old(now=datetime.now(UTC))
