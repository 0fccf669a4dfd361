import gzip
import json

import numpy
import pyogrio
import pytest
import shapely

from app.geo.files import BrokenFile
from app.geo.tables import Reading, read_table

TOWN = pytest.approx((7.7316063, 63.1111036), abs=1e-6)
UTM = {"type": "name", "properties": {"name": "EPSG:25832"}}


def csv_file(tmp_path, text, name="lamps.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def geojson_file(tmp_path, *geometries, crs=None):
    listed = [
        {"type": "Feature", "properties": {"number": at}, "geometry": geometry}
        for at, geometry in enumerate(geometries, 1)
    ]
    content = {"type": "FeatureCollection", "features": listed} | ({"crs": crs} if crs else {})
    return csv_file(tmp_path, json.dumps(content), "lamps.geojson")


def point(x=436000, y=6998600):
    return {"type": "Point", "coordinates": [x, y]}


def gpkg_file(tmp_path, *, layers=("lamps",), crs="EPSG:25832", shapes=None):
    path = tmp_path / "lamps.gpkg"
    points = shapes or [shapely.Point(436000, 6998600, 12)]
    for layer in layers:
        pyogrio.raw.write(
            path,
            shapely.to_wkb(numpy.array(points, dtype=object)),
            [numpy.array([f"A{at}" for at, _ in enumerate(points)], dtype=object)],
            ["nummer"],
            layer=layer,
            crs=crs,
            geometry_type="Unknown",
            driver="GPKG",
            append=path.exists(),
        )
    return path


def faults(path, **reading):
    with pytest.raises(BrokenFile) as caught:
        read_table(path, Reading(**reading))
    assert all(line.startswith((path.name, "… and ")) for line in caught.value.faults)
    return "\n".join(caught.value.faults)


@pytest.mark.parametrize(
    "text",
    [
        "number,longitude,latitude\nA1,7.7316063,63.1111036\n",
        "number;longitude;latitude\r\nA1;7,7316063;63,1111036\r\n",
        "\ufeffnumber\tLengdegrad\tBreddegrad\nA1\t7.7316063\t63.1111036",
        'number,y,x\n"A1","63,1111036"," 7,7316063"\n\n,,\n',
    ],
)
def test_csv_comes_with_commas_semicolons_or_tabs(tmp_path, text):
    table = read_table(csv_file(tmp_path, text), Reading())
    assert [row["number"] for row in table.rows] == ["A1"]
    assert table.points[0].coords[0] == TOWN
    assert table.places == ["lamps.csv: line 2"]


def test_csv_may_be_in_another_system_and_with_other_columns(tmp_path):
    path = csv_file(tmp_path, "number;e;n\nA1;436 000,0;6998600\n")
    table = read_table(path, Reading(epsg=25832, x_field="E", y_field="n"))
    assert table.points[0].coords[0] == TOWN


def test_packed_csv_is_unpacked(tmp_path):
    packed = gzip.compress("nr,øst,nord\nA1,7.7316063,63.1111036\n".encode())
    path = csv_file(tmp_path, packed, "lamps.csv.gz")
    assert read_table(path, Reading()).points[0].coords[0] == TOWN


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file is empty"),
        (" \n", "the file is empty"),
        ("number,x,y\n", "there are no rows"),
        ("number,east\nA,1\n", "there is no y or latitude; the columns are number, east"),
        ("number\nA\n", "there is no x or longitude and no y or latitude"),
        ("x,y,longitude\n1,2,3\n", "x and longitude could both be meant; give --x-field"),
        ("x,y,y\n1,2,3\n", "line 1: the column y is there twice"),
        ("number,x,y\nA,1,2\nB,1\n", "line 3: 2 cells, but 3 columns"),
        ("number,x,y\nA,1,2\nB,1,here\n", "line 3: y is «here», not a number"),
        ("number,x,y\nA,nan,2\n", "line 2: x is «nan», not a number"),
        ("number,x,y\nA,,2\n", "line 2: x is «», not a number"),
        ('number,x,y\nA,1,2\n"B,1', "line 3: the file is cut off"),
        (b"number,x,y\nA,1,2\nB\xf8,1,2\n", "line 3: the file is not UTF-8"),
    ],
)
def test_broken_csv_is_refused_with_its_line(tmp_path, text, sentence):
    assert sentence in faults(csv_file(tmp_path, text))


def test_all_broken_lines_are_told_at_once(tmp_path):
    told = faults(csv_file(tmp_path, "number,x,y\n" + "A,1,here\n" * 30))
    assert told.count("\n") == 20
    assert told.endswith("… and 10 more faults")


