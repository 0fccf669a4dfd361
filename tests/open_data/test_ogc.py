"""OGC API Features, as any client meets it."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from geoalchemy2 import WKTElement
from pyproj import Transformer
from sqlalchemy import text

from app.database import session, transaction
from app.open_data.ogc_collections import COLLECTIONS
from app.open_data.ogc_crs import SYSTEMS
from app.planned_work.models import PlannedWork
from app.roles import Role
from app.service_requests.status import Status
from tests.factories import HARBOUR, TOWN, actor, changed, near, staff, submitted

REPORTS = "/ogc/collections/service-requests/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGES = ("/ogc", "/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections")


@pytest.fixture
def three(jurisdiction):
    """Three reports, a day between them, the last one half a kilometre to the north-east."""
    places = (TOWN, near(TOWN, east=40), near(TOWN, east=400, north=400))
    return [
        submitted(jurisdiction, position=place, now=NOON + timedelta(days=day))
        for day, place in enumerate(places)
    ]


@pytest.fixture
def works(jurisdiction):
    """Two areas of work, one in March and one in May."""
    square = WKTElement(
        "MULTIPOLYGON(((7.72 63.10,7.74 63.10,7.74 63.12,7.72 63.12,7.72 63.10)))", srid=4326
    )
    with transaction():
        for code, month in (("march", 3), ("may", 5)):
            name = {"nb": f"Arbeid i {month}"}
            session().add(
                PlannedWork(
                    jurisdiction_id=jurisdiction.id,
                    code=code,
                    title=name,
                    description=name,
                    area=square,
                    starts_on=date(2026, month, 1),
                    ends_on=date(2026, month, 31),
                )
            )


def numbers(client, query="", accept="application/geo+json"):
    answer = client.get(f"{REPORTS}?{query}", headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    return [feature["id"] for feature in answer.json["features"]]


@pytest.mark.parametrize("path", PAGES)
def test_every_document_is_there_for_programs_and_for_people(client, path):
    plain = client.get(path)
    assert plain.status_code == 200
    assert plain.mimetype.endswith("json")
    assert plain.headers["Access-Control-Allow-Origin"] == "*"
    page = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.mimetype == "text/html"
    assert client.get(f"{path}?f=html").mimetype == "text/html"
    assert client.get(f"{path}?f=json", headers={"Accept": "text/html"}).mimetype.endswith("json")


def test_the_way_in_leads_to_all_that_is_needed(client):
    found = {link["rel"]: link for link in client.get("/ogc").json["links"]}
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} == set(found)
    for link in found.values():
        assert client.get(link["href"], headers={"Accept": link["type"]}).status_code == 200


def test_links_of_every_collection_can_be_followed(client, three, works):
    listed = client.get("/ogc/collections").json
    assert [one["id"] for one in listed["collections"]] == list(COLLECTIONS)
    for one in listed["collections"]:
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        assert west < TOWN.longitude < east
        assert south < TOWN.latitude < north
        assert one["storageCrs"] == one["crs"][0] == CRS84
        for link in one["links"]:
            answer = client.get(link["href"], headers={"Accept": link["type"]})
            assert answer.status_code == 200
            assert answer.mimetype == link["type"]
    assert listed["collections"][0]["extent"]["temporal"]["interval"] == [
        ["2026-03-02T12:00:00Z", None]
    ]


def test_the_newest_report_comes_first_and_says_nothing_personal(client, three):
    answer = client.get(REPORTS)
    assert answer.mimetype == "application/geo+json"
    assert answer.json["numberMatched"] == answer.json["numberReturned"] == 3
    datetime.fromisoformat(answer.json["timeStamp"])
    first = answer.json["features"][0]
    assert first["id"] == first["properties"]["number"] == three[2].number
    assert first["properties"]["requested_at"] == "2026-03-04T12:00:00Z"
    assert "Dypt hull" not in answer.text
    assert set(first["properties"]) == set(COLLECTIONS["service-requests"].json_schema())


def test_a_rejected_report_is_not_there(client, jurisdiction, three):
    changed(
        three[0],
        Status.REJECTED,
        actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE)),
        message="Søppelpost",
    )
    assert three[0].number not in numbers(client)
    answer = client.get(f"{REPORTS}/{three[0].number}")
    assert answer.status_code == 404
    assert answer.json["code"] == "NotFound"


def test_pages_by_keyset_hold_every_report_once_while_new_ones_come(client, jurisdiction, three):
    address, seen = f"{REPORTS}?limit=2&service=ROAD-POTHOLE", []
    while address:
        answer = client.get(address).json
        assert answer["numberReturned"] <= 2
        seen += [feature["id"] for feature in answer["features"]]
        address = next((link["href"] for link in answer["links"] if link["rel"] == "next"), None)
        submitted(jurisdiction, now=NOON + timedelta(days=9))
    assert seen == [request.number for request in reversed(three)]


def test_more_than_the_most_is_the_most(client, three):
    answer = client.get(f"{REPORTS}?limit=99999999999999")
    assert answer.json["numberReturned"] == 3


def test_a_box_chooses_in_every_system(client, three):
    for system in SYSTEMS:
        way = Transformer.from_crs(4326, system.srid, always_xy=True)
        east, north = way.transform(TOWN.longitude, TOWN.latitude)
        size = 0.002 if system.in_degrees else 100
        low, high = (east - size, north - size), (east + size, north + size)
        if system.is_flipped:
            low, high = low[::-1], high[::-1]
        box = ",".join(str(side) for side in (*low, *high))
        found = client.get(REPORTS, query_string={"bbox": box, "bbox-crs": system.uri}).json
        assert [feature["id"] for feature in found["features"]] == [
            three[1].number,
            three[0].number,
        ], system
        assert found["numberMatched"] == 2


def test_positions_are_those_of_pyproj_in_every_system_and_its_order(client, three):
    """Without `always_xy`, pyproj gives the axes in the order of the register."""
    for system in SYSTEMS:
        answer = client.get(f"{REPORTS}/{three[0].number}", query_string={"crs": system.uri})
        assert answer.headers["Content-Crs"] == f"<{system.uri}>"
        name = "OGC:CRS84" if system.uri == CRS84 else f"EPSG:{system.srid}"
        wanted = Transformer.from_crs("OGC:CRS84", name).transform(TOWN.longitude, TOWN.latitude)
        tolerance = 1e-6 if system.in_degrees else 0.02
        assert answer.json["geometry"]["coordinates"] == pytest.approx(wanted, abs=tolerance)
    latitude_first = client.get(f"{REPORTS}?crs={EPSG}4326").json["features"][-1]["geometry"]
    assert latitude_first["coordinates"] == [TOWN.latitude, TOWN.longitude]
    plain = client.get(REPORTS)
    assert plain.headers["Content-Crs"] == f"<{CRS84}>"
    assert plain.json["features"][-1]["geometry"]["coordinates"] == [TOWN.longitude, TOWN.latitude]


@pytest.mark.parametrize(
    ("written", "places"),
    [
        ("2026-03-03T12:00:00Z", [1]),
        ("2026-03-03", [1]),
        ("2026-03-02/2026-03-03", [1, 0]),
        ("../2026-03-03T11:59:59Z", [0]),
        ("2026-03-03T12:00:00Z/..", [2, 1]),
        ("2026-03-03T12:00:01Z/", [2]),
        ("/2026-03-01", []),
    ],
)
def test_time_chooses_by_the_moment_of_receipt(client, three, written, places):
    assert numbers(client, f"datetime={written}") == [three[place].number for place in places]


def test_work_is_chosen_by_the_days_it_lasts(client, works):
    def codes(query):
        found = client.get(f"/ogc/collections/planned-work/items?{query}").json
        return [feature["id"] for feature in found["features"]]

    assert codes("") == ["march", "may"]
    assert codes("datetime=2026-03-31") == ["march"]
    assert codes("datetime=2026-04-01/2026-04-30") == []
    assert codes("datetime=2026-05-31/..") == ["may"]
    assert codes("datetime=../2026-05-01T12:00:00Z") == ["march", "may"]
    assert codes("limit=1&cursor=march") == ["may"]
    assert codes("group=water") == []
    files = client.get("/api/v1/datasets/planned-work.json").json["rows"]
    assert [row["code"] for row in files] == ["march", "may"], "the same work in both"
    one = client.get(f"/ogc/collections/planned-work/items/may?crs={EPSG}4326").json
    assert one["geometry"]["type"] == "MultiPolygon"
    assert one["geometry"]["coordinates"][0][0][0][0] == pytest.approx(63.11, abs=0.02)
    assert one["properties"]["ends_on"] == "2026-05-31"


def test_areas_are_there_in_metres_too(client):
    found = client.get(f"/ogc/collections/areas/items?crs={EPSG}25832").json
    assert [feature["id"] for feature in found["features"]] == ["grip", "harbour"]
    east, north = found["features"][1]["geometry"]["coordinates"][0][0][0]
    wanted = Transformer.from_crs(4326, 25832, always_xy=True).transform(
        HARBOUR.longitude, HARBOUR.latitude
    )
    assert (east, north) == pytest.approx(wanted, abs=3000)


def test_filters_have_the_names_that_they_have_everywhere(client, jurisdiction, three):
    changed(three[0], Status.IN_PROGRESS, actor(staff(jurisdiction, "roads")))
    assert numbers(client, "status=in_progress") == [three[0].number]
    assert numbers(client, "status=in_progress&group=water") == []
    assert len(numbers(client, "year=2026&service=ROAD-POTHOLE,LIGHT-DARK")) == 3
    assert len(numbers(client, "from=2026-03-03&to=2026-03-04")) == 1


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("colour=red", "colour"),
        ("q=hull", "q"),
        ("channel=web", "channel"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=63,7,64,8,9,10,11", "bbox"),
        ("bbox-crs=EPSG:25833", "bbox-crs"),
        ("bbox=1e300,1,1e301,2&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/25833", "bbox"),
        (f"crs={EPSG}2056", "crs"),
        ("datetime=../..", "datetime"),
        ("datetime=0001-01-01/9999-12-31", "datetime"),
        ("limit=0", "limit"),
        ("limit=ten", "limit"),
        ("limit=-1", "limit"),
        ("cursor=x", "cursor"),
        ("status=lost", "status"),
        ("service=NOTHING", "service"),
        ("year=x", "year"),
        ("improved=maybe", "improved"),
        ("f=xml", "f"),
    ],
)
def test_what_cannot_be_read_is_said_by_its_name(client, query, word):
    answer = client.get(f"{REPORTS}?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/json"
    assert answer.json["code"] == "InvalidParameterValue"
    assert word in answer.json["description"]


def test_a_box_beyond_what_a_system_reaches_is_empty_and_no_fault(client, three):
    for code in (25832, 25833, 3857):
        for box in ("-9e7,-9e7,-8e7,-8e7", "0,0,1,1"):
            assert numbers(client, f"bbox={box}&bbox-crs={EPSG}{code}") == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/ogc/nothing/here", 404, "NotFound"),
        ("/ogc/collections/lamps", 404, "NotFound"),
        ("/ogc/collections/lamps/items", 404, "NotFound"),
        (f"{REPORTS}/KSU-1999-000001", 404, "NotFound"),
        ("/ogc/collections/districts/items/nowhere", 404, "NotFound"),
        ("/ogc?f=xml", 400, "InvalidParameterValue"),
        ("/ogc?colour=red", 400, "InvalidParameterValue"),
        (f"{REPORTS}/KSU-1999-000001?limit=3", 400, "InvalidParameterValue"),
    ],
)
def test_faults_have_the_standards_form(client, path, status, code):
    answer = client.get(path)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.json["description"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_person_gets_a_page_for_a_fault(client):
    answer = client.get("/ogc/collections/lamps", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_a_form_that_there_is_not_is_406(client):
    answer = client.get(REPORTS, headers={"Accept": "application/gml+xml"})
    assert answer.status_code == 406
    assert answer.json["code"] == "NotAcceptable"
    assert "application/geo+json" in answer.json["description"]


def test_other_verbs_are_refused_and_browsers_elsewhere_may_ask(client):
    refused = client.post(REPORTS, json={})
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]
    asked = client.options(REPORTS)
    assert asked.status_code == 200
    assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]


def test_an_answer_that_has_not_changed_is_not_sent_again(client, jurisdiction, three):
    first = client.get(REPORTS)
    again = client.get(REPORTS, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Content-Crs"] == f"<{CRS84}>"
    assert {"Accept", "Accept-Language"} <= {
        name.strip() for name in first.headers["Vary"].split(",")
    }
    submitted(jurisdiction)
    assert client.get(REPORTS, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_positions_are_the_public_ones(client, three):
    session().execute(
        text(
            "UPDATE service_request SET public_position = ST_SetSRID(ST_MakePoint(7.7, 63.1), 4326)"
        )
    )
    session().commit()
    found = client.get(REPORTS).json["features"]
    assert {tuple(feature["geometry"]["coordinates"]) for feature in found} == {(7.7, 63.1)}
    assert len(numbers(client, "bbox=7.699,63.099,7.701,63.101")) == 3
    assert (
        numbers(client, f"bbox={TOWN.longitude - 0.001},63.11,{TOWN.longitude + 0.02},63.12") == []
    )


def test_pages_show_words_and_lead_on(client, three):
    page = client.get(f"{REPORTS}?f=html&limit=2").text
    assert three[2].number in page
    assert "Hull i veien" in page
    assert "cursor=" in page
    one = client.get(f"{REPORTS}/{three[0].number}?f=html").text
    assert f"{TOWN.longitude}, {TOWN.latitude}" in one
    for code in COLLECTIONS:
        assert client.get(f"/ogc/collections/{code}?f=html").status_code == 200
        assert client.get(f"/ogc/collections/{code}/items?f=html").status_code == 200


def test_the_description_names_every_address_and_parameter_that_answers(client, three):
    found = client.get("/ogc/api")
    assert found.headers["Content-Type"].startswith("application/vnd.oai.openapi+json;version=3.0")
    document = found.json
    assert document["openapi"].startswith("3.0")
    names = [verbs["get"]["operationId"] for verbs in document["paths"].values()]
    assert len(names) == len(set(names))
    shared = document["components"]["parameters"]
    for path, verbs in document["paths"].items():
        for parameter in verbs["get"]["parameters"]:
            reference = parameter.get("$ref", "").rpartition("/")[2]
            assert not reference or shared[reference]["name"] == reference
        address = path.replace("{featureId}", three[0].number)
        if "featureId" not in path or "service-requests" in path:
            assert client.get(f"/ogc{address}").status_code == 200
    served = [one["name"] for one in document["paths"]["/collections/service-requests/items"]["get"]["parameters"] if "name" in one]  # fmt: skip  # noqa: E501
    assert served == list(COLLECTIONS["service-requests"].filters)
    features = client.get(REPORTS).json["features"]
    schema = document["paths"]["/collections/service-requests/items"]["get"]["responses"]["200"]
    said = schema["content"]["application/geo+json"]["schema"]["properties"]["features"]["items"]
    properties = said["properties"]["properties"]["properties"]
    kinds = {"string": str, "integer": int, "boolean": bool, "number": float}
    for feature in features:
        for name, value in feature["properties"].items():
            assert value is None or isinstance(value, kinds[properties[name]["type"]]), name


def test_neighbours_in_the_list_stand_in_order(client, jurisdiction):
    for _ in range(5):
        submitted(jurisdiction, now=NOON)
    assert all(one > other for one, other in pairwise(numbers(client)))
