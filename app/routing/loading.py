"""Creating and updating areas and rules from areas.geojson and routing.yaml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.catalog.models import Service, ServiceGroup
from app.database import session
from app.departments.models import Department
from app.geo.shapes import BrokenShape, as_column, multipolygon
from app.jurisdictions.merge import merge
from app.jurisdictions.setup_files import BrokenSetup, SetupFile, read_geojson, read_yaml
from app.routing import changes, drafts
from app.routing.models import Area, RoutingRule
from app.routing.rules import differences
from app.routing.schemas import AreaSchema, RuleSchema

FILE = "routing.yaml"
TARGETS = {"service": "service_id", "group": "service_group_id", "area": "area_id"}


def load(folder: Path, jurisdiction_id: int, *, replace_rules: bool = False) -> list[str]:
    """Bring areas and rules in line with the files; a line for each change.

    :param replace_rules: also when people have edited the rules in the browser since; else they are kept.
    :raises BrokenSetup: a file is wrong, a name stands twice, or a rule points to something that is not there.
    """
    now = changes.one_at_a_time(jurisdiction_id)
    lines = _load_areas(folder, jurisdiction_id)
    file = read_yaml(folder / FILE, RuleSchema(many=True))
    wanted = _rules(file, _known(jurisdiction_id), jurisdiction_id)
    if changes.edited_in_browser(jurisdiction_id) and not replace_rules:
        return [*lines, "rules: kept as edited in the browser"]
    before = drafts.in_force(jurisdiction_id)
    query = (
        select(RoutingRule)
        .where(RoutingRule.jurisdiction_id == jurisdiction_id)
        .order_by(RoutingRule.is_removed.desc(), RoutingRule.id)
    )
    stored = {rule.name: rule for rule in session().scalars(query)}
    lines += merge("rule", stored, wanted, RoutingRule, retire=_remove)
    if stored:  # else these are the first rules ever, and there is nothing to tell
        found = differences(before, drafts.in_force(jurisdiction_id))
        ids = [difference.rule.id for difference in found]
        changes.record_rules(jurisdiction_id, found, ids, account_id=None, now=now, file=FILE)
    return lines


def _remove(rule: RoutingRule) -> bool:
    """Leave a rule out that the file no longer has; reports that it decided still point to it."""
    was_there = not rule.is_removed
    rule.is_active, rule.is_removed = False, True
    return was_there


def _load_areas(folder: Path, jurisdiction_id: int) -> list[str]:
    wanted: dict[str, dict[str, Any]] = {}
    for index, feature in enumerate(_features(folder / "areas.geojson"), 1):
        where = f"areas.geojson: feature {index}"
        try:
            properties = AreaSchema(unknown=EXCLUDE).load(feature.get("properties") or {})
            boundary = as_column(multipolygon(feature))
        except ValidationError as fault:
            raise BrokenSetup([f"{where} needs a code and a name: {fault}"]) from fault
        except BrokenShape as fault:
            raise BrokenSetup([f"{where} ({properties['code']}): {fault}"]) from fault
        if properties["code"] in wanted:
            raise BrokenSetup([f"{where}: the code {properties['code']} stands twice"])
        key = {"jurisdiction_id": jurisdiction_id}
        wanted[properties["code"]] = key | properties | {"boundary": boundary}
    query = (
        select(Area).where(Area.jurisdiction_id == jurisdiction_id).options(undefer(Area.boundary))
    )
    stored = {area.code: area for area in session().scalars(query)}
    return merge("area", stored, wanted, Area, retire=lambda _: False)


def _features(path: Path) -> list[dict[str, Any]]:
    content = read_geojson(path)
    features = content.get("features")
    if content.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise BrokenSetup([f"{path.name}:1: a FeatureCollection of areas is needed"])
    if not all(isinstance(feature, dict) for feature in features):
        raise BrokenSetup([f"{path.name}:1: every feature must be a GeoJSON object"])
    return features


def _known(jurisdiction_id: int) -> dict[str, Mapping[str, int]]:
    """Codes and keys of everything that rules may name."""
    tables = {"service": Service, "group": ServiceGroup, "area": Area, "department": Department}
    known: dict[str, Mapping[str, int]] = {}
    for kind, table in tables.items():
        query = select(table.code, table.id).where(table.jurisdiction_id == jurisdiction_id)  # type: ignore[attr-defined]
        known[kind] = dict(session().execute(query).all())
    return known


def _conditions(when: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions that do not point to other tables."""
    season = when.get("season") or {}
    return {
        "channel": when.get("channel"),
        "road_categories": when.get("road"),
        "road_manager": when.get("road_manager"),
        "asset_owner": when.get("asset_owner"),
        "season_from": season.get("first"),
        "season_to": season.get("last"),
        "is_acute": when.get("acute"),
    }


def _rules(
    file: SetupFile, known: Mapping[str, Mapping[str, int]], jurisdiction_id: int
) -> dict[str, dict[str, Any]]:
    wanted: dict[str, dict[str, Any]] = {}
    faults = []
    for index, rule in enumerate(file.content):
        if rule["name"] in wanted:
            faults.append(file.fault(f"the name «{rule['name']}» stands twice", index, "name"))
        values = {
            "jurisdiction_id": jurisdiction_id,
            "rank": index + 1,
            "name": rule["name"],
        }
        values |= {"is_active": True, "is_removed": False} | _conditions(rule["when"])
        for kind, column in TARGETS.items():
            code = rule["when"].get(kind)
            values[column] = known[kind].get(code) if code else None
            if code and code not in known[kind]:
                faults.append(file.fault(f"there is no {kind} {code}", index, "when", kind))
        values["department_id"] = known["department"].get(rule["department"])
        if values["department_id"] is None:
            faults.append(
                file.fault(f"there is no department {rule['department']}", index, "department")
            )
        wanted[rule["name"]] = values
    if faults:
        raise BrokenSetup(faults)
    return wanted
