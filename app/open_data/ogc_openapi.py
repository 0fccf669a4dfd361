"""The part of the interface that is OGC API Features, as OpenAPI 3.0. Pure.

It is made from the same collections that answer, so that it says neither more nor less.
"""

from typing import Any

from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.open_data.ogc_collections import COLLECTIONS, Collection
from app.open_data.ogc_crs import CRS84, SYSTEMS
from app.open_data.ogc_documents import GEOJSON, HTML, JSON, OPENAPI, title_of
from app.service_requests.filter import DEFAULT_LIMIT, MAX_LIMIT
from app.service_requests.list_schemas import SelectionSchema

Document = dict[str, Any]
VERSION = "1.0.0"
LINK: Document = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
}
LINKS: Document = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
TEXT: Document = {"type": "string"}


def openapi(jurisdiction: Jurisdiction, root: str) -> Document:
    """The whole document. `root` is the address of the landing page."""
    paths: Document = {
        "/": _get("landing", gettext("The way in"), "landing"),
        "/conformance": _get("conformance", gettext("What this keeps to"), "conformance"),
        "/api": _api(),
        "/collections": _get("collections", gettext("All collections"), "collections"),
    }
    for one in COLLECTIONS.values():
        paths |= _paths(one)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": title_of(jurisdiction),
            "version": VERSION,
            "description": gettext(
                "OGC API – Features, part 1 and 2. Versions and changes: %(address)s",
                address=f"{root.removesuffix('/ogc')}/apne-data",
            ),
        },
        "servers": [{"url": root}],
        "paths": paths,
        "components": {
            "parameters": _parameters(),
            "schemas": _schemas(),
            "responses": _errors(),
        },
    }


def _paths(one: Collection) -> Document:
    address = f"/collections/{one.code}"
    name = one.code.replace("-", "_")
    feature = _feature(one)
    page: Document = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": feature},
            "links": LINKS,
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
        },
    }
    key: Document = {"name": "featureId", "in": "path", "required": True, "schema": TEXT}
    shared = [_ref(each) for each in ("bbox", "bbox-crs", "crs", "datetime", "limit", "cursor")]
    return {
        address: _get(f"{name}_collection", one.title(), "collection"),
        f"{address}/items": _operation(
            f"{name}_items",
            one.title(),
            {GEOJSON: {"schema": page}, HTML: {"schema": TEXT}},
            [*shared, *(_filter(each) for each in one.filters)],
            description=one.description(),
            has_system=True,
        ),
        f"{address}/items/{{featureId}}": _operation(
            f"{name}_item",
            gettext("One feature"),
            {GEOJSON: {"schema": feature}, HTML: {"schema": TEXT}},
            [key, _ref("crs")],
            has_system=True,
        ),
    }


def _feature(one: Collection) -> Document:
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": TEXT,
            "geometry": {
                "type": "object",
                "required": ["type", "coordinates"],
                "properties": {
                    "type": {"type": "string", "enum": [one.geometry]},
                    "coordinates": {"type": "array", "items": {}},
                },
            },
            "properties": {"type": "object", "properties": one.json_schema()},
            "links": LINKS,
        },
    }


def _filter(name: str) -> Document:
    described = {
        (field.data_key or key): str(field.metadata.get("description", ""))
        for key, field in SelectionSchema().fields.items()
    }
    said = described[name] or gettext("A date or a moment; «from» is included, «to» is not.")
    return {"name": name, "in": "query", "required": False, "description": said, "schema": TEXT}


def _get(name: str, summary: str, schema: str) -> Document:
    content = {
        JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}},
        HTML: {"schema": TEXT},
    }
    return _operation(name, summary, content, [])


def _api() -> Document:
    content: Document = {OPENAPI: {"schema": {"type": "object"}}, HTML: {"schema": TEXT}}
    return _operation("api", gettext("This description"), content, [])


def _operation(
    name: str,
    summary: str,
    content: Document,
    parameters: list[Document],
    *,
    description: str = "",
    has_system: bool = False,
) -> Document:
    answer: Document = {"description": summary, "content": content}
    if has_system:
        said = gettext("The coordinate system of the positions, in angle brackets.")
        answer["headers"] = {"Content-Crs": {"description": said, "schema": TEXT}}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            **({"description": description} if description else {}),
            "parameters": [*parameters, _ref("f")],
            "responses": {
                "200": answer,
                **{
                    code: {"$ref": f"#/components/responses/{response}"}
                    for code, response in (
                        ("400", "invalid"),
                        ("404", "notFound"),
                        ("406", "notAcceptable"),
                        ("500", "serverError"),
                    )
                },
            },
        }
    }


def _ref(name: str) -> Document:
    return {"$ref": f"#/components/parameters/{name}"}


def _parameters() -> Document:
    corners = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    systems = {
        "type": "string",
        "format": "uri",
        "default": CRS84.uri,
        "enum": [system.uri for system in SYSTEMS],
    }
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    described: dict[str, tuple[str, Document]] = {
        "bbox": (
            gettext("Four corners in the axis order of bbox-crs; west, south, east, north."),
            corners,
        ),
        "bbox-crs": (gettext("The coordinate system of bbox."), systems),
        "crs": (gettext("The coordinate system of the answer."), systems),
        "datetime": (gettext("A moment, a day, or an interval with «..» for an open end."), TEXT),
        "limit": (gettext("How many features at most."), limit),
        "cursor": (gettext("From the link to the next page."), TEXT),
        "f": (
            gettext("The format, instead of Accept."),
            {"type": "string", "enum": ["json", "html"]},
        ),
    }
    found: Document = {}
    for name, (said, schema) in described.items():
        found[name] = {
            "name": name,
            "in": "query",
            "required": False,
            "description": said,
            "schema": schema,
        }
    found["bbox"] |= {"style": "form", "explode": False}
    return found


def _schemas() -> Document:
    collection: Document = {
        "type": "object",
        "required": ["id", "links"],
        "properties": {
            **dict.fromkeys(("id", "title", "description", "itemType", "storageCrs"), TEXT),
            "extent": {"type": "object"},
            "crs": {"type": "array", "items": TEXT},
            "links": LINKS,
        },
    }
    return {
        "link": LINK,
        "landing": _object(["links"], title=TEXT, description=TEXT, links=LINKS),
        "conformance": _object(["conformsTo"], conformsTo={"type": "array", "items": TEXT}),
        "collection": collection,
        "collections": _object(
            ["links", "collections"],
            links=LINKS,
            collections={"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
        ),
        "exception": _object(["code"], code=TEXT, description=TEXT),
    }


def _object(required: list[str], **properties: Document) -> Document:
    return {"type": "object", "required": required, "properties": properties}


def _errors() -> Document:
    said = {
        "invalid": gettext("A parameter cannot be read."),
        "notFound": gettext("There is nothing at this address."),
        "notAcceptable": gettext("There is no such format."),
        "serverError": gettext("Something is wrong at our end"),
    }
    content = {JSON: {"schema": {"$ref": "#/components/schemas/exception"}}}
    return {name: {"description": text, "content": content} for name, text in said.items()}
