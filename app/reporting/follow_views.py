"""The page of one report, for anyone and for whoever has its personal link."""

from datetime import UTC, datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.errors import NotFound
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.reporting.views import blueprint
from app.security import ANYONE, visible_to
from app.service_requests import queries
from app.service_requests.cards import page_of
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status


@blueprint.get("/meldinger/<number>")
@visible_to(ANYONE)
def show(number: str) -> ResponseReturnValue:
    """One report, as anyone may see it."""
    found = queries.by_number(current_jurisdiction().id, number)
    return _show(found, personal=False)


@blueprint.get("/m/<token>")
@visible_to(ANYONE)
def follow(token: str) -> ResponseReturnValue:
    """One report, for whoever has its personal link."""
    return _show(queries.by_token(token), personal=True)


@blueprint.get("/m/<token>/kvittering")
@visible_to(ANYONE)
def receipt(token: str) -> ResponseReturnValue:
    """What the reporter sees after sending: the number, what happens next and by when."""
    found = _here(queries.by_token(token))
    page = page_of(found, personal=True, now=datetime.now(UTC))
    has_contact = queries.contact_email(found.id) is not None
    follow_url = url_for("reporting.follow", token=token)
    return render_template(
        "reporting/receipt.html", report=page, has_contact=has_contact, follow_url=follow_url
    )


def _show(found: ServiceRequest | None, *, personal: bool) -> ResponseReturnValue:
    request_ = _here(found)
    if request_.status == Status.REJECTED and not personal:
        raise NotFound(gettext("There is no report with this number."))
    page = page_of(request_, personal=personal, now=datetime.now(UTC))
    return render_template("reporting/show.html", report=page, personal=personal)


def _here(found: ServiceRequest | None) -> ServiceRequest:
    if found is None or found.jurisdiction_id != current_jurisdiction().id:
        raise NotFound(gettext("There is no report with this number."))
    return found