def test_geojson_is_read_in_the_system_that_it_names(tmp_path):
    table = read_table(geojson_file(tmp_path, point(), crs=UTM), Reading())
    assert table.points[0].coords[0] == TOWN
    assert table.rows == [{"number": 1}]


def test_the_operators_system_goes_before_the_files(tmp_path):
    crs = {"type": "name", "properties": {"name": "EPSG:2056"}}
    table = read_table(geojson_file(tmp_path, point(), crs=crs), Reading(epsg=25832))
    assert table.points[0].coords[0] == TOWN


@pytest.mark.parametrize(
    ("geometry", "sentence"),
    [
        (None, "feature 2: no position"),
        ({"type": "Point", "coordinates": []}, "feature 2: no position"),
        ({"type": "Point", "coordinates": ["a", "b"]}, "feature 2: broken geometry"),
        ({"type": "Point"}, "feature 2: broken geometry"),
        ({"type": "Pint", "coordinates": [1, 2]}, "feature 2: broken geometry"),
        ([], "feature 2: broken geometry"),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "a Point is needed"),
        ({"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}, "a Point is needed"),
    ],
)
def test_a_geometry_that_is_no_point_is_named(tmp_path, geometry, sentence):
    assert sentence in faults(geojson_file(tmp_path, point(), geometry))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"type": "FeatureCollection",\n"features": [', "line 2: the file is cut off"),
        ('{"type": "FeatureColl', "line 1: the file is cut off"),
        ('{"type":\n oops}', "line 2: not JSON: Expecting value"),
        ("[]", "line 1: a JSON object is needed"),
        ("[" * 100_000, "not JSON that can be read"),
    ],
)
def test_what_is_not_json_is_refused_with_its_line(tmp_path, text, sentence):
    assert sentence in faults(csv_file(tmp_path, text, "lamps.geojson"))


def test_packed_files_that_are_broken_are_refused(tmp_path):
    whole = gzip.compress(b'{"type": "FeatureCollection"}' * 50)
    assert "cut off" in faults(csv_file(tmp_path, whole[:-20], "lamps.geojson.gz"))
    assert "broken" in faults(csv_file(tmp_path, b"no gzip", "lamps.geojson.gz"))
    garbled = whole[:15] + b"\xff\xff\xff" + whole[18:]
    assert "gzip file is" in faults(csv_file(tmp_path, garbled, "lamps.geojson.gz"))


def test_a_geopackage_is_read_in_its_own_system_without_heights(tmp_path):
    table = read_table(gpkg_file(tmp_path), Reading())
    assert table.rows == [{"nummer": "A0"}]
    assert table.places == ["lamps.gpkg: row 1"]
    assert table.points[0].coords[0] == TOWN


def test_of_several_layers_one_must_be_named(tmp_path):
    path = gpkg_file(tmp_path, layers=("lamps", "benches"))
    assert "the layers are lamps, benches; give --layer" in faults(path)
    assert "there is no layer trees; the layers are lamps, benches" in faults(path, layer="trees")
    assert len(read_table(path, Reading(layer="benches")).rows) == 1


def test_a_broken_geopackage_is_refused(tmp_path):
    path = gpkg_file(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:5000])
    assert "cannot be read" in faults(path)
    path.write_bytes(b"no database")
    assert "not a GeoPackage" in faults(path)
    path.write_bytes(b"")
    assert "the file is empty" in faults(path)


def test_a_geopackage_with_lines_or_without_positions_is_refused(tmp_path):
    shapes = [shapely.Point(1, 2), shapely.LineString([(1, 2), (3, 4)]), shapely.Point()]
    told = faults(gpkg_file(tmp_path, shapes=shapes))
    assert "row 2: a Point is needed" in told
    assert "row 3: no position" in told


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_geopackage_that_names_no_system_needs_one(tmp_path):
    path = gpkg_file(tmp_path, crs=None)
    assert "give --epsg" in faults(path)
    assert read_table(path, Reading(epsg=25832)).points[0].coords[0] == TOWN


def test_other_kinds_of_files_and_systems_are_refused(tmp_path):
    assert "a .csv, .geojson or .gpkg is needed" in faults(csv_file(tmp_path, "x", "lamps.xlsx"))
    path = csv_file(tmp_path, "number,x,y\nA,1,2\n")
    assert "only .gpkg has layers" in faults(path, layer="lamps")
    assert "EPSG:1 is not known" in faults(path, epsg=1)
    assert "EPSG:5941 is not a coordinate system of places" in faults(path, epsg=5941)


def test_a_number_that_no_computer_holds_is_a_fault_of_its_row(tmp_path):
    assert "feature 1: broken geometry" in faults(geojson_file(tmp_path, point(x=10**400)))
