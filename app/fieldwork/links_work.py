"""Links for contractors: giving one out, ending it, and what a contractor does by it.

Verbs flush; the caller's `transaction()` commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.database import session
from app.errors import ChangeNotAllowed, NotFound
from app.fieldwork.links import LinkOver, over
from app.fieldwork.models import JobLink
from app.i18n import gettext
from app.service_requests import operations, queries
from app.service_requests.acting import Actor, Work
from app.service_requests.kinds import EntryKind
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.remarks import attach, remark
from app.service_requests.status import OPEN, Party, Status

SAME_WITHIN = timedelta(minutes=10)
"""The same firm's link for the same time asked for again so soon: the button was pressed twice."""


class Step(StrEnum):
    """What a contractor may do, as it stands in addresses."""

    START = "start"
    NOTE = "merknad"
    PHOTO = "bilde"
    FIXED = "utfort"


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a contractor sends. `key` is the form's own: sent twice, it counts once.

    `photos` are keys; `before` says that they show the fault.
    """

    step: Step
    key: str
    message: str | None = None
    led_to_improvement: bool | None = None
    photos: tuple[str, ...] = ()
    before: bool = False


def of_report(request: ServiceRequest) -> Sequence[JobLink]:
    """The links that the report's department has given out for it, the newest first."""
    query = (
        select(JobLink)
        .where(
            JobLink.service_request_id == request.id,
            JobLink.department_id == request.department_id,
        )
        .order_by(JobLink.id.desc())
    )
    return session().scalars(query).all()


def give_out(
    found: ServiceRequest, label: str, days: int, *, account_id: int | None, now: datetime
) -> JobLink:
    """Make a link for a firm that counts for so many days. Pressed twice, it is one.

    :raises ChangeNotAllowed: the report is closed.
    """
    request = queries.locked(found.id)
    if request.status not in OPEN:
        raise ChangeNotAllowed(gettext("The report is closed, so there is nothing to give out."))
    for link in of_report(request):
        is_new = link.created_at > now - SAME_WITHIN and link.ended_at is None
        if is_new and link.label == label and (link.expires_at - link.created_at).days == days:
            return link
    made = JobLink(
        jurisdiction_id=request.jurisdiction_id,
        service_request_id=request.id,
        department_id=request.department_id,
        label=label,
        created_by_id=account_id,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session().add(made)
    session().flush()
    return made


def end(found: ServiceRequest, link_id: int, *, now: datetime) -> JobLink:
    """End a link of the report at once. One that is ended stays so. :raises NotFound: there is none such."""
    link = next((link for link in of_report(found) if link.id == link_id), None)
    if link is None:
        raise NotFound(gettext("There is no such link for this report."))
    if link.ended_at is None:
        link.ended_at = now
        session().flush()
    return link


def opened(link_id: int, jurisdiction_id: int, *, now: datetime) -> JobLink:
    """The link with its report. :raises LinkOver: it cannot be used any more, or the report is gone."""
    link = session().get(JobLink, link_id, populate_existing=True)
    if link is None or link.jurisdiction_id != jurisdiction_id:
        raise LinkOver(gettext("The report is no longer kept here. Ask the municipality."))
    if (why := over(link, now=now)) is not None:
        raise LinkOver(why)
    return link


def note_opening(link: JobLink, *, now: datetime) -> None:
    """Keep when the link was first used."""
    if link.opened_at is None:
        link.opened_at = now
        session().flush()


def steps(request: ServiceRequest) -> list[Step]:
    """What can be done by the link while the report is as it is."""
    if request.status not in OPEN:
        return []
    first = [] if request.status == Status.IN_PROGRESS else [Step.START]
    return [*first, Step.FIXED, Step.PHOTO, Step.NOTE]


def by_link(link: JobLink) -> Sequence[HistoryEntry]:
    """What has been done by the link, the newest first."""
    return (
        session()
        .scalars(
            select(HistoryEntry)
            .where(
                HistoryEntry.service_request_id == link.service_request_id,
                HistoryEntry.actor == Party.CONTRACTOR,
                HistoryEntry.data["link"].as_integer() == link.id,
            )
            .order_by(HistoryEntry.id.desc())
        )
        .all()
    )


def work(link_id: int, jurisdiction_id: int, given: Given, *, now: datetime) -> None:
    """Carry out what a contractor did. The same form sent again changes nothing.

    :raises LinkOver: the link cannot be used any more. :raises Invalid: something is missing.
    :raises ChangeNotAllowed: the report was closed meanwhile.
    """
    link = opened(link_id, jurisdiction_id, now=now)
    request = queries.locked(link.service_request_id)
    link = opened(link_id, jurisdiction_id, now=now)  # as it is now that nobody else can change it
    if any(entry.data.get("key") == given.key for entry in by_link(link)):
        return
    if request.status not in OPEN:
        raise ChangeNotAllowed(gettext("The report was closed meanwhile. Nothing was changed."))
    actor = Actor(
        account_id=None,
        roles=frozenset({Party.CONTRACTOR}),
        department_id=link.department_id,
    )
    kept = {"link": link.id, "contractor": link.label, "key": given.key}
    _carry_out(request, given, actor, kept, now)


def _carry_out(
    request: ServiceRequest, given: Given, actor: Actor, kept: dict[str, Any], now: datetime
) -> None:
    told = Work(
        version=request.version,
        message=given.message,
        led_to_improvement=given.led_to_improvement,
        data=kept,
    )
    fault, fix = (given.photos, ()) if given.before else ((), given.photos)
    match given.step:
        case Step.START if request.status != Status.IN_PROGRESS:
            operations.change_status(request, Status.IN_PROGRESS, told, actor, now=now)
        case Step.START:
            pass  # someone else has started it: so it is what they wanted
        case Step.FIXED:
            entry = operations.change_status(request, Status.FIXED, told, actor, now=now)
            attach(request, entry, actor, now=now, fix=fix, fault=fault)
        case Step.NOTE:
            remark(request, EntryKind.NOTE, given.message, actor, now=now, data=kept)
        case Step.PHOTO:
            remark(
                request,
                EntryKind.PHOTO,
                given.message,
                actor,
                now=now,
                fix=fix,
                fault=fault,
                data=kept,
            )
