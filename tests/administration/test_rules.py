"""The administrators' pages of rules and areas, as a browser without JavaScript uses them."""

import json
import math
from io import BytesIO

import pytest
from sqlalchemy import select, text

from app.database import session, transaction
from app.departments.queries import by_code
from app.problems import MAX_BODY_BYTES
from app.roles import Role
from app.routing import drafts
from app.routing.models import Area, RoutingRule

from ..factories import staff
from ..pages import fields

SQUARE = (
    '{"type": "Polygon", "coordinates": [[[7.72,63.11],[7.73,63.11],[7.73,63.12],[7.72,63.11]]]}'
)
KEPT = ("area", "routing_rule")


@pytest.fixture
def admin(client, jurisdiction):
    """An administrator's browser; the rules and areas are as before when the test is over."""
    with transaction():
        for table in KEPT:
            session().execute(text(f"CREATE TABLE kept_{table} AS TABLE {table}"))
    who = staff(jurisdiction, role=Role.ADMINISTRATOR, email="administrator@example.org")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    yield client
    session().rollback()
    with transaction():
        session().execute(text("TRUNCATE rule_change, routing_draft, service_request CASCADE"))
        for table in reversed(KEPT):
            session().execute(text(f"DELETE FROM {table}"))
        for table in KEPT:
            session().execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))
            session().execute(text(f"DROP TABLE kept_{table}"))


@pytest.fixture
def draft(admin, jurisdiction):
    """A draft that has just been started."""
    admin.post("/styring/regler/utkast")
    return now(jurisdiction)


def now(jurisdiction):
    session().rollback()
    return drafts.read(jurisdiction.id)


def form(jurisdiction, version, **values):
    department = by_code(jurisdiction.id, "waste").id
    return {
        "version": version,
        "name": "Ny regel",
        "department": department,
        "active": "yes",
    } | values


@pytest.mark.parametrize("role", [Role.CREW, Role.FIRST_LINE, Role.ANALYST])
@pytest.mark.parametrize(
    "path", ["regler", "regler/ny", "regler/kraft", "regler/historikk", "omrader", "omrader/nytt"]
)
def test_only_administrators_come_in(client, jurisdiction, role, path):
    who = staff(jurisdiction, role=role)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    assert client.get(f"/styring/{path}").status_code == 403


def test_the_rules_in_force_stand_in_their_order(admin, jurisdiction):
    page = admin.get("/styring/regler").text
    places = [page.index(rule.name) for rule in drafts.in_force(jurisdiction.id)[:5]]
    assert places == sorted(places)


def test_a_new_rule_is_put_in_force_and_logged(admin, jurisdiction, draft):
    sent = form(jurisdiction, draft.version, road=["F", "K"], from_day=1, from_month=11, to_day=31)
    refused = admin.post("/styring/regler/ny", data=sent)
    assert refused.status_code == 422
    assert fields(refused.text)["name"] == "Ny regel"
    assert admin.post("/styring/regler/ny", data=sent | {"to_month": 3}).status_code == 303
    version = now(jurisdiction).version
    assert "Ny regel" in admin.get("/styring/regler/kraft").text
    assert admin.post("/styring/regler/kraft", data={"version": version}).status_code == 303
    query = select(RoutingRule).where(RoutingRule.name == "Ny regel")
    made = session().scalars(query).one()
    assert (made.road_categories, made.season_from, made.season_to) == (["F", "K"], 1101, 331)
    log = admin.get("/styring/regler/historikk").text
    assert "Ny regel" in log
    assert "administrator@example.org" in log


@pytest.mark.parametrize("verb", ["opp", "ned", "flytt", "av", "pa", "fjern"])
def test_a_late_press_changes_nothing_and_says_so(admin, jurisdiction, draft, verb):
    key = draft.rules[1].key
    late = {"version": draft.version - 1, "place": 1}
    answer = admin.post(f"/styring/regler/{key}/{verb}", data=late)
    assert answer.status_code == 409
    assert now(jurisdiction).rules == draft.rules


def test_a_late_form_keeps_what_was_written(admin, jurisdiction, draft):
    key = draft.rules[0].key
    admin.post(f"/styring/regler/{key}/av", data={"version": draft.version})
    late = admin.post(f"/styring/regler/{key}", data=form(jurisdiction, draft.version))
    assert late.status_code == 409
    sent = fields(late.text)
    assert sent["name"] == "Ny regel"
    again = form(jurisdiction, sent["version"])
    assert admin.post(f"/styring/regler/{key}", data=again).status_code == 303
    assert now(jurisdiction).rules[0].name == "Ny regel"


@pytest.mark.parametrize(
    "values",
    [
        {"department": 999999},
        {"what": "s999999"},
        {"area": 999999},
        {"what": "x1"},
        {"channel": "fax"},
        {"road": "X"},
        {"name": ""},
        {"name": "a" * 500},
        {"department": ""},
        {"asset_owner": "nobody"},
        {"from_day": 30, "from_month": 2, "to_day": 1, "to_month": 3},
        {"acute": "maybe"},
    ],
)
def test_what_does_not_fit_is_refused(admin, jurisdiction, draft, values):
    sent = form(jurisdiction, draft.version) | values
    assert admin.post("/styring/regler/ny", data=sent).status_code == 422
    assert now(jurisdiction).rules == draft.rules


