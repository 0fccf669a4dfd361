"""Errors as answers: problem+json (RFC 9457) for machines, a page with a way on for people.

One table says what each status means to a person.
"""

import logging
from http import HTTPStatus
from typing import Any

import marshmallow
from flask import Response, abort, current_app, g, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.database import session
from app.errors import AppError, Invalid, MalformedQuery
from app.field_words import in_words
from app.i18n import gettext

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 256 * 1024
"""What a request may hold. A room may allow one of its addresses more, in `request.max_content_length`."""

MULTIPART = {"photos_api.upload"}
"""What takes files instead of JSON under /api/."""
PICTURES = {"crew_api.keep_photo"}
"""What takes a picture itself, or a form with one, instead of JSON under /api/."""
MEGABYTE = 1024 * 1024


class ProblemSchema(marshmallow.Schema):
    """RFC 9457 problem details, with the message for each field under `errors`."""

    type = marshmallow.fields.String()
    title = marshmallow.fields.String()
    status = marshmallow.fields.Integer()
    detail = marshmallow.fields.String()
    errors = marshmallow.fields.Dict()


def json_response(content: Any, *, content_type: str = "application/json") -> Response:
    """JSON with its own media type."""
    text_ = current_app.json.dumps(content, separators=(",", ":"))
    return Response(text_, content_type=content_type)


def wants_json() -> bool:
    """Whether the caller is a machine."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(
        ["text/html", "application/json", "application/problem+json"]
    )
    return best in {"application/json", "application/problem+json"}


def require_json() -> None:
    """Refuse what a machine sends that is not JSON (415), or none that can be read (400)."""
    is_sent = request.method in {"POST", "PUT", "PATCH"} and request.path.startswith("/api/")
    if not is_sent or request.routing_exception is not None:
        return
    if request.endpoint in PICTURES or (
        request.endpoint in MULTIPART and request.mimetype == "multipart/form-data"
    ):
        return
    if not request.is_json or request.endpoint in MULTIPART:
        abort(415)
    try:
        request.get_json()
    except RecursionError:
        abort(400)


def answer_app_error(error: AppError) -> Response:
    """An AppError as problem+json or a page."""
    errors: dict[str, Any] | None = None
    if isinstance(error, Invalid):
        errors = {field: [sentence] for field, sentence in error.errors.items()}
    elif isinstance(error, MalformedQuery):
        errors = {error.field: [error.detail]}
    return problem(error.status, error.detail, errors=errors)


def answer_http_error(error: HTTPException) -> Response:
    """Werkzeug's and webargs' errors as problem+json or a page; redirects pass through."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    data = getattr(error, "data", None) or {}
    messages = data.get("errors") or data.get("messages")
    detail = str(data.get("message") or explanation(status))
    response = problem(status, detail, errors=_flat(messages) if messages else None)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    if status == 429:
        response.headers.setdefault("Retry-After", "60")
    if isinstance(error, InternalServerError) and error.original_exception:
        log.error("unhandled error", exc_info=error.original_exception)
    return response


def answer_database_away(error: OperationalError) -> Response:
    """The database cannot be reached: say so, keep nothing back, ask to try again."""
    log.error("database error: %s", type(error.orig).__name__)
    g._login_user = None  # who is signed in cannot be looked up now
    response = problem(503, explanation(503))
    response.headers["Retry-After"] = "30"
    return response


def answer_unstorable(error: DataError | UnicodeEncodeError) -> Response:
    """A value that PostgreSQL's text cannot hold (NUL,
    half of a surrogate pair) or that is out of any range.
    """
    session().rollback()  # the page looks up what waits for whoever is signed in
    log.warning("unstorable value: %s", type(error).__name__)
    return problem(
        400,
        gettext("A value holds characters or numbers that cannot be used. Check it and try again."),
    )


def _most_bytes() -> int:
    return request.max_content_length or MAX_BODY_BYTES


def first_messages(fault: ValidationError) -> dict[str, str]:
    """One sentence for each field of a form."""
    return {name: _sentences(said)[0] for name, said in fault.messages_dict.items()}


def _sentences(said: Any) -> list[str]:
    """marshmallow's messages for a field, in the reader's words: of a list, or of one sentence."""
    if isinstance(said, dict):
        return [sentence for inner in said.values() for sentence in _sentences(inner)]
    return [in_words(str(one)) for one in (said if isinstance(said, list) else [said])]


def _flat(messages: dict[str, Any]) -> dict[str, Any]:
    """webargs nests messages under the location (`json`, `query`); the caller knows the field names only."""
    flat: dict[str, Any] = {}
    for place, fields in messages.items():
        if place in {"json", "query", "form", "files", "headers", "json_or_form"} and isinstance(
            fields, dict
        ):
            flat.update(_listed(fields))
        else:
            flat[place] = _listed(fields)
    return flat


def _listed(said: Any) -> Any:
    """The same messages, with a list of texts wherever there is one sentence."""
    if isinstance(said, dict):
        return {name: _listed(inner) for name, inner in said.items()}
    return _sentences(said)


def problem(
    status: int,
    detail: str,
    *,
    errors: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
) -> Response:
    """RFC 9457 for machines, with more members if there are any; a page with a way on for people."""
    if wants_json():
        body = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        } | (more or {})
        if errors:
            body["errors"] = errors
        response = json_response(body, content_type="application/problem+json")
    else:
        actions = [(gettext("Go to the map"), url_for("reporting.start"))]
        page = render_template(
            "errors/error.html",
            status_code=status,
            title=title(status),
            explanation=detail,
            actions=actions,
        )
        response = Response(page)
    response.status_code = status
    return response


def _too_large(most: int) -> str:
    if most < MEGABYTE:
        return gettext("Send at most %(size)s kB.", size=most // 1024)
    return gettext(
        "Send at most %(size)s MB at a time. Go back, choose fewer or smaller files, and send again.",
        size=most // MEGABYTE,
    )


def title(status: int) -> str:
    """What happened, in a few words."""
    match status:
        case 400 | 416 | 422:
            return gettext("We could not read that")
        case 401 | 403:
            return gettext("You do not have access to this")
        case 404 | 405:
            return gettext("We cannot find this page")
        case 409:
            return gettext("Someone was here before you")
        case 410:
            return gettext("The link is no longer valid")
        case 413:
            return gettext("This is too large")
        case 415:
            return gettext("We cannot read this format")
        case 429:
            return gettext("Too many attempts")
        case _:
            return gettext("Something is wrong at our end")


def explanation(status: int) -> str:
    """What to do now."""
    match status:
        case 400:
            return gettext("The request could not be read. Check it and try again.")
        case 401:
            return gettext("Sign in and try again.")
        case 403:
            return gettext("Your account does not have access to this. Ask an administrator.")
        case 404:
            return gettext("The address may be wrong, or the page may have been moved.")
        case 405:
            return gettext("This address cannot be used in this way.")
        case 413:
            return _too_large(_most_bytes())
        case 415 if request.endpoint in PICTURES:
            return gettext("Send the picture itself, for example with Content-Type: image/jpeg.")
        case 415:
            return (
                gettext("Send the file as multipart/form-data.")
                if request.endpoint in MULTIPART
                else gettext("Send JSON, with the header Content-Type: application/json.")
            )
        case 422:
            return gettext("Some fields need to be corrected.")
        case 429:
            return gettext("Wait a minute and try again.")
        case _:
            return gettext("Nothing you sent has been lost or half stored. Try again in a minute.")
