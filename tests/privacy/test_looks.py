from datetime import UTC, datetime

import pytest

from app.privacy import lookups
from app.roles import Role

from ..casework.desk import come_in
from ..factories import submitted


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="resident@example.org", now=datetime.now(UTC))


def test_each_look_at_who_reported_is_one_line(app, client, jurisdiction, report):
    come_in(client, jurisdiction)
    client.get(f"/innboks/{report.number}")
    assert lookups.looks(jurisdiction.id) == []
    client.get(f"/innboks/{report.number}?kontakt=1")
    client.post("/innboks/innmelder", data={"email": "resident@example.org"})
    found = lookups.looks(jurisdiction.id)
    assert [(look.what, look.number, look.who) for look in found] == [
        ("search", report.number, "desk@example.org"),
        ("contact", report.number, "desk@example.org"),
    ]
    administrator = app.test_client()
    come_in(administrator, jurisdiction, Role.ADMINISTRATOR, "roads", "administrator")
    page = administrator.get("/styring/oppslag").get_data(as_text=True)
    assert page.count(report.number) == 2
    assert "resident@example.org" not in page


def test_a_search_that_finds_nobody_is_written_down_too(client, jurisdiction, report):
    come_in(client, jurisdiction)
    client.post("/innboks/innmelder", data={"email": "nobody@example.org"})
    assert [(look.what, look.number) for look in lookups.looks(jurisdiction.id)] == [
        ("search", None)
    ]


@pytest.mark.parametrize("role", [Role.CREW, Role.CASE_HANDLER, Role.FIRST_LINE, Role.ANALYST])
def test_only_administrators_read_the_log(client, jurisdiction, role):
    come_in(client, jurisdiction, role, "roads")
    assert client.get("/styring/oppslag").status_code == 403


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "1"])
def test_any_place_to_go_on_from_is_read(client, jurisdiction, before):
    come_in(client, jurisdiction, Role.ADMINISTRATOR, "roads")
    assert client.get(f"/styring/oppslag?for={before}").status_code == 200
