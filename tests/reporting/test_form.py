"""The residents' form, step by step, as a browser without JavaScript uses it."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from app.database import session
from app.service_requests.models import Contact, ServiceRequest
from app.service_requests.queries import by_token

from ..factories import AVEROY, TOWN, orders
from ..pages import actions, fields
from ..servers import kommuneinfo

PLACED = {"latitude": "63,1104", "longitude": "7,7279"}
ANSWERS = {"service": "ROAD-POTHOLE", "description": "Dypt hull ved <krysset>"}
KEY = {"idempotency_key": "3f0d8a52-7c5c-4b8e-9d0a-1f5b6f1c2d3e"}
WHOLE = PLACED | ANSWERS | KEY | {"asked": "ROAD-POTHOLE"}


def how_many(table=ServiceRequest):
    return session().scalar(select(func.count()).select_from(table))


def place_id(client, name):
    features = client.get("/kart/steder.geojson").json["features"]
    (found,) = [item["id"] for item in features if item["properties"]["name"] == name]
    return str(found)


def sent_report(answer):
    assert answer.status_code == 303, answer.text
    _, _, token, page = urlsplit(answer.location).path.split("/")
    assert page == "kvittering"
    return by_token(token)


def test_a_resident_reports_without_javascript(client):
    where = client.get("/meld")
    what = client.post("/meld/hva", data=fields(where.text) | PLACED)
    asked = client.post("/meld/se-over", data=fields(what.text) | ANSWERS)
    assert "Hvor stort er hullet?" in asked.text
    review = client.post("/meld/se-over", data=fields(asked.text))
    sent = client.post("/meld/send", data=fields(review.text))
    report = sent_report(sent)
    assert (report.service.code, report.description) == tuple(ANSWERS.values())
    assert (report.channel, report.language) == ("web", "nb")
    assert report.number in client.get(sent.location).text


def test_the_pages_say_what_was_answered_who_gets_it_and_by_when(client):
    review = client.post("/meld/se-over", data=WHOLE | {"email": "reporter@example.org"}).text
    for words in (
        "63,11040",
        "Hull i veien",
        "Dypt hull ved &lt;krysset&gt;",
        "reporter@example.org",
        "Kommunalteknikk – vei har ansvar for meldinger om «Vei» (regel 11).",
        "virkedager",
    ):
        assert words in review
    assert "<krysset>" not in review


def test_the_second_step_says_whom_to_call_in_danger(client):
    page = client.post("/meld/hva", data=PLACED).text
    for number in ("113", "110", "112", "175"):
        assert f"tel:{number}" in page


def test_the_receipt_shows_the_number_the_words_and_the_link(client):
    answer = client.post("/meld/send", data=WHOLE)
    report, page = sent_report(answer), client.get(answer.location).text
    for words in (report.number, "Dypt hull ved &lt;krysset&gt;", f"/m/{report.token}"):
        assert words in page


def test_an_address_gives_a_receipt_by_email(client):
    sent_report(client.post("/meld/send", data=WHOLE | {"email": "reporter@example.org"}))
    assert session().scalar(select(Contact.email)) == "reporter@example.org"
    assert [name for name, _ in orders()] == ["notifications.acknowledge"]


# --- the place --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("63,1104", "7,7279"),
        ("63.1104", "7.7279"),
        (" 63,1104 ", "7,7279°"),
        ("+63,1104", "7,72790"),
    ],
)
def test_coordinates_may_be_written_with_comma_or_point(client, latitude, longitude):
    placed = {"latitude": latitude, "longitude": longitude}
    page = client.post("/meld/hva", data=placed)
    assert page.status_code == 200
    assert fields(page.text)["latitude"] == "63.110400"
    assert "63,11040" in page.text


def test_a_place_from_the_list_is_enough(client):
    page = client.post("/meld/hva", data={"place": place_id(client, "Grip")})
    assert page.status_code == 200
    assert fields(page.text)["longitude"] == "7.593100"


def test_another_place_from_the_list_replaces_the_one_before(client):
    grip = client.post("/meld/hva", data={"place": place_id(client, "Grip")})
    back = client.post("/meld/hvor", data=fields(grip.text))
    again = fields(back.text) | {"place": place_id(client, "Innlandet")}
    assert fields(client.post("/meld/hva", data=again).text)["longitude"] == "7.734800"


@pytest.mark.parametrize(
    "placed",
    [
        {},
        {"place": "999999"},
        {"place": "' OR 1=1"},
        {"latitude": "63,1104"},
        {"longitude": "7,7279"},
        {"latitude": "nord", "longitude": "øst"},
        {"latitude": "91", "longitude": "7,7"},
        {"latitude": "63,1,1", "longitude": "7,7"},
        {"latitude": "nan", "longitude": "inf"},
        {"latitude": "٦٣", "longitude": "7,7"},
        {"latitude": "1e9", "longitude": "7,7"},
        {"latitude": "\x00", "longitude": "7,7"},
    ],
)
def test_a_place_that_is_none_is_asked_for_again(client, placed):
    page = client.post("/meld/hva", data=placed | ANSWERS)
    assert page.status_code == 422
    assert "/meld/hva" in actions(page.text)
    assert fields(page.text)["description"] == ANSWERS["description"]


@pytest.fixture
def register(app, monkeypatch):
    with kommuneinfo(name_at_point="Averøy") as running:
        settings = replace(app.config["SETTINGS"], kommuneinfo_url=running.url)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        yield running


OUTSIDE = {"latitude": str(AVEROY.latitude), "longitude": str(AVEROY.longitude)}


@pytest.mark.parametrize("step", ["hva", "se-over", "send"])
def test_a_place_outside_is_told_with_the_municipality_it_is_in(client, register, step):
    page = client.post(f"/meld/{step}", data=WHOLE | OUTSIDE)
    assert page.status_code == 422
    assert "Averøy" in page.text
    assert fields(page.text)["description"] == ANSWERS["description"]
    assert how_many() == 0


def test_a_place_outside_is_told_with_the_register_away_too(client):
    page = client.post("/meld/hva", data=OUTSIDE)
    assert page.status_code == 422
    assert "Stedet ligger utenfor kommunen" in page.text


# --- the rest ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"service": ""}, "service"),
        ({"service": "ROAD-TROLL"}, "service"),
        ({"service": "\x00"}, "service"),
        ({"description": ""}, "description"),
        ({"description": " \r\n\t "}, "description"),
        ({"description": "x" * 4001}, "description"),
        ({"description": "hull\x00"}, "description"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
    ],
)
@pytest.mark.parametrize("step", ["se-over", "send"])
def test_a_wrong_answer_is_asked_for_again_with_the_others_kept(client, step, wrong, field):
    page = client.post(f"/meld/{step}", data=WHOLE | {"email": "a@example.org"} | wrong)
    assert page.status_code in {400, 422}
    assert how_many() == 0
    if page.status_code == 422:
        kept = fields(page.text)
        assert "aria-invalid" in page.text or f"{field}s-error" in page.text
        assert kept["idempotency_key"] == KEY["idempotency_key"]


def test_a_service_that_does_not_exist_is_asked_for_again(client):
    page = client.post("/meld/send", data=WHOLE | {"service": "ROAD-TROLL"})
    assert page.status_code == 422
    assert "Velg" in page.text


def test_going_back_keeps_everything(client):
    review = client.post("/meld/se-over", data=WHOLE | {"email": "reporter@example.org"})
    assert {"/meld/hvor", "/meld/hva", "/meld/send"} <= set(actions(review.text))
    what = client.post("/meld/hva", data=fields(review.text))
    where = client.post("/meld/hvor", data=fields(what.text))
    kept = {name: fields(where.text)[name] for name in (*WHOLE, "email")}
    placed = {"latitude": "63.110400", "longitude": "7.727900"}
    assert kept == WHOLE | placed | {"email": "reporter@example.org"}


def test_each_visit_has_a_key_of_its_own_that_every_step_carries(client):
    first, second = (fields(client.get("/meld").text)["idempotency_key"] for _ in range(2))
    assert first != second
    page = client.post("/meld/hva", data=PLACED | {"idempotency_key": first})
    assert fields(page.text)["idempotency_key"] == first


def test_sending_twice_makes_one_report(client):
    first, second = (client.post("/meld/send", data=WHOLE) for _ in range(2))
    assert first.location == second.location
    assert how_many() == 1


def test_the_same_form_with_other_words_is_not_taken_for_the_same_report(client):
    client.post("/meld/send", data=WHOLE)
    again = client.post("/meld/send", data=WHOLE | {"description": "Et annet hull"})
    assert again.status_code == 422
    assert how_many() == 1


@pytest.mark.parametrize("step", ["hvor", "hva", "se-over", "send"])
def test_a_step_without_answers_begins_at_the_beginning(client, step):
    answer = client.get(f"/meld/{step}")
    assert (answer.status_code, answer.location) == (303, "/meld")


def test_a_link_may_bring_the_place_along(client):
    page = client.get(f"/meld?latitude={TOWN.latitude}&longitude={TOWN.longitude}")
    assert fields(page.text)["latitude"] == "63.1104"


def test_what_was_typed_is_shown_as_text_and_never_as_html(client):
    page = client.post("/meld/hvor", data=dict.fromkeys(WHOLE, '"><script>alert(1)</script>'))
    assert "<script>alert" not in page.text


def test_half_a_surrogate_pair_is_no_error_of_ours(client):
    broken = {name: value.encode() for name, value in WHOLE.items()} | {
        "description": b"\xed\xa0\x80"
    }
    assert client.post("/meld/send", data=broken).status_code in {303, 400, 422}


def test_a_form_on_another_site_is_refused(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert app.test_client().post("/meld/send", data=WHOLE, headers=headers).status_code == 400
    assert how_many() == 0


def test_a_form_of_ours_is_taken_without_a_cookie(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert app.test_client().post("/meld/send", data=WHOLE, headers=headers).status_code == 303
