"""What a receiver is told of a report, in e-mail, webhook and on the answer page. Never who reported it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.catalog.questions import Told, told
from app.departments.queries import department
from app.forwarding import queries
from app.forwarding.models import Forwarding
from app.i18n import gettext, localised
from app.routing.models import Asset, Owner, RoadCategory
from app.routing.reasons import Lamp, Road, lamp_sentence, road_name, road_sentence
from app.service_requests.cards import Card, card_of, row_of
from app.service_requests.models import HistoryEntry, ServiceRequest


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A report with everything the receiver needs, in words; `facts` are the ground's for machines."""

    report: Card
    service_code: str
    description: str
    answers: Sequence[Told]
    is_acute: bool
    department_name: str
    reason: str
    place: str
    road: str | None
    lamps: Sequence[str]
    facts: dict[str, Any]
    public_url: str
    map_url: str
    geo_url: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Something the body has answered."""

    at: datetime
    word: str
    message: str | None


def sheet_of(row: Forwarding, request: ServiceRequest, base_url: str, *, now: datetime) -> Sheet:
    """The sheet for one handing over."""
    card = card_of(row_of(request, exact=True), now=now)
    road = _road(request.history)
    lamps = _lamps(request)
    latitude, longitude = f"{card.latitude:.6f}", f"{card.longitude:.6f}"
    return Sheet(
        report=card,
        service_code=request.service.code,
        description=request.description,
        answers=told(request.service, request.answers),
        is_acute=request.is_acute,
        department_name=localised(department(row.department_id).name),
        reason=_reason(row, request),
        place=_place(card, road, lamps),
        road=road_sentence(road) if road else None,
        lamps=[_lamp_words(lamp, circuit) for lamp, circuit in lamps],
        facts={
            "road": asdict(road) | {"metres": round(road.metres, 1)} if road else None,
            "lamps": [asdict(lamp) | {"circuit": circuit} for lamp, circuit in lamps],
            "answers": request.answers,
        },
        public_url=f"{base_url}/meldinger/{request.number}",
        map_url=_norgeskart(*queries.utm_33(request)),
        geo_url=f"geo:{latitude},{longitude}?q={latitude},{longitude}",
    )


def answer_of(entry: HistoryEntry, word: str) -> Answer:
    """A row of history as an answer."""
    return Answer(at=entry.occurred_at, word=word, message=entry.message)


def _reason(row: Forwarding, request: ServiceRequest) -> str:
    """Why it was sent to them: as the decision itself said it, else as the report does."""
    entry = next((entry for entry in request.history if entry.id == row.history_entry_id), None)
    return localised((entry.data.get("reason") if entry else None) or request.routing_reason)


def _road(history: Sequence[HistoryEntry]) -> Road | None:
    """The road that the rules saw last."""
    seen = [entry.data["road"] for entry in history if entry.data.get("road")]
    if not seen:
        return None
    fields = {name: seen[-1].get(name) for name in Road.__dataclass_fields__}
    return Road(**fields | {"category": RoadCategory(fields["category"])})


def _lamps(request: ServiceRequest) -> list[tuple[Lamp, str | None]]:
    """The lamps picked with their circuits, else the one that the rules saw."""
    picked: list[Asset] = request.assets
    if picked:
        return [(_lamp(vars(asset)), asset.circuit) for asset in picked]
    seen = [entry.data["lamp"] for entry in request.history if entry.data.get("lamp")]
    return [(_lamp(seen[-1]), None)] if seen else []


def _lamp(given: dict[str, Any]) -> Lamp:
    return Lamp(number=given["number"], owner=Owner(given["owner"]), operator=given.get("operator"))


def _lamp_words(lamp: Lamp, circuit: str | None) -> str:
    sentence = lamp_sentence(lamp)
    if not circuit:
        return sentence
    return sentence + " " + gettext("It is on circuit %(circuit)s.", circuit=circuit)


def _place(card: Card, road: Road | None, lamps: Sequence[tuple[Lamp, str | None]]) -> str:
    """The place in a few words, for a subject line."""
    numbers = ", ".join(lamp.number for lamp, _ in lamps)
    parts = [road_name(road)] if road else []
    parts += [gettext("lamp %(number)s", number=numbers)] if lamps else []
    return ", ".join(parts) or card.coordinates_text


def _norgeskart(east: float, north: float) -> str:
    place = f"lat={north:.0f}&lon={east:.0f}&markerLat={north:.0f}&markerLon={east:.0f}"
    return f"https://norgeskart.no/#!?project=norgeskart&layers=1002&zoom=17&{place}"
