"""Pages on which a device is ended: the own ones, and those of the people one answers for."""

from datetime import UTC, datetime
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import security
from app.accounts import devices, queries
from app.accounts.views import blueprint
from app.database import transaction
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import Identity, visible_to


def identity_of_session(session_id: str) -> Identity | None:
    """Who the session stands for; nobody once its device was ended, or its provider was asked too long ago."""
    if security.is_stale():
        return None
    device_id = security.session_device()
    if device_id is not None and devices.ended(device_id):
        return None
    return queries.identity_of_session(session_id)


@blueprint.get("/konto/enheter")
@visible_to(Deed.OWN_ACCOUNT)
def own_devices() -> ResponseReturnValue:
    """The devices of the one who asks."""
    found = devices.of_account(_who().account_id, now=datetime.now(UTC))
    return _page(found, is_own=True)


@blueprint.get("/oppdrag/enheter")
@visible_to(Deed.MODERATE)
def department_devices() -> ResponseReturnValue:
    """The devices of the people of the department, or of everybody."""
    found = devices.of_department(_who(), current_jurisdiction().id, now=datetime.now(UTC))
    return _page(found, is_own=False)


@blueprint.get("/konto/enheter/<uuid:key>")
@visible_to(Deed.OWN_ACCOUNT)
def ask_own_device(key: UUID) -> ResponseReturnValue:
    """What ending one of the own devices means, and the button that does it."""
    return _question(key, is_own=True)


@blueprint.get("/oppdrag/enheter/<uuid:key>")
@visible_to(Deed.MODERATE)
def ask_department_device(key: UUID) -> ResponseReturnValue:
    """What ending the device of someone one answers for means, and the button that does it."""
    return _question(key, is_own=False)


@blueprint.post("/konto/enheter/<uuid:key>")
@visible_to(Deed.OWN_ACCOUNT)
def end_own_device(key: UUID) -> ResponseReturnValue:
    """End one of the own devices: back to the list, or to signing in when it was this one."""
    return _end(key, _list_of(is_own=True))


@blueprint.post("/oppdrag/enheter/<uuid:key>")
@visible_to(Deed.MODERATE)
def end_department_device(key: UUID) -> ResponseReturnValue:
    """End the device of someone one answers for: back to the list."""
    return _end(key, _list_of(is_own=False))


def _end(key: UUID, back: str) -> ResponseReturnValue:
    with transaction():
        is_done = devices.end(_who(), key, current_jurisdiction().id, now=datetime.now(UTC))
    if not is_done:
        abort(404)
    flash(
        gettext("The session is ended. The device forgets what it keeps when it next has contact.")
    )
    return redirect(back, 303)


def _question(key: UUID, *, is_own: bool) -> ResponseReturnValue:
    found = devices.entry(_who(), key, current_jurisdiction().id, now=datetime.now(UTC))
    if found is None:
        abort(404)
    if found.ended_at:
        return redirect(_list_of(is_own=is_own), 303)
    return render_template(
        "accounts/device.html",
        device=found,
        is_own=is_own,
        is_this=found.id == security.session_device(),
        back=_list_of(is_own=is_own),
    )


def _list_of(*, is_own: bool) -> str:
    return url_for("accounts.own_devices" if is_own else "accounts.department_devices")


def _page(found: list[devices.Entry], *, is_own: bool) -> str:
    return render_template(
        "accounts/devices.html", devices=found, is_own=is_own, this=security.session_device()
    )


def _who() -> Identity:
    who = security.identity()
    if who is None:
        abort(401)
    return who
