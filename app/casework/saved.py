"""Searches kept by name. Verbs flush; the caller's `transaction()` commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select

from app.accounts.models import Membership
from app.casework.models import SavedSearch
from app.database import session
from app.errors import Invalid
from app.i18n import gettext
from app.security import Identity

MOST = 30
LONGEST = 60


def searches(who: Identity, jurisdiction_id: int) -> Sequence[SavedSearch]:
    """One's own, and those shared by somebody one shares a department with; by name."""
    own = select(Membership.department_id).where(
        Membership.account_id == who.account_id, Membership.jurisdiction_id == jurisdiction_id
    )
    near = select(Membership.account_id).where(
        Membership.jurisdiction_id == jurisdiction_id, Membership.department_id.in_(own)
    )
    query = (
        select(SavedSearch)
        .where(
            SavedSearch.jurisdiction_id == jurisdiction_id,
            or_(
                SavedSearch.account_id == who.account_id,
                and_(SavedSearch.is_shared, SavedSearch.account_id.in_(near)),
            ),
        )
        .order_by(SavedSearch.name, SavedSearch.id)
    )
    return session().scalars(query).all()


def keep(
    who: Identity, jurisdiction_id: int, name: str, query: str, *, is_shared: bool, now: datetime
) -> SavedSearch:
    """Keep a search; the same name again is the same search changed. :raises Invalid: no name, or too many."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        message = gettext("Give the search a name of at most %(count)s characters.", count=LONGEST)
        raise Invalid({"name": message})
    mine = [row for row in searches(who, jurisdiction_id) if row.account_id == who.account_id]
    found = next((row for row in mine if row.name == name), None)
    if found is None and len(mine) >= MOST:
        message = gettext("You have %(count)s searches. Remove one first.", count=MOST)
        raise Invalid({"name": message})
    if found is None:
        found = SavedSearch(
            jurisdiction_id=jurisdiction_id, account_id=who.account_id, name=name, created_at=now
        )
        session().add(found)
    found.query, found.is_shared = query, is_shared
    session().flush()
    return found


def forget(who: Identity, jurisdiction_id: int, key: int) -> None:
    """Remove one's own search; removing twice is removing once."""
    session().execute(
        delete(SavedSearch).where(
            SavedSearch.id == key,
            SavedSearch.jurisdiction_id == jurisdiction_id,
            SavedSearch.account_id == who.account_id,
        )
    )
