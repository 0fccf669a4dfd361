"""A shared computer, such as one in a library: nothing is kept, and it begins anew by itself.

The mode is a cookie of the browser's session. While it is set every page says so (`<html data-kiosk>`), scripts
keep nothing on the device, and cookies that would remember a person are not set.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import (
    Response,
    current_app,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response as BaseResponse

from app.cookies import KIOSK, SESSION
from app.entrances.views import blueprint
from app.i18n import COOKIE as LANGUAGE
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, visible_to
from app.service_requests import queries
from app.service_requests.status import Status

SECONDS = 120
SHORTEST, LONGEST = 60, 900
NEEDED = {KIOSK, SESSION, LANGUAGE}
PERSONAL_PATH = "/m/"
FORGET = '"cache", "storage"'
"""What the browser is asked to forget: files, service worker and databases."""
THANKS_SECONDS = 600
"""So long the page after sending tells whether an address was left."""


def seconds() -> int | None:
    """After how many seconds without use this browser begins anew; None: it is nobody's shared computer."""
    if not has_request_context():  # a letter is written, not a page
        return None
    written = request.cookies.get(KIOSK)
    if written is None or not written.isascii() or not written.isdigit() or len(written) > 4:
        return None
    return min(max(int(written), SHORTEST), LONGEST)


@blueprint.app_context_processor
def _mode() -> dict[str, object]:
    return {"kiosk": seconds()}


@blueprint.before_app_request
def _offer() -> ResponseReturnValue | None:
    """`?kiosk=1` on any page leads to the page with the button: a link alone switches nothing on."""
    asked = request.method == "GET" and request.args.get(KIOSK) == "1" and seconds() is None
    if not asked or request.path.startswith(("/api/", "/static/", "/kiosk")):
        return None
    return redirect(url_for("entrances.offer"), 303)


@blueprint.get("/kiosk")
@visible_to(ANYONE)
def offer() -> ResponseReturnValue:
    """Says what a shared computer is, with a button; `?sekunder=` chooses when it begins anew."""
    return render_template("entrances/kiosk_begin.html", chosen=_chosen(request.args))


@blueprint.post("/kiosk")
@visible_to(ANYONE)
def begin() -> ResponseReturnValue:
    """Make this a shared computer from now on, and forget what the device kept."""
    answer = redirect(url_for("report.where"), 303)
    _set(answer, _chosen(request.form))
    answer.headers["Clear-Site-Data"] = FORGET
    return answer


def _chosen(values: Mapping[str, str]) -> int:
    wanted = values.get("sekunder", "")
    chosen = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= 4 else SECONDS
    return min(max(chosen, SHORTEST), LONGEST)


@blueprint.get("/kiosk/nytt")
@visible_to(ANYONE)
def anew() -> ResponseReturnValue:
    """Forget the one who was here: cookies, what scripts kept, and pages in the browser's cache.

    Only on a shared computer: anywhere else a link to this address would delete what a person has not sent.
    """
    answer = redirect(url_for("reporting.start"), 303)
    if seconds() is None:
        return answer
    for name in request.cookies:
        if name != KIOSK:
            answer.delete_cookie(name)
    answer.headers["Clear-Site-Data"] = FORGET
    return answer


@blueprint.get("/kiosk/av")
@visible_to(ANYONE)
def end() -> ResponseReturnValue:
    """An ordinary computer again."""
    answer = redirect(url_for("reporting.start"), 303)
    answer.delete_cookie(KIOSK)
    return answer


@blueprint.get("/kiosk/takk/<number>")
@visible_to(ANYONE)
def thanks(number: str) -> ResponseReturnValue:
    """After sending: the number to write down or print, and no personal link."""
    found = queries.by_number(current_jurisdiction().id, number)
    if found is None or found.status == Status.REJECTED:
        return redirect(url_for("reporting.start"), 303)
    return render_template(
        "entrances/kiosk_thanks.html",
        number=found.number,
        has_contact=_was_told(found.number, request.args.get("kvittering", "")),
        public_url=url_for("reporting.show", number=found.number, _external=True),
    )


@blueprint.after_app_request
def _keep_nothing(response: Response) -> Response:
    if request.endpoint == "static" or seconds() is None:
        return response
    response = _without_personal_link(response)
    _drop_cookies(response)
    response.headers["Cache-Control"] = "no-store"
    return response


def _without_personal_link(response: Response) -> Response:
    """What leads to the receipt behind the personal link leads to the number instead."""
    path = urlsplit(response.location or "").path
    if request.blueprint != "report" or not path.startswith(PERSONAL_PATH):
        return response
    found = queries.by_token(path.removeprefix(PERSONAL_PATH).split("/")[0])
    if found is None:
        return response
    has_contact = queries.contact_email(found.id) is not None
    told = _told().dumps(found.number) if has_contact else None
    response.location = url_for("entrances.thanks", number=found.number, kvittering=told)
    response.set_data(b"")
    return response


def _told() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="kiosk-thanks")


def _was_told(number: str, written: str) -> bool:
    """Whether this page follows right after a report with an address; others are told nothing about it."""
    try:
        return bool(_told().loads(written, max_age=THANKS_SECONDS) == number)
    except BadSignature:
        return False


def _drop_cookies(response: Response) -> None:
    """Leave out cookies that would remember a person; those that take one away stay."""
    kept = []
    for line in response.headers.getlist("Set-Cookie"):
        name, value = next(iter(parse_cookie(line).items()), ("", ""))
        if name in NEEDED or not value:
            kept.append(line)
    del response.headers["Set-Cookie"]
    for line in kept:
        response.headers.add("Set-Cookie", line)


def _set(response: BaseResponse, chosen: int) -> None:
    """No lifetime: it ends with the browser."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(KIOSK, str(chosen), samesite="Lax", secure=secure, httponly=True)
