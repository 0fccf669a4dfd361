"""Handing messages over, to a server that speaks SMTP and to a folder."""

import smtplib
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.policy import default
from socket import create_server
from threading import Thread
from time import monotonic, sleep

import pytest

from app import mail
from app.mail import AddressRefused, Letter, compose, send

from .servers import mail_server

LETTER = Letter(
    recipient="reporter@example.org",
    subject="Vi har mottatt meldingen KSU-2026-000001: Hull i veien",
    text="Takk for at du sa fra om hullet på Nordlandet.\n",
    html="<p>Takk for at du sa fra om hullet på Nordlandet.</p>\n",
    language="nb",
    message_id="<KSU-2026-000001.1.receipt@melde.example.org>",
)
MESSAGE = compose(LETTER, "Melde feil <no-reply@example.org>")


def test_a_letter_is_marked_as_automatic_and_has_text_and_html():
    assert MESSAGE["Auto-Submitted"] == "auto-generated"
    assert MESSAGE["Content-Language"] == "nb"
    assert MESSAGE["Message-ID"] == LETTER.message_id
    kinds = [part.get_content_type() for part in MESSAGE.iter_parts()]
    assert kinds == ["text/plain", "text/html"]


@pytest.mark.parametrize("field", ["recipient", "subject", "language"])
def test_no_header_can_be_smuggled_in(field):
    smuggled = Letter(**vars(LETTER) | {field: "x\r\nBcc: other@example.org"})
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        compose(smuggled, "no-reply@example.org")


def test_a_server_takes_a_message_whole():
    with mail_server() as server:
        send(MESSAGE, smtp_url=server.url, folder=None)
    (taken,) = server.taken
    assert server.recipients == ["reporter@example.org"]
    assert taken["Subject"] == LETTER.subject
    assert taken.get_body(("plain",)).get_content().strip() == LETTER.text.strip()
    assert "på Nordlandet" in taken.get_body(("html",)).get_content()


def test_a_server_that_asks_gets_user_and_password():
    with mail_server(password="p@ss/ord: 1") as server:
        url = f"smtp://melde:p%40ss%2Ford%3A%201@127.0.0.1:{server.port}"
        send(MESSAGE, smtp_url=url, folder=None)
    assert len(server.taken) == 1


@pytest.mark.parametrize("who", ["", "melde:wrong@"])
def test_a_server_that_asks_refuses_strangers(who):
    with mail_server(password="right") as server, pytest.raises(smtplib.SMTPException):
        send(MESSAGE, smtp_url=f"smtp://{who}127.0.0.1:{server.port}", folder=None)
    assert server.taken == []


@pytest.mark.parametrize("refusal", ["451 try later", "552 no room", "554 not wanted"])
def test_a_refusal_is_an_error(refusal):
    with mail_server(refusal=refusal) as server, pytest.raises(smtplib.SMTPException):
        send(MESSAGE, smtp_url=server.url, folder=None)


def test_starttls_is_demanded_when_it_is_asked_for():
    with mail_server() as server, pytest.raises(smtplib.SMTPException):
        send(MESSAGE, smtp_url=f"smtp+starttls://127.0.0.1:{server.port}", folder=None)
    assert server.taken == []


def test_a_server_that_is_away_is_an_error():
    with pytest.raises(OSError, match="refused"):
        send(MESSAGE, smtp_url="smtp://127.0.0.1:9", folder=None)


def test_without_a_way_out_nothing_is_pretended():
    with pytest.raises(OSError, match="MELDE_SMTP_URL"):
        send(MESSAGE, smtp_url=None, folder=None)


def test_a_folder_holds_each_message_once(tmp_path):
    for _ in range(2):
        send(MESSAGE, smtp_url=None, folder=tmp_path / "mail")
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == "KSU-2026-000001.1.receipt.eml"
    assert message_from_bytes(path.read_bytes(), policy=default)["To"] == LETTER.recipient


@pytest.mark.parametrize("address", ["bjørn@example.org", "post@blåbær.example.org"])
def test_an_address_in_any_alphabet_is_reached(address, tmp_path):
    message = compose(Letter(**vars(LETTER) | {"recipient": address}), "no-reply@example.org")
    with mail_server() as server:
        send(message, smtp_url=server.url, folder=None)
        send(message, smtp_url=None, folder=tmp_path)
    assert len(server.recipients) == 1


@contextmanager
def dribbling():
    """A server that sends its greeting a letter at a time, and never comes to its end."""
    with create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def dribble():
            caller, _ = listening.accept()
            with caller, suppress(OSError):
                for _ in range(200):
                    caller.sendall(b"2")
                    sleep(0.05)

        thread = Thread(target=dribble)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_dribbles_holds_nobody(scheme, monkeypatch):
    monkeypatch.setattr(mail, "DEADLINE_SECONDS", 0.5)
    with dribbling() as port:
        began = monotonic()
        with pytest.raises(OSError):  # noqa: PT011 - TLS and SMTP say it differently
            send(MESSAGE, smtp_url=f"{scheme}://127.0.0.1:{port}", folder=None)
        assert monotonic() - began < 4


def test_a_letter_names_where_it_goes_back_to_and_how_to_stop():
    letter = Letter(**vars(LETTER) | {"unsubscribe_url": "https://melde.example.org/stopp/x"})
    message = compose(letter, "Melde feil <no-reply@example.org>")
    assert message["List-Unsubscribe"] == "<https://melde.example.org/stopp/x>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with mail_server() as server:
        send(message, smtp_url=server.url, folder=None, return_path="retur+1@example.org")
    assert server.senders == ["retur+1@example.org"]
    assert server.taken[0]["From"] == "Melde feil <no-reply@example.org>"


@pytest.mark.parametrize("answer", ["550 5.1.1 gone", "550 no such user here", "551 5.1.6 moved"])
def test_an_address_refused_for_good_is_told_apart(answer):
    with mail_server(refused_recipient=answer) as server, pytest.raises(AddressRefused) as told:
        send(MESSAGE, smtp_url=server.url, folder=None)
    assert told.value.code == int(answer[:3])
    assert "reporter" not in str(told.value)


@pytest.mark.parametrize(
    "answer", ["450 4.2.1 later", "550 5.7.1 relaying denied", "550 blocked", "554 5.7.0 no"]
)
def test_what_is_not_the_addresss_fault_is_tried_again(answer):
    with (
        mail_server(refused_recipient=answer) as server,
        pytest.raises(smtplib.SMTPRecipientsRefused),
    ):
        send(MESSAGE, smtp_url=server.url, folder=None)
