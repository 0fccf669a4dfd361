"""Setting right what came in wrong: the kind of fault, the place, danger, who has it.

Verbs flush; the caller's `transaction()` commits. Each writes one row of history.
"""

from datetime import datetime

from sqlalchemy import delete

from app import jobs
from app.catalog.models import Needs
from app.database import session
from app.departments.models import DepartmentKind
from app.departments.queries import all_of
from app.errors import ChangeNotAllowed, Invalid
from app.geo.positions import Position, position_of
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.routing.operations import Case, Decision, decide
from app.routing.queries import assets_by_number
from app.service_requests import assignees, place_texts, queries
from app.service_requests.acting import Actor, Work
from app.service_requests.deadlines import answer_due, fix_due
from app.service_requests.history import alert, goes_out, remember, remember_decision
from app.service_requests.intake import FARTHEST_LAMP_METRES, find_service
from app.service_requests.kinds import EntryKind, Visibility
from app.service_requests.models import HistoryEntry, ServiceRequest, ServiceRequestAsset
from app.service_requests.status import OPEN, Party, Status
from app.service_requests.waited import later_by


def _open_only(request: ServiceRequest) -> None:
    if request.status not in OPEN:
        raise ChangeNotAllowed(gettext("The report is closed. Open it again first."))


def _signed(entry: HistoryEntry, request: ServiceRequest, actor: Actor, now: datetime) -> None:
    entry.account_id = actor.account_id
    entry.department_id = actor.department_id or request.department_id
    request.updated_at = now
    session().flush()


