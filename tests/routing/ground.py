"""A small ground made by hand: roads, lamps and rules around Kristiansund, in the test's own transaction."""

from sqlalchemy import text

from app.database import session
from app.departments.models import Department
from app.routing.models import RoutingRule

from ..factories import rule

ROADS = [
    ("E", 39, None, "LINESTRING(7.80 63.03, 7.82 63.03)"),
    ("R", 70, None, "LINESTRING(7.74 63.105, 7.76 63.105)"),
    ("F", 6106, None, "LINESTRING(7.70 63.115, 7.715 63.115)"),
    ("K", None, "Vågeveien", "LINESTRING(7.712 63.115, 7.712 63.112)"),
    ("K", None, "Kaibakken", "LINESTRING(7.725 63.11, 7.735 63.11)"),
    ("P", None, "Tunveien", "LINESTRING(7.745 63.112, 7.75 63.112)"),
    ("S", None, None, "LINESTRING(7.80 63.06, 7.81 63.06)"),
]
"""Category, number, street name, line in EPSG:4326."""
LAMPS = [
    ("L-1", "municipality", True, "POINT(7.7303 63.1103)"),
    ("L-2", "grid_company", True, "POINT(7.7331 63.1103)"),
    ("L-3", "county", True, "POINT(7.7081 63.1154)"),
    ("L-4", "private", False, "POINT(7.7501 63.1053)"),
]
"""Number, owner, whether it is in use, place in EPSG:4326."""
OUTSIDERS = {"the_state": "Staten", "the_county": "Fylket", "the_grid": "Nettselskapet"}


def lay(jurisdiction) -> None:
    """Roads, lamps, outside bodies, and rules instead of those of the folder; nothing is committed."""
    for category, number, street, line in ROADS:
        road(jurisdiction, category, line, number=number, street=street)
    for number, owner, is_active, point in LAMPS:
        lamp(jurisdiction, number, owner, point, is_active=is_active)
    for code, name in OUTSIDERS.items():
        session().add(
            Department(
                jurisdiction_id=jurisdiction.id,
                code=code,
                name=dict.fromkeys(("nb", "nn", "en"), name),
                kind="external",
            )
        )
    session().flush()
    session().query(RoutingRule).update({"is_active": False})
    winter = {"season_from": 1101, "season_to": 331}
    made = (
        ("service_desk", {"area": "grip"}),
        ("service_desk", {"group": "road", "is_acute": True}),
        ("the_state", {"group": "road", "road_categories": ["E", "R"]}),
        ("the_county", {"group": "road", "road_categories": ["F"]}),
        ("service_desk", {"group": "road", "road_categories": ["P", "S"]}),
        ("waste", {"service": "ROAD-WINTER", "road_categories": ["K"], **winter}),
        ("roads", {"group": "road"}),
        ("the_grid", {"group": "street_light", "asset_owner": "grid_company"}),
        ("the_county", {"group": "street_light", "asset_owner": "county"}),
        ("street_lights", {"group": "street_light"}),
        ("water_and_sewage", {"group": "water"}),
        ("parks_and_environment", {"service": "WASTE-DUMPED", "area": "harbour"}),
    )
    for rank, (department, when) in enumerate(made, 1):
        rule(jurisdiction, department, rank=rank, **when)


def road(jurisdiction, category, line, *, number=None, street=None, manager=None) -> None:
    """One road; the line is WKT, EPSG:4326."""
    insert(
        "road_segment (jurisdiction_id, category, number, street_name, manager, line)"
        " VALUES (:jurisdiction_id, :category, :number, :street, :manager, ST_GeogFromText(:line))",
        jurisdiction_id=jurisdiction.id,
        category=category,
        number=number,
        street=street,
        manager=manager,
        line=line,
    )


def lamp(jurisdiction, number, owner, point, *, is_active=True) -> None:
    """One lamp; the point is WKT, EPSG:4326."""
    insert(
        "asset (jurisdiction_id, kind, number, owner, is_active, position)"
        " VALUES (:jurisdiction_id, 'lamp', :number, :owner, :is_active, ST_GeogFromText(:point))",
        jurisdiction_id=jurisdiction.id,
        number=number,
        owner=owner,
        is_active=is_active,
        point=point,
    )


def insert(what: str, **values: object) -> None:
    session().execute(text(f"INSERT INTO {what}"), values)
