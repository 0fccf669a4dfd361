"""The nightly files for everyone: what there is, and the files themselves, straight from the store."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import NotFound
from app.i18n import gettext, number
from app.jurisdictions.licence import licence_of
from app.jurisdictions.views import current_jurisdiction
from app.open_data import dumps
from app.open_data.datasets import DATASETS
from app.open_data.dumps import JSON, MANIFEST, File, Manifest
from app.open_data.writers import NAMES
from app.problems import problem
from app.security import ANYONE, visible_to
from app.settings import Settings
from app.storage import Store, store_of

blueprint = Blueprint("open_data_files", __name__, url_prefix="/apne-data/filer")
CHECKSUMS = "SHA256SUMS"
FOR_EVER = "public, max-age=31536000, immutable, no-transform"
"""A night's files never change."""
FOR_MINUTES = "public, max-age=300"
STEP = 1000
FORMAT_NAMES = {kind.value: name for kind, name in NAMES.items()}


@dataclass(frozen=True, kw_only=True)
class ShownFile:
    """A line of the list."""

    file: File
    format_name: str
    size: str
    url: str


@blueprint.get("")
@visible_to(ANYONE)
def show() -> ResponseReturnValue:
    """The newest night's files, how to check them, and the nights that are kept."""
    kept = dumps.nights(_store(), current_jurisdiction().number)
    found = _manifest(date.fromisoformat(kept[0].date)) if kept else None
    return _page(found, kept)


@blueprint.get("/<day>")
@visible_to(ANYONE)
def night(day: str) -> ResponseReturnValue:
    """A night's files."""
    return _page(_manifest(_day(day)), dumps.nights(_store(), current_jurisdiction().number))


@blueprint.get("/siste/<name>")
@visible_to(ANYONE)
def newest(name: str) -> ResponseReturnValue:
    """On to the newest night's file of this name."""
    kept = dumps.nights(_store(), current_jurisdiction().number)
    if not kept or not _is_name(name):
        raise NotFound(_no_file(name))
    answer = redirect(url_for("open_data_files.file", day=kept[0].date, name=name), 302)
    answer.headers["Cache-Control"] = FOR_MINUTES
    return answer


@blueprint.get("/<day>/<name>")
@visible_to(ANYONE)
def file(day: str, name: str) -> ResponseReturnValue:
    """A file, or the part of it that is asked for. It never changes; its tag is its checksum."""
    found = _manifest(_day(day))
    if name == MANIFEST:
        return _small(found.as_json(), JSON)
    if name == CHECKSUMS:
        return _small(found.checksums().encode(), "text/plain; charset=utf-8")
    wanted = found.file(name)
    if wanted is None:
        raise NotFound(_no_file(name))
    return _sent(wanted, _day(day))


def _sent(wanted: File, day: date) -> Response:
    answer = Response(status=200, content_type=wanted.media_type)
    _unchanging(answer, wanted.sha256)
    number_ = current_jurisdiction().number
    name = f"{number_}-{day.isoformat()}-{wanted.name}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    checksum = base64.b64encode(bytes.fromhex(wanted.sha256)).decode()
    answer.headers["Repr-Digest"] = f"sha-256=:{checksum}:"
    if request.if_none_match.contains(wanted.sha256):
        answer.status_code = 304
        return answer
    part = _asked_part(wanted)
    if part is None:
        refused = problem(416, gettext("The file has %(size)s bytes.", size=wanted.bytes))
        refused.headers["Content-Range"] = f"bytes */{wanted.bytes}"
        return refused
    start, stop = part
    if (start, stop) != (0, wanted.bytes):
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{wanted.bytes}"
    answer.headers["Content-Length"] = str(stop - start)
    # Not squeezed on the way: parts are counted in the bytes that the checksum is of.
    answer.headers["Content-Encoding"] = "identity"
    answer.direct_passthrough = True
    answer.response = [] if request.method == "HEAD" else _parts(wanted, day, start, stop)
    return answer


def _parts(wanted: File, day: date, start: int, stop: int) -> Iterator[bytes]:
    """From the store. :raises StoreAway: before the first byte is sent. :raises NotFound: it is gone."""
    folder = dumps.folder_of(current_jurisdiction().number, day)
    opened = _store().open(f"{folder}/{wanted.name}", start, stop)
    if opened is None:
        raise NotFound(_no_file(wanted.name))
    return opened.parts


def _asked_part(wanted: File) -> tuple[int, int] | None:
    """The first byte and the one after the last; the whole file when no single part is asked for.

    None: there are no such bytes.
    """
    asked, condition = request.range, request.headers.get("If-Range")
    whole = (0, wanted.bytes)
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return whole
    if condition is not None and condition != f'"{wanted.sha256}"':
        return whole
    return asked.range_for_length(wanted.bytes)


def _small(content: bytes, media_type: str) -> Response:
    answer = Response(content, content_type=media_type)
    answer.add_etag()
    _unchanging(answer, answer.get_etag()[0] or "")
    answer.make_conditional(request)
    return answer


def _unchanging(answer: Response, tag: str) -> None:
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = FOR_EVER
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = "Content-Range, ETag, Repr-Digest"


def _page(found: Manifest | None, kept: list[dumps.Night]) -> str:
    files = [_shown(item, found) for item in found.files] if found else []
    licence = licence_of(current_jurisdiction())
    return render_template(
        "open_data/files.html",
        manifest=found,
        groups=[
            (_title(code), list(items))
            for code, items in groupby(files, lambda it: it.file.dataset)
        ],
        nights=[(date.fromisoformat(it.date), it.files, size_text(it.bytes)) for it in kept],
        day=date.fromisoformat(found.date) if found else None,
        total=size_text(found.total) if found else "",
        checksums=CHECKSUMS,
        licence=(licence.name, licence.page),
    )


def _shown(item: File, found: Manifest) -> ShownFile:
    return ShownFile(
        file=item,
        format_name=FORMAT_NAMES.get(item.format, item.format),
        size=size_text(item.bytes),
        url=url_for("open_data_files.file", day=found.date, name=item.name),
    )


def _title(code: str) -> str:
    return DATASETS[code].title() if code in DATASETS else code


def size_text(size: int) -> str:
    """«12,3 MB»: in powers of thousand."""
    if size < STEP:
        return gettext("%(number)s bytes", number=number(size))
    value, unit = size / STEP, "kB"
    for larger in ("MB", "GB", "TB"):
        if value < STEP:
            break
        value, unit = value / STEP, larger
    return f"{number(value, decimals=1)}\u00a0{unit}"


def _store() -> Store:
    settings: Settings = current_app.config["SETTINGS"]
    return store_of(settings)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise NotFound(gettext("Write the date as 2026-03-31."))
    return found


def _manifest(day: date) -> Manifest:
    found = dumps.manifest(_store(), current_jurisdiction().number, day)
    if found is None:
        raise NotFound(
            gettext(
                "There are no files of %(date)s. The newest 30 nights are kept, and the first of each month.",
                date=day.isoformat(),
            )
        )
    return found


def _is_name(name: str) -> bool:
    return name in {MANIFEST, CHECKSUMS} or dumps.NAME.fullmatch(name) is not None


def _no_file(name: str) -> str:
    return gettext("There is no file %(name)s.", name=name)
