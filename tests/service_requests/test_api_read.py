"""GET /api/v1/service-requests, one and many, and /api/v1/services."""

from datetime import UTC, datetime, timedelta

import pytest

from app.roles import Role
from app.service_requests.status import Status

from ..factories import GRIP, TOWN, actor, changed, staff, submitted

URL = "/api/v1/service-requests"
PROPERTIES = {
    *("number", "status", "status_word", "phase", "service_code", "service_name", "group"),
    *("requested_at", "updated_at", "due_at", "closed_at", "department", "led_to_improvement"),
    *("is_demo", "url", "sentence"),
}
GROUPS = ["water", "sewage", "waste", "road", "environment", "street_light", "other"]
NOON = datetime(2026, 10, 1, 10, tzinfo=UTC)


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


def numbers(answer):
    assert answer.status_code == 200, answer.text
    return [feature["properties"]["number"] for feature in answer.json["features"]]


def test_a_report_is_found_by_its_number_in_small_letters_too(client, jurisdiction):
    made = submitted(jurisdiction)
    answer = client.get(f"{URL}/{made.number.lower()}")
    assert answer.json["number"] == made.number
    assert "follow" not in answer.json["links"]


@pytest.mark.parametrize(
    "number", ["KSU-2026-999999", "x", "%00", "KSU-2026-%ED%A0%80", "' OR 1=1"]
)
def test_a_number_that_nobody_has_is_not_found(client, number):
    answer = client.get(f"{URL}/{number}")
    assert answer.status_code in {400, 404}
    assert answer.content_type == "application/problem+json"


def test_a_rejected_report_is_nobodys_to_see(client, jurisdiction, desk):
    made = changed(submitted(jurisdiction), Status.REJECTED, desk, message="Søppelpost")
    assert client.get(f"{URL}/{made.number}").status_code == 404
    assert numbers(client.get(URL)) == []
    assert client.get(f"{URL}?status=rejected").json["numberMatched"] == 0


def test_reports_are_a_geojson_collection(client, jurisdiction):
    made = submitted(jurisdiction)
    answer = client.get(URL)
    (feature,) = answer.json["features"]
    assert answer.content_type == "application/geo+json"
    assert (answer.json["type"], feature["type"]) == ("FeatureCollection", "Feature")
    assert feature["geometry"] == TOWN.as_geojson()
    assert set(feature["properties"]) >= PROPERTIES
    assert feature["properties"]["url"] == f"/meldinger/{made.number}"


def test_a_closed_report_tells_whether_it_led_to_an_improvement(client, jurisdiction, desk):
    made = changed(submitted(jurisdiction), Status.FIXED, desk, led_to_improvement=False)
    answer = client.get(f"{URL}/{made.number}").json
    assert (answer["led_to_improvement"], answer["phase"]) == (False, "fixed")


@pytest.fixture
def three(jurisdiction, desk):
    """A pothole in town at noon, a lamp on Grip a day later, something closed a day after that."""
    hole = submitted(jurisdiction, now=NOON)
    lamp = submitted(
        jurisdiction, now=NOON + timedelta(days=1), service_code="LIGHT-DARK", position=GRIP
    )
    park = submitted(jurisdiction, now=NOON + timedelta(days=2), service_code="OTHER-PARK")
    changed(park, Status.NO_ACTION, desk, message="Ikke en feil", now=NOON + timedelta(days=3))
    return {"hole": hole.number, "lamp": lamp.number, "park": park.number}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "park lamp hole"),
        ("bbox=7.5,63.2,7.7,63.24", "lamp"),
        ("bbox=7.72,63.1,7.73,63.12", "park hole"),
        ("bbox=0,0,1,1", ""),
        ("service=ROAD-POTHOLE", "hole"),
        ("service=ROAD-POTHOLE,LIGHT-DARK", "lamp hole"),
        ("year=2026", "park lamp hole"),
        ("year=2025", ""),
        ("district=none", ""),
        ("district=kirkelandet", "park hole"),
        ("district=grip,none", "lamp"),
        ("road=none", "park lamp hole"),
        ("road=K,F", ""),
        ("improved=true", ""),
        ("improved=false", "park lamp hole"),
        ("group=street_light", "lamp"),
        ("group=street_light, other", "park lamp"),
        ("status=open", "lamp hole"),
        ("status=closed", "park"),
        ("status=assigned,no_action", "park lamp hole"),
        ("status=no_action", "park"),
        ("from=2026-10-02", "park lamp"),
        ("to=2026-10-02", "hole"),
        ("from=2026-10-02&to=2026-10-03", "lamp"),
        ("from=2026-10-01T12:00:00%2B02:00", "park lamp hole"),
        ("from=2026-10-01T12:00:01", "park lamp"),
        ("to=2026-10-01T12:00:00", ""),
        ("closed_after=2026-10-05", "lamp hole"),
        ("closed_after=2026-10-04", "park lamp hole"),
        ("limit=2", "park lamp"),
        ("bbox=&service=&status=&from=&to=&cursor=", "park lamp hole"),
        ("group=street_light&status=closed", ""),
    ],
)
def test_filters_narrow_the_list(client, three, query, expected):
    answer = client.get(f"{URL}?{query}")
    assert numbers(answer) == [three[name] for name in expected.split()]
    assert answer.json["numberReturned"] == len(expected.split())


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("bbox=7,63", "bbox"),
        ("bbox=8,63,7,64", "bbox"),
        ("bbox=nan,63,7,64", "bbox"),
        ("status=done", "status"),
        ("service=road-pothole", "service"),
        ("group=cars", "group"),
        ("department=nobody", "department"),
        ("district=atlantis", "district"),
        ("road=X", "road"),
        ("year=26", "year"),
        ("improved=yes", "improved"),
        ("answered_in_time=1", "answered_in_time"),
        ("channel=web", "channel"),
        ("device=phone", "device"),
        ("from=2026-10-02&to=2026-10-01", "to"),
        ("from=yesterday", "from"),
        ("to=2026-13-01", "to"),
        ("to=2026-02-30", "to"),
        ("from=0000-01-01", "from"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=all", "limit"),
        ("cursor=here", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=MjAyNiAx", "cursor"),
        ("cursor=MjAyNi0wMS0wMVQwMDowMDowMCswMDowMCA5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cursor"),
        ("colour=red", "colour"),
    ],
)
def test_a_query_that_cannot_be_read_names_the_parameter(client, query, field):
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.content_type == "application/problem+json"
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize("value", ["%00", "%ED%A0%80", "'", "1;", "%F0%9F%90%9F", "x" * 5000])
@pytest.mark.parametrize(
    "name",
    ["bbox", "service", "group", "status", "from", "limit", "cursor", "district", "road", "year"],
)
def test_whatever_a_parameter_holds_it_is_no_error_of_ours(client, name, value):
    assert client.get(f"{URL}?{name}={value}").status_code in {200, 400}


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_are_no_error_of_ours(client, moment):
    assert client.get(f"{URL}?from={moment}").status_code in {200, 400}


