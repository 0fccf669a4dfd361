"""`melde assets import` from CSV, GeoJSON and GeoPackage."""

import json

import numpy
import pyogrio
import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select

from app.database import session, transaction
from app.geo.positions import Position
from app.routing.models import Asset, GroundImport

from ..factories import submitted

HEADER = "nummer;eier;drifter;krets;lengdegrad;breddegrad\n"
LAMPS = (
    HEADER
    + "A1;kommune;Nettselskapet;K7;7,7300;63,1100\n"
    + "A2;Statens vegvesen;;;7,7310;63,1101\n"
    + "A3;;;K7;7,7320;63,1102\n"
)
AVEROY = "A4;privat;;;7,60;62,95\n"


@pytest.fixture
def lamps(melde, tmp_path):
    """Import a text as a file of lamps."""

    def load(text: str, *options: str, name: str = "lamps.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return melde("assets", "import", path, "--jurisdiction", "1505", "--kind", "lamp", *options)

    return load


def assets(kind="lamp"):
    """What is stored, by number."""
    session().rollback()
    rows = session().scalars(select(Asset).where(Asset.kind == kind).order_by(Asset.number))
    return {row.number: (row.owner, row.operator, row.circuit, row.is_active) for row in rows}


def test_lamps_are_stored_with_owner_operator_circuit_and_position(lamps, jurisdiction):
    done = lamps(LAMPS)
    assert done.exit_code == 0, done.output
    assert done.output == "1505: lamp: 3 added, 0 changed, 0 taken out of use, 0 unchanged\n"
    assert assets() == {
        "A1": ("municipality", "Nettselskapet", "K7", True),
        "A2": ("state", None, None, True),
        "A3": ("unknown", None, "K7", True),
    }
    first = session().scalars(select(Asset).where(Asset.number == "A1")).one()
    assert first.jurisdiction_id == jurisdiction.id
    assert to_shape(first.position).coords[0] == pytest.approx((7.73, 63.11))
    assert [
        (row.kind, row.source, row.rows) for row in session().scalars(select(GroundImport))
    ] == [("assets", "lamps.csv", 3)]


def test_a_second_import_says_what_changed(lamps):
    lamps(LAMPS)
    changed = LAMPS.replace("A2;Statens vegvesen", "A9;fylke").replace("7,7320", "7,7321")
    done = lamps(changed)
    assert done.output == "1505: lamp: 1 added, 1 changed, 1 taken out of use, 1 unchanged\n"
    assert assets()["A2"] == ("state", None, None, False)
    assert assets()["A9"] == ("county", None, None, True)


def test_it_is_safe_to_repeat(lamps):
    lamps(LAMPS)
    before = assets()
    assert lamps(LAMPS).output.endswith(": 0 added, 0 changed, 0 taken out of use, 3 unchanged\n")
    assert assets() == before


def test_a_lamp_that_comes_back_is_in_use_again(lamps):
    lamps(LAMPS)
    lamps(LAMPS.replace("A3;;;K7;7,7320;63,1102\n", ""))
    assert assets()["A3"][3] is False
    assert "1 changed, 0 taken out of use" in lamps(LAMPS).output
    assert assets()["A3"][3] is True


def test_one_that_is_out_of_use_already_is_not_counted_again(lamps):
    lamps(LAMPS)
    fewer = LAMPS.replace("A3;;;K7;7,7320;63,1102\n", "")
    lamps(fewer)
    assert "0 taken out of use, 2 unchanged" in lamps(fewer).output


def test_other_kinds_and_other_municipalities_stay(lamps, melde, tmp_path, other_jurisdiction):
    with transaction():
        elsewhere = {"kind": "lamp", "number": "A1", "position": "POINT(7.73 63.11)"}
        session().add(Asset(jurisdiction_id=other_jurisdiction, is_active=True, **elsewhere))
    path = tmp_path / "benches.csv"
    path.write_text("number,x,y\nA1,7.73,63.11\n")
    melde("assets", "import", path, "--jurisdiction", "1505", "--kind", "bench")
    assert "3 added" in lamps(LAMPS).output
    assert assets("bench") == {"A1": ("unknown", None, None, True)}
    key = Asset.jurisdiction_id == other_jurisdiction
    assert session().scalars(select(Asset.is_active).where(key)).all() == [True]


def test_reports_that_came_in_earlier_know_the_new_lamps(lamps, jurisdiction):
    at = Position(longitude=7.731, latitude=63.1101)
    made = submitted(jurisdiction, service_code="LIGHT-DARK", position=at)
    done = lamps(LAMPS)
    assert done.output.endswith("1505: 1 reports looked up, 1 have other roads or lamps now\n")
    session().expire_all()
    assert (made.asset_owner, made.version) == ("state", 1)


def test_a_file_that_was_cut_off_is_not_taken_for_the_whole_register(lamps):
    whole = HEADER + "".join(f"A{n};kommune;;;7,7300;63,{1100 + n}\n" for n in range(60))
    cut = "".join(whole.splitlines(keepends=True)[:20])
    assert lamps(whole).exit_code == 0
    refused = lamps(cut)
    assert refused.exit_code == 1
    assert "41 of 60 in use are missing" in refused.output
    assert sum(in_use for *_, in_use in assets().values()) == 60
    assert lamps(cut, "--shrink").exit_code == 0
    assert sum(in_use for *_, in_use in assets().values()) == 19


def test_geojson_in_utm_with_columns_of_its_own(lamps):
    content = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
        "features": [
            {
                "type": "Feature",
                "properties": {"objectid": 157, "tilhører": "Nettselskap"},
                "geometry": {"type": "Point", "coordinates": [435800, 6998600, 12]},
            }
        ],
    }
    fields = ("--number-field", "objectid", "--owner-field", "tilhører")
    done = lamps(json.dumps(content), *fields, name="lamps.geojson")
    assert done.exit_code == 0, done.output
    assert assets() == {"157": ("grid_company", None, None, True)}


