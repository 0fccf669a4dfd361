"""The pages of those who follow: asking, confirming, changing, stopping, being forgotten."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, ValidationError

from app.catalog.queries import groups
from app.database import transaction
from app.errors import Invalid, NotFound, TooMany
from app.geo.positions import Box
from app.i18n import gettext, language, localised
from app.i18n import number as written
from app.jurisdictions import queries as jurisdictions
from app.jurisdictions.views import current_jurisdiction
from app.notifications import subscriptions, webhooks, wishes
from app.notifications.links import Signer
from app.notifications.models import Frequency, Subscription, SubscriptionKind
from app.notifications.post import window_of
from app.notifications.schemas import (
    RADII,
    FollowReportSchema,
    FollowSchema,
    FrequencySchema,
)
from app.notifications.subscriptions import Wish
from app.notifications.words import followed, frequency_word
from app.places.operations import Source
from app.problems import first_messages
from app.security import ANYONE, csrf, is_trapped, limiter, visible_to
from app.service_requests import queries
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status
from app.settings import Settings

blueprint = Blueprint("notifications", __name__)
ASKED = "notifications.asked"


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _limit() -> str:
    return _settings().follow_limit


@blueprint.after_request
def _keep_private(response: Response) -> Response:
    """These pages are one person's: no cache and no search engine keeps them."""
    if request.path.startswith("/varsler/"):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.app_context_processor
def _for_administrators() -> dict[str, object]:
    return {"webhooks_given_up": lambda: webhooks.disabled(current_jurisdiction().id)}


@blueprint.post("/meldinger/<number>/folg")
@limiter.limit(_limit)
@visible_to(ANYONE)
def follow_report(number: str) -> ResponseReturnValue:
    """Ask to follow a report; then the page that says to look in one's e-mail."""
    found = _report(number)
    if is_trapped():
        once_more = gettext("Press the button once more to send this.")
        return _report_form(found, {"email": once_more}), 422
    try:
        form = FollowReportSchema(unknown=EXCLUDE).load(request.form.to_dict())
    except ValidationError as fault:
        return _report_form(found, first_messages(fault)), 422
    wish = Wish(
        kind=SubscriptionKind.REQUEST,
        email=form["email"],
        language=language(),
        frequency=form["frequency"],
        service_request_id=found.id,
    )
    try:
        with transaction():
            subscriptions.ask(current_jurisdiction().id, wish, now=datetime.now(UTC))
    except Invalid as fault:
        return _report_form(found, fault.errors), 422
    except TooMany as fault:
        return _report_form(found, {"email": fault.detail}), 429
    return redirect(url_for(ASKED), 303)


@blueprint.get("/meldinger/<number>/folg")
@visible_to(ANYONE)
def follow_report_page(number: str) -> ResponseReturnValue:
    """The form to follow a report, on a page of its own."""
    return _report_form(_report(number), {})


def _report(number: str) -> ServiceRequest:
    found = queries.by_number(current_jurisdiction().id, number)
    if found is None or found.status == Status.REJECTED:
        raise NotFound(gettext("There is no report with this number."))
    return found


def _report_form(found: ServiceRequest, errors: dict[str, str]) -> str:
    return render_template(
        "notifications/follow_report.html",
        number=found.number,
        email=request.form.get("email", ""),
        errors=errors,
    )


@blueprint.get("/folg")
@visible_to(ANYONE)
def follow_page() -> ResponseReturnValue:
    """The form to follow a street, an area or a category; `gate`, `sted`, `bbox` and `tjeneste` fill it in."""
    given = request.args
    form = {
        "kind": given.get("hva", ""),
        "bbox": given.get("bbox", ""),
        "place": given.get("sted", ""),
        "street": given.get("gate", ""),
        "group": given.get("tjeneste", ""),
        "radius": given.get("radius", "500"),
    }
    if not form["kind"]:
        named = ("street", form["street"]), ("service", form["group"])
        form["kind"] = next((kind for kind, value in named if value), "")
        form["kind"] = form["kind"] or ("area" if form["bbox"] or form["place"] else "street")
    return _follow_form(form, {})


@blueprint.post("/folg")
@limiter.limit(_limit)
@visible_to(ANYONE)
def follow() -> ResponseReturnValue:
    """Ask to follow it; then the page that says to look in one's e-mail."""
    settings, now = _settings(), datetime.now(UTC)
    try:
        form = FollowSchema(unknown=EXCLUDE).load(request.form.to_dict())
        with transaction():
            source = Source(url=settings.kartverket_url, now=now)
            wish = wishes.wish_of(current_jurisdiction(), form, language(), source)
        with transaction():
            subscriptions.ask(current_jurisdiction().id, wish, now=now)
    except ValidationError as fault:
        return _follow_form(request.form.to_dict(), first_messages(fault)), 422
    except Invalid as fault:
        return _follow_form(request.form.to_dict(), fault.errors), 422
    except TooMany as fault:
        return _follow_form(request.form.to_dict(), {"email": fault.detail}), 429
    return redirect(url_for(ASKED), 303)


