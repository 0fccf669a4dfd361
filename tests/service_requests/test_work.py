from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts.models import Account
from app.database import session, transaction
from app.errors import ChangeNotAllowed, Conflict, Invalid, OutdatedVersion
from app.roles import Role
from app.service_requests.acting import Work
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.operations import correct_improvement, lock, refuse, write_message
from app.service_requests.status import CLOSED, OPEN, Status

from ..factories import actor, changed, orders, staff, submitted

NOW = datetime(2026, 10, 2, 9, tzinfo=UTC)


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction)


@pytest.fixture
def crew(jurisdiction):
    return actor(staff(jurisdiction))


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))


def test_a_started_report_tells_its_reporter(report, crew):
    changed(report, Status.IN_PROGRESS, crew, message="Vi er i gang.", now=NOW)
    entry = report.history[-1]
    assert (report.status, report.first_response_at) == ("in_progress", NOW)
    assert (entry.kind, entry.status, entry.message) == ("status", "in_progress", "Vi er i gang.")
    assert entry.department_id == crew.department_id
    assert orders() == [("notifications.tell_reporter", {"history_entry_id": entry.id})]


@pytest.mark.parametrize("answer", [True, False])
def test_a_fixed_report_says_whether_it_led_to_an_improvement(report, crew, answer):
    changed(report, Status.FIXED, crew, led_to_improvement=answer, now=NOW)
    assert (report.closed_at, report.led_to_improvement) == (NOW, answer)
    assert report.history[-1].data == {"led_to_improvement": answer}


@pytest.mark.parametrize(
    ("target", "field"),
    [
        (Status.FIXED, "led_to_improvement"),
        (Status.NO_ACTION, "message"),
        (Status.REJECTED, "message"),
        (Status.DUPLICATE, "original_number"),
        (Status.ASSESSING, "message"),
    ],
)
def test_a_change_without_what_it_needs_is_refused(report, desk, target, field):
    with pytest.raises(Invalid) as refused:
        changed(report, target, desk)
    assert list(refused.value.errors) == [field]
    assert session().get(ServiceRequest, report.id).status == "assigned"


def test_a_crew_cannot_do_what_is_the_desks(report, crew):
    with pytest.raises(ChangeNotAllowed):
        changed(report, Status.REJECTED, crew, message="Nei")


@pytest.mark.parametrize("target", [*OPEN, *CLOSED])
def test_a_closed_report_cannot_be_changed_by_its_crew(report, crew, target):
    changed(report, Status.FIXED, crew, led_to_improvement=True)
    with pytest.raises(ChangeNotAllowed, match="kan ikke"):
        changed(report, target, crew, message="Igjen", led_to_improvement=True)


def test_a_closed_report_cannot_be_assigned(report, desk):
    changed(report, Status.NO_ACTION, desk, message="Ikke en feil.")
    with pytest.raises(ChangeNotAllowed):
        changed(report, Status.ASSIGNED, desk)


def test_a_report_that_is_taken_up_again_is_open_and_without_improvement(report, crew, desk):
    changed(report, Status.FIXED, crew, led_to_improvement=True)
    changed(report, Status.ASSESSING, desk)
    assert (report.status, report.closed_at, report.led_to_improvement) == (
        "assessing",
        None,
        False,
    )


def test_a_change_on_an_outdated_page_is_refused(report, crew):
    changed(report, Status.IN_PROGRESS, crew)
    with pytest.raises(OutdatedVersion) as refused:
        changed(report, Status.FIXED, crew, version=1, led_to_improvement=True)
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    assert session().get(ServiceRequest, report.id).status == "in_progress"


def test_every_change_makes_a_new_version(report, crew):
    changed(report, Status.IN_PROGRESS, crew)
    changed(report, Status.PLANNED, crew)
    assert report.version == 3


def test_a_message_is_a_new_version_too(report, crew):
    with transaction():
        write_message(lock(report.id, 1), Work(version=1, message="Takk"), crew, now=NOW)
    assert (report.version, report.status) == (2, "assigned")
    assert report.history[-1].message == "Takk"


def test_an_empty_message_is_refused(report, crew):
    with pytest.raises(Invalid, match="Skriv"):
        write_message(report, Work(version=1), crew, now=NOW)