def test_a_layer_of_a_geopackage(melde, tmp_path):
    path = tmp_path / "lamps.gpkg"
    for layer in ("lamper", "benker"):
        pyogrio.raw.write(
            path,
            shapely.to_wkb(numpy.array([shapely.Point(435800, 6998600)], dtype=object)),
            [numpy.array(["A1"], dtype=object), numpy.array([7.0])],
            ["mastenummer", "krets"],
            layer=layer,
            crs="EPSG:25832",
            geometry_type="Point",
            driver="GPKG",
            append=path.exists(),
        )
    words = ("assets", "import", path, "--jurisdiction", "1505", "--kind", "lamp")
    done = melde(*words)
    assert done.exit_code == 1
    assert "the layers are lamper, benker; give --layer" in done.output
    assert melde(*words, "--layer", "lamper").exit_code == 0
    assert assets() == {"A1": ("unknown", None, "7", True)}


def test_a_few_outside_are_left_out_with_a_warning(lamps):
    done = lamps(LAMPS + AVEROY)
    assert done.exit_code == 0
    assert (
        "Warning: 1 outside the municipality were left out, first lamps.csv: line 5" in done.output
    )
    assert set(assets()) == {"A1", "A2", "A3"}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (HEADER + "A1;kommune;;;10,7;59,9\n", ["is 379 km outside the municipality", "--epsg"]),
        (HEADER + "A1;;;;63,11;7,73\n", ["With longitude and latitude exchanged it is inside"]),
        (
            HEADER + "A1;;;;435800;6998600\n",
            ["line 2: the position 435800 6998600 is not", "Give --epsg"],
        ),
        (
            LAMPS + "A1;;;;7,73;63,11\n",
            ["line 5: the number A1 is there already: lamps.csv: line 2"],
        ),
        (
            LAMPS + "a1;;;;7,73;63,11\n",
            ["line 5: the number a1 is there already as A1: lamps.csv: line 2"],
        ),
        (LAMPS + ";;;;7,73;63,11\n", ["line 5: there is no number"]),
        (
            LAMPS + "A5;naboen;;;7,73;63,11\n",
            ["line 5: the owner is «naboen»; write one of kommune"],
        ),
        (
            LAMPS + ";;;;7,73;63,11\nA5;naboen;;;7,73;63,11\n",
            ["line 5: there is no number", "line 6: the owner is «naboen»"],
        ),
        (LAMPS[:-20], ["line 4: 2 cells, but 6 columns"]),
        (
            "id;lengdegrad;breddegrad\n1;7,7;63,1\n",
            ["there is no number; the columns are id, leng"],
        ),
        (
            "nr;nummer;x;y\n1;1;7,7;63,1\n",
            ["nr and nummer could both be meant; give --number-field"],
        ),
        (HEADER, ["there are no rows"]),
        ("", ["the file is empty"]),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(lamps, text, sentences):
    lamps(LAMPS)
    before = assets()
    done = lamps(text)
    assert done.exit_code == 1
    for sentence in sentences:
        assert sentence in done.output
    assert "lamps.csv was not imported; nothing was changed" in done.output
    assert assets() == before


def test_a_column_that_is_not_there_is_named_with_those_that_are(lamps):
    done = lamps(LAMPS, "--circuit-field", "sikring")
    assert done.exit_code == 1
    assert "there is no sikring; the columns are nummer, eier" in done.output


def test_odd_characters_do_no_harm(lamps):
    properties = {"number": "A\x001", "operator": "\ud800"}
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [7.73, 63.11]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert lamps(text, name="lamps.json").exit_code == 0
    assert assets() == {"A1": ("unknown", "?", None, True)}


def test_the_kind_must_be_a_code(melde, tmp_path):
    path = tmp_path / "lamps.csv"
    path.write_text(LAMPS)
    done = melde("assets", "import", path, "--jurisdiction", "1505", "--kind", "Gatelys på stolpe")
    assert done.exit_code == 2
    assert "use ASCII letters" in done.output


def test_a_municipality_that_is_not_here_is_named(melde, tmp_path):
    path = tmp_path / "lamps.csv"
    path.write_text(LAMPS)
    done = melde("assets", "import", path, "--jurisdiction", "9999", "--kind", "lamp")
    assert done.exit_code == 1
    assert "There is no municipality 9999 here" in done.output
