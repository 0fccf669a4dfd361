"""Registering for someone: by telephone, at the counter, with and without scripts."""

import pytest
from sqlalchemy import select

from app.catalog.models import Service, ServiceQuestion
from app.database import session, transaction
from app.roles import Role
from app.service_requests.added import supports
from app.service_requests.kinds import EntryKind
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest

from ..factories import AVEROY, TOWN, lamp, near, orders, staff, submitted

FORM = {
    "do": "send",
    "channel": "phone",
    "latitude": f"{TOWN.latitude}",
    "longitude": f"{TOWN.longitude}",
    "service": "ROAD-POTHOLE",
    "description": "Dypt hull ved butikken",
    "receipt": "none",
    "idempotency_key": "key-of-this-page-1",
}


@pytest.fixture
def desk(app, client, jurisdiction):
    return signed_in(client, staff(jurisdiction, "service_desk", Role.FIRST_LINE, "d@example.org"))


def signed_in(client, who):
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = who.session_id, True
    return who


def reports():
    session().rollback()
    return session().scalars(select(ServiceRequest).order_by(ServiceRequest.id)).all()


def test_a_call_becomes_a_report_with_its_channel_and_the_one_who_registered_it(client, desk):
    answer = client.post("/registrer", data=FORM | {"email": "a@example.org", "receipt": "email"})
    assert answer.status_code == 303
    (made,) = reports()
    assert (made.channel, made.description) == ("phone", "Dypt hull ved butikken")
    received = (
        session().scalars(select(HistoryEntry).where(HistoryEntry.kind == EntryKind.RECEIVED)).one()
    )
    assert (received.actor, received.account_id) == ("staff", desk.account_id)
    contact = session().scalars(select(Contact)).one()
    assert (contact.email, contact.service_request_id) == ("a@example.org", made.id)
    assert ("notifications.acknowledge", {"service_request_id": made.id}) in orders()
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert f'id="registrert-number">{made.number}' in page
    assert 'value="phone" checked' in page
    assert "Dypt hull" not in page
    assert FORM["idempotency_key"] not in page


def test_the_same_page_sent_twice_makes_one_report(client, desk):
    first = client.post("/registrer", data=FORM)
    again = client.post("/registrer", data=FORM)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(reports()) == 1


def test_another_report_with_the_key_of_a_sent_page_is_refused(client, desk):
    client.post("/registrer", data=FORM)
    answer = client.post("/registrer", data=FORM | {"description": "Noe helt annet"})
    assert answer.status_code == 422
    assert len(reports()) == 1


def test_danger_makes_it_acute_and_alerts(client, desk):
    client.post("/registrer", data=FORM | {"acute": "yes"})
    (made,) = reports()
    assert made.is_acute
    assert "notifications.alert_acute" in [name for name, _ in orders()]


def test_a_receipt_on_paper_sends_nothing_but_keeps_the_address_for_news(client, desk):
    client.post("/registrer", data=FORM | {"email": "a@example.org", "receipt": "print"})
    (made,) = reports()
    assert "notifications.acknowledge" not in [name for name, _ in orders()]
    assert session().scalars(select(Contact)).one().wants_messages
    page = client.get(f"/registrer/{made.number}/kvittering").get_data(as_text=True)
    assert made.number in page
    assert f"/m/{made.token}" in page


def test_a_receipt_by_text_message_goes_to_the_number_alone(client, desk):
    more = {"email": "a@example.org", "phone": "912 34 567", "receipt": "sms"}
    client.post("/registrer", data=FORM | more)
    contact = session().scalars(select(Contact)).one()
    assert (contact.email, contact.phone) == (None, "+4791234567")


