"""The question, the words that come with an answer, the page of marks, and who reads the words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.database import session, transaction
from app.roles import Role
from app.scorecard import satisfaction_words
from app.service_requests import by_reporter
from app.service_requests.additions import Satisfaction
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import Status

from ..factories import actor, changed, staff, submitted
from ..notifications.conftest import URL, html, plain, tell, write
from ..notifications.conftest import post as post
from ..notifications.conftest import server as server
from .test_satisfaction import store

WORDS = "Fint, men det tok tid.\nTakk."


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="reporter@example.org", language="nb")


def closed(report, jurisdiction, target=Status.FIXED):
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))
    report = changed(report, Status.ASSESSING, desk, message="Vi ser på det.")
    report = (
        changed(report, Status.IN_PROGRESS, desk, message="Vi er i gang.")
        if target == Status.FIXED
        else report
    )
    work = {"led_to_improvement": True} if target == Status.FIXED else {"message": "Ikke vår."}
    return changed(report, target, desk, **work)


def given():
    session().expire_all()
    return session().scalars(select(Satisfaction)).one_or_none()


def rate(client, report, **form):
    return client.post(f"/m/{report.token}/gi-karakter", data=form)


# --- words with the mark ----------------------------------------------------------------------------


def test_words_come_with_the_mark_and_can_be_changed_or_taken_back(client, jurisdiction, report):
    report = closed(report, jurisdiction)
    assert rate(client, report, score="4", words=f"  {WORDS} ").status_code == 303
    assert (given().score, given().words) == (4, WORDS)
    assert "Fint, men det tok tid." in client.get(f"/m/{report.token}").text
    rate(client, report, score="5", words="Bedre nå")
    assert (given().score, given().words) == (5, "Bedre nå")
    rate(client, report, score="5", words="")
    assert given().words is None


def test_words_are_not_on_the_open_page(client, jurisdiction, report):
    report = closed(report, jurisdiction)
    rate(client, report, score="4", words=WORDS)
    assert "Fint, men" not in client.get(f"/meldinger/{report.number}").text
    assert "Fint, men" not in client.get(f"/api/v1/service-requests/{report.number}").text


@pytest.mark.parametrize("words", ["a" * 1001, "nul\0tegn"])
def test_words_that_do_not_fit_are_refused_and_kept_in_the_form(
    client, jurisdiction, report, words
):
    report = closed(report, jurisdiction)
    answer = rate(client, report, score="4", words=words)
    assert answer.status_code in {400, 422}
    assert given() is None
    if answer.status_code == 422:
        assert words in answer.text
        assert 'id="words-error"' in answer.text


def test_a_thousand_characters_fit(client, jurisdiction, report):
    report = closed(report, jurisdiction)
    assert rate(client, report, score="4", words="ø" * 1000).status_code == 303
    assert given().words == "ø" * 1000


def test_words_without_a_mark_are_kept_in_the_form(client, jurisdiction, report):
    report = closed(report, jurisdiction)
    answer = rate(client, report, words=WORDS)
    assert answer.status_code == 422
    assert "Fint, men det tok tid." in answer.text
    assert given() is None


def test_erasing_takes_the_words_and_leaves_the_mark(client, jurisdiction, report):
    report = closed(report, jurisdiction)
    rate(client, report, score="4", words=WORDS)
    assert client.post(f"/m/{report.token}/slett").status_code == 303
    assert (given().score, given().words) == (4, None)


def test_an_answer_that_stands_keeps_its_words(jurisdiction, report):
    report = closed(report, jurisdiction)
    now = datetime.now(UTC)
    with transaction():
        by_reporter.rate(report.id, 4, WORDS, now=now)
    with pytest.raises(by_reporter.ChangeNotAllowed):
        by_reporter.rate(report.id, 4, "annet", now=now + timedelta(days=31))


# --- the letter -------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [Status.FIXED, Status.NO_ACTION])
def test_the_letter_of_an_end_has_a_link_for_each_mark(report, jurisdiction, post, server, target):
    closed(report, jurisdiction, target)
    tell(report, post, now=datetime.now(UTC))
    write(post, now=datetime.now(UTC))
    letter = server.taken[-1]
    for mark in range(1, 7):
        link = f"{URL}/m/{report.token}?karakter={mark}#gi-karakter"
        assert link in plain(letter)
        assert f'href="{link}"' in html(letter)
    assert ("#ikke-rettet" in plain(letter)) == (target == Status.FIXED)


def test_no_question_while_the_report_is_open(report, jurisdiction, post, server):
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))
    changed(report, Status.ASSESSING, desk, message="Vi ser på det.")
    tell(report, post, now=datetime.now(UTC))
    write(post, now=datetime.now(UTC))
    assert "karakter=" not in plain(server.taken[-1])


def test_a_link_from_the_letter_chooses_the_mark_and_stores_nothing(client, jurisdiction, report):
    report = closed(report, jurisdiction)
    before = session().scalars(select(HistoryEntry.id)).all()
    version = session().scalars(select(ServiceRequest.version)).one()
    page = client.get(f"/m/{report.token}?karakter=5")
    assert re.search(r'value="5" checked', page.text)
    assert given() is None
    assert session().scalars(select(HistoryEntry.id)).all() == before
    assert session().scalars(select(ServiceRequest.version)).one() == version
    rate(client, report, score="5")
    assert given().score == 5


@pytest.mark.parametrize("chosen", ["0", "7", "x", "<b>"])
def test_a_link_with_another_mark_chooses_none(client, jurisdiction, report, chosen):
    report = closed(report, jurisdiction)
    page = client.get(f"/m/{report.token}", query_string={"karakter": chosen})
    assert page.status_code == 200
    assert "checked" not in page.text


# --- the page of figures ----------------------------------------------------------------------------


def test_the_page_without_marks_says_so(client):
    page = client.get("/statistikk/tilfredshet")
    assert page.status_code == 200
    assert "<table" not in page.text


def test_the_page_tells_share_mean_distribution_and_rate(client, jurisdiction):
    for score in (6, 6, 5, 1):
        store(jurisdiction, score, is_asked=True)
    store(jurisdiction, is_asked=True)
    page = client.get("/statistikk/tilfredshet")
    assert "75,0\xa0%" in re.search(r"<h1.*?</h1>", page.text).group()
    assert "80,0\xa0%" in page.text
    assert page.text.count("<rect") == 3
    assert "<title id=" in page.text
    assert "4,5" in page.text
    assert "s-maxage" in page.headers["Cache-Control"]


def test_few_marks_are_not_on_the_page(client, jurisdiction):
    for _ in range(3):
        store(jurisdiction, 6)
    page = client.get("/statistikk/tilfredshet")
    assert "<rect" not in page.text
    assert "<td>:</td>" in page.text
    assert "6,0" not in page.text


def test_another_year_is_chosen_by_the_address(client, jurisdiction):
    for _ in range(4):
        store(jurisdiction, 6)
        store(jurisdiction, 2, year=2025)
    assert "100,0\xa0%" in client.get("/statistikk/tilfredshet").text
    earlier = client.get("/statistikk/tilfredshet?year=2025")
    assert "0,0\xa0%" in re.search(r"<h1.*?</h1>", earlier.text).group()
    assert client.get("/statistikk/tilfredshet?year=1999").status_code == 200


@pytest.mark.parametrize("year", ["26", "abcd", "20260", "٢٠٢٦"])
def test_a_year_that_is_none_is_refused(client, year):
    assert client.get("/statistikk/tilfredshet", query_string={"year": year}).status_code == 400


def test_the_dataset_has_what_the_page_has(client, jurisdiction):
    for score in (6, 6, 5, 1):
        store(jurisdiction, score, is_asked=True)
    answer = client.get("/api/v1/datasets/satisfaction.json")
    assert answer.status_code == 200
    line = next(
        row for row in answer.json["rows"] if row["service"] == row["department"] == "total"
    )
    assert (line["answers"], line["mean_score"], line["response_rate"]) == (4, 4.5, 1.0)
    assert [line[f"mark_{mark}"] for mark in range(1, 7)] == [1, 0, 0, 0, 1, 2]


# --- the words, for staff ---------------------------------------------------------------------------


def come_in(client, jurisdiction, department, role):
    who = staff(jurisdiction, department, role, email=f"{role}-{department}@example.org")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id


@pytest.fixture
def said(jurisdiction):
    """Words about two departments, and a mark without any."""
    made = [
        store(jurisdiction, 2, answered=timedelta(days=1)),
        store(jurisdiction, 6, department="service_desk", answered=timedelta(days=3)),
        store(jurisdiction, 5),
    ]
    with transaction():
        for row, words in zip(made, ["Altfor sent", "Fort og greit"], strict=False):
            session().get(Satisfaction, row.id).words = words
    return made


@pytest.mark.parametrize("role", [Role.FIRST_LINE, Role.ADMINISTRATOR, Role.ANALYST])
def test_who_looks_after_everything_reads_all_words_the_newest_first(
    client, jurisdiction, said, role
):
    come_in(client, jurisdiction, "service_desk", role)
    page = client.get("/styring/tilfredshet")
    assert page.status_code == 200
    assert page.text.index("Fort og greit") < page.text.index("Altfor sent")
    assert said[0].number in page.text
    assert said[2].number not in page.text
    assert "private" in page.headers["Cache-Control"]


def test_a_case_handler_reads_those_of_the_own_department(client, jurisdiction, said):
    come_in(client, jurisdiction, "roads", Role.CASE_HANDLER)
    page = client.get("/styring/tilfredshet")
    assert "Altfor sent" in page.text
    assert "Fort og greit" not in page.text


def test_crews_and_strangers_read_none(client, jurisdiction, said):
    assert client.get("/styring/tilfredshet").location.startswith("/logg-inn")
    come_in(client, jurisdiction, "roads", Role.CREW)
    assert client.get("/styring/tilfredshet").status_code == 403
    assert "Altfor sent" not in client.get("/statistikk/tilfredshet").text


def test_the_list_goes_on_where_a_page_ended(client, jurisdiction, said, monkeypatch):
    monkeypatch.setattr(satisfaction_words, "PAGE", 1)
    come_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    first = client.get("/styring/tilfredshet").text
    assert "Fort og greit" in first
    assert "Altfor sent" not in first
    more = re.search(r'href="(/styring/tilfredshet\?cursor=[^"]+)"', first).group(1)
    second = client.get(more).text
    assert "Altfor sent" in second
    assert "Fort og greit" not in second
    assert "cursor=" not in second


@pytest.mark.parametrize("cursor", ["x", "", "MTIuNSA0"])
def test_a_cursor_that_is_not_ours_is_refused(client, jurisdiction, cursor):
    come_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    assert client.get(f"/styring/tilfredshet?cursor={cursor}").status_code == 400
