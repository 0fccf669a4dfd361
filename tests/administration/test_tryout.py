from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.errors import QueryCanceled
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.administration import queries
from app.administration.tryout import TookTooLong, TryOut, try_draft
from app.catalog.models import ServiceGroup
from app.database import session, transaction
from app.departments.queries import by_code
from app.roles import Role
from app.routing.models import Area, RoutingDraft, RoutingRule
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status

from ..factories import GRIP, PASSWORD, TOWN, actor, changed, staff, submitted

NOW = datetime.now(UTC)
EMPTY_RULE = {
    "service_id": None,
    "service_group_id": None,
    "area_id": None,
    "channel": None,
    "road_categories": None,
    "road_manager": None,
    "asset_owner": None,
    "season_from": None,
    "season_to": None,
    "is_acute": None,
    "is_active": True,
}


@pytest.fixture(autouse=True)
def _without_drafts(app):
    yield
    session().rollback()
    with transaction():
        session().execute(text("DELETE FROM routing_draft"))


def in_force(jurisdiction) -> list[dict[str, Any]]:
    """The rules in force as a draft holds them."""
    rows = session().scalars(
        select(RoutingRule)
        .where(RoutingRule.jurisdiction_id == jurisdiction.id, RoutingRule.is_active)
        .order_by(RoutingRule.rank)
    )
    return [
        {name: getattr(row, name) for name in ("id", "rank", "name", "department_id", *EMPTY_RULE)}
        | {"key": str(row.id)}
        for row in rows
    ]


def new_rule(jurisdiction, department: str, *, rank: int = 0, **when: Any) -> dict[str, Any]:
    """A rule that is in the draft only."""
    found = by_code(jurisdiction.id, department)
    values = {"id": -1 - rank, "rank": rank, "name": f"ny {rank}", "department_id": found.id}
    return EMPTY_RULE | values | {"key": f"ny-{rank}"} | when


def drafted(jurisdiction, rules: list[dict[str, Any]]) -> None:
    with transaction() as current:
        current.add(
            RoutingDraft(jurisdiction_id=jurisdiction.id, version=1, rules=rules, updated_at=NOW)
        )


def tried(jurisdiction, *, days: float = 365) -> TryOut:
    end = datetime.now(UTC) + timedelta(minutes=1)
    found = try_draft(jurisdiction, start=end - timedelta(days=days), end=end)
    assert found is not None
    session().rollback()
    return found


def group(code: str) -> int:
    return session().scalars(select(ServiceGroup.id).where(ServiceGroup.code == code)).one()


def facts(report: ServiceRequest, **values: Any) -> ServiceRequest:
    """The report with other facts stored with it."""
    with transaction() as current:
        for name, value in values.items():
            setattr(report, name, value)
        current.flush()
    return report


def test_without_a_draft_there_is_nothing_to_try(jurisdiction):
    assert try_draft(jurisdiction, start=NOW - timedelta(days=1), end=NOW) is None


def test_a_draft_like_the_rules_in_force_moves_nothing(jurisdiction):
    for code in ("ROAD-POTHOLE", "WATER-LEAK", "OTHER-ANYTHING"):
        submitted(jurisdiction, service_code=code)
    drafted(jurisdiction, in_force(jurisdiction))
    found = tried(jurisdiction)
    assert (found.looked_at, found.moved, found.flows, found.points) == (3, 0, (), ())
    assert all(load.before == load.after for load in found.loads)


def test_it_says_which_reports_go_where_and_by_which_rules(jurisdiction):
    hole, _ = submitted(jurisdiction), submitted(jurisdiction, service_code="WATER-LEAK")
    drafted(
        jurisdiction,
        [new_rule(jurisdiction, "waste", service_group_id=group("road")), *in_force(jurisdiction)],
    )
    found = tried(jurisdiction)
    flow = found.flows[0]
    waste = by_code(jurisdiction.id, "waste")
    assert (found.looked_at, found.moved, len(found.flows)) == (2, 1, 1)
    assert (flow.source_id, flow.target_id, flow.count, flow.share) == (
        hole.department_id,
        waste.id,
        1,
        1.0,
    )
    assert [(old.id, new.name) for old, new in flow.rules] == [(hole.routing_rule_id, "ny 0")]
    point = found.points[0]
    assert (point.number, point.target_id) == (hole.number, waste.id)
    assert (point.longitude, point.latitude) == (TOWN.longitude, TOWN.latitude)


