"""No two questions tell together what one of them hides; nothing too large is counted."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest

from app.errors import MalformedQuery
from app.service_requests.filter import Filter
from app.service_requests.status import CLOSED, OPEN, Status
from app.statistics import size
from app.statistics.figures import Dimension, Period, Question, figures
from app.statistics.measures import COUNTS
from app.statistics.safety import FILTERS, TooLarge
from app.statistics.small_cells import FEWEST, Line, Search

from .test_figures import NOW, made, store

OSLO = ZoneInfo("Europe/Oslo")
URL = "/api/v1/statistics/figures"
CODES = {
    Dimension.CHANNEL: ("web", "api"),
    Dimension.DEVICE: ("phone", "computer", "unknown"),
    Dimension.DISTRICT: ("kirkelandet", "grip", "none"),
}


@pytest.fixture
def few(jurisdiction):
    """So many that most cells are told, and so few that many are small."""
    random = Random(36)
    store(jurisdiction, [made(random) for _ in range(130)])


def told(jurisdiction, by, period=None, **held):
    question = Question(
        filter=Filter(jurisdiction_id=jurisdiction.id, moment=NOW, **held),
        by=by,
        period=period,
        measures=COUNTS,
    )
    return {(row.period, *row.keys.values()): row.values for row in figures(question, now=NOW)}


@pytest.mark.parametrize("held", CODES)
@pytest.mark.parametrize(
    ("by", "period"),
    [
        ((Dimension.GROUP,), None),
        ((Dimension.SERVICE,), Period.YEAR),
        ((Dimension.DEPARTMENT, Dimension.ROAD), None),
        ((Dimension.ROAD,), Period.QUARTER),
    ],
)
def test_no_filter_leaves_few_when_it_is_taken_away(jurisdiction, few, held, by, period):
    whole = told(jurisdiction, by, period)
    seen, sensitive = 0, [key for key in whole if any(code != "total" for code in key[1:])]
    for code in CODES[held]:
        part = told(jurisdiction, by, period, **{FILTERS[held]: (code,)})
        for key in sensitive:
            values = part.get(key, {}).get("received", 0)
            if values is not None:
                seen += 1
                assert whole[key]["received"] - values not in range(1, FEWEST), (code, key)
                assert values not in range(1, FEWEST)
    assert seen


def test_the_complement_is_hidden_as_in_the_whole_table(jurisdiction):
    one = replace(made(Random(1)), group="road", service="ROAD-SIGN", status="assigned")
    one = replace(one, at=datetime(2026, 3, 1, tzinfo=UTC))
    store(jurisdiction, [replace(one, channel="api"), *[replace(one, channel="web")] * 5])
    by = (Dimension.GROUP,)
    assert told(jurisdiction, by)[None, "road"]["received"] == 6
    for channel in ("web", "api"):
        assert told(jurisdiction, by, channels=(channel,))[None, "road"]["received"] is None
    assert told(jurisdiction, by, channels=("web", "api"))[None, "road"]["received"] is None


def test_a_chosen_code_is_hidden_with_what_would_follow_for_the_others(jurisdiction):
    one = replace(made(Random(1)), status="assigned", at=datetime(2026, 3, 1, tzinfo=UTC))
    road = replace(one, group="road", service="ROAD-SIGN", channel="api")
    lamp = replace(one, group="street_light", service="LIGHT-DARK", channel="api")
    store(jurisdiction, [road, *[lamp] * 5, *[replace(road, channel="web")] * 7])
    assert told(jurisdiction, (), channels=("api",))[(None,)]["received"] == 6
    held = told(jurisdiction, (), channels=("api",), groups=("street_light",))
    assert held[(None,)]["received"] is None


@pytest.mark.parametrize("statuses", [OPEN, CLOSED])
def test_a_status_crosses_and_leaves_no_few(jurisdiction, statuses):
    one = replace(made(Random(1)), channel="api", status="assigned", closed=None)
    one = replace(one, at=datetime(2026, 3, 1, tzinfo=UTC))
    store(jurisdiction, [replace(one, status="fixed", closed=NOW), *[one] * 5])
    held = told(jurisdiction, (), channels=("api",), statuses=tuple(statuses))
    assert held[(None,)]["received"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("statuses", (Status.FIXED,)), ("led_to_improvement", True), ("answered_in_time", False)],
)
def test_what_is_no_dimension_crosses_as_well(jurisdiction, name, value):
    wanted = Filter(jurisdiction_id=jurisdiction.id, **{name: value})
    assert len(Question(filter=wanted).fixed) == 1


@pytest.mark.parametrize("name", ["start", "end"])
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 1, 10, 5, tzinfo=OSLO),
        datetime(2026, 3, 2, tzinfo=OSLO),
        datetime(2026, 3, 1, tzinfo=UTC),
    ],
)
def test_channels_are_told_for_whole_months_only(jurisdiction, name, at):
    wanted = Filter(jurisdiction_id=jurisdiction.id, **{name: at})
    assert figures(Question(filter=wanted), now=NOW) == []
    for question in (
        Question(filter=replace(wanted, channels=("api",))),
        Question(filter=wanted, by=(Dimension.DEVICE,)),
    ):
        with pytest.raises(MalformedQuery):
            figures(question, now=NOW)
        whole = {name: datetime(2026, 3, 1, tzinfo=OSLO)}
        months = replace(question, filter=replace(question.filter, **whole))
        assert figures(months, now=NOW) == []


PARTS = ("from=2026-03-05", "to=2026-03-01T10:05:01Z", "bbox=7,62,8,64")
DOORS = (URL, "/statistikk/tabell", "/statistikk/tabell.csv", "/statistikk/meldinger")


@pytest.mark.parametrize(
    ("door", "part"), [*product((*DOORS, "/api/v1/datasets/figures.csv"), PARTS)]
)
def test_every_door_refuses_parts_of_months_and_maps_with_channels(client, door, part):
    answer = client.get(f"{door}?channel=api&{part}")
    assert answer.status_code == 400
    assert client.get(f"{door}?{part}").status_code == 200
    assert client.get(f"{door}?channel=api&from=2026-03-01").status_code == 200


def test_charts_of_channels_can_be_seen(client, jurisdiction, few):
    assert client.get("/statistikk/diagrammer?channel=web").status_code == 200
    assert client.get("/statistikk/sammenlign?device=phone&by=department").status_code == 200


def test_too_much_crossed_at_once_is_refused(jurisdiction):
    wanted = Filter(
        jurisdiction_id=jurisdiction.id,
        channels=("web",),
        device_classes=("phone",),
        districts=("grip",),
        groups=("road",),
        road_categories=("K",),
    )
    with pytest.raises(TooLarge):
        figures(Question(filter=wanted, by=(Dimension.SERVICE,)), now=NOW)


def test_a_table_of_too_many_cells_is_refused_before_it_is_counted(
    client, few, monkeypatch, statements
):
    query = "by=group,service&period=month"
    assert client.get(f"{URL}?{query}&measure=received").status_code == 200
    monkeypatch.setattr(size, "MOST_CELLS", 100)
    before = len(statements)
    for door in DOORS[:3]:
        assert client.get(f"{door}?{query}").status_code == 413
        assert client.get(f"{door}?by=group").status_code == 200
    refused = [said for said in statements[before:] if "GROUPING SETS" in said]
    assert len(refused) == 3


def test_work_of_hiding_grows_as_the_table():
    def work(size):
        """Every line leads to the next, and the last but one of them has all zeros."""
        counts = [1, *[5] * size, *[0] * size]
        lines = [Line((at, at + 1), None) for at in range(size)]
        lines.append(Line((0, *range(size + 1, 2 * size + 1)), 2 * size + 1))
        search = Search(lines[::-1], [*counts, 9], set(range(2 * size + 1)))
        return search, search.hidden({0})

    small, hidden = work(500)
    large, all_hidden = work(5_000)
    assert len(hidden) > 500
    assert len(all_hidden) > 5_000
    assert large.steps <= 11 * small.steps
    assert large.steps <= 10 * 10_000
