"""Text messages: the alphabet, the length, and a gateway that is slow, refuses or answers late."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from socket import create_server
from threading import Thread
from time import monotonic, sleep
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.database import session, transaction
from app.i18n import force_locale
from app.notifications import gateway as gateways
from app.notifications.gateway import Gateway, filled
from app.notifications.gsm7 import SEPTETS, fitted, plain, septets, shortened
from app.notifications.models import DeliveryKind
from app.notifications.operations import acknowledge, reply_preliminarily, tell_reporter
from app.notifications.texts import message_of
from app.service_requests.kinds import EntryKind
from app.service_requests.status import Status

from ..factories import changed, submitted
from ..servers import receiver
from .conftest import post_by, rows, write

NOW = datetime.now(UTC)
PHONE = "+4799999999"


@pytest.fixture
def sms():
    with receiver() as running:
        yield running


def by_sms(sms, **values):
    settings = {"url": sms.url, "body": '{"to": "{to}", "text": "{text}"}'}
    return post_by(gateway=Gateway(**settings | values))


# --- the alphabet -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("æøåÆØÅ", 6), ("@£$é", 4), ("[€]", 6), ("{~}", 6), ("a\nb", 3)],
)
def test_letters_of_the_alphabet_are_counted_in_septets(text, count):
    assert septets(text) == count


@pytest.mark.parametrize("text", ["č", "«", "–", "😀", "\u00a0"])
def test_other_letters_are_refused(text):
    with pytest.raises(ValueError, match="alphabet"):
        septets(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [("«hull» – på\u00a0Čáhcesuolo…", '"hull" - på Cahcesuolo...'), ("😀 ŋ", "? n"), ("ê", "e")],
)
def test_other_letters_become_the_nearest(text, written):
    assert plain(text) == written


@given(st.text(), st.integers(0, 160))
def test_what_is_shortened_fits(text, room):
    assert septets(shortened(plain(text), room)) <= room


@given(st.text())
def test_words_and_link_fit_into_one_message_with_the_link_whole(text):
    link = "https://melde.example.org/m/" + "x" * 32
    message = fitted(text, link)
    assert septets(message) <= SEPTETS
    assert message.endswith(f" {link}")


def test_words_are_cut_between_words():
    assert shortened("en to tre fire fem", 12) == "en to tre..."


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_text_fits_into_one_message(jurisdiction, desk, language):
    report = submitted(jurisdiction, language=language)
    for status in (Status.PLANNED, Status.IN_PROGRESS, Status.FIXED, Status.ASSESSING):
        changed(report, status, desk, led_to_improvement=status == Status.FIXED or None)
    changed(report, Status.NO_ACTION, desk, message="Veien er privat.")
    with transaction():
        reply_preliminarily(report.id, now=NOW)
    session().expire_all()
    link = f"https://meldfeil.kristiansund.kommune.example.org/m/{report.token}"
    with force_locale(language):
        for entry in report.history:
            for kind in (DeliveryKind.RECEIPT, DeliveryKind.UPDATE):
                message = message_of(kind, report, entry, link)
                assert septets(message) <= SEPTETS
                assert message.endswith(link)
                assert report.number in message
                assert "..." not in message
    assert {entry.kind for entry in report.history} >= {EntryKind.PRELIMINARY, EntryKind.STATUS}


# --- the gateway ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "kind", "text"),
    [
        ('{"m": {"to": "{to}", "text": "{text}"}}', "json", 'a "b"\n\\ {to} æ'),
        ("to={to}&text={text}&from=Kommune", "form", "a&b=c {to} æ+%"),
        ("https://sms.example.org/?t={text}&n={to}", "url", "a&b#c {to} æ/ø"),
    ],
)
def test_number_and_text_cannot_change_the_form(template, kind, text):
    done = filled(template, PHONE, text, kind)
    if kind == "json":
        assert json.loads(done)["m"] == {"to": PHONE, "text": text}
    else:
        query = parse_qs(done.partition("?")[2] if kind == "url" else done, strict_parsing=True)
        assert query.get("to", query.get("n")) == [PHONE]
        assert query.get("text", query.get("t")) == [text]


def test_the_receipt_goes_by_sms_to_who_left_only_a_number(jurisdiction, sms):
    post = by_sms(sms, headers={"Authorization": "Bearer secret"})
    report = submitted(jurisdiction, phone=PHONE, language="nb")
    with transaction():
        acknowledge(report.id, post, now=NOW)
    write(post, now=NOW)
    write(post, now=NOW)
    ((headers, body),) = sms.taken
    sent = json.loads(body)
    assert headers["authorization"] == "Bearer secret"
    assert headers["content-type"] == "application/json"
    assert sent["to"] == PHONE
    assert report.number in sent["text"]
    assert sent["text"].endswith(f"/m/{report.token}")
    assert [row["channel"] for row in rows()] == ["sms"]


def test_a_form_is_sent_as_a_form(jurisdiction, sms):
    post = by_sms(sms, body="nr={to}&msg={text}")
    report = submitted(jurisdiction, phone=PHONE, language="nb")
    with transaction():
        acknowledge(report.id, post, now=NOW)
    write(post, now=NOW)
    ((headers, body),) = sms.taken
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body.decode())["nr"] == [PHONE]


def test_several_changes_are_one_message_with_the_last(jurisdiction, desk, sms):
    post = by_sms(sms)
    report = submitted(jurisdiction, phone=PHONE, language="nb")
    for status in (Status.PLANNED, Status.IN_PROGRESS):
        changed(report, status, desk)
        with transaction():
            tell_reporter(report.history[-1].id, post, now=NOW)
    write(post, now=NOW)
    ((_, body),) = sms.taken
    assert "Under arbeid" in json.loads(body)["text"]


def test_who_left_an_address_gets_no_sms(jurisdiction, sms, server):
    post = post_by(server, gateway=Gateway(url=sms.url))
    report = submitted(jurisdiction, phone=PHONE, email="reporter@example.org", language="nb")
    with transaction():
        acknowledge(report.id, post, now=NOW)
    write(post, now=NOW)
    assert sms.taken == []
    assert len(server.taken) == 1


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_what_the_gateway_refuses_is_sent_later(jurisdiction, sms, status, caplog):
    sms.statuses = [status]
    post = by_sms(sms)
    report = submitted(jurisdiction, phone=PHONE, language="nb")
    with transaction():
        acknowledge(report.id, post, now=NOW)
    write(post, now=NOW)
    assert f"status {status}" in caplog.text
    assert PHONE not in caplog.text
    assert rows()[0]["sent_at"] is None
    write(post, now=NOW + timedelta(minutes=1))
    assert rows()[0]["sent_at"] is not None
    assert len(sms.taken) == 2


@contextmanager
def dripping():
    with create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def drip():
            caller, _ = listening.accept()
            with caller:
                try:
                    for letter in "HTTP/1.1 200 OK\r\nX-Long: " + "x" * 100:
                        caller.sendall(letter.encode())
                        sleep(0.05)
                except OSError:
                    return

        thread = Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join()


def test_a_slow_gateway_has_one_deadline(monkeypatch):
    monkeypatch.setattr(gateways, "TIMEOUT_SECONDS", 0.5)
    with dripping() as url:
        began = monotonic()
        with pytest.raises(OSError, match="not reached") as told:
            Gateway(url=url, body="to={to}").send(PHONE, "text", "x")
        assert monotonic() - began < 4
    assert PHONE not in str(told.value)


def test_without_a_gateway_a_number_is_not_promised_anything(jurisdiction):
    report = submitted(jurisdiction, phone=PHONE, language="nb")
    with transaction():
        assert acknowledge(report.id, post_by(), now=NOW) is None
    assert rows() == []


def test_in_a_folder_a_message_is_a_file(tmp_path):
    Gateway(folder=tmp_path).send(PHONE, "Hei", "KSU-2026-000001.1.receipt")
    (file,) = tmp_path.iterdir()
    assert file.name == "KSU-2026-000001.1.receipt.sms.txt"
    assert file.read_text() == f"{PHONE}\nHei\n"
