"""Tables of duties and absences."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Account
from app.catalog.models import Service
from app.database import Base
from app.departments.models import Department


class Duty(Base):
    """Someone answers for a service in a department or, without a service, for all of the department's."""

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint(
            "jurisdiction_id",
            "department_id",
            "service_id",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("deputy_id <> account_id", name="deputy"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey(Department.id), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey(Service.id), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(
        ForeignKey(Account.id, ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(default=1)


class Absence(Base):
    """Someone on the staff is away, from and with `first_day`, to and with `last_day`. Nobody is told why."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="period"),
        Index("ix_absence_last_day", "jurisdiction_id", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
