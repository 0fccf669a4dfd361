from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.statistics.charts import bar_chart, nice_steps, small_multiples
from app.statistics.table import Year

FIGURES = st.lists(st.one_of(st.none(), st.integers(0, 100_000)), min_size=1, max_size=15)


def years(count, published=None):
    kinds = ["imported" if at < (published or 0) else "counted" for at in range(count)]
    return [
        Year(year=2014 + at, kind=kind, is_running=False, source="")
        for at, kind in enumerate(kinds)
    ]


@given(st.integers(0, 10_000_000))
def test_the_grid_begins_at_zero_and_reaches_the_highest_value(highest):
    steps = nice_steps(highest)
    assert steps[0] == 0
    assert steps[-1] >= highest
    assert 2 <= len(steps) <= 7
    assert len({b - a for a, b in pairwise(steps)}) == 1


@given(FIGURES)
def test_every_bar_stays_within_the_picture(received):
    chart = bar_chart(years(len(received)), received, received)
    for bar in chart.bars:
        assert chart.left <= bar.x
        assert bar.x + bar.width <= chart.width
        assert 0 <= bar.received_y <= chart.base_y
        assert bar.improved_height == bar.received_height


def test_a_bar_is_as_tall_as_its_value():
    low, high = bar_chart(years(2), [100, 400], [50, None]).bars
    assert abs(high.received_height - 4 * low.received_height) < 0.5
    assert abs(low.received_height - 2 * low.improved_height) < 0.5
    assert high.improved_height == 0


def test_published_and_counted_years_stand_apart():
    chart = bar_chart(years(4, published=2), [1, 2, 3, 4], [None] * 4)
    assert chart.break_x is not None
    assert chart.bars[1].x + chart.bars[1].width < chart.break_x < chart.bars[2].x


def test_years_of_one_kind_have_no_break():
    assert bar_chart(years(3), [1, 2, 3], [None] * 3).break_x is None


def test_small_charts_share_one_scale():
    drawn = small_multiples(years(2), {"road": [10, 20], "water": [5, None]})
    assert (
        abs(drawn["road"].bars[0].received_height - 2 * drawn["water"].bars[0].received_height)
        < 0.5
    )
    assert drawn["water"].bars[1].received_height == 0


def test_nothing_at_all_can_be_drawn():
    chart = bar_chart(years(1), [0], [0])
    assert [bar.received_height for bar in chart.bars] == [0]
    assert small_multiples([], {}) == {}
