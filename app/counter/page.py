"""The values of the counter's page: what is around the place, who would get it, what is known already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.catalog.models import ContactNeed, Needs, Service
from app.catalog.queries import services
from app.catalog.question_fields import Pairs, Question, fields_of
from app.catalog.working_days import deadline
from app.errors import Invalid, OutsideJurisdiction
from app.geo.positions import Position
from app.i18n import local, localised
from app.jurisdictions.models import Jurisdiction
from app.places import operations as places
from app.places.operations import Source
from app.routing.queries import latest_import
from app.routing.reasons import Road, road_name
from app.service_requests import duplicates, intake
from app.service_requests.duplicates import Near
from app.service_requests.intake import Submission

ON_THE_ROAD = 30
"""Within so many metres a fault is taken to be on the road."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """The number to call when a fault on this road is dangerous."""

    number: str
    road: str


@dataclass(frozen=True, kw_only=True)
class Around:
    """What is said while they talk. `outside` is the sentence for a place that is not ours."""

    outside: str | None = None
    department: str | None = None
    reason: str | None = None
    answered_by: datetime | None = None
    fixed_by: datetime | None = None
    needs_contact: bool = False
    call: Call | None = None
    found: tuple[Near, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A place that what was typed may mean, as a choice of the form."""

    value: str
    label: str
    part: str | None


@dataclass(frozen=True, kw_only=True)
class Hits:
    """What was searched for and found."""

    typed: str = ""
    choices: tuple[Hit, ...] = ()
    is_away: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a service asks besides the description. `lamps`: the numbers on poles."""

    code: str
    name: str
    lamps: bool
    questions: tuple[Question, ...]


def asked_by(jurisdiction_id: int, answers: Pairs, errors: Mapping[str, str]) -> list[Asked]:
    """All services that ask more, with what was answered: the kind may change while they talk."""
    has_lamps = latest_import(jurisdiction_id, "assets") is not None
    found = (
        Asked(
            code=service.code,
            name=localised(service.name),
            lamps=has_lamps and service.needs == Needs.LAMP,
            questions=fields_of(service, answers, errors),
        )
        for service in services(jurisdiction_id)
    )
    return [one for one in found if one.lamps or one.questions]


def groups_of(jurisdiction_id: int) -> list[tuple[str, list[tuple[str, str]]]]:
    """The groups' names with the codes and names of their services, as residents see them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for service in services(jurisdiction_id):
        named = (service.code, localised(service.name))
        found.setdefault(localised(service.group.name), []).append(named)
    return list(found.items())


def hits_for(jurisdiction: Jurisdiction, typed: str, source: Source) -> Hits:
    """The places that a text may mean, best first. Call it within `transaction()`."""
    if not typed:
        return Hits()
    found = places.search(jurisdiction, typed, source)
    choices = tuple(
        Hit(
            value=f"{place.position.latitude:.6f},{place.position.longitude:.6f},{place.label}",
            label=place.label,
            part=place.part,
        )
        for place in found.places
    )
    return Hits(typed=typed, choices=choices, is_away=found.is_away)


def around(
    jurisdiction: Jurisdiction, service: Service, position: Position, *, acute: bool, now: datetime
) -> Around:
    """Who gets such a report here and by when, and what is reported nearby already."""
    asked = Submission(service_code=service.code, position=position, description="", is_acute=acute)
    try:
        decision, _ = intake.decide(jurisdiction, asked, now=now)
    except OutsideJurisdiction as fault:
        return Around(outside=fault.detail)
    except Invalid:
        return Around()
    by = partial(_by, jurisdiction, service, now)
    days = None if decision.is_external else service.fix_days
    return Around(
        department=localised(decision.department_name),
        reason=localised(decision.reason),
        answered_by=local(by(service.first_response_days)),
        fixed_by=local(by(days)) if days is not None else None,
        needs_contact=service.contact_need != ContactNeed.NONE,
        call=_call(jurisdiction, decision.road),
        found=tuple(duplicates.near(jurisdiction.id, service, position, now)),
    )


def _by(jurisdiction: Jurisdiction, service: Service, now: datetime, days: int) -> datetime:
    """The end of the last of so many days, as the service counts them."""
    country, zone = jurisdiction.country, jurisdiction.time_zone
    return deadline(now, days, country, zone, is_calendar=service.counts_calendar_days)


def _call(jurisdiction: Jurisdiction, road: Road | None) -> Call | None:
    if road is None or road.metres > ON_THE_ROAD:
        return None
    for item in jurisdiction.emergency_numbers:
        if road.category in item.get("road_categories", ()):
            return Call(number=item["number"], road=road_name(road))
    return None
