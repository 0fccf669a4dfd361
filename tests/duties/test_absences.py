"""One's own days away."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.database import session
from app.duties import tasks
from app.duties.days import today_in
from app.duties.models import Absence
from app.duties.queries import away_on, spans_of
from app.roles import Role

from ..casework.desk import come_in
from .people import answers, away, handler

PATH = "/konto/fravaer"
DAY = timedelta(days=1)


@pytest.fixture
def today(jurisdiction):
    return today_in(jurisdiction.time_zone, datetime.now(UTC))


@pytest.fixture
def me(client, jurisdiction):
    return come_in(client, jurisdiction, Role.CASE_HANDLER, "roads", "me")


def days(first, last):
    return {"first_day": str(first), "last_day": str(last)}


def stored(who):
    session().rollback()
    query = select(Absence).where(Absence.account_id == who.account_id).order_by(Absence.first_day)
    return [(row.first_day, row.last_day) for row in session().scalars(query)]


def test_nobody_is_away_without_an_account(client):
    assert client.get(PATH).status_code in {302, 303}
    assert client.post(PATH, data=days("2026-06-01", "2026-06-02")).status_code in {302, 303}


@pytest.mark.parametrize("role", list(Role))
def test_everybody_on_the_staff_writes_down_their_own_days(client, jurisdiction, today, role):
    who = come_in(client, jurisdiction, role, "roads")
    assert client.post(PATH, data=days(today, today + 3 * DAY)).status_code == 303
    assert stored(who) == [(today, today + 3 * DAY)]
    page = client.get(PATH).text
    assert "Dagene er lagret." in page
    key = page.split('action="/konto/fravaer/')[1].split("/")[0]
    assert client.post(f"{PATH}/{key}/fjern").status_code == 303
    assert stored(who) == []
    assert client.post(f"{PATH}/{key}/fjern").status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (2, 1, "last_day"),
        (-3, -1, "last_day"),
        (0, 366, "last_day"),
        (731, 731, "first_day"),
        (12, 13, "first_day"),
        (9, 10, "first_day"),
        (11, 11, "first_day"),
        (1, 300, "first_day"),
    ],
)
def test_days_that_cannot_be_are_told_at_their_field(
    client, jurisdiction, me, today, first, last, field
):
    away(jurisdiction, me, today + 10 * DAY, today + 12 * DAY)
    answer = client.post(PATH, data=days(today + first * DAY, today + last * DAY))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{today + first * DAY}"' in answer.text
    assert len(stored(me)) == 1


@pytest.mark.parametrize(
    "wrong", [{"first_day": ""}, {"last_day": "x"}, {"first_day": "2026-02-30"}, {"last_day": "\0"}]
)
def test_what_is_no_day_is_told_at_its_field(client, me, today, wrong):
    answer = client.post(PATH, data=days(today, today) | wrong)
    assert answer.status_code == 422
    assert f'id="{next(iter(wrong))}-error"' in answer.text
    assert stored(me) == []


def test_the_longest_is_a_year_and_days_that_have_begun_count(client, me, today):
    assert client.post(PATH, data=days(today - DAY, today - DAY + 365 * DAY)).status_code == 303
    assert len(stored(me)) == 1


def test_the_same_days_sent_twice_at_once_are_kept_once(app, me, today):
    start, said = Barrier(2), []

    def send():
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = me.session_id
        start.wait()
        said.append(browser.post(PATH, data=days(today, today)).status_code)

    both = [Thread(target=send) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(said) == [303, 422]
    assert stored(me) == [(today, today)]


def test_days_beside_each_other_do_not_overlap(client, jurisdiction, me, today):
    away(jurisdiction, me, today + DAY, today + 2 * DAY)
    assert client.post(PATH, data=days(today, today)).status_code == 303
    assert client.post(PATH, data=days(today + 3 * DAY, today + 3 * DAY)).status_code == 303


def test_others_days_are_neither_seen_nor_removed(client, jurisdiction, me, today):
    other = handler(jurisdiction, "other")
    row = away(jurisdiction, other, today, today)
    assert f"/{row.id}/fjern" not in client.get(PATH).text
    assert client.post(f"{PATH}/{row.id}/fjern").status_code == 404
    assert stored(other) == [(today, today)]
    assert client.post(PATH, data=days(today, today)).status_code == 303


@pytest.mark.parametrize("key", ["99999999999999999999", "x", "0"])
def test_there_are_no_such_days(client, me, key):
    assert client.post(f"{PATH}/{key}/fjern").status_code == 404


def test_the_page_tells_who_stands_in(client, jurisdiction, me, today):
    deputy, free = handler(jurisdiction, "deputy"), handler(jurisdiction, "free")
    away(jurisdiction, me, today, today + 5 * DAY)
    assert "så ingen trenger å være vikar" in client.get(PATH).text
    answers(jurisdiction, me, deputy=deputy)
    assert "deputy@example.org er vikar." in client.get(PATH).text
    away(jurisdiction, deputy, today + 5 * DAY, today + 9 * DAY)
    assert "deputy@example.org er vikaren din, men er også borte da." in client.get(PATH).text
    answers(jurisdiction, me, service="ROAD-POTHOLE")
    answers(jurisdiction, me, service="ROAD-WINTER", deputy=free)
    page = client.get(PATH).text
    assert "Ingen er vikar." in page
    assert "free@example.org er vikar." in page


def test_days_that_are_over_are_not_shown_and_go_after_a_month(client, jurisdiction, me, today):
    away(jurisdiction, me, today - 40 * DAY, today - 29 * DAY)
    away(jurisdiction, me, today - 60 * DAY, today - 32 * DAY)
    assert "/fjern" not in client.get(PATH).text
    tasks.forget_absences()
    assert stored(me) == [(today - 40 * DAY, today - 29 * DAY)]


def test_at_another_municipality_one_is_not_away(jurisdiction, me, today):
    away(jurisdiction, me, today, today)
    assert list(away_on(jurisdiction, today)) == [me.account_id]
    assert spans_of(jurisdiction.id + 1, [me.account_id], today) == []


def test_an_administrator_writes_down_who_is_away(client, jurisdiction, today):
    ill = handler(jurisdiction, "ill")
    come_in(client, jurisdiction, Role.ADMINISTRATOR, "roads", "administrator")
    page = client.get("/styring/fravaer").text
    assert "ill@example.org" in page
    sent = days(today, today + 2 * DAY) | {"account": str(ill.account_id)}
    assert client.post("/styring/fravaer", data=sent).status_code == 303
    assert stored(ill) == [(today, today + 2 * DAY)]
    again = client.post("/styring/fravaer", data=sent)
    assert again.status_code == 422
    assert 'id="first_day-error"' in again.text
    page = client.get("/styring/fravaer").text
    key = page.split('action="/styring/fravaer/')[1].split("/")[0]
    whose = {"account": str(ill.account_id)}
    other = {"account": str(ill.account_id + 1)}
    assert client.post(f"/styring/fravaer/{key}/fjern", data=other).status_code == 404
    assert client.post(f"/styring/fravaer/{key}/fjern", data={}).status_code == 404
    assert client.post(f"/styring/fravaer/{key}/fjern", data=whose).status_code == 303
    assert stored(ill) == []


@pytest.mark.parametrize("account", ["", "x", "999999999", "9" * 40])
def test_nobody_who_does_not_work_here_is_away(client, jurisdiction, today, account):
    come_in(client, jurisdiction, Role.ADMINISTRATOR, "roads", "administrator")
    sent = days(today, today) | {"account": account}
    answer = client.post("/styring/fravaer", data=sent)
    assert answer.status_code == 422
    assert 'id="account-error"' in answer.text
