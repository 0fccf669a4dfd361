"""A report's archive file."""

from datetime import UTC, datetime

from flask import Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.casework import archive, case_page
from app.casework.archive import Document
from app.casework.case_views import found_or_404
from app.casework.desk_views import blueprint, signed_in
from app.database import transaction
from app.i18n import gettext, localised
from app.jurisdictions.views import current_jurisdiction
from app.photos.operations import file_name
from app.photos.views import current_store
from app.privacy import lookups
from app.privacy.models import Look
from app.roles import Deed
from app.security import asking_person, limiter, visible_to
from app.service_requests import pictures
from app.yearbook.press import Press

ARCHIVES = "60 per hour"
LARGEST = "1920.webp"


@blueprint.post("/<number>/arkiv")
@limiter.limit(ARCHIVES, key_func=asking_person)
@visible_to(Deed.SEE_CONTACT)
def archived(number: str) -> ResponseReturnValue:
    """The whole case as a ZIP: PDF, photos and XML. It names who reported, so that the look is written down."""
    who, jurisdiction, now = signed_in(), current_jurisdiction(), datetime.now(UTC)
    found = found_or_404(number)
    with transaction():
        lookups.note(who, jurisdiction.id, Look.CONTACT, found, now=now)
    values = case_page.values(who, jurisdiction, found, with_contact=True, now=now)
    photos = _photos(pictures.for_staff(found))
    title = f"{values['report'].service_name}, {found.place_text or found.number}"
    html = render_template(
        "casework/archive.html",
        **values,
        title=title,
        photo_names=[photo.name for photo in photos],
        made_at=now,
        styles=url_for("static", filename="css/case-paper.css"),
    )
    press: Press = current_app.extensions["press"]
    pdf = Document(
        name="sak.pdf",
        media_type="application/pdf",
        title=gettext("The whole case"),
        content=press.pdf(html),
    )
    made = archive.bundle(
        found,
        values["contact"],
        [pdf, *photos],
        title=title,
        organisation=localised(jurisdiction.name),
        now=now,
    )
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.zip"'}
    return Response(made, mimetype="application/zip", headers=headers)


def _photos(shown: list[pictures.Picture]) -> list[Document]:
    """The photos in their largest size. One whose file is gone is left out, as its row soon will be."""
    store = current_store()
    found = [(picture, store.read(file_name(picture.key, LARGEST))) for picture in shown]
    return [
        Document(
            name=f"bilder/{place}.webp", media_type="image/webp", title=picture.alt, content=content
        )
        for place, (picture, content) in enumerate(found, start=1)
        if content is not None
    ]
