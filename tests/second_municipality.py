"""A second municipality beside Kristiansund: small, and different in all that can differ."""

import json
from pathlib import Path

import yaml

HOST, OTHER_HOST = "kristiansund.example.org", "averoy.example.org"
NUMBER, PREFIX = "1554", "AVE"
WEST, SOUTH, EAST, NORTH = 7.45, 62.88, 7.70, 62.99
"""The box of its boundary, EPSG:4326; it does not touch Kristiansund."""


def same(text: str) -> dict[str, str]:
    """The text in each language."""
    return {"nn": text, "nb": text, "en": text}


MUNICIPALITY = {
    "number": NUMBER,
    "slug": "averoy",
    "name": {"nn": "Averøy kommune", "nb": "Averøy kommune", "en": "Averøy municipality"},
    "organisation_number": "962378064",
    "number_prefix": PREFIX,
    "time_zone": "Europe/Oslo",
    "languages": ["nn", "nb", "en"],
    "map": {"bounds": [WEST, SOUTH, EAST, NORTH], "centre": [7.60, 62.95], "zoom": 12},
    "boundary_source": "A box that a test draws",
    "contact": {"email": "averoyposten@example.org", "phone": None},
    "emergency_numbers": [],
}
DEPARTMENTS = [
    {
        "code": code,
        "name": same(name),
        "kind": "internal",
        "receives": "inbox",
        "email": None,
        "first_line": code == "front_desk",
    }
    for code, name in (("front_desk", "Øyskranken"), ("island_roads", "Øyvegane"))
]
SERVICE = {
    "first_response_days": 2,
    "fix_days": 9,
    "needs": "nothing",
    "description_is_public": True,
    "archive_mode": "never",
    "keywords": {"nn": ["holete"], "nb": ["hullete"], "en": ["holes"]},
}
SERVICES = [
    {
        "code": "road",
        "name": same("Øyveg"),
        "description": same("Øyvegar"),
        "services": [
            {"code": "ISLAND-HOLE", "name": same("Øyhol"), "description": same("Hol")} | SERVICE,
            {"code": "ISLAND-SIGN", "name": same("Øyskilt"), "description": same("Skilt")}
            | SERVICE,
        ],
    }
]
ROUTING = [{"name": "Øyregel", "when": {"service": "ISLAND-HOLE"}, "department": "island_roads"}]


def folder_of(path: Path, *, host_names: list[str]) -> Path:
    """Write its set-up folder."""
    folder = path / "averoy"
    folder.mkdir()
    files = {
        "municipality": MUNICIPALITY | {"host_names": host_names},
        "departments": DEPARTMENTS,
        "services": SERVICES,
        "routing": ROUTING,
    }
    for name, content in files.items():
        said = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / f"{name}.yaml").write_text(said, "utf-8")
    ring = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH], [WEST, SOUTH]]
    area = {"type": "Polygon", "coordinates": [ring]}
    district = {"code": "brekke", "name": same("Øygrenda"), "source": "A test"}
    zone = {"code": "island", "name": same("Øysona")}
    for name, properties in (("boundary", {}), ("districts", district), ("areas", zone)):
        feature = {"type": "Feature", "properties": properties, "geometry": area}
        content = {"type": "FeatureCollection", "features": [feature]}
        (folder / f"{name}.geojson").write_text(
            json.dumps(feature if name == "boundary" else content), "utf-8"
        )
    (folder / "places.csv").write_text("name,kind,longitude,latitude\nØyhamna,town,7.6,62.95\n")
    (folder / "historic_counts.csv").write_text(
        "year,group,measure,value,source,note_nb,note_nn,note_en\n"
        "2019,,received,31313,Øyrapporten,,,\n2019,,led_to_improvement,30303,Øyrapporten,,,\n"
    )
    return folder
