"""What the links in letters to staff lead to: the first visit, and a new password."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import security
from app.accounts import keys, operations, provider_people, queries
from app.accounts.models import Account, Purpose
from app.accounts.schemas import AddressSchema, NewPasswordSchema
from app.accounts.views import blueprint, device, home, limit, provider_names, secret_key
from app.database import transaction
from app.errors import Invalid
from app.i18n import gettext, language
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, limiter, visible_to


@blueprint.get("/glemt-passord")
@visible_to(ANYONE)
def forgot() -> ResponseReturnValue:
    """Where a link to choose a new password is asked for."""
    return render_template(
        "accounts/forgot.html", form={"email": ""}, errors={}, providers=provider_names()
    )


@blueprint.post("/glemt-passord")
@limiter.limit(limit)
@visible_to(ANYONE)
def forgot_submit() -> ResponseReturnValue:
    """Order the letter. The answer does not say whether the address is known."""
    email = AddressSchema().load(request.form.to_dict())["email"].strip()
    if "@" not in email.strip("@ "):
        errors = {"email": gettext("Write an e-mail address, for example name@example.org.")}
        page = render_template(
            "accounts/forgot.html", form={"email": email}, errors=errors, providers=provider_names()
        )
        return page, 422
    with transaction():
        operations.order_reset(email, current_jurisdiction().id, language(), now=datetime.now(UTC))
    return redirect(url_for("accounts.forgot_sent"), 303)


@blueprint.get("/glemt-passord/sendt")
@visible_to(ANYONE)
def forgot_sent() -> ResponseReturnValue:
    """What happens now."""
    return render_template("accounts/forgot_sent.html")


@blueprint.get("/nytt-passord/<token>")
@limiter.limit(limit)
@visible_to(ANYONE)
def new_password(token: str) -> ResponseReturnValue:
    """Where the new password is chosen. Opening the page changes nothing: mail scanners do."""
    with transaction():
        found = keys.read(secret_key(), token, Purpose.RESET, now=datetime.now(UTC))
        return _password_page(found.account, token, {}, is_invitation=False)


@blueprint.post("/nytt-passord/<token>")
@limiter.limit(limit)
@visible_to(ANYONE)
def new_password_submit(token: str) -> ResponseReturnValue:
    """Keep the new password, and go to signing in: the second step is asked for there."""
    form = NewPasswordSchema().load(request.form.to_dict())
    now = datetime.now(UTC)
    try:
        with transaction():
            found = keys.read(secret_key(), token, Purpose.RESET, now=now)
            operations.choose_password(found.account, form["password"], form["repeated"], now=now)
    except Invalid as fault:
        return _again(token, Purpose.RESET, fault.errors)
    flash(gettext("Your new password counts from now on. Sign in with it."))
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.get("/invitasjon/<token>")
@limiter.limit(limit)
@visible_to(ANYONE)
def invitation(token: str) -> ResponseReturnValue:
    """The first visit: choose a password, or come in by a provider."""
    with transaction():
        found = keys.read(secret_key(), token, Purpose.INVITATION, now=datetime.now(UTC))
        if provider_people.has_a_way_in(found.account):
            flash(gettext("You have an account already. Sign in as you usually do."))
            return redirect(url_for("accounts.sign_in"), 303)
        return _password_page(found.account, token, {}, is_invitation=True)


@blueprint.post("/invitasjon/<token>")
@limiter.limit(limit)
@visible_to(ANYONE)
def invitation_submit(token: str) -> ResponseReturnValue:
    """Keep the password, and come in."""
    form = NewPasswordSchema().load(request.form.to_dict())
    now = datetime.now(UTC)
    try:
        with transaction():
            found = keys.read(secret_key(), token, Purpose.INVITATION, now=now)
            if provider_people.has_a_way_in(found.account):
                return redirect(url_for("accounts.sign_in"), 303)
            operations.choose_password(found.account, form["password"], form["repeated"], now=now)
            operations.first_sign_in(found.account, now=now, device=device())
            who = queries.identity_of(found.account)
    except Invalid as fault:
        return _again(token, Purpose.INVITATION, fault.errors)
    security.sign_in(who)
    return redirect(home(), 303)


def _again(token: str, purpose: Purpose, errors: dict[str, str]) -> ResponseReturnValue:
    with transaction():
        found = keys.read(secret_key(), token, purpose, now=datetime.now(UTC))
        is_invitation = purpose == Purpose.INVITATION
        return _password_page(found.account, token, errors, is_invitation=is_invitation), 422


def _password_page(
    account: Account, token: str, errors: dict[str, str], *, is_invitation: bool
) -> str:
    return render_template(
        "accounts/new_password.html",
        email=account.email,
        token=token,
        errors=errors,
        is_invitation=is_invitation,
        providers=provider_names() if is_invitation else {},
    )
