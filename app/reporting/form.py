"""The second and the third step of reporting: what, look over. Step 1 is in `where_views`.

Real pages that carry their answers in hidden fields.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalog import queries as catalog
from app.catalog.models import Needs
from app.catalog.working_days import deadline
from app.database import transaction
from app.errors import Invalid, OutsideJurisdiction
from app.geo.positions import Position
from app.i18n import language, lazy_gettext, local, localised
from app.jurisdictions.views import current_jurisdiction
from app.reporting.lamps import picker
from app.reporting.schemas import Form, pole_numbers, what_errors
from app.reporting.where_views import blueprint, find_place, placed, where_page
from app.routing.operations import road_at
from app.routing.reasons import Road, road_name
from app.security import ANYONE, limiter, visible_to
from app.service_requests import intake
from app.service_requests.cards import coordinates_text
from app.service_requests.intake import Submission, find_service
from app.web import device_class

SENT_BEFORE = lazy_gettext(
    "You have sent another report from this page already. Go on if you want to send this one too."
)
NEAR_METRES = 30
"""Within this distance a fault is taken to be on the road."""


def _limit() -> str:
    return str(current_app.config["SUBMIT_LIMIT"])


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A service or a group on its choice card."""

    code: str
    name: str
    description: str
    words: str = ""
    needs: str = ""
    services: tuple["Choice", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pin:
    """The pin on the small map."""

    longitude: float
    latitude: float
    phase: str = "chosen"
    group_code: str = ""


@dataclass(frozen=True, kw_only=True)
class RoadCall:
    """The number to call when a fault on this road is dangerous."""

    number: str
    road: str


@blueprint.post("/hva")
@visible_to(ANYONE)
def what() -> ResponseReturnValue:
    """Step 2, once the place is inside the municipality."""
    form = Form.read(request.form)
    place = find_place(form)
    return place if not isinstance(place, Position) else _what(placed(form, place), place)


@blueprint.post("/se-over")
@visible_to(ANYONE)
def review() -> ResponseReturnValue:
    """Step 3: all answers, who gets the report, and what happens by when."""
    form = Form.read(request.form)
    place = find_place(form)
    if not isinstance(place, Position):
        return place
    form = placed(form, place)
    answers, errors = what_errors(form)
    if errors:
        return _what(form, place, errors)
    try:
        return _review(form, _submission(answers, place))
    except Invalid as fault:
        return _what(form, place, _by_field(fault))


@blueprint.post("/send")
@limiter.limit(_limit)
@visible_to(ANYONE)
def send() -> ResponseReturnValue:
    """Take the report in, once, however often it is sent; then the receipt."""
    form = Form.read(request.form)
    place = find_place(form)
    if not isinstance(place, Position):
        return place
    form = placed(form, place)
    answers, errors = what_errors(form)
    if errors:
        return _what(form, place, errors)
    try:
        with transaction():
            made = intake.submit(
                current_jurisdiction(), _submission(answers, place), now=datetime.now(UTC)
            )
            token = made.token
    except OutsideJurisdiction as fault:
        return where_page(form, outside=fault.detail)
    except Invalid as fault:
        if "Idempotency-Key" in fault.errors:
            return _what(form.anew(), place, {"description": SENT_BEFORE})
        return _what(form, place, _by_field(fault))
    return redirect(url_for("reporting.receipt", token=token), 303)


@blueprint.get("/hvor")
@blueprint.get("/hva")
@blueprint.get("/se-over")
@blueprint.get("/send")
@visible_to(ANYONE)
def begin_again() -> ResponseReturnValue:
    """A step opened by its address alone has no answers: begin at the beginning."""
    return redirect(url_for("report.where"), 303)


def _submission(answers: dict[str, Any], position: Position) -> Submission:
    return Submission(
        service_code=answers["service"],
        position=position,
        description=answers["description"],
        email=answers["email"],
        device_class=device_class(),
        language=language(),
        idempotency_key=answers["idempotency_key"],
        is_acute=answers["acute"],
        lamps=answers["lamps"] if _needs_lamp(answers["service"]) else (),
    )


def _needs_lamp(service_code: str) -> bool:
    """Whether the lamps that were ticked count: they stay in the form when another service is chosen."""
    service = catalog.service_by_code(current_jurisdiction().id, service_code)
    return service is not None and service.needs == Needs.LAMP


def _by_field(fault: Invalid) -> dict[str, str]:
    """An operation's field names as this form's."""
    names = {"service_code": "service"}
    return {names.get(name, name): text for name, text in fault.errors.items()}


def _what(form: Form, place: Position, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    jurisdiction = current_jurisdiction()
    page = render_template(
        "reporting/what.html",
        form=vars(form),
        errors=errors or {},
        groups=_choices(),
        place=Pin(longitude=place.longitude, latitude=place.latitude),
        place_text=coordinates_text(place),
        emergency=_emergency(),
        road_call=_road_call(road_at(jurisdiction.id, place)),
        lamps=picker(jurisdiction.id, place, pole_numbers(form.lamps)),
    )
    return page, 422 if errors else 200


def _emergency() -> list[tuple[str, str]]:
    numbers = current_jurisdiction().emergency_numbers
    return [(item["number"], localised(item["text"])) for item in numbers]


def _road_call(road: Road | None) -> RoadCall | None:
    """Whom to call about danger on this road, if the municipality names a number for such roads."""
    if road is None or road.metres > NEAR_METRES:
        return None
    for item in current_jurisdiction().emergency_numbers:
        if road.category in item.get("road_categories", ()):
            return RoadCall(number=item["number"], road=road_name(road))
    return None


def _choices() -> list[Choice]:
    services = catalog.services(current_jurisdiction().id)
    return [
        Choice(
            code=group.code,
            name=localised(group.name),
            description=localised(group.description),
            services=tuple(
                Choice(
                    code=item.code,
                    name=localised(item.name),
                    description=localised(item.description),
                    words=" ".join(item.keywords.get(language(), [])),
                    needs=item.needs,
                )
                for item in services
                if item.group_id == group.id
            ),
        )
        for group in catalog.groups(current_jurisdiction().id)
    ]


def _pin(position: Position, group_code: str) -> Pin:
    return Pin(
        longitude=position.longitude,
        latitude=position.latitude,
        phase="new",
        group_code=group_code,
    )


def _review(form: Form, submission: Submission) -> ResponseReturnValue:
    jurisdiction, now = current_jurisdiction(), datetime.now(UTC)
    service = find_service(jurisdiction, submission.service_code)
    decision, _ = intake.decide(jurisdiction, submission, now=now)
    country, zone = jurisdiction.country, jurisdiction.time_zone
    fixed_by = (
        deadline(now, service.fix_days, country, zone)
        if service.fix_days is not None and not decision.is_external
        else None
    )
    return render_template(
        "reporting/review.html",
        form=vars(form),
        place=_pin(submission.position, service.group.code),
        place_text=coordinates_text(submission.position),
        service_name=localised(service.name),
        group_code=service.group.code,
        group_name=localised(service.group.name),
        description=submission.description,
        email=submission.email,
        department_name=localised(decision.department_name),
        is_external=decision.is_external,
        is_acute=submission.is_acute,
        lamps=submission.lamps,
        road_call=_road_call(decision.road),
        emergency=_emergency(),
        routing_reason=localised(decision.reason),
        answered_by=local(deadline(now, service.first_response_days, country, zone)),
        first_response_days=service.first_response_days,
        fixed_by=local(fixed_by) if fixed_by else None,
        fix_days=service.fix_days,
    )
