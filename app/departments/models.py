"""The table of departments."""

import ipaddress
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.setup_log.models import Editable


class DepartmentKind(StrEnum):
    """Inside the municipality, or another body."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Receives(StrEnum):
    """How reports reach a department."""

    INBOX = "inbox"
    EMAIL = "email"
    WEBHOOK = "webhook"
    OPEN311 = "open311"


class Department(Editable, Base):
    """Who answers for reports."""

    __tablename__ = "department"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        Index(
            "uq_department_first_line",
            "jurisdiction_id",
            unique=True,
            postgresql_where=text("is_first_line"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str]
    name: Mapped[dict[str, str]]
    kind: Mapped[str] = mapped_column(default=DepartmentKind.INTERNAL)
    receives: Mapped[str] = mapped_column(default=Receives.INBOX)
    email: Mapped[str | None]
    webhook_url: Mapped[str | None]
    is_first_line: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


def is_safe(url: str) -> bool:
    """Whether a webhook's address is encrypted, or on this very machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
