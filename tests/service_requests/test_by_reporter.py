from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.database import session, transaction
from app.departments.queries import first_line
from app.errors import ChangeNotAllowed, Conflict, Invalid, OutdatedVersion
from app.photos.models import Photo
from app.roles import Role
from app.service_requests import added, by_reporter, pictures
from app.service_requests.acting import SYSTEM, Work
from app.service_requests.added import Call, calls
from app.service_requests.additions import PhotoShows, Satisfaction, ServiceRequestPhoto
from app.service_requests.choices import BETWEEN_NUDGES, REOPEN_WITHIN, WITHOUT_DATE
from app.service_requests.models import ServiceRequest
from app.service_requests.operations import (
    change_status,
    lock,
    mark_forwarded,
    send_elsewhere,
    write_message,
)
from app.service_requests.queries import by_id, by_token
from app.service_requests.status import CLOSED, OPEN, Status
from app.statistics.operations import fold_counts

from ..factories import actor, changed, do_jobs, orders, staff, submitted

NOW = datetime(2026, 10, 1, 10, tzinfo=UTC)
MAIL = "resident@example.org"


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, now=NOW, email=MAIL)


@pytest.fixture
def crew(jurisdiction):
    return actor(staff(jurisdiction))


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))


def do(verb, report, *args, now=NOW, **values):
    with transaction():
        return verb(report.id, *args, now=now, **values)


def fixed(report, crew, now=NOW):
    return changed(report, Status.FIXED, crew, led_to_improvement=True, message="Fylt", now=now)


def kept_photo(jurisdiction, key="a" * 40):
    with transaction():
        photo = Photo(
            jurisdiction_id=jurisdiction.id,
            key=key,
            width=10,
            height=10,
            size_bytes=10,
            created_at=NOW,
        )
        session().add(photo)
    return key


def newest(report):
    return by_id(report.id).history[-1]


# --- adding -----------------------------------------------------------------------------------------


def test_what_is_added_is_for_staff_and_mails_nobody(report):
    before = orders()
    do(by_reporter.add, report, "Det er to hull.", [])
    entry = newest(report)
    assert (entry.kind, entry.actor, entry.message) == ("message", "reporter", "Det er to hull.")
    assert entry.visibility == "internal"
    assert orders() == before
    assert calls([report.id]) == {report.id: Call.MESSAGE}


def test_photos_alone_can_be_added_and_come_with_their_row_of_history(jurisdiction, report):
    key = kept_photo(jurisdiction)
    do(by_reporter.add, report, None, [key])
    link = session().scalars(select(ServiceRequestPhoto)).one()
    assert (link.added_by, link.shows) == ("reporter", "fault")
    assert link.history_entry_id == newest(report).id


def test_nothing_cannot_be_added(report):
    with pytest.raises(Invalid, match="Skriv"):
        do(by_reporter.add, report, None, [])


def test_a_photo_that_is_gone_adds_nothing_at_all(report):
    with pytest.raises(Invalid) as refused:
        do(by_reporter.add, report, "Se bildet", ["b" * 40])
    assert list(refused.value.errors) == ["photos"]
    assert newest(report).kind == "routed"


def test_nothing_is_added_to_a_closed_report(report, crew):
    fixed(report, crew)
    with pytest.raises(ChangeNotAllowed):
        do(by_reporter.add, report, "Takk", [])


def test_a_crew_that_had_not_seen_what_was_added_is_told_so(report, crew):
    version = report.version
    do(by_reporter.add, report, "Vent, hullet er større.", [], now=NOW + timedelta(minutes=1))
    with pytest.raises(OutdatedVersion):
        changed(report, Status.FIXED, crew, version=version, led_to_improvement=True)


# --- reminding --------------------------------------------------------------------------------------


def test_a_reminder_before_the_deadline_is_refused_with_the_date(report, crew):
    changed(report, Status.IN_PROGRESS, crew, now=NOW)
    with pytest.raises(Conflict) as refused:
        do(by_reporter.nudge, report, now=report.due_at - timedelta(seconds=1))
    assert "15." in refused.value.detail.replace("\u00a0", " ")
    assert newest(report).kind == "status"


