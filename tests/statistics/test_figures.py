"""Every measure against an independent count in plain Python over random reports; small cells; periods."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from app.catalog.models import Service
from app.database import session, transaction
from app.departments.models import Department
from app.geo.positions import Position
from app.service_requests import queries
from app.service_requests.filter import Filter
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN, Status
from app.statistics.figures import Dimension, Period, Question, behind, figures, narrowed
from app.statistics.measures import MEASURES
from app.statistics.models import POPULATION, Indicator, IndicatorSeries

from ..factories import GRIP, TOWN

OSLO = ZoneInfo("Europe/Oslo")
NOW = datetime(2026, 8, 15, 10, tzinfo=UTC)
SERVICES = {"ROAD-POTHOLE": "road", "LIGHT-DARK": "street_light", "ROAD-SIGN": "road"}
PLACES = {"kirkelandet": TOWN, "grip": GRIP, "none": Position(longitude=7.66, latitude=63.17)}


@dataclass
class Plain:
    """A report as the test itself knows it."""

    service: str
    group: str
    department: str
    district: str
    road: str
    channel: str
    device: str
    status: str
    improved: bool
    at: datetime
    due: datetime
    answered: datetime | None
    closed: datetime | None

    def period(self, period):
        local = self.at.astimezone(OSLO)
        return {
            Period.YEAR: f"{local.year}",
            Period.QUARTER: f"{local.year}-Q{(local.month + 2) // 3}",
            Period.MONTH: f"{local.year}-{local.month:02d}",
        }[period]


def made(random):
    at = datetime(2024, 12, 20, tzinfo=UTC) + timedelta(minutes=random.randrange(60 * 24 * 600))
    service = random.choice(list(SERVICES))
    status = random.choice([status.value for status in Status if status.value != "unknown"])
    wait = timedelta(hours=random.randrange(1, 900))
    is_open = status in OPEN
    return Plain(
        service=service,
        group=SERVICES[service],
        department=random.choice(["roads", "service_desk"]),
        district=random.choice(list(PLACES)),
        road=random.choice(["K", "F", "none"]),
        channel=random.choice(["web", "api"]),
        device=random.choice(["phone", "computer", "unknown"]),
        status=status,
        improved=not is_open and random.random() < 0.6,
        at=at,
        due=at + timedelta(hours=random.randrange(1, 400)),
        answered=at + wait if random.random() < 0.7 else None,
        closed=None if is_open else at + wait * 2,
    )


def store(jurisdiction, reports):
    """The reports as rows: what the triggers add is the database's own."""
    services = dict(session().execute(select(Service.code, Service.id)).all())
    departments = dict(session().execute(select(Department.code, Department.id)).all())
    with transaction() as current:
        for number, report in enumerate(reports, 1):
            year = report.at.astimezone(OSLO).year
            row = ServiceRequest(
                jurisdiction_id=jurisdiction.id,
                number=f"KSU-{year}-{number:06d}",
                token=f"token-{number}",
                service_id=services[report.service],
                department_id=departments[report.department],
                position=PLACES[report.district].as_column(),
                description="",
                status=report.status,
                led_to_improvement=report.improved,
                requested_at=report.at,
                received_year=year,
                updated_at=report.at,
                first_response_due_at=report.due,
                first_response_at=report.answered,
                closed_at=report.closed,
                channel=report.channel,
                device_class=report.device,
                language="nb",
                routing_reason={},
                road_category=None if report.road == "none" else report.road,
            )
            current.add(row)


def p90(values):
    """The 90th percentile by hand: between the two nearest, in proportion."""
    ordered = sorted(values)
    at = (len(ordered) - 1) * 0.9
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def days(start, end):
    return (end - start).total_seconds() / 86_400


def measured(reports):
    """Every measure by the published rules, written once more."""
    answers = [days(report.at, report.answered) for report in reports if report.answered]
    fixes = [days(report.at, report.closed) for report in reports if report.status == "fixed"]
    due = [report for report in reports if report.answered or report.due < NOW]
    in_time = [report for report in due if report.answered and report.answered <= report.due]
    improved = sum(report.improved for report in reports)
    return {
        "received": len(reports),
        "led_to_improvement": improved,
        "improvement_share": improved / len(reports) if reports else None,
        "answered_in_time_share": len(in_time) / len(due) if due else None,
        "first_answer_days_median": median(answers) if answers else None,
        "first_answer_days_p90": p90(answers) if answers else None,
        "fix_days_median": median(fixes) if fixes else None,
        "fix_days_p90": p90(fixes) if fixes else None,
        "still_open": sum(report.status in OPEN for report in reports),
        "received_per_1000": None,
    }


@pytest.fixture
def stored(jurisdiction):
    random = Random(5)
    reports = [made(random) for _ in range(160)]
    store(jurisdiction, reports)
    return [report for report in reports if report.status != "rejected"]


