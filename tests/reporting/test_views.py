from datetime import UTC, datetime, timedelta

import pytest

from app.security import Role
from app.service_requests.status import Status

from ..factories import actor, changed, staff, submitted


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


def test_the_start_page_lists_open_and_recently_closed_reports(client, jurisdiction, desk):
    now = datetime.now(UTC)
    fresh = submitted(jurisdiction)
    closed = changed(submitted(jurisdiction), Status.FIXED, desk, led_to_improvement=True)
    old = submitted(jurisdiction, now=now - timedelta(days=200))
    changed(old, Status.FIXED, desk, led_to_improvement=True, now=now - timedelta(days=150))
    page = client.get("/").text
    assert fresh.number in page
    assert closed.number in page
    assert old.number not in page


def test_an_empty_municipality_has_a_start_page_and_a_list(client):
    assert client.get("/").status_code == 200
    assert client.get("/meldinger").status_code == 200


def test_the_list_narrows_by_group_and_status(client, jurisdiction, desk):
    hole = submitted(jurisdiction)
    lamp = submitted(jurisdiction, service_code="LIGHT-DARK")
    changed(lamp, Status.NO_ACTION, desk, message="Ikke en feil")
    assert hole.number in client.get("/meldinger?group=road").text
    assert lamp.number not in client.get("/meldinger?group=road").text
    assert hole.number not in client.get("/meldinger?status=closed").text


def test_the_list_goes_on_along_its_next_link(client, jurisdiction):
    now = datetime.now(UTC)
    made = [submitted(jurisdiction, now=now - timedelta(minutes=n)).number for n in range(51)]
    first = client.get("/meldinger").text
    assert made[49] in first
    assert made[50] not in first
    (link,) = {
        part.split('"')[0] for part in first.split('href="') if "cursor=" in part.split('"')[0]
    }
    assert made[50] in client.get(link.replace("&amp;", "&")).text


@pytest.mark.parametrize("query", ["group=%00", "status=done", "bbox=1", "cursor=x", "from=x"])
def test_a_filter_that_cannot_be_read_is_told(client, query):
    assert client.get(f"/meldinger?{query}").status_code in {200, 400}


def test_unknown_parameters_in_a_link_are_left_alone(client):
    assert client.get("/meldinger?utm_source=avis").status_code == 200


def test_a_reports_page_says_who_has_it_why_and_by_when(client, jurisdiction):
    made = submitted(jurisdiction)
    page = client.get(f"/meldinger/{made.number}").text
    for words in (made.number, "Hull i veien", "Kommunalteknikk – vei", made.routing_reason["nb"]):
        assert words in page


@pytest.mark.parametrize(("answer", "words"), [(True, "Utført"), (False, "Utført")])
def test_a_closed_reports_page_says_how_it_went(client, jurisdiction, desk, answer, words):
    made = submitted(jurisdiction)
    changed(made, Status.FIXED, desk, led_to_improvement=answer, message="Hullet er fylt.")
    page = client.get(f"/meldinger/{made.number}").text
    assert words in page
    assert "Hullet er fylt." in page


def test_a_message_is_shown_as_text(client, jurisdiction, desk):
    made = submitted(jurisdiction)
    changed(made, Status.IN_PROGRESS, desk, message="<script>alert(1)</script>")
    page = client.get(f"/meldinger/{made.number}").text
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page


def test_an_internal_reason_is_on_no_page_of_residents(client, jurisdiction, desk):
    made = submitted(jurisdiction)
    changed(made, Status.ASSESSING, desk, message="Internt om saken", visibility="internal")
    for path in (f"/meldinger/{made.number}", f"/m/{made.token}"):
        assert "Internt om saken" not in client.get(path).text


def test_a_rejected_report_is_seen_by_its_reporter_only(client, jurisdiction, desk):
    made = changed(submitted(jurisdiction), Status.REJECTED, desk, message="Ikke en feil i gata")
    assert client.get(f"/meldinger/{made.number}").status_code == 404
    assert client.get(f"/m/{made.token}").status_code == 200
    assert made.number not in client.get("/").text
    assert made.number not in client.get("/meldinger").text


def test_a_number_that_nobody_has_is_not_found(client):
    answer = client.get("/meldinger/KSU-2026-999999")
    assert answer.status_code == 404
    assert "Gå til kartet" in answer.text


def test_a_demo_report_says_so(client, jurisdiction):
    made = submitted(jurisdiction, is_demo=True)
    assert "demo" in client.get(f"/meldinger/{made.number}").text.lower()
