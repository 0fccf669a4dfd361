"""The way to a mailbox: connecting, reading letter by letter, moving each when it is dealt with.

What goes wrong is said in plain words. A letter is never deleted: it is moved, and only when it is dealt with.
"""

import imaplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from app.mailboxes import Mailbox, Security

TIMEOUT_SECONDS = 30
AT_ONCE = 100
MOST_BYTES = 30 * 1024 * 1024
"""Larger letters are not fetched: someone opens them in the mailbox."""


class MailboxAway(Exception):
    """The mailbox cannot be read now. The text says why, in plain words and without the password."""


class Verdict(StrEnum):
    """What becomes of a letter in the mailbox."""

    DONE = "done"
    TRASH = "trash"
    STAYS = "stays"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A letter in the mailbox. `content` is only its head when `is_whole` is false."""

    content: bytes
    is_whole: bool


@dataclass(frozen=True, kw_only=True)
class State:
    """What a mailbox looks like: how many letters wait, and which of its folders are not there yet."""

    waiting: int
    missing: tuple[str, ...]


@contextmanager
def opened(box: Mailbox) -> Iterator[BaseMailBox]:
    """The mailbox, signed in, with its folder chosen. :raises MailboxAway: it cannot be read."""
    try:
        password = box.password()
    except (OSError, UnicodeDecodeError) as fault:
        why = getattr(fault, "strerror", None) or "not a text file"
        raise MailboxAway(f"the password file {box.password_file} cannot be read ({why})") from None
    where = f"{box.host}:{box.port}"
    try:
        connection = _connected(box)
    except ssl.SSLCertVerificationError as fault:
        told = fault.verify_message
        raise MailboxAway(f"the certificate of {where} is not trusted: {told}") from None
    except ssl.SSLError:
        raise MailboxAway(f"{where} does not speak TLS; security is {box.security}") from None
    except socket.gaierror:
        raise MailboxAway(f"there is no server called {box.host}") from None
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as fault:
        raise MailboxAway(f"{where} does not answer as a mail server ({_short(fault)})") from None
    try:
        with connection.login(box.user, password, initial_folder=box.folder) as mailbox:
            yield mailbox
    except MailboxLoginError:
        raise MailboxAway(f"{where} refuses the user {box.user} with this password") from None
    except MailboxFolderSelectError:
        raise MailboxAway(f"there is no folder {box.folder} in the mailbox") from None
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as fault:
        raise MailboxAway(f"{where} broke off ({_short(fault)})") from None


def _connected(box: Mailbox) -> BaseMailBox:
    context = ssl.create_default_context()
    match box.security:
        case Security.TLS:
            return MailBox(box.host, box.port, timeout=TIMEOUT_SECONDS, ssl_context=context)
        case Security.STARTTLS:
            return MailBoxStartTls(box.host, box.port, timeout=TIMEOUT_SECONDS, ssl_context=context)
        case Security.NONE:
            return MailBoxUnencrypted(box.host, box.port, timeout=TIMEOUT_SECONDS)


def _short(fault: Exception) -> str:
    """What kind of fault it was: what servers say may hold an address."""
    return getattr(fault, "strerror", None) or type(fault).__name__


def look(box: Mailbox) -> State:
    """What the mailbox looks like. :raises MailboxAway: it cannot be read."""
    with opened(box) as mailbox:
        folders = (box.done_folder, box.trash_folder)
        missing = tuple(name for name in folders if not mailbox.folder.exists(name))
        return State(waiting=len(mailbox.uids("ALL")), missing=missing)


def read_all(box: Mailbox, deal_with: Callable[[Found], Verdict]) -> dict[Verdict, int]:
    """Hand each letter over, the oldest first, and move it as the answer says; how many of each.

    A letter that is handed over and not moved, since the connection or the process ended, is handed over again.

    :raises MailboxAway: it cannot be read, or the connection broke off.
    """
    tally = dict.fromkeys(Verdict, 0)
    targets = {Verdict.DONE: box.done_folder, Verdict.TRASH: box.trash_folder}
    with opened(box) as mailbox:
        uids = mailbox.uids("ALL")
        if uids:
            for name in targets.values():
                if not mailbox.folder.exists(name):
                    mailbox.folder.create(name)
        for uid in uids[:AT_ONCE]:
            found = _fetch(mailbox, uid)
            verdict = deal_with(found) if found else Verdict.STAYS
            tally[verdict] += 1
            if verdict in targets:
                mailbox.move(uid, targets[verdict])
    return tally


def _fetch(mailbox: BaseMailBox, uid: str) -> Found | None:
    """The letter, or only its head when it is too large; None when it is gone."""
    head = next(mailbox.fetch(uid_list=[uid], headers_only=True, mark_seen=False), None)
    if head is None:
        return None
    if head.size_rfc822 > MOST_BYTES:
        return Found(content=head.obj.as_bytes(), is_whole=False)
    whole = next(mailbox.fetch(uid_list=[uid], mark_seen=False), None)
    return Found(content=whole.obj.as_bytes(), is_whole=True) if whole else None
