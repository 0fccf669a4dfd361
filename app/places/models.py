"""The table of answers that were asked for outside."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class PlaceAnswer(Base):
    """What Kartverket answered. The question is kept as a hash: people type their own address."""

    __tablename__ = "place_answer"

    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"), primary_key=True)
    question: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hits: Mapped[list[dict[str, Any]]]
    asked_at: Mapped[datetime] = mapped_column(index=True)
