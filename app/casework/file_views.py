"""Files and photos that the desk adds to a report."""

from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

from flask import Response, flash, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.http import dump_options_header

from app.casework.case_views import case_page_with, found_or_404
from app.casework.desk_views import blueprint, signed_in
from app.database import transaction
from app.errors import Invalid
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.photos import operations as photos
from app.photos.views import current_store
from app.problems import MAX_BODY_BYTES
from app.roles import Deed
from app.security import asking_person, limiter, visible_to
from app.service_requests import attachments, desk_verbs, queries
from app.service_requests.file_kinds import LARGEST_BYTES
from app.service_requests.kinds import EntryKind
from app.service_requests.models import ServiceRequest
from app.service_requests.remarks import remark

UPLOADS = "120 per hour"
AT_ONCE = 5


# Not `before_request`: the check of the form's token comes before that, and reads the form.
@blueprint.url_value_preprocessor
def _allow_files(endpoint: str | None, _values: object) -> None:
    if endpoint == "casework.add_file":
        request.max_content_length = AT_ONCE * LARGEST_BYTES + MAX_BODY_BYTES


@blueprint.post("/<number>/vedlegg")
@limiter.limit(UPLOADS, key_func=asking_person)
@visible_to(Deed.DESK)
def add_file(number: str) -> ResponseReturnValue:
    """Attach files, or photos as photos of the report: each by itself, so that one poor file loses no other."""
    found = found_or_404(number)
    as_photo = request.form.get("as") == "photo"
    files = [file for file in request.files.getlist("file") if file.filename]
    refused: list[tuple[str, Invalid]] = []
    for file in files[:AT_ONCE]:
        try:
            _take(found, file, as_photo=as_photo)
        except Invalid as fault:
            refused.append((file.filename or "", fault))
    if not files:
        refused.append(("", Invalid({"file": gettext("Choose a file.")})))
    elif len(files) > AT_ONCE:
        sentence = gettext("At most %(count)s files at a time.", count=AT_ONCE)
        refused.append(("", Invalid({"file": sentence})))
    if refused:
        told = " ".join(
            f"{name}: {fault.detail}" if name else fault.detail for name, fault in refused
        )
        body, _ = case_page_with(found_or_404(number), {"file": told}, {"verb": "vedlegg"})
        return body, refused[0][1].status
    flash(gettext("It is attached."))
    return redirect(url_for("casework.show", number=number), 303)


@blueprint.get("/<number>/vedlegg/<uuid:key>")
@visible_to(Deed.DESK)
def fetch_file(number: str, key: UUID) -> ResponseReturnValue:
    """A file, to be saved: a browser never shows what somebody sent in as a page of ours."""
    file = attachments.found(found_or_404(number), key)
    opened = current_store().open(attachments.stored_name(file.key))
    if opened is None:
        raise attachments.not_there()
    headers = {
        "Content-Disposition": _saved_as(file.file_name),
        "Content-Length": str(file.size_bytes),
        "X-Content-Type-Options": "nosniff",
    }
    return Response(
        stream_with_context(opened.parts), content_type=file.media_type, headers=headers
    )


fetch_file.talisman_view_options = {  # type: ignore[attr-defined]
    "content_security_policy": "default-src 'none'; sandbox"
}


@blueprint.post("/<number>/vedlegg/<uuid:key>/fjern")
@visible_to(Deed.DESK)
def remove_file(number: str, key: UUID) -> ResponseReturnValue:
    """Remove a file; its bytes go, and the history says that there was one."""
    found = found_or_404(number)
    with transaction():
        actor = desk_verbs.actor_for(signed_in(), found)
        attachments.remove(found, key, actor, now=datetime.now(UTC))
    flash(gettext("The file is removed."))
    return redirect(url_for("casework.show", number=number), 303)


def _saved_as(name: str) -> str:
    """`Content-Disposition` with a name in any letters (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return dump_options_header(
        "attachment", {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    )


def _take(found: ServiceRequest, file: FileStorage, *, as_photo: bool) -> None:
    """Commit one file: what was answered with success is there, whatever becomes of the next."""
    content, now = file.read(LARGEST_BYTES + 1), datetime.now(UTC)
    with transaction():
        actor = desk_verbs.actor_for(signed_in(), found)
        if as_photo:
            kept = photos.keep(content, current_store(), current_jurisdiction().id, now=now)
            locked = queries.locked(found.id)
            remark(locked, EntryKind.PHOTO, None, actor, now=now, fault=[kept.key])
        else:
            attachments.add(found, file.filename or "", content, current_store(), actor, now=now)