def test_a_rule_that_never_decides_is_marked_with_the_reason(admin, jurisdiction, draft):
    sent = form(jurisdiction, draft.version, road_manager="Ingen kjenner")
    admin.post("/styring/regler/ny", data=sent)
    assert "rule__never" in admin.get("/styring/regler").text


def test_a_rule_that_is_not_there_is_not_found(admin, draft):
    assert admin.get("/styring/regler/nothing").status_code == 404


def test_the_draft_can_be_thrown_away(admin, jurisdiction, draft):
    data = {"version": draft.version}
    assert admin.post("/styring/regler/utkast/forkast", data=data).status_code == 303
    assert now(jurisdiction) is None
    assert admin.get("/styring/regler/kraft").status_code == 303


def test_an_area_is_pasted_used_and_kept(admin, jurisdiction, draft):
    refused = admin.post("/styring/omrader/nytt", data={"name_nb": "Ny", "boundary": ""})
    assert refused.status_code == 422
    sent = {"name_nb": "Øya", "boundary": SQUARE}
    assert admin.post("/styring/omrader/nytt", data=sent).status_code == 303
    area = session().scalars(select(Area).where(Area.code == "oya")).one()
    assert area.name == {"nb": "Øya", "nn": "Øya", "en": "Øya"}
    admin.post("/styring/regler/ny", data=form(jurisdiction, draft.version, area=area.id))
    assert admin.post("/styring/omrader/oya/fjern").status_code == 409
    assert admin.post("/styring/omrader/none/fjern").status_code == 404
    assert "oya" in admin.get("/styring/omrader.geojson").text


def test_an_unused_area_is_removed(admin, jurisdiction):
    admin.post("/styring/omrader/nytt", data={"name_nb": "Øya", "boundary": SQUARE})
    assert admin.post("/styring/omrader/oya/fjern").status_code == 303
    assert "oya" not in admin.get("/styring/omrader.geojson").text


def test_an_outline_of_many_corners_is_taken_from_a_file(admin):
    many = 20_000
    turn = [2 * math.pi * at / many for at in range(many)]
    ring = [[7.73 + 0.01 * math.cos(angle), 63.11 + 0.01 * math.sin(angle)] for angle in turn]
    outline = json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}).encode()
    assert len(outline) > 2 * MAX_BODY_BYTES
    file = (BytesIO(outline), "district.geojson")
    nameless = admin.post("/styring/omrader/nytt", data={"file": file})
    assert nameless.status_code == 422
    kept = fields(nameless.text)["boundary"]
    sent = {"name_nb": "Bydelen", "boundary": kept}
    answer = admin.post("/styring/omrader/nytt", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303


def test_only_an_outline_may_be_that_large(admin):
    large = {"name": "a" * MAX_BODY_BYTES}
    assert admin.post("/styring/regler/ny", data=large).status_code == 413
    answer = admin.post("/styring/omrader/nytt", data={"boundary": "a" * 6 * 2**20})
    assert answer.status_code == 413
    assert "5 MB" in answer.text


@pytest.mark.parametrize(
    ("geometry", "told"),
    [
        ({"type": "Point", "coordinates": [7, 63]}, "GeoJSON"),
        ({"type": "Polygon", "coordinates": [[[10**400, 63]] * 4]}, "GeoJSON"),
        ({"type": "Polygon", "coordinates": []}, None),
        (
            {"type": "Polygon", "coordinates": [[[9e5, 7e6], [9e5, 8e6], [8e5, 7e6], [9e5, 7e6]]]},
            "4326",
        ),
    ],
)
def test_an_outline_that_is_wrong_is_kept_and_told(admin, geometry, told):
    sent = {"name_nb": "Øya", "boundary": json.dumps(geometry)}
    answer = admin.post("/styring/omrader/nytt", data=sent)
    assert answer.status_code == 422
    assert fields(answer.text) | sent == fields(answer.text)
    assert "broken geometry" not in answer.text
    assert told is None or told in answer.text


def test_a_draft_that_names_what_is_gone_is_refused_with_a_page(admin, jurisdiction, draft):
    admin.post("/styring/omrader/nytt", data={"name_nb": "Øya", "boundary": SQUARE})
    area = session().scalars(select(Area).where(Area.code == "oya")).one()
    admin.post("/styring/regler/ny", data=form(jurisdiction, draft.version, area=area.id))
    with transaction():
        session().execute(text("DELETE FROM area WHERE code = 'oya'"))
    answer = admin.post("/styring/regler/kraft", data={"version": now(jurisdiction).version})
    assert answer.status_code == 409
    assert "Ny regel" in answer.text


def test_the_tryout_leads_to_putting_in_force(admin, draft):
    assert 'href="/styring/regler/kraft"' in admin.get("/styring/regler/prov").text
