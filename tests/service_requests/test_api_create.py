"""POST /api/v1/service-requests."""

import pytest
from sqlalchemy import func, select, update

from app.catalog.models import Service
from app.database import session
from app.service_requests.models import Contact, ServiceRequest
from app.service_requests.queries import by_number

from ..factories import orders

URL = "/api/v1/service-requests"
KEY = {"Idempotency-Key": "0f7b9d0e-0d1c-4a55-8a3e-5d6c8c9a7b11"}
POINT = {"type": "Point", "coordinates": [7.7279, 63.1104]}
NEW = {"service_code": "ROAD-POTHOLE", "position": POINT, "description": "Dypt hull ved krysset"}


def point(*coordinates):
    return {"position": {"type": "Point", "coordinates": list(coordinates)}}


def how_many():
    return session().scalar(select(func.count()).select_from(ServiceRequest))


def test_a_report_is_created_and_answered_with_what_happens_next(client):
    answer = client.post(URL, json=NEW, headers={"Accept-Language": "nb"})
    body = answer.json
    assert answer.status_code == 201
    assert body["status"] == "assigned"
    assert body["department"] == "Kommunalteknikk – vei"
    assert (
        body["routing_reason"]
        == "Kommunalteknikk – vei har ansvar for meldinger om «Vei» (regel 11)."
    )
    assert body["requested_at"] < body["first_response_due_at"] <= body["due_at"]
    assert body["position"] == POINT
    assert body["led_to_improvement"] is None
    assert answer.headers["Location"] == body["links"]["self"]


def test_its_links_lead_to_the_report(client):
    links = client.post(URL, json=NEW).json["links"]
    assert set(links) == {"self", "html", "follow"}
    assert client.get(links["self"]).status_code == 200


def test_an_address_is_kept_for_the_receipt_and_never_shown(client):
    answer = client.post(URL, json=NEW | {"contact": {"email": " reporter@example.org "}})
    assert session().scalar(select(Contact.email)) == "reporter@example.org"
    assert "example.org" not in answer.text
    assert [name for name, _ in orders()] == ["notifications.acknowledge"]


@pytest.mark.parametrize("contact", [None, {}, {"email": None}, {"email": ""}])
def test_an_address_may_be_left_out(client, contact):
    assert client.post(URL, json=NEW | {"contact": contact}).status_code == 201
    assert session().scalar(select(Contact.email)) is None


def test_the_language_asked_for_is_the_reporters(client):
    client.delete_cookie("language")
    made = client.post(URL, json=NEW, headers={"Accept-Language": "nn-NO, en;q=0.5"}).json
    assert made["department"] == "Kommunalteknikk – veg"
    assert by_number(1, made["number"]).language == "nn"


