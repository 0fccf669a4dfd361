"""The table of photos."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class Photo(Base):
    """A picture that was cleaned and stored. `key` is its unguessable name; pixels of the largest size."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    key: Mapped[str] = mapped_column(unique=True)
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    size_bytes: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)
    kept_until: Mapped[datetime | None]
    """Until then it is not removed, though it belongs to nothing yet."""
