"""The page of one report, for anyone and for whoever has its personal link."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cookies import DEVICE
from app.errors import NotFound
from app.geo.positions import position_of
from app.i18n import gettext, local
from app.jurisdictions.models import Openness
from app.jurisdictions.views import current_jurisdiction
from app.planned_work.cards import ToldWork, told
from app.planned_work.queries import at
from app.reporting.views import blueprint
from app.security import ANYONE, resident, visible_to
from app.service_requests import added, by_reporter, pictures, queries, talk
from app.service_requests.around import around
from app.service_requests.cards import page_of
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN, Status
from app.settings import Settings


@blueprint.get("/meldinger/<number>")
@visible_to(ANYONE)
def show(number: str) -> ResponseReturnValue:
    """One report, as anyone may see it; whoever is signed in and reported it gets the own page.

    With `alle` in the address they see what everybody sees.
    """
    found, who = report_with(number), resident()
    contact = added.contact_of(found.id) if who and "alle" not in request.args else None
    if who and contact and contact.subject == who.subject:
        return redirect(url_for("reporting.follow", token=found.token), 303)
    return public_page(found)


@blueprint.get("/m/<token>")
@visible_to(ANYONE)
def follow(token: str) -> ResponseReturnValue:
    """One report, for whoever has its personal link; with the mark that was chosen in a letter."""
    return personal_page(report_behind(token), form={"score": request.args.get("karakter", "")})


@blueprint.get("/m/<token>/kvittering")
@visible_to(ANYONE)
def receipt(token: str) -> ResponseReturnValue:
    """What the reporter sees after sending: the number, what happens next and by when."""
    found = report_behind(token)
    page = page_of(found, personal=True, now=datetime.now(UTC))
    contact = added.contact_of(found.id)
    follow_url = url_for("reporting.follow", token=token)
    return render_template(
        "reporting/receipt.html",
        report=page,
        photos=pictures.shown(found, personal=True),
        has_email=bool(contact and contact.email),
        has_phone=bool(contact and contact.phone),
        follow_url=follow_url,
    )


def report_with(number: str) -> ServiceRequest:
    """The report that anyone may see. :raises NotFound: none has this number, or it was rejected."""
    return talk.report_of(current_jurisdiction().id, number)


def report_behind(token: str) -> ServiceRequest:
    """The report behind a personal link. :raises NotFound: the link is not ours."""
    found = queries.by_token(token)
    if found is None or found.jurisdiction_id != current_jurisdiction().id:
        raise NotFound(gettext("There is no report behind this link. Copy the whole link."))
    return found


def public_page(
    found: ServiceRequest,
    *,
    errors: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> str:
    """The page that everybody may read; for someone who said «me too», with the way to take it back."""
    device = request.cookies.get(DEVICE)
    return render_template(
        "reporting/show.html",
        **_values(found, personal=False),
        is_mine=talk.is_supported_by(found, device),
        may_support=found.status in OPEN or found.status == Status.FORWARDED,
        errors=errors or {},
        form=form or {},
    )


def personal_page(
    found: ServiceRequest,
    *,
    errors: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    refusal: str = "",
) -> str:
    """The page with everything that the one who reported may see and do."""
    now = datetime.now(UTC)
    return render_template(
        "reporting/show.html",
        **_values(found, personal=True),
        choices=by_reporter.choices(found, now=now),
        now=now,
        token=found.token,
        errors=errors or {},
        form=form or {},
        refusal=refusal,
    )


def _values(found: ServiceRequest, *, personal: bool) -> dict[str, object]:
    now = datetime.now(UTC)
    settings: Settings = current_app.config["SETTINGS"]
    jurisdiction = current_jurisdiction()
    comments = jurisdiction.comments
    return {
        "report": page_of(found, personal=personal, now=now),
        "around": around(found, personal=personal),
        "personal": personal,
        "comments": comments,
        "has_comments": comments != Openness.OFF,
        "planned": _planned(found, now, personal=personal),
        "public_url": f"{jurisdiction.public_url(settings.base_url)}/meldinger/{found.number}",
        "printed_at": now,
    }


def _planned(found: ServiceRequest, now: datetime, *, personal: bool) -> list[ToldWork]:
    """The work that is planned at the place, of the report's own kind or of any."""
    today = local(now).date()
    place = position_of(found.position if personal else found.public_position)
    works = at(found.jurisdiction_id, place, today)
    mine = {None, found.service.group.code}
    return [told(work, on=today) for work in works if work.group_code in mine]
