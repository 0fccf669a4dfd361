from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.working_days import after_working_days, deadline, is_working_day

OSLO = ZoneInfo("Europe/Oslo")
DATES = st.dates(date(2014, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 2),  # Maundy Thursday
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 1),
        date(2026, 5, 14),  # Ascension Day
        date(2027, 5, 17),
        date(2026, 5, 25),  # Whit Monday
        date(2026, 12, 25),
        date(2026, 10, 3),  # a Saturday
        date(2026, 10, 4),  # a Sunday
    ],
)
def test_nobody_works_on_holidays_and_at_weekends(day):
    assert not is_working_day(day, "NO")


@pytest.mark.parametrize("day", [date(2026, 12, 24), date(2026, 4, 1), date(2026, 5, 18)])
def test_the_days_around_holidays_are_working_days(day):
    assert is_working_day(day, "NO")


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        (date(2026, 3, 31), 1, date(2026, 4, 1)),
        (date(2026, 4, 1), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 4, 1), 2, date(2026, 4, 8)),
        (date(2027, 5, 14), 1, date(2027, 5, 18)),  # a Friday, then 17 May on a Monday
        (date(2026, 12, 23), 2, date(2026, 12, 28)),  # over Christmas
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
        (date(2026, 10, 3), 1, date(2026, 10, 5)),  # received on a Saturday
        (date(2026, 10, 1), 0, date(2026, 10, 1)),
    ],
)
def test_targets_skip_weekends_and_holidays(start, days, last):
    assert after_working_days(start, days, "NO") == last


@given(DATES, st.integers(1, 60))
def test_a_target_ends_on_a_working_day_with_as_many_in_between(start, days):
    last = after_working_days(start, days, "NO")
    between = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert is_working_day(last, "NO")
    assert sum(is_working_day(day, "NO") for day in between) == days


def test_a_deadline_is_the_end_of_the_local_day():
    due = deadline(datetime(2026, 10, 1, 8, tzinfo=UTC), 1, "NO", "Europe/Oslo")
    assert due == datetime(2026, 10, 2, 23, 59, 59, tzinfo=OSLO)


def test_a_report_late_in_the_evening_counts_from_the_local_day():
    received = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)  # half past midnight in Oslo
    assert deadline(received, 1, "NO", "Europe/Oslo").date() == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("received", "hour"),
    [
        (datetime(2026, 3, 27, 12, tzinfo=UTC), 21),  # summer time begins on 29 March
        (datetime(2026, 10, 23, 12, tzinfo=UTC), 22),  # and ends on 25 October
    ],
)
def test_a_deadline_across_the_change_of_clocks_is_still_local_midnight(received, hour):
    due = deadline(received, 1, "NO", "Europe/Oslo")
    assert (due.hour, due.minute) == (23, 59)
    assert due.astimezone(UTC).hour == hour
