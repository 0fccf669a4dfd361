"""One's own page: the name, the password, the second step, providers, and what happened at sign-ins."""

from datetime import UTC, datetime

import segno
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app import security
from app.accounts import operations, provider_people, queries, sign_in_log, two_steps
from app.accounts.models import Account
from app.accounts.schemas import CodeSchema, ConnectSchema, NameSchema, NewPasswordSchema
from app.accounts.views import blueprint, device, limit, provider_names, secret_key
from app.database import session, transaction
from app.errors import Conflict, Invalid
from app.i18n import gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import Identity, asking_person, limiter, visible_to

SIGN_INS_SHOWN = 10


@blueprint.get("/konto")
@visible_to(Deed.OWN_ACCOUNT)
def own_page() -> ResponseReturnValue:
    """What one's account is, and what one can change."""
    return _page({})


@blueprint.post("/konto/navn")
@visible_to(Deed.OWN_ACCOUNT)
def own_name() -> ResponseReturnValue:
    """What colleagues call one."""
    name = " ".join(NameSchema().load(request.form.to_dict())["name"].split())
    if len(name) > operations.MAX_NAME_LENGTH:
        count = operations.MAX_NAME_LENGTH
        return _page({"name": gettext("Use at most %(count)s characters.", count=count)})
    with transaction():
        _account(_who()).name = name
    flash(gettext("Your name is saved."))
    return redirect(url_for("accounts.own_page"), 303)


@blueprint.post("/konto/passord")
@limiter.limit(limit, key_func=asking_person)
@visible_to(Deed.OWN_ACCOUNT)
def own_password() -> ResponseReturnValue:
    """Choose a new password: all other sessions end, and this one goes on."""
    form = NewPasswordSchema().load(request.form.to_dict())
    now = datetime.now(UTC)
    with transaction():
        is_known = _knows_password(_who(), form["current"], now)
    if not is_known:
        return _page({"current": gettext("This is not your password.")})
    try:
        with transaction():
            account = _account(_who())
            operations.choose_password(account, form["password"], form["repeated"], now=now)
            renewed = queries.identity_of(account)
    except Invalid as fault:
        return _page(fault.errors)
    security.renew(renewed)
    flash(gettext("Your new password counts from now on. You are signed out everywhere else."))
    return redirect(url_for("accounts.own_page"), 303)


@blueprint.post("/konto/to-trinn/begynn")
@limiter.limit(limit, key_func=asking_person)
@visible_to(Deed.OWN_ACCOUNT)
def begin_two_steps() -> ResponseReturnValue:
    """Make a secret for the code app. Whoever has only the open browser cannot: the password is asked for."""
    current = NewPasswordSchema().load(request.form.to_dict())["current"]
    now = datetime.now(UTC)
    with transaction():
        who = _who()
        is_known = _knows_password(who, current, now)
        account = _account(who)
        if is_known and not two_steps.is_on(account):
            two_steps.begin(account, secret_key())
    if not is_known:
        return _page({"two_steps": gettext("This is not your password.")})
    return redirect(url_for("accounts.prove_two_steps"), 303)


@blueprint.get("/konto/to-trinn")
@visible_to(Deed.OWN_ACCOUNT)
def prove_two_steps() -> ResponseReturnValue:
    """The QR code for the app, and the field for the first code."""
    return _secret_page({})


@blueprint.post("/konto/to-trinn")
@limiter.limit(limit, key_func=asking_person)
@visible_to(Deed.OWN_ACCOUNT)
def prove_two_steps_submit() -> ResponseReturnValue:
    """Switch the second step on. The answer is the only page that ever shows the recovery codes."""
    written = CodeSchema().load(request.form.to_dict())["code"]
    with transaction():
        account = _account(_who())
        codes = two_steps.prove(account, written, secret_key(), now=datetime.now(UTC))
    if codes is None:
        return _secret_page({"code": gettext("The code is wrong. Write the one in the app now.")})
    return render_template("accounts/recovery_codes.html", codes=codes)


@blueprint.post("/konto/to-trinn/koder")
@limiter.limit(limit, key_func=asking_person)
@visible_to(Deed.OWN_ACCOUNT)
def renew_recovery_codes() -> ResponseReturnValue:
    """New recovery codes; the old ones work no more."""
    return _with_code("renew")


