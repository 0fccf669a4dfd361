"""The job of the form: the code that shows whose an e-mail address is."""

import hashlib
import logging
import smtplib

from flask import current_app, render_template
from sqlalchemy import text

from app import jobs
from app.database import session, transaction
from app.i18n import force_locale, gettext
from app.mail import AddressRefused, Letter, compose, send
from app.reporting import codes
from app.settings import Settings

log = logging.getLogger(__name__)
WIPE = text(
    "UPDATE procrastinate_jobs SET args = '{}'"
    " WHERE task_name = 'reporting.send_code' AND args ->> 'sealed' = :sealed"
)


@jobs.task("reporting.send_code")
def send_code(sealed: str | None = None) -> None:
    """Send a code while it still counts, and wipe the address from the queue."""
    settings: Settings = current_app.config["SETTINGS"]
    if sealed is None:  # it was sent and wiped, and the worker died after that
        return
    message = codes.unseal(str(settings.secret_key), sealed)
    if message is not None:
        _send(_letter(message, sealed, settings), settings)
    with transaction():
        session().execute(WIPE, {"sealed": sealed})


def _send(letter: Letter, settings: Settings) -> None:
    """:raises OSError: the mail server did not take it; try again later."""
    try:
        send(
            compose(letter, settings.mail_from),
            smtp_url=settings.smtp_url,
            folder=settings.mail_folder,
        )
    except AddressRefused:
        log.info("a code could not be sent: the address takes no mail")
    except smtplib.SMTPException as fault:  # what the server says may hold the address
        raise OSError(f"the mail server did not take a code: {type(fault).__name__}") from None


def _letter(message: codes.Message, sealed: str, settings: Settings) -> Letter:
    host = settings.base_url.split("://")[-1].split(":")[0].split("/")[0]
    shown = f"{message.code[:3]} {message.code[3:]}"
    values = {
        "code": shown,
        "jurisdiction_name": message.name,
        "language": message.language,
        "minutes": codes.LIFETIME_SECONDS // 60,
    }
    with force_locale(message.language):
        return Letter(
            recipient=message.email,
            subject=gettext("%(code)s is your code", code=shown),
            text=render_template("notifications/code.txt", **values),
            html=render_template("notifications/code.html", **values),
            language=message.language,
            message_id=f"<code.{hashlib.sha256(sealed.encode()).hexdigest()[:32]}@{host}>",
        )