def test_a_reminder_after_the_deadline_is_history_and_marks_the_report(report, crew):
    changed(report, Status.IN_PROGRESS, crew, now=NOW)
    late = report.due_at + timedelta(seconds=1)
    do(by_reporter.nudge, report, now=late)
    assert (newest(report).kind, newest(report).actor) == ("nudged", "reporter")
    assert calls([report.id]) == {report.id: Call.NUDGED}
    with pytest.raises(Conflict):
        do(by_reporter.nudge, report, now=late + BETWEEN_NUDGES - timedelta(seconds=1))
    do(by_reporter.nudge, report, now=late + BETWEEN_NUDGES)


def test_an_answer_that_did_not_come_can_be_asked_for(report):
    assert report.first_response_at is None
    do(by_reporter.nudge, report, now=report.first_response_due_at + timedelta(seconds=1))


def test_a_report_with_another_body_can_be_asked_about_after_a_month(report):
    with transaction():
        mark_forwarded(lock(report.id, report.version), now=NOW)
    with pytest.raises(Conflict):
        do(by_reporter.nudge, report, now=NOW + WITHOUT_DATE - timedelta(seconds=1))
    do(by_reporter.nudge, report, now=NOW + WITHOUT_DATE)


def test_an_answer_takes_the_mark_away(report, crew):
    do(by_reporter.add, report, "Haster", [])
    with transaction():
        found = lock(report.id, by_id(report.id).version)
        write_message(found, Work(version=found.version, message="I morgen"), crew, now=NOW)
    assert calls([report.id]) == {}


# --- not fixed --------------------------------------------------------------------------------------


def test_what_is_not_fixed_is_open_again_without_improvement(report, crew):
    fixed(report, crew)
    told = len(orders())
    work = Work(version=report.version, message="Hullet er der ennå.")
    do(by_reporter.say_not_fixed, report, work, [], now=NOW + timedelta(days=2))
    session().expire_all()
    assert (report.status, report.closed_at, report.led_to_improvement) == (
        "assessing",
        None,
        False,
    )
    entry = newest(report)
    assert (entry.actor, entry.status, entry.visibility) == ("reporter", "assessing", "internal")
    assert calls([report.id]) == {report.id: Call.NOT_FIXED}
    (order,) = orders()[told:]
    assert order == ("notifications.tell_reporter", {"history_entry_id": entry.id})


def test_not_fixed_needs_words_the_newest_page_and_to_be_said_in_time(report, crew):
    fixed(report, crew)
    with pytest.raises(Invalid):
        do(by_reporter.say_not_fixed, report, Work(version=report.version), [])
    with pytest.raises(OutdatedVersion):
        do(by_reporter.say_not_fixed, report, Work(version=1, message="Nei"), [])
    work = Work(version=report.version, message="Nei")
    with pytest.raises(ChangeNotAllowed):
        do(by_reporter.say_not_fixed, report, work, [], now=NOW + REOPEN_WITHIN)


@pytest.mark.parametrize("target", [Status.REJECTED, Status.DUPLICATE])
def test_what_the_desk_decided_is_not_opened_by_the_reporter(jurisdiction, report, desk, target):
    original = submitted(jurisdiction)
    changed(report, target, desk, message="Nei", original_number=original.number)
    work = Work(version=report.version, message="Jo")
    with pytest.raises(ChangeNotAllowed):
        do(by_reporter.say_not_fixed, report, work, [])


def test_what_another_body_closed_comes_to_our_first_line(jurisdiction, report, desk):
    outside = session().scalar(
        text("SELECT id FROM department WHERE kind = 'external' AND receives <> 'inbox' LIMIT 1")
    )
    with transaction():
        found = lock(report.id, report.version)
        work = Work(version=found.version, department_id=outside)
        send_elsewhere(found, work, desk, now=NOW)
        mark_forwarded(found, now=NOW)
    changed(by_id(report.id), Status.FIXED, desk, led_to_improvement=True, now=NOW)
    work = Work(version=by_id(report.id).version, message="Nei")
    do(by_reporter.say_not_fixed, report, work, [])
    again = by_id(report.id)
    assert again.department_id == first_line(jurisdiction.id).id
    assert again.history[-1].department_id == again.department_id