@blueprint.post("/konto/to-trinn/av")
@limiter.limit(limit, key_func=asking_person)
@visible_to(Deed.OWN_ACCOUNT)
def end_two_steps() -> ResponseReturnValue:
    """Switch the second step off."""
    return _with_code("end")


def refuse_to_connect(key: str) -> ResponseReturnValue | None:
    """The page with what is wrong, when the password or the code of the form is; None: go on.

    Whoever has no password came from a provider, and is asked there.
    """
    who, now = _who(), datetime.now(UTC)
    given = ConnectSchema().load(request.form.to_dict())
    with transaction():
        account = _account(who)
        has_password, is_on = account.password_hash is not None, two_steps.is_on(account)
        is_known = not has_password or _knows_password(who, given["current"], now)
    if not is_known:
        return _page({f"current-{key}": gettext("This is not your password.")})
    if not is_on:
        return None
    with transaction():
        is_right = operations.second_step(
            who.session_id, given["code"], secret_key(), now=now, device=device()
        )
    if not is_right:
        return _page({f"code-{key}": gettext("The code is wrong, or used already.")})
    return None


@blueprint.post("/konto/fjern/<key>")
@visible_to(Deed.OWN_ACCOUNT)
def disconnect(key: str) -> ResponseReturnValue:
    """Come in by a provider no more."""
    try:
        with transaction():
            provider_people.untie(_account(_who()), key)
    except (Conflict, Invalid) as fault:
        session().rollback()
        return _page({"providers": fault.detail or ""})
    flash(gettext("The connection is removed."))
    return redirect(url_for("accounts.own_page"), 303)


def _with_code(verb: str) -> ResponseReturnValue:
    """What takes a code of the app, so that an open browser is not enough. Failures count as at signing in."""
    written = CodeSchema().load(request.form.to_dict())["code"]
    who = _who()
    codes: list[str] = []
    with transaction():
        is_right = operations.second_step(
            who.session_id, written, secret_key(), now=datetime.now(UTC), device=device()
        )
        account = _account(who)
        if is_right and verb == "end":
            two_steps.switch_off(account)
        elif is_right:
            codes = two_steps.new_recovery_codes(account)
    if not is_right:
        return _page({verb: gettext("The code is wrong, or used already.")})
    if codes:
        return render_template("accounts/recovery_codes.html", codes=codes)
    flash(gettext("Signing in takes only the password from now on."))
    return redirect(url_for("accounts.own_page"), 303)


def _who() -> Identity:
    who = security.identity()
    if who is None:
        abort(401)
    return who


def _account(who: Identity) -> Account:
    account = queries.by_session(who.session_id, lock=True)
    if account is None:
        abort(401)
    return account


def _knows_password(who: Identity, password: str, now: datetime) -> bool:
    """Asked for again before what an open browser alone must not do. Failures count as at signing in."""
    account = _account(who)
    if account.password_hash is None:
        return False
    return operations.sign_in(account.email, password, now=now, device=device()) is not None


def _secret_page(errors: dict[str, str]) -> ResponseReturnValue:
    account = queries.by_session(_who().session_id)
    secret = two_steps.begun(account, secret_key()) if account else None
    if account is None or secret is None:
        return redirect(url_for("accounts.own_page"), 303)
    place = localised(current_jurisdiction().name)
    address = two_steps.address(secret, account, place)
    drawing = segno.make(address, micro=False).svg_inline(scale=5, border=2, light="#fff")
    page = render_template(
        "accounts/two_steps.html",
        drawing=Markup(drawing),  # noqa: S704  # made of our own address
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        errors=errors,
    )
    return page, 422 if errors else 200


def _page(errors: dict[str, str]) -> ResponseReturnValue:
    account = queries.by_session(_who().session_id)
    if account is None:
        abort(401)
    page = render_template(
        "accounts/own.html",
        account=account,
        errors=errors,
        is_on=two_steps.is_on(account),
        codes_left=two_steps.recovery_codes_left(account.id),
        providers=provider_names(),
        connected=provider_people.providers_of(account.id),
        sign_ins=sign_in_log.of_account(account.id, limit=SIGN_INS_SHOWN),
    )
    return page, 422 if errors else 200
