"""The suggested order, over any places."""

from datetime import date, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from app.fieldwork.rounds_rollover import next_day
from app.fieldwork.rounds_way import ENOUGH, Ground, nearest_next, straightened, suggested
from app.geo.positions import Position

from ..factories import TOWN, near

metres = st.integers(-4000, 4000)
places = st.builds(lambda east, north: near(TOWN, east=east, north=north), metres, metres)
stops = st.lists(places, max_size=12)
starts = st.none() | places


@given(stops, starts)
def test_every_stop_comes_once(found, start):
    assert sorted(suggested(found, start)) == list(range(len(found)))


@given(stops.filter(bool), starts)
def test_it_is_never_longer_than_going_to_the_nearest_each_time(found, start):
    ground = Ground(found, start)
    assert ground.length(suggested(found, start)) <= ground.length(nearest_next(ground)) + ENOUGH


@given(stops.filter(bool), starts)
def test_no_stretch_turned_round_would_shorten_it(found, start):
    ground = Ground(found, start)
    way = suggested(found, start)
    for first in range(len(way)):
        for last in range(first + 1, len(way)):
            turned = way[:first] + way[first : last + 1][::-1] + way[last + 1 :]
            assert ground.length(turned) > ground.length(way) - 0.001


@given(st.lists(places, min_size=1, max_size=6), places)
def test_it_is_close_to_the_shortest_of_all_ways(found, start):
    """No proof, but a bound: among few stops it is never twice as long."""
    ground = Ground(found, start)
    shortest = min(ground.length(order) for order in permutations(range(len(found))))
    assert ground.length(suggested(found, start)) <= 2 * shortest + ENOUGH


@given(stops, starts)
def test_the_same_places_give_the_same_order(found, start):
    assert suggested(found, start) == suggested(list(found), start)


def test_along_a_street_it_goes_from_one_end_to_the_other():
    street = [near(TOWN, east=metres) for metres in (300, 0, 400, 100, 200)]
    assert suggested(street) in ([1, 3, 4, 0, 2], [2, 0, 4, 3, 1])
    assert suggested(street, near(TOWN, east=-50)) == [1, 3, 4, 0, 2]
    assert suggested(street, near(TOWN, east=450)) == [2, 0, 4, 3, 1]


def test_a_crossing_is_taken_out():
    square = [
        near(TOWN, east=east, north=north) for east, north in ((0, 0), (99, 90), (99, 0), (0, 90))
    ]
    ground = Ground(square, near(TOWN, east=-10))
    crossed = [0, 1, 2, 3]
    better = straightened(ground, crossed)
    assert ground.length(better) < ground.length(crossed) - 60


def test_a_full_round_is_ordered():
    many = [near(TOWN, east=(n * 37) % 1000, north=(n * 91) % 1000) for n in range(100)]
    assert sorted(suggested(many)) == list(range(100))


def test_two_stops_at_one_place_are_no_trouble():
    here = Position(longitude=TOWN.longitude, latitude=TOWN.latitude)
    assert sorted(suggested([here, here, here], here)) == [0, 1, 2]


FRIDAY = date(2026, 5, 15)


def test_what_is_left_on_friday_waits_for_monday():
    assert next_day(FRIDAY + timedelta(days=1), [], "NO") == date(2026, 5, 18)


def test_a_round_at_the_weekend_takes_it_before():
    saturday = FRIDAY + timedelta(days=1)
    assert next_day(saturday, [saturday], "NO") == saturday
    sunday = FRIDAY + timedelta(days=2)
    assert next_day(saturday, [sunday], "NO") == sunday


def test_a_holiday_is_passed_over():
    assert next_day(date(2026, 5, 14), [], "NO") == FRIDAY  # Ascension Day


def test_a_working_day_without_a_round_gets_one():
    assert next_day(FRIDAY, [date(2026, 5, 18)], "NO") == FRIDAY
