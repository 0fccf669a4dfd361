"""The archive file of one report."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from app.casework.archive import NAMESPACE
from app.database import session, transaction
from app.photos.operations import keep
from app.photos.views import current_store
from app.privacy import lookups
from app.roles import Role
from app.service_requests import pictures
from app.service_requests.additions import PhotoShows
from app.service_requests.models import ServiceRequest

from ..factories import submitted
from ..photos.samples import jpeg
from .desk import come_in

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORDS = "Hull i veien <ved> brua & kaia\x0b"


@pytest.fixture
def report(jurisdiction):
    return submitted(
        jurisdiction, email="resident@example.org", description=WORDS.replace("\x0b", "")
    )


def fetched(client, report) -> zipfile.ZipFile:
    answer = client.post(f"/innboks/{report.number}/arkiv")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"{report.number}.zip" in answer.headers["Content-Disposition"]
    return zipfile.ZipFile(io.BytesIO(answer.data))


def text_of(root: ET.Element, name: str) -> str | None:
    return root.findtext(f"{{{NAMESPACE}}}{name}")


def test_it_holds_the_case_the_photos_and_what_they_are(app, client, jurisdiction, report):
    with app.test_request_context():
        store = current_store()
    with transaction():
        photo = keep(jpeg(), store, jurisdiction.id, now=NOW)
        request = session().get_one(ServiceRequest, report.id)
        pictures.attach(request, [photo.key], shows=PhotoShows.FAULT, added_by="reporter", now=NOW)
    come_in(client, jurisdiction)
    archive = fetched(client, report)
    assert set(archive.namelist()) == {"sak.pdf", "sak.xml", "bilder/1.webp"}
    assert archive.read("sak.pdf").startswith(b"%PDF-")
    root = ET.fromstring(archive.read("sak.xml"))
    assert text_of(root, "mappeID") == report.number
    assert root.findtext(f".//{{{NAMESPACE}}}epostadresse") == "resident@example.org"
    objects = root.findall(f".//{{{NAMESPACE}}}dokumentobjekt")
    for one in objects:
        content = archive.read(text_of(one, "referanseDokumentfil"))
        assert text_of(one, "sjekksum") == hashlib.sha256(content).hexdigest()
    assert len(objects) == 2


def test_it_is_a_look_at_who_reported(client, jurisdiction, report):
    come_in(client, jurisdiction)
    fetched(client, report)
    assert [(look.what, look.number) for look in lookups.looks(jurisdiction.id)] == [
        ("contact", report.number)
    ]


def test_other_departments_and_other_roles_do_not_get_it(app, client, jurisdiction, report):
    come_in(client, jurisdiction, Role.CASE_HANDLER, "waste", "waste-desk")
    assert client.post(f"/innboks/{report.number}/arkiv").status_code == 404
    crew = app.test_client()
    come_in(crew, jurisdiction, Role.CREW, "roads", "crew")
    assert crew.post(f"/innboks/{report.number}/arkiv").status_code == 403
    assert client.post("/innboks/KSU-2026-999999/arkiv").status_code == 404


def test_without_an_address_and_without_words(client, jurisdiction):
    found = submitted(jurisdiction, email=None, description="")
    come_in(client, jurisdiction)
    root = ET.fromstring(fetched(client, found).read("sak.xml"))
    assert root.find(f"{{{NAMESPACE}}}part") is None


def test_signs_that_xml_cannot_hold_are_left_out(client, jurisdiction, report):
    come_in(client, jurisdiction)
    said = {"version": "1", "message": "a\uffffb\ufffecd\U0001f6a7"}
    assert client.post(f"/innboks/{report.number}/merknad", data=said).status_code == 303
    told = ET.fromstring(fetched(client, report).read("sak.xml"))
    assert any(one.text == "abcd\U0001f6a7" for one in told.iter())