def test_a_report_that_is_handed_back_waits_at_the_first_line(report, crew):
    with transaction():
        work = Work(version=1, message="Dette er fylkesvei.")
        refuse(lock(report.id, 1), work, crew, now=NOW)
    assert report.department.is_first_line
    assert report.status == "assessing"
    assert report.history[-1].visibility == "internal"


# --- repeated reports -------------------------------------------------------------------------------


def repeat(jurisdiction, original, desk):
    again = submitted(jurisdiction)
    return changed(again, Status.DUPLICATE, desk, original_number=original.number)


def test_repetitions_follow_their_originals_improvement(jurisdiction, report, crew, desk):
    repetition = repeat(jurisdiction, report, desk)
    assert not repetition.led_to_improvement
    changed(report, Status.FIXED, crew, led_to_improvement=True)
    session().expire_all()
    assert repetition.led_to_improvement
    changed(report, Status.ASSESSING, desk)
    session().expire_all()
    assert not repetition.led_to_improvement


def test_a_repetition_of_a_fixed_report_has_its_improvement_at_once(
    jurisdiction, report, crew, desk
):
    changed(report, Status.FIXED, crew, led_to_improvement=True)
    assert repeat(jurisdiction, report, desk).led_to_improvement


def test_a_repetition_that_is_taken_up_again_stands_alone(jurisdiction, report, crew, desk):
    repetition = repeat(jurisdiction, report, desk)
    changed(repetition, Status.ASSESSING, desk)
    changed(report, Status.FIXED, crew, led_to_improvement=True)
    session().expire_all()
    assert repetition.duplicate_of_id is None
    assert not repetition.led_to_improvement


@pytest.mark.parametrize("number", ["KSU-2026-999999", "", "'; DROP TABLE service_request; --"])
def test_an_original_must_exist(report, desk, number):
    with pytest.raises(Invalid) as refused:
        changed(report, Status.DUPLICATE, desk, original_number=number)
    assert list(refused.value.errors) == ["original_number"]


def test_a_report_cannot_repeat_itself(report, desk):
    with pytest.raises(Invalid):
        changed(report, Status.DUPLICATE, desk, original_number=report.number)


def test_a_repetition_cannot_be_an_original(jurisdiction, report, desk):
    repetition = repeat(jurisdiction, report, desk)
    with pytest.raises(Invalid):
        repeat(jurisdiction, repetition, desk)


def test_an_original_cannot_become_a_repetition(jurisdiction, report, desk):
    repeat(jurisdiction, report, desk)
    with pytest.raises(Invalid):
        changed(report, Status.DUPLICATE, desk, original_number=submitted(jurisdiction).number)


# --- corrections and history ------------------------------------------------------------------------


def correct(report, who, answer):
    with transaction():
        work = Work(version=report.version, led_to_improvement=answer)
        correct_improvement(lock(report.id, report.version), work, who, now=NOW)


def test_a_correction_is_history_and_reaches_repetitions(jurisdiction, report, crew, desk):
    repetition = repeat(jurisdiction, report, desk)
    changed(report, Status.FIXED, crew, led_to_improvement=False)
    correct(report, crew, True)
    session().expire_all()
    assert report.led_to_improvement
    assert repetition.led_to_improvement
    assert report.history[-1].kind == "improvement"
    assert report.history[-1].data == {"led_to_improvement": True}
    assert report.history[-2].data == {"led_to_improvement": False}


def test_an_open_report_has_nothing_to_correct(report, crew):
    with pytest.raises(Conflict):
        correct(report, crew, True)


def test_a_repetition_cannot_be_corrected_alone(jurisdiction, report, desk):
    repetition = repeat(jurisdiction, report, desk)
    with pytest.raises(Conflict):
        correct(repetition, desk, True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_entry SET message = 'aldri sagt'",
        "UPDATE history_entry SET occurred_at = now()",
        "UPDATE history_entry SET account_id = 1",
        "DELETE FROM history_entry",
    ],
)
def test_the_database_refuses_to_change_history(report, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        session().execute(text(statement))


def test_a_report_that_is_deleted_takes_its_history_along(report):
    with transaction():
        session().execute(text("DELETE FROM service_request"))
    assert session().query(HistoryEntry).count() == 0


def test_an_account_can_be_forgotten_and_history_stays(report, crew):
    changed(report, Status.IN_PROGRESS, crew)
    with transaction():
        session().delete(session().get(Account, crew.account_id))
    session().expire_all()
    assert report.history[-1].account_id is None
    assert report.history[-1].status == "in_progress"
