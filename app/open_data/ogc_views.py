"""OGC API Features under /ogc: JSON for programs, pages for people, by Accept or `f`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.caching import LIVE_HEADER, VARY
from app.errors import AppError, MalformedQuery, NotFound
from app.jurisdictions.views import current_jurisdiction
from app.open_data import ogc_documents as documents
from app.open_data import ogc_page as pages
from app.open_data.negotiation import NotAcceptable, best
from app.open_data.ogc_collections import COLLECTIONS, Collection, Row
from app.open_data.ogc_documents import GEOJSON, HTML, JSON, OPENAPI, Document
from app.open_data.ogc_openapi import openapi
from app.open_data.ogc_page import Sheet
from app.open_data.ogc_request import Page, only, page_of, system
from app.problems import answer_app_error, answer_http_error, json_response
from app.security import ANYONE, visible_to

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc")
CODES = {
    400: "InvalidParameterValue",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    429: "TooManyRequests",
}
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Expose-Headers": "Content-Crs, ETag, Link",
}


@blueprint.get("/", strict_slashes=False)
@visible_to(ANYONE)
def landing() -> ResponseReturnValue:
    """The way in."""
    only(_query(), ("f",))
    document = documents.landing(current_jurisdiction(), _root(), _query())
    return _answer(document, lambda: pages.landing(current_jurisdiction(), document, _root()))


@blueprint.get("/conformance")
@visible_to(ANYONE)
def conformance() -> ResponseReturnValue:
    """The parts of the standard that are kept."""
    only(_query(), ("f",))
    document = documents.conformance(_root(), _query())
    return _answer(document, lambda: pages.conformance(_root()))


@blueprint.get("/api")
@visible_to(ANYONE)
def api() -> ResponseReturnValue:
    """The interface of these pages as OpenAPI 3.0."""
    only(_query(), ("f",))
    document = openapi(current_jurisdiction(), _root())
    return _answer(document, lambda: pages.api(document, _root()), (OPENAPI, JSON))


@blueprint.get("/collections")
@visible_to(ANYONE)
def collections() -> ResponseReturnValue:
    """All collections."""
    only(_query(), ("f",))
    document = documents.collections(current_jurisdiction(), _root(), _query())
    return _answer(document, lambda: pages.collections(_root()))


@blueprint.get("/collections/<code>")
@visible_to(ANYONE)
def collection(code: str) -> ResponseReturnValue:
    """One collection."""
    one = _collection(code)
    only(_query(), ("f",))
    document = documents.collection(current_jurisdiction(), one, _root(), _query())
    return _answer(document, lambda: pages.collection(one, document, _root()))


@blueprint.get("/collections/<code>/items")
@visible_to(ANYONE)
def items(code: str) -> ResponseReturnValue:
    """A page of a collection's features."""
    one, query = _collection(code), _query()
    page: Page = page_of(one, current_jurisdiction(), query)
    document = documents.items(one, page, _root(), query, datetime.now(UTC))

    def sheet() -> Sheet:
        return pages.items(one, page, current_jurisdiction(), _root(), query)

    response = _answer(document, sheet, (GEOJSON, JSON))
    response.headers["Content-Crs"] = f"<{page.system.uri}>"
    return response


@blueprint.get("/collections/<code>/items/<key>")
@visible_to(ANYONE)
def item(code: str, key: str) -> ResponseReturnValue:
    """One feature."""
    one, query = _collection(code), _query()
    only(query, ("crs", "f"))
    wanted = system(query)
    row: Row | None = one.one(current_jurisdiction(), key, wanted)
    if row is None:
        raise NotFound(f"{one.code}: there is no feature {key}.")
    document = documents.item(one, row, _root(), query)

    def sheet() -> Sheet:
        return pages.item(one, row, document, current_jurisdiction(), _root())

    response = _answer(document, sheet, (GEOJSON, JSON))
    response.headers["Content-Crs"] = f"<{wanted.uri}>"
    return response


@blueprint.get("/<path:rest>")
@visible_to(ANYONE)
def nothing(rest: str) -> ResponseReturnValue:
    """Every other address, so that its answer has the standard's form."""
    raise NotFound(f"There is nothing at {rest}. Begin at {_root()}.")


@blueprint.errorhandler(AppError)
def answer_error(error: AppError) -> Response:
    """An error as the standard's exception, or as a page."""
    return _exception(answer_app_error(error), error.detail)


@blueprint.errorhandler(HTTPException)
def answer_http(error: HTTPException) -> Response:
    """Any other error, in the same forms."""
    return _exception(answer_http_error(error), error.description or error.name)


@blueprint.after_request
def _let_others_read(response: Response) -> Response:
    response.headers.update(CORS)
    return response


def _query() -> dict[str, str]:
    return request.args.to_dict()


def _root() -> str:
    return url_for("ogc.landing", _external=True).rstrip("/")


def _collection(code: str) -> Collection:
    found = COLLECTIONS.get(code)
    if found is None:
        raise NotFound(f"There is no collection {code}. There are {', '.join(COLLECTIONS)}.")
    return found


def _type(machine: tuple[str, ...]) -> str:
    """The media type to answer with. :raises MalformedQuery: `f` is unknown."""
    wanted = request.args.get("f")
    if wanted is None:
        return best(request.headers.get("Accept", ""), (*machine, HTML))
    if wanted not in {"json", "html"}:
        raise MalformedQuery("f", "f: use json or html.")
    return HTML if wanted == "html" else machine[0]


def _answer(
    document: Document, sheet: Callable[[], Sheet], machine: tuple[str, ...] = (JSON,)
) -> Response:
    """The document or the page. The document's ETag is that of all but the time it was made at."""
    type_ = _type(machine)
    if type_ == HTML:
        response = Response(render_template("open_data/ogc.html", sheet=sheet()))
        response.vary.add("Accept")
        return response
    response = json_response(document, content_type=type_)
    lasting = {name: value for name, value in document.items() if name != "timeStamp"}
    digest = sha256(json.dumps([type_, request.args, lasting]).encode()).hexdigest()
    response.set_etag(digest[:32], weak=True)
    response.headers["Cache-Control"] = LIVE_HEADER
    response.vary.update(("Accept", *VARY))
    response.make_conditional(request)
    return response


def _exception(usual: Response, description: str) -> Response:
    """The usual answer, with the standard's body for machines."""
    try:
        is_page = _type((JSON,)) == HTML
    except (NotAcceptable, MalformedQuery):
        is_page = False
    if is_page:
        return usual
    code = CODES.get(usual.status_code, "ServerError")
    usual.set_data(json_response(documents.exception(code, description)).get_data())
    usual.content_type = JSON
    return usual
