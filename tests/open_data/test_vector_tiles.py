"""Vector tiles: the counts of the map, read by GDAL."""

from datetime import UTC, datetime, timedelta

import pyogrio
import pytest

from app.open_data import tiles_api
from app.service_requests.grid import SIDE, column_of, row_of
from tests.factories import HARBOUR, TOWN, submitted

BASE = "/api/v1/datasets/service-requests"


@pytest.fixture(autouse=True)
def _forgetful():
    tiles_api.memory.clear()


def tile_at(position, zoom: int) -> str:
    size = SIDE >> zoom
    return f"{zoom}/{column_of(position.longitude) // size}/{row_of(position.latitude) // size}"


def layers(answer, path) -> dict[str, list]:
    """What GDAL reads, by layer."""
    file = path / "tile.mvt"
    file.write_bytes(answer.data)
    found = {}
    for name, _ in pyogrio.list_layers(file):
        _, table = pyogrio.read_arrow(file, layer=name)
        found[name] = table.to_pylist()
    return found


def test_far_out_all_reports_are_counted_and_near_each_stands_alone(client, jurisdiction, tmp_path):
    now = datetime.now(UTC)
    for at in range(3):
        submitted(jurisdiction, now=now - timedelta(minutes=at), position=TOWN)
    alone = submitted(jurisdiction, now=now, position=HARBOUR)
    far = layers(client.get(f"{BASE}/{tile_at(TOWN, 3)}.mvt"), tmp_path)
    counted = sum(cell["count"] for cell in far.get("cells", []))
    assert counted + len(far.get("service-requests", [])) == 4
    near = layers(client.get(f"{BASE}/{tile_at(HARBOUR, 17)}.mvt"), tmp_path)
    (found,) = near["service-requests"]
    assert found["number"] == alone.number
    assert found["service"] == "ROAD-POTHOLE"


def test_an_empty_tile_is_empty_and_a_wrong_one_is_explained(client):
    empty = client.get(f"{BASE}/5/0/0.mvt")
    assert (empty.status_code, empty.data) == (200, b"")
    assert client.get(f"{BASE}/2/9/0.mvt").status_code == 400


def test_the_tilejson_leads_to_the_tiles(client, jurisdiction):
    submitted(jurisdiction, now=datetime.now(UTC))
    said = client.get(f"{BASE}/tiles.json").json
    assert said["tilejson"] == "3.0.0"
    path = said["tiles"][0].partition("/api/")[2]
    z, x, y = tile_at(TOWN, 12).split("/")
    answer = client.get("/api/" + path.format(z=z, x=x, y=y))
    assert answer.status_code == 200
    assert answer.data
    tag = answer.headers["ETag"]
    again = client.get("/api/" + path.format(z=z, x=x, y=y), headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
