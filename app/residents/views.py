"""«Mine meldinger»: choosing a way in, the link by e-mail, the list, claiming and leaving."""

import hmac
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.database import transaction
from app.errors import NotFound
from app.i18n import gettext, language, localised, ngettext
from app.jurisdictions.views import current_jurisdiction
from app.openid.providers import Audience, Provider
from app.problems import first_messages
from app.residents import links, operations, queries
from app.residents.links import LinkExpired, Opened
from app.residents.schemas import LinkSchema
from app.residents.visit_views import begin, has_ended, leave, secret, visit
from app.security import ANYONE, limiter, visible_to
from app.service_requests.cards import page_of
from app.settings import Settings

blueprint = Blueprint("residents", __name__)
ON_PAGE = 50
LINKS_TO_ONE_ADDRESS = "5 per hour"


def limit() -> str:
    """How often one machine may try to come in."""
    return str(current_app.config["SIGN_IN_LIMIT"])


def _address_asked_for() -> str:
    """A stand-in for the address that was written, so that the counter keeps no address."""
    written = request.form.get("email", "").strip().lower()
    key = str(current_app.config["SECRET_KEY"]).encode()
    return "address:" + hmac.digest(key, written.encode("utf-8", "replace"), "sha256").hex()


def providers_for_residents() -> dict[str, Provider]:
    """The providers that residents may choose."""
    every: dict[str, Provider] = current_app.extensions["openid_providers"]
    return {key: one for key, one in every.items() if one.audience == Audience.RESIDENT}


@blueprint.get("/mine-meldinger")
@visible_to(ANYONE)
def mine() -> ResponseReturnValue:
    """The reports of who is here, newest first; the ways in for everyone else."""
    who = visit()
    if who is None:
        return ways_in()
    before = request.args.get("eldre", "")
    rows = queries.reports_of(
        current_jurisdiction().id,
        who,
        before_id=int(before) if before.isdecimal() and len(before) < 19 else None,
        limit=ON_PAGE + 1,
    )
    now = datetime.now(UTC)
    shown = rows[:ON_PAGE]
    return render_template(
        "residents/mine.html",
        reports=[page_of(row, personal=True, now=now) for row in shown],
        older_url=url_for("residents.mine", eldre=shown[-1].id) if len(rows) > ON_PAGE else None,
        is_first_page=not before,
        email_hint=_hint(who.email) if who.email else None,
        provider_name=_name_of(who.provider),
        unclaimed=queries.count_unclaimed(current_jurisdiction().id, who),
        errors={},
        form={"email": ""},
    )


def ways_in(status: int = 200, **more: Any) -> ResponseReturnValue:
    """The page to choose on. `fault` and `fault_title` tell what went wrong at a provider."""
    values = {"errors": {}, "form": {"email": ""}, "fault": None, "fault_title": None} | more
    page = render_template(
        "residents/ways_in.html",
        providers=[(key, localised(one.label)) for key, one in providers_for_residents().items()],
        has_ended=has_ended(),
        **values,
    )
    return page, status


@blueprint.post("/mine-meldinger/lenke")
@limiter.limit(limit)
@limiter.limit(LINKS_TO_ONE_ADDRESS, key_func=_address_asked_for)
@visible_to(ANYONE)
def send_link() -> ResponseReturnValue:
    """Order the letter with the link. The answer does not say whether the address is known."""
    written = request.form.get("email", "")
    try:
        email: str = LinkSchema().load(request.form.to_dict())["email"]
    except ValidationError as fault:
        return ways_in(422, errors=first_messages(fault), form={"email": written})
    with transaction():
        operations.order_link(current_jurisdiction().id, email, language())
    return redirect(url_for("residents.link_sent"), 303)


@blueprint.get("/mine-meldinger/lenke-sendt")
@visible_to(ANYONE)
def link_sent() -> ResponseReturnValue:
    """What everyone is told who asked for a link."""
    return render_template("residents/link_sent.html", minutes=links.MINUTES)


@blueprint.get("/mine-meldinger/lenke/<token>")
@visible_to(ANYONE)
def open_link(token: str) -> ResponseReturnValue:
    """A button. Mail scanners open links, so that opening one does nothing yet."""
    try:
        opened = _read(token)
    except LinkExpired as fault:
        return _too_late(fault)
    row = queries.contact(opened.contact_id)
    return render_template(
        "residents/open_link.html",
        token=token,
        email_hint=_hint(row.email) if row and row.email else None,
    )


@blueprint.post("/mine-meldinger/lenke/<token>")
@limiter.limit(limit)
@visible_to(ANYONE)
def use_link(token: str) -> ResponseReturnValue:
    """Open a session in this browser for the address that the link was sent to. Works once."""
    try:
        opened = _read(token)
        with transaction():
            new = operations.begin_by_link(opened, visit(), secret(), now=datetime.now(UTC))
    except LinkExpired as fault:
        return _too_late(fault)
    begin(new)
    return redirect(url_for("residents.mine"), 303)


def _too_late(fault: LinkExpired) -> ResponseReturnValue:
    title = gettext("The link is no longer valid")
    return ways_in(fault.status, fault_title=title, fault=fault.detail)


def _read(token: str) -> Opened:
    settings: Settings = current_app.config["SETTINGS"]
    opened = links.read(settings.secret_key or "", token, now=datetime.now(UTC))
    if opened.jurisdiction_id != current_jurisdiction().id:
        raise NotFound(gettext("This link does not work. Copy the whole link from the e-mail."))
    return opened


@blueprint.post("/mine-meldinger/legg-til")
@visible_to(ANYONE)
def claim() -> ResponseReturnValue:
    """Give the reports of the address that was shown to the one who is signed in."""
    who = visit()
    if who is None or who.subject is None or who.email is None:
        return redirect(url_for("residents.mine"), 303)
    with transaction():
        count = operations.claim(current_jurisdiction().id, who)
    flash(
        ngettext(
            "%(num)s report was added to your sign-in.",
            "%(num)s reports were added to your sign-in.",
            count,
        )
    )
    return redirect(url_for("residents.mine"), 303)


def end_here() -> None:
    """End this browser's session and take its cookie."""
    given = secret()
    if given:
        with transaction():
            operations.end(given, now=datetime.now(UTC))
    leave()


def _name_of(key: str | None) -> str | None:
    every: dict[str, Provider] = current_app.extensions["openid_providers"]
    return localised(every[key].label) if key in every else None


def _hint(email: str) -> str:
    """«o•••@example.org»: enough to know one's own address again."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}•••@{host}"
