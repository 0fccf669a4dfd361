"""Links for contractors on a job's page: giving one out and ending it."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.database import transaction
from app.errors import Conflict, NotFound
from app.fieldwork import links_work, operations
from app.fieldwork.links import over
from app.fieldwork.links_schemas import LinkSchema
from app.fieldwork.links_views import address
from app.fieldwork.models import JobLink
from app.fieldwork.views import blueprint, job_page, signed_in
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to
from app.service_requests.models import ServiceRequest
from app.service_requests.status import DESK


@blueprint.app_context_processor
def _values() -> dict[str, Callable[..., object]]:
    return {"link_address": _address, "link_over": _over}


def _address(link: JobLink) -> str:
    return address(link.id, current_jurisdiction())


def _over(link: JobLink) -> str | None:
    return over(link, now=datetime.now(UTC))


@blueprint.post("/<number>/lenker")
@visible_to(Deed.DESK)
def give_out_link(number: str) -> ResponseReturnValue:
    """Make a link for a firm: back to the job, where it stands, or the job with what is missing (422)."""
    found = _found(number)
    tried = request.form.to_dict() | {"verb": "lenker"}
    try:
        values = LinkSchema().load(request.form.to_dict())
        with transaction():
            links_work.give_out(
                found,
                values["label"],
                values["days"],
                account_id=signed_in().account_id,
                now=datetime.now(UTC),
            )
    except ValidationError as fault:
        return job_page(found, first_messages(fault), tried)
    except Conflict as fault:
        flash(fault.detail)
        return redirect(url_for("fieldwork.show", number=number), 303)
    flash(gettext("The link is made. Copy it and send it to the firm."))
    return redirect(url_for("fieldwork.show", number=number, _anchor="lenker"), 303)


@blueprint.post("/<number>/lenker/<int:link_id>/avslutt")
@visible_to(Deed.DESK)
def end_link(number: str, link_id: int) -> ResponseReturnValue:
    """End a link at once; then the job again."""
    found = _found(number)
    with transaction():
        link = links_work.end(found, link_id, now=datetime.now(UTC))
    flash(gettext("The link for %(firm)s is ended.", firm=link.label))
    return redirect(url_for("fieldwork.show", number=number, _anchor="lenker"), 303)


def _found(number: str) -> ServiceRequest:
    """The report, if this person gives out work on it. :raises NotFound: it is not theirs."""
    who = signed_in()
    found = operations.find(who, current_jurisdiction().id, number)
    if not operations.actor_for(who, found).roles & DESK:
        raise NotFound(gettext("There is no such report in your department."))
    return found