def test_every_measure_equals_a_count_by_hand_in_every_period(jurisdiction, stored):
    wanted = Filter(jurisdiction_id=jurisdiction.id)
    for period in (Period.YEAR, Period.QUARTER, Period.MONTH):
        rows = figures(Question(filter=wanted, period=period, by=(Dimension.GROUP,)), now=NOW)
        assert {row.period for row in rows} >= {report.period(period) for report in stored}
        for row in rows:
            code = row.keys[Dimension.GROUP]
            mine = [
                report
                for report in stored
                if report.period(period) == row.period and code in {"total", report.group}
            ]
            assert row.values == pytest.approx(measured(mine)), row


@pytest.mark.parametrize(
    "dimension",
    [dimension for dimension in Dimension if dimension != Dimension.JURISDICTION],
)
def test_every_dimension_divides_as_a_count_by_hand(jurisdiction, stored, dimension):
    wanted = Filter(jurisdiction_id=jurisdiction.id)
    rows = figures(Question(filter=wanted, period=None, by=(dimension,)), now=NOW)
    values = {getattr(report, dimension.value) for report in stored}
    assert {row.keys[dimension] for row in rows} == values | {"total"}
    for row in rows:
        code = row.keys[dimension]
        mine = [r for r in stored if code in {"total", getattr(r, dimension.value)}]
        assert row.values == pytest.approx(measured(mine))


def test_rolling_windows_are_twelve_whole_months(jurisdiction, stored):
    question = Question(filter=Filter(jurisdiction_id=jurisdiction.id), period=Period.ROLLING_12)
    rows = figures(question, now=NOW)
    assert rows[0].period == "2025-11"
    assert rows[-1].period == "2026-07"
    for row in rows:
        year, month = map(int, row.period.split("-"))
        names = {f"{y}-{m:02d}" for y, m in last_twelve(year, month)}
        mine = [report for report in stored if report.period(Period.MONTH) in names]
        assert row.values == pytest.approx(measured(mine))
        listed = narrowed(question, row, "Europe/Oslo")
        assert queries.count(listed) == len(mine)


