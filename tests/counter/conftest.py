"""A mailbox on a real IMAP server, and letters to put into it."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.counter import tasks
from app.counter.models import IncomingLetter
from app.database import session
from app.mailboxes import Mailbox, Security

from .dovecot import PASSWORD, USER, Server, dovecot

ADDRESS = "melding@kommune.example.org"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with dovecot() as running:
        yield running


@pytest.fixture
def box(app: Flask, server: Server, tmp_path: Path) -> Iterator[Mailbox]:
    """The mailbox, empty, and known to the service."""
    server.empty()
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)
    made = Mailbox(
        name="ksu",
        jurisdiction="1505",
        host="127.0.0.1",
        port=server.port,
        security=Security.NONE,
        user=USER,
        password_file=secret,
        folder="INBOX",
        done_folder="Melde-ferdig",
        trash_folder="Melde-avvist",
        address=ADDRESS,
        channel="email",
    )
    app.extensions["mailboxes"] = {"ksu": made}
    yield made
    app.extensions["mailboxes"] = {}


def letter(
    words: str = "Det er et dypt hull i veien her.\nSted: 63.1104, 7.7279",
    *,
    subject: str = "Hull i veien",
    sender: str = "En Som Melder <melder@example.org>",
    to: str = ADDRESS,
    message_id: str | None = "<one@example.org>",
    **headers: str,
) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = "Mon, 23 Nov 2026 08:00:00 +0100"
    if message_id:
        made["Message-ID"] = message_id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(words)
    return made


def read(app: Flask) -> list[IncomingLetter]:
    """Read the mailbox as the job does; the letters that are known then."""
    tasks.read_mailbox("ksu")
    session().rollback()
    return list(session().scalars(select(IncomingLetter).order_by(IncomingLetter.id)))
