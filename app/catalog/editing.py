"""Changing services and their questions in the browser. Flush; the caller's `transaction()` commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.catalog import search
from app.catalog.models import Service, ServiceQuestion
from app.database import session
from app.errors import Invalid, NotFound
from app.i18n import gettext, localised
from app.setup_log.models import Kind
from app.setup_log.operations import note, touch


def services(jurisdiction_id: int) -> list[Service]:
    """Every service, in use or not, in the order in which residents see them."""
    query = select(Service).join(Service.group).where(Service.jurisdiction_id == jurisdiction_id)
    found = session().scalars(query).all()
    return sorted(found, key=lambda one: (one.group.rank, one.rank, one.code))


def service(jurisdiction_id: int, code: str, *, lock: bool = False) -> Service:
    """The service, in use or not. :raises NotFound: there is none here."""
    query = select(Service).where(Service.jurisdiction_id == jurisdiction_id, Service.code == code)
    if lock:
        query = query.with_for_update(of=Service).execution_options(populate_existing=True)
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(gettext("There is no such service."))
    return found


def edit(
    jurisdiction_id: int,
    code: str,
    values: Mapping[str, Any],
    *,
    version: int,
    account_id: int | None,
    now: datetime,
) -> Service:
    """Change a service; remembered with who and when. Reports keep the deadlines they got.

    :raises OutdatedVersion: somebody was faster.
    """
    found = service(jurisdiction_id, code, lock=True)
    touch(found, version)
    before = {name: getattr(found, name) for name in values}
    for name, value in values.items():
        setattr(found, name, value)
    session().flush()
    search.rebuild(jurisdiction_id)
    note(jurisdiction_id, account_id, Kind.SERVICE, localised(found.name), before, values, now=now)
    return found


def save_question(
    jurisdiction_id: int,
    code: str,
    question_code: str | None,
    values: Mapping[str, Any],
    *,
    version: int,
    account_id: int | None,
    now: datetime,
) -> ServiceQuestion:
    """Add a question (`question_code` None) or change one; what was answered to it stays.

    :raises Invalid: the code is taken. :raises OutdatedVersion: somebody has changed the service.
    """
    found = service(jurisdiction_id, code, lock=True)
    touch(found, version)
    asked = {row.code: row for row in _questions(found)}
    if question_code is None:
        if values["code"] in asked:
            raise Invalid({"code": gettext("Another question has this code.")})
        row = ServiceQuestion(
            jurisdiction_id=jurisdiction_id, service_id=found.id, rank=_last(found) + 1, **values
        )
        session().add(row)
        before = None
    else:
        if question_code not in asked:
            raise NotFound(gettext("There is no such question."))
        row = asked[question_code]
        before = {name: getattr(row, name) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
    session().flush()
    session().expire(found, ["questions"])
    subject = f"{localised(found.name)}: {localised(row.label)}"
    note(jurisdiction_id, account_id, Kind.QUESTION, subject, before, values, now=now)
    return row


def move_question(
    jurisdiction_id: int,
    code: str,
    question_code: str,
    step: int,
    *,
    version: int,
    account_id: int | None,
    now: datetime,
) -> None:
    """Swap a question with its neighbour: −1 up, 1 down; at the end nothing moves."""
    found = service(jurisdiction_id, code, lock=True)
    touch(found, version)
    rows = _questions(found)
    at = next((index for index, row in enumerate(rows) if row.code == question_code), None)
    if at is None:
        raise NotFound(gettext("There is no such question."))
    to = min(max(at + step, 0), len(rows) - 1)
    before = at + 1
    rows.insert(to, rows.pop(at))
    for rank, row in enumerate(rows, 1):
        row.rank = rank
    session().flush()
    session().expire(found, ["questions"])
    subject = f"{localised(found.name)}: {localised(rows[to].label)}"
    old, new = {"rank": before}, {"rank": to + 1}
    note(jurisdiction_id, account_id, Kind.QUESTION, subject, old, new, now=now)


def _questions(found: Service) -> list[ServiceQuestion]:
    query = select(ServiceQuestion).where(
        ServiceQuestion.jurisdiction_id == found.jurisdiction_id,
        ServiceQuestion.service_id == found.id,
    )
    return list(session().scalars(query.order_by(ServiceQuestion.rank)))


def _last(found: Service) -> int:
    query = select(func.max(ServiceQuestion.rank)).where(
        ServiceQuestion.jurisdiction_id == found.jurisdiction_id,
        ServiceQuestion.service_id == found.id,
    )
    return session().scalar(query) or 0
