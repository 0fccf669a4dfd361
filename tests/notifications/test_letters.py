"""What the one who reported is told, and that it is told once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.database import session, transaction
from app.i18n import day, force_locale
from app.notifications import operations
from app.notifications.models import Delivery
from app.service_requests.kinds import Visibility
from app.service_requests.models import Contact
from app.service_requests.status import Status

from ..factories import changed, do_jobs, submitted
from .conftest import URL, html, plain, post_by, receipt, rows, tell, write

NOW = datetime.now(UTC)
WORDS = "Dypt hull ved krysset, «stort som en bil» & <farlig>"


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, description=WORDS, email="reporter@example.org", language="nb")


def deliveries():
    return session().scalars(select(Delivery).where(Delivery.sent_at.is_not(None))).all()


def told(report, post, now=NOW):
    """The letters about all that has happened to a report."""
    tell(report, post, now=now)
    write(post, now=now)


def test_the_receipt_has_the_number_and_a_full_copy(report, post, server):
    receipt(report, post, now=NOW)
    (letter,) = server.taken
    assert letter["To"] == "reporter@example.org"
    assert report.number in letter["Subject"]
    for part in (
        report.number,
        WORDS,
        "Vei: Hull i veien",
        "63,11040",
        report.routing_reason["nb"],
        f"{URL}/m/{report.token}",
        "113",
    ):
        assert part in plain(letter)


def test_the_receipt_says_by_when(report, post, server):
    receipt(report, post, now=NOW)
    with force_locale("nb"):
        for moment in (report.first_response_due_at, report.due_at):
            assert day(moment) in plain(server.taken[0])


@pytest.fixture
def reached_at(jurisdiction):
    """Give the municipality host names of its own, for one test."""
    before = jurisdiction.host_names

    def name(*host_names):
        with transaction():
            jurisdiction.host_names = list(host_names)

    yield name
    name(*before)


@pytest.mark.parametrize(
    ("host_names", "host"),
    [
        (["feil.andeby.example.org", "gamle.andeby.example.org"], "feil.andeby.example.org"),
        (["feil.andeby.example.org", "kommune.example.org"], "kommune.example.org"),
    ],
)
def test_links_lead_to_the_municipalitys_own_address(report, server, reached_at, host_names, host):
    reached_at(*host_names)
    receipt(report, post_by(server, base_url="https://kommune.example.org:8443"), now=NOW)
    assert f"https://{host}:8443/m/{report.token}" in plain(server.taken[0])
    assert server.taken[0].as_string().count("8443") >= 2


def test_what_was_typed_is_harmless_in_the_html(report, post, server):
    receipt(report, post, now=NOW)
    assert "&lt;farlig&gt;" in html(server.taken[0])
    assert "<farlig>" not in html(server.taken[0])


@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", "Meldingsnummer"), ("nn", "Meldingsnummer"), ("en", "Report number")],
)
def test_the_letter_speaks_the_reporters_language(jurisdiction, post, server, language, words):
    report = submitted(jurisdiction, email="reporter@example.org", language=language)
    receipt(report, post, now=NOW)
    assert server.taken[0]["Content-Language"] == language
    assert words in plain(server.taken[0])
    assert report.routing_reason[language] in plain(server.taken[0])


def test_a_receipt_is_sent_once_though_its_job_runs_twice(report, post, server):
    receipt(report, post, now=NOW)
    receipt(report, post, now=NOW)
    assert len(server.taken) == len(deliveries()) == 1


def test_what_was_sent_is_recorded_without_the_address(report, post, server):
    receipt(report, post, now=NOW)
    (delivery,) = deliveries()
    assert delivery.message_id == server.taken[0]["Message-ID"]
    kept = session().scalar(text("SELECT delivery::text FROM delivery"))
    assert "reporter" not in kept


def test_without_a_contact_nothing_is_sent(jurisdiction, post, server):
    receipt(submitted(jurisdiction), post, now=NOW)
    assert server.taken == []
    assert rows() == []


def test_an_address_erased_after_the_order_hears_no_more(report, post, server):
    with transaction():
        operations.acknowledge(report.id, post, now=NOW)
        session().delete(session().scalars(select(Contact)).one())
    write(post, now=NOW)
    assert server.taken == []
    with transaction():
        operations.tidy(now=NOW)
    assert rows() == []


@pytest.mark.parametrize("key", [0, 2**40])
def test_a_report_or_row_that_is_gone_is_no_error(app, post, key):
    assert operations.acknowledge(key, post, now=NOW) is None
    assert operations.tell_reporter(key, post, now=NOW) is None


def test_a_letter_can_be_stopped_with_one_click_and_is_no_answer(report, post, server):
    receipt(report, post, now=NOW)
    (letter,) = server.taken
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].startswith(f"<{URL}/varsler/stopp/")
    assert report.token not in letter["List-Unsubscribe"]


# --- changes ----------------------------------------------------------------------------------------


def test_a_change_is_told_with_the_new_status_and_the_message(report, desk, post, server):
    changed(report, Status.IN_PROGRESS, desk, message="Vi kommer på fredag.")
    with transaction():
        operations.tell_reporter(report.history[-1].id, post, now=NOW)
    write(post, now=NOW)
    (letter,) = server.taken
    assert letter["Subject"] == f"{report.number}, Hull i veien: Under arbeid"
    assert "Vi kommer på fredag." in plain(letter)
    assert f"/m/{report.token}" in plain(letter)


def test_each_change_is_told_once(report, desk, post, server):
    for status, more in ((Status.IN_PROGRESS, {}), (Status.FIXED, {"led_to_improvement": True})):
        changed(report, status, desk, **more)
        for _ in range(2):
            with transaction():
                operations.tell_reporter(report.history[-1].id, post, now=NOW)
            write(post, now=NOW)
    assert len(server.taken) == 2
    assert len({letter["Message-ID"] for letter in server.taken}) == 2


def test_an_internal_reason_stays_inside(report, desk, post, server):
    changed(report, Status.ASSESSING, desk, message="Internt", visibility=Visibility.INTERNAL)
    told(report, post)
    assert server.taken
    for letter in server.taken:
        assert "Internt" not in letter.as_string()
        assert "Internt" not in plain(letter)


def test_what_was_fixed_asks_how_it_went(report, desk, post, server):
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    with transaction():
        operations.tell_reporter(report.history[-1].id, post, now=NOW)
    write(post, now=NOW)
    (letter,) = server.taken
    for score in range(1, 7):
        assert f"/m/{report.token}?karakter={score}" in html(letter)
    assert f"/m/{report.token}#ikke-rettet" in plain(letter)


def test_what_was_closed_without_action_says_why(report, desk, post, server):
    changed(report, Status.NO_ACTION, desk, message="Veien er privat.")
    with transaction():
        operations.tell_reporter(report.history[-1].id, post, now=NOW)
    write(post, now=NOW)
    assert "Avsluttet uten tiltak" in server.taken[0]["Subject"]
    assert "Veien er privat." in plain(server.taken[0])


def test_what_was_taken_up_again_says_so(report, desk, post, server):
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    changed(report, Status.ASSESSING, desk)
    with transaction():
        operations.tell_reporter(report.history[-1].id, post, now=NOW)
    write(post, now=NOW)
    assert "Tatt opp igjen" in server.taken[0]["Subject"]


def test_who_turned_messages_off_hears_nothing(report, desk, post, server):
    changed(report, Status.IN_PROGRESS, desk)
    tell(report, post, now=NOW)
    with transaction():
        session().scalars(select(Contact)).one().wants_messages = False
    write(post, now=NOW)
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    told(report, post)
    assert server.taken == []


# --- one letter instead of five ---------------------------------------------------------------------


def test_news_within_the_window_comes_in_one_letter(report, desk, post, server):
    post = replace(post, window=timedelta(minutes=5))
    for status in (Status.PLANNED, Status.IN_PROGRESS):
        changed(report, status, desk)
    tell(report, post, now=NOW)
    write(post, now=NOW)
    assert server.taken == []
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    tell(report, post, now=NOW + timedelta(minutes=4))
    write(post, now=NOW + timedelta(minutes=5))
    (letter,) = server.taken
    for word in ("Planlagt", "Under arbeid", "Utført"):
        assert word in plain(letter)
    assert letter["Subject"] == f"{report.number}, Hull i veien: Utført"
    write(post, now=NOW + timedelta(hours=1))
    assert len(server.taken) == 1


def test_two_reports_of_one_address_come_in_one_letter(jurisdiction, desk, post, server):
    reports = [
        submitted(jurisdiction, email=address, language="nb")
        for address in ("reporter@example.org", "Reporter@Example.org")
    ]
    for report in reports:
        changed(report, Status.IN_PROGRESS, desk)
        tell(report, post, now=NOW)
    write(post, now=NOW)
    (letter,) = server.taken
    assert "2 meldinger" in letter["Subject"]
    for report in reports:
        assert f"/m/{report.token}" in plain(letter)


# --- a server that does not take them ---------------------------------------------------------------


@pytest.mark.parametrize("refusal", ["451 try later", "554 not wanted"])
def test_what_was_refused_is_not_recorded_and_is_sent_later(report, post, server, refusal, caplog):
    server.refusal = refusal
    receipt(report, post, now=NOW)
    assert f"code {refusal[:3]}" in caplog.text
    assert "reporter@example.org" not in caplog.text
    assert deliveries() == []
    server.refusal = None
    write(post, now=NOW + timedelta(seconds=29))
    assert server.taken == []
    write(post, now=NOW + timedelta(seconds=30))
    assert len(server.taken) == len(deliveries()) == 1


def test_while_a_letter_waits_news_gathers_for_the_next(report, desk, post, server):
    server.refusal = "451 try later"
    receipt(report, post, now=NOW)
    for status in (Status.PLANNED, Status.IN_PROGRESS):
        changed(report, status, desk)
    tell(report, post, now=NOW)
    write(post, now=NOW)
    server.refusal = None
    write(post, now=NOW + timedelta(hours=1))
    receipts, news = server.taken
    assert "mottatt" in receipts["Subject"].lower() or "fått" in receipts["Subject"]
    assert "Planlagt" in plain(news)
    assert "Under arbeid" in plain(news)


def test_a_receipt_is_not_held_up_by_news_that_is_stuck(jurisdiction, report, desk, post, server):
    receipt(report, post, now=NOW)
    server.refusal = "451 try later"
    changed(report, Status.PLANNED, desk)
    tell(report, post, now=NOW)
    write(post, now=NOW + timedelta(hours=1))
    assert len(server.taken) == 1
    server.refusal = None
    other = submitted(jurisdiction, email="reporter@example.org", language="nb")
    receipt(other, post, now=NOW + timedelta(hours=1, seconds=1))
    assert [other.number in letter["Subject"] for letter in server.taken] == [False, True]


def test_after_three_days_a_letter_is_given_up(report, post, server):
    server.refusal = "451 try later"
    now = NOW
    with transaction():
        operations.acknowledge(report.id, post, now=now)
    for _ in range(60):
        write(post, now=now)
        now += timedelta(hours=2)
    (row,) = rows()
    assert (row["attempts"], row["sent_at"]) == (44, None)
    assert row["given_up_at"] is not None


def test_the_job_sends_what_a_server_refused_before(app, report, server, monkeypatch):
    settings = replace(app.config["SETTINGS"], smtp_url=server.url)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    server.refusal = "451 try later"
    do_jobs(app)
    assert [row["attempts"] for row in rows()] == [1]
    assert deliveries() == []
    server.refusal = None
    with transaction():
        session().execute(text("UPDATE delivery SET due_at = now()"))
    look_round(app)
    assert len(server.taken) == len(deliveries()) == 1


def look_round(app):
    from app.jobs import defer

    with transaction():
        defer("notifications.look_round")
    do_jobs(app)
