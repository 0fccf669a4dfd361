"""What the one who reported is told, and that it is told once."""

from dataclasses import replace
from datetime import UTC, datetime
from traceback import format_exception

import pytest
from flask import render_template
from sqlalchemy import select, text

from app.database import session, transaction
from app.i18n import day, force_locale
from app.notifications.models import Delivery
from app.notifications.operations import Post, acknowledge, tell_reporter
from app.security import Role
from app.service_requests.models import Contact, Visibility
from app.service_requests.status import Status

from ..factories import actor, changed, do_jobs, orders, staff, submitted
from ..servers import mail_server

NOW = datetime(2026, 10, 1, 10, tzinfo=UTC)
WORDS = "Dypt hull ved krysset, «stort som en bil» & <farlig>"


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, description=WORDS, email="reporter@example.org", language="nb")


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


@pytest.fixture
def server():
    with mail_server() as running:
        yield running


def post(server):
    return Post(
        sender="Melde feil <no-reply@example.org>",
        smtp_url=server.url,
        folder=None,
        base_url="https://melde.example.org",
        render=render_template,
    )


def plain(message):
    return message.get_body(("plain",)).get_content()


def deliveries():
    return session().scalars(select(Delivery)).all()


def test_the_receipt_has_the_number_and_a_full_copy(report, server):
    assert acknowledge(report.id, post(server), now=NOW)
    (letter,) = server.taken
    assert letter["To"] == "reporter@example.org"
    assert report.number in letter["Subject"]
    for part in (
        report.number,
        WORDS,
        "Vei: Hull i veien",
        "63,11040",
        report.routing_reason["nb"],
        f"https://melde.example.org/m/{report.token}",
        "113",
    ):
        assert part in plain(letter)


def test_the_receipt_says_by_when(report, server):
    acknowledge(report.id, post(server), now=NOW)
    with force_locale("nb"):
        for moment in (report.first_response_due_at, report.due_at):
            assert day(moment) in plain(server.taken[0])


def test_what_was_typed_is_harmless_in_the_html(report, server):
    acknowledge(report.id, post(server), now=NOW)
    html = server.taken[0].get_body(("html",)).get_content()
    assert "&lt;farlig&gt;" in html
    assert "<farlig>" not in html


@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", "Meldingsnummer"), ("nn", "Meldingsnummer"), ("en", "Report number")],
)
def test_the_letter_speaks_the_reporters_language(jurisdiction, server, language, words):
    report = submitted(jurisdiction, email="reporter@example.org", language=language)
    acknowledge(report.id, post(server), now=NOW)
    assert server.taken[0]["Content-Language"] == language
    assert words in plain(server.taken[0])
    assert report.routing_reason[language] in plain(server.taken[0])


def test_a_receipt_is_sent_once_though_its_job_runs_twice(report, server):
    assert acknowledge(report.id, post(server), now=NOW)
    assert not acknowledge(report.id, post(server), now=NOW)
    assert len(server.taken) == len(deliveries()) == 1


def test_what_was_sent_is_recorded_without_the_address(report, server):
    acknowledge(report.id, post(server), now=NOW)
    (delivery,) = deliveries()
    assert delivery.message_id == server.taken[0]["Message-ID"]
    kept = session().scalar(text("SELECT delivery::text FROM delivery"))
    assert "reporter" not in kept


def test_without_a_contact_nothing_is_sent(jurisdiction, server):
    assert not acknowledge(submitted(jurisdiction).id, post(server), now=NOW)
    assert server.taken == []


def test_an_erased_contact_hears_no_more(report, desk, server):
    session().delete(session().scalars(select(Contact)).one())
    assert not acknowledge(report.id, post(server), now=NOW)
    assert server.taken == []


@pytest.mark.parametrize("key", [0, 2**40])
def test_a_report_or_row_that_is_gone_is_no_error(app, server, key):
    assert not acknowledge(key, post(server), now=NOW)
    assert not tell_reporter(key, post(server), now=NOW)


# --- changes ----------------------------------------------------------------------------------------


def test_a_change_is_told_with_the_new_status_and_the_message(report, desk, server):
    changed(report, Status.IN_PROGRESS, desk, message="Vi kommer på fredag.")
    assert tell_reporter(report.history[-1].id, post(server), now=NOW)
    (letter,) = server.taken
    assert letter["Subject"] == f"{report.number}, Hull i veien: Under arbeid"
    assert "Vi kommer på fredag." in plain(letter)
    assert f"/m/{report.token}" in plain(letter)


def test_each_change_is_told_once(report, desk, server):
    changed(report, Status.IN_PROGRESS, desk)
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    for entry in (*report.history[-2:], *report.history[-2:]):
        tell_reporter(entry.id, post(server), now=NOW)
    assert len(server.taken) == 2
    assert len({letter["Message-ID"] for letter in server.taken}) == 2


def test_an_internal_reason_stays_inside(report, desk, server):
    changed(report, Status.ASSESSING, desk, message="Internt", visibility=Visibility.INTERNAL)
    tell_reporter(report.history[-1].id, post(server), now=NOW)
    for letter in server.taken:
        assert "Internt" not in letter.as_string()
        assert "Internt" not in plain(letter)


# --- a server that does not take them ---------------------------------------------------------------


@pytest.mark.parametrize("refusal", ["451 try later", "554 not wanted"])
def test_what_was_refused_is_not_recorded_and_can_be_sent_again(report, server, refusal):
    server.refusal = refusal
    with pytest.raises(OSError, match=f"code {refusal[:3]}") as told, transaction():
        acknowledge(report.id, post(server), now=NOW)
    assert "reporter@example.org" not in "".join(format_exception(told.value))
    assert deliveries() == []
    server.refusal = None
    assert acknowledge(report.id, post(server), now=NOW)


def test_a_refused_job_waits_for_another_try_and_then_sends(app, report, server, monkeypatch):
    settings = replace(app.config["SETTINGS"], smtp_url=server.url)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    server.refusal = "451 try later"
    do_jobs(app)
    assert orders() == [("notifications.acknowledge", {"service_request_id": report.id})]
    assert deliveries() == []
    server.refusal = None
    with transaction():
        session().execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))
    do_jobs(app)
    assert orders() == []
    assert len(server.taken) == len(deliveries()) == 1
