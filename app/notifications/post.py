"""How messages leave the house: sender, mail server or folder, SMS gateway, public address, templates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from app.mailboxes import Mailbox, address_for
from app.notifications.gateway import Gateway
from app.notifications.links import Signer

Render = Callable[..., str]


@dataclass(frozen=True, kw_only=True)
class Post:
    """The ways out and what all messages share."""

    sender: str
    smtp_url: str | None = field(repr=False)
    folder: Path | None
    base_url: str
    render: Render
    signer: Signer
    gateway: Gateway = field(default_factory=Gateway)
    bounce_address: str | None = None
    mailboxes: Mapping[str, Mailbox] = field(default_factory=dict)
    """Where answers are read; none: answers go to the sender of all letters."""
    window: timedelta = timedelta(0)
    """So long news waits for more of it."""

    @property
    def host(self) -> str:
        """The right side of our Message-IDs."""
        return urlsplit(self.base_url).hostname or "localhost"

    def return_path(self, contact_id: int) -> str | None:
        """Where mail servers report that a letter to this contact could not be delivered."""
        if self.bounce_address is None:
            return None
        return self.signer.return_path(self.bounce_address, contact_id)

    def reply_to(self, jurisdiction: str, contact_id: int) -> str | None:
        """Where the answer of this contact of a municipality goes, by its number; None: to the sender."""
        mailbox = address_for(self.mailboxes, jurisdiction)
        return self.signer.reply_address(mailbox, contact_id) if mailbox else None


def window_of(minutes: int) -> timedelta:
    """So long news waits for more of it."""
    return timedelta(minutes=minutes)
