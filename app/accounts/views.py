"""Signing in with a password, and a code where one is asked for; signing out."""

import secrets
from datetime import UTC, datetime

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import security
from app.accounts import operations
from app.accounts.devices import label_of
from app.accounts.schemas import CodeSchema, SignInSchema
from app.database import transaction
from app.i18n import gettext, localised
from app.openid import flow
from app.openid.attempt_views import absolute, discovery, signer
from app.openid.providers import Audience, Provider
from app.security import ANYONE, limiter, visible_to
from app.web_addresses import own_path

blueprint = Blueprint("accounts", __name__)


def limit() -> str:
    """How often somebody may try, for the limiter."""
    return str(current_app.config["SIGN_IN_LIMIT"])


def device() -> str:
    """What the log of sign-ins calls the browser that asks."""
    return label_of(request.user_agent.string)


def secret_key() -> str:
    """The service's own."""
    return str(current_app.config["SECRET_KEY"])


def providers_for_staff() -> dict[str, Provider]:
    """The providers that staff may sign in at, by their keys."""
    found: dict[str, Provider] = current_app.extensions["openid_providers"]
    return {key: one for key, one in found.items() if one.audience == Audience.STAFF}


def provider_names() -> dict[str, str]:
    """What the providers for staff are called, in the language in use."""
    return {key: localised(one.label) for key, one in providers_for_staff().items()}


def sign_in_page(
    status: int = 200,
    *,
    email: str = "",
    til: str = "",
    errors: dict[str, str] | None = None,
    fault: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    """The ways in. `fault`: what went wrong at a provider, as a heading and a sentence."""
    page = render_template(
        "accounts/sign_in.html",
        form={"email": email, "til": til},
        errors=errors or {},
        fault=fault,
        providers=provider_names(),
    )
    return page, status


@blueprint.get("/logg-inn")
@visible_to(ANYONE)
def sign_in() -> ResponseReturnValue:
    """The form, or straight on for who is signed in."""
    target = own_path(request.args.get("til", ""))
    if security.identity():
        return redirect(target or home(), 303)
    return sign_in_page(til=target)


@blueprint.post("/logg-inn")
@limiter.limit(limit)
@visible_to(ANYONE)
def sign_in_submit() -> ResponseReturnValue:
    """Sign in, or ask for the code, or the form again with one answer for every kind of failure."""
    form = SignInSchema().load(request.form.to_dict())
    target = own_path(form["til"])
    with transaction():
        passed = operations.sign_in(
            form["email"], form["password"], now=datetime.now(UTC), device=device()
        )
    if passed is None:
        message = gettext(
            "The e-mail address or the password is wrong. After ten failed attempts, wait a quarter of an hour."
        )
        return sign_in_page(422, email=form["email"], til=target, errors={"email": message})
    if passed.needs_code:
        security.ask_for_code(passed.who, target)
        return redirect(url_for("accounts.code"), 303)
    security.sign_in(passed.who)
    return redirect(target or home(), 303)


@blueprint.get("/logg-inn/kode")
@visible_to(ANYONE)
def code() -> ResponseReturnValue:
    """Where the code is written, for ten minutes after the password."""
    if security.waits_for_code() is None:
        return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/code.html", errors={})


@blueprint.post("/logg-inn/kode")
@limiter.limit(limit)
@visible_to(ANYONE)
def code_submit() -> ResponseReturnValue:
    """Sign in with the code of the app, or a recovery code."""
    waiting = security.waits_for_code()
    if waiting is None:
        return redirect(url_for("accounts.sign_in"), 303)
    session_id, target = waiting
    written = CodeSchema().load(request.form.to_dict())["code"]
    with transaction():
        who = operations.second_step(
            session_id, written, secret_key(), now=datetime.now(UTC), device=device()
        )
    if who is None:
        message = gettext(
            "The code is wrong, or used already. Wait for the next one in the app. After ten failed attempts,"
            " wait a quarter of an hour."
        )
        return render_template("accounts/code.html", errors={"code": message}), 422
    security.sign_in(who)
    return redirect(target or home(), 303)


@blueprint.post("/logg-ut")
@visible_to(ANYONE)
def sign_out() -> ResponseReturnValue:
    """End the session in this browser, then go on to the provider's own signing out, if there is one.

    The way there is a page that refreshes itself: a redirect after a form would be held by `form-action`.
    """
    provider = providers_for_staff().get(security.session_provider() or "")
    security.sign_out()
    if provider is None:
        return redirect(url_for("reporting.start"), 303)
    onward = flow.sign_out_address(
        provider,
        discovery(),
        id_token=None,
        back=absolute("accounts.signed_out"),
        state=str(signer("accounts.signed out").dumps(secrets.token_urlsafe(8))),
    )
    if onward is None:
        return redirect(url_for("accounts.signed_out"), 303)
    name = localised(provider.label)
    return render_template("openid/signing_out.html", onward=onward, provider_name=name)


@blueprint.get("/logg-inn/ut")
@visible_to(ANYONE)
def signed_out() -> ResponseReturnValue:
    """Back from the provider's signing out."""
    return render_template("accounts/signed_out.html")


def home() -> str:
    """Where someone who has signed in begins: crews in their app, others at the desk, the rules or the map."""
    doors = security.doors()
    if security.is_crew_only():
        return url_for("crew_app.shell")
    if "desk" in doors:
        return url_for("casework.inbox")
    if "fieldwork" in doors:
        return url_for("fieldwork.index")
    return url_for("administration.start" if "administration" in doors else "reporting.start")
