"""A person's rights: all that is kept under an address or a number, handed out or erased."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.database import session, transaction
from app.photos.operations import keep
from app.photos.views import current_store
from app.privacy import lookups
from app.roles import Role
from app.service_requests import pictures
from app.service_requests.additions import PhotoShows
from app.service_requests.models import Contact, ServiceRequest

from ..casework.desk import come_in
from ..factories import submitted
from ..photos.samples import jpeg

EMAIL = "resident@example.org"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def admin(client, jurisdiction):
    come_in(client, jurisdiction, Role.ADMINISTRATOR, "roads", "administrator")


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email=EMAIL, phone="+4791234567", description="Hull i veien")


def found_by(client, who):
    return client.post("/styring/person", data={"who": who})


@pytest.mark.parametrize(
    "who", [EMAIL, " Resident@EXAMPLE.org ", "+4791234567", "912 34 567", "91234567"]
)
def test_an_address_or_a_number_however_it_is_written(client, admin, report, who):
    page = found_by(client, who).text
    assert report.number in page
    assert "Last ned alt" in page


@pytest.mark.parametrize(
    "who", ["other@example.org", "99999999", "%%%", "resident@example", "' OR 1=1"]
)
def test_somebody_else_finds_nothing(client, admin, report, who):
    answer = found_by(client, who)
    assert answer.status_code == 200
    assert report.number not in answer.text
    assert "Ingenting er lagret" in answer.text
    for verb in ("last-ned",):
        assert client.post(f"/styring/person/{verb}", data={"who": who}).status_code == 404


@pytest.mark.parametrize("who", ["", "x", "y" * 300])
def test_what_cannot_be_an_address_is_told(client, admin, who):
    assert found_by(client, who).status_code == 422


def test_all_that_is_kept_is_handed_out(app, client, admin, report, jurisdiction):
    with app.test_request_context():
        store = current_store()
    with transaction():
        photo = keep(jpeg(), store, jurisdiction.id, now=NOW)
        request = session().get_one(ServiceRequest, report.id)
        pictures.attach(request, [photo.key], shows=PhotoShows.FAULT, added_by="reporter", now=NOW)
    submitted(jurisdiction, email="other@example.org", description="Another person's words")
    answer = client.post("/styring/person/last-ned", data={"who": EMAIL})
    assert answer.mimetype == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    told = json.loads(archive.read("person.json"))
    assert told["contact"][0]["email"] == EMAIL
    assert [one["description"] for one in told["reports"]] == ["Hull i veien"]
    assert "Another person" not in str(told)
    photos = [name for name in archive.namelist() if name.startswith(f"photos/{report.number}/")]
    assert len(photos) == 1
    assert archive.read(photos[0])[:4] == b"RIFF"


def test_erasing_leaves_nothing_personal_and_the_report(client, admin, report, jurisdiction):
    other = submitted(jurisdiction, email="other@example.org", description="Stays")
    answer = client.post("/styring/person/slett", data={"who": EMAIL})
    assert answer.status_code == 303
    assert "fra 1 melding" in client.get("/styring/person").text
    session().expire_all()
    again = session().get_one(ServiceRequest, report.id)
    assert (again.description, again.number) == ("", report.number)
    assert session().scalar(select(func.count()).select_from(Contact)) == 1
    assert session().get_one(ServiceRequest, other.id).description == "Stays"
    assert again.history[-1].actor == "staff"
    assert "Ingenting er lagret" in found_by(client, EMAIL).text


def test_each_search_is_written_down_without_the_address(client, admin, report, jurisdiction):
    found_by(client, EMAIL)
    client.post("/styring/person/last-ned", data={"who": EMAIL})
    client.post("/styring/person/slett", data={"who": EMAIL})
    assert [look.what for look in lookups.looks(jurisdiction.id)] == [
        "erasure",
        "export",
        "search",
    ]
    assert EMAIL not in client.get("/styring/oppslag").text


@pytest.mark.parametrize("role", [Role.FIRST_LINE, Role.CASE_HANDLER, Role.CREW, Role.ANALYST])
def test_only_administrators_may(client, jurisdiction, report, role):
    come_in(client, jurisdiction, role, "roads", "somebody")
    assert found_by(client, EMAIL).status_code == 403