def test_each_rule_has_what_it_takes_now_and_in_the_draft(jurisdiction):
    submitted(jurisdiction)
    submitted(jurisdiction)
    kept = [rule for rule in in_force(jurisdiction) if rule["service_group_id"] != group("road")]
    drafted(jurisdiction, [new_rule(jurisdiction, "waste", rank=90), *kept])
    loads = {load.rule.name if load.rule else None: load for load in tried(jurisdiction).loads}
    assert (loads["ny 90"].before, loads["ny 90"].after) == (None, 2)
    assert (loads["Vei"].before, loads["Vei"].after) == (2, None)
    assert (loads["Vann"].before, loads["Vann"].after) == (0, 0)
    assert (loads[None].before, loads[None].after) == (0, 0)


def test_reports_that_no_rule_takes_go_to_the_first_line(jurisdiction):
    submitted(jurisdiction)
    drafted(jurisdiction, [])
    found = tried(jurisdiction)
    assert found.flows[0].target_id == by_code(jurisdiction.id, "service_desk").id
    assert found.loads[-1].after == 1


def test_the_baseline_is_what_the_rules_say_and_not_where_people_put_it(jurisdiction):
    report = submitted(jurisdiction)
    facts(report, department_id=by_code(jurisdiction.id, "waste").id)
    drafted(jurisdiction, in_force(jurisdiction))
    assert tried(jurisdiction).moved == 0


def test_rejected_reports_and_older_ones_are_left_out(jurisdiction):
    submitted(jurisdiction, now=NOW - timedelta(days=400))
    spam = submitted(jurisdiction)
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))
    changed(spam, Status.REJECTED, desk, message="Ikke en feil")
    drafted(jurisdiction, [])
    assert tried(jurisdiction).looked_at == 0
    assert tried(jurisdiction, days=500).looked_at == 1


@pytest.mark.parametrize(
    ("when", "stored"),
    [
        ({"road_categories": ["E", "R"]}, {"road_category": "R"}),
        ({"road_manager": "Fylket"}, {"road_manager": "Fylket"}),
        ({"asset_owner": "grid_company"}, {"asset_owner": "grid_company"}),
        ({"is_acute": True}, {"is_acute": True}),
        ({"channel": "api"}, {"channel": "api"}),
    ],
)
def test_the_facts_stored_with_a_report_decide(jurisdiction, when, stored):
    submitted(jurisdiction)
    told = facts(submitted(jurisdiction), **stored)
    rules = [new_rule(jurisdiction, "waste", **when), *in_force(jurisdiction)]
    drafted(jurisdiction, rules)
    assert [point.number for point in tried(jurisdiction).points] == [told.number]


@pytest.mark.parametrize(
    ("season", "moved"),
    [
        ((1015, 415), {"01-31", "02-01", "04-15", "10-15", "12-31"}),
        ((201, 415), {"02-01", "04-15"}),
        ((416, 1014), {"04-16", "10-14"}),
    ],
)
def test_a_season_is_by_the_municipalitys_clock(jurisdiction, season, moved):
    days = ["01-31", "02-01", "04-15", "04-16", "10-14", "10-15", "12-31"]
    written = {}
    for named in days:
        # Half past midnight in Kristiansund is the day before in UTC.
        local = datetime.fromisoformat(f"{NOW.year - 1}-{named}T00:30:00+01:00")
        if "04" <= named <= "10-16":
            local -= timedelta(hours=1)
        written[submitted(jurisdiction, now=local).number] = named
    rules = [
        new_rule(jurisdiction, "waste", season_from=season[0], season_to=season[1]),
        *in_force(jurisdiction),
    ]
    drafted(jurisdiction, rules)
    found = tried(jurisdiction, days=800)
    assert {written[point.number] for point in found.points} == moved


def test_an_area_decides_by_the_place(jurisdiction):
    grip = session().scalars(select(Area.id).where(Area.code == "grip")).one()
    submitted(jurisdiction)
    there = submitted(jurisdiction, position=GRIP)
    rules = [new_rule(jurisdiction, "waste", area_id=grip), *in_force(jurisdiction)]
    drafted(jurisdiction, rules)
    assert [point.number for point in tried(jurisdiction).points] == [there.number]


def test_rules_of_a_department_out_of_use_are_passed_over(jurisdiction):
    submitted(jurisdiction)
    rules = [new_rule(jurisdiction, "waste"), *in_force(jurisdiction)]
    drafted(jurisdiction, rules)
    waste = by_code(jurisdiction.id, "waste")
    waste.is_active = False
    session().flush()
    found = try_draft(jurisdiction, start=NOW - timedelta(days=1), end=NOW + timedelta(days=1))
    assert found is not None
    assert found.moved == 0


CODES = """SELECT code FROM service WHERE is_active AND NOT EXISTS (
    SELECT FROM service_question WHERE service_id = service.id AND is_required AND is_active)"""


