"""The geometry of drawings: nothing leaves the picture, lengths are as values, what is missing is not drawn."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts.bars import BREAK, Row, Track, columns, rows
from app.charts.classes import CLASSES, class_of, edges, shade
from app.charts.heat import table
from app.charts.lines import Series, axis_values
from app.charts.lines import chart as lines_of
from app.charts.marks import Box, Dot, Label, Path
from app.charts.scale import steps, text_width, wrapped
from app.charts.shapes import Area
from app.charts.shapes import drawing as map_of

VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1, max_size=14)


def bars(values, parts=None, **more):
    return [
        Row(
            label=str(2010 + at),
            tracks=[
                Track(
                    value=value,
                    part=parts[at] if parts else None,
                    text=".." if value is None else f"{value:.0f}",
                    kind="outline",
                )
            ],
            **more,
        )
        for at, value in enumerate(values)
    ]


def marks_of(drawing, kind):
    return [mark for mark in drawing.marks if isinstance(mark, kind)]


def named(drawing, kind):
    return [mark for mark in drawing.marks if mark.kind == kind]


@given(VALUES, st.booleans())
def test_rows_stay_within_the_picture(values, is_narrow):
    drawing = rows(bars(values), is_narrow=is_narrow)
    for box in marks_of(drawing, Box):
        assert box.x >= 0
        assert box.x + box.width <= drawing.width
        assert box.y >= 0
        assert box.y + box.height <= drawing.height
    for label in marks_of(drawing, Label):
        assert 0 < label.y <= drawing.height
        if label.kind == "value":
            assert label.x + text_width(label.text) <= drawing.width + 1


@given(VALUES)
def test_columns_stay_within_the_picture_and_begin_at_zero(values):
    drawing = columns(bars(values))
    is_lying = not named(drawing, "grid")
    for box in marks_of(drawing, Box):
        assert box.x >= 0
        assert box.x + box.width <= drawing.width
        assert box.y >= 0
        assert is_lying or box.y + box.height == pytest.approx(296, abs=0.11)


def test_a_bar_is_as_long_as_its_value_and_as_full_as_its_part():
    drawing = rows(bars([100, 400, None, 0], parts=[50, 400, None, 0]), is_narrow=True)
    low, high = named(drawing, "outline")
    assert high.width == pytest.approx(4 * low.width, abs=0.3)
    half, whole = named(drawing, "fill")
    assert half.width == pytest.approx(low.width / 2, abs=0.2)
    assert whole.width == high.width
    assert [label.text for label in named(drawing, "value")] == ["100", "400", "..", "0"]


@pytest.mark.parametrize("draw", [columns, lambda lines: rows(lines, is_narrow=True)])
def test_published_and_counted_years_stand_visibly_apart(draw):
    lines = bars([5, 6, 7])
    parted = [*lines[:2], Row(label="2026", tracks=lines[2].tracks, starts_part=True)]
    assert len(named(draw(parted), "break")) == 1
    assert not named(draw(lines), "break")
    if draw is not columns:
        assert draw(parted).height == draw(lines).height + BREAK


def test_columns_that_have_no_room_for_their_labels_lie_down():
    assert len(named(columns(bars([1000] * 8)), "grid")) > 0
    assert not named(columns(bars([1000] * 30)), "grid")


@given(st.floats(0, 1e7))
def test_the_grid_begins_at_zero_and_reaches_the_highest(highest):
    found = steps(highest)
    assert found[0] == 0
    assert found[-1] >= highest * (1 - 1e-6)
    assert 2 <= len(found) <= 7


@given(VALUES, VALUES, st.booleans())
def test_lines_stay_within_the_picture(first, second, is_narrow):
    count = min(len(first), len(second))
    series = [
        Series(values=first[:count], end="100 henvendelser"),
        Series(values=second[:count], end="90 førte til forbedring", kind="second"),
    ]
    labels = [f"{1 + at % 12}. kv. 2026" for at in range(count)]
    axis = [f"{value:g}" for value in axis_values(series, is_narrow=is_narrow)]
    drawing = lines_of(series, labels, axis, is_narrow=is_narrow)
    for dot in marks_of(drawing, Dot):
        assert dot.x - dot.radius >= 0
        assert dot.x + dot.radius <= drawing.width
        assert 0 <= dot.y <= drawing.height
    ends = [mark.y for mark in drawing.marks if mark.kind.startswith("end-")]
    assert all(b - a >= 17.9 for a, b in pairwise(sorted(ends)))


def test_what_is_missing_breaks_the_line():
    series = [Series(values=[1, 2, None, 3, 4], end="x")]
    axis = [str(value) for value in axis_values(series, is_narrow=False)]
    drawing = lines_of(series, list("abcde"), axis, is_narrow=False)
    assert len(named(drawing, "line-first")) == 2
    assert len(named(drawing, "dot-first")) == 4


def test_labels_below_a_line_do_not_touch():
    labels = [f"september {2000 + at}" for at in range(40)]
    series = [Series(values=list(range(40)), end="x")]
    axis = [str(value) for value in axis_values(series, is_narrow=True)]
    drawing = lines_of(series, labels, axis, is_narrow=True)
    shown = named(drawing, "name")
    assert shown[-1].text == labels[-1]
    assert all(b.x - a.x >= text_width(a.text) for a, b in pairwise(shown[1:]))


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_classes_of_counts_hold_every_value_and_grow_darker(values):
    uppers = edges(values)
    assert len(uppers) <= CLASSES
    assert uppers == sorted(set(uppers))
    for value in values:
        found = class_of(value, uppers)
        assert (found == 0) == (value == 0)
        assert 0 <= found <= CLASSES
    darkness = [class_of(value, uppers) for value in sorted(values)]
    assert darkness == sorted(darkness)
    if max(values):
        assert class_of(max(values), uppers) == CLASSES


def test_classes_are_spread_over_the_darkness():
    assert [shade(at, 5) for at in range(5)] == [1, 2, 3, 4, 5]
    assert shade(1, 2) == 5
    assert class_of(None, [1, 2]) == 0
    assert edges([None, 0]) == []


def test_a_heat_table_has_a_cell_for_each_value_and_its_number_in_it():
    values = [[1, 20, None], [0, 5, 10]]
    texts = [["1", "20", ""], ["0", "5", "10"]]
    drawing = table(
        ["2025", "2026"], ["jan", "feb", "mars"], values, texts, [10, 20], is_narrow=True
    )
    assert len(marks_of(drawing, Box)) == 6
    assert [box.kind for box in marks_of(drawing, Box)[:3]] == ["shade-1", "shade-5", "shade-0"]
    inside = [mark.text for mark in drawing.marks if mark.kind.startswith("on-shade")]
    assert inside == ["1", "20", "0", "5", "10"]


def square(west, south, code, shade_=3):
    ring = [
        [west, south],
        [west + 1, south],
        [west + 1, south + 1],
        [west, south + 1],
        [west, south],
    ]
    return Area(
        code=code,
        name=code.title(),
        geometry={"type": "MultiPolygon", "coordinates": [[ring]]},
        label_at=(west + 0.5, south + 0.5),
        text="12,5",
        shade=shade_,
    )


@pytest.mark.parametrize("is_narrow", [True, False])
def test_a_map_has_north_up_east_right_and_every_area_with_its_number(is_narrow):
    drawing = map_of([square(7, 63, "south"), square(8, 64, "north")], is_narrow=is_narrow)
    south, north = marks_of(drawing, Path)
    assert (south.key, north.key) == ("south", "north")
    numbers = [mark for mark in marks_of(drawing, Label) if mark.text == "12,5"]
    assert len(numbers) == 2
    assert numbers[1].x > numbers[0].x
    assert numbers[1].y < numbers[0].y
    for path in (south, north):
        places = [float(part) for part in path.data.strip("MZ").replace("L", " ").split()]
        assert all(0 <= x <= drawing.width for x in places[::2])
        assert all(0 <= y <= drawing.height for y in places[1::2])


@pytest.mark.parametrize("is_narrow", [True, False])
def test_numbers_of_small_areas_do_not_lie_on_each_other(is_narrow):
    far = square(7, 60, "far")
    near = [square(7 + at * 0.001, 66, f"near {at}") for at in range(4)]
    drawing = map_of([far, *near], is_narrow=is_narrow)
    numbers = [mark for mark in marks_of(drawing, Label) if mark.text == "12,5"]
    assert len(numbers) == 5
    for at, one in enumerate(numbers):
        for other in numbers[at + 1 :]:
            is_beside = abs(one.x - other.x) >= text_width("12,5")
            assert is_beside or abs(one.y - other.y) >= 15


def test_a_degree_of_longitude_is_shorter_in_the_north():
    drawing = map_of([square(7, 63, "one")], is_narrow=False)
    assert drawing.height > drawing.width  # half as wide as tall, were it not for the frame
    empty = map_of([], is_narrow=False)
    assert empty.marks == ()


def test_long_words_are_wrapped_and_shortened():
    assert wrapped("en to tre", 1000) == ["en to tre"]
    lines = wrapped("Miljø og forurensning og mye annet som er langt", 90)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(text_width(line) <= 90 for line in lines)
