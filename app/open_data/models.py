"""The table of changes of public data."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class PublicChange(Base):
    """That public data changed, in whatever municipality; written by triggers (see migrations).

    Only the sum counts: it grows with every transaction that changes something. A job folds the rows into one.
    """

    __tablename__ = "public_change"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    changes: Mapped[int] = mapped_column(BigInteger)
