"""Small cells: what is hidden, and that it cannot be reckoned from what is shown."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.statistics.questions import TOTAL, Dimension, FigureRow
from app.statistics.small_cells import FEWEST, hide, is_crossed

GROUPS, CHANNELS = ("road", "water", "waste"), ("web", "api", "paper")


def row(count, **keys):
    return FigureRow(
        period="2026",
        keys={Dimension(name): code for name, code in keys.items()},
        values={"received": count, "led_to_improvement": 0, "still_open": 0},
        made_of={"received": count},
    )


def table(counts):
    """A whole table with its sums, from nine counts."""
    cells = dict(zip(product(GROUPS, CHANNELS), counts, strict=True))
    rows = [row(count, group=g, channel=c) for (g, c), count in cells.items()]
    rows += [row(sum(cells[g, c] for c in CHANNELS), group=g, channel=TOTAL) for g in GROUPS]
    rows += [row(sum(cells[g, c] for g in GROUPS), group=TOTAL, channel=c) for c in CHANNELS]
    return [*rows, row(sum(cells.values()), group=TOTAL, channel=TOTAL)]


def shown(rows):
    return {tuple(r.keys.values()): r.values["received"] for r in rows}


@given(st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_no_line_lets_a_small_cell_be_reckoned(counts):
    before, after = shown(table(counts)), shown(hide(table(counts)))
    for line in [
        *([(g, c) for c in CHANNELS] for g in GROUPS),
        *([(g, c) for g in GROUPS] for c in CHANNELS),
    ]:
        hidden = [key for key in line if after[key] is None]
        is_all = len(hidden) == len(line)
        assert len(hidden) != 1
        assert not hidden or is_all or sum(before[key] for key in hidden) >= FEWEST
    assert all(value is None or value not in range(1, FEWEST) for value in inner(after).values())


def inner(values):
    return {key: value for key, value in values.items() if TOTAL not in key}


@given(st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_hiding_twice_hides_no_more(counts):
    once = hide(table(counts))
    assert hide(once) == once


def test_a_table_without_small_cells_stands_as_it_is():
    rows = table([4, 5, 6, 7, 8, 9, 0, 4, 4])
    assert hide(rows) == rows


def test_sums_of_one_dimension_alone_are_always_told():
    after = shown(hide(table([1, 0, 0, 5, 5, 5, 5, 5, 5])))
    assert after["road", TOTAL] == 1
    assert after["road", "web"] is None


def test_a_filter_crosses_as_well():
    rows = [
        row(2, group="road"),
        row(9, group="water"),
        row(8, group="waste"),
        row(19, group=TOTAL),
    ]
    assert hide(rows) == rows
    after = hide(rows, fixed=frozenset({Dimension.DEVICE}))
    assert [r.is_hidden for r in after] == [True, False, True, False]


def test_shares_and_days_of_too_few_are_hidden_in_a_cell_that_is_told():
    few = FigureRow(
        period=None,
        keys={Dimension.DISTRICT: "grip", Dimension.GROUP: "road"},
        values={"received": 9, "led_to_improvement": 5, "still_open": 0, "fix_days_median": 3.5},
        made_of={"received": 9, "fix_days_median": 3},
    )
    (after,) = hide([few])
    assert after.values["fix_days_median"] is None
    assert after.hidden == {"fix_days_median"}
    assert after.values["received"] == 9
    assert not after.is_hidden


def test_only_what_could_point_at_someone_makes_a_table_crossed():
    assert is_crossed(frozenset({Dimension.CHANNEL, Dimension.GROUP}))
    assert not is_crossed(frozenset({Dimension.CHANNEL}))
    assert not is_crossed(frozenset({Dimension.GROUP, Dimension.DEPARTMENT}))
