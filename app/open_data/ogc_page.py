"""The same documents as pages for people: facts and a table, finished values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.i18n import day, gettext, localised, moment, number
from app.jurisdictions.models import Jurisdiction
from app.open_data.ogc_collections import COLLECTIONS, Collection, Property, Row
from app.open_data.ogc_documents import CONFORMS_TO, Document, title_of, with_query
from app.open_data.ogc_request import Page


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A word and what it says; a link where `href` is."""

    label: str
    text: str
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page: heading, sentences, facts, one table, the way up and on."""

    title: str
    lead: str = ""
    trail: Sequence[tuple[str, str]] = ()
    """Name and address of the pages above."""
    facts: Sequence[Fact] = ()
    caption: str = ""
    heads: Sequence[str] = ()
    lines: Sequence[tuple[Fact, Sequence[str]]] = ()
    """Each line of the table: its name, and the cells after it."""
    following: str = ""
    """The address of the next page."""
    json: str = ""
    """The address of the same as JSON."""


def landing(jurisdiction: Jurisdiction, document: Document, root: str) -> Sheet:
    """The way in, for people."""
    ways = (
        (gettext("Collections"), "/collections"),
        (gettext("The interface in words"), "/api"),
        (gettext("What this keeps to"), "/conformance"),
    )
    return Sheet(
        title=title_of(jurisdiction),
        lead=document["description"],
        facts=[
            *(Fact(label=name, text=f"{root}{path}", href=f"{root}{path}") for name, path in ways),
            Fact(label=gettext("Address for map programs"), text=root),
        ],
        json=f"{root}?f=json",
    )


def conformance(root: str) -> Sheet:
    """The parts of the standard, for people."""
    return Sheet(
        title=gettext("What this keeps to"),
        trail=_trail(root),
        facts=[Fact(label=uri.rsplit("/", 1)[-1], text=uri, href=uri) for uri in CONFORMS_TO],
        json=f"{root}/conformance?f=json",
    )


def collections(root: str) -> Sheet:
    """All collections, for people."""
    return Sheet(
        title=gettext("Collections"),
        trail=_trail(root),
        facts=[
            Fact(label=one.title(), text=one.description(), href=f"{root}/collections/{one.code}")
            for one in COLLECTIONS.values()
        ],
        json=f"{root}/collections?f=json",
    )


def collection(one: Collection, document: Document, root: str) -> Sheet:
    """One collection, for people."""
    address = f"{root}/collections/{one.code}"
    corners = ", ".join(f"{side:g}" for side in document["extent"]["spatial"]["bbox"][0])
    return Sheet(
        title=one.title(),
        lead=one.description(),
        trail=_trail(root, one),
        facts=[
            Fact(label=gettext("Features"), text=gettext("Show them"), href=f"{address}/items"),
            Fact(label=gettext("Within"), text=corners),
            *(
                Fact(label=gettext("Coordinate system"), text=uri, href=uri)
                for uri in document["crs"]
            ),
        ],
        caption=gettext("Properties"),
        heads=(gettext("Name"), gettext("Meaning"), gettext("Kind")),
        lines=[
            (Fact(label="", text=item.code), (item.title(), item.form or item.kind))
            for item in one.properties
        ],
        json=f"{address}?f=json",
    )


def items(
    one: Collection, page: Page, jurisdiction: Jurisdiction, root: str, query: Mapping[str, str]
) -> Sheet:
    """A page of features, for people."""
    address = f"{root}/collections/{one.code}/items"
    first, *others = one.properties
    names = _names(one, jurisdiction)
    following = with_query(address, {**query, "cursor": page.cursor}) if page.cursor else ""
    return Sheet(
        title=one.title(),
        lead=gettext(
            "%(shown)s of %(all)s features.",
            shown=number(len(page.found.rows)),
            all=number(page.found.matched),
        ),
        trail=[*_trail(root, one), (one.title(), f"{root}/collections/{one.code}")],
        caption=one.title(),
        heads=[item.title() for item in one.properties],
        lines=[
            (
                Fact(label="", text=row[first.code], href=f"{address}/{row[one.key]}"),
                [_told(item, row, names) for item in others],
            )
            for row in page.found.rows
        ],
        following=following,
        json=with_query(address, {**query, "f": "json"}),
    )


def item(
    one: Collection, row: Row, document: Document, jurisdiction: Jurisdiction, root: str
) -> Sheet:
    """One feature, for people."""
    names = _names(one, jurisdiction)
    above = f"{root}/collections/{one.code}"
    facts = [Fact(label=each.title(), text=_told(each, row, names)) for each in one.properties[1:]]
    if document["geometry"]["type"] == "Point":
        place = ", ".join(str(side) for side in document["geometry"]["coordinates"])
        facts.append(Fact(label=gettext("Position"), text=place))
    return Sheet(
        title=row[one.key],
        trail=[*_trail(root, one), (one.title(), f"{above}/items")],
        facts=facts,
        json=f"{above}/items/{row[one.key]}?f=json",
    )


def api(document: Document, root: str) -> Sheet:
    """The interface, for people: each address, what it gives and takes."""
    lines = []
    for path, verbs in document["paths"].items():
        operation = verbs["get"]
        taken = [
            each.get("name") or each["$ref"].rsplit("/", 1)[-1] for each in operation["parameters"]
        ]
        is_whole = "{" not in path
        name = Fact(label="", text=path, href=f"{root}{path}" if is_whole else "")
        lines.append((name, (operation["summary"], ", ".join(taken))))
    return Sheet(
        title=gettext("The interface in words"),
        lead=document["info"]["description"],
        trail=_trail(root),
        caption=gettext("Addresses"),
        heads=(gettext("Address"), gettext("Gives"), gettext("Takes")),
        lines=lines,
        json=f"{root}/api?f=json",
    )


def _trail(root: str, one: Collection | None = None) -> list[tuple[str, str]]:
    above = [(gettext("Open map data"), root)]
    return [*above, (gettext("Collections"), f"{root}/collections")] if one else above


def _names(one: Collection, jurisdiction: Jurisdiction) -> Mapping[str, Mapping[str, str]]:
    return {item.code: item.codes(jurisdiction) for item in one.properties if item.codes}


def _told(item: Property, row: Row, names: Mapping[str, Mapping[str, str]]) -> str:
    """A value in words: names for codes, the municipality's clock, yes and no; a dash for none."""
    value: Any = row[item.code]
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return moment(value.astimezone(UTC))
    if isinstance(value, date):
        return day(value, year=True)
    if item.code in names:
        return names[item.code].get(value, value)
    return localised(value) if isinstance(value, Mapping) else str(value)
