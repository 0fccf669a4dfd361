"""Marks as figures: counted by hand, never of few, and not to be had as a difference."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from app.catalog.models import Service
from app.database import session, transaction
from app.departments.models import Department
from app.notifications.models import Delivery
from app.scorecard.satisfaction import divided, mean_by_year, satisfaction, totals
from app.service_requests import by_reporter
from app.service_requests.additions import Satisfaction
from app.service_requests.filter import Filter
from app.service_requests.kinds import EntryKind
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.status import OPEN, RATED, Status
from app.statistics.questions import Dimension

from ..factories import TOWN

NOW = datetime(2026, 8, 15, 10, tzinfo=UTC)
GROUPS = {"ROAD-POTHOLE": "road", "ROAD-SIGN": "road", "LIGHT-DARK": "street_light"}


def store(
    jurisdiction,
    score=None,
    *,
    service="ROAD-POTHOLE",
    department="roads",
    year=2026,
    status=Status.FIXED,
    is_asked=False,
    duplicate_of=None,
    answered=timedelta(days=1),
):
    """A report that is closed, with a mark and with the letter that asked for it."""
    at = datetime(year, 5, 1, 12, tzinfo=UTC)
    end = at + timedelta(days=2)
    with transaction() as current:
        row = ServiceRequest(
            jurisdiction_id=jurisdiction.id,
            number=f"KSU-{year}-{_next(current):06d}",
            token=f"token-{_next(current)}",
            service_id=current.scalar(select(Service.id).where(Service.code == service)),
            department_id=current.scalar(
                select(Department.id).where(Department.code == department)
            ),
            position=TOWN.as_column(),
            description="",
            status=status,
            led_to_improvement=status == Status.FIXED,
            requested_at=at,
            received_year=year,
            updated_at=at,
            first_response_due_at=at,
            closed_at=None if status in OPEN else end,
            duplicate_of_id=duplicate_of,
            channel="web",
            device_class="phone",
            language="nb",
            routing_reason={},
        )
        current.add(row)
        current.flush()
        if score is not None:
            current.add(
                Satisfaction(
                    service_request_id=row.id,
                    jurisdiction_id=jurisdiction.id,
                    score=score,
                    answered_at=end + answered,
                )
            )
        if is_asked:
            _ask(current, row)
    return row


def _next(current):
    return len(current.scalars(select(ServiceRequest.id)).all()) + 1


def _ask(current, row):
    contact = Contact(
        jurisdiction_id=row.jurisdiction_id,
        service_request_id=row.id,
        email="one@example.org",
        language="nb",
        created_at=row.requested_at,
    )
    closing = HistoryEntry(
        service_request_id=row.id,
        jurisdiction_id=row.jurisdiction_id,
        kind=EntryKind.STATUS,
        status=row.status,
        actor="account",
        visibility="public",
        occurred_at=row.closed_at,
    )
    current.add_all([contact, closing])
    current.flush()
    for kind in ("receipt", "update"):
        current.add(
            Delivery(
                jurisdiction_id=row.jurisdiction_id,
                service_request_id=row.id,
                history_entry_id=closing.id,
                contact_id=contact.id,
                kind=kind,
                channel="email",
                due_at=row.closed_at,
                sent_at=row.closed_at,
            )
        )


def rows(jurisdiction, **wanted):
    return satisfaction(Filter(jurisdiction_id=jurisdiction.id, **wanted))


def test_a_year_has_its_marks_their_mean_and_how_many_answered(jurisdiction):
    for score in (6, 6, 5, 1):
        store(jurisdiction, score, is_asked=True)
    for _ in range(4):
        store(jurisdiction, is_asked=True)
    store(jurisdiction, 2)  # by the personal link, without an address
    store(jurisdiction)
    (year,) = totals(rows(jurisdiction))
    assert (year.year, year.count, year.mean) == (2026, 5, 4.0)
    assert year.distribution == (1, 1, 0, 0, 1, 2)
    assert (year.asked, year.response_rate) == (8, 0.5)
    assert mean_by_year(jurisdiction.id) == {2026: (4.0, 5)}


def test_what_was_given_for_an_earlier_end_or_is_open_again_does_not_count(jurisdiction):
    for _ in range(4):
        store(jurisdiction, 6)
    store(jurisdiction, 1, answered=-timedelta(days=1))
    store(jurisdiction, 1, status=Status.ASSESSING)
    store(jurisdiction, 1, status=Status.REJECTED)
    (year,) = totals(rows(jurisdiction))
    assert (year.count, year.mean) == (4, 6.0)


def test_an_erased_reporter_was_asked_and_a_forgotten_follower_was_not(jurisdiction):
    reports = [store(jurisdiction, 5, is_asked=True) for _ in range(5)]
    by_reporter.erase(reports[0].id, now=NOW)
    session().commit()
    unknown = store(jurisdiction, 5)
    with transaction() as current:
        _ask(current, unknown)
        current.flush()
        current.query(Delivery).filter_by(service_request_id=unknown.id, kind="receipt").delete()
        current.query(Contact).filter_by(service_request_id=unknown.id).delete()
    (year,) = totals(rows(jurisdiction))
    assert (year.count, year.asked, year.response_rate) == (6, 5, 1.0)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_fewer_than_four_are_hidden_with_all_that_is_known_of_them(jurisdiction, number):
    for _ in range(number):
        store(jurisdiction, 6, is_asked=True)
    (year,) = totals(rows(jurisdiction))
    assert year.is_hidden
    figures = (year.count, year.mean, year.distribution, year.asked, year.response_rate)
    assert figures == (None,) * 5
    assert mean_by_year(jurisdiction.id) == {}


def test_a_rate_of_few_who_were_asked_is_not_told(jurisdiction):
    for _ in range(4):
        store(jurisdiction, 6)
    store(jurisdiction, 6, is_asked=True)
    (year,) = totals(rows(jurisdiction))
    assert (year.count, year.response_rate) == (5, None)


@pytest.mark.parametrize("seed", range(8))
def test_no_difference_of_what_is_shown_is_a_group_of_few(jurisdiction, seed):
    """For every sum and its parts, what is hidden of it is nothing or at least four answers together."""
    random, true = Random(seed), Counter()
    for _ in range(40):
        service, year = random.choice(list(GROUPS)), random.choice([2025, 2026])
        department = random.choices(["roads", "service_desk", "water_and_sewage"], [8, 3, 1])[0]
        store(jurisdiction, random.randint(1, 6), service=service, department=department, year=year)
        group = GROUPS[service]
        true[year, group, service, "total"] += 1
        true[year, group, "total", "total"] += 1
        true[year, "total", "total", department] += 1
        true[year, "total", "total", "total"] += 1
    found = {(row.year, row.group, row.service, row.department): row for row in rows(jurisdiction)}
    assert found.keys() == true.keys()
    lines = defaultdict(list)
    for key, row in found.items():
        assert row.is_hidden or row.count == true[key] >= 4
        year, group, service, department = key
        if service != "total":
            lines["services", year, group].append(key)
        elif group != "total":
            lines["groups", year, "total"].append(key)
        elif department != "total":
            lines["departments", year, "total"].append(key)
    for (_, year, group), parts in lines.items():
        gone = [key for key in parts if found[key].is_hidden]
        if gone and not found[year, group, "total", "total"].is_hidden:
            assert len(gone) > 1
            assert sum(true[key] for key in gone) >= 4
    assert any(row.is_hidden for row in found.values())


def test_a_selection_takes_rows_and_tells_nothing_that_is_hidden_without_it(jurisdiction):
    for _ in range(6):
        store(jurisdiction, 4)
    for _ in range(2):
        store(jurisdiction, 1, service="LIGHT-DARK")
    everything = rows(jurisdiction)
    assert all(row.is_hidden for row in divided(everything, Dimension.SERVICE))
    for wanted in ({"services": ("ROAD-POTHOLE",)}, {"groups": ("road",)}, {"year": 2026}):
        chosen = rows(jurisdiction, **wanted)
        assert chosen
        assert all(row in everything for row in chosen)
    assert rows(jurisdiction, year=2025) == []
    assert rows(jurisdiction, department_codes=("water_and_sewage",)) == []


def test_each_dimension_has_its_table(jurisdiction):
    for _ in range(5):
        store(jurisdiction, 5)
        store(jurisdiction, 3, service="LIGHT-DARK", department="service_desk")
    everything = rows(jurisdiction)
    means = {
        dimension: {getattr(row, dimension): row.mean for row in divided(everything, dimension)}
        for dimension in (Dimension.GROUP, Dimension.SERVICE, Dimension.DEPARTMENT)
    }
    assert means[Dimension.GROUP] == {"road": 5.0, "street_light": 3.0}
    assert means[Dimension.SERVICE] == {"ROAD-POTHOLE": 5.0, "LIGHT-DARK": 3.0}
    assert means[Dimension.DEPARTMENT] == {"roads": 5.0, "service_desk": 3.0}


def test_only_ends_that_can_be_given_a_mark_are_counted(jurisdiction):
    original = store(jurisdiction)
    for status in Status:
        if status not in OPEN:
            same = original.id if status == Status.DUPLICATE else None
            for _ in range(2):
                store(jurisdiction, 4, status=status, duplicate_of=same)
    (year,) = totals(rows(jurisdiction))
    assert year.count == 2 * len(RATED)
