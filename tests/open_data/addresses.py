"""Every public address that the service has, with parameters that lead somewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from math import floor
from typing import Any

from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from app.charts.page import NAMES as CHARTS
from app.geo.positions import Position
from app.open_data.catalogue_terms import SERVICES
from app.open_data.columns import Format
from app.open_data.datasets import DATASETS
from app.open_data.ogc_collections import COLLECTIONS
from app.security import ANYONE
from app.service_requests.grid import column_of, row_of

ONE_PERSONS = {
    "accounts.accept_by_provider": "whoever is invited to the staff has the link",
    "accounts.come_back": "comes from a provider that is signed in at, with a code of its own",
    "accounts.end_from_outside": "comes from a provider, with a session of its own",
    "accounts.invitation": "whoever is invited to the staff has the link",
    "accounts.new_password": "someone on the staff who asked for it has the link",
    "accounts.set_out": "leads to a provider; none is set up here",
    "contractors.show": "a contractor who works on the report has the link",
    "forwarding.show": "an outside body that must go there has the link",
    "notifications.show": "whoever follows has the link",
    "notifications.stop_page": "whoever follows has the link",
    "reporting.confirm_erasure": "the one who reported has the link",
    "reporting.follow": "the one who reported has the link",
    "reporting.receipt": "the one who reported has the link",
    "residents.come_back": "comes from a provider that is signed in at, with a code of its own",
    "residents.end_from_outside": "comes from a provider, with a code of its own",
    "residents.open_link": "the one who reported has the link",
    "residents.set_out": "leads to a provider; none is set up here",
}
"""Public addresses that cannot be guessed, or that show nothing of ours."""
LEADS_ON = {"static"}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is there to ask for."""

    numbers: Sequence[str]
    photos: Sequence[str]
    places: Sequence[Position]
    lamp: str
    night: str
    night_files: Sequence[str]
    sealed_year: int


def public_rules(app: Flask) -> list[Rule]:
    """The rules of what anyone may GET. A view that says nothing of its audience is public too."""
    found = []
    for rule in app.url_map.iter_rules():
        audience = getattr(app.view_functions[rule.endpoint], "audience", (ANYONE,))
        if "GET" in (rule.methods or ()) and ANYONE in audience and rule.endpoint not in LEADS_ON:
            found.append(rule)
    return found


def addresses(app: Flask, rule: Rule, facts: Facts) -> list[str]:
    """Addresses of a rule; none when a parameter of it is not known here."""
    if not rule.arguments:
        return [f"{rule.build({}, append_unknown=False)[1]}{query}" for query in _queries(rule)]
    if {"z", "x", "y"} <= rule.arguments:
        return [_built(rule, values) for values in _tiles(facts.places)]
    options = [_options(rule, name, _values(facts)) for name in sorted(rule.arguments)]
    return [
        _built(rule, dict(zip(sorted(rule.arguments), chosen, strict=True)))
        for chosen in product(*options)
    ]


def _options(rule: Rule, name: str, known: Mapping[str, Sequence[Any]]) -> Sequence[Any]:
    """What a parameter can be: what the address itself says, else what is known of its name."""
    if name in (rule.defaults or {}):
        return (rule.defaults[name],)
    converter = rule._converters.get(name)
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)
    return known.get(f"{rule.endpoint}:{name}", known.get(name, ()))


def _built(rule: Rule, values: Mapping[str, Any]) -> str:
    built = rule.build(values, append_unknown=False)
    assert built is not None, (rule, values)
    return built[1]


def _values(facts: Facts) -> dict[str, Sequence[Any]]:
    """By the parameter's name; `endpoint:name` goes before."""
    this_year = datetime.now(UTC).year
    return {
        "number": facts.numbers,
        "year": (facts.sealed_year, this_year),
        "key": facts.photos,
        "size": ("320.webp", "640.webp", "960.webp", "960.jpg", "1600.webp", "1600.jpg"),
        "code": tuple(DATASETS),
        "ending": tuple(kind.value for kind in Format),
        "format": tuple(kind.value for kind in Format),
        "kind": ("svg", "png"),
        "day": (facts.night,),
        "language": ("nb",),
        "open_data_files.file:name": facts.night_files,
        "open_data_files.newest:name": ("yearly.csv",),
        "charts.file:name": CHARTS,
        "crew_app.shell:name": facts.numbers[:1],
        "catalogue.distribution:format_": tuple(kind.value for kind in Format),
        "catalogue.service:code": tuple(service.code for service in SERVICES),
        "entrances.label_file:number": (facts.lamp,),
        "entrances.open_label:number": (facts.lamp,),
        "ogc.collection:code": tuple(COLLECTIONS),
        "ogc.items:code": tuple(COLLECTIONS),
        "ogc.item:code": ("service-requests",),
        "ogc.item:key": facts.numbers,
        "ogc.nothing:rest": ("nothing",),
        "web.set_language:code": ("nb", "nn", "en"),
    }


def _queries(rule: Rule) -> Iterator[str]:
    """Addresses without parameters take them in their query: as it is, and what must be given."""
    yield ""
    yield from {
        "near_api.near": ["?service=WATER-NONE&latitude=63.1104&longitude=7.7279"],
        "places.near": ["?latitude=63.1304&longitude=7.7279"],
        "places.index": ["?q=Kirkelandet"],
        "assets.index": ["?bbox=7.7,63.1,7.75,63.12"],
        "catalog_api.search": ["?q=vann"],
        "api.index": ["?latitude=63.1104&longitude=7.7279", "?q=Testgata", "?limit=500"],
        "reporting.index": ["?sok=Kirkelandet", "?latitude=63.1104&longitude=7.7279"],
        "notifications.feed": ["?tjeneste=water"],
        "statistics_api.figures": ["?by=service", "?by=service,channel", "?by=district,device"],
        "statistics.table": ["?by=service"],
        "ogc.items": ["?f=html"],
    }.get(rule.endpoint, [])


def _tiles(places: Sequence[Position]) -> list[dict[str, int]]:
    """The tiles around each place, far away, near, and nearest."""
    return [
        {
            "z": zoom,
            "x": floor(column_of(at.longitude) / 2 ** (30 - zoom)),
            "y": floor(row_of(at.latitude) / 2 ** (30 - zoom)),
        }
        for zoom in (0, 11, 15, 18)
        for at in places
    ]