# --- withdrawing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_passed_on", [False, True])
def test_a_withdrawn_report_is_closed_and_that_is_no_answer_of_ours(report, is_passed_on):
    if is_passed_on:
        with transaction():
            mark_forwarded(lock(report.id, report.version), now=NOW)
        report.first_response_at = None
    do(by_reporter.withdraw, report, report.version)
    session().expire_all()
    assert (report.status, report.closed_at) == ("no_action", NOW)
    assert report.first_response_at is None
    assert newest(report).message == "Trukket av den som meldte"
    assert calls([report.id]) == {}


def test_a_closed_report_cannot_be_withdrawn(report, crew):
    fixed(report, crew)
    with pytest.raises(ChangeNotAllowed):
        do(by_reporter.withdraw, report, report.version)


def test_what_waits_to_be_sent_to_another_body_is_not_sent_when_withdrawn(
    app, jurisdiction, report, desk
):
    outside = session().scalar(
        text("SELECT id FROM department WHERE kind = 'external' AND receives = 'email' LIMIT 1")
    )
    with transaction():
        found = lock(report.id, report.version)
        work = Work(version=found.version, department_id=outside)
        send_elsewhere(found, work, desk, now=NOW)
    do(by_reporter.withdraw, report, by_id(report.id).version)
    do_jobs(app)
    assert session().scalar(text("SELECT state FROM forwarding")) == "withdrawn"


# --- rating, messages -------------------------------------------------------------------------------


def test_one_answer_can_be_changed_for_thirty_days(report, crew):
    with pytest.raises(ChangeNotAllowed):
        do(by_reporter.rate, report, 5)
    fixed(report, crew)
    do(by_reporter.rate, report, 5)
    do(by_reporter.rate, report, 2, now=NOW + timedelta(days=29))
    given_ = session().scalars(select(Satisfaction)).one()
    assert (given_.score, given_.answered_at) == (2, NOW)
    assert [entry.kind for entry in by_id(report.id).history].count("rated") == 1
    with pytest.raises(ChangeNotAllowed):
        do(by_reporter.rate, report, 6, now=NOW + timedelta(days=30))


def test_a_report_that_was_closed_again_gets_a_new_answer(report, crew, desk):
    fixed(report, crew)
    do(by_reporter.rate, report, 1)
    changed(by_id(report.id), Status.ASSESSING, desk, now=NOW + timedelta(days=1))
    later = NOW + timedelta(days=60)
    fixed(by_id(report.id), crew, now=later)
    assert by_reporter.choices(by_id(report.id), now=later).score is None
    do(by_reporter.rate, report, 6, now=later)
    assert session().scalars(select(Satisfaction.answered_at)).one() == later


@pytest.mark.parametrize("score", [None, 0, 7, -1])
def test_a_score_is_one_to_six(report, crew, score):
    fixed(report, crew)
    with pytest.raises(Invalid):
        do(by_reporter.rate, report, score)


def test_messages_are_turned_off_and_on_and_each_turn_is_history(report):
    for wanted in (False, False, True):
        do(by_reporter.choose_messages, report, wanted=wanted)
        assert added.contact_of(report.id).wants_messages == wanted
    assert [entry.data for entry in by_id(report.id).history if entry.kind == "messages"] == [
        {"wanted": False},
        {"wanted": True},
    ]


def test_without_an_address_there_are_no_messages_to_turn_on(jurisdiction):
    with pytest.raises(ChangeNotAllowed):
        do(by_reporter.choose_messages, submitted(jurisdiction), wanted=True)


# --- erasing ----------------------------------------------------------------------------------------


def test_erasing_takes_out_what_the_reporter_left_and_nothing_else(jurisdiction, report, crew):
    mine, ours = kept_photo(jurisdiction), kept_photo(jurisdiction, "c" * 40)
    do(by_reporter.add, report, "Jeg heter Nordmann", [mine])
    with transaction():
        found = lock(report.id, by_id(report.id).version)
        write_message(found, Work(version=found.version, message="Vi kommer"), crew, now=NOW)
        pictures.attach(found, [ours], shows=PhotoShows.FIX, added_by="staff", now=NOW)
    before = len(by_id(report.id).history)
    do(by_reporter.erase, report)
    do(by_reporter.erase, report)
    found = by_token(report.token)
    assert (found.description, found.answers, found.idempotency_fingerprint) == ("", {}, None)
    assert added.contact_of(report.id) is None
    assert session().scalars(select(Photo.key)).all() == [ours]
    assert ("photos.remove_files", {"keys": [mine]}) in orders()
    assert [entry.message for entry in found.history if entry.message] == ["Vi kommer"]
    assert len(found.history) == before + 1
    assert by_reporter.choices(found, now=NOW).is_erased


