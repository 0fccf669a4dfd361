"""Sending e-mail: by SMTP, or into a folder as .eml files. Knows nothing of reports."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from threading import Timer
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20
"""For each answer of the server."""
DEADLINE_SECONDS = 60
"""For the whole conversation: a server that answers a letter at a time holds nobody longer."""
BAD_ADDRESS = frozenset({550, 551, 553})
"""SMTP's codes for an address that does not exist or takes no mail (RFC 5321, 4.2.3)."""
ENHANCED = re.compile(rb"\s*(5\.\d{1,3}\.\d{1,3})\b")
"""The finer code before the words (RFC 3463)."""
NOBODY = re.compile(
    rb"(no such|unknown|invalid|non-?existent) (local )?(user|recipient|mailbox|address|account)"
    rb"|(user|recipient|mailbox|address|account)( is)? (unknown|not found|does(n.t| not) exist)",
    re.IGNORECASE,
)
"""What servers say in words of an address that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """An e-mail in plain text and HTML. `message_id` is the same whenever the same letter is sent again."""

    recipient: str
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    return_path: str | None = None
    """Where mail servers report that the letter could not be delivered; else the sender."""
    reply_to: str | None = None
    """Where an answer goes; else the sender."""
    in_reply_to: str | None = None
    """The Message-ID of the letter that this one answers."""
    unsubscribe_url: str | None = None
    """A POST to it, from a machine, stops such letters (RFC 8058)."""


class AddressRefused(OSError):
    """The server says that this address takes no mail, now and later. `code` is what SMTP calls it."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the mail server refused the address for good, code {code}")
        self.code = code


def compose(letter: Letter, sender: str) -> EmailMessage:
    """The message, marked as automatic (RFC 3834) so that no machine answers it."""
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    if letter.in_reply_to:
        message["In-Reply-To"] = message["References"] = letter.in_reply_to
    message["Auto-Submitted"] = "auto-replied" if letter.in_reply_to else "auto-generated"
    if letter.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # last: setting the content drops such headers
    return message


def send(
    message: EmailMessage,
    *,
    smtp_url: str | None,
    folder: Path | None,
    return_path: str | None = None,
) -> None:
    """Hand the message over.

    :raises AddressRefused: its only recipient takes no mail.
    :raises OSError, smtplib.SMTPException: it was not taken; try again later.
    """
    if smtp_url:
        _send_by_smtp(message, smtp_url, return_path)
    elif folder:
        _write(message, folder)
    else:
        raise OSError(
            "neither MELDE_SMTP_URL nor MELDE_MAIL_FOLDER is set: there is no way to send e-mail"
        )


def _send_by_smtp(message: EmailMessage, smtp_url: str, return_path: str | None) -> None:
    """`smtp://`, `smtp+starttls://` or `smtps://`, with `user:password@` if the server asks."""
    parts = urlsplit(smtp_url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    with _connected(host, port) as line:
        server = _OnLine(line, context if parts.scheme == "smtps" else None)
        with server:
            server.connect(host, port)
            if parts.scheme == "smtp+starttls":
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            try:
                server.send_message(message, from_addr=return_path)
            except smtplib.SMTPRecipientsRefused as refused:
                code = _refused_for_good(refused)
                if code is None:
                    raise
                raise AddressRefused(code) from None  # the cause holds the address


def _refused_for_good(refused: smtplib.SMTPRecipientsRefused) -> int | None:
    """The code, when the server says that it is the address that is wrong, and not that it dislikes us.

    A bare 550 says neither (RFC 5321): then the words decide.
    """
    for code, said in refused.recipients.values():
        if code in BAD_ADDRESS and _is_about_the_address(said):
            return int(code)
    return None


def _is_about_the_address(said: bytes) -> bool:
    enhanced = ENHANCED.match(said)
    if enhanced and enhanced[1] != b"5.0.0":
        return enhanced[1].startswith(b"5.1.") or enhanced[1] == b"5.2.1"
    return NOBODY.search(said) is not None and b"sender" not in said.lower()


@contextmanager
def _connected(host: str, port: int) -> Iterator[socket.socket]:
    """A connection that is cut off when the deadline is over, whatever is going on then."""
    line = socket.create_connection((host, port), TIMEOUT_SECONDS)
    handle = line.dup()  # TLS takes the connection over; what cuts it off must keep a hold on it

    def cut() -> None:
        with suppress(OSError):  # it has ended by itself
            handle.shutdown(socket.SHUT_RDWR)

    timer = Timer(DEADLINE_SECONDS, cut)
    timer.start()
    try:
        yield line
    finally:
        timer.cancel()
        handle.close()
        line.close()


class _OnLine(smtplib.SMTP):
    """SMTP over a connection that is there, within TLS from the first byte if there is a context."""

    def __init__(self, line: socket.socket, context: ssl.SSLContext | None) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self.line, self.context = line, context

    def connect(
        self, host: str = "localhost", port: int = 0, source_address: object = None
    ) -> tuple[int, bytes]:
        self._host = host  # the name that certificates are held against
        return super().connect(host, port)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        if self.context:
            return self.context.wrap_socket(self.line, server_hostname=host)
        return self.line


def _write(message: EmailMessage, folder: Path) -> None:
    """A file named by the Message-ID: sending again writes the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    name = str(message["Message-ID"]).strip("<>").split("@")[0]
    unfinished = folder / f".{name}.tmp"
    unfinished.write_bytes(message.as_bytes())
    unfinished.rename(folder / f"{name}.eml")
