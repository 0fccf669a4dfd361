"""The set-up folder of Kristiansund says what it should, read as plain files."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from shapely.geometry import Point, Polygon, shape

FOLDER = Path(__file__).parent.parent / "municipalities" / "kristiansund"
LANGUAGES = {"nb", "nn", "en"}
GROUPS = ["water", "sewage", "waste", "road", "environment", "street_light", "other"]
ANNUAL_REPORT_WORDS = [
    "Vann",
    "Avløp",
    "Renovasjon",
    "Vei",
    "Miljø/forurensning",
    "Gatelys",
    "Andre henvendelser",
]
PUBLISHED = {
    ("", "received"): [722, 813, 705, 398, 321],
    ("", "led_to_improvement"): [643, 645, 628, 280, 264],
    ("water", "received"): [12, 1, 46, 4, 22],
    ("sewage", "received"): [19, 2, 0, 12, 10],
    ("waste", "received"): [0, 2, 1, 0, 3],
    ("road", "received"): [256, 230, 227, 120, 135],
    ("environment", "received"): [1, 0, 7, 1, 1],
    ("street_light", "received"): [355, 510, 346, 260, 135],
    ("other", "received"): [79, 68, 78, 0, 15],
}


def read_yaml(name: str) -> Any:
    """The file as plain lists and dicts."""
    return YAML(typ="safe", pure=True).load((FOLDER / name).read_text(encoding="utf-8"))


def read_geojson(name: str) -> Any:
    """The GeoJSON file as a dict, positions in EPSG:4326, longitude first."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def read_boundary() -> Polygon:
    """The boundary, EPSG:4326."""
    return Polygon(read_geojson("boundary.geojson")["geometry"]["coordinates"][0])


def read_csv(name: str) -> list[dict[str, str]]:
    """The rows by column name."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def services() -> list[Any]:
    """Every service of every group, in order."""
    return [service for group in read_yaml("services.yaml") for service in group["services"]]


def texts(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping that has a language for a key, wherever it stands."""
    if isinstance(value, dict):
        if LANGUAGES & value.keys():
            yield value
        for child in value.values():
            yield from texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from texts(child)


@pytest.mark.parametrize("name", ["municipality.yaml", "departments.yaml", "services.yaml"])
def test_every_text_has_the_three_languages(name: str) -> None:
    for text in texts(read_yaml(name)):
        assert text.keys() == LANGUAGES
        assert all(text.values()), text


def test_every_area_has_its_name_in_the_three_languages() -> None:
    for feature in read_geojson("areas.geojson")["features"]:
        assert feature["properties"]["name"].keys() == LANGUAGES


def test_groups_stand_in_the_order_and_words_of_the_annual_report() -> None:
    groups = read_yaml("services.yaml")

    assert [group["code"] for group in groups] == GROUPS
    assert [group["name"]["nb"] for group in groups] == ANNUAL_REPORT_WORDS


def test_every_group_has_a_handful_of_services() -> None:
    assert {4 <= len(group["services"]) <= 7 for group in read_yaml("services.yaml")} == {True}


def test_service_codes_are_unique_and_ascii() -> None:
    codes = [service["code"] for service in services()]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[A-Z]+(-[A-Z]+)+", code) for code in codes)


def test_service_names_are_unique_in_each_language() -> None:
    for language in LANGUAGES:
        names = [service["name"][language] for service in services()]
        assert len(names) == len(set(names))


def test_a_first_answer_comes_no_later_than_the_fix() -> None:
    for service in services():
        assert service["first_response_days"] >= 1
        assert service["fix_days"] is None or service["fix_days"] >= service["first_response_days"]


def test_services_use_known_words_only() -> None:
    for service in services():
        assert service["needs"] in {"nothing", "road", "lamp"}
        assert service["archive_mode"] in {"never", "on_request", "always"}
        assert service["description_is_public"] is False


def test_exactly_one_department_is_the_first_line() -> None:
    departments = read_yaml("departments.yaml")

    assert len({department["code"] for department in departments}) == len(departments)
    assert [department["first_line"] for department in departments].count(True) == 1


