"""Staff to a provider and back: to sign in, to come in by an invitation, or to connect one's account."""

import logging
from datetime import UTC, datetime

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app import security
from app.accounts import keys, own_views, provider_people, queries
from app.accounts.models import Purpose
from app.accounts.views import (
    blueprint,
    device,
    home,
    limit,
    providers_for_staff,
    secret_key,
    sign_in_page,
)
from app.database import transaction
from app.errors import AppError, Conflict, NotFound
from app.i18n import gettext, language, localised
from app.openid import attempt_views, flow
from app.openid.attempt_views import Door, absolute, discovery
from app.openid.faults import Declined, OpenIdFault, ProviderAway, TooWeak
from app.openid.flow import Person
from app.openid.providers import Provider
from app.roles import Deed
from app.security import ANYONE, Identity, asking_person, limiter, visible_to
from app.web_addresses import own_path

log = logging.getLogger(__name__)
DOOR = Door(cookie="staff_attempt", path="/logg-inn/", salt="accounts.attempt")


@blueprint.get("/logg-inn/<key>")
@limiter.limit(limit)
@visible_to(ANYONE)
def set_out(key: str) -> ResponseReturnValue:
    """Send the browser to the provider; `til` is the path to come back to."""
    return _away(_provider(key), own_path(request.args.get("til", "")))


@blueprint.post("/konto/koble/<key>")
@limiter.limit(limit, key_func=asking_person)
@visible_to(Deed.OWN_ACCOUNT)
def connect(key: str) -> ResponseReturnValue:
    """Send the browser to the provider, to come in that way from now on.

    An open browser is not enough for a way in that lasts: the password is asked for, and the code where one is.
    """
    provider = _provider(key)
    if (refused := own_views.refuse_to_connect(key)) is not None:
        return refused
    who = security.identity()
    return _away(provider, url_for("accounts.own_page"), connects=who.session_id if who else "")


@blueprint.get("/invitasjon/<token>/<key>")
@limiter.limit(limit)
@visible_to(ANYONE)
def accept_by_provider(token: str, key: str) -> ResponseReturnValue:
    """Come in by an invitation, with a provider instead of a password."""
    provider = _provider(key)
    with transaction():
        found = keys.read(secret_key(), token, Purpose.INVITATION, now=datetime.now(UTC))
        if provider_people.has_a_way_in(found.account):
            return redirect(url_for("accounts.sign_in"), 303)
    return _away(provider, "", invitation=token)


@blueprint.get("/logg-inn/<key>/tilbake")
@limiter.limit(limit)
@visible_to(ANYONE)
def come_back(key: str) -> ResponseReturnValue:
    """Back from the provider. The attempt is spent either way."""
    provider = _provider(key)
    try:
        attempt, more = attempt_views.brought(DOOR, provider)
        person = flow.finish(
            provider,
            discovery(),
            attempt,
            request.args.to_dict(),
            redirect_uri=absolute("accounts.come_back", key=key),
            now=datetime.now(UTC),
        )
        answer = current_app.make_response(_arrived(provider, person, attempt.target, more))
    except OpenIdFault as fault:
        answer = current_app.make_response(_failed(provider, fault))
    except AppError as fault:
        title = gettext("You were not signed in")
        answer = current_app.make_response(
            sign_in_page(fault.status, fault=(title, fault.detail or ""))
        )
    attempt_views.drop(answer, DOOR)
    return answer


@blueprint.get("/logg-inn/<key>/utlogging")
@visible_to(ANYONE)
def end_from_outside(key: str) -> ResponseReturnValue:
    """Front-Channel Logout 1.0: end the sessions of whoever has the provider's session."""
    provider = _provider(key)
    issuer, session_id = request.args.get("iss", ""), request.args.get("sid", "")
    if issuer != provider.issuer or not session_id:
        raise NotFound(gettext("There is no such session."))
    with transaction():
        count = provider_people.end_sessions(issuer, session_id)
    log.info("%s ended the sessions of %d accounts", key, count)
    return Response("", mimetype="text/html")


end_from_outside.talisman_view_options = {  # type: ignore[attr-defined]
    "frame_options": None,
    "content_security_policy": "default-src 'none'",
}
"""A provider's page may hold it in a frame: there is nothing on it to be misled by."""


def _away(provider: Provider, target: str, **more: str) -> ResponseReturnValue:
    try:
        attempt, address = flow.begin(
            provider,
            discovery(),
            redirect_uri=absolute("accounts.come_back", key=provider.key),
            target=target,
            language=language(),
        )
    except OpenIdFault as fault:
        return _failed(provider, fault)
    response = redirect(address, 303)
    attempt_views.keep(response, DOOR, attempt, **more)
    return response


def _arrived(
    provider: Provider, person: Person, target: str, more: dict[str, str]
) -> ResponseReturnValue:
    now = datetime.now(UTC)
    if "connects" in more:
        _connect(provider, person, more["connects"])
        flash(gettext("You can sign in with %(provider)s from now on.", provider=_name(provider)))
        return redirect(target, 303)
    with transaction():
        if "invitation" in more:
            found = keys.read(secret_key(), more["invitation"], Purpose.INVITATION, now=now)
            if provider_people.has_a_way_in(found.account):
                raise Conflict(gettext("You have an account already. Sign in as you usually do."))
            provider_people.tie_to(found.account, person, provider.key, now=now)
            keys.end(found.account.id, *Purpose, now=now)
        who = provider_people.sign_in(person, provider.key, now=now, device=device())
    if who is None:
        title = gettext("You have no role here")
        text = gettext(
            "Nobody has given you a role here. Ask an administrator in the municipality."
        )
        return sign_in_page(403, fault=(title, text))
    security.sign_in(who, provider=provider.key)
    return redirect(target or home(), 303)


def _connect(provider: Provider, person: Person, session_id: str) -> None:
    """Only in the browser, and for the person, that set out."""
    who: Identity | None = security.identity()
    if who is None or who.session_id != session_id:
        raise Conflict(gettext("Sign in, and try again."))
    with transaction():
        account = queries.by_session(session_id, lock=True)
        if account is None:
            raise Conflict(gettext("Sign in, and try again."))
        provider_people.tie_to(account, person, provider.key, now=datetime.now(UTC))


def _provider(key: str) -> Provider:
    found = providers_for_staff().get(key)
    if found is None:
        raise NotFound(gettext("Nobody can sign in here in this way."))
    return found


def _name(provider: Provider) -> str:
    return localised(provider.label)


def _failed(provider: Provider, fault: OpenIdFault) -> ResponseReturnValue:
    """The ways in, with what happened."""
    name = _name(provider)
    if isinstance(fault, Declined):
        title = gettext("You did not sign in with %(provider)s", provider=name)
        return sign_in_page(fault=(title, gettext("Try again when you are ready.")))
    log.warning("signing in at %s failed: %s", provider.key, fault)
    if isinstance(fault, ProviderAway):
        title = gettext("%(provider)s does not answer us now", provider=name)
        text = gettext("Try again in a little while, or sign in with a password if you have one.")
        return sign_in_page(503, fault=(title, text))
    title = gettext("You were not signed in")
    if isinstance(fault, TooWeak):
        text = gettext("Choose a way to sign in at a higher level of security.")
        return sign_in_page(403, fault=(title, text))
    text = gettext("The answer from %(provider)s could not be used. Try again.", provider=name)
    return sign_in_page(400, fault=(title, text))
