"""Days on which we wait for the one who reported: they are not ours, whoever ends them, and however."""

from datetime import UTC, datetime, timedelta

import pytest

from app.database import session, transaction
from app.departments.queries import by_code
from app.errors import ChangeNotAllowed
from app.roles import Role
from app.service_requests import by_reporter, corrections, operations, waiting
from app.service_requests.acting import SYSTEM, Work
from app.service_requests.added import contact_of
from app.service_requests.cards import card_of, page_of, row_of
from app.service_requests.choices import nudge_from
from app.service_requests.models import ServiceRequest
from app.service_requests.next_step import left_text
from app.service_requests.status import Status

from ..factories import TOWN, actor, lamp, near, staff, submitted

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, "desk@example.org"))


@pytest.fixture
def crew(jurisdiction):
    return actor(staff(jurisdiction, "roads", Role.CREW, "crew@example.org"))


@pytest.fixture
def asked(jurisdiction, desk):
    """Asked a day after it was reported."""
    made = submitted(jurisdiction, email="resident@example.org", now=MONDAY)
    with transaction():
        found = session().get_one(ServiceRequest, made.id)
        work = Work(version=found.version, message="Hvor?")
        waiting.ask(found, work, desk, now=MONDAY + timedelta(days=1))
    return found


def test_a_crew_that_closes_ends_the_waiting_and_reopening_begins_without_it(asked, crew):
    with transaction():
        work = Work(version=asked.version, led_to_improvement=True)
        operations.change_status(asked, Status.FIXED, work, crew, now=MONDAY + WEEK)
    assert (asked.waiting_since, asked.waited_days) == (None, 4)
    with transaction():
        by_reporter.say_not_fixed(
            asked.id,
            Work(version=asked.version, message="Nei"),
            [],
            now=MONDAY + WEEK + timedelta(days=1),
        )
    assert asked.waiting_since is None
    assert asked.waited_days == 4


def test_withdrawing_and_passing_on_end_the_waiting(asked):
    with transaction():
        by_reporter.withdraw(asked.id, asked.version, now=MONDAY + WEEK)
    assert (asked.waiting_since, asked.waited_days) == (None, 4)


def test_another_department_gets_the_days_that_were_waited(asked, jurisdiction, desk):
    due = asked.due_at
    with transaction():
        target = by_code(jurisdiction.id, "parks_and_environment").id
        work = Work(version=asked.version, department_id=target)
        operations.send_elsewhere(asked, work, desk, now=MONDAY + WEEK)
    assert (asked.waiting_since, asked.waited_days) == (None, 4)
    assert asked.due_at > due


def test_nothing_is_overdue_while_we_wait_wherever_it_is_shown(app, asked):
    late = asked.due_at + timedelta(days=2)
    with app.test_request_context(headers={"Accept-Language": "nb"}):
        card = card_of(row_of(asked), now=late)
        assert (card.is_overdue, card.days_over, card.is_waiting) == (False, 0, True)
        page = page_of(asked, personal=True, now=late)
        assert page.expected_text == "Vi venter på svar fra den som meldte"
        assert left_text(asked, "NO", now=late) == ""
    assert nudge_from(asked) == asked.waiting_since + timedelta(days=30)


@pytest.mark.parametrize("change", [{"wants_messages": False}, {"email": None, "subject": "x"}])
def test_who_gets_no_messages_is_not_asked(jurisdiction, desk, change):
    made = submitted(jurisdiction, email="resident@example.org", now=MONDAY)
    with transaction():
        contact = contact_of(made.id)
        for name, value in change.items():
            setattr(contact, name, value)
    found = session().get_one(ServiceRequest, made.id)
    work = Work(version=found.version, message="Hvor?")
    with pytest.raises(ChangeNotAllowed):
        waiting.ask(found, work, desk, now=MONDAY)
    session().rollback()
    assert session().get_one(ServiceRequest, made.id).waiting_since is None


def test_our_days_begin_anew_when_an_outside_body_sends_it_back(jurisdiction, desk):
    made = submitted(jurisdiction, now=MONDAY)
    back = MONDAY + 8 * WEEK
    with transaction():
        found = session().get_one(ServiceRequest, made.id)
        target = by_code(jurisdiction.id, "county").id
        operations.send_elsewhere(
            found, Work(version=found.version, department_id=target), desk, now=MONDAY
        )
        operations.mark_forwarded(found, now=MONDAY)
        home = by_code(jurisdiction.id, "roads").id
        operations.send_elsewhere(
            found, Work(version=found.version, department_id=home), desk, now=back
        )
        due = found.due_at
        work = Work(version=found.version, position=near(TOWN, east=5))
        corrections.move(found, work, desk, now=back + timedelta(days=1))
    assert due > back
    assert found.due_at == due


def test_a_lamp_far_away_or_of_another_kind_of_fault_is_let_go(jurisdiction, desk):
    with transaction():
        lamp(jurisdiction, "A-1", near(TOWN, east=10))
    made = submitted(jurisdiction, service_code="LIGHT-DARK", lamps=("A-1",), now=MONDAY)
    with transaction():
        found = session().get_one(ServiceRequest, made.id)
        assert [one.number for one in found.assets] == ["A-1"]
        work = Work(version=found.version, position=near(TOWN, east=20))
        corrections.move(found, work, desk, now=MONDAY)
        assert [one.number for one in found.assets] == ["A-1"]
        work = Work(version=found.version, service_code="ROAD-POTHOLE")
        corrections.change_service(found, work, desk, now=MONDAY)
    assert (found.assets, found.asset_owner) == ([], None)


def test_a_report_that_is_passed_on_waits_for_nobody(asked, jurisdiction, desk):
    with transaction():
        target = by_code(jurisdiction.id, "county").id
        work = Work(version=asked.version, department_id=target)
        operations.send_elsewhere(asked, work, desk, now=MONDAY + WEEK)
        operations.change_status(
            asked,
            Status.FORWARDED,
            Work(version=asked.version, department_id=target),
            SYSTEM,
            now=MONDAY + WEEK,
        )
    assert (asked.waiting_since, asked.due_at) == (None, None)
