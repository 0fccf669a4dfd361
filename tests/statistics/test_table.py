from hypothesis import given
from hypothesis import strategies as st

from app.statistics.models import HistoricCount
from app.statistics.queries import Counted
from app.statistics.table import TOTAL, Figure, build

GROUPS = ["water", "road"]
NOTE = {"nb": "Avvik", "nn": "Avvik", "en": "Differs"}


def published(year, group, value, measure="received", note=None):
    return HistoricCount(
        year=year, group_code=group, measure=measure, value=value, source="Årsrapport", note=note
    )


def counted(year, group, received, improved=0):
    return Counted(year=year, group_code=group, received=received, led_to_improvement=improved)


def table(historic=(), own=(), this_year=2026):
    return build(historic, own, GROUPS, this_year=this_year, counted_source="Egne tall")


def test_published_figures_stand_as_published_even_when_they_do_not_add_up():
    built = table(
        [published(2017, None, 398), published(2017, "water", 4), published(2017, "road", 1)]
    )
    received = [built.figure(2017, code).received for code in (TOTAL, *GROUPS)]
    assert received == [398, 4, 1]


def test_a_missing_value_is_missing_and_zero_is_zero():
    built = table([published(2014, "water", None), published(2014, "road", 0)])
    assert built.figure(2014, "water").received is None
    assert built.figure(2014, "road").received == 0
    assert built.figure(2014, TOTAL).received is None


def test_a_published_year_is_never_counted_as_well():
    built = table(
        [published(2018, None, 321)], [counted(2018, "road", 5), counted(2025, "road", 2)]
    )
    assert built.figure(2018, TOTAL).received == 321
    assert built.figure(2018, "road").received is None
    assert built.figure(2025, TOTAL).received == 2


def test_the_running_year_stands_there_with_zeros():
    (year,) = table().years
    assert (year.year, year.kind, year.is_running, year.starts_part) == (
        2026,
        "counted",
        True,
        True,
    )
    assert table().figure(2026, "water") == Figure(received=0, led_to_improvement=0)


def test_only_the_first_counted_column_starts_a_part():
    built = table([published(2018, None, 1)], [counted(2024, "road", 1), counted(2025, "road", 1)])
    assert [(y.year, y.starts_part, y.is_running) for y in built.years] == [
        (2018, False, False),
        (2024, True, False),
        (2025, False, False),
        (2026, False, True),
    ]


def test_a_note_belongs_to_its_figure():
    built = table(
        [published(2017, None, 398, note=NOTE), published(2017, None, 280, "led_to_improvement")]
    )
    assert built.figure(2017, TOTAL).note == NOTE
    assert built.figure(2017, TOTAL).led_to_improvement == 280


def test_a_share_needs_something_to_share_and_an_answer():
    assert Figure(received=4, led_to_improvement=1).share == 0.25
    assert Figure(received=0, led_to_improvement=0).share is None
    assert Figure(received=4, led_to_improvement=None).share is None
    assert Figure(received=None, led_to_improvement=2).share is None


@given(
    st.dictionaries(
        st.tuples(st.integers(2019, 2026), st.sampled_from(GROUPS)), st.integers(1, 999)
    )
)
def test_a_counted_years_total_is_the_sum_of_its_groups(received):
    built = table(own=[counted(year, group, value) for (year, group), value in received.items()])
    for year in built.years:
        groups = [built.figure(year.year, code).received for code in GROUPS]
        assert built.figure(year.year, TOTAL).received == sum(groups)
    assert {year for year, _ in received} <= {year.year for year in built.years}
