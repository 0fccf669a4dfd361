"""The datasets under /api/v1/datasets: what there is, what each holds, and each in its formats."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_smorest import Blueprint
from marshmallow import EXCLUDE
from werkzeug.exceptions import TooManyRequests

from app.database import session
from app.i18n import language
from app.jurisdictions.licence import licence_of
from app.jurisdictions.views import current_jurisdiction
from app.open_data import download, versions, writers
from app.open_data.columns import Format
from app.open_data.datasets import DATASETS
from app.open_data.described import described, listed
from app.open_data.download import DownloadSchema
from app.open_data.extract import Extract, extract
from app.open_data.sending import Busy, Parts
from app.problems import json_response
from app.security import ANYONE, limiter, visible_to
from app.service_requests.selection import filter_of

LARGE_FILES = "20 per minute"
"""From one network; pages of a file and answers that nothing has changed do not count."""
KEPT = "public, max-age=0, must-revalidate"
EXPOSED = "ETag, Link, Content-Disposition, Content-Length, Retry-After"

blueprint = Blueprint(
    "datasets", __name__, url_prefix="/api/v1/datasets", description="Data anyone can use"
)


@blueprint.after_request
def allow_everywhere(response: Response) -> Response:
    """Let scripts of all web sites read what is public."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


@blueprint.get("")
@visible_to(ANYONE)
def index() -> Response:
    """The datasets, each with its formats."""
    return _described({"datasets": listed(current_jurisdiction())})


@blueprint.get("/<code>")
@visible_to(ANYONE)
def show(code: str) -> Response:
    """What a dataset holds: its columns with their codes, its key, formats and filters."""
    return _described(described(download.find(code), current_jurisdiction()))


def _is_light(response: Response | None = None) -> bool:
    code = (request.view_args or {}).get("code", "")
    found = DATASETS.get(code)
    return found is None or not found.is_large or "limit" in request.args


def _is_file(response: Response) -> bool:
    return response.status_code == 200


@blueprint.get("/<code>.<ending>")
@limiter.limit(LARGE_FILES, exempt_when=_is_light, deduct_when=_is_file)
@visible_to(ANYONE)
@blueprint.arguments(DownloadSchema, location="query", error_status_code=400, unknown=EXCLUDE)
def file(query: dict[str, Any], code: str, ending: str) -> Response:
    """A dataset as a file. With `limit` a page of it; the header `Link` then leads to the next.

    Without `limit` it has all rows, as they were at one moment; the answer begins when the file is made. If a
    transfer breaks, go on with `after` and the key of the last row you have.
    """
    dataset = download.find(code)
    wanted = download.find_format(dataset, ending)
    download.refuse_unknown(dataset, wanted, request.args.keys())
    jurisdiction, now = current_jurisdiction(), datetime.now(UTC)
    chosen = filter_of(jurisdiction, query)
    after = download.read_key(dataset, query["after"]) if query["after"] else None
    question = f"{jurisdiction.number} {language()} {request.full_path}"
    late = download.is_late(query)
    tag = versions.tag(dataset, question, jurisdiction.time_zone, now, is_late=late)
    if request.if_none_match.contains_weak(tag):
        return _headed(Response(status=304), tag)
    found = extract(dataset, jurisdiction, chosen, after=after, now=now)
    excel = query["dialekt"] == download.EXCEL
    if dataset.is_large and query["limit"] is None:
        response = _large(found, wanted, excel=excel)
    else:
        response = _small(found, wanted, query["limit"], excel=excel)
    response.headers["Content-Type"] = writers.MEDIA_TYPES[wanted]
    name = f"{dataset.code}-{jurisdiction.slug}.{'json' if wanted == Format.JSON_STAT else wanted}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _headed(response, tag)


def _large(found: Extract, wanted: Format, *, excel: bool) -> Response:
    """The whole file, made on disk; the connection of the request is given back first."""
    if request.method == "HEAD":
        return Response(iter(()))  # no length: it is not known
    session().close()
    try:
        parts = Parts(lambda: writers.chunks(found, wanted, excel=excel))
    except Busy as fault:
        raise TooManyRequests(retry_after=30) from fault
    response = Response(parts)
    response.content_length = parts.length
    response.call_on_close(parts.close)
    return response


def _small(found: Extract, wanted: Format, limit: int | None, *, excel: bool) -> Response:
    """The file at once, with its length."""
    links = []
    if limit is not None:
        rows = list(islice(found.rows, limit + 1))
        _close(found.rows)
        found = found.with_rows(rows[:limit])
        if len(rows) > limit:
            key = download.key_text(found.dataset.key_of(rows[limit - 1]))
            query = {**request.args.to_dict(), "after": key}
            links.append(f'<{request.base_url}?{urlencode(query)}>; rel="next"')
    response = Response(b"".join(writers.chunks(found, wanted, excel=excel)))
    for link in links:
        response.headers.add("Link", link)
    return response


def _close(rows: Iterator[Any]) -> None:
    end = getattr(rows, "close", None)
    if end is not None:
        end()


def _described(content: dict[str, Any]) -> Response:
    response = json_response(content)
    response.headers["Cache-Control"] = KEPT
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


def _headed(response: Response, tag: str) -> Response:
    """Weak, since the same rows compressed in another way are the same answer."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = KEPT
    response.vary.update(("Accept-Language", "Cookie"))
    code = (request.view_args or {})["code"]
    about = url_for("datasets.show", code=code, _external=True)
    response.headers.add("Link", f'<{about}>; rel="describedby"')
    licence = licence_of(current_jurisdiction())
    response.headers.add("Link", f'<{licence.page}>; rel="license"')
    return response
