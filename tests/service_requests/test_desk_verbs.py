import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.database import session, transaction
from app.errors import AppError, ChangeNotAllowed, Invalid, NotFound, OutdatedVersion
from app.roles import Role
from app.service_requests import by_reporter, desk_verbs
from app.service_requests.acting import Work
from app.service_requests.desk_verbs import CaseVerb
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import CLOSED, OPEN
from app.service_requests.timeline import is_public
from app.yearbook.recount import recount

from ..factories import HARBOUR, TOWN, orders, staff, submitted

NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="resident@example.org", now=NOW)


@pytest.fixture
def desk(jurisdiction):
    return staff(jurisdiction, "service_desk", Role.FIRST_LINE, "desk@example.org")


@pytest.fixture
def handler(jurisdiction):
    return staff(jurisdiction, "roads", Role.CASE_HANDLER, "handler@example.org")


def press(who, report, verb, *, now=NOW, version=None, **work):
    """One press of a button, committed, on the newest version."""
    with transaction():
        found = desk_verbs.find(who, report.jurisdiction_id, report.number)
        wanted = Work(version=version or found.version, **work)
        actor = desk_verbs.actor_for(who, found)
        return desk_verbs.do(verb, found, wanted, actor, now=now)


def test_who_takes_a_report_has_it_and_nobody_outside_hears_of_it(report, handler):
    entry = press(handler, report, CaseVerb.TAKE)
    assert report.assignee_id == handler.account_id
    assert (entry.kind, entry.data, is_public(entry)) == (
        "assigned",
        {"assignee": handler.account_id},
        False,
    )
    assert "notifications.tell_reporter" not in [name for name, _ in orders()]


def test_only_those_who_work_for_its_department_can_be_given_a_report(jurisdiction, report, desk):
    water = staff(jurisdiction, "water_and_sewage", Role.CASE_HANDLER, "water@example.org")
    with pytest.raises(Invalid) as fault:
        press(desk, report, CaseVerb.ASSIGN, assignee_id=water.account_id)
    assert "assignee" in fault.value.errors
    crew = staff(jurisdiction, "roads", Role.CREW, "crew@example.org")
    press(desk, report, CaseVerb.ASSIGN, assignee_id=crew.account_id)
    press(desk, report, CaseVerb.ASSIGN, assignee_id=None)
    assert report.assignee_id is None


def test_what_goes_to_another_department_is_nobodys_there_and_waits_no_more(report, handler):
    press(handler, report, CaseVerb.TAKE)
    press(handler, report, CaseVerb.ASK, message="Hvor?", now=NOW + timedelta(hours=1))
    waste = text("SELECT id FROM department WHERE code = 'waste'")
    press(handler, report, CaseVerb.DEPARTMENT, department_id=session().scalar(waste))
    assert (report.assignee_id, report.waiting_since) == (None, None)


def test_a_closed_account_can_be_given_nothing(jurisdiction, report, desk):
    crew = staff(jurisdiction, "roads", Role.CREW, "crew@example.org")
    with transaction():
        session().execute(text("UPDATE account SET is_active = false WHERE email LIKE 'crew@%'"))
    with pytest.raises(Invalid):
        press(desk, report, CaseVerb.ASSIGN, assignee_id=crew.account_id)


def test_a_report_about_something_else_goes_where_the_rules_say_with_days_from_its_receipt(
    jurisdiction, report, desk
):
    before, later = report.department_id, NOW + timedelta(days=3)
    press(desk, report, CaseVerb.SERVICE, service_code="WATER-LEAK", now=later)
    assert report.service.code == "WATER-LEAK"
    assert report.department_id != before
    fresh = submitted(jurisdiction, service_code="WATER-LEAK", now=NOW)
    assert (report.due_at, report.department_id) == (fresh.due_at, fresh.department_id)
    kinds = [entry.kind for entry in history(report)]
    assert kinds[-2:] == ["service", "routed"]


def history(report):
    query = select(HistoryEntry).where(HistoryEntry.service_request_id == report.id)
    return session().scalars(query.order_by(HistoryEntry.id)).all()


def test_a_place_that_was_wrong_is_moved_and_the_rules_look_again(report, desk):
    press(desk, report, CaseVerb.MOVE, position=HARBOUR)
    row = session().execute(
        text("SELECT ST_X(position), ST_Y(position) FROM service_request WHERE id = :id"),
        {"id": report.id},
    )
    assert tuple(row.one()) == (HARBOUR.longitude, HARBOUR.latitude)
    moved = next(entry for entry in history(report) if entry.kind == "moved")
    assert moved.data == {"was": [TOWN.longitude, TOWN.latitude]}


