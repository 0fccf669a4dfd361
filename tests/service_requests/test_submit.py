import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select

from app.database import session, transaction
from app.errors import Invalid, OutsideJurisdiction
from app.jurisdictions.queries import by_number
from app.service_requests.intake import submit
from app.service_requests.models import Contact, ServiceRequest
from app.service_requests.queries import by_idempotency_key, contact_email
from app.service_requests.queries import by_number as report_by_number

from ..factories import AVEROY, GRIP, TOWN, orders, submission, submitted

KEY = "3f0d8a52-7c5c-4b8e-9d0a-1f5b6f1c2d3e"
THURSDAY = datetime(2026, 10, 1, 8, tzinfo=UTC)


def how_many(table=ServiceRequest):
    return session().scalar(select(func.count()).select_from(table))


def test_a_report_gets_a_number_for_people(jurisdiction):
    made = submitted(jurisdiction, now=THURSDAY)
    assert re.fullmatch(r"KSU-2026-\d{6}", made.number)
    assert report_by_number(jurisdiction.id, made.number.lower()) is made


def test_numbers_grow_and_never_come_twice(jurisdiction):
    numbers = [submitted(jurisdiction, now=THURSDAY).number for _ in range(5)]
    assert numbers == sorted(set(numbers))


def test_each_year_counts_from_the_beginning(jurisdiction):
    in_1999 = submitted(jurisdiction, now=datetime(1999, 5, 1, tzinfo=UTC)).number
    in_1998 = submitted(jurisdiction, now=datetime(1998, 5, 1, tzinfo=UTC)).number
    assert in_1999[:9], in_1998[:9] == ("KSU-1999-", "KSU-1998-")
    assert in_1999[9:] == in_1998[9:]


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 2027),  # half past midnight in Oslo
    ],
)
def test_the_year_is_that_of_the_local_clock(jurisdiction, moment, year):
    made = submitted(jurisdiction, now=moment)
    assert made.received_year == year
    assert made.number.startswith(f"KSU-{year}-")


def test_a_report_goes_to_its_department_with_targets_in_working_days(jurisdiction):
    made = submitted(jurisdiction, now=THURSDAY)
    assert made.department.code == "roads"
    assert made.status == "assigned"
    assert made.routing_reason["nb"].startswith("Kommunalteknikk – vei ")
    assert made.first_response_due_at > THURSDAY
    assert made.due_at >= made.first_response_due_at


def test_a_report_that_no_rule_places_waits_at_the_first_line(jurisdiction):
    made = submitted(jurisdiction, service_code="OTHER-ANYTHING")
    assert made.department.is_first_line
    assert made.status == "received"


def test_the_arrival_and_the_decision_are_history(jurisdiction):
    made = submitted(jurisdiction, position=GRIP)
    arrival, decision = made.history
    assert (arrival.kind, arrival.status, arrival.actor) == ("received", "received", "reporter")
    assert (decision.kind, decision.status, decision.actor) == ("routed", "assigned", "system")
    assert decision.data["reason"] == made.routing_reason
    assert decision.data["rank"] == 1


def test_follow_links_cannot_be_guessed(jurisdiction):
    tokens = {submitted(jurisdiction).token for _ in range(3)}
    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 32


def test_a_contact_is_kept_apart_and_gets_a_receipt(jurisdiction):
    made = submitted(jurisdiction, email="reporter@example.org")
    assert contact_email(made.id) == "reporter@example.org"
    assert orders() == [("notifications.acknowledge", {"service_request_id": made.id})]


def test_without_an_address_nothing_is_kept_and_nothing_is_sent(jurisdiction):
    submitted(jurisdiction)
    assert how_many(Contact) == 0
    assert orders() == []


def test_the_same_key_again_gives_the_same_report(jurisdiction):
    first = submitted(jurisdiction, idempotency_key=KEY, email="reporter@example.org")
    again = submitted(jurisdiction, idempotency_key=KEY, email="reporter@example.org")
    assert again.number == first.number
    assert how_many() == how_many(Contact) == len(orders()) == 1


@pytest.mark.parametrize(
    "other",
    [{"description": "Et annet hull"}, {"position": GRIP}, {"service_code": "ROAD-SIGN"}],
)
def test_the_same_key_for_another_report_is_refused(jurisdiction, other):
    submitted(jurisdiction, idempotency_key=KEY)
    with pytest.raises(Invalid) as refused:
        submitted(jurisdiction, idempotency_key=KEY, **other)
    assert list(refused.value.errors) == ["Idempotency-Key"]
    assert how_many() == 1


@pytest.mark.parametrize(
    "again",
    [{"effects": "road"}, {"effects": ["road", "road"]}, {"effects": ["road"], "amount": ""}],
)
def test_an_answer_said_in_another_way_is_still_the_same_report(jurisdiction, again):
    leak = {"service_code": "WATER-LEAK", "idempotency_key": KEY}
    first = submitted(jurisdiction, **leak, answers={"effects": ["road"]})
    assert submitted(jurisdiction, **leak, answers=again).number == first.number
    with pytest.raises(Invalid):
        submitted(jurisdiction, **leak, answers={"effects": ["garden"]})


def test_two_senders_at_once_with_one_key_make_one_report(app):
    together = Barrier(8)

    def send():
        with app.app_context(), transaction():
            jurisdiction = by_number("1505")
            together.wait()
            return submit(jurisdiction, submission(idempotency_key=KEY), now=THURSDAY).number

    with ThreadPoolExecutor(8) as pool:
        numbers = [task.result() for task in [pool.submit(send) for _ in range(8)]]
    assert len(set(numbers)) == 1
    assert how_many() == 1


def test_many_senders_at_once_get_numbers_of_their_own(app):
    together = Barrier(8)

    def send(year):
        with app.app_context():
            jurisdiction = by_number("1505")
            together.wait()
            return submitted(jurisdiction, now=datetime(year, 5, 1, tzinfo=UTC)).number

    with ThreadPoolExecutor(8) as pool:  # the year's sequence is made by whoever comes first
        numbers = list(pool.map(send, [1990] * 8))
    assert len(set(numbers)) == 8


def test_a_place_outside_is_refused_and_nothing_is_kept(jurisdiction):
    with pytest.raises(OutsideJurisdiction):
        submitted(jurisdiction, position=AVEROY, email="reporter@example.org", idempotency_key=KEY)
    assert by_idempotency_key(jurisdiction.id, KEY) is None
    assert how_many() == how_many(Contact) == len(orders()) == 0


def test_an_unknown_service_is_refused(jurisdiction):
    with pytest.raises(Invalid) as refused:
        submitted(jurisdiction, service_code="ROAD-TROLL")
    assert list(refused.value.errors) == ["service_code"]


def test_what_fails_after_submitting_leaves_neither_report_nor_job(jurisdiction):
    with suppress(ZeroDivisionError), transaction():
        submit(jurisdiction, submission(email="reporter@example.org"), now=THURSDAY)
        raise ZeroDivisionError
    assert how_many() == how_many(Contact) == len(orders()) == 0


def test_the_position_is_kept_as_it_came(jurisdiction):
    made = submitted(jurisdiction)
    point = select(func.ST_X(ServiceRequest.position), func.ST_Y(ServiceRequest.position))
    kept = session().execute(point.where(ServiceRequest.id == made.id)).one()
    assert tuple(kept) == (TOWN.longitude, TOWN.latitude)
