"""To a provider and back, and the two ways of signing out: ours, and the provider's."""

import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature

from app.database import transaction
from app.errors import NotFound
from app.i18n import gettext, language, localised
from app.jurisdictions.views import current_jurisdiction
from app.openid import attempt_views, flow
from app.openid.attempt_views import Door, absolute, discovery, signer
from app.openid.faults import Declined, OpenIdFault, ProviderAway, TooWeak
from app.openid.providers import Provider
from app.residents import operations
from app.residents.views import blueprint, end_here, limit, providers_for_residents, ways_in
from app.residents.visit_views import begin, secret, visit
from app.security import ANYONE, limiter, visible_to
from app.web_addresses import own_path

log = logging.getLogger(__name__)
DOOR = Door(cookie="sign_in_attempt", path="/openid/", salt="residents.attempt")
SIGNED_OUT_SECONDS = 10 * 60


@blueprint.get("/mine-meldinger/inn/<key>")
@limiter.limit(limit)
@visible_to(ANYONE)
def set_out(key: str) -> ResponseReturnValue:
    """Send the browser to the provider; `til` is the path to come back to."""
    provider = _provider(key)
    try:
        attempt, address = flow.begin(
            provider,
            discovery(),
            redirect_uri=absolute("residents.come_back", key=key),
            target=own_path(request.args.get("til", "")),
            language=language(),
        )
    except OpenIdFault as fault:
        return _failed(provider, fault)
    response = redirect(address, 303)
    attempt_views.keep(response, DOOR, attempt)
    return response


@blueprint.get("/openid/<key>/tilbake")
@limiter.limit(limit)
@visible_to(ANYONE)
def come_back(key: str) -> ResponseReturnValue:
    """Back from the provider: open a session, or say what still works. The attempt is spent either way."""
    provider = _provider(key)
    now = datetime.now(UTC)
    try:
        attempt, _ = attempt_views.brought(DOOR, provider)
        person = flow.finish(
            provider,
            discovery(),
            attempt,
            request.args.to_dict(),
            redirect_uri=absolute("residents.come_back", key=key),
            now=now,
        )
    except OpenIdFault as fault:
        answer = current_app.make_response(_failed(provider, fault))
    else:
        with transaction():
            new = operations.begin_by_provider(
                person,
                key,
                current_jurisdiction().id,
                visit=visit(),
                old_secret=secret(),
                issuer=provider.issuer,
                now=now,
            )
        begin(new)
        answer = redirect(attempt.target or url_for("residents.mine"), 303)  # type: ignore[assignment]
    attempt_views.drop(answer, DOOR)
    return answer


@blueprint.post("/mine-meldinger/logg-ut")
@visible_to(ANYONE)
def sign_out() -> ResponseReturnValue:
    """End the session here, then go on to the provider's own signing out, if there is one.

    The way there is a page that refreshes itself: a redirect after a form would be held by `form-action`.
    """
    who = visit()
    onward, name = None, None
    provider = providers_for_residents().get(who.provider or "") if who else None
    if who and provider:
        onward = flow.sign_out_address(
            provider,
            discovery(),
            id_token=who.id_token,
            back=absolute("residents.signed_out"),
            state=str(
                signer("residents.signed out").dumps([provider.key, secrets.token_urlsafe(8)])
            ),
        )
        name = localised(provider.label)
    end_here()
    if onward:
        return render_template("openid/signing_out.html", onward=onward, provider_name=name)
    return redirect(url_for("residents.signed_out"), 303)


@blueprint.get("/mine-meldinger/logget-ut")
@visible_to(ANYONE)
def signed_out() -> ResponseReturnValue:
    """Signed out here; and at the provider, when the answer to our own question says so."""
    name = None
    try:
        state = request.args.get("state", "")
        key, _ = signer("residents.signed out").loads(state, max_age=SIGNED_OUT_SECONDS)
        found = providers_for_residents().get(key)
        name = localised(found.label) if found else None
    except BadSignature:
        log.debug("signed out without an answer from a provider")
    return render_template("residents/signed_out.html", provider_name=name)


def _framed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a provider's page hold this one in a frame: there is nothing on it to be misled by."""
    policy = {"frame_options": None, "content_security_policy": "default-src 'none'"}
    view.talisman_view_options = policy  # type: ignore[attr-defined]
    return view


@blueprint.get("/openid/<key>/utlogging")
@visible_to(ANYONE)
@_framed
def end_from_outside(key: str) -> ResponseReturnValue:
    """Front-Channel Logout 1.0: end all sessions that hang on the provider's session.

    The provider's frame brings no cookies of ours; `iss` and `sid` name the session.
    """
    provider = _provider(key)
    issuer, session_id = request.args.get("iss", ""), request.args.get("sid", "")
    if issuer != provider.issuer or not session_id:
        raise NotFound(gettext("There is no such session."))
    with transaction():
        count = operations.end_by_provider(issuer, session_id, now=datetime.now(UTC))
    log.info("%s ended %d sessions", key, count)
    return Response("", mimetype="text/html")


def _provider(key: str) -> Provider:
    found = providers_for_residents().get(key)
    if found is None:
        raise NotFound(gettext("Nobody can sign in here in this way."))
    return found


def _failed(provider: Provider, fault: OpenIdFault) -> ResponseReturnValue:
    """The ways in, with what happened and what still works."""
    name = localised(provider.label)
    if isinstance(fault, Declined):
        title = gettext("You did not sign in with %(provider)s", provider=name)
        text = gettext("Get a link by e-mail instead. You can report faults without signing in.")
        return ways_in(fault_title=title, fault=text)
    log.warning("signing in at %s failed: %s", provider.key, fault)
    if isinstance(fault, ProviderAway):
        title = gettext("%(provider)s does not answer us now", provider=name)
        text = gettext("Get a link by e-mail instead. You can report faults without signing in.")
        return ways_in(503, fault_title=title, fault=text)
    title = gettext("You were not signed in")
    if isinstance(fault, TooWeak):
        text = gettext("Choose a way to sign in at a higher level of security.")
        return ways_in(403, fault_title=title, fault=text)
    text = gettext("The answer from %(provider)s could not be used. Try again.", provider=name)
    return ways_in(400, fault_title=title, fault=text)
