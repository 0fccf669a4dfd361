"""Planned work in the browser."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.database import session
from app.planned_work.models import PlannedWork
from app.planned_work.operations import load
from app.roles import Role
from app.setup_log.models import SetupChange

from ..casework.desk import come_in

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[7.72, 63.11], [7.73, 63.11], [7.73, 63.115], [7.72, 63.115], [7.72, 63.11]]],
}
FORM = {
    "title_nb": "Ny vannledning",
    "title_nn": "Ny vassleidning",
    "title_en": "New water main",
    "description_nb": "Vannet er stengt om natten.",
    "description_nn": "Vatnet er stengt om natta.",
    "description_en": "The water is off at night.",
    "starts_on": "2030-03-01",
    "ends_on": "2030-03-12",
    "service_group_id": "",
    "boundary": json.dumps(SQUARE),
}


@pytest.fixture
def admin(client, jurisdiction):
    come_in(client, jurisdiction, Role.ADMINISTRATOR, "roads", "administrator")
    return client


def stored() -> list[PlannedWork]:
    session().expire_all()
    return list(session().scalars(select(PlannedWork)))


def test_what_is_added_stands_on_the_map_and_in_the_log(app, admin):
    assert admin.post("/styring/arbeid/nytt", data=FORM).location == "/styring/arbeid"
    (work,) = stored()
    assert (work.starts_on, work.ends_on) == (date(2030, 3, 1), date(2030, 3, 12))
    told = app.test_client().get("/kart/planlagt.geojson").json["features"]
    assert [feature["id"] for feature in told] == [work.code]
    assert told[0]["geometry"]["type"] == "MultiPolygon"
    change = session().scalars(select(SetupChange).order_by(SetupChange.id.desc())).first()
    assert (change.kind, change.after["starts_on"]) == ("planned_work", "2030-03-01")
    assert "Ny vannledning" in admin.get("/styring/arbeid").text


def test_changing_it_keeps_the_area_unless_it_is_drawn_anew(admin):
    admin.post("/styring/arbeid/nytt", data=FORM)
    (work,) = stored()
    area, path = bytes(work.area.data), f"/styring/arbeid/{work.code}"
    page = admin.get(path).text
    assert 'value="Ny vannledning"' in page
    sent = FORM | {"boundary": "", "ends_on": "2030-03-05", "version": "1"}
    assert admin.post(path, data=sent).status_code == 303
    (work,) = stored()
    assert (work.ends_on, work.version) == (date(2030, 3, 5), 2)
    assert bytes(work.area.data) == area


def test_the_one_who_is_late_sees_both(admin):
    admin.post("/styring/arbeid/nytt", data=FORM)
    path = f"/styring/arbeid/{stored()[0].code}"
    admin.post(path, data=FORM | {"version": "1", "ends_on": "2030-03-20"})
    answer = admin.post(path, data=FORM | {"version": "1", "title_nb": "Mitt navn"})
    assert answer.status_code == 409
    assert "Noen var her før deg" in answer.text
    assert "2030-03-20 → 2030-03-12" in answer.text
    assert stored()[0].title["nb"] == "Ny vannledning"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_nb": ""}, "title_nb"),
        ({"starts_on": "1 March"}, "starts_on"),
        ({"ends_on": "2030-02-01"}, "ends_on"),
        ({"service_group_id": "999999"}, "service_group_id"),
        ({"boundary": ""}, "boundary"),
        ({"boundary": "{"}, "boundary"),
        ({"boundary": '{"type": "Point", "coordinates": [7.7, 63.1]}'}, "boundary"),
        ({"boundary": json.dumps(SQUARE).replace("63.", "59.")}, "boundary"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(admin, changes, field):
    answer = admin.post("/styring/arbeid/nytt", data=FORM | changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert stored() == []


def test_loading_the_folder_keeps_it(admin, jurisdiction, tmp_path):
    admin.post("/styring/arbeid/nytt", data=FORM)
    (work,) = stored()
    assert load(tmp_path, jurisdiction.id) == [
        f"planned work {work.code}: kept as it was changed in the browser"
    ]
    assert load(tmp_path, jurisdiction.id, force=True) == [f"planned work {work.code}: removed"]


def test_the_list_parts_what_goes_on_from_what_comes_and_what_is_over(app, admin):
    with app.test_request_context():
        on = datetime.now(UTC).date()
    for first, last in ((-9, -3), (-1, 1), (3, 9)):
        days = {"starts_on": on + timedelta(first), "ends_on": on + timedelta(last)}
        admin.post("/styring/arbeid/nytt", data=FORM | {k: v.isoformat() for k, v in days.items()})
    page = admin.get("/styring/arbeid").text
    assert page.count("Ny vannledning") == 3
    assert page.index("Pågår") < page.index("Kommer") < page.index("Over</h2>")


def test_a_code_that_is_none(admin):
    assert admin.get("/styring/arbeid/nothing").status_code == 404
    assert admin.post("/styring/arbeid/nothing", data=FORM | {"version": "1"}).status_code == 404
