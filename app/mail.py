"""Sending e-mail: by SMTP, or into a folder as .eml files. Knows nothing of reports."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Letter:
    """An e-mail in plain text and HTML. `message_id` is the same whenever the same letter is sent again."""

    recipient: str
    subject: str
    text: str
    html: str
    language: str
    message_id: str


def compose(letter: Letter, sender: str) -> EmailMessage:
    """The message, marked as automatic (RFC 3834) so that no machine answers it."""
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # last: setting the content drops such headers
    return message


def send(message: EmailMessage, *, smtp_url: str | None, folder: Path | None) -> None:
    """Hand the message over. :raises OSError, smtplib.SMTPException: it was not taken; try again later."""
    if smtp_url:
        _send_by_smtp(message, smtp_url)
    elif folder:
        _write(message, folder)
    else:
        raise OSError(
            "neither MELDE_SMTP_URL nor MELDE_MAIL_FOLDER is set: there is no way to send e-mail"
        )


def _send_by_smtp(message: EmailMessage, smtp_url: str) -> None:
    """`smtp://`, `smtp+starttls://` or `smtps://`, with `user:password@` if the server asks."""
    parts = urlsplit(smtp_url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
    with server:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _write(message: EmailMessage, folder: Path) -> None:
    """A file named by the Message-ID: sending again writes the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    name = str(message["Message-ID"]).strip("<>").split("@")[0]
    unfinished = folder / f".{name}.tmp"
    unfinished.write_bytes(message.as_bytes())
    unfinished.rename(folder / f"{name}.eml")
