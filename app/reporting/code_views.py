"""Showing that an e-mail address is one's own: a code by e-mail, between the third step and the receipt."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import jobs
from app.database import transaction
from app.i18n import gettext, language, localised
from app.jurisdictions.views import current_jurisdiction
from app.reporting import codes
from app.reporting.form_views import secret
from app.reporting.schemas import Form
from app.security import limiter

CODES = "5 per hour"
"""So many codes are sent to one address."""
TRIES = "5 per 15 minutes"
"""So often a code may be wrong, for one form and address."""


def is_confirmed(form: Form, email: str | None) -> bool | str:
    """Whether the code that was typed is right; a sentence when it is not. False before one was asked for."""
    written, code = request.form.get("ticket", ""), request.form.get("code", "")
    if not written or not email or "another_code" in request.form:
        return False
    name = codes.name_of_tries(secret(), email=email, key=form.idempotency_key)
    with limiter.limit(TRIES, key_func=lambda: f"code:{name}"):
        try:
            codes.check(secret(), written, email=email, code=code, key=form.idempotency_key)
        except codes.Expired:
            return gettext("The code is too old. Ask for a new one.")
        except codes.Wrong:
            return gettext("The code is not right. Look at the e-mail once more.")
    return True


def ask_for_code(form: Form, email: str | None, *, fault: bool | str) -> ResponseReturnValue:
    """The page that asks for the code. Unless a wrong one was typed, a new one is on its way."""
    address = email or ""
    written = request.form.get("ticket", "")
    if not isinstance(fault, str):
        with limiter.limit(CODES, key_func=lambda: f"code-to:{address.lower()}"):
            written = _send(form, address)
    page = render_template(
        "reporting/code.html",
        form=vars(form),
        email=address,
        ticket=written,
        errors={"code": fault} if isinstance(fault, str) else {},
        minutes=codes.LIFETIME_SECONDS // 60,
    )
    return page, 422 if isinstance(fault, str) else 200


def _send(form: Form, email: str) -> str:
    """Order the e-mail, sealed; the ticket for the page."""
    code = codes.new_code()
    message = codes.Message(
        email=email,
        code=code,
        language=language(),
        name=localised(current_jurisdiction().name),
    )
    with transaction():
        jobs.defer("reporting.send_code", sealed=codes.seal(secret(), message))
    return codes.ticket(secret(), email=email, code=code, key=form.idempotency_key)
