"""The table of residents' sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class ResidentSession(Base):
    """One browser's session. Who it is about is sealed with the browser's own secret: nobody reads it here."""

    __tablename__ = "resident_session"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256 of the cookie's secret."""
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    provider_session: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    """SHA-256 of the provider's issuer and `sid`, by which it ends the session."""
    link: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the e-mail link that was used, so that it opens one session only."""
    sealed: Mapped[str | None]
    """A JWE; None once the session has ended."""
    started_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
