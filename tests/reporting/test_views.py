import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.database import transaction
from app.places.found import Found, Kind, Place
from app.roles import Role
from app.service_requests.additions import Support
from app.service_requests.filter import Cursor
from app.service_requests.paging import write_cursor
from app.service_requests.status import Status

from ..factories import GRIP, TOWN, actor, changed, near, staff, submitted


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


# --- searching and nearest ---------------------------------------------------------------------------


def listed(page):
    """The numbers of a page's rows, in their order."""
    return re.findall(r'data-number="([^"]+)"', page)


def test_a_number_finds_its_report_whole_or_by_its_end(client, jurisdiction):
    made, other = submitted(jurisdiction), submitted(jurisdiction)
    for typed in (made.number, made.number.lower(), made.number.split("-")[-1]):
        assert listed(client.get(f"/meldinger?sok={typed}").text) == [made.number]
    assert other.number in client.get("/meldinger").text


def test_the_nearest_come_first_with_their_distance(client, jurisdiction):
    far = submitted(jurisdiction, position=GRIP)
    middle = submitted(jurisdiction, position=near(TOWN, east=500))
    close = submitted(jurisdiction, position=near(TOWN, north=180))
    page = client.get(f"/meldinger?latitude={TOWN.latitude}&longitude={TOWN.longitude}").text
    assert listed(page) == [close.number, middle.number, far.number]
    assert "180\u00a0m unna" in page
    assert "500\u00a0m unna" in page


def test_a_place_of_our_own_is_a_start_when_the_address_search_is_away(client, jurisdiction):
    far = submitted(jurisdiction, position=TOWN)
    close = submitted(jurisdiction, position=near(GRIP, east=100))
    page = client.get("/meldinger?sok=Grip").text
    assert listed(page) == [close.number, far.number]
    assert "Meldinger nær Grip" in page
    assert "Adressesøket svarer ikke nå" in page


def test_words_that_are_no_place_are_looked_for_in_the_reports_places(client, jurisdiction):
    made = submitted(jurisdiction)
    submitted(jurisdiction)
    with transaction() as current:
        found = text("UPDATE service_request SET place_text = 'Xyzgata 4' WHERE id = :id")
        current.execute(found, {"id": made.id})
    assert listed(client.get("/meldinger?sok=xyzgata").text) == [made.number]
    assert listed(client.get("/meldinger?sok=%25").text) == []


def test_the_nearest_go_on_along_the_next_link_without_gaps(client, jurisdiction):
    made = [submitted(jurisdiction, position=near(GRIP, east=10 * n)).number for n in range(52)]
    first = client.get("/meldinger?sok=Grip").text
    (link,) = {
        part.split('"')[0] for part in first.split('href="') if "cursor=" in part.split('"')[0]
    }
    rest = client.get(link.replace("&amp;", "&")).text
    assert listed(first) + listed(rest) == made


def test_a_box_keeps_the_list_to_a_part_of_the_map(client, jurisdiction):
    inside = submitted(jurisdiction)
    submitted(jurisdiction, position=GRIP)
    page = client.get("/meldinger?bbox=7.72,63.1,7.73,63.12").text
    assert listed(page) == [inside.number]
    assert "Meldinger i denne delen av kartet" in page


def test_recently_closed_is_the_same_on_list_and_start_page(client, jurisdiction, desk):
    now = datetime.now(UTC)
    fresh = submitted(jurisdiction)
    closed = changed(submitted(jurisdiction), Status.FIXED, desk, led_to_improvement=True)
    old = submitted(jurisdiction, now=now - timedelta(days=200))
    changed(old, Status.FIXED, desk, led_to_improvement=True, now=now - timedelta(days=150))
    assert listed(client.get("/meldinger?status=recent").text) == [closed.number]
    assert listed(client.get("/?show=recent").text) == [closed.number]
    assert listed(client.get("/?show=open").text) == [fresh.number]
    assert listed(client.get("/?show=none").text) == []
    assert listed(client.get("/?group=water").text) == []
    assert set(listed(client.get("/").text)) == {fresh.number, closed.number}


@pytest.mark.parametrize(
    "query",
    ["latitude=63", "latitude=91&longitude=7", "show=all", "sok=%00&status=x", "cursor=MTIgMw"],
)
def test_a_start_that_cannot_be_read_is_told(client, query):
    assert client.get(f"/meldinger?{query}").status_code == 400


def test_others_who_have_seen_it_are_counted_in_the_row(client, jurisdiction):
    made = submitted(jurisdiction)
    with transaction() as current:
        for device in (b"one", b"two"):
            current.add(
                Support(
                    service_request_id=made.id,
                    device=device,
                    jurisdiction_id=jurisdiction.id,
                    created_at=datetime.now(UTC),
                )
            )
    assert "2 andre har sett det" in client.get("/meldinger").text
    (feature,) = client.get("/api/v1/service-requests").json["features"]
    assert feature["properties"]["supporters"] == 2


def test_searching_for_places_on_the_list_has_a_limit_and_turning_pages_has_none(client):
    answers = [client.get("/meldinger?sok=KSU-2026-000001").status_code for _ in range(121)]
    assert (answers[0], answers[-1]) == (200, 429)
    assert client.get("/meldinger").status_code == 200


def test_a_cursor_of_another_order_is_refused_when_a_search_finds_a_place(
    client, jurisdiction, monkeypatch
):
    cursor = write_cursor(Cursor(requested_at=datetime.now(UTC), id=1))
    place = Place(kind=Kind.PLACE, label="Byen", part=None, position=TOWN)
    monkeypatch.setattr("app.reporting.views.resolve", lambda *_: Found(places=(place,)))
    assert client.get("/meldinger?sok=byen").status_code == 200
    assert client.get(f"/meldinger?sok=byen&cursor={cursor}").status_code == 400
