"""What people are shown of a report: the card in lists and on maps, and the page of one report.

Values are finished: words in the language in use, times by the municipality's clock. Templates only
choose and repeat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.catalog.models import PositionPrecision
from app.catalog.questions import Told
from app.catalog.questions import told as answers_told
from app.database import session
from app.departments.models import DepartmentKind
from app.geo.positions import Position, position_of
from app.i18n import day, gettext, local, localised, number
from app.jurisdictions.models import Jurisdiction
from app.service_requests import timeline
from app.service_requests.choices import erasure_of, is_erased, was_withdrawn
from app.service_requests.kinds import Visibility
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.next_step import left_text, next_text
from app.service_requests.public_words import is_public_text
from app.service_requests.queries import Row
from app.service_requests.status import OPEN, REFUSALS_TO_TRIAGE, Party, Phase, Status, phase
from app.service_requests.words import status_word


@dataclass(frozen=True, kw_only=True)
class Card:
    """A report in a list or on a map. `sentence` is the whole of it, read aloud."""

    number: str
    url: str
    service_name: str
    group_code: str
    group_name: str
    status: Status
    status_word: str
    phase: Phase
    requested_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    is_overdue: bool
    is_waiting: bool
    """For an answer of the one who reported: our days do not run."""
    days_over: int
    longitude: float
    latitude: float
    coordinates_text: str
    place_text: str | None
    """«Vågeveien 4», or None while it is not known."""
    is_street_only: bool
    """Anyone may know no more of the place than the street."""
    is_demo: bool
    is_acute: bool
    needs_triage: bool
    """Refused so often that people must find out whose it is."""
    department_name: str
    sentence: str
    meta: str
    color: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """What staff wrote to the reporter, or the reporter to us."""

    at: datetime
    department_name: str
    text: str
    is_from_reporter: bool = False


@dataclass(frozen=True, kw_only=True)
class Page(Card):
    """The page of one report. `messages` are ours; `talk` is everything said, for staff and the reporter."""

    title: str
    """«Hull i veien, Langveien 23»."""
    next_text: str
    left_text: str
    answers: Sequence[Told]
    talk: Sequence[Message]
    is_erased: bool
    description: str | None
    description_is_public: bool
    routing_reason: str
    first_response_due_at: datetime
    first_response_at: datetime | None
    led_to_improvement: bool | None
    version: int
    timeline: Sequence[timeline.Step]
    messages: Sequence[Message]
    history: Sequence[tuple[datetime, str]]
    expected_text: str
    closing_reason: str | None
    lamps: Sequence[str]
    is_external: bool
    token: str | None


def coordinates_text(position: Position) -> str:
    """«63,11040° N, 7,72790° Ø»: latitude first, as people write it; five decimals are a metre."""
    text = gettext(
        "%(latitude)s° %(ns)s, %(longitude)s° %(ew)s",
        latitude=number(abs(position.latitude), decimals=5),
        longitude=number(abs(position.longitude), decimals=5),
        ns=gettext("N") if position.latitude >= 0 else gettext("S"),
        ew=gettext("E") if position.longitude >= 0 else gettext("W"),
    )
    return text.replace("° ", "°\u00a0")


def card_of(row: Row, *, now: datetime) -> Card:
    """A card from a list's row."""
    position = Position(longitude=row.longitude, latitude=row.latitude)
    is_waiting = row.status in OPEN and row.waiting_since is not None
    is_late = row.status in OPEN and row.due_at is not None and row.due_at < now
    is_overdue = is_late and not is_waiting
    word, name = status_word(row.status), localised(row.service_name)
    reported = gettext("reported %(day)s", day=day(row.requested_at))
    return Card(
        number=row.number,
        url=f"/meldinger/{row.number}",
        service_name=name,
        group_code=row.group_code,
        group_name=localised(row.group_name),
        status=row.status,
        status_word=word,
        phase=phase(row.status),
        requested_at=local(row.requested_at),
        due_at=local(row.due_at) if row.due_at else None,
        closed_at=local(row.closed_at) if row.closed_at else None,
        is_overdue=is_overdue,
        is_waiting=is_waiting,
        days_over=_days_over(row.due_at, now) if is_overdue else 0,
        longitude=row.longitude,
        latitude=row.latitude,
        coordinates_text=coordinates_text(position),
        place_text=row.place_text,
        is_street_only=row.is_street_only,
        is_demo=row.is_demo,
        is_acute=row.is_acute,
        needs_triage=row.status in OPEN and row.refusals >= REFUSALS_TO_TRIAGE,
        department_name=localised(row.department_name),
        sentence=f"{name}, {word.lower()}, {reported}, {row.number}",
        meta=_meta(row),
        color=color(row.status),
    )


def color(status: Status) -> str:
    """The colour role that repeats what the sign and the word say."""
    match phase(status):
        case Phase.NEW:
            return "info"
        case Phase.IN_PROGRESS:
            return "warning"
        case Phase.FIXED:
            return "success"
        case Phase.CLOSED:
            return "neutral"


def _meta(row: Row) -> str:
    """«Meldt 3. mars», and that it is a demo if it is."""
    text = gettext("Reported %(day)s", day=day(row.requested_at))
    demo = gettext("demo report")
    return f"{text} · {demo}" if row.is_demo else text


def _days_over(due_at: datetime | None, now: datetime) -> int:
    return (local(now).date() - local(due_at).date()).days if due_at else 0


