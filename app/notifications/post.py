"""How messages leave the house: sender, mail server or folder, SMS gateway, public address, templates."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

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


def window_of(minutes: int) -> timedelta:
    """So long news waits for more of it."""
    return timedelta(minutes=minutes)
