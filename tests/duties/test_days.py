"""Days away, and the day on which somebody is back."""

from datetime import UTC, date, datetime

import pytest

from app.duties.days import all_back, back_on, today_in

MONDAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("spans", "today", "back"),
    [
        ([], MONDAY, None),
        ([(MONDAY, MONDAY)], MONDAY, date(2026, 6, 2)),
        ([(MONDAY, MONDAY)], date(2026, 6, 2), None),
        ([(date(2026, 6, 2), date(2026, 6, 3))], MONDAY, None),
        # Friday: back on Monday; on the Saturday after it nobody is away
        ([(date(2026, 6, 5), date(2026, 6, 5))], date(2026, 6, 5), date(2026, 6, 8)),
        ([(date(2026, 6, 5), date(2026, 6, 5))], date(2026, 6, 6), None),
        # Wednesday before Easter, with Thursday, Friday and Monday off in Norway
        ([(date(2026, 4, 1), date(2026, 4, 1))], date(2026, 4, 1), date(2026, 4, 7)),
        ([(date(2026, 12, 20), date(2027, 1, 1))], date(2026, 12, 24), date(2027, 1, 4)),
        # two that follow each other with a weekend between are one
        (
            [(date(2026, 6, 8), date(2026, 6, 9)), (date(2026, 6, 4), date(2026, 6, 5))],
            date(2026, 6, 4),
            date(2026, 6, 10),
        ),
    ],
)
def test_somebody_is_back_on_the_next_working_day(spans, today, back):
    assert back_on(spans, today, "NO") == back


def test_each_persons_days_are_their_own():
    absences = [(1, MONDAY, MONDAY), (2, date(2026, 6, 2), date(2026, 6, 2))]
    assert all_back(absences, MONDAY, "NO") == {1: date(2026, 6, 2)}


def test_the_day_is_that_of_the_municipality():
    late = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    assert today_in("Europe/Oslo", late) == date(2026, 6, 2)
    assert today_in("UTC", late) == MONDAY