def test_a_part_becomes_a_report_of_its_own_once(report, desk):
    version = report.version
    part, later = "Lekkasje ved kummen", NOW + timedelta(minutes=5)
    entry = press(desk, report, CaseVerb.SPLIT, service_code="WATER-LEAK", text=part, now=later)
    made = session().scalars(
        select(ServiceRequest).where(ServiceRequest.number == entry.data["into"])
    )
    part = made.one()
    assert (part.description, part.service.code) == ("Lekkasje ved kummen", "WATER-LEAK")
    assert history(part)[-1].data == {"from": report.number}
    assert ("notifications.acknowledge", {"service_request_id": part.id}) in orders()
    with pytest.raises(OutdatedVersion):
        press(desk, report, CaseVerb.SPLIT, version=version, service_code="WATER-LEAK", text="x")


def test_while_the_reporter_is_asked_our_days_wait(report, handler):
    due = report.due_at
    press(handler, report, CaseVerb.ASK, message="Hvilken side av veien?")
    assert report.waiting_since == NOW
    with transaction():  # Monday to Thursday: three working days
        by_reporter.add(report.id, "Nordsiden", (), now=NOW + timedelta(days=3))
    assert report.waiting_since is None
    assert due is not None
    assert report.due_at >= due + timedelta(days=3)


def test_a_question_without_an_address_is_refused(jurisdiction, handler):
    nobody = submitted(jurisdiction, now=NOW)
    with pytest.raises(ChangeNotAllowed):
        press(handler, nobody, CaseVerb.ASK, message="Hvor?")


def test_a_repetition_is_taken_apart_again(jurisdiction, report, desk):
    original = submitted(jurisdiction, description="Samme hull", now=NOW)
    press(desk, report, CaseVerb.MERGE, original_number=original.number)
    assert (report.status, report.duplicate_of_id) == ("duplicate", original.id)
    press(desk, report, CaseVerb.REOPEN)
    assert (report.status, report.duplicate_of_id) == ("assessing", None)


def test_another_departments_report_is_not_to_be_found(jurisdiction, report):
    water = staff(jurisdiction, "water_and_sewage", Role.CASE_HANDLER, "water@example.org")
    with pytest.raises(NotFound):
        press(water, report, CaseVerb.TAKE)


@pytest.mark.parametrize("role", [Role.CREW, Role.ADMINISTRATOR, Role.ANALYST])
def test_others_than_the_desk_find_no_verbs(jurisdiction, report, role):
    who = staff(jurisdiction, "roads", role, "other@example.org")
    assert desk_verbs.verbs(report, desk_verbs.actor_for(who, report)) == []
    with pytest.raises(NotFound):
        press(who, report, CaseVerb.NOTE, message="x")


def test_an_older_page_changes_nothing_but_a_note_goes_together(report, desk, handler):
    old = report.version
    press(handler, report, CaseVerb.TAKE)
    with pytest.raises(OutdatedVersion):
        press(desk, report, CaseVerb.REPLY, version=old, message="Hei")
    press(desk, report, CaseVerb.NOTE, version=old, message="Ring først")
    assert history(report)[-1].kind == "note"


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_desk_does_history_adds_up_to_the_report(jurisdiction, desk, seed):
    chance = random.Random(seed)
    reports = [submitted(jurisdiction, email="resident@example.org", now=NOW) for _ in range(4)]
    done = 0
    for step in range(60):
        report = chance.choice(reports)
        session().refresh(report)
        actor = desk_verbs.actor_for(desk, report)
        verb = chance.choice(desk_verbs.verbs(report, actor))
        work = {
            "message": "Et ord",
            "led_to_improvement": chance.random() < 0.5,
            "original_number": chance.choice(reports).number,
            "service_code": chance.choice(["WATER-LEAK", "ROAD-POTHOLE", "WATER-OTHER"]),
            "position": chance.choice([TOWN, HARBOUR]),
            "text": f"En del {step}",
            "assignee_id": chance.choice([None, desk.account_id]),
            "department_id": chance.choice(departments(jurisdiction)),
        }
        try:
            press(desk, report, verb, now=NOW + timedelta(hours=step), **work)
            done += 1
        except AppError:
            continue
    assert done > 10
    counted = recount()
    assert counted.faults == []
    for report in reports:
        session().refresh(report)
        assert (report.status in OPEN) == (report.closed_at is None)
        assert report.waiting_since is None or report.status not in CLOSED


def departments(jurisdiction):
    query = text("SELECT id FROM department WHERE jurisdiction_id = :id AND is_active")
    return session().scalars(query, {"id": jurisdiction.id}).all()