def row_of(request: ServiceRequest, *, exact: bool = False) -> Row:
    """The list's row of a loaded report.

    :param exact: with the place itself, for the one who reported, staff, and those who must go there.
    """
    position = position_of(request.position if exact else request.public_position)
    return Row(
        id=request.id,
        number=request.number,
        status=Status(request.status),
        led_to_improvement=request.led_to_improvement,
        requested_at=request.requested_at,
        updated_at=request.updated_at,
        due_at=request.due_at,
        waiting_since=request.waiting_since,
        closed_at=request.closed_at,
        is_demo=request.is_demo,
        is_acute=request.is_acute,
        refusals=request.refusals,
        version=request.version,
        longitude=position.longitude,
        latitude=position.latitude,
        place_text=request.place_text if exact else request.public_place_text,
        is_street_only=is_street_only(request),
        service_code=request.service.code,
        service_name=request.service.name,
        group_code=request.service.group.code,
        group_name=request.service.group.name,
        department_name=request.department.name,
    )


def page_of(request: ServiceRequest, *, personal: bool, now: datetime) -> Page:
    """The page of one report.

    :param personal: for the one who reported, or staff: the description is shown whatever the service says,
        and the place is exact.
    """
    card = card_of(row_of(request, exact=personal), now=now)
    tells_place = personal or not is_street_only(request)
    shown = [
        entry
        for entry in request.history
        if entry.message and entry.visibility == Visibility.PUBLIC and entry.actor != Party.REPORTER
    ]
    is_closed = request.closed_at is not None
    country = session().get_one(Jurisdiction, request.jurisdiction_id).country
    return Page(
        **{name: getattr(card, name) for name in Card.__dataclass_fields__},
        title=", ".join(filter(None, [card.service_name, card.place_text])),
        next_text=next_text(request, card.department_name, personal=personal),
        left_text=left_text(request, country, now=now),
        answers=answers_told(request.service, request.answers, public_only=not personal),
        talk=_talk(request.history, card) if personal else [],
        is_erased=is_erased(request.history),
        description=_description(request, personal=personal),
        description_is_public=is_public_text(request),
        routing_reason=localised(request.routing_reason) if personal else public_reason(request),
        first_response_due_at=local(request.first_response_due_at),
        first_response_at=local(request.first_response_at) if request.first_response_at else None,
        led_to_improvement=request.led_to_improvement
        if is_closed and card.status != Status.FORWARDED
        else None,
        version=request.version,
        timeline=timeline.steps(request.history, card.status, card.due_at),
        messages=[_message(entry, card) for entry in shown],
        history=[
            (local(entry.occurred_at), timeline.told(entry))
            for entry in request.history
            if timeline.is_public(entry) or (personal and not timeline.is_for_staff(entry))
        ],
        expected_text=_expected(card),
        closing_reason=_closing_reason(request.history, shown) if is_closed else None,
        lamps=[asset.number for asset in request.assets] if tells_place else [],
        is_external=request.department.kind == DepartmentKind.EXTERNAL,
        token=request.token if personal else None,
    )


def is_street_only(request: ServiceRequest) -> bool:
    """Whether anyone may know no more of the place than the street."""
    return request.service.position_precision == PositionPrecision.STREET


def public_reason(request: ServiceRequest) -> str:
    """Why this department: the stored reason tells how far the road is, and so where a private address is."""
    if not is_street_only(request):
        return localised(request.routing_reason)
    return gettext(
        "Reports about «%(what)s» go to %(department)s.",
        what=localised(request.service.name),
        department=localised(request.department.name),
    )


def _description(request: ServiceRequest, *, personal: bool) -> str | None:
    """What was written, for those who may read it."""
    if not personal and not is_public_text(request):
        return None
    erased = erasure_of(request.history)
    if request.description or erased is None:
        return request.description
    if erased.actor == Party.SYSTEM:
        return gettext("Erased, since the time for keeping it is over.")
    return gettext("Erased at the wish of the one who reported.")


def _closing_reason(history: Sequence[HistoryEntry], shown: Sequence[HistoryEntry]) -> str | None:
    last = next((entry for entry in reversed(history) if entry.status), None)
    if last is not None and was_withdrawn(last):
        return gettext("Withdrawn by the one who reported")
    return shown[-1].message if shown else None


def _talk(history: Sequence[HistoryEntry], card: Card) -> list[Message]:
    """What staff told the one who reported, and the other way round, the oldest first."""
    return [
        _message(entry, card)
        for entry in history
        if entry.message
        and (entry.visibility == Visibility.PUBLIC or entry.actor == Party.REPORTER)
    ]


def _message(entry: HistoryEntry, card: Card) -> Message:
    name = localised(entry.department.name) if entry.department else card.department_name
    return Message(
        at=local(entry.occurred_at),
        department_name=name,
        text=entry.message or "",
        is_from_reporter=entry.actor == Party.REPORTER,
    )


def _expected(card: Card) -> str:
    """The fact a resident asks for first: when."""
    if card.closed_at is not None:
        return gettext("%(status)s %(day)s", status=card.status_word, day=day(card.closed_at))
    if card.is_waiting:
        return gettext("We wait for an answer from the one who reported")
    if card.due_at is None:
        return gettext("We have not set a date for the repair")
    if card.is_overdue:
        return gettext("Should have been fixed by %(day)s", day=day(card.due_at))
    return gettext("Expected to be fixed by %(day)s", day=day(card.due_at))
