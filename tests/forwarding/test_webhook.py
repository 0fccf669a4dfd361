"""A webhook as Standard Webhooks describes it."""

import base64
import hashlib
import hmac
import json
from contextlib import contextmanager, suppress
from dataclasses import replace
from socket import create_server
from threading import Thread
from time import monotonic, sleep

import pytest
from click.testing import CliRunner

from app.cli import main
from app.forwarding import queries, ways
from app.forwarding.ways import NotSent, is_safe, webhook_secret

from ..conftest import KEY
from ..factories import do_jobs, submitted
from .conftest import NOW, WORDS, hurry, office, row_of, send


@pytest.fixture
def hooked(jurisdiction, outside, hook):
    outside("webhook", webhook_url=hook.url, email=None)
    return submitted(jurisdiction, description=WORDS, email="reporter@example.org")


def is_genuine(headers, body, secret):
    """The check as docs/outside-bodies.md shows it."""
    signed = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body]
    )
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{digest}" in headers["webhook-signature"].split(" ")


def test_the_receiver_can_check_that_it_is_ours(hooked, hook):
    assert send(hooked, office())
    ((headers, body),) = hook.taken
    secret = webhook_secret(KEY, hooked.department_id)
    assert is_genuine(headers, body, secret)
    assert not is_genuine(headers, body + b" ", secret)
    assert not is_genuine(headers, body, webhook_secret(KEY, hooked.department_id + 1))
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert "." not in headers["webhook-id"]


def test_the_body_has_the_report_and_the_ways_to_answer(hooked, hook):
    send(hooked, office())
    content = json.loads(hook.taken[0][1])
    data = content["data"]
    assert content["type"] == "service_request.forwarded"
    assert (data["number"], data["description"]) == (hooked.number, WORDS)
    assert data["position"] == {"type": "Point", "coordinates": [7.7279, 63.1104]}
    assert data["routing_reason"] == hooked.routing_reason["nb"]
    token = data["links"]["answer"].rpartition("/")[2]
    assert data["links"]["answer_api"] == f"https://melde.example.org/api/v1/answers/{token}"


def test_no_webhook_says_who_reported(hooked, hook):
    send(hooked, office())
    headers, body = hook.taken[0]
    assert b"reporter@" not in body
    assert hooked.token.encode() not in body
    assert KEY not in str(headers)


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        (b'{"reference": "SVV-17"}', "SVV-17"),
        (b'{"reference": "' + b"x" * 300 + b'"}', "x" * 200),
        (b'{"reference": 17}', None),
        (b'{"reference": "a\\u0000b"}', None),
        (b"[]", None),
        (b"<html>", None),
        (b"", None),
        (b"[" * 100_000, None),
    ],
)
def test_the_receivers_own_number_is_kept(hooked, hook, answer, reference):
    hook.answer = answer
    assert send(hooked, office())
    assert (row_of(hooked).state, row_of(hooked).reference) == ("sent", reference)
    assert queries.shown_for(hooked.id)[0].reference == reference


@pytest.mark.parametrize("status", [199 + 102, 400, 410, 500, 503])
def test_only_2xx_means_taken(hooked, hook, status):
    hook.statuses, hook.location = [status], hook.url
    with pytest.raises(NotSent, match=str(status)):
        send(hooked, office())
    assert len(hook.taken) == 1  # redirects are not followed
    assert row_of(hooked).state == "waiting"


def test_a_repeated_webhook_has_the_same_id(app, hooked, hook):
    hook.statuses = [503]
    do_jobs(app)
    assert "503" in row_of(hooked).last_failure
    hurry()
    do_jobs(app)
    assert row_of(hooked).state == "sent"
    assert len({headers["webhook-id"] for headers, _ in hook.taken}) == 1
    assert len(hook.taken) == 2


def test_a_receiver_that_is_away_is_a_failure_in_words(jurisdiction, outside):
    outside("webhook", webhook_url="http://127.0.0.1:9/in", email=None)
    with pytest.raises(NotSent, match=r"127\.0\.0\.1"):
        send(submitted(jurisdiction), office())


@contextmanager
def dripping(*, first=b""):
    """The address of a server that answers a letter at a time, for five seconds."""
    with create_server(("127.0.0.1", 0)) as listening:

        def drip():
            caller, _ = listening.accept()
            with caller, suppress(OSError):
                caller.sendall(first)
                for _ in range(100):
                    caller.sendall(b"X")
                    sleep(0.05)

        thread = Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/in"
        thread.join()


def test_an_answer_that_drips_has_one_deadline(jurisdiction, outside, monkeypatch):
    monkeypatch.setattr(ways, "TIMEOUT_SECONDS", 0.3)
    with dripping(first=b"HTTP/1.1 200 OK\r\nX-Long: ") as url:
        outside("webhook", webhook_url=url, email=None)
        report = submitted(jurisdiction)
        began = monotonic()
        with pytest.raises(NotSent, match=r"0\.3"):
            send(report, office())
        assert monotonic() - began < 4


def test_a_body_that_drips_has_been_taken_all_the_same(jurisdiction, outside, monkeypatch):
    monkeypatch.setattr(ways, "TIMEOUT_SECONDS", 0.3)
    with dripping(first=b"HTTP/1.1 200 OK\r\n\r\n") as url:
        outside("webhook", webhook_url=url, email=None)
        assert send(submitted(jurisdiction), office())


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://hooks.example.org/in", True),
        ("http://127.0.0.1:8000/in", True),
        ("http://[::1]/in", True),
        ("http://localhost/in", True),
        ("http://hooks.example.org/in", False),
        ("http://localhost.example.org/in", False),
        ("http://127.0.0.1.example.org/in", False),
        ("ftp://hooks.example.org", False),
        ("https://", False),
        ("http://[", False),
    ],
)
def test_a_webhook_is_encrypted_or_stays_on_this_machine(url, safe):
    assert is_safe(url) == safe


def test_the_command_prints_the_secret(app, jurisdiction, monkeypatch):
    settings = replace(app.config["SETTINGS"])
    monkeypatch.setenv("MELDE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MELDE_SECRET_KEY", KEY)
    from app.departments.queries import by_code

    expected = webhook_secret(KEY, by_code(jurisdiction.id, "roads").id)
    told = CliRunner().invoke(main, ["department", "webhook-secret", "roads"])
    assert (told.exit_code, told.output.strip()) == (0, expected)
    missing = CliRunner().invoke(main, ["department", "webhook-secret", "nobody"])
    assert missing.exit_code == 1
    monkeypatch.delenv("MELDE_SECRET_KEY")
    keyless = CliRunner().invoke(main, ["department", "webhook-secret", "roads"])
    assert keyless.exit_code == 1
    assert "MELDE_SECRET_KEY" in keyless.output
