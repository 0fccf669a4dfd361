"""What the steps of the form share: reading it with its photos, danger, the place."""

from dataclasses import dataclass, replace

from flask import current_app, request

from app.geo.positions import Position
from app.i18n import localised
from app.jurisdictions.views import current_jurisdiction
from app.reporting import proof
from app.reporting.pictures import SomeRefused, taken
from app.reporting.schemas import Form
from app.routing.reasons import Road, road_name

NEAR_METRES = 30
"""Within this distance a fault is taken to be on the road."""


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


def read_form() -> tuple[Form, dict[str, str]]:
    """The form that was sent, naming the photos that came with it, and what is wrong with them."""
    form, errors = Form.read(request.form), dict[str, str]()
    try:
        keys = taken(
            form.photos, request.files.getlist("photo"), request.form.getlist("remove_photo")
        )
    except SomeRefused as fault:
        keys, errors = fault.keys, fault.errors
    return replace(form, photos=",".join(keys)), errors


def secret() -> str:
    """The service's key."""
    return str(current_app.config["SECRET_KEY"])


def proven(form: Form) -> Form:
    """The form with a note of when it was first shown."""
    if proof.age_seconds(secret(), form.proof, form.idempotency_key) is not None:
        return form
    return replace(form, proof=proof.issue(secret(), form.idempotency_key))


def photo_keys(form: Form) -> tuple[str, ...]:
    """The keys of the photos that the form names."""
    return tuple(key for key in form.photos.split(",") if key)


def pin(position: Position, group_code: str = "") -> Pin:
    """A pin for the small map; with a group it is that of a new report."""
    return Pin(
        longitude=position.longitude,
        latitude=position.latitude,
        phase="new" if group_code else "chosen",
        group_code=group_code,
    )


def emergency() -> list[tuple[str, str]]:
    """Whom to call about danger: number and when."""
    numbers = current_jurisdiction().emergency_numbers
    return [(item["number"], localised(item["text"])) for item in numbers]


def road_call(road: Road | None) -> RoadCall | None:
    """Whom to call about danger on this road, if the municipality names a number for such roads."""
    if road is None or road.metres > NEAR_METRES:
        return None
    for item in current_jurisdiction().emergency_numbers:
        if road.category in item.get("road_categories", ()):
            return RoadCall(number=item["number"], road=road_name(road))
    return None
