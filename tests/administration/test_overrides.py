from datetime import UTC, datetime, timedelta

import pytest

from app.administration.queries import override_shares
from app.database import session, transaction
from app.departments.queries import by_code
from app.roles import Role
from app.service_requests.acting import Work
from app.service_requests.models import HistoryEntry
from app.service_requests.operations import lock, refuse, send_elsewhere
from app.service_requests.status import Status

from ..factories import actor, changed, staff, submitted

NOW = datetime(2026, 10, 2, 9, tzinfo=UTC)


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))


def shares(jurisdiction, days=1):
    return override_shares(jurisdiction.id, NOW - timedelta(days=days))


def elsewhere(jurisdiction, report, desk):
    with transaction():
        work = Work(version=report.version, department_id=by_code(jurisdiction.id, "waste").id)
        send_elsewhere(lock(report.id, report.version), work, desk, now=NOW)


def test_each_rule_has_its_decisions_and_how_often_people_undid_them(jurisdiction, desk):
    kept, moved, refused = (submitted(jurisdiction, now=NOW) for _ in range(3))
    by_group, crew = kept.routing_rule_id, actor(staff(jurisdiction))
    elsewhere(jurisdiction, moved, desk)
    with transaction():
        work = Work(version=refused.version, message="Ikke vår vei")
        refuse(lock(refused.id, refused.version), work, crew, now=NOW)
    assert shares(jurisdiction) == {by_group: (3, 2)}


def test_what_was_undone_of_older_decisions_does_not_count(jurisdiction, desk):
    old = submitted(jurisdiction, now=NOW - timedelta(days=2))
    by_group = submitted(jurisdiction, now=NOW).routing_rule_id
    elsewhere(jurisdiction, old, desk)
    assert shares(jurisdiction) == {by_group: (1, 0)}


def test_a_report_that_was_undone_twice_counts_once(jurisdiction, desk):
    report = submitted(jurisdiction, now=NOW)
    by_group = report.routing_rule_id
    elsewhere(jurisdiction, report, desk)
    with transaction():
        again = {"kind": "rerouted", "occurred_at": NOW, "actor": "staff"}
        owner = {"jurisdiction_id": jurisdiction.id, "service_request_id": report.id}
        session().add(HistoryEntry(**again, **owner, data={"rule": by_group}))
    assert shares(jurisdiction) == {by_group: (1, 1)}


def test_demo_reports_and_rejected_ones_do_not_count(jurisdiction, desk):
    submitted(jurisdiction, now=NOW, is_demo=True)
    changed(submitted(jurisdiction, now=NOW), Status.REJECTED, desk, message="Tull", now=NOW)
    assert shares(jurisdiction) == {}


def test_what_the_first_line_got_belongs_to_no_rule(jurisdiction):
    submitted(jurisdiction, service_code="OTHER-ANYTHING", now=NOW)
    assert shares(jurisdiction) == {}


def test_older_decisions_do_not_count(jurisdiction):
    submitted(jurisdiction, now=NOW - timedelta(days=2))
    assert shares(jurisdiction) == {}
    assert [decided for decided, _ in shares(jurisdiction, days=3).values()] == [1]
