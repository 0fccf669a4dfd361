"""New services, and the words of categories, in the browser. Flush; the caller's `transaction()` commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.catalog import search
from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.errors import Invalid, NotFound
from app.i18n import LANGUAGES, gettext, localised
from app.setup_log.models import Kind
from app.setup_log.operations import note, touch


def groups(jurisdiction_id: int) -> Sequence[ServiceGroup]:
    """The categories of the yearly table, in its order."""
    query = select(ServiceGroup).where(ServiceGroup.jurisdiction_id == jurisdiction_id)
    return session().scalars(query.order_by(ServiceGroup.rank)).all()


def group(jurisdiction_id: int, code: str, *, lock: bool = False) -> ServiceGroup:
    """One category. :raises NotFound: there is none."""
    query = select(ServiceGroup).where(
        ServiceGroup.jurisdiction_id == jurisdiction_id, ServiceGroup.code == code
    )
    found = session().scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(gettext("There is no such category."))
    return found


def edit_group(
    jurisdiction_id: int,
    code: str,
    values: Mapping[str, Any],
    *,
    version: int,
    account_id: int,
    now: datetime,
) -> None:
    """Change a category's words. Its code, place and figures stay: the yearly table is made of them.

    :raises OutdatedVersion: somebody was faster.
    """
    found = group(jurisdiction_id, code, lock=True)
    touch(found, version)
    before = {name: getattr(found, name) for name in values}
    for name, value in values.items():
        setattr(found, name, value)
    session().flush()
    search.rebuild(jurisdiction_id)
    note(jurisdiction_id, account_id, Kind.GROUP, localised(found.name), before, values, now=now)


def add_service(
    jurisdiction_id: int,
    group_code: str,
    code: str,
    values: Mapping[str, Any],
    *,
    account_id: int,
    now: datetime,
) -> Service:
    """A new service, last in its category. Without a rule of its own its reports come to the first line.

    :raises Invalid: the code is taken, or there is no such category.
    """
    known = {one.code: one for one in groups(jurisdiction_id)}
    if group_code not in known:
        raise Invalid({"group": gettext("Choose one of the categories.")})
    taken = select(Service.id).where(
        Service.jurisdiction_id == jurisdiction_id, func.lower(Service.code) == code.lower()
    )
    if session().scalar(taken) is not None:
        raise Invalid({"code": gettext("Another service has this code.")})
    last = select(func.max(Service.rank)).where(Service.group_id == known[group_code].id)
    made = Service(
        jurisdiction_id=jurisdiction_id,
        group_id=known[group_code].id,
        code=code,
        rank=(session().scalar(last) or 0) + 1,
        keywords={language: [] for language in LANGUAGES},
        is_edited=True,
        **values,
    )
    session().add(made)
    session().flush()
    search.rebuild(jurisdiction_id)
    after = {"group": group_code, "code": code, **values}
    note(jurisdiction_id, account_id, Kind.SERVICE, localised(made.name), None, after, now=now)
    return made
