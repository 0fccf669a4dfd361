"""The second step of reporting: what is wrong, more questions, «already reported?», and who reports."""

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalog import queries as catalog
from app.catalog.models import Service
from app.catalog.question_fields import Question, at_fields, fields_of
from app.catalog.questions import asked
from app.catalog.search import services_for
from app.database import transaction
from app.errors import Invalid, NotFound
from app.geo.positions import Position
from app.i18n import gettext, language, local, localised
from app.jurisdictions.views import current_jurisdiction
from app.planned_work.queries import at as planned_at
from app.reporting.form_views import emergency, photo_keys, pin, proven, read_form, road_call
from app.reporting.lamps import picker
from app.reporting.pictures import allow_photos
from app.reporting.schemas import Form
from app.reporting.where_views import blueprint, find_place, placed
from app.routing.operations import road_at
from app.security import ANYONE, limiter, resident, visible_to
from app.service_requests import duplicates, pictures, queries
from app.service_requests.additions import PhotoShows
from app.service_requests.cards import coordinates_text
from app.service_requests.models import ServiceRequest
from app.service_requests.schemas import pole_numbers
from app.service_requests.status import Status

SUGGESTIONS = 5
HINTS = "60 per minute"
allow_photos(blueprint, "report.where_again", "report.what", "report.already", "report.join")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A service or a group on its choice card."""

    code: str
    name: str
    description: str
    words: str = ""
    needs: str = ""
    questions: tuple[Question, ...] = ()
    services: tuple["Choice", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What the page asks for before it goes on: not a fault."""

    about: str = ""
    title: str = ""
    suggestions: list[Any] = field(default_factory=list)
    searched: str = ""


@blueprint.post("/hva")
@limiter.limit(HINTS)
@visible_to(ANYONE)
def what() -> ResponseReturnValue:
    """Step 2, once the place is inside the municipality; with suggestions when something was searched for."""
    form, errors = read_form()
    place = find_place(form)
    if not isinstance(place, Position):
        return place
    return what_page(placed(form, place), place, errors, notice=_found())


@blueprint.post("/meldt-for")
@limiter.limit(HINTS)
@visible_to(ANYONE)
def already() -> ResponseReturnValue:
    """The part of the page with reports nearby that may be of the same fault; 204 when there are none."""
    form = Form.read(request.form)
    place = find_place(form)
    service = catalog.service_by_code(current_jurisdiction().id, form.service)
    if not isinstance(place, Position) or service is None:
        return "", 204
    form = placed(form, place)
    found = hints(form, service, place)
    if not found:
        return "", 204
    return render_template("reporting/near.html", found=found, hint=hint_of(form))


@blueprint.post("/folg")
@limiter.limit(HINTS)
@visible_to(ANYONE)
def join() -> ResponseReturnValue:
    """Another report is of the same fault: follow that one, or give it this form's photos."""
    form, errors = read_form()
    number = request.form.get("follow") or request.form.get("picture") or ""
    jurisdiction, now = current_jurisdiction(), datetime.now(UTC)
    found = queries.by_number(jurisdiction.id, number)
    if found is None or found.status == Status.REJECTED:
        raise NotFound(gettext("There is no report with this number."))
    wants_photo = "picture" in request.form and "follow" not in request.form
    keys = photo_keys(form)
    if wants_photo and not keys and not errors:
        errors = {"photos": gettext("Choose the photo that you want to add.")}
    if wants_photo and errors:
        page = render_template(
            "reporting/add_photo.html", form=vars(form), number=found.number, errors=errors
        )
        return page, 422
    place = find_place(form)
    if not isinstance(place, Position):
        return place
    form = placed(form, place)
    try:
        with transaction():
            found = queries.locked(found.id)
            _check_near(form, found, place)
            duplicates.decided(
                jurisdiction.id,
                form.idempotency_key,
                "added_photo" if wants_photo else "followed",
                now=now,
            )
            if wants_photo:
                pictures.attach(found, keys, shows=PhotoShows.FAULT, added_by="resident", now=now)
    except Invalid as fault:
        return what_page(form, place, fault.errors)
    if wants_photo:
        flash(gettext("Thank you. We have added your photo to the report."))
    return redirect(url_for("reporting.show", number=found.number, _anchor="folg"), 303)


