"""Following without an account: asking, confirming, changing, stopping."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.database import session, transaction
from app.notifications import operations
from app.notifications.models import Subscription
from app.notifications.spreading import spread
from app.notifications.subscriptions import MOST_QUESTIONS
from app.service_requests.models import Contact
from app.service_requests.status import Status

from ..factories import TOWN, changed, near, orders, road, submitted
from .conftest import SIGNER, follower, plain, rows, tell, write

NOW = datetime.now(UTC)
LATER = timedelta(minutes=1)


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, language="nb")


def wish(client, path="/folg", **values):
    return client.post(path, data={"email": "follower@example.org", **values})


def subscriptions():
    return session().scalars(select(Subscription).order_by(Subscription.id)).all()


# --- asking and confirming --------------------------------------------------------------------------


def test_a_report_is_followed_once_the_address_has_confirmed_it(client, report, desk, post, server):
    answer = wish(client, f"/meldinger/{report.number}/folg")
    assert (answer.status_code, answer.location) == (303, "/folg/spurt")
    write(post, now=datetime.now(UTC))
    (letter,) = server.taken
    (found,) = subscriptions()
    path = f"/varsler/{found.token}"
    assert path in plain(letter)
    assert report.number in plain(letter)
    changed(report, Status.IN_PROGRESS, desk)
    tell(report, post, now=datetime.now(UTC))
    write(post, now=datetime.now(UTC))
    assert len(server.taken) == 1  # nothing before it is confirmed
    assert "Bekreft" in client.get(path).text
    assert found.confirmed_at is None  # scanners open links
    assert client.post(f"{path}/bekreft").location.startswith(path)
    changed(report, Status.FIXED, desk, led_to_improvement=True)
    tell(report, post, now=datetime.now(UTC))
    write(post, now=datetime.now(UTC))
    (_, news) = server.taken
    assert news["Subject"] == f"{report.number}, Hull i veien: Utført"
    assert report.token not in news.as_string()
    assert "karakter=" not in news.get_body(("html",)).get_content()


def test_a_known_address_is_answered_like_an_unknown_one(client, jurisdiction, report):
    follower(jurisdiction, "everything", now=NOW)
    known = wish(client, kind="everything")
    unknown = wish(client, kind="everything", email="other@example.org")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert len(subscriptions()) == 3


def test_the_same_again_is_one_when_it_is_confirmed(client, jurisdiction):
    first = follower(jurisdiction, "everything", now=NOW).token
    wish(client, kind="everything", email="Follower@example.org")
    second = subscriptions()[-1].token
    answer = client.post(f"/varsler/{second}/bekreft")
    assert first in answer.location
    session().expire_all()
    assert [one.token for one in subscriptions()] == [first]


def test_an_address_is_not_asked_without_end(client):
    for _ in range(5):
        assert wish(client, kind="everything").status_code == 303
    refused = wish(client, kind="everything", email="FOLLOWER@example.org")
    assert refused.status_code == 429
    assert wish(client, kind="everything", email="other@example.org").status_code == 303
    assert len(subscriptions()) == 6


def test_who_never_confirms_is_forgotten_after_two_days(client, jurisdiction):
    wish(client, kind="everything")
    kept = follower(jurisdiction, "everything", now=NOW, email="kept@example.org").token
    with transaction():
        assert operations.tidy(now=datetime.now(UTC) + timedelta(hours=47)) == 0
        assert operations.tidy(now=datetime.now(UTC) + timedelta(hours=49)) == 1
    session().expire_all()
    assert [one.token for one in subscriptions()] == [kept]
    assert len(session().scalars(select(Contact)).all()) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "everything", "email": ""}, "email"),
        ({"kind": "everything", "email": "nobody"}, "email"),
        ({}, "kind-street"),
        ({"kind": "request"}, "kind-street"),
        ({"kind": "service", "group": "none"}, "group"),
        ({"kind": "street", "street": ""}, "street"),
        ({"kind": "area"}, "place"),
        ({"kind": "area", "place": "north,east"}, "place"),
        ({"kind": "area", "place": "59.91,10.75"}, "place"),
        ({"kind": "area", "bbox": "1,2,3"}, "place"),
        ({"kind": "area", "place": "63.11,7.72", "radius": "9"}, "radius"),
        ({"kind": "everything", "frequency": "hourly"}, "frequency"),
    ],
)
def test_what_is_missing_is_named_at_its_field(client, values, field):
    answer = wish(client, **values)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert subscriptions() == []


def test_a_street_that_nobody_knows_is_said_to_be_so(client):
    answer = wish(client, kind="street", street="Ingensteds vei")
    assert answer.status_code == 422
    assert "slått opp gata" in answer.text  # Kartverket is away in tests


@pytest.mark.parametrize("number", ["KSU-2026-999999", "x"])
def test_a_report_that_is_not_there_cannot_be_followed(client, number):
    assert wish(client, f"/meldinger/{number}/folg").status_code == 404


# --- who is told of what ----------------------------------------------------------------------------


def told(report, post, server):
    tell(report, post, now=datetime.now(UTC))
    write(post, now=datetime.now(UTC))
    return [str(letter["Subject"]) for letter in server.taken]


def test_a_street_is_what_lies_along_its_roads(client, jurisdiction, post, server):
    with transaction():
        road(jurisdiction, "K", TOWN, near(TOWN, east=300), street_name="Langveien")
    wish(client, kind="street", street="langveien")
    (found,) = subscriptions()
    assert found.label == "Langveien"
    with transaction():
        found.confirmed_at = NOW - LATER
        session().execute(text("DELETE FROM delivery"))
    here = submitted(jurisdiction, position=near(TOWN, east=150, north=20))
    there = submitted(jurisdiction, position=near(TOWN, east=150, north=60))
    tell(there, post, now=datetime.now(UTC))
    (subject,) = told(here, post, server)
    assert here.number in subject


def test_an_area_is_so_many_metres_around_a_place(client, jurisdiction, post, server):
    wish(client, kind="area", place=f"{TOWN.latitude},{TOWN.longitude}", radius="200")
    (found,) = subscriptions()
    with transaction():
        found.confirmed_at = NOW - LATER
        session().execute(text("DELETE FROM delivery"))
    here = submitted(jurisdiction, position=near(TOWN, north=190))
    there = submitted(jurisdiction, position=near(TOWN, north=210))
    tell(there, post, now=datetime.now(UTC))
    (subject,) = told(here, post, server)
    assert here.number in subject


def test_a_section_of_the_map_is_an_area(client):
    page = client.get("/folg?bbox=7.70,63.10,7.74,63.12").text
    assert 'name="bbox" value="7.70,63.10,7.74,63.12"' in page
    assert wish(client, kind="area", bbox="7.70,63.10,7.74,63.12").status_code == 303


def test_a_category_is_told_of_its_reports_only(jurisdiction, post, server):
    group = session().scalar(text("SELECT id FROM service_group WHERE code = 'street_light'"))
    follower(jurisdiction, "service", now=NOW - LATER, service_group_id=group)
    hole = submitted(jurisdiction)
    lamp = submitted(jurisdiction, service_code="LIGHT-DARK")
    tell(hole, post, now=datetime.now(UTC))
    (subject,) = told(lamp, post, server)
    assert lamp.number in subject


def test_what_happened_before_is_no_news(jurisdiction, post, server):
    report = submitted(jurisdiction)
    follower(jurisdiction, "everything", now=datetime.now(UTC) + LATER)
    assert told(report, post, server) == []


def test_what_is_rejected_is_nobodys_news(jurisdiction, desk, post, server):
    follower(jurisdiction, "everything", now=NOW - LATER)
    report = submitted(jurisdiction)
    changed(report, Status.REJECTED, desk, message="Søppel")
    assert told(report, post, server) == []


def test_who_reported_and_follows_is_told_once(jurisdiction, desk, post, server):
    report = submitted(jurisdiction, email="follower@example.org", language="nb")
    follower(jurisdiction, "everything", now=NOW)
    changed(report, Status.IN_PROGRESS, desk, now=datetime.now(UTC))
    with transaction():
        operations.tell_reporter(report.history[-1].id, post, now=datetime.now(UTC))
        spread(window=post.window, now=datetime.now(UTC))
    write(post, now=datetime.now(UTC))
    (letter,) = server.taken
    assert plain(letter).count("Under arbeid") <= 2
    assert f"/m/{report.token}" in plain(letter)


def test_spreading_twice_tells_once(jurisdiction, post, server):
    follower(jurisdiction, "everything", now=NOW - LATER)
    report = submitted(jurisdiction)
    assert len(told(report, post, server)) == 1
    with transaction():
        keys = "SELECT id, jurisdiction_id FROM history_entry"
        session().execute(text(f"INSERT INTO news {keys}"))
    assert len(told(report, post, server)) == 1


@pytest.mark.parametrize(("frequency", "days"), [("daily", 1), ("weekly", 7)])
def test_once_a_day_or_week_is_at_seven_by_the_municipalitys_clock(
    jurisdiction, post, server, frequency, days
):
    follower(jurisdiction, "everything", now=NOW - LATER, frequency=frequency)
    for _ in range(3):
        report = submitted(jurisdiction)
    told(report, post, server)
    assert server.taken == []
    (due,) = {row["due_at"] for row in rows()}
    at = session().scalar(
        text("SELECT CAST(:due AS timestamptz) AT TIME ZONE 'Europe/Oslo'"), {"due": due}
    )
    assert (at.hour, at.minute) == (7, 0)
    assert timedelta(0) < due - datetime.now(UTC) <= timedelta(days=days, hours=1)
    assert frequency == "daily" or at.weekday() == 0
    write(post, now=due)
    (letter,) = server.taken
    assert "3 meldinger" in letter["Subject"]


# --- changing and stopping --------------------------------------------------------------------------


def test_more_often_moves_what_waits(client, jurisdiction, post, server):
    found = follower(jurisdiction, "everything", now=NOW - LATER, frequency="weekly")
    told(submitted(jurisdiction), post, server)
    assert server.taken == []
    client.post(f"/varsler/{found.token}", data={"frequency": "each"})
    write(post, now=datetime.now(UTC) + timedelta(minutes=6))
    assert len(server.taken) == 1


def test_stopping_erases_the_address(client, jurisdiction):
    path = f"/varsler/{follower(jurisdiction, 'everything', now=NOW).token}"
    assert client.post(f"{path}/stopp").status_code == 200
    session().expire_all()
    assert subscriptions() == session().scalars(select(Contact)).all() == []
    assert client.get(path).status_code == 404


def test_erasing_stops_all_that_is_followed_but_not_ones_own_reports(client, jurisdiction):
    submitted(jurisdiction, email="follower@example.org")
    found = follower(jurisdiction, "everything", now=NOW)
    group = session().scalar(text("SELECT min(id) FROM service_group"))
    follower(jurisdiction, "service", now=NOW, service_group_id=group)
    assert client.post(f"/varsler/{found.token}/slett").status_code == 200
    session().expire_all()
    assert subscriptions() == []
    (kept,) = session().scalars(select(Contact)).all()
    assert kept.service_request_id is not None


def test_one_click_in_the_mail_program_stops_it(client, jurisdiction, post, server):
    report = submitted(jurisdiction, email="reporter@example.org", language="nb")
    with transaction():
        operations.acknowledge(report.id, post, now=NOW)
    write(post, now=NOW)
    link = re.search(r"<https://[^/]+(/.+)>", server.taken[0]["List-Unsubscribe"])[1]
    assert "Stopp varslene" in client.get(link).text
    contact = session().scalars(select(Contact)).one()
    assert contact.wants_messages
    one_click = {"List-Unsubscribe": "One-Click"}
    headers = {"Origin": "https://mail.example.org", "Sec-Fetch-Site": "cross-site"}
    assert client.post(link, data=one_click, headers=headers).status_code == 200
    session().expire_all()
    assert not contact.wants_messages


def test_one_click_of_a_follower_erases_the_address(client, jurisdiction):
    found = follower(jurisdiction, "everything", now=NOW)
    link = f"/varsler/stopp/{SIGNER.stop_token([found.contact_id])}"
    assert client.post(link).status_code == client.post(link).status_code == 200
    session().expire_all()
    assert session().scalars(select(Contact)).all() == []


@pytest.mark.parametrize("path", ["/varsler/x", "/varsler/stopp/x", "/varsler/stopp/WzFd.abc"])
def test_a_link_that_is_not_ours_is_not_there(client, path):
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_pages_of_one_person_stay_out_of_caches(client, jurisdiction):
    found = follower(jurisdiction, "everything", now=NOW)
    headers = client.get(f"/varsler/{found.token}").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"


def test_no_job_holds_an_address(client):
    wish(client, kind="everything")
    ((name, arguments),) = orders()
    assert name == "notifications.write"
    assert list(arguments) == ["contact_id"]


def test_too_many_questions_come_back_in_the_form(client, report):
    for _ in range(MOST_QUESTIONS):
        wish(client, f"/meldinger/{report.number}/folg")
    one = wish(client, f"/meldinger/{report.number}/folg")
    assert one.status_code == 429
    assert 'value="follower@example.org"' in one.text
    assert 'id="follow-email-error"' in one.text
    street = wish(client, kind="service", group="road")
    assert street.status_code == 429
    assert 'value="follower@example.org"' in street.text
