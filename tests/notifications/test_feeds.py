"""Atom feeds, read by a feed reader's own library."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest

from app.service_requests.status import Status

from ..factories import TOWN, changed, near, submitted

ATOM = "{http://www.w3.org/2005/Atom}"


def read(client, path="/feed", **options):
    answer = client.get(path, **options)
    assert answer.status_code == 200
    found = feedparser.parse(answer.data)
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, description="Ring meg på +4799999999", email="r@example.org")


def test_everything_that_happens_is_there_newest_first(client, report, desk):
    changed(report, Status.IN_PROGRESS, desk, message="Vi kommer, Kari.")
    found = read(client)
    assert [entry.title for entry in found.entries] == [
        "Hull i veien: Under arbeid",
        "Hull i veien: Ny melding",
    ]
    assert found.feed.author == "Kristiansund kommune"
    assert found.entries[0].link.endswith(f"/meldinger/{report.number}")
    assert found.entries[0].tags[0].term == "road"
    assert found.entries[0].where["coordinates"] == pytest.approx((7.7279, 63.1104))


def test_nobody_can_be_told_from_a_feed(client, report, desk):
    changed(report, Status.IN_PROGRESS, desk, message="Vi kommer, Kari.")
    text = client.get("/feed").text
    for secret in ("Kari", "+47999", "example.org/m", report.token, "r@example.org"):
        assert secret not in text


def test_ids_stay_and_the_feed_is_as_new_as_its_newest_entry(client, report, desk):
    before = read(client)
    changed(report, Status.IN_PROGRESS, desk)
    after = read(client)
    assert after.entries[1].id == before.entries[0].id
    assert len({entry.id for entry in after.entries}) == 2
    assert after.feed.updated == after.entries[0].updated
    assert after.feed.id == before.feed.id


def test_a_feed_is_what_the_standard_demands(client, report):
    feed = ET.fromstring(client.get("/feed").data)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(f"{ATOM}{name}")) == 1
    (own,) = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own.get("href").startswith("http")
    for entry in feed.findall(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "summary"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?group=road", 1),
        ("?group=street_light,road", 1),
        ("?group=street_light", 0),
        ("?service=ROAD-POTHOLE", 1),
        ("?bbox=7.72,63.10,7.74,63.12", 1),
        ("?bbox=7.0,62.0,7.1,62.1", 0),
    ],
)
def test_a_category_and_an_area_have_feeds_of_their_own(client, report, query, count):
    assert len(read(client, f"/feed{query}").entries) == count


def test_a_report_has_a_feed_of_its_own(client, jurisdiction, report):
    submitted(jurisdiction, position=near(TOWN, east=100))
    found = read(client, f"/feed/{report.number.lower()}")
    assert len(found.entries) == 1
    assert report.number in found.feed.title


def test_what_is_rejected_is_not_there(client, report, desk):
    changed(report, Status.REJECTED, desk, message="Søppel")
    assert read(client).entries == []
    assert client.get(f"/feed/{report.number}").status_code == 404


def test_pages_lead_to_all_entries_once(client, jurisdiction):
    now = datetime.now(UTC)
    for minutes in range(60):
        submitted(jurisdiction, now=now - timedelta(minutes=minutes // 2))
    first = read(client)
    (following,) = [link.href for link in first.feed.links if link.rel == "next"]
    second = read(client, "/" + following.split("/", 3)[3])
    keys = [entry.id for entry in (*first.entries, *second.entries)]
    assert len(first.entries) == 50
    assert len(keys) == len(set(keys)) == 60
    assert "next" not in [link.rel for link in second.feed.links]


def test_a_feed_that_has_not_changed_is_not_sent_again(client, report, desk):
    first = client.get("/feed")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=60" in first.headers["Cache-Control"]
    assert client.get("/feed", headers=tag).status_code == 304
    changed(report, Status.IN_PROGRESS, desk)
    assert client.get("/feed", headers=tag).status_code == 200


@pytest.mark.parametrize("query", ["?bbox=1,2", "?cursor=x", "?bbox=a,b,c,d"])
def test_a_query_that_cannot_be_read_is_said_to_be_so(client, query):
    assert client.get(f"/feed{query}").status_code == 400


def test_an_empty_feed_is_valid(client):
    assert read(client).entries == []
