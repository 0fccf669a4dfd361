"""A department refuses, staff send elsewhere, an outside body answers."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.database import session, transaction
from app.departments.queries import by_code
from app.errors import ChangeNotAllowed, Invalid
from app.roles import Role
from app.routing.models import RoutingRule
from app.service_requests.acting import Actor, Work
from app.service_requests.models import HistoryEntry
from app.service_requests.operations import accept, lock, mark_forwarded, refuse, send_elsewhere
from app.service_requests.status import Party, Status
from app.service_requests.timeline import steps

from ..factories import actor, changed, orders, rule, staff, submitted

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
OUTSIDE = Actor(account_id=None, roles=frozenset({Party.OUTSIDE}), department_id=None)


@pytest.fixture
def crew(jurisdiction):
    return actor(staff(jurisdiction))


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, "desk@example.org"))


@pytest.fixture
def rules(jurisdiction):
    """Further rules for potholes, which go again."""
    made = []

    def add(department, **values):
        with transaction():
            made.append(rule(jurisdiction, department, service="ROAD-POTHOLE", **values).id)
        return made[-1]

    yield add
    session().rollback()
    with transaction():
        for key in made:
            session().delete(session().get_one(RoutingRule, key))


def refused(report, who, message="Ikke vår vei."):
    with transaction():
        found = lock(report.id, report.version)
        refuse(found, Work(version=found.version, message=message), who, now=NOW)
    return found


def sent_elsewhere(jurisdiction, report, who, code, **work):
    with transaction():
        found = lock(report.id, report.version)
        key = by_code(jurisdiction.id, code).id
        wanted = Work(version=found.version, department_id=key, **work)
        send_elsewhere(found, wanted, who, now=NOW)
    return found


def where(report):
    return report.department.code, report.status


def kinds(report):
    query = select(HistoryEntry.kind).where(HistoryEntry.service_request_id == report.id)
    return session().scalars(query.order_by(HistoryEntry.id)).all()


# --- refusing ---------------------------------------------------------------------------------------


def test_a_refused_report_goes_to_the_next_rule_that_fits(jurisdiction, crew, rules):
    report = submitted(jurisdiction, now=NOW)
    rules("waste", rank=90)
    found = refused(report, crew)
    assert where(found) == ("waste", "assigned")
    assert found.routing_reason["nb"].startswith(
        "Kommunalteknikk – vei svarte at den ikke er deres. Renovasjon "
    )
    assert kinds(found) == ["received", "routed", "refused", "routed"]
    assert orders()[-1][0] == "notifications.tell_reporter"


def test_it_never_comes_back_to_who_refused_it(jurisdiction, crew, rules):
    report = submitted(jurisdiction, now=NOW)
    rules("roads", rank=90)
    assert where(refused(report, crew)) == ("service_desk", "assessing")


def test_after_two_refusals_the_first_line_finds_out_whose_it_is(jurisdiction, crew, rules):
    report = submitted(jurisdiction, now=NOW)
    rules("waste", rank=90)
    rules("street_lights", rank=91)
    once = refused(report, crew)
    twice = refused(once, actor(staff(jurisdiction, "waste", email="waste@example.org")))
    assert where(twice) == ("service_desk", "assessing")
    assert twice.refusals == 2


def test_a_place_that_is_no_longer_ours_falls_to_the_first_line(jurisdiction, crew):
    report = submitted(jurisdiction, now=NOW)
    with transaction():
        before = jurisdiction.boundary
        elsewhere = "SRID=4326;MULTIPOLYGON(((8 62,8.1 62,8.1 62.1,8 62)))"
        jurisdiction.boundary = elsewhere
    try:
        assert where(refused(report, crew)) == ("service_desk", "assessing")
    finally:
        with transaction():
            jurisdiction.boundary = before


def test_the_reporter_is_told_that_the_first_line_has_it_again(jurisdiction, crew):
    report = submitted(jurisdiction, email="reporter@example.org", now=NOW)
    found = refused(report, crew)
    entry = found.history[-1]
    assert (entry.kind, entry.status) == ("refused", "assessing")
    assert orders()[-1] == ("notifications.tell_reporter", {"history_entry_id": entry.id})
    assert "Servicetorget" in found.routing_reason["nb"]


def test_the_first_line_has_nobody_to_refuse_to(jurisdiction, crew, desk):
    report = refused(submitted(jurisdiction, now=NOW), crew)
    with pytest.raises(ChangeNotAllowed):
        refused(report, desk)


def test_the_reason_of_a_refusal_is_asked_for_and_only_for_staff(jurisdiction, crew):
    report = submitted(jurisdiction, now=NOW)
    with pytest.raises(Invalid):
        refused(report, crew, message=None)
    session().rollback()
    entry = next(item for item in refused(report, crew).history if item.kind == "refused")
    assert (entry.message, entry.visibility) == ("Ikke vår vei.", "internal")


def test_a_closed_report_is_not_refused(jurisdiction, crew):
    report = changed(submitted(jurisdiction), Status.FIXED, crew, led_to_improvement=True)
    with pytest.raises(ChangeNotAllowed):
        refused(report, crew)


# --- sending elsewhere ------------------------------------------------------------------------------


def test_staff_send_a_report_elsewhere_and_the_rule_they_overrode_is_remembered(jurisdiction, desk):
    report = submitted(jurisdiction, email="reporter@example.org", now=NOW)
    decided = report.routing_rule_id
    found = sent_elsewhere(jurisdiction, report, desk, "waste", message="Det er søppel.")
    assert where(found) == ("waste", "assigned")
    entry = found.history[-1]
    assert (entry.kind, entry.visibility, entry.data["rule"]) == ("rerouted", "internal", decided)
    assert found.routing_rule_id is None
    assert "Waste collection" in found.routing_reason["en"]


def test_a_crew_does_not_send_elsewhere(jurisdiction, crew):
    with pytest.raises(ChangeNotAllowed):
        sent_elsewhere(jurisdiction, submitted(jurisdiction), crew, "waste")


@pytest.mark.parametrize("key", [None, 0, 999_999])
def test_a_department_that_is_none_is_refused(jurisdiction, desk, key):
    report = submitted(jurisdiction)
    work = Work(version=report.version, department_id=key)
    with pytest.raises(Invalid), transaction():
        send_elsewhere(lock(report.id, report.version), work, desk, now=NOW)


def test_what_goes_outside_is_ordered_to_be_sent_and_told_when_it_has_gone(jurisdiction, desk):
    report = submitted(jurisdiction, email="reporter@example.org", now=NOW)
    found = sent_elsewhere(jurisdiction, report, desk, "county")
    assert orders()[-1] == ("forwarding.forward", {"history_entry_id": found.history[-1].id})
    assert where(found) == ("county", "assigned")


def test_what_leaves_the_house_has_no_date_of_ours_and_gets_one_when_it_comes_back(
    jurisdiction, desk
):
    report = submitted(jurisdiction, now=NOW)
    promised = report.due_at
    out = sent_elsewhere(jurisdiction, report, desk, "county")
    assert (out.due_at, out.first_response_at) == (None, None)
    back = sent_elsewhere(jurisdiction, out, desk, "roads")
    assert back.due_at is not None
    assert promised is not None
    assert sent_elsewhere(jurisdiction, back, desk, "waste").due_at == back.due_at


# --- outside ----------------------------------------------------------------------------------------


@pytest.fixture
def passed_on(jurisdiction, desk):
    """A report that the county has got."""
    report = submitted(jurisdiction, email="reporter@example.org", now=NOW)
    found = sent_elsewhere(jurisdiction, report, desk, "county")
    with transaction():
        mark_forwarded(lock(found.id, found.version), now=NOW)
    return found


def test_the_timeline_of_a_report_that_came_back_ends_where_it_is(passed_on):
    found = refused(passed_on, OUTSIDE)
    words = [step.state for step in steps(found.history, Status(found.status), found.due_at)]
    reached = steps(found.history, Status(found.status), found.due_at)
    assert words.index("now") == 2
    assert [step.word for step in reached][:3] == [
        "Mottatt",
        "Sendt til annen eier",
        "Sendt til ansvarlig",
    ]


def test_a_report_that_has_gone_is_forwarded_and_the_reporter_is_told(passed_on):
    assert where(passed_on) == ("county", "forwarded")
    assert passed_on.closed_at == NOW
    entry = passed_on.history[-1]
    assert (entry.kind, entry.actor, entry.status) == ("status", "system", "forwarded")
    assert orders()[-1] == ("notifications.tell_reporter", {"history_entry_id": entry.id})


def test_the_outside_body_takes_it_on_without_changing_the_status(passed_on):
    with transaction():
        accept(
            lock(passed_on.id, passed_on.version), Work(version=0, message="Ja."), OUTSIDE, now=NOW
        )
    assert where(passed_on) == ("county", "forwarded")
    assert passed_on.history[-1].kind == "accepted"


def test_the_outside_body_is_done(passed_on):
    found = changed(passed_on, Status.FIXED, OUTSIDE, led_to_improvement=True)
    assert (found.status, found.led_to_improvement) == ("fixed", True)
    assert found.history[-1].actor == "outside"


def test_the_outside_body_refuses_and_the_rules_find_another(passed_on):
    assert where(refused(passed_on, OUTSIDE)) == ("roads", "assigned")


def test_only_an_outside_body_that_has_it_can_take_it_on(jurisdiction, passed_on, crew):
    for report, who in ((submitted(jurisdiction), OUTSIDE), (passed_on, crew)):
        with pytest.raises(ChangeNotAllowed), transaction():
            accept(lock(report.id, report.version), Work(version=0), who, now=NOW)
