import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.casework.models import Presence
from app.database import session, transaction
from app.roles import Role
from app.service_requests.desk_verbs import CaseVerb
from app.service_requests.models import HistoryEntry

from ..factories import do_jobs, orders, staff, submitted
from .desk import come_in, press

NOW = datetime.now(UTC)


@pytest.fixture
def report(jurisdiction):
    return submitted(
        jurisdiction, email="resident@example.org", description="Et dypt hull", now=NOW
    )


def newest(report):
    query = select(HistoryEntry).where(HistoryEntry.service_request_id == report.id)
    return session().scalars(query.order_by(HistoryEntry.id.desc()).limit(1)).one()


def test_the_page_shows_the_report_and_who_reported_only_when_asked(client, jurisdiction, report):
    earlier = submitted(jurisdiction, email="Resident@example.org", now=NOW)
    come_in(client, jurisdiction)
    page = client.get(f"/innboks/{report.number}").get_data(as_text=True)
    assert "Et dypt hull" in page
    assert "resident@example.org" not in page
    with_contact = client.get(f"/innboks/{report.number}?kontakt=1").get_data(as_text=True)
    assert "resident@example.org" in with_contact
    assert earlier.number in with_contact


def test_earlier_reports_of_other_departments_stay_theirs(client, jurisdiction, report):
    water = submitted(
        jurisdiction, email="resident@example.org", service_code="WATER-LEAK", now=NOW
    )
    come_in(client, jurisdiction, Role.CASE_HANDLER, "roads")
    page = client.get(f"/innboks/{report.number}?kontakt=1").get_data(as_text=True)
    assert water.number not in page


@pytest.mark.parametrize("path", ["", "?del=1", "?kontakt=1"])
def test_another_departments_report_is_not_there(client, jurisdiction, report, path):
    come_in(client, jurisdiction, Role.CASE_HANDLER, "waste")
    assert client.get(f"/innboks/{report.number}{path}").status_code == 404
    assert press(client, report, "ta").status_code == 404
    assert client.post(f"/innboks/{report.number}/her").status_code == 404


@pytest.mark.parametrize("number", ["KSU-2026-999999", "x", "KSU%00"])
def test_there_is_no_such_report(client, jurisdiction, number):
    come_in(client, jurisdiction)
    assert client.get(f"/innboks/{number}").status_code == 404


def test_an_answer_goes_to_the_reporter_by_mail(app, client, jurisdiction, report, tmp_path):
    come_in(client, jurisdiction)
    answer = press(client, report, "svar", message="Vi ser på det.")
    assert (answer.status_code, answer.location) == (303, f"/innboks/{report.number}")
    entry = newest(report)
    assert (entry.kind, entry.message) == ("message", "Vi ser på det.")
    assert ("notifications.tell_reporter", {"history_entry_id": entry.id}) in orders()
    do_jobs(app)