def test_routing_rules_name_only_what_exists() -> None:
    known = {
        "service": {service["code"] for service in services()},
        "group": set(GROUPS),
        "area": {f["properties"]["code"] for f in read_geojson("areas.geojson")["features"]},
        "road": set("ERFKPSU"),
        "asset_owner": {"municipality", "county", "state", "private", "grid_company", "unknown"},
    }
    departments = {department["code"] for department in read_yaml("departments.yaml")}
    for rule in read_yaml("routing.yaml"):
        assert rule["department"] in departments
        for condition, value in rule["when"].items():
            assert set(value if isinstance(value, list) else [value]) <= known[condition]


def test_every_road_and_lamp_has_someone_to_answer_whatever_the_ground_says() -> None:
    for group in ("road", "street_light"):
        last = [rule for rule in read_yaml("routing.yaml") if rule["when"].get("group") == group][
            -1
        ]
        assert last["when"] == {"group": group}


def test_only_other_enquiries_are_left_to_the_first_line() -> None:
    ruled = {rule["when"]["group"] for rule in read_yaml("routing.yaml") if "group" in rule["when"]}

    assert set(GROUPS) - ruled == {"other"}


def test_the_yearly_table_is_the_published_one() -> None:
    rows = read_csv("historic_counts.csv")
    expected = {
        (str(year), group, measure): str(values[column])
        for (group, measure), values in PUBLISHED.items()
        for column, year in enumerate(range(2014, 2019))
    }

    assert {(r["year"], r["group"], r["measure"]): r["value"] for r in rows} == expected
    assert len(rows) == len(expected)
    assert {row["source"] for row in rows} == {"Årsrapport 2018, Kristiansund kommune"}


def test_only_the_total_of_2017_carries_a_note() -> None:
    noted = [row for row in read_csv("historic_counts.csv") if row["note_nb"]]

    assert [(row["year"], row["group"], row["measure"]) for row in noted] == [
        ("2017", "", "received")
    ]
    assert all("397" in noted[0][f"note_{language}"] for language in LANGUAGES)


def test_the_boundary_is_valid_and_holds_the_town_and_grip() -> None:
    boundary = read_boundary()

    assert boundary.is_valid
    assert boundary.exterior.is_ccw
    assert boundary.contains(Point(7.7279, 63.1104))
    assert boundary.contains(Point(7.6, 63.22))


def test_the_boundary_leaves_the_neighbours_out() -> None:
    boundary = read_boundary()
    bremsnes, tustna, smola = Point(7.6738, 63.0778), Point(7.90, 63.16), Point(7.97, 63.40)

    assert not any(boundary.contains(place) for place in (bremsnes, tustna, smola))


def test_the_map_box_holds_the_boundary_and_the_centre() -> None:
    view = read_yaml("municipality.yaml")["map"]
    west, south, east, north = view["bounds"]
    boundary = read_boundary()

    assert boundary.bounds == (west, south, east, north)
    assert boundary.contains(Point(view["centre"]))


def test_areas_and_places_lie_inside_the_boundary() -> None:
    boundary = read_boundary()
    for feature in read_geojson("areas.geojson")["features"]:
        area = shape(feature["geometry"])
        assert area.is_valid
        assert boundary.contains(area)
    for row in read_csv("places.csv"):
        assert boundary.contains(Point(float(row["longitude"]), float(row["latitude"]))), row


def test_places_are_unique_and_many_enough_to_choose_from() -> None:
    names = [row["name"] for row in read_csv("places.csv")]

    assert len(names) == len(set(names))
    assert 25 <= len(names) <= 40


def test_the_organisation_number_has_a_right_check_digit() -> None:
    digits = [int(digit) for digit in read_yaml("municipality.yaml")["organisation_number"]]
    weights = [3, 2, 7, 6, 5, 4, 3, 2]

    assert (11 - sum(w * d for w, d in zip(weights, digits, strict=False)) % 11) % 11 == digits[8]
