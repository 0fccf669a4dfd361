from datetime import UTC, datetime, timedelta

import pytest

from app.administration.queries import override_shares
from app.database import transaction
from app.departments.queries import by_code
from app.security import Role
from app.service_requests.operations import Work, lock, refuse, send_elsewhere

from ..factories import actor, staff, submitted

NOW = datetime(2026, 10, 2, 9, tzinfo=UTC)


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))


def shares(jurisdiction, days=1):
    return override_shares(jurisdiction.id, NOW - timedelta(days=days))


def test_each_rule_has_its_decisions_and_how_often_people_undid_them(jurisdiction, desk):
    kept, moved, refused = (submitted(jurisdiction, now=NOW) for _ in range(3))
    by_group, crew = kept.routing_rule_id, actor(staff(jurisdiction))
    waste = by_code(jurisdiction.id, "waste")
    with transaction():
        work = Work(version=moved.version, department_id=waste.id)
        send_elsewhere(lock(moved.id, moved.version), work, desk, now=NOW)
    with transaction():
        work = Work(version=refused.version, message="Ikke vår vei")
        refuse(lock(refused.id, refused.version), work, crew, now=NOW)
    assert shares(jurisdiction) == {by_group: (3, 2)}


def test_what_the_first_line_got_belongs_to_no_rule(jurisdiction):
    submitted(jurisdiction, service_code="OTHER-ANYTHING", now=NOW)
    assert shares(jurisdiction) == {}


def test_older_decisions_do_not_count(jurisdiction):
    submitted(jurisdiction, now=NOW - timedelta(days=2))
    assert shares(jurisdiction) == {}
    assert [decided for decided, _ in shares(jurisdiction, days=3).values()] == [1]
