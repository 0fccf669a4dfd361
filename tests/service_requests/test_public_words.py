"""Whether anyone may read what was written: the service's setting, personal data in it, and someone's look."""

import pytest
from sqlalchemy import select

from app.catalog.models import Service
from app.database import session, transaction
from app.roles import Role
from app.service_requests import talk
from app.service_requests.models import ServiceRequest

from ..casework.desk import come_in
from ..factories import submitted

WORDS = "Dyp grop ved brua"
PERSONAL = f"{WORDS}. Ring meg på 912 34 567"


@pytest.fixture
def service(jurisdiction):
    """How the service of these reports shows words; it is put back afterwards."""
    found = (
        session()
        .scalars(
            select(Service).where(
                Service.jurisdiction_id == jurisdiction.id,
                Service.id == submitted(jurisdiction).service_id,
            )
        )
        .one()
    )
    before = found.description_is_public, found.description_needs_look
    key = found.id

    def show(*, public: bool, look: bool = False) -> None:
        with transaction() as current:
            row = current.get_one(Service, key)
            row.description_is_public, row.description_needs_look = public, look

    yield show
    session().rollback()
    show(public=before[0], look=before[1])


def read_by_all(client, report) -> bool:
    """Whether the words stand on the open page, and in the API."""
    page = client.get(f"/meldinger/{report.number}").text
    told = client.get(f"/api/v1/service-requests/{report.number}").json["description"]
    assert (WORDS in page) == (told is not None)
    return WORDS in page


def test_a_service_that_lets_anyone_shows_harmless_words_at_once(client, jurisdiction, service):
    service(public=True)
    assert read_by_all(client, submitted(jurisdiction, description=WORDS))


@pytest.mark.parametrize("more", ["912 34 567", "+47 912 34 567", "me@example.org", "01019010046"])
def test_personal_data_waits_for_someones_look(client, jurisdiction, service, more):
    service(public=True)
    report = submitted(jurisdiction, description=f"{WORDS} {more}")
    assert not read_by_all(client, report)


def test_a_service_may_want_a_look_at_everything(client, jurisdiction, service):
    service(public=True, look=True)
    assert not read_by_all(client, submitted(jurisdiction, description=WORDS))


def test_a_service_that_lets_nobody_shows_nothing_whatever_is_decided(
    app, client, jurisdiction, service
):
    service(public=False)
    report = submitted(jurisdiction, description=WORDS)
    desk = app.test_client()
    come_in(desk, jurisdiction)
    desk.post(f"/oppdrag/innhold/{report.number}/tekst", data={"do": "show"})
    assert not read_by_all(client, report)


def test_what_came_in_while_nobody_read_it_waits_when_the_service_opens(
    client, jurisdiction, service
):
    service(public=False)
    report = submitted(jurisdiction, description=WORDS)
    service(public=True)
    assert not read_by_all(client, report)


def test_the_desk_shows_and_hides(app, client, jurisdiction, service):
    service(public=True)
    report = submitted(jurisdiction, description=PERSONAL)
    desk = app.test_client()
    desk.set_cookie("language", "nb")
    come_in(desk, jurisdiction)
    page = desk.get("/oppdrag/innhold").text
    assert PERSONAL in page
    assert "telefonnummer" in page
    assert "Innhold (2)" in page
    path = f"/oppdrag/innhold/{report.number}/tekst"
    assert desk.post(path, data={"do": "show"}).status_code == 303
    assert read_by_all(client, report)
    assert PERSONAL not in desk.get("/oppdrag/innhold").text
    session().expire_all()
    decided = session().get_one(ServiceRequest, report.id)
    assert decided.description_decided_by_id is not None
    desk.post(path, data={"do": "hide"})
    assert not read_by_all(client, report)


@pytest.mark.parametrize(
    ("role", "department", "status"),
    [(Role.CASE_HANDLER, "waste", 404), (Role.CREW, "roads", 403), (Role.ANALYST, "roads", 403)],
)
def test_others_decide_nothing(client, jurisdiction, service, role, department, status):
    service(public=True)
    report = submitted(jurisdiction, description=PERSONAL)
    come_in(client, jurisdiction, role, department, "other")
    path = f"/oppdrag/innhold/{report.number}/tekst"
    assert client.post(path, data={"do": "show"}).status_code == status
    assert not read_by_all(client, report)


@pytest.mark.parametrize("decision", ["", "perhaps"])
def test_a_decision_that_is_none(client, jurisdiction, service, decision):
    report = submitted(jurisdiction, description=PERSONAL)
    come_in(client, jurisdiction)
    path = f"/oppdrag/innhold/{report.number}/tekst"
    assert client.post(path, data={"do": decision}).status_code == 422
    assert client.post("/oppdrag/innhold/x/tekst", data={"do": "show"}).status_code == 404


def test_a_comment_with_personal_data_waits_where_comments_are_open(jurisdiction):
    from datetime import UTC, datetime

    report = submitted(jurisdiction)
    with transaction():
        jurisdiction.comments = "on"
        now = datetime.now(UTC)
        open_words = talk.comment(report, jurisdiction, "Samme her", author="resident", now=now)
        personal = talk.comment(report, jurisdiction, PERSONAL, author="resident", now=now)
        states = open_words.state, personal.state
        session().rollback()
    assert states == ("shown", "waiting")