def test_more_than_twenty_a_day_for_one_caller_are_not_refused(client, desk, jurisdiction):
    for count in range(20):
        submitted(jurisdiction, email="a@example.org", description=f"Hull {count}")
    answer = client.post("/registrer", data=FORM | {"email": "a@example.org"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"description": ""}, "description"),
        ({"service": ""}, "service"),
        ({"service": "NO-SUCH"}, "service"),
        ({"channel": "web"}, "channel"),
        ({"channel": "nonsense"}, "channel"),
        ({"latitude": "", "longitude": ""}, "sok"),
        ({"latitude": "north"}, "latitude"),
        ({"latitude": "163"}, "latitude"),
        ({"email": "not an address"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"receipt": "email"}, "email"),
        ({"receipt": "sms"}, "phone"),
        ({"latitude": str(AVEROY.latitude), "longitude": str(AVEROY.longitude)}, "sok"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_sent(client, desk, wrong, field):
    answer = client.post("/registrer", data=FORM | wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert reports() == []
    if "description" not in wrong:
        assert "Dypt hull ved butikken" in page


def test_what_is_reported_near_there_is_shown_with_a_way_to_add_to_it(client, desk, jurisdiction):
    there = submitted(jurisdiction, position=near(TOWN, east=8))
    data = {name: FORM[name] for name in ("latitude", "longitude", "service", "idempotency_key")}
    part = client.post("/registrer/rundt", data=data).get_data(as_text=True)
    assert there.number in part
    assert "/registrer/legg-til" in part
    whole = client.post("/registrer", data=FORM | {"do": "look"}).get_data(as_text=True)
    assert there.number in whole
    assert len(reports()) == 1


def test_adding_to_a_report_counts_the_caller_once_and_keeps_the_words_among_staff(
    client, desk, jurisdiction
):
    there = submitted(jurisdiction)
    data = FORM | {"number": there.number, "description": "Jeg falt nesten"}
    for _ in range(2):
        answer = client.post("/registrer/legg-til", data=data)
        assert answer.status_code == 303
    assert len(reports()) == 1
    assert supports(there.id) == 1
    notes = select(HistoryEntry).where(HistoryEntry.kind == EntryKind.NOTE)
    (note,) = session().scalars(notes).all()
    assert (note.visibility, note.account_id) == ("internal", desk.account_id)
    assert "Jeg falt nesten" in note.message
    assert "Jeg falt" not in client.get(f"/meldinger/{there.number}").get_data(as_text=True)
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert f'id="registrert-number">{there.number}' in page


def test_adding_with_an_address_asks_whether_they_want_to_follow(client, desk, jurisdiction):
    there = submitted(jurisdiction)
    data = FORM | {"number": there.number, "email": "b@example.org"}
    client.post("/registrer/legg-til", data=data)
    contact = session().scalars(select(Contact)).one()
    assert (contact.email, contact.service_request_id) == ("b@example.org", None)
    assert ("notifications.write", {"contact_id": contact.id}) in orders()


def test_adding_to_a_report_that_is_not_there_changes_nothing(client, desk):
    answer = client.post("/registrer/legg-til", data=FORM | {"number": "KSU-2026-999999"})
    assert answer.status_code == 422


@pytest.mark.parametrize("role", [Role.CREW, Role.ADMINISTRATOR, Role.ANALYST])
def test_others_do_not_register(client, jurisdiction, role):
    signed_in(client, staff(jurisdiction, "roads", role, "other@example.org"))
    assert client.get("/registrer").status_code == 403
    assert client.post("/registrer", data=FORM).status_code == 403
    assert client.post("/registrer/legg-til", data=FORM).status_code == 403
    assert reports() == []


def test_nobody_who_is_not_signed_in_registers(client, jurisdiction):
    assert client.get("/registrer").status_code == 303
    assert client.post("/registrer", data=FORM).status_code == 303
    assert reports() == []


def test_the_receipt_opens_for_the_one_who_registered_and_the_department_alone(
    app, client, jurisdiction
):
    signed_in(client, staff(jurisdiction, "water_and_sewage", Role.CASE_HANDLER, "w@example.org"))
    client.post("/registrer", data=FORM)
    (made,) = reports()
    assert client.get(f"/registrer/{made.number}/kvittering").status_code == 200
    other = app.test_client()
    signed_in(other, staff(jurisdiction, "waste", Role.CASE_HANDLER, "o@example.org"))
    assert other.get(f"/registrer/{made.number}/kvittering").status_code == 404
    page = other.get(f"/registrer?registrert={made.number}").get_data(as_text=True)
    assert "counter__number" not in page
    assert other.get("/registrer/KSU-2026-999999/kvittering").status_code == 404


def test_a_place_is_searched_for_and_chosen_without_scripts(client, desk):
    typed = FORM | {"latitude": "", "longitude": "", "sok": "Byskogen"}
    answer = client.post("/registrer", data=typed)
    assert answer.status_code == 422
    assert reports() == []
    chosen = f"{TOWN.latitude:.6f},{TOWN.longitude:.6f},Torget"
    typed |= {"sok_shown": "Byskogen", "place_choice": chosen}
    assert client.post("/registrer", data=typed).status_code == 303
    (made,) = reports()
    assert made.channel == "phone"


def test_what_the_kind_asks_is_asked_at_the_counter_too_and_may_be_left_open(client, desk):
    page = client.get("/registrer").text
    assert 'name="answer.ROAD-POTHOLE.' in page
    assert client.post("/registrer", data=FORM | {"service": wreck_code()}).status_code == 303
    key = {"idempotency_key": "key-of-this-page-2", "service": wreck_code()}
    told = {f"answer.{wreck_code()}.vehicle": "boat", f"answer.{wreck_code()}.marks": " Blå "}
    other = {"answer.ROAD-POTHOLE.size": "big"}
    assert client.post("/registrer", data=FORM | key | told | other).status_code == 303
    assert [made.answers for made in reports()] == [{}, {"vehicle": "boat", "marks": "Blå"}]


def test_an_answer_that_is_none_is_said_at_its_question(client, desk):
    name = f"answer.{wreck_code()}.vehicle"
    answer = client.post("/registrer", data=FORM | {"service": wreck_code(), name: "ufo"})
    assert answer.status_code == 422
    assert f'href="#{name.replace(".", "-")}"' in answer.text
    assert reports() == []


def wreck_code():
    """The kind of fault with a question that residents must answer."""
    query = (
        select(Service.code)
        .join(ServiceQuestion, ServiceQuestion.service_id == Service.id)
        .where(ServiceQuestion.is_required)
    )
    return session().scalars(query).one()


def test_the_number_on_a_pole_is_the_lamp(client, desk, jurisdiction):
    assert 'name="lamps"' not in client.get("/registrer").text
    with transaction():
        lamp(jurisdiction, "A-1", near(TOWN, east=10))
    assert 'name="lamps"' in client.get("/registrer").text
    form = FORM | {"service": "LIGHT-DARK", "lamps": "X-9"}
    refused = client.post("/registrer", data=form)
    assert refused.status_code == 422
    assert 'id="lamps-error"' in refused.text
    assert client.post("/registrer", data=form | {"lamps": "a-1"}).status_code == 303
    (made,) = reports()
    assert [found.number for found in made.assets] == ["A-1"]


def test_a_number_on_a_pole_is_left_out_of_another_kind_of_report(client, desk):
    assert client.post("/registrer", data=FORM | {"lamps": "X-9"}).status_code == 303