# --- paging -----------------------------------------------------------------------------------------


def follow(client, url):
    """Every number along the `next` links."""
    seen = []
    while url:
        answer = client.get(url)
        seen += numbers(answer)
        links = {link["rel"]: link["href"] for link in answer.json["links"]}
        url = links.get("next")
        yield seen


def test_pages_hold_every_report_once_even_at_the_same_moment(client, jurisdiction):
    made = [submitted(jurisdiction, now=NOON).number for _ in range(7)]
    *_, seen = follow(client, f"{URL}?limit=2")
    assert seen == made[::-1]


def test_pages_neither_repeat_nor_skip_while_reports_come_in(client, jurisdiction):
    made = [submitted(jurisdiction, now=NOON + timedelta(hours=n)).number for n in range(6)]
    pages = []
    for seen in follow(client, f"{URL}?limit=2&group=road"):
        pages.append(seen)
        submitted(jurisdiction, now=NOON + timedelta(days=len(pages)))
    assert pages[-1] == made[::-1]


def test_the_next_link_keeps_the_filters(client, three):
    (link,) = [
        link
        for link in client.get(f"{URL}?status=open&limit=1&bbox=7,63,8,64").json["links"]
        if link["rel"] == "next"
    ]
    assert numbers(client.get(link["href"])) == [three["hole"]]


def test_the_count_is_that_of_the_whole_list_on_every_page(client, three):
    pages = [client.get(f"{URL}?limit=2").json]
    pages.append(client.get(pages[0]["links"][-1]["href"]).json)
    assert [page["numberMatched"] for page in pages] == [3, 3]
    assert [page["numberReturned"] for page in pages] == [2, 1]


# --- services ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "name"), [("nb", "Vei"), ("nn", "Veg"), ("en", "Road")])
def test_services_are_listed_in_the_language_asked_for(client, language, name):
    client.set_cookie("language", language)
    services = client.get("/api/v1/services").json
    assert len(services) == 42
    groups = {item["group"]: item["group_name"] for item in services}
    assert list(groups) == GROUPS
    assert groups["road"] == name


def test_the_document_describes_every_address(client):
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.")
    assert set(document["paths"]) == {
        "/api/v1/answers/{token}",
        "/api/v1/assets",
        "/api/v1/assistant/check",
        "/api/v1/assistant/reports",
        "/api/v1/assistant/reports/{number}",
        "/api/v1/assistant/services",
        "/api/v1/assistant/suggest",
        "/api/v1/crew/jobs",
        "/api/v1/crew/photos/{photo_id}",
        "/api/v1/crew/push",
        "/api/v1/crew/session",
        "/api/v1/crew/sync",
        "/api/v1/datasets",
        "/api/v1/datasets/service-requests/tiles.json",
        "/api/v1/datasets/service-requests/{z}/{x}/{y}.mvt",
        "/api/v1/datasets/{code}",
        "/api/v1/datasets/{code}.{ending}",
        "/api/v1/photos",
        "/api/v1/places",
        "/api/v1/places/near",
        "/api/v1/service-requests",
        "/api/v1/service-requests/near",
        "/api/v1/service-requests/{number}",
        "/api/v1/services",
        "/api/v1/services/search",
        "/api/v1/statistics/figures",
        "/api/v1/statistics/measures",
        "/api/v1/statistics/yearly",
        "/api/v1/tiles/{z}/{x}/{y}.json",
    }
    responses = document["paths"]["/api/v1/service-requests"]["post"]["responses"]
    assert {"201", "422"} <= set(responses)
