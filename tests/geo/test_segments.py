import json

import pytest

from app.geo.files import BrokenFile
from app.geo.road_files import read_roads
from app.geo.segments import roads_of

WKT = {
    5972: "LINESTRING Z(436000 6998600 11.5, 436100 6998600 12)",
    25832: "LINESTRING(436000 6998600, 436100 6998600)",
    5973: "LINESTRING Z(133819.853 7018722.63 11.5, 133919.575 7018713.277 12)",
    4326: "LINESTRING Z(63.1111036 7.7316063 11.5, 63.1111213 7.7335876 12)",
}


def segment(**values):
    """A segment of NVDB API Les v4."""
    system = {"vegkategori": "K", "fase": "V", "nummer": 1200} | values.pop("system", {})
    return {
        "referanse": "443321-1-9",
        "metadata": {"startdato": "2020-11-18"},
        "typeVeg": "Enkel bilveg",
        "geometri": {"wkt": WKT[5972], "srid": 5972},
        "vegsystemreferanse": {"vegsystem": system, "kortform": "KV1200 S1D1 m0-24"},
        "vegforvaltere": [{"enumid": 1, "vegforvalter": "Kristiansund kommune"}],
        "adresse": {"adressekode": 3410, "navn": "Storgata"},
        **values,
    }


def one(**values):
    (found,) = roads_of("NVDB", [segment(**values)]).segments
    return found


def fault(**values):
    with pytest.raises(BrokenFile) as caught:
        roads_of("NVDB", [segment(), segment(**values)])
    (sentence,) = caught.value.faults
    return sentence


def test_a_segment_is_taken_apart():
    found = one()
    assert (found.category, found.number, found.road_type) == ("K", 1200, "Enkel bilveg")
    assert (found.manager, found.street_name) == ("Kristiansund kommune", "Storgata")
    assert found.reference == "KV1200 S1D1 m0-24"


@pytest.mark.parametrize("srid", WKT)
def test_every_system_becomes_longitude_and_latitude(srid):
    line = one(geometri={"wkt": WKT[srid], "srid": srid}).line
    assert line.coords[0] == pytest.approx((7.7316063, 63.1111036), abs=1e-7)
    assert not line.has_z


@pytest.mark.parametrize(
    ("managers", "name"),
    [
        (None, None),
        ([], None),
        ([{"vegforvalter": "A"}, {"vegforvalter": "A"}], "A"),
        ([{"vegforvalter": "A"}, {"vegforvalter": "B"}], "A, B"),
        ("A", "A"),
        ([{"enumid": 1}], None),
    ],
)
def test_managers_become_one_text(managers, name):
    assert one(vegforvaltere=managers).manager == name


@pytest.mark.parametrize(
    "street",
    [{"adresse": "Storgata"}, {"adresse": None, "gate": {"gatekode": 1, "navn": "Storgata"}}],
)
def test_a_street_may_be_text_or_as_in_version_3(street):
    assert one(**street).street_name == "Storgata"


def test_a_street_without_a_name_has_none():
    assert one(adresse={"adressekode": 1}).street_name is None


def test_what_is_no_existing_road_is_left_out_and_counted():
    roads = roads_of(
        "NVDB",
        [
            segment(),
            segment(vegsystemreferanse=None),
            segment(system={"fase": "A"}),
            segment(sluttdato="2021-01-01"),
            segment(metadata={"sluttdato": "2021-01-01"}),
        ],
    )
    assert len(roads.segments) == 1
    assert roads.skipped == {"ended": 2, "without a road reference": 1, "in phase A": 1}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"system": {"vegkategori": "X"}}, "vegkategori is «X», not one of"),
        ({"system": {"nummer": "sju"}}, "vegnummer is «sju», not a whole number"),
        ({"system": {"nummer": 10**12}}, "not a whole number"),
        ({"geometri": None}, "no geometry"),
        ({"geometri": {"wkt": "LINESTRING(1 2, 3", "srid": 5973}}, "broken geometry"),
        ({"geometri": {"wkt": "LINESTRING EMPTY", "srid": 5973}}, "a LINESTRING is needed"),
        ({"geometri": {"wkt": "POINT(1 2)", "srid": 5973}}, "a LINESTRING is needed"),
    ],
)
def test_a_segment_that_cannot_be_read_is_named(values, sentence):
    assert fault(**values).startswith("NVDB: object 2 (443321-1-9): ")
    assert sentence in fault(**values)


@pytest.mark.parametrize("item", [None, 7, "segment", []])
def test_a_thing_that_is_no_segment_is_named(item):
    with pytest.raises(BrokenFile, match="object 1: not a segment"):
        roads_of("NVDB", [item])


