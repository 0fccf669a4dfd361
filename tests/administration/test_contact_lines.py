"""Telephone, opening hours, whom to call about danger, and the days until we write."""

import pytest
from sqlalchemy import select

from app.database import session, transaction
from app.jurisdictions.models import Jurisdiction
from app.roles import Role
from app.setup_log.models import SetupChange

from ..casework.desk import come_in

COLUMNS = (
    "contact_email",
    "contact_phone",
    "opening_hours",
    "emergency_numbers",
    "preliminary_days",
    "contact_version",
)
FORM = {
    "version": "1",
    "contact_email": "post@example.org",
    "contact_phone": "71 57 40 00",
    "opening_hours_nb": "Mandag til fredag 9–15",
    "opening_hours_nn": "",
    "opening_hours_en": "Monday to Friday 9–15",
    "preliminary_days": "14",
    "danger_number": ["110", "175", ""],
    "danger_nb": ["Brann", "Fare på riksvei", ""],
    "danger_nn": ["", "", ""],
    "danger_en": ["Fire", "", ""],
    "danger_roads": ["", "e, r", ""],
}


ELEVEN = {f"danger_{name}": ["110"] * 11 for name in ("number", "nb", "nn", "en")}
ELEVEN |= {"danger_roads": [""] * 11}


@pytest.fixture
def place(jurisdiction):
    """The stored municipality, put back afterwards."""
    found = session().get_one(Jurisdiction, jurisdiction.id)
    before = {name: getattr(found, name) for name in COLUMNS}
    yield found
    session().rollback()
    with transaction() as current:
        again = current.get_one(Jurisdiction, jurisdiction.id)
        for name, value in before.items():
            setattr(again, name, value)


@pytest.fixture
def admin(client, jurisdiction, place):
    come_in(client, jurisdiction, Role.ADMINISTRATOR, "roads", "administrator")
    return client


def stored(place) -> Jurisdiction:
    session().expire_all()
    return session().get_one(Jurisdiction, place.id)


def test_what_is_saved_stands_where_people_look(app, admin, place):
    assert admin.post("/styring/telefoner", data=FORM).status_code == 303
    now = stored(place)
    assert now.preliminary_days == 14
    assert now.opening_hours["nn"] == "Mandag til fredag 9–15"
    assert now.emergency_numbers[1] == {
        "number": "175",
        "text": dict.fromkeys(("nb", "nn", "en"), "Fare på riksvei"),
        "road_categories": ["E", "R"],
    }
    anyone = app.test_client()
    anyone.set_cookie("language", "nb")
    page = anyone.get("/hjelp").text
    assert "71 57 40 00" in page
    assert "Mandag til fredag 9–15" in page
    change = session().scalars(select(SetupChange).order_by(SetupChange.id.desc())).first()
    assert (change.kind, change.after["preliminary_days"]) == ("municipality", 14)
    assert 'value="175"' in admin.get("/styring/telefoner").text


def test_the_one_who_is_late_sees_both(admin, place):
    admin.post("/styring/telefoner", data=FORM)
    answer = admin.post("/styring/telefoner", data=FORM | {"contact_phone": "11 11 11 11"})
    assert answer.status_code == 409
    assert "71 57 40 00 → 11 11 11 11" in answer.text
    assert stored(place).contact_phone == "71 57 40 00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contact_email": "post"}, "contact_email"),
        ({"contact_phone": "ring oss"}, "contact_phone"),
        ({"preliminary_days": "0"}, "preliminary_days"),
        ({"preliminary_days": "x"}, "preliminary_days"),
        ({"opening_hours_nb": "", "opening_hours_en": "9–15"}, "opening_hours_nb"),
        ({"danger_number": ["x", "175", ""]}, "danger-1-number"),
        ({"danger_nb": ["", "Fare", ""]}, "danger-1-number"),
        ({"danger_roads": ["Q", "", ""]}, "danger-1-number"),
        (ELEVEN, "danger-1-number"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(admin, place, changes, field):
    answer = admin.post("/styring/telefoner", data=FORM | changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert stored(place).contact_version == 1


def test_empty_days_leave_it_to_the_services(admin, place):
    admin.post("/styring/telefoner", data=FORM | {"preliminary_days": ""})
    assert stored(place).preliminary_days is None
