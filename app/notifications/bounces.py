"""Letters that come back: reading what mail servers report (RFC 3464), and stopping the address.

Our return addresses carry a signed reference (`retur+17-….@…`), so that no address has to be compared.
"""

import logging
import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path

from app.database import transaction
from app.notifications.links import Signer
from app.notifications.operations import stop_address

log = logging.getLogger(__name__)
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
UNREADABLE = "unreadable"
NOT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3", "5.6", "5.7")
"""Full mailboxes, too large, their system, the content, their policy: the address itself may be right."""


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """A letter to a contact came back. `is_final`: there is no such address."""

    contact_id: int
    status: str
    is_final: bool


def read(message: bytes, signer: Signer) -> Bounce | None:
    """What a message reports; None when it is no such report, or not about a letter of ours."""
    parsed = message_from_bytes(message, policy=default)
    contact_id = _contact(parsed, signer)
    status = _status(parsed)
    if contact_id is None or status is None:
        return None
    is_final = status.startswith("5.") and not any(
        status == kind or status.startswith(f"{kind}.") for kind in NOT_THE_ADDRESS
    )
    return Bounce(contact_id=contact_id, status=status, is_final=is_final)


def _contact(parsed: Message, signer: Signer) -> int | None:
    """Whom the letter was for, by the address that the report came to, or that the letter had come from."""
    written = [str(value) for name in TO for value in parsed.get_all(name, [])]
    for part in parsed.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            written.append(part.as_string()[:10_000])
    for text in written:
        found = signer.returned_from(text)
        if found is not None:
            return found
    return None


def _status(parsed: Message) -> str | None:
    """The worst status that the report gives for a recipient it could not deliver to."""
    if parsed.get_content_type() != "multipart/report":
        return None
    found = []
    for part in parsed.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for group in part.get_payload():
            if not isinstance(group, Message) or str(group.get("Action", "")).strip() != "failed":
                continue
            match = STATUS.search(str(group.get("Status", "")))
            found += [match[1]] if match else []
    return max(found, default=None)


def take(message: bytes, signer: Signer, *, now: datetime) -> Bounce | None:
    """Read one message and stop the address if there is no such. Commits."""
    bounce = read(message, signer)
    if bounce is not None:
        _store(bounce, now=now)
    return bounce


def _store(bounce: Bounce, *, now: datetime) -> None:
    stopped = 0
    if bounce.is_final:
        with transaction():
            stopped = stop_address(bounce.contact_id, bounce.status, now=now)
    log.warning("a letter came back with %s; contacts stopped: %d", bounce.status, stopped)


def take_all(folder: Path, signer: Signer, *, now: datetime) -> int:
    """Read a Maildir and empty it; how many messages there were.

    A message is removed once what it says is stored, so that a crash loses none. Anybody may write to the
    folder: what cannot be read is moved to its subfolder UNREADABLE, and the others are read.
    """
    count = 0
    for key, message in _messages(folder):
        box = mailbox.Maildir(folder, create=False)
        try:
            bounce = read(message, signer)
        except Exception as fault:
            log.error("a returned letter cannot be read, and is kept: %s", type(fault).__name__)
            box.add_folder(UNREADABLE).add(message)
        else:
            if bounce is not None:
                _store(bounce, now=now)
        box.discard(key)
        count += 1
    return count


def _messages(folder: Path) -> Iterator[tuple[str, bytes]]:
    box = mailbox.Maildir(folder, create=True)
    for key in box.keys():  # noqa: SIM118 - a mailbox is no mapping
        yield key, box.get_bytes(key)
