"""Signing in and out."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import security
from app.accounts import operations
from app.accounts.schemas import SignInSchema
from app.database import transaction
from app.i18n import gettext
from app.security import ANYONE, limiter, visible_to

blueprint = Blueprint("accounts", __name__)


def _limit() -> str:
    return str(current_app.config["SIGN_IN_LIMIT"])


@blueprint.get("/logg-inn")
@visible_to(ANYONE)
def sign_in() -> ResponseReturnValue:
    """The form, or straight on for who is signed in."""
    target = _safe(request.args.get("til", ""))
    if security.identity():
        return redirect(target or _home(), 303)
    return render_template("accounts/sign_in.html", form={"email": "", "til": target}, errors={})


@blueprint.post("/logg-inn")
@limiter.limit(_limit)
@visible_to(ANYONE)
def sign_in_submit() -> ResponseReturnValue:
    """Sign in, or the form again with one answer for every kind of failure."""
    form = SignInSchema().load(request.form.to_dict())
    with transaction():
        who = operations.sign_in(form["email"], form["password"], now=datetime.now(UTC))
    if who is None:
        message = gettext(
            "The e-mail address or the password is wrong. After ten failed attempts, wait a quarter of an hour."
        )
        values = {"email": form["email"], "til": _safe(form["til"])}
        return render_template("accounts/sign_in.html", form=values, errors={"email": message}), 422
    security.sign_in(who)
    return redirect(_safe(form["til"]) or _home(), 303)


@blueprint.post("/logg-ut")
@visible_to(ANYONE)
def sign_out() -> ResponseReturnValue:
    """End the session in this browser."""
    security.sign_out()
    return redirect(url_for("reporting.start"), 303)


def _safe(target: str) -> str:
    """A path on this site; nothing when it is anything else."""
    parts = urlsplit(target)
    is_path = target.startswith("/") and target[1:2] not in {"/", "\\"} and not parts.netloc
    return target if is_path and target.isprintable() else ""


def _home() -> str:
    """Where someone who has signed in begins: crews in their app, others at the desk, the rules or the map."""
    doors = security.doors()
    if security.is_crew_only():
        return url_for("crew_app.shell")
    if "desk" in doors:
        return url_for("casework.inbox")
    if "fieldwork" in doors:
        return url_for("fieldwork.index")
    return url_for("administration.rules" if "administration" in doors else "reporting.start")
