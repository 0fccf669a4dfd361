"""Everything told anew from history: after real operations it is what the columns and the figures say."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.database import session, transaction
from app.roles import Role
from app.service_requests.acting import Work
from app.service_requests.kinds import EntryKind, Visibility
from app.service_requests.operations import lock, send_elsewhere
from app.service_requests.status import Status
from app.yearbook import recount as counting
from app.yearbook.operations import seal
from app.yearbook.recount import recount
from app.yearbook.replay import UNTOLD, Entry, differing, replay, untold
from benchmarks.recount import Player

from ..factories import actor, changed, staff, submitted

DAY = datetime(2025, 3, 3, 8, tzinfo=UTC)


def entry(kind, days=0, **values):
    given = {
        "actor": "staff",
        "department_id": None,
        "status": None,
        "visibility": Visibility.PUBLIC,
    }
    return Entry(kind=kind, occurred_at=DAY + timedelta(days=days), **given | values)


BEGUN = (
    entry(EntryKind.RECEIVED, actor="reporter", status="received", service="ROAD-POTHOLE"),
    entry(EntryKind.ROUTED, actor="system", status="assigned", department_id=7),
)


def test_a_report_as_it_came_in():
    story = replay(BEGUN)
    assert (story.status, story.department_id, story.service) == ("assigned", 7, "ROAD-POTHOLE")
    assert (story.requested_at, story.first_response_at, story.closed_at) == (DAY, None, None)
    assert not story.led_to_improvement


def test_the_first_word_from_others_is_the_first_answer():
    story = replay(
        [
            *BEGUN,
            entry(EntryKind.MESSAGE, 1, actor="reporter", visibility=Visibility.INTERNAL),
            entry(EntryKind.PRELIMINARY, 2, actor="system"),
            entry(EntryKind.MESSAGE, 3),
            entry(EntryKind.STATUS, 4, status="fixed", led_to_improvement=True),
        ]
    )
    assert story.first_response_at == DAY + timedelta(days=3)
    assert story.closed_at == DAY + timedelta(days=4)
    assert story.led_to_improvement


def test_opened_again_it_has_led_to_nothing():
    story = replay(
        [
            *BEGUN,
            entry(EntryKind.STATUS, 1, status="fixed", led_to_improvement=True),
            entry(EntryKind.STATUS, 2, status="assessing"),
        ]
    )
    assert (story.status, story.closed_at, story.led_to_improvement) == ("assessing", None, False)


def test_an_answer_that_nobody_asked_for_counts_nowhere(app, jurisdiction):
    desk = actor(staff(jurisdiction, role=Role.FIRST_LINE))
    report = submitted(jurisdiction, now=DAY)
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    changed(report, Status.ASSESSING, desk, led_to_improvement=True)
    assert not report.led_to_improvement
    assert "led_to_improvement" not in report.history[-1].data
    older = [*BEGUN, entry(EntryKind.STATUS, 1, status="assessing", led_to_improvement=True)]
    assert not replay(older).led_to_improvement
    assert recount().faults == []


@pytest.mark.parametrize("answered", [True, False])
def test_a_report_from_elsewhere_is_answered_when_its_message_says_so(answered):
    message = [entry(EntryKind.MESSAGE, 1, actor="import")] if answered else []
    last = entry(EntryKind.STATUS, 5, actor="import", status="no_action", led_to_improvement=False)
    story = replay([*BEGUN, *message, last])
    assert story.first_response_at == (DAY + timedelta(days=1) if answered else None)
    assert story.closed_at == DAY + timedelta(days=5)


def test_what_older_history_does_not_tell_is_not_guessed():
    story = replay(
        [
            entry(EntryKind.RECEIVED, actor="reporter", status="received"),
            entry(EntryKind.ROUTED, actor="system", status="received", department_id=7),
            entry(EntryKind.REROUTED, 1, status="assigned", department_id=8),
            entry(EntryKind.STATUS, 2, status="forwarded", department_id=3),
        ]
    )
    assert (story.service, story.department_id, story.first_response_at) == (UNTOLD,) * 3
    assert untold(story) == 3
    columns = story.facts() | {
        "service": "X",
        "department_id": 3,
        "first_response_at": DAY,
        "led_to_improvement": False,
    }
    assert differing(story, columns, None) == []


def test_a_repeated_report_follows_its_original(app, jurisdiction):
    desk = actor(staff(jurisdiction, role=Role.FIRST_LINE))
    first, second = submitted(jurisdiction, now=DAY), submitted(jurisdiction, now=DAY)
    changed(second, Status.DUPLICATE, desk, original_number=first.number)
    changed(first, Status.FIXED, desk, led_to_improvement=True)
    assert recount().faults == []
    with transaction() as current:
        current.execute(
            text("UPDATE service_request SET led_to_improvement = false WHERE id = :id"),
            {"id": second.id},
        )
    assert recount().faults[0] == f"{second.number}: led_to_improvement differ from the history"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("status = 'planned'", "status"),
        ("led_to_improvement = true", "led_to_improvement"),
        ("first_response_at = now()", "first_response_at"),
        ("refusals = 1", "refusals"),
        ("received_year = 2024", "received_year"),
        ("department_id = (SELECT max(id) FROM department)", "department_id"),
        ("service_id = (SELECT id FROM service WHERE code = 'LIGHT-DARK')", "service"),
    ],
)
def test_a_column_that_nobody_wrote_history_for_is_found(app, jurisdiction, change, named):
    report = submitted(jurisdiction, now=DAY)
    assert recount().wrong == 0
    with transaction() as current:
        current.execute(text(f"UPDATE service_request SET {change}"))
    outcome = recount()
    assert outcome.faults[0].startswith(f"{report.number}: {named}")


def test_kept_counts_that_differ_are_found(app, jurisdiction):
    submitted(jurisdiction, now=DAY)
    with transaction() as current:
        current.execute(text("UPDATE count_ledger SET received = received + 1"))
    assert recount().faults == ["1505, 2025: the kept counts differ from the history"]


def test_reports_are_read_in_batches(app, jurisdiction, monkeypatch):
    monkeypatch.setattr(counting, "BATCH", 2)
    for _ in range(5):
        submitted(jurisdiction, now=DAY)
    ticks: list[int] = []
    outcome = recount(ticks.append)
    assert (ticks, outcome.reports, outcome.faults) == ([2, 2, 1], 5, [])


def test_what_an_outside_body_had_and_gave_back_has_led_to_nothing(app, jurisdiction):
    desk = actor(staff(jurisdiction, role=Role.FIRST_LINE))
    report = submitted(jurisdiction, now=DAY)
    changed(report, Status.FORWARDED, desk, department_id=report.department_id)
    with transaction() as current:
        current.execute(text("UPDATE service_request SET led_to_improvement = true"))
    session().expire_all()
    with transaction():
        found = lock(report.id, report.version)
        work = Work(version=found.version, department_id=_other(jurisdiction, found))
        send_elsewhere(found, work, desk, now=datetime.now(UTC))
    assert not report.led_to_improvement
    assert recount().faults == []


def _other(jurisdiction, report):
    query = text("SELECT id FROM department WHERE jurisdiction_id = :id AND id <> :own LIMIT 1")
    return session().scalar(query, {"id": jurisdiction.id, "own": report.department_id})


@pytest.mark.parametrize("seed", [1, 2])
def test_hundreds_of_random_operations_are_told_by_history(app, jurisdiction, seed):
    player = Player("1505", seed)
    player.play(150)
    with transaction():
        for year in (2024, 2025):
            seal(jurisdiction, year, public_from=None, by=None, now=datetime.now(UTC))
    player.play(150)
    outcome = recount()
    assert outcome.faults == []
    assert outcome.untold == 0
    assert outcome.reports == player.done["submit"] > 40
    assert player.done["change"] > 50
    rows = session().scalar(text("SELECT count(*) FROM figure_revision"))
    assert rows > 5