def _follow_form(form: dict[str, Any], errors: dict[str, str]) -> str:
    jurisdiction_id = current_jurisdiction().id
    try:
        Box.parse(form.get("bbox", ""))
    except ValueError:
        form = form | {"bbox": ""}
    return render_template(
        "notifications/follow.html",
        form=form,
        errors=errors,
        groups=[(group.code, localised(group.name)) for group in groups(jurisdiction_id)],
        places=[
            (f"{place.position.latitude:.5f},{place.position.longitude:.5f}", place.name)
            for place in jurisdictions.places(jurisdiction_id)
        ],
        radii_words=[(metres, f"{written(metres)}\u00a0m") for metres in RADII],
        frequencies=_frequencies(),
    )


def _frequencies() -> list[tuple[str, str]]:
    return [(frequency.value, frequency_word(frequency)) for frequency in Frequency]


@blueprint.get("/folg/spurt")
@visible_to(ANYONE)
def asked() -> ResponseReturnValue:
    """What to do now: the same page whether the address is known or not."""
    return render_template("notifications/asked.html")


@blueprint.get("/varsler/<token>")
@visible_to(ANYONE)
def show(token: str) -> ResponseReturnValue:
    """What is followed with this link. Changes nothing: mail scanners open links."""
    said = {
        "bekreftet": gettext("You follow this from now on."),
        "endret": gettext("Your choice is saved."),
    }
    return _page(_by(token), said=said.get(request.args.get("sagt", ""), ""))


def _by(token: str) -> Subscription:
    return subscriptions.by_token(current_jurisdiction().id, token)


def _page(found: Subscription, *, said: str = "") -> str:
    return render_template(
        "notifications/subscription.html",
        token=found.token,
        name=followed(found),
        is_confirmed=found.confirmed_at is not None,
        frequency=found.frequency,
        frequencies=_frequencies(),
        said=said,
    )


@blueprint.post("/varsler/<token>/bekreft")
@visible_to(ANYONE)
def confirm(token: str) -> ResponseReturnValue:
    """Begin to tell."""
    with transaction():
        found = subscriptions.confirm(_by(token), now=datetime.now(UTC))
        kept = found.token
    return redirect(url_for("notifications.show", token=kept, sagt="bekreftet"), 303)


@blueprint.post("/varsler/<token>")
@visible_to(ANYONE)
def change(token: str) -> ResponseReturnValue:
    """Tell more or less often."""
    try:
        form = FrequencySchema(unknown=EXCLUDE).load(request.form.to_dict())
    except ValidationError as fault:
        raise Invalid(first_messages(fault)) from fault
    with transaction():
        subscriptions.change_frequency(
            _by(token),
            form["frequency"],
            window=window_of(_settings().digest_minutes),
            now=datetime.now(UTC),
        )
    return redirect(url_for("notifications.show", token=token, sagt="endret"), 303)


@blueprint.post("/varsler/<token>/stopp")
@visible_to(ANYONE)
def stop(token: str) -> ResponseReturnValue:
    """Follow no longer."""
    with transaction():
        subscriptions.stop(_by(token))
    return _done(gettext("You no longer follow this"), gettext("We have erased the address."))


@blueprint.post("/varsler/<token>/slett")
@visible_to(ANYONE)
def erase(token: str) -> ResponseReturnValue:
    """Forget the address wherever someone follows with it."""
    with transaction():
        subscriptions.erase(_by(token))
    return _done(
        gettext("We have erased your address"),
        gettext(
            "You follow nothing any more. What you left with reports of your own is erased on their pages."
        ),
    )


@blueprint.get("/varsler/stopp/<signed>")
@visible_to(ANYONE)
def stop_page(signed: str) -> ResponseReturnValue:
    """The button that stops what a letter was about. Changes nothing by itself."""
    _contacts(signed)
    return render_template("notifications/stop.html", signed=signed)


@blueprint.post("/varsler/stopp/<signed>")
@csrf.exempt  # type: ignore[untyped-decorator]
@visible_to(ANYONE)
def stop_by_letter(signed: str) -> ResponseReturnValue:
    """One click, by a person or by their mail program (RFC 8058): no more of what the letter was about."""
    with transaction():
        subscriptions.stop_contacts(_contacts(signed), current_jurisdiction().id)
    return _done(
        gettext("We have stopped these messages"),
        gettext("You can turn them on again on the report's own page."),
    )


def _contacts(signed: str) -> list[int]:
    return Signer(secret=_settings().secret_key or "").contacts_of(signed)


def _done(title: str, text: str) -> str:
    return render_template("notifications/done.html", title=title, text=text)
