"""The administrators' page for sealing years."""

from datetime import UTC, datetime

import pytest

from app.database import session
from app.roles import Role
from app.yearbook import queries

from ..factories import PASSWORD, staff, submitted

DAY = datetime(2025, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
def administrator(client, jurisdiction):
    who = staff(jurisdiction, role=Role.ADMINISTRATOR, email="administrator@example.org")
    client.post("/logg-inn", data={"email": "administrator@example.org", "password": PASSWORD})
    return who


def stored(jurisdiction):
    session().rollback()
    return queries.sealed(jurisdiction.id, 2025)


def test_only_administrators_come_in(client, jurisdiction):
    assert client.get("/styring/ar").status_code in {302, 303}
    staff(jurisdiction)
    client.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    assert client.get("/styring/ar").status_code in {403, 404}


def test_a_year_is_sealed_with_a_day_and_the_day_is_moved(client, jurisdiction, administrator):
    submitted(jurisdiction, now=DAY)
    assert '<option value="2025"' in client.get("/styring/ar").text
    soon = f"{datetime.now(UTC).year + 1}-03-01"
    done = client.post("/styring/ar", data={"year": "2025", "public_from": soon})
    assert done.status_code == 303
    row = stored(jurisdiction)
    assert row.sealed_by == administrator.account_id
    assert row.public_from > datetime.now(UTC)
    assert '<option value="2025"' not in client.get("/styring/ar").text
    assert client.post("/styring/ar/2025", data={"public_from": ""}).status_code == 303
    assert stored(jurisdiction).public_from <= datetime.now(UTC)
    late = client.post("/styring/ar/2025", data={"public_from": soon})
    assert late.status_code == 409


def test_sealing_twice_is_a_conflict_that_is_told(client, jurisdiction, administrator):
    submitted(jurisdiction, now=DAY)
    client.post("/styring/ar", data={"year": "2025"})
    again = client.post("/styring/ar", data={"year": "2025"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "sent",
    [
        {"year": "2150"},
        {"year": "2018"},
        {"year": "abcd"},
        {},
        {"year": "2025", "public_from": "1. mars"},
        {"year": "2025", "public_from": "9999-12-31"},
        {"year": "2025", "public_from": "0001-01-01"},
    ],
)
def test_what_is_wrong_stands_at_the_field(client, jurisdiction, administrator, sent):
    submitted(jurisdiction, now=DAY)
    answer = client.post("/styring/ar", data=sent)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert stored(jurisdiction) is None


def test_a_year_that_is_not_sealed_has_no_day(client, jurisdiction, administrator):
    assert client.post("/styring/ar/2024", data={"public_from": ""}).status_code == 404
    assert client.post("/styring/ar/2024", data={"public_from": "x"}).status_code == 422


def test_the_day_is_not_moved_to_one_far_away(client, jurisdiction, administrator):
    submitted(jurisdiction, now=DAY)
    soon = f"{datetime.now(UTC).year + 1}-03-01"
    client.post("/styring/ar", data={"year": "2025", "public_from": soon})
    for far in ("0001-01-01", "9999-12-31"):
        answer = client.post("/styring/ar/2025", data={"public_from": far})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
