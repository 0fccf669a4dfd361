"""Other people's programs against a running server: OWSLib, and GDAL's driver for OGC API Features."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from flask import Flask
from owslib.ogcapi.features import Features
from pyproj import Transformer
from werkzeug.serving import make_server

from tests.factories import TOWN, near, submitted

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UTM33 = "http://www.opengis.net/def/crs/EPSG/0/25833"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The service on a port of its own, answering several at once."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ogc"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def seven(jurisdiction):
    return [
        submitted(
            jurisdiction, position=near(TOWN, east=30 * step), now=NOON + timedelta(days=step)
        )
        for step in range(7)
    ]


def test_owslib_finds_its_way(address, seven):
    service = Features(address)
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in service.conformance()["conformsTo"]  # fmt: skip  # noqa: E501
    assert service.api()["openapi"].startswith("3.0")
    assert service.feature_collections() == [
        "service-requests",
        "districts",
        "planned-work",
        "areas",
    ]
    assert service.collection("areas")["id"] == "areas"
    some = service.collection_items("service-requests", limit=3)
    assert (some["numberMatched"], some["numberReturned"]) == (7, 3)
    in_box = service.collection_items(
        "service-requests",
        bbox=[TOWN.longitude - 0.001, TOWN.latitude - 0.001, TOWN.longitude + 0.001, TOWN.latitude + 0.001],
        datetime_="2026-03-03/..",
    )  # fmt: skip
    assert [feature["id"] for feature in in_box["features"]] == [seven[1].number]
    one = service.collection_item("service-requests", seven[4].number)
    assert one["properties"]["service"] == "ROAD-POTHOLE"
    with pytest.raises(RuntimeError, match="InvalidParameterValue"):
        service.collection_items("service-requests", colour="red")


READER = """
import json, sys
import pyogrio, shapely
address, layer, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
if "bbox" in options:
    options["bbox"] = tuple(options["bbox"])
meta, _, shapes, columns = pyogrio.raw.read(f"OAPIF:{address}", layer=layer, **options)
names = list(meta["fields"])
rows = [dict(zip(names, map(str, values))) for values in zip(*columns)]
places = [shapely.centroid(shape) for shape in shapely.from_wkb(shapes)]
print(json.dumps({"crs": meta["crs"], "rows": rows, "places": [(at.x, at.y) for at in places]}))
"""


def read(address, layer, **options):
    """What GDAL makes of a collection: rows with their middles, x first, and the coordinate system.

    GDAL has a process of its own: while it waits for an answer nothing else runs in it.
    """
    command = [sys.executable, "-c", READER, address, layer, json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return list(zip(found["rows"], found["places"], strict=True)), found["crs"]


def test_gdal_reads_every_page_and_every_type(address, seven):
    found, crs = read(address, "service-requests", PAGE_SIZE=3)
    assert {row["number"] for row, _ in found} == {request.number for request in seven}
    assert len(found) == 7
    assert "4326" in crs or "CRS84" in crs
    for row, point in found:
        assert (7.7 < point[0] < 7.8, 63.0 < point[1] < 63.2) == (True, True)
        assert row["received_year"] == "2026"
        assert row["is_demo"] in {"False", "0"}
    areas, _ = read(address, "areas")
    assert {row["code"] for row, _ in areas} == {"grip", "harbour"}


def test_gdal_reads_metres_in_the_right_order(address, seven):
    found, crs = read(address, "service-requests", CRS=UTM33)
    assert crs == "EPSG:25833"
    x, y = Transformer.from_crs(4326, 25833, always_xy=True).transform(
        TOWN.longitude, TOWN.latitude
    )
    first = next(point for row, point in found if row["number"] == seven[0].number)
    assert (first[0], first[1]) == pytest.approx((x, y), abs=0.2)
    box = (x - 20, y - 20, x + 50, y + 20)
    near_by, _ = read(address, "service-requests", CRS=UTM33, bbox=box)
    assert {row["number"] for row, _ in near_by} == {seven[0].number, seven[1].number}


def test_gdal_takes_latitude_before_longitude(address, seven):
    latitude_first = "http://www.opengis.net/def/crs/EPSG/0/4326"
    found, _ = read(address, "service-requests", CRS=latitude_first)
    assert len(found) == 7
    for _, point in found:
        assert (7.7 < point[0] < 7.8, 63.0 < point[1] < 63.2) == (True, True)