@pytest.mark.parametrize(
    ("srid", "sentence"), [(1, "EPSG:1 is not known"), ("here", "srid is «here»")]
)
def test_a_system_that_is_not_known_is_refused(srid, sentence):
    with pytest.raises(BrokenFile, match=sentence):
        roads_of("NVDB", [segment(geometri={"wkt": WKT[5972], "srid": srid})])


def test_at_most_twenty_faults_are_told():
    with pytest.raises(BrokenFile) as caught:
        roads_of("NVDB", [segment(geometri=None)] * 30)
    assert len(caught.value.faults) == 21
    assert caught.value.faults[-1] == "… and 10 more faults"


def written(tmp_path, content):
    path = tmp_path / "roads.geojson"
    path.write_text(json.dumps(content))
    return path


def collection(*properties, crs=None, geometry=None):
    line = {"type": "LineString", "coordinates": [[436000, 6998600, 1], [436100, 6998600, 1]]}
    listed = [
        {"type": "Feature", "properties": one, "geometry": line if geometry is None else geometry}
        for one in properties
    ]
    return {"type": "FeatureCollection", "features": listed} | ({"crs": crs} if crs else {})


UTM = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
ROAD = {"vegkategori": "f", "vegnummer": 70.0, "adresse": "Storgata", "vegforvalter": "Fylket"}


def test_geojson_is_read_in_the_system_that_it_names(tmp_path):
    (found,) = read_roads(written(tmp_path, collection(ROAD, crs=UTM))).segments
    assert (found.category, found.number, found.manager) == ("F", 70, "Fylket")
    assert found.line.coords[0] == pytest.approx((7.7316063, 63.1111036), abs=1e-7)


def test_the_operators_system_is_taken_where_the_file_names_none(tmp_path):
    (found,) = read_roads(written(tmp_path, collection(ROAD)), epsg=25832).segments
    assert found.line.coords[0] == pytest.approx((7.7316063, 63.1111036), abs=1e-7)


def test_geojson_without_a_category_or_not_yet_built_is_left_out(tmp_path):
    content = collection(ROAD, ROAD | {"vegkategori": None}, ROAD | {"vegfase": "P"}, crs=UTM)
    roads = read_roads(written(tmp_path, content))
    assert len(roads.segments) == 1
    assert sum(roads.skipped.values()) == 2


def test_several_lines_in_one_feature_are_several_segments(tmp_path):
    lines = {"type": "MultiLineString", "coordinates": [[[7.7, 63.1], [7.8, 63.1]]] * 2}
    assert len(read_roads(written(tmp_path, collection(ROAD, geometry=lines))).segments) == 2


def test_one_page_of_several_is_told(tmp_path):
    page = {"objekter": [segment()], "metadata": {"antall": 9, "returnert": 1}}
    assert read_roads(written(tmp_path, page)).skipped == {
        "on pages that the file does not have": 8
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"objekter": {}}, "«objekter» is needed"),
        ({"type": "Feature"}, "an answer of NVDB or a GeoJSON FeatureCollection"),
        ({"type": "FeatureCollection"}, "a GeoJSON FeatureCollection is needed"),
        (collection(), "there are no features"),
        ({"type": "FeatureCollection", "features": [7]}, "feature 1: not a GeoJSON feature"),
        (collection({"highway": "x"}), "no vegkategori and no vegnummer; the columns are highway"),
        (collection(ROAD, ROAD | {"vegkategori": "Z"}), "feature 2: vegkategori is «Z»"),
        (collection(ROAD, geometry={"type": "LineString"}), "feature 1: broken geometry"),
        (collection(ROAD, geometry={"type": "Point", "coordinates": [1, 2]}), "this is a Point"),
        (collection(ROAD, geometry={"type": "LineString", "coordinates": []}), "feature 1: "),
        (collection(ROAD, geometry=[]), "feature 1: no geometry"),
        (collection(ROAD, crs=7), "the member crs names no coordinate system"),
        (collection(ROAD, crs={"properties": {"name": "EPSG:1"}}), "EPSG:1 is not known"),
    ],
)
def test_other_content_is_refused_with_its_place(tmp_path, content, sentence):
    with pytest.raises(BrokenFile) as caught:
        read_roads(written(tmp_path, content))
    assert sentence in str(caught.value)
    assert all(line.startswith("roads.geojson: ") for line in caught.value.faults)


def test_a_number_that_no_computer_holds_is_a_fault_of_its_row(tmp_path):
    line = {"type": "LineString", "coordinates": [[10**400, 63], [8, 63]]}
    properties = {"vegkategori": "K", "vegnummer": 1}
    feature = {"type": "Feature", "properties": properties, "geometry": line}
    path = tmp_path / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(BrokenFile, match="feature 1: broken geometry"):
        read_roads(path)