def test_a_position_may_carry_a_height(client):
    assert client.post(URL, json=NEW | point(7.7279, 63.1104, 12)).json["position"] == POINT


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"service_code": "ROAD-TROLL"}, "service_code"),
        ({"service_code": ""}, "service_code"),
        ({"service_code": 7}, "service_code"),
        ({"service_code": None}, "service_code"),
        ({"service_code": "X" * 101}, "service_code"),
        ({"position": None}, "position"),
        ({"position": [7.7, 63.1]}, "position"),
        ({"position": {"type": "Polygon", "coordinates": [7.7, 63.1]}}, "position"),
        ({"position": {"type": "Point"}}, "position"),
        (point(), "position"),
        (point(7.7279), "position"),
        (point(7.7279, 63.1104, 1, 1), "position"),
        (point(7.7279, 91), "position"),
        (point(63.1104, 200), "position"),
        (point("øst", "nord"), "position"),
        (point(None, 63.1104), "position"),
        (point(7.60, 62.95), "position"),
        (point(63.1104, 7.7279), "position"),
        ({"description": ""}, "description"),
        ({"description": "  \r\n "}, "description"),
        ({"description": None}, "description"),
        ({"description": ["hull"]}, "description"),
        ({"description": "x" * 4001}, "description"),
        ({"description": "hull\x00"}, "description"),
        ({"contact": {"email": "nobody"}}, "contact"),
        ({"contact": {"email": "a@b"}}, "contact"),
        ({"contact": {"email": "a@example.org\nBcc: b@example.org"}}, "contact"),
        ({"contact": {"email": "a@example.org, b@example.org"}}, "contact"),
        ({"contact": {"email": ["a@example.org"]}}, "contact"),
        ({"contact": {"email": {"a": 1}}}, "contact"),
        ({"contact": {"email": 5}}, "contact"),
        ({"contact": {"email": True}}, "contact"),
        ({"contact": {"email": "a@exam\x00ple.org"}}, "contact"),
        ({"contact": {"email": f"{'a' * 250}@example.org"}}, "contact"),
        ({"contact": {"phone": "12345678"}}, "contact"),
        ({"contact": "a@example.org"}, "contact"),
        ({"contact": {"phone": 41500000}}, "contact"),
        ({"contact": {"phone": "+47"}}, "contact"),
        ({"contact": {"phone": "41500000 ext. 7"}}, "contact"),
        ({"contact": {"name": "x" * 201}}, "contact"),
        ({"contact": {"name": "a\x00b"}}, "contact"),
        ({"answers": {"size": "enormous"}}, "answers.size"),
        ({"answers": {"size": ["small"]}}, "answers.size"),
        ({"answers": {"size": {"a": 1}}}, "answers.size"),
        ({"answers": {"depth": "deep"}}, "answers.depth"),
        ({"answers": {"depth": -1}}, "answers.depth"),
        ({"answers": {"depth": True}}, "answers.depth"),
        ({"answers": {"colour": "red"}}, "answers.colour"),
        ({"answers": "small"}, "answers"),
        ({"photos": ["no-such-photo"]}, "photos"),
        ({"photos": ["a"] * 6}, "photos"),
        ({"photos": "a"}, "photos"),
        ({"status": "fixed"}, "status"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(client, wrong, field):
    answer = client.post(URL, json=NEW | wrong)
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert list(answer.json["errors"]) == [field]
    assert how_many() == 0


@pytest.mark.parametrize("field", ["service_code", "position", "description"])
def test_a_missing_field_is_named(client, field):
    answer = client.post(URL, json={name: NEW[name] for name in NEW if name != field})
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_all_wrong_fields_are_named_at_once(client):
    answer = client.post(URL, json={"service_code": 7, "position": 7, "description": 7})
    assert set(answer.json["errors"]) == {"service_code", "position", "description"}


def test_a_refusal_speaks_the_callers_language(client):
    answer = client.post(URL, json=NEW | {"description": ""})
    assert answer.json["errors"]["description"][0].startswith("Skriv hva som er galt")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"service_code=ROAD-POTHOLE", "application/x-www-form-urlencoded", 415),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'"hull"', "application/json", 422),
        (b"[" * 100_000, "application/json", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(client, body, content_type, status):
    answer = client.post(URL, data=body, content_type=content_type)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(client, written):
    body = (
        '{"service_code": "ROAD-POTHOLE", "description": "Hull",'
        f' "position": {{"type": "Point", "coordinates": [7.7, {written}]}}}}'
    )
    answer = client.post(URL, data=body, content_type="application/json")
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("field", ["service_code", "description", "email"])
@pytest.mark.parametrize("written", ["\\ud800", "\\u0000", "\\udfff x"])
def test_text_that_cannot_be_stored_is_never_an_error_of_ours(client, field, written):
    values = {"service_code": "ROAD-POTHOLE", "description": "Hull", "email": "a@example.org"}
    values[field] += written
    body = (
        f'{{"service_code": "{values["service_code"]}", "description": "{values["description"]}",'
        f' "contact": {{"email": "{values["email"]}"}},'
        ' "position": {"type": "Point", "coordinates": [7.7279, 63.1104]}}'
    )
    answer = client.post(URL, data=body, content_type="application/json")
    assert answer.status_code in {400, 422}, answer.text
    assert how_many() == 0


# --- sending twice ----------------------------------------------------------------------------------


def test_the_same_key_again_answers_with_the_same_report(client):
    first = client.post(URL, json=NEW, headers=KEY)
    again = client.post(URL, json=NEW, headers=KEY)
    assert again.status_code == 201
    assert again.json == first.json
    assert how_many() == 1


def test_the_same_key_for_another_report_is_refused(client):
    client.post(URL, json=NEW, headers=KEY)
    again = client.post(URL, json=NEW | {"description": "Et annet"}, headers=KEY)
    assert again.status_code == 422
    assert list(again.json["errors"]) == ["Idempotency-Key"]


def test_without_a_key_two_reports_are_two(client):
    numbers = {client.post(URL, json=NEW).json["number"] for _ in range(2)}
    assert len(numbers) == 2


@pytest.mark.parametrize("key", ["short", "x" * 129, "med mellomrom i", "nøkkel-på-norsk"])
def test_a_key_that_is_none_is_refused(client, key):
    answer = client.post(URL, json=NEW, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["Idempotency-Key"]


def test_answers_are_kept_and_the_public_ones_are_shown(client):
    answers = {"size": "large", "depth": "12,5"}
    body = client.post(URL, json=NEW | {"answers": answers}).json
    assert body["answers"] == {"size": "large", "depth": 12.5}
    assert by_number(1, body["number"]).answers == body["answers"]


def test_answers_that_are_not_public_are_kept_for_those_who_work_with_it(client):
    new = NEW | {
        "service_code": "ENVIRONMENT-VEHICLE",
        "answers": {"vehicle": "car", "marks": "blå, AB 12345"},
    }
    body = client.post(URL, json=new).json
    assert body["answers"] == {"vehicle": "car"}
    assert by_number(1, body["number"]).answers["marks"] == "blå, AB 12345"


def test_a_question_that_must_be_answered_is_asked_for(client):
    answer = client.post(URL, json=NEW | {"service_code": "ENVIRONMENT-VEHICLE"})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["answers.vehicle"])
    assert how_many() == 0


def test_services_tell_their_questions(client):
    services = {it["service_code"]: it for it in client.get("/api/v1/services").json}
    question = services["ROAD-POTHOLE"]["questions"][0]
    assert (question["code"], question["kind"], question["required"]) == ("size", "choice", False)
    assert [choice["code"] for choice in question["choices"]] == ["small", "medium", "large"]
    assert services["ROAD-POTHOLE"]["contact_need"] == "none"


def test_a_telephone_number_is_kept_as_the_world_writes_it(client):
    contact = {"phone": "415 00 000", "name": "  Innsender  Innsendersen "}
    assert client.post(URL, json=NEW | {"contact": contact}).status_code == 201
    kept = session().scalars(select(Contact)).one()
    assert (kept.phone, kept.name, kept.email) == ("+4741500000", "Innsender Innsendersen", None)


def test_a_name_alone_is_not_kept(client):
    assert client.post(URL, json=NEW | {"contact": {"name": "Innsender"}}).status_code == 201
    assert session().scalar(select(func.count()).select_from(Contact)) == 0


@pytest.mark.parametrize(
    ("need", "contact", "status"),
    [
        ("address", None, 422),
        ("address", {"name": "Innsender"}, 422),
        ("address", {"phone": "41500000"}, 201),
        ("address", {"email": "reporter@example.org"}, 201),
        ("confirmed", {"email": "reporter@example.org"}, 422),
    ],
)
def test_a_service_may_want_to_reach_the_one_who_reports(client, need, contact, status):
    change = update(Service).where(Service.code == "ROAD-POTHOLE").values(contact_need=need)
    try:
        session().execute(change)
        session().commit()
        answer = client.post(URL, json=NEW | {"contact": contact})
        assert answer.status_code == status
        assert status == 201 or list(answer.json["errors"]) == ["contact"]
    finally:
        session().execute(change.values(contact_need="none"))
        session().commit()


def test_one_address_sends_so_many_a_day_and_no_more(client, monkeypatch):
    monkeypatch.setattr("app.service_requests.intake.MOST_PER_CONTACT", 2)
    contact = {"contact": {"email": "reporter@example.org"}}
    shouted = {"contact": {"email": "REPORTER@example.org"}}
    first = [client.post(URL, json=NEW | given).status_code for given in (contact, shouted)]
    third = client.post(URL, json=NEW | contact)
    other = client.post(URL, json=NEW | {"contact": {"email": "other@example.org"}})
    assert (first, third.status_code, other.status_code) == ([201, 201], 429, 201)
    assert third.content_type == "application/problem+json"
    assert how_many() == 3


def test_the_same_key_with_other_answers_is_another_report(client):
    first = client.post(URL, json=NEW | {"answers": {"size": "small"}}, headers=KEY)
    same = client.post(URL, json=NEW | {"answers": {"size": "small"}}, headers=KEY)
    other = client.post(URL, json=NEW | {"answers": {"size": "large"}}, headers=KEY)
    assert first.json["number"] == same.json["number"]
    assert (other.status_code, how_many()) == (422, 1)


# --- near --------------------------------------------------------------------------------------------


def near(client, **query):
    at = {"service": "ROAD-POTHOLE", "latitude": 63.1104, "longitude": 7.7279}
    return client.get(f"{URL}/near", query_string=at | query)


def test_what_is_reported_near_is_told_with_its_distance(client):
    made = client.post(URL, json=NEW).json
    (found,) = near(client, latitude=63.11049).json
    assert (found["number"], found["metres"], found["photo"]) == (made["number"], 10, None)
    assert found["distance"] == "10\u00a0m unna"
    assert near(client, latitude=63.112).json == []


@pytest.mark.parametrize(
    ("query", "status"),
    [({"service": "TROLL"}, 422), ({"latitude": "nord"}, 400), ({"latitude": 91}, 400)],
)
def test_a_question_that_cannot_be_read_is_refused(client, query, status):
    assert near(client, **query).status_code == status
