"""Tables of the texts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Account
from app.database import Base


class PageCode(StrEnum):
    """The pages, in the order of the footer."""

    ABOUT = "about"
    HELP = "help"
    PRIVACY = "privacy"
    COOKIES = "cookies"
    ACCESSIBILITY = "accessibility"


class PageText(Base):
    """One page in one language, Markdown. `edited_text` None: the default stands."""

    __tablename__ = "page_text"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    default_text: Mapped[str]
    edited_text: Mapped[str | None]
    version: Mapped[int]
    """Grows with every change in the browser."""

    @property
    def text(self) -> str:
        """What is shown."""
        return self.default_text if self.edited_text is None else self.edited_text


class PageTextChange(Base):
    """Who changed a text in the browser, and when. `text` None: back to the default. Append-only."""

    __tablename__ = "page_text_change"
    __table_args__ = (Index("ix_page_text_change_newest", "jurisdiction_id", "code", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str]
    language: Mapped[str]
    text: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id, ondelete="SET NULL"))
    changed_at: Mapped[datetime]
