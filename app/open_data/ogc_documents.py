"""What OGC API Features answers as JSON, from the landing page to one feature. Pure.

`root` is the address of the landing page, without a slash at the end.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from app.i18n import gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.open_data import ogc_queries as queries
from app.open_data.ogc_collections import COLLECTIONS, Collection, Row
from app.open_data.ogc_crs import CRS84, SYSTEMS
from app.open_data.ogc_request import Page

Document = dict[str, Any]
JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
"""Only what is kept: Part 1 (Core, OpenAPI 3.0, HTML, GeoJSON) and Part 2 (coordinate systems)."""


def link(rel: str, href: str, type_: str, title: str) -> dict[str, str]:
    """A link as all documents have it."""
    return {"rel": rel, "type": type_, "title": title, "href": href}


def with_query(address: str, query: Mapping[str, str]) -> str:
    """The address with a query, if there is anything in it."""
    return f"{address}?{urlencode(query)}" if query else address


def selves(address: str, query: Mapping[str, str], type_: str) -> list[dict[str, str]]:
    """A link to what is read here, and one to the same as a page for people."""
    plain = {name: value for name, value in query.items() if name != "f"}
    return [
        link("self", with_query(address, query), type_, gettext("This document")),
        link("alternate", with_query(address, plain | {"f": "html"}), HTML, gettext("As a page")),
    ]


def title_of(jurisdiction: Jurisdiction) -> str:
    """What the service is called, in the language in use."""
    return gettext("Open map data – %(name)s", name=localised(jurisdiction.name))


def landing(jurisdiction: Jurisdiction, root: str, query: Mapping[str, str]) -> Document:
    """The way in."""
    return {
        "title": title_of(jurisdiction),
        "description": gettext(
            "Reports, districts and planned work for maps and map programs, by OGC API – Features."
        ),
        "links": [
            *selves(root, query, JSON),
            link("service-desc", f"{root}/api", OPENAPI, gettext("The interface as OpenAPI 3.0")),
            link("service-doc", f"{root}/api?f=html", HTML, gettext("The interface in words")),
            link("conformance", f"{root}/conformance", JSON, gettext("What this keeps to")),
            link("data", f"{root}/collections", JSON, gettext("Collections")),
        ],
    }


def conformance(root: str, query: Mapping[str, str]) -> Document:
    """The parts of the standard that are kept."""
    return {"links": selves(f"{root}/conformance", query, JSON), "conformsTo": list(CONFORMS_TO)}


def collections(jurisdiction: Jurisdiction, root: str, query: Mapping[str, str]) -> Document:
    """All collections."""
    return {
        "links": selves(f"{root}/collections", query, JSON),
        "crs": [system.uri for system in SYSTEMS],
        "collections": [collection(jurisdiction, one, root, {}) for one in COLLECTIONS.values()],
    }


def collection(
    jurisdiction: Jurisdiction, one: Collection, root: str, query: Mapping[str, str]
) -> Document:
    """One collection: what it holds, where and when."""
    address = f"{root}/collections/{one.code}"
    items = f"{address}/items"
    extent: Document = {
        "spatial": {"bbox": [list(queries.extent(jurisdiction.id))], "crs": CRS84.uri}
    }
    interval = one.interval(jurisdiction)
    if interval is not None:
        extent["temporal"] = {"interval": [list(interval)], "trs": GREGORIAN}
    return {
        "id": one.code,
        "title": one.title(),
        "description": one.description(),
        "itemType": "feature",
        "extent": extent,
        "crs": [system.uri for system in SYSTEMS],
        "storageCrs": CRS84.uri,
        "links": [
            *selves(address, query, JSON),
            link("items", items, GEOJSON, gettext("The features as GeoJSON")),
            link("items", f"{items}?f=html", HTML, gettext("The features as a page")),
        ],
    }


def items(
    one: Collection, page: Page, root: str, query: Mapping[str, str], now: datetime
) -> Document:
    """A page of features."""
    address = f"{root}/collections/{one.code}/items"
    links = selves(address, query, GEOJSON)
    if page.cursor:
        following = with_query(address, {**query, "cursor": page.cursor})
        links.append(link("next", following, GEOJSON, gettext("The next page")))
    up = f"{root}/collections/{one.code}"
    return {
        "type": "FeatureCollection",
        "features": [_feature(one, row) for row in page.found.rows],
        "links": [*links, link("collection", up, JSON, one.title())],
        "timeStamp": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberMatched": page.found.matched,
        "numberReturned": len(page.found.rows),
    }


def item(one: Collection, row: Row, root: str, query: Mapping[str, str]) -> Document:
    """One feature."""
    up = f"{root}/collections/{one.code}"
    links = selves(f"{up}/items/{row[one.key]}", query, GEOJSON)
    return _feature(one, row) | {"links": [*links, link("collection", up, JSON, one.title())]}


def exception(code: str, description: str) -> Document:
    """What went wrong, in the standard's form."""
    return {"code": code, "description": description}


def _feature(one: Collection, row: Row) -> Document:
    return {
        "type": "Feature",
        "id": row[one.key],
        "geometry": json.loads(row["geometry"]),
        "properties": one.values(row),
    }