def test_nothing_of_what_was_erased_is_left_anywhere_in_the_database(report):
    do(by_reporter.add, report, "Ring Nordmann", [])
    do(by_reporter.erase, report)
    tables = session().scalars(
        text(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    )
    for table in tables.all():
        rows = session().execute(text(f"SELECT t::text FROM {table} AS t")).scalars()
        assert not [row for row in rows if "Nordmann" in row or MAIL in row or "Dypt hull" in row]


def test_a_key_that_was_used_makes_no_second_report_after_erasing(jurisdiction):
    made = submitted(jurisdiction, idempotency_key="a-key-of-a-form")
    do(by_reporter.erase, made)
    again = submitted(jurisdiction, idempotency_key="a-key-of-a-form")
    assert (again.number, again.description) == (made.number, "")
    assert session().scalar(select(func.count()).select_from(ServiceRequest)) == 1


# --- everything together ----------------------------------------------------------------------------

REPORTERS = ("add", "nudge", "not_fixed", "withdraw", "rate", "messages", "erase")
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*REPORTERS, *(("staff", status) for status in Status)]),
        st.integers(0, 40),
    ),
    max_size=12,
)
REFUSALS = (Conflict, Invalid)


def _by_reporter(verb, report, now):
    found = by_id(report.id)
    match verb:
        case "add":
            by_reporter.add(found.id, "Mer", [], now=now)
        case "nudge":
            by_reporter.nudge(found.id, now=now)
        case "not_fixed":
            work = Work(version=found.version, message="Ikke rettet")
            by_reporter.say_not_fixed(found.id, work, [], now=now)
        case "withdraw":
            by_reporter.withdraw(found.id, found.version, now=now)
        case "rate":
            by_reporter.rate(found.id, 4, now=now)
        case "messages":
            by_reporter.choose_messages(found.id, wanted=False, now=now)
        case "erase":
            by_reporter.erase(found.id, now=now)


def _by_staff(target, report, desk, now):
    found = lock(report.id, by_id(report.id).version)
    department_id = found.department_id
    work = Work(
        version=found.version,
        message="Slik ble det",
        led_to_improvement=True if target == Status.FIXED else None,
        department_id=department_id,
    )
    change_status(found, target, work, SYSTEM if target == Status.FORWARDED else desk, now=now)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_reporter_and_staff_do_counts_are_exact_and_history_adds_up(
    jurisdiction, desk, steps
):
    for table in ("service_request", "contact", "count_ledger", "yearly_count"):
        session().execute(text(f"DELETE FROM {table}"))
    session().commit()
    report, now = submitted(jurisdiction, now=NOW, email=MAIL), NOW
    rows = len(by_id(report.id).history)
    for verb, days in steps:
        now += timedelta(days=days)
        try:
            with transaction():
                if isinstance(verb, tuple):
                    _by_staff(verb[1], report, desk, now)
                else:
                    _by_reporter(verb, report, now)
        except REFUSALS:
            session().expire_all()
        found = by_id(report.id)
        assert len(found.history) >= rows  # never fewer
        rows = len(found.history)
        told = [entry.status for entry in found.history if entry.status]
        assert found.status == told[-1]
        assert (found.closed_at is None) == (found.status in OPEN)
        assert found.status in CLOSED or not found.led_to_improvement
    with transaction():
        fold_counts()
    assert _figures() == _counted()


def _figures():
    query = (
        "SELECT coalesce(sum(received), 0), coalesce(sum(led_to_improvement), 0) FROM yearly_count"
    )
    return tuple(session().execute(text(query)).one())


def _counted():
    one = session().scalars(select(ServiceRequest)).one()
    if one.status == Status.REJECTED:
        return (0, 0)
    return (1, int(one.led_to_improvement))
