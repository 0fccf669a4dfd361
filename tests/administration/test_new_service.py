"""A new service, and the words of the categories, in the browser."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from app.catalog import operations, search
from app.catalog.models import Service, ServiceGroup
from app.database import session, transaction
from app.roles import Role
from app.setup_log.models import SetupChange

from ..casework.desk import come_in
from ..conftest import ROOT
from ..factories import submitted

CODE = "ROAD-SNOW-PILE"
FOLDER = Path(ROOT) / "municipalities" / "kristiansund"
FORM = {
    "group": "road",
    "code": CODE,
    "needs": "road",
    "name_nb": "Snøhaug",
    "name_nn": "Snøhaug",
    "name_en": "Pile of snow",
    "description_nb": "Snø som ligger i veien.",
    "description_nn": "Snø som ligg i vegen.",
    "description_en": "Snow that lies in the way.",
    "first_response_days": "2",
    "fix_days": "3",
    "counts_calendar_days": "true",
    "position_precision": "exact",
    "is_active": "true",
}


@pytest.fixture
def admin(client, jurisdiction):
    come_in(client, jurisdiction, Role.ADMINISTRATOR, "roads", "administrator")
    yield client
    session().rollback()
    with transaction() as current:
        keys = select(Service.id).where(Service.code == CODE)
        current.connection().exec_driver_sql(
            "DELETE FROM service_request WHERE service_id IN (SELECT id FROM service WHERE code = %(code)s)",
            {"code": CODE},
        )
        session().execute(delete(Service).where(Service.id.in_(keys)))
        search.rebuild(jurisdiction.id)


@pytest.fixture
def road(jurisdiction):
    """The category of roads, put back afterwards."""
    query = select(ServiceGroup).where(
        ServiceGroup.jurisdiction_id == jurisdiction.id, ServiceGroup.code == "road"
    )
    found = session().scalars(query).one()
    before = found.name, found.description, found.version, found.is_edited
    yield found
    session().rollback()
    with transaction():
        again = session().scalars(query).one()
        again.name, again.description, again.version, again.is_edited = before


def test_what_is_added_can_be_reported_at_once(app, admin, jurisdiction):
    answer = admin.post("/styring/tjenester/ny", data=FORM)
    assert answer.location == f"/styring/tjenester/{CODE}"
    told = app.test_client().get("/api/v1/services").json
    mine = next(one for one in told if one["service_code"] == CODE)
    assert (mine["group"], mine["fix_days"], mine["counts_calendar_days"]) == ("road", 3, True)
    report = submitted(jurisdiction, service_code=CODE, now=datetime(2026, 4, 1, 10, tzinfo=UTC))
    assert report.service.code == CODE
    change = session().scalars(select(SetupChange).order_by(SetupChange.id.desc())).first()
    assert (change.subject, change.before) == ("Snøhaug", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "ROAD-POTHOLE"}, "code"),
        ({"code": "road-pothole"}, "code"),
        ({"code": "two words"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "x" * 61}, "code"),
        ({"group": "nothing"}, "group"),
        ({"needs": "luck"}, "needs"),
        ({"name_nn": ""}, "name_nn"),
        ({"fix_days": "x"}, "fix_days"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(admin, changes, field):
    answer = admin.post("/styring/tjenester/ny", data=FORM | changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_loading_the_folder_keeps_it(admin, jurisdiction):
    admin.post("/styring/tjenester/ny", data=FORM)
    with transaction():
        lines = operations.load(FOLDER, jurisdiction.id)
    assert any(CODE in line and "kept" in line for line in lines)
    session().expire_all()
    assert session().scalars(select(Service).where(Service.code == CODE)).one().is_active


def test_the_words_of_a_category(app, admin, jurisdiction, road):
    words = {
        f"{name}_{code}": f"{name} {code}"
        for name in ("name", "description")
        for code in ("nb", "nn", "en")
    }
    path = "/styring/kategorier/road"
    assert f'value="{road.name["nb"]}"' in admin.get(path).text
    sent = words | {"version": str(road.version)}
    assert admin.post(path, data=sent).location == "/styring/tjenester"
    assert "name nb" in admin.get("/styring/tjenester").text
    late = admin.post(path, data=sent | {"name_nb": "other"})
    assert late.status_code == 409
    assert admin.post(path, data=sent | {"name_nn": ""}).status_code == 422
    with transaction():
        operations.load(FOLDER, jurisdiction.id)
    session().expire_all()
    assert session().get_one(ServiceGroup, road.id).name["nb"] == "name nb"
    assert admin.get("/styring/kategorier/nothing").status_code == 404
