"""The catalogue at /catalog for harvesters and people, and the lasting addresses of datasets."""

from hashlib import sha256

from flask import Blueprint, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from rdflib import Graph

from app.errors import NotFound
from app.i18n import gettext, localised
from app.jurisdictions.licence import licence_of
from app.jurisdictions.views import current_jurisdiction
from app.open_data.catalogue import Publisher, catalogue
from app.open_data.catalogue_queries import beginnings
from app.open_data.catalogue_schema_org import structured
from app.open_data.catalogue_terms import SERVICES
from app.open_data.datasets import DATASETS
from app.open_data.negotiation import best
from app.open_data.ogc_collections import COLLECTIONS
from app.open_data.ogc_page import Fact, Sheet
from app.security import ANYONE, visible_to
from app.settings import Settings

blueprint = Blueprint("catalogue", __name__)
FORMS = {
    "text/turtle": ("ttl", "turtle"),
    "application/ld+json": ("jsonld", "json-ld"),
    "application/rdf+xml": ("rdf", "xml"),
}
"""By media type: the end of the address, and what the library calls it."""
HTML = "text/html"
CACHE = "public, max-age=300, s-maxage=3600"
HERE = "/catalog"
SHOWN = {"dcat", "dct", "foaf", "vcard", "prov", "dcatap"}


@blueprint.get("/catalog")
@visible_to(ANYONE)
def show() -> ResponseReturnValue:
    """The catalogue: Turtle, JSON-LD, RDF/XML or a page, whichever is liked best."""
    type_ = best(request.headers.get("Accept", ""), (*FORMS, HTML))
    if type_ != HTML:
        return _graph(type_)
    response = Response(render_template("open_data/ogc.html", sheet=_sheet()))
    response.vary.add("Accept")
    return response


@blueprint.get("/catalog.<any(ttl, jsonld, rdf):ending>")
@visible_to(ANYONE)
def file(ending: str) -> ResponseReturnValue:
    """The catalogue in one form."""
    return _graph(next(type_ for type_, (end, _) in FORMS.items() if end == ending))


@blueprint.get("/dataset/<code>")
@visible_to(ANYONE)
def dataset(code: str) -> ResponseReturnValue:
    """Where a dataset is described, for people or for programs."""
    if code not in DATASETS:
        raise NotFound(gettext("There is no dataset with the code %(code)s.", code=code))
    return _see_other(f"/apne-data/{code}")


@blueprint.get("/dataset/<code>/<format_>")
@visible_to(ANYONE)
def distribution(code: str, format_: str) -> ResponseReturnValue:
    """Where a dataset is described that can be had in this format."""
    found = DATASETS.get(code)
    if found is None or format_ not in _formats(code):
        raise NotFound(gettext("There is no dataset with the code %(code)s.", code=code))
    return _see_other(f"/apne-data/{code}")


@blueprint.get("/dataservice/<code>")
@visible_to(ANYONE)
def service(code: str) -> ResponseReturnValue:
    """Where an interface is described."""
    found = next((one for one in SERVICES if one.code == code), None)
    if found is None:
        raise NotFound(gettext("There is no interface with the code %(code)s.", code=code))
    return _see_other(found.description)


@blueprint.after_request
def _let_others_read(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag"
    return response


@blueprint.app_context_processor
def _for_pages() -> dict[str, object]:
    """`structured_data(dataset)`: schema.org's words about it, as a block of data that runs nothing."""
    return {"structured_data": lambda found: structured(found, publisher())}


def publisher() -> Publisher:
    """The municipality of this request as publisher, under its own lasting address."""
    jurisdiction = current_jurisdiction()
    settings: Settings = current_app.config["SETTINGS"]
    return Publisher(
        jurisdiction=jurisdiction,
        root=jurisdiction.public_url(settings.base_url).rstrip("/"),
        licence=licence_of(jurisdiction),
        since=beginnings(jurisdiction),
    )


def _formats(code: str) -> list[str]:
    found = [format_.value for format_ in DATASETS[code].formats]
    return [*found, "ogc"] if code in COLLECTIONS else found


def _graph(type_: str) -> Response:
    """The graph in one form; its ETag is the same in whatever order it is written."""
    graph = catalogue(publisher())
    said = sorted(" ".join(part.n3() for part in statement) for statement in graph)
    tag = sha256("\n".join((type_, *said)).encode()).hexdigest()[:32]
    response = Response(_written(graph, type_), content_type=f"{type_}; charset=utf-8")
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = CACHE
    response.vary.add("Accept")
    response.make_conditional(request)
    return response


def _written(graph: Graph, type_: str) -> str:
    _, form = FORMS[type_]
    if form == "json-ld":
        context = {prefix: str(name) for prefix, name in graph.namespaces() if prefix in SHOWN}
        return graph.serialize(format=form, context=context)
    return graph.serialize(format=form)


def _see_other(page: str) -> Response:
    """303 to the page for people, or to the catalogue in the form that is liked best."""
    type_ = best(request.headers.get("Accept", ""), (HTML, *FORMS))
    to = page if type_ == HTML else f"{HERE}.{FORMS[type_][0]}"
    response = redirect(to, 303)
    response.vary.add("Accept")
    return response  # type: ignore[return-value]


def _sheet() -> Sheet:
    """The catalogue for people."""
    from_us = publisher()
    name = localised(current_jurisdiction().name)
    return Sheet(
        title=gettext("Catalogue of open data"),
        lead=gettext(
            "What %(name)s publishes, as Felles datakatalog and other catalogues read it.",
            name=name,
        ),
        trail=[(gettext("Open data"), "/apne-data")],
        facts=[
            *(
                Fact(label=one.title(), text=one.description(), href=f"/apne-data/{one.code}")
                for one in DATASETS.values()
            ),
            *(
                Fact(label=one.title(), text=f"{from_us.root}{one.endpoint}", href=one.description)
                for one in SERVICES
            ),
            Fact(label=gettext("Licence"), text=from_us.licence.name, href=from_us.licence.page),
            Fact(label="Turtle", text=f"{from_us.root}{HERE}.ttl", href=f"{HERE}.ttl"),
            Fact(label="RDF/XML", text=f"{from_us.root}{HERE}.rdf", href=f"{HERE}.rdf"),
        ],
        json=f"{HERE}.jsonld",
    )
