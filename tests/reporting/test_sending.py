"""Sending: keeping machines out at no cost to people, codes by e-mail, limits that lose nothing."""

import re
import time
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select, text, update

from app.catalog.models import Service
from app.database import session, transaction
from app.reporting import codes, proof
from app.service_requests.models import Contact

from ..factories import do_jobs, orders
from ..pages import fields
from .test_form import WHOLE, how_many, sent_report

EMAIL = {"email": "reporter@example.org"}


@pytest.fixture
def strict(app, monkeypatch):
    """A service that looks at how fast a form is sent, as it does outside the tests."""
    settings = replace(app.config["SETTINGS"], form_seconds=3)
    monkeypatch.setitem(app.config, "SETTINGS", settings)


@pytest.fixture
def confirmed(app):
    """A service that wants an address to be shown to be the reporter's own."""
    change = update(Service).where(Service.code == "ROAD-POTHOLE")
    with transaction():
        session().execute(change.values(contact_need="confirmed"))
    yield
    session().rollback()
    with transaction():
        session().execute(change.values(contact_need="none"))


# --- proof and trap ----------------------------------------------------------------------------------


def test_whoever_sends_too_fast_presses_once_more_and_loses_nothing(client, strict, monkeypatch):
    review = client.post("/meld/se-over", data=WHOLE)
    held = client.post("/meld/send", data=fields(review.text))
    assert held.status_code == 422
    assert "Trykk «Send inn» en gang til" in held.text
    assert how_many() == 0
    kept = fields(held.text)
    assert kept["description"] == WHOLE["description"]
    monkeypatch.setattr(proof, "age_seconds", lambda *_: 4.0)
    sent_report(client.post("/meld/send", data=kept))


def test_a_form_without_a_note_of_ours_gets_one(client, strict):
    held = client.post("/meld/send", data=WHOLE | {"proof": "made up"})
    assert (held.status_code, how_many()) == (422, 0)
    key = WHOLE["idempotency_key"]
    assert (
        proof.age_seconds(client.application.config["SECRET_KEY"], fields(held.text)["proof"], key)
        < 60
    )


def test_a_note_counts_for_one_form_only():
    note = proof.issue("secret", "first")
    assert proof.age_seconds("secret", note, "first") < 60
    assert proof.age_seconds("secret", note, "second") is None
    assert proof.age_seconds("other", note, "first") is None


def test_the_field_that_no_person_sees_holds_a_report_back(client):
    held = client.post("/meld/send", data=WHOLE | {"website": "https://example.org"})
    assert (held.status_code, how_many()) == (422, 0)
    assert fields(held.text)["website"] == ""
    sent_report(client.post("/meld/send", data=fields(held.text)))


# --- limits -------------------------------------------------------------------------------------------


def test_a_limit_keeps_the_answers(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "SUBMIT_LIMIT", "1 per minute")
    first = client.post("/meld/send", data=WHOLE | {"description": ""})
    assert first.status_code == 422
    waits = client.post("/meld/send", data=WHOLE | EMAIL)
    assert waits.status_code == 429
    assert waits.headers["Retry-After"]
    kept = fields(waits.text)
    assert (kept["description"], kept["email"]) == (WHOLE["description"], EMAIL["email"])


def test_the_limit_of_a_contact_keeps_the_answers(client, monkeypatch):
    monkeypatch.setattr("app.service_requests.intake.MOST_PER_CONTACT", 1)
    sent_report(client.post("/meld/send", data=WHOLE | EMAIL))
    waits = client.post("/meld/send", data=WHOLE | EMAIL | {"idempotency_key": "another-key"})
    assert waits.status_code == 429
    assert "reporter@example.org" in fields(waits.text)["email"]
    again = client.post("/meld/send", data=WHOLE | EMAIL)
    assert again.status_code == 303, "the same report again is no new one"


# --- a code by e-mail ---------------------------------------------------------------------------------


def letter_in(app):
    (file,) = app.config["SETTINGS"].mail_folder.glob("code.*.eml")
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    file.unlink()
    return message


def test_a_code_shows_whose_the_address_is(client, app, confirmed):
    asked = client.post("/meld/send", data=WHOLE | EMAIL)
    assert asked.status_code == 200
    assert "Skriv koden fra e-posten" in asked.text
    assert how_many() == how_many(Contact) == 0
    (waiting,) = orders()
    assert waiting[0] == "reporting.send_code"
    assert "reporter" not in str(waiting[1])
    do_jobs(app)
    message = letter_in(app)
    assert message["To"] == "reporter@example.org"
    code = re.search(r"\d{3} \d{3}", message["Subject"])[0]
    assert code in message.get_body(("plain",)).get_content()
    left = session().scalars(text("SELECT args::text FROM procrastinate_jobs")).all()
    assert left
    assert "sealed" not in "".join(left)
    sent_report(client.post("/meld/send", data=fields(asked.text) | {"code": code}))
    assert session().scalar(select(Contact.email)) == "reporter@example.org"


def test_a_wrong_code_may_be_tried_again_but_not_for_ever(client, confirmed):
    asked = fields(client.post("/meld/send", data=WHOLE | EMAIL).text)
    answers = [client.post("/meld/send", data=asked | {"code": "xxxxxx"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Koden stemmer ikke" in answers[0].text
    assert fields(answers[5].text)["description"] == WHOLE["description"]
    assert how_many() == 0


def test_a_ticket_with_rubbish_after_it_gives_no_more_tries(client, confirmed):
    asked = fields(client.post("/meld/send", data=WHOLE | EMAIL).text)
    tries = [asked | {"code": "xxxxxx", "ticket": asked["ticket"] + "~" * n} for n in range(6)]
    answers = [client.post("/meld/send", data=data).status_code for data in tries]
    assert answers == [422] * 5 + [429]


def test_so_many_codes_go_to_one_address(client, confirmed):
    statuses = [client.post("/meld/send", data=WHOLE | EMAIL).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert len(orders()) == 5


def test_such_a_service_asks_for_an_address_first(client, confirmed):
    page = client.post("/meld/se-over", data=WHOLE | {"phone": "41500000"})
    assert page.status_code == 422
    assert 'id="email-error"' in page.text


def test_a_ticket_is_for_one_address_one_form_and_a_quarter_of_an_hour(monkeypatch):
    values = {"email": "a@example.org", "code": "012345", "key": "form"}
    written = codes.ticket("secret", **values)
    codes.check("secret", written, **(values | {"code": " 012 345 "}))
    for wrong in ({"email": "b@example.org"}, {"code": "543210"}, {"key": "other"}):
        with pytest.raises(codes.Wrong):
            codes.check("secret", written, **(values | wrong))
    with pytest.raises(codes.Wrong):
        codes.check("another", written, **values)
    later = time.time() + codes.LIFETIME_SECONDS + 2
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(codes.Expired):
        codes.check("secret", written, **values)


def test_what_is_sealed_opens_for_us_and_for_a_while(monkeypatch):
    message = codes.Message(email="a@example.org", code="012345", language="nn", name="Kommunen")
    sealed = codes.seal("secret", message)
    assert "example" not in sealed
    assert codes.unseal("secret", sealed) == message
    assert codes.unseal("another", sealed) is None
    later = time.time() + codes.LIFETIME_SECONDS + 2
    monkeypatch.setattr(time, "time", lambda: later)
    assert codes.unseal("secret", sealed) is None