def last_twelve(year, month):
    return [
        ((year * 12 + month - 1 - back) // 12, (year * 12 + month - 1 - back) % 12 + 1)
        for back in range(12)
    ]


CONDITIONS = {
    "services": (("ROAD-SIGN",), lambda r: r.service == "ROAD-SIGN"),
    "groups": (("road",), lambda r: r.group == "road"),
    "department_codes": (("roads",), lambda r: r.department == "roads"),
    "districts": (("grip", "none"), lambda r: r.district in {"grip", "none"}),
    "road_categories": (("K", "none"), lambda r: r.road in {"K", "none"}),
    "channels": (("api",), lambda r: r.channel == "api"),
    "device_classes": (("phone",), lambda r: r.device == "phone"),
    "year": (2025, lambda r: r.at.astimezone(OSLO).year == 2025),
    "led_to_improvement": (False, lambda r: not r.improved),
    "answered_in_time": (True, lambda r: r.answered is not None and r.answered <= r.due),
    "statuses": ((Status.FIXED, Status.PLANNED), lambda r: r.status in {"fixed", "planned"}),
    "start": (
        datetime(2025, 3, 1, tzinfo=OSLO),
        lambda r: r.at >= datetime(2025, 3, 1, tzinfo=OSLO),
    ),
    "end": (datetime(2025, 9, 1, tzinfo=OSLO), lambda r: r.at < datetime(2025, 9, 1, tzinfo=OSLO)),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_leaves_what_it_says(jurisdiction, stored, name):
    value, holds = CONDITIONS[name]
    wanted = replace(Filter(jurisdiction_id=jurisdiction.id, moment=NOW), **{name: value})
    expected = sum(1 for report in stored if holds(report))
    assert 0 < expected < len(stored)
    assert queries.count(wanted) == expected
    (row,) = figures(Question(filter=wanted, period=None), now=NOW)
    assert row.made_of["received"] == expected


def test_late_is_what_was_answered_late_or_is_late_now(jurisdiction, stored):
    wanted = Filter(jurisdiction_id=jurisdiction.id, moment=NOW, answered_in_time=False)
    late = [r for r in stored if (r.answered or NOW) > r.due]
    assert queries.count(wanted) == len(late)


def test_behind_each_figure_are_as_many_reports_as_it_is_made_of(jurisdiction, stored):
    base = Filter(jurisdiction_id=jurisdiction.id, groups=("road",))
    for period, by in product(
        Period, [(), (Dimension.SERVICE,), (Dimension.ROAD, Dimension.GROUP)]
    ):
        question = Question(filter=base, period=period, by=by)
        for row in figures(question, now=NOW)[::7]:
            for measure in MEASURES:
                listed = replace(
                    narrowed(question, row, "Europe/Oslo"), basis=measure.basis, moment=NOW
                )
                assert queries.count(listed) == row.made_of[measure.code], (row, measure)


def test_the_query_behind_a_figure_narrows_to_its_cell(jurisdiction, stored):
    question = Question(
        filter=Filter(jurisdiction_id=jurisdiction.id, groups=("road",)),
        period=Period.QUARTER,
        by=(Dimension.DEPARTMENT,),
    )
    row = next(
        row
        for row in figures(question, now=NOW)
        if row.period == "2025-Q4" and row.keys[Dimension.DEPARTMENT] == "roads"
    )
    assert behind(question, row, "still_open") == {
        "from": "2025-10-01",
        "to": "2026-01-01",
        "group": "road",
        "department": "roads",
        "measure": "still_open",
    }


def test_periods_without_reports_are_zero_and_shares_of_nothing_are_missing(jurisdiction):
    random = Random(1)
    first = replace(made(random), at=datetime(2026, 1, 5, tzinfo=UTC), status="assigned")
    store(jurisdiction, [replace(first, closed=None, improved=False)])
    wanted = Filter(jurisdiction_id=jurisdiction.id)
    rows = figures(Question(filter=wanted, period=Period.MONTH), now=NOW)
    assert [row.period for row in rows] == [f"2026-{month:02d}" for month in range(1, 9)]
    assert rows[3].values["received"] == 0
    assert rows[3].values["improvement_share"] is None
    assert rows[3].values["fix_days_median"] is None


def test_new_years_eve_counts_by_the_municipalitys_clock(jurisdiction):
    report = replace(made(Random(1)), at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC), status="fixed")
    store(jurisdiction, [replace(report, closed=report.at)])
    for period, code in (
        (Period.YEAR, "2026"),
        (Period.QUARTER, "2026-Q1"),
        (Period.MONTH, "2026-01"),
    ):
        wanted = Filter(jurisdiction_id=jurisdiction.id)
        (first, *_) = figures(Question(filter=wanted, period=period), now=NOW)
        assert (first.period, first.values["received"]) == (code, 1)


def test_rates_are_made_with_the_inhabitants_of_the_year_and_the_district(jurisdiction, stored):
    people = {(2025, None): 24_000, (2025, "grip"): 500, (2026, "grip"): 0}
    with transaction() as current:
        current.execute(text("DELETE FROM indicator_series WHERE code = 'population'"))
        series = IndicatorSeries(
            jurisdiction_id=jurisdiction.id,
            code=POPULATION,
            rank=1,
            name={"nb": "x"},
            unit="people",
        )
        current.add(series)
        current.flush()
        for (year, code), value in people.items():
            current.add(
                Indicator(
                    jurisdiction_id=jurisdiction.id,
                    series_id=series.id,
                    year=year,
                    district_code=code,
                    value=value,
                    source="test",
                )
            )
    try:
        question = Question(
            filter=Filter(jurisdiction_id=jurisdiction.id), by=(Dimension.DISTRICT,)
        )
        rows = {(r.period, r.keys[Dimension.DISTRICT]): r for r in figures(question, now=NOW)}
        of_2025 = [report for report in stored if report.period(Period.YEAR) == "2025"]
        on_grip = [report for report in of_2025 if report.district == "grip"]
        rate = {key: row.values["received_per_1000"] for key, row in rows.items()}
        assert rate["2025", "total"] == pytest.approx(len(of_2025) / 24)
        assert rate["2025", "grip"] == pytest.approx(len(on_grip) / 0.5)
        assert rate["2025", "kirkelandet"] is None
        assert rate["2026", "grip"] is None
    finally:
        session().rollback()
        with transaction() as current:
            current.execute(text("DELETE FROM indicator_series WHERE code = 'population'"))


def test_the_statements_do_not_grow_with_the_table(jurisdiction, stored, statements):
    sizes = set()
    for by in ((), (Dimension.GROUP,), (Dimension.SERVICE, Dimension.ROAD)):
        before = len(statements)
        rows = figures(
            Question(filter=Filter(jurisdiction_id=jurisdiction.id), by=by, period=Period.MONTH),
            now=NOW,
        )
        assert rows
        sizes.add(len(statements) - before)
    assert sizes <= {1, 2, 3}
    counting = [said for said in statements if "GROUPING SETS" in said]
    assert len(counting) == 3


def test_what_came_without_an_outcome_is_not_in_the_share(jurisdiction):
    reports = [
        replace(
            made(Random(n)), status="fixed", improved=n == 0, at=datetime(2026, 2, 1, tzinfo=UTC)
        )
        for n in range(4)
    ]
    reports = [replace(report, closed=report.at, answered=None) for report in reports]
    store(
        jurisdiction, [*reports[:2], *(replace(report, status="unknown") for report in reports[2:])]
    )
    (row,) = figures(Question(filter=Filter(jurisdiction_id=jurisdiction.id), period=None), now=NOW)
    assert row.values["improvement_share"] == 0.5
    assert row.made_of["improvement_share"] == 2
    assert row.values["received"] == 4
