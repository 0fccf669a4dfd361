"""Tables of answers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Account
from app.catalog.models import Service
from app.database import Base


class ReplyTemplate(Base):
    """An answer to begin with, in each language. Without a service or status it fits all."""

    __tablename__ = "reply_template"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "code"),
        CheckConstraint("rank >= 0", name="rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str]
    rank: Mapped[int] = mapped_column(default=0)
    name: Mapped[dict[str, str]]
    text: Mapped[dict[str, str]]
    """With placeholders, see `words.PLACEHOLDERS`."""
    service_id: Mapped[int | None] = mapped_column(ForeignKey(Service.id), index=True)
    status: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_edited: Mapped[bool] = mapped_column(default=False)
    """It was changed in the browser: the file leaves it alone."""
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