def assign(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """Give the report to somebody on the staff, or to nobody (`assignee_id` None). For staff only.

    :raises Invalid: they do not work for its department.
    """
    wanted = work.assignee_id
    if wanted is not None and not assignees.may_have(
        request.jurisdiction_id, request.department_id, wanted
    ):
        message = gettext("Choose somebody who works for the department that has the report.")
        raise Invalid({"assignee": message})
    if wanted == request.assignee_id:
        raise Invalid({"assignee": gettext("They have the report already.")})
    request.assignee_id = wanted
    entry = remember(request, EntryKind.ASSIGNED, now, actor=actor.kind)
    entry.visibility, entry.message = Visibility.INTERNAL, work.message
    entry.data = {"assignee": wanted}
    _signed(entry, request, actor, now)
    return entry


def set_acute(
    request: ServiceRequest, work: Work, actor: Actor, *, now: datetime, is_acute: bool
) -> HistoryEntry:
    """Say whether there is danger. :raises ChangeNotAllowed: it is so already, or closed."""
    _open_only(request)
    if request.is_acute == is_acute:
        raise ChangeNotAllowed(gettext("It is so already. Look at the report again."))
    request.is_acute = is_acute
    entry = remember(request, EntryKind.ACUTE, now, actor=actor.kind)
    entry.visibility, entry.message, entry.data = (
        Visibility.INTERNAL,
        work.message,
        {"acute": is_acute},
    )
    _signed(entry, request, actor, now)
    alert(request, entry)
    return entry


def change_service(
    request: ServiceRequest, work: Work, actor: Actor, *, now: datetime
) -> HistoryEntry:
    """It is about something else: the rules decide anew, and the days count from the receipt.

    :raises Invalid: no such service, or the same. :raises ChangeNotAllowed: closed.
    """
    _open_only(request)
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    service = find_service(jurisdiction, work.service_code or "")
    if service.id == request.service_id:
        raise Invalid({"service_code": gettext("The report is about this already.")})
    entry = remember(request, EntryKind.SERVICE, now, actor=actor.kind)
    entry.message, entry.visibility = work.message, Visibility.INTERNAL
    entry.data = {"service": service.code, "from": request.service.code}
    request.service = service
    _signed(entry, request, actor, now)
    _decide_anew(request, jurisdiction, now)
    return entry


def move(request: ServiceRequest, work: Work, actor: Actor, *, now: datetime) -> HistoryEntry:
    """The place was wrong: the rules decide anew for where it is.

    :raises Invalid: no place. :raises OutsideJurisdiction: not our place. :raises ChangeNotAllowed: closed.
    """
    _open_only(request)
    if work.position is None:
        raise Invalid({"position": gettext("Choose the place on the map, or write it.")})
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    was = position_of(request.position)
    decision = _decision(request, jurisdiction, work.position)
    entry = remember(request, EntryKind.MOVED, now, actor=actor.kind)
    entry.message, entry.visibility = work.message, Visibility.INTERNAL
    entry.data = {"was": [was.longitude, was.latitude]}
    request.position = work.position.as_column()
    request.place_text = None
    _signed(entry, request, actor, now)
    session().refresh(request, ["position"])
    place_texts.order(request)
    _follow(request, jurisdiction, decision, now)
    return entry


def _decide_anew(request: ServiceRequest, jurisdiction: Jurisdiction, now: datetime) -> None:
    decision = _decision(request, jurisdiction, position_of(request.position))
    _follow(request, jurisdiction, decision, now)


def _decision(request: ServiceRequest, jurisdiction: Jurisdiction, position: Position) -> Decision:
    """What the rules say now. :raises OutsideJurisdiction: not our place."""
    case = Case(
        service=request.service,
        position=position,
        channel=request.channel,
        at=request.requested_at,
        time_zone=jurisdiction.time_zone,
        is_acute=request.is_acute,
        asset_ids=lamps_of(request, position),
        refused=queries.refused_by(request.id),
    )
    return decide(case, languages=jurisdiction.languages)


def lamps_of(request: ServiceRequest, position: Position) -> tuple[int, ...]:
    """The lamps it can still be about: none of another kind of fault, and none far from where it is."""
    if request.service.needs != Needs.LAMP or not request.assets:
        return ()
    numbers = [asset.number for asset in request.assets]
    found = assets_by_number(request.jurisdiction_id, numbers, position)
    mine = {asset.id for asset in request.assets}
    return tuple(
        lamp.id for lamp in found if lamp.id in mine and lamp.metres <= FARTHEST_LAMP_METRES
    )


def _forget_others(request: ServiceRequest) -> None:
    """The report is about no lamp any more that it cannot be about."""
    kept = lamps_of(request, position_of(request.position))
    mine = ServiceRequestAsset.service_request_id == request.id
    session().execute(
        delete(ServiceRequestAsset).where(mine, ServiceRequestAsset.asset_id.not_in(kept))
    )
    session().expire(request, ["assets"])


def _ours_since(request: ServiceRequest) -> datetime:
    """When our days began: at the receipt, or when the report last came back from an outside body."""
    outside = {
        department.id
        for department in all_of(request.jurisdiction_id)
        if department.kind == DepartmentKind.EXTERNAL
    }
    for entry in reversed(request.history):
        came_back = entry.kind == EntryKind.REFUSED and entry.actor == Party.OUTSIDE
        was_fetched = entry.kind == EntryKind.REROUTED and entry.data.get("from") in outside
        if came_back or was_fetched:
            return entry.occurred_at
    return request.requested_at


def _follow(
    request: ServiceRequest, jurisdiction: Jurisdiction, decision: Decision, now: datetime
) -> None:
    """Set the days anew from when it came to us, and send it where the rules say, if that is elsewhere."""
    service = request.service
    request.first_response_due_at = answer_due(jurisdiction, service, request.requested_at)
    since, is_external = _ours_since(request), decision.is_external
    request.due_at = fix_due(jurisdiction, service, since, is_external=is_external)
    if request.due_at is not None and request.waited_days:
        request.due_at = later_by(request.due_at, request.waited_days, request, jurisdiction)
    request.road_category = decision.road.category if decision.road else None
    request.road_manager = decision.road.manager if decision.road else None
    request.asset_owner = decision.lamp.owner if decision.lamp else None
    _forget_others(request)
    if decision.department_id != request.department_id:
        request.department_id = decision.department_id
        request.assignee_id = None
        to_desk = decision.rule_id is None
        request.status = Status.ASSESSING if to_desk else Status.ASSIGNED
        request.routing_rule_id, request.routing_reason = decision.rule_id, decision.reason
        routed = remember_decision(request, decision, now)
        if not goes_out(is_external=decision.is_external, receives=decision.receives):
            jobs.defer("notifications.tell_reporter", history_entry_id=routed.id)
    elif request.department.kind != DepartmentKind.EXTERNAL and decision.rule_id is not None:
        request.routing_rule_id, request.routing_reason = decision.rule_id, decision.reason
    session().flush()
    session().refresh(request, ["department"])