def _check_near(form: Form, found: ServiceRequest, place: Position) -> None:
    """:raises Invalid: it is not among the reports that the form could have been shown."""
    service = catalog.service_by_code(found.jurisdiction_id, form.service)
    now = datetime.now(UTC)
    near = duplicates.near(found.jurisdiction_id, service, place, now) if service else []
    if found.number not in {item.card.number for item in near}:
        raise Invalid(
            {
                "service": gettext(
                    "This report is no longer one of those near your place."
                    " Look over your answers and go on."
                )
            }
        )


def hint_of(form: Form) -> str:
    """What the form carries once it has been asked whether this kind at this place is reported already."""
    return f"{form.service}@{form.latitude},{form.longitude}"


def hints(form: Form, service: Service, place: Position) -> list[duplicates.Near]:
    """Reports nearby that may be of the same fault; that they were shown is written down."""
    jurisdiction_id, now = current_jurisdiction().id, datetime.now(UTC)
    found = duplicates.near(jurisdiction_id, service, place, now)
    if found:
        with transaction():
            duplicates.hinted(jurisdiction_id, form.idempotency_key, service, len(found), now=now)
    return found


def _found() -> Notice | None:
    """What fits the words searched for, when the button was pressed."""
    words = request.form.get("service_search", "").strip()[:200]
    if "find" not in request.form:
        return None
    suggestions = services_for(current_jurisdiction().id, words, language(), SUGGESTIONS)
    if suggestions:
        title = gettext("Does one of these fit «%(words)s»?", words=words)
    else:
        title = gettext("We found nothing for «%(words)s». Choose from the list.", words=words)
    return Notice(about="search", title=title, suggestions=suggestions, searched=words)


def what_page(
    form: Form,
    place: Position,
    errors: dict[str, str] | None = None,
    *,
    notice: Notice | None = None,
) -> ResponseReturnValue:
    """Step 2 with what was answered: 422 when something is wrong."""
    jurisdiction, form = current_jurisdiction(), proven(form)
    errors = at_fields(form.service, errors or {})
    page = render_template(
        "reporting/what.html",
        form=vars(form),
        errors=errors,
        notice=notice,
        groups=_choices(form, errors),
        place=pin(place),
        place_text=form.place_text or coordinates_text(place),
        emergency=emergency(),
        road_call=road_call(road_at(jurisdiction.id, place)),
        lamps=picker(jurisdiction.id, place, pole_numbers(form.lamps)),
        planned=planned_at(jurisdiction.id, place, local(datetime.now(UTC)).date()),
        resident=resident(),
    )
    return page, 422 if errors else 200


def _choices(form: Form, errors: dict[str, str]) -> list[Choice]:
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
                    questions=fields_of(item, form.answers, errors),
                )
                for item in services
                if item.group_id == group.id
            ),
        )
        for group in catalog.groups(current_jurisdiction().id)
    ]


def questions_unseen(form: Form, service: Service) -> Notice | None:
    """The service asks more than the page has shown: without scripts, only the next page can."""
    if not asked(service) or service.code in form.asked:
        return None
    name = localised(service.name)
    title = gettext("We have a question or two about «%(service)s»", service=name)
    return Notice(about="questions", title=title)


def already_page(form: Form, found: list[duplicates.Near]) -> ResponseReturnValue:
    """Between the steps, for browsers without scripts: is it one of these?"""
    shown = replace(form, hint=hint_of(form))
    return render_template("reporting/already.html", form=asdict(shown), found=found)
