"""The newer verbs as forms on a job's page, and calling the one who reported."""

import io

import pytest
from sqlalchemy import delete

from app.database import session, transaction
from app.roles import Role
from app.service_requests import pictures
from app.service_requests.models import Contact, ServiceRequest
from app.service_requests.status import Status
from tests.photos.samples import jpeg

from ..factories import actor, changed, staff, submitted
from ..pages import actions

PHONE = "+4791234567"


@pytest.fixture
def crew(client, jurisdiction):
    """The road crew, signed in."""
    who = staff(jurisdiction, "roads", Role.CREW, "crew@example.org")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    return actor(who)


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="reporter@example.org", phone=PHONE)


def act(client, report, verb, **form):
    version = str(now(report).version)
    return client.post(f"/oppdrag/{report.number}/{verb}", data={"version": version} | form)


def now(report):
    session().rollback()
    session().expire_all()
    return session().get(ServiceRequest, report.id)


def test_an_open_job_offers_every_verb(client, crew, report):
    changed(report, Status.IN_PROGRESS, crew)
    page = client.get(f"/oppdrag/{report.number}").text
    wanted = {"pause", "merknad", "material", "bilde", "meldt-for", "til-vurdering", "utfort"}
    assert {f"/oppdrag/{report.number}/{verb}" for verb in wanted} <= set(actions(page))


@pytest.mark.parametrize(
    ("verb", "form", "status"),
    [
        ("pause", {}, "planned"),
        ("til-vurdering", {"message": "Veien er stengt."}, "assessing"),
        ("merknad", {"message": "Se opp for kabel."}, "in_progress"),
        ("material", {"message": "Tre sekker."}, "in_progress"),
    ],
)
def test_a_verb_is_carried_out_from_its_form(client, crew, report, verb, form, status):
    changed(report, Status.IN_PROGRESS, crew)
    assert act(client, report, verb, **form).status_code == 303
    assert now(report).status == status
    if form:
        assert form["message"] in client.get(f"/oppdrag/{report.number}").text


@pytest.mark.parametrize(("shows", "expected"), [("fault", "fault"), ("fix", "fix"), ("x", "fix")])
def test_photos_from_before_and_after_come_without_scripts(client, crew, report, shows, expected):
    form = {"shows": shows, "photo": (io.BytesIO(jpeg()), "a.jpg"), "message": "Fra sør."}
    assert act(client, report, "bilde", **form).status_code == 303
    assert [photo.shows for photo in pictures.for_staff(now(report))] == [expected]


@pytest.mark.parametrize(
    ("verb", "form", "field"),
    [
        ("merknad", {}, "message-merknad-error"),
        ("material", {}, "message-material-error"),
        ("bilde", {}, "photo-bilde-error"),
        ("til-vurdering", {}, "message-til-vurdering-error"),
        ("meldt-for", {}, "original_number-error"),
        ("meldt-for", {"original_number": "KSU-2026-999999"}, "original_number-error"),
        ("meldt-for", {"original_number": "x" * 500}, "original_number-error"),
        ("meldt-for", {"original_number": "\x00"}, "original_number-error"),
    ],
)
def test_what_is_missing_is_asked_for_beside_its_field(client, crew, report, verb, form, field):
    answer = act(client, report, verb, **form)
    assert answer.status_code == 422
    assert f'id="{field}"' in answer.text
    assert now(report).status == "assigned"


def test_what_was_reported_before_is_closed_with_the_originals_number(
    client, crew, jurisdiction, report
):
    first = submitted(jurisdiction)
    form = {"original_number": f" {first.number.lower()} "}
    assert act(client, report, "meldt-for", **form).status_code == 303
    assert (now(report).status, now(report).duplicate_of_id) == ("duplicate", first.id)


@pytest.mark.parametrize("verb", ["merknad", "material"])
def test_a_remark_goes_together_with_what_others_did_and_counts_once(client, crew, report, verb):
    old = str(report.version)
    changed(report, Status.IN_PROGRESS, crew)
    for _ in range(2):
        form = {"version": old, "message": "To ganger trykket."}
        answer = client.post(f"/oppdrag/{report.number}/{verb}", data=form)
        assert answer.status_code == 303
    told = [entry.message for entry in now(report).history]
    assert told.count("To ganger trykket.") == 1


def test_staff_call_the_one_who_reported_and_nobody_keeps_the_number(client, crew, report):
    answer = client.get(f"/oppdrag/{report.number}")
    assert f'href="tel:{PHONE}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    with transaction() as current:
        current.execute(delete(Contact))
    assert "tel:" not in client.get(f"/oppdrag/{report.number}").text


def test_nobody_else_sees_the_number(client, report):
    for address in (f"/meldinger/{report.number}", f"/m/{report.token}"):
        assert PHONE not in client.get(address).text