@pytest.mark.parametrize(
    ("verb", "form", "field"),
    [
        ("svar", {}, "message"),
        ("utfort", {}, "led_to_improvement"),
        ("ingen-tiltak", {}, "message"),
        ("sla-sammen", {"original_number": "KSU-2026-999999"}, "original_number"),
        ("sla-sammen", {}, "original_number"),
        ("avdeling", {}, "department"),
        ("avdeling", {"department": "99999999"}, "department"),
        ("avdeling", {"department": "x"}, "department"),
        ("gi-til", {"assignee": "99999999999999999999"}, "assignee"),
        ("type", {"service_code": "NOTHING"}, "service_code"),
        ("flytt", {}, "position"),
        ("flytt", {"latitude": "63.1"}, "position"),
        ("flytt", {"latitude": "abc", "longitude": "7"}, "latitude"),
        ("flytt", {"latitude": "99", "longitude": "7"}, "latitude"),
        ("flytt", {"latitude": "59.9", "longitude": "10.7"}, "position"),
        ("del", {"service_code": "ROAD-POTHOLE"}, "text"),
        ("svar", {"message": "x" * 2001}, "message"),
        ("svar", {"message": "x", "version": "x"}, "version"),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_nothing_is_changed(
    client, jurisdiction, report, verb, form, field
):
    come_in(client, jurisdiction)
    rows = len(report.history)
    answer = press(client, report, verb, **form)
    assert answer.status_code == 422, (verb, form)
    page = answer.get_data(as_text=True)
    assert 'id="errors"' in page
    session().refresh(report, ["history"])
    assert len(report.history) == rows
    assert field


def test_no_such_verb(client, jurisdiction, report):
    come_in(client, jurisdiction)
    assert press(client, report, "trylle").status_code == 404


def test_two_people_never_overwrite_each_other(app, client, jurisdiction, report):
    come_in(client, jurisdiction)
    other = app.test_client()
    come_in(other, jurisdiction, Role.CASE_HANDLER, "roads", "handler")
    old = report.version
    press(other, report, "svar", message="Vi kommer i morgen.")
    answer = press(client, report, "svar", version=old, message="Vi kan ikke komme.")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Vi kommer i morgen." in page
    assert "Vi kan ikke komme." in page
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    again = press(client, report, "svar", version=version, message="Vi kan ikke komme.")
    assert again.status_code == 303
    assert newest(report).message == "Vi kan ikke komme."


def test_what_can_no_longer_be_done_is_told(app, client, jurisdiction, report):
    come_in(client, jurisdiction)
    old = report.version
    press(client, report, "ingen-tiltak", message="Privat vei")
    session().refresh(report)
    assert press(client, report, "start").status_code == 409
    assert press(client, report, "start", version=old).status_code == 409


def test_colleagues_see_each_other_on_a_report(app, client, jurisdiction, report):
    come_in(client, jurisdiction)
    other = app.test_client()
    come_in(other, jurisdiction, Role.CASE_HANDLER, "roads", "handler")
    other.post(f"/innboks/{report.number}/her", data={"skriver": "1"})
    told = client.post(f"/innboks/{report.number}/her").get_json()
    assert told["others"] == [{"label": "handler@example.org", "is_writing": True}]
    assert told["version"] == report.version
    other.post(f"/innboks/{report.number}/her", data={"borte": "1"})
    assert client.post(f"/innboks/{report.number}/her").get_json()["others"] == []
    with transaction():
        old = text("UPDATE presence SET seen_at = now() - interval '2 minutes'")
        session().execute(old)
    assert other.post(f"/innboks/{report.number}/her").get_json()["others"] == []
    assert session().scalars(select(Presence)).all()


def test_from_the_inbox_one_comes_back_to_the_list(client, jurisdiction, report):
    come_in(client, jurisdiction)
    answer = press(client, report, "ta", til="/innboks?ko=apne")
    assert answer.location == f"/innboks?ko=apne#{report.number}"
    broken = press(client, report, "merknad", message="y", til="/innboks?x=\r\nSet-Cookie: a=b")
    assert broken.location == f"/innboks/{report.number}"
    away = press(client, report, "merknad", message="x", til="//evil.example.org/innboks")
    assert away.location == f"/innboks/{report.number}"


def test_what_goes_to_another_department_leaves_the_inbox(client, jurisdiction, report):
    come_in(client, jurisdiction, Role.CASE_HANDLER, "roads")
    body = text("SELECT id FROM department WHERE code = 'waste'")
    answer = press(client, report, "avdeling", department=session().scalar(body))
    assert answer.location == "/innboks"


def test_a_page_takes_as_many_statements_whatever_has_happened(
    client, jurisdiction, report, statements
):
    come_in(client, jurisdiction)
    press(client, report, "merknad", message="Den første")
    submitted(jurisdiction, email="resident@example.org", now=NOW)
    client.get(f"/innboks/{report.number}?kontakt=1")
    statements.clear()
    client.get(f"/innboks/{report.number}?kontakt=1")
    few = len(statements)
    for number in range(12):
        press(client, report, "merknad", message=f"Merknad {number}")
        submitted(jurisdiction, email="resident@example.org", now=NOW - timedelta(hours=number))
    client.get(f"/innboks/{report.number}?kontakt=1")
    statements.clear()
    page = client.get(f"/innboks/{report.number}?kontakt=1")
    assert "Merknad 11" in page.get_data(as_text=True)
    assert len(statements) == few


def test_every_verb_has_words_and_a_form_on_some_page(client, jurisdiction, report):
    who = come_in(client, jurisdiction)
    staff(jurisdiction, "roads", Role.CREW, "crew@example.org")
    pages = [client.get(f"/innboks/{report.number}").get_data(as_text=True)]
    press(client, report, "fare")
    pages.append(client.get(f"/innboks/{report.number}").get_data(as_text=True))
    session().refresh(report)
    press(client, report, "spor", message="Hvor?")
    pages.append(client.get(f"/innboks/{report.number}").get_data(as_text=True))
    session().refresh(report)
    press(client, report, "ingen-tiltak", message="Ikke vår")
    pages.append(client.get(f"/innboks/{report.number}").get_data(as_text=True))
    shown = {
        verb
        for verb in CaseVerb
        if any(f'/{report.number}/{verb.value}"' in page for page in pages)
    }
    assert {verb.value for verb in set(CaseVerb) - shown} <= {"sendt-til-eier"}
    assert who.account_id


@pytest.mark.parametrize("verb", [verb.value for verb in CaseVerb])
def test_a_form_with_all_its_fields_left_empty_is_no_fault(client, jurisdiction, verb):
    report = submitted(jurisdiction)
    come_in(client, jurisdiction)
    empty = dict.fromkeys(
        [
            "message",
            "text",
            "led_to_improvement",
            "original_number",
            "department",
            "assignee",
            "service_code",
            "latitude",
            "longitude",
        ],
        "",
    )
    answer = client.post(f"/innboks/{report.number}/{verb}", data=empty | {"version": "1"})
    assert answer.status_code in {303, 409, 422}


def test_a_report_is_taken_from_its_person(client, jurisdiction):
    report = submitted(jurisdiction)
    who = come_in(client, jurisdiction)
    assert press(client, report, "ta").status_code == 303
    session().refresh(report)
    assert report.assignee_id == who.account_id
    assert press(client, report, "gi-til", assignee="").status_code == 303
    session().refresh(report)
    assert report.assignee_id is None


@pytest.mark.parametrize(
    ("verb", "form", "box", "field"),
    [
        ("flytt", {"latitude": "10", "longitude": "10"}, "rett", "case-latitude"),
        ("flytt", {"latitude": "x", "longitude": "10"}, "rett", "case-latitude"),
        ("type", {"service_code": "NOTHING"}, "rett", "case-service"),
        ("del", {"text": ""}, "rett", "text-del"),
        ("utfort", {}, "utfort", "improved"),
    ],
)
def test_what_is_wrong_stands_in_a_box_that_is_open(client, jurisdiction, verb, form, box, field):
    report = submitted(jurisdiction)
    come_in(client, jurisdiction)
    answer = press(client, report, verb, **form)
    assert answer.status_code == 422
    assert re.search(rf'<details class="verb" id="verb-{box}" open>', answer.text)
    assert f'id="{field}-error"' in answer.text
    for target in re.findall(r'<li><a href="#([^"]+)">', answer.text.split('id="errors"')[1]):
        assert f'id="{target}"' in answer.text
