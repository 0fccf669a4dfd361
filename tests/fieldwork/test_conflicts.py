"""What was done without coverage and does not go together with what others did, decided at the desk."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from app.accounts.models import Account
from app.database import session, transaction
from app.fieldwork import sync
from app.fieldwork.models import CrewAction, CrewPhoto
from app.roles import Role
from app.service_requests.additions import ServiceRequestPhoto
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status

from ..factories import actor, changed, staff, submitted
from ..journeys.conftest import grey_png
from ..pages import actions
from .crews import Phone

WORDS = "Fylte hullet med kaldasfalt."
OTHERS = "Fant ikke noe hull."


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="reporter@example.org")


@pytest.fixture
def conflict(jurisdiction, report):
    """One of the crew fixed it without coverage; another one closed it meanwhile."""
    one = staff(jurisdiction, "roads", Role.CREW, "one@example.org")
    other = staff(jurisdiction, "roads", Role.CREW, "other@example.org")
    seen = {"version": report.version, "status": report.status}
    number, key = report.number, uuid4()
    changed(report, Status.NO_ACTION, actor(other), message=OTHERS)
    session().commit()
    action = {
        "id": str(key),
        "kind": "fixed",
        "job": number,
        "report": None,
        "seen": seen,
        "at": datetime.now(UTC).isoformat(),
        "data": {"led_to_improvement": True, "message": WORDS},
    }
    (result,) = sync.apply(one, jurisdiction, None, [action], now=datetime.now(UTC))
    assert result["outcome"] == "conflict"
    return key


def signed_in(client, jurisdiction, role=Role.CASE_HANDLER, department="roads"):
    who = staff(jurisdiction, department, role, f"{role}.{department}@example.org")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    return who


def now(report):
    session().rollback()
    session().expire_all()
    return session().get(ServiceRequest, report.id)


def decide(client, key, keep):
    return client.post(f"/oppdrag/konflikter/{key}", data={"keep": keep})


def test_both_versions_stand_side_by_side_with_the_two_choices(
    client, jurisdiction, report, conflict
):
    signed_in(client, jurisdiction)
    page = client.get("/oppdrag/konflikter").text
    for part in (report.number, WORDS, OTHERS, "one@example.org", 'value="mine"', 'value="theirs"'):
        assert part in page
    assert actions(page).count(f"/oppdrag/konflikter/{conflict}") == 2
    assert "/oppdrag/konflikter" in client.get("/oppdrag").text


def test_what_was_done_in_the_field_can_stand(client, jurisdiction, report, conflict):
    signed_in(client, jurisdiction)
    assert decide(client, conflict, "mine").status_code == 303
    found = now(report)
    assert (found.status, found.led_to_improvement) == ("fixed", True)
    assert {OTHERS, WORDS} <= {entry.message for entry in found.history}
    assert WORDS not in client.get("/oppdrag/konflikter").text


def test_the_report_can_stay_as_it_is_and_the_words_become_a_note(
    client, jurisdiction, report, conflict
):
    signed_in(client, jurisdiction)
    assert decide(client, conflict, "theirs").status_code == 303
    found = now(report)
    assert found.status == "no_action"
    (note,) = [entry for entry in found.history if entry.message == WORDS]
    assert (note.kind, note.visibility) == ("note", "internal")


def test_nothing_is_lost_when_the_account_is_gone(client, jurisdiction, report, conflict):
    with transaction() as current:
        sender = current.scalars(select(Account).where(Account.email == "one@example.org")).one()
        current.delete(sender)
    signed_in(client, jurisdiction)
    assert WORDS in client.get("/oppdrag/konflikter").text
    assert decide(client, conflict, "mine").status_code == 303
    assert now(report).status == "fixed"


def test_pressed_twice_it_is_decided_once(client, jurisdiction, report, conflict):
    signed_in(client, jurisdiction)
    assert [decide(client, conflict, "mine").status_code for _ in range(2)] == [303, 303]
    assert [entry.message for entry in now(report).history].count(WORDS) == 1


@pytest.mark.parametrize(
    ("role", "department"), [(Role.CREW, "roads"), (Role.CASE_HANDLER, "waste")]
)
def test_only_the_departments_desk_decides(
    client, jurisdiction, report, conflict, role, department
):
    signed_in(client, jurisdiction, role, department)
    shown = client.get("/oppdrag/konflikter")
    assert WORDS not in shown.text
    assert decide(client, conflict, "mine").status_code == 403
    assert now(report).status == "no_action"
    assert session().scalars(select(CrewAction.resolved_by_id)).one() is None


@pytest.mark.parametrize("keep", ["", "both", "\x00"])
def test_one_of_the_two_must_be_chosen(client, jurisdiction, report, conflict, keep):
    signed_in(client, jurisdiction)
    assert decide(client, conflict, keep).status_code == 422
    assert now(report).status == "no_action"


@pytest.mark.parametrize("key", [uuid4(), "x"])
def test_a_conflict_that_there_is_not(client, jurisdiction, key):
    signed_in(client, jurisdiction)
    assert decide(client, key, "mine").status_code in {403, 404}


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_a_photo_that_is_gone_holds_up_no_decision(app, client, jurisdiction, report, keep):
    one = staff(jurisdiction, "roads", Role.CREW, "one@example.org")
    other = staff(jurisdiction, "roads", Role.CREW, "other@example.org")
    phone = Phone(app.test_client(), one.session_id)
    seen, (gone, kept) = phone.jobs()[report.number], (str(uuid4()), str(uuid4()))
    for photo in (gone, kept):
        assert phone.photo(grey_png(), photo).status_code == 201
    session().rollback()
    changed(now(report), Status.NO_ACTION, actor(other), message=OTHERS)
    session().commit()
    photos = [{"id": gone, "shows": "fix"}, {"id": kept, "shows": "fix"}]
    result = phone.do("fixed", seen, led_to_improvement=True, photos=photos)
    assert result["outcome"] == "conflict"
    with transaction():
        session().execute(delete(CrewPhoto).where(CrewPhoto.id == gone))
    signed_in(client, jurisdiction)
    assert decide(client, result["id"], keep).status_code == 303
    assert now(report).status == ("fixed" if keep == "mine" else "no_action")
    query = select(ServiceRequestPhoto).where(ServiceRequestPhoto.service_request_id == report.id)
    assert len(session().scalars(query).all()) == 1
