"""Who on the staff may have a report: those who work at the desk for its department, and the first line."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.accounts.models import Account, Membership
from app.database import session
from app.roles import MUNICIPAL, Deed, who_may


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Someone who may have a report. `label` is how colleagues know them: their address at work."""

    account_id: int
    label: str


def colleagues(
    jurisdiction_id: int, departments: Sequence[int] | None, deed: Deed = Deed.FIELD_WORK
) -> list[Colleague]:
    """Those who have the right for one of the departments, None for all, and the first line; by label."""
    query = (
        select(Account.id, Account.label)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.jurisdiction_id == jurisdiction_id,
            Membership.role.in_(who_may(deed)),
            Account.is_active,
        )
        .distinct()
        .order_by(Account.label)
    )
    if departments is not None:
        query = query.where(
            or_(
                Membership.department_id.in_(departments),
                Membership.department_id.is_(None),
                Membership.role.in_(MUNICIPAL),
            )
        )
    return [Colleague(account_id=key, label=email) for key, email in session().execute(query)]


def may_have(jurisdiction_id: int, department_id: int, account_id: int) -> bool:
    """Whether this person may have a report of this department."""
    found = colleagues(jurisdiction_id, [department_id])
    return any(colleague.account_id == account_id for colleague in found)