def test_the_draft_and_the_decision_agree_on_every_service(jurisdiction):
    reports = [
        submitted(jurisdiction, service_code=code, position=position)
        for code in session().scalars(text(CODES))
        for position in (TOWN, GRIP)
    ]
    drafted(jurisdiction, [])
    found = tried(jurisdiction)
    taken = {load.rule.id: load.before for load in found.loads if load.rule}
    for rule_id, before in taken.items():
        assert before == sum(report.routing_rule_id == rule_id for report in reports)


def test_nothing_is_changed(jurisdiction):
    report = submitted(jurisdiction)
    before = report.version, report.updated_at, report.department_id
    drafted(jurisdiction, [])
    tried(jurisdiction)
    session().refresh(report)
    assert (report.version, report.updated_at, report.department_id) == before


def test_the_map_gets_the_newest_and_the_count_is_whole(jurisdiction, monkeypatch):
    monkeypatch.setattr("app.administration.tryout.MOST_POINTS", 2)
    numbers = [submitted(jurisdiction, now=NOW - timedelta(days=days)).number for days in (3, 1, 2)]
    drafted(jurisdiction, [])
    found = tried(jurisdiction)
    assert found.moved == 3
    assert [point.number for point in found.points] == [numbers[1], numbers[2]]


def test_what_takes_too_long_is_stopped_with_a_sentence(jurisdiction, monkeypatch):
    def slow(*_: Any, **__: Any) -> None:
        session().execute(text("SET LOCAL statement_timeout = '50ms'"))
        session().execute(text("SELECT pg_sleep(5)"))

    monkeypatch.setattr(queries, "try_draft", slow)
    with pytest.raises(TookTooLong) as stopped:
        try_draft(jurisdiction, start=NOW - timedelta(days=1), end=NOW)
    assert isinstance(stopped.value.__cause__, OperationalError)
    assert isinstance(stopped.value.__cause__.orig, QueryCanceled)
    assert session().scalar(text("SELECT 1")) == 1


@pytest.fixture
def administrator(jurisdiction, client):
    staff(jurisdiction, "roads", Role.ADMINISTRATOR, email="admin@example.org")
    client.post("/logg-inn", data={"email": "admin@example.org", "password": PASSWORD})
    client.set_cookie("language", "en")
    return client


def test_the_page_tells_the_finding_and_lists_the_reports(jurisdiction, administrator):
    hole = submitted(jurisdiction)
    submitted(jurisdiction, service_code="WATER-LEAK")
    drafted(
        jurisdiction,
        [new_rule(jurisdiction, "waste", service_group_id=group("road")), *in_force(jurisdiction)],
    )
    page = administrator.get("/styring/regler/prov")
    assert page.status_code == 200
    assert "1 of 2 reports would go elsewhere" in page.text
    assert f"/meldinger/{hole.number}" in page.text
    assert "Waste collection" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_page_says_when_nothing_would_move(jurisdiction, administrator):
    submitted(jurisdiction)
    drafted(jurisdiction, in_force(jurisdiction))
    assert "The only report would go to the same place as now" in (
        administrator.get("/styring/regler/prov").text
    )


def test_the_page_without_a_draft_has_a_way_on(jurisdiction, administrator):
    page = administrator.get("/styring/regler/prov")
    assert "There is no draft to try" in page.text
    assert 'href="/styring/regler"' in page.text


def test_the_page_takes_a_period(jurisdiction, administrator):
    submitted(jurisdiction, now=datetime(2024, 5, 17, 12, tzinfo=UTC))
    drafted(jurisdiction, [])
    page = administrator.get("/styring/regler/prov?fra=2024-05-17&til=2024-05-17")
    assert "1 of 1 reports would go elsewhere" in page.text


@pytest.mark.parametrize(
    ("period", "fault"),
    [
        ("fra=i+dag", "Write the day as year-month-day"),
        ("til=9999-12-31", "Write the day as year-month-day"),
        ("fra=2024-05-02&til=2024-05-01", "must not come before"),
    ],
)
def test_a_period_that_cannot_be_is_refused_at_its_field(
    jurisdiction, administrator, period, fault
):
    page = administrator.get(f"/styring/regler/prov?{period}")
    assert page.status_code == 422
    assert fault in page.text


def test_the_page_that_took_too_long_is_no_500(jurisdiction, administrator, monkeypatch):
    def stopped(*_: Any, **__: Any) -> None:
        raise TookTooLong("Too long.")

    monkeypatch.setattr("app.administration.tryout_views.try_draft", stopped)
    page = administrator.get("/styring/regler/prov")
    assert page.status_code == 503
    assert "Too long." in page.text


def test_only_administrators_may_try(jurisdiction, client):
    assert client.get("/styring/regler/prov").status_code == 303
    staff(jurisdiction)
    client.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    assert client.get("/styring/regler/prov").status_code == 403
