import pytest

from app.jurisdictions.queries import for_host


def test_the_boundary_is_a_geojson_feature(client):
    answer = client.get("/kart/grense.geojson")
    assert answer.content_type == "application/geo+json"
    assert answer.json["properties"]["number"] == "1505"
    assert answer.json["geometry"]["type"] == "MultiPolygon"


def test_places_are_geojson_points(client):
    features = client.get("/kart/steder.geojson").json["features"]
    names = [feature["properties"]["name"] for feature in features]
    assert {"Grip", "Frei", "Vågen"} <= set(names)
    assert {feature["geometry"]["type"] for feature in features} == {"Point"}


@pytest.mark.parametrize("path", ["/kart/grense.geojson", "/kart/steder.geojson"])
def test_map_data_that_has_not_changed_is_not_sent_again(client, path):
    etag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "anything.example.org"])
def test_the_only_municipality_answers_at_every_address(jurisdiction, host):
    assert for_host(host).number == "1505"


def test_a_municipality_is_found_by_its_host_name(jurisdiction):
    jurisdiction.host_names = ["melde.example.org", "feil.example.org"]
    assert for_host("feil.example.org") is jurisdiction
