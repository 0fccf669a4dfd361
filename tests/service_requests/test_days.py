"""Working days and calendar days, and the days that were waited for an answer."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.catalog.models import Service
from app.catalog.working_days import days_between, deadline, last_day
from app.database import session, transaction
from app.jurisdictions.models import Jurisdiction
from app.roles import Role
from app.service_requests import corrections, waited, waiting
from app.service_requests.acting import Work
from app.service_requests.models import ServiceRequest
from app.service_requests.next_step import left_text

from ..factories import actor, staff, submitted

MAUNDY_EVE = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
"""The Wednesday before Easter: the next working day is Tuesday."""


@pytest.fixture
def counting(jurisdiction):
    """How the service of these reports counts; it is put back afterwards."""
    key = submitted(jurisdiction).service_id
    found = session().get_one(Service, key)
    before = found.counts_calendar_days, found.fix_days

    def count(*, calendar: bool, days: int = 3) -> None:
        with transaction() as current:
            row = current.get_one(Service, key)
            row.counts_calendar_days, row.fix_days = calendar, days

    yield count
    session().rollback()
    count(calendar=before[0], days=before[1])


@pytest.mark.parametrize(
    ("calendar", "expected"), [(False, date(2026, 4, 9)), (True, date(2026, 4, 4))]
)
def test_a_report_before_easter(jurisdiction, counting, calendar, expected):
    counting(calendar=calendar)
    found = submitted(jurisdiction, now=MAUNDY_EVE)
    place = session().get_one(Jurisdiction, jurisdiction.id)
    zone = place.time_zone
    assert deadline(MAUNDY_EVE, 3, "NO", zone, is_calendar=calendar).date() == expected
    assert found.due_at == deadline(MAUNDY_EVE, 3, "NO", zone, is_calendar=calendar)


def test_between_and_after_belong_together():
    for calendar in (False, True):
        for days in range(15):
            first = MAUNDY_EVE.date()
            last = last_day(first, days, "NO", is_calendar=calendar)
            assert days_between(first, last, "NO", is_calendar=calendar) == days


def test_what_is_left_is_said_in_the_days_that_count(app, jurisdiction, counting):
    counting(calendar=True, days=10)
    found = submitted(jurisdiction, now=MAUNDY_EVE)
    with app.test_request_context(headers={"Accept-Language": "nb"}):
        later = MAUNDY_EVE + timedelta(days=2)
        assert left_text(found, "NO", now=later) == "8 dager igjen av fristen på 10."
    counting(calendar=False, days=10)
    session().expire_all()
    again = submitted(jurisdiction, now=MAUNDY_EVE)
    with app.test_request_context(headers={"Accept-Language": "nb"}):
        later = MAUNDY_EVE + timedelta(days=6)
        assert left_text(again, "NO", now=later) == "9 virkedager igjen av fristen på 10."


def handler(jurisdiction):
    return actor(staff(jurisdiction, "roads", Role.FIRST_LINE, "desk@example.org"))


@pytest.mark.parametrize("calendar", [False, True])
def test_days_that_were_waited_are_not_lost_when_the_kind_is_corrected(
    jurisdiction, counting, calendar
):
    counting(calendar=calendar, days=10)
    who = handler(jurisdiction)
    found = submitted(jurisdiction, email="resident@example.org", now=MAUNDY_EVE)
    asked = MAUNDY_EVE + timedelta(days=7)
    answered = asked + timedelta(days=7)
    with transaction():
        request = session().get_one(ServiceRequest, found.id)
        first = request.due_at
        waiting.ask(request, Work(version=request.version, message="Hvor?"), who, now=asked)
        waited.end(request, answered)
        assert request.waited_days == (7 if calendar else 5)
        shifted = request.due_at
        assert shifted > first
        place = session().get_one(Jurisdiction, jurisdiction.id)
        corrections._decide_anew(request, place, answered)
        assert request.due_at == shifted


def test_the_form_says_which_days_it_counts(client, jurisdiction, counting):
    counting(calendar=True, days=4)
    told = client.get("/api/v1/services").json
    found = session().get_one(Service, submitted(jurisdiction).service_id)
    mine = next(one for one in told if one["service_code"] == found.code)
    assert (mine["fix_days"], mine["counts_calendar_days"]) == (4, True)
