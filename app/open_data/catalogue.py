"""The catalogue of a municipality's open data as a graph: DCAT-AP-NO, from the same datasets as all else.

Made so that it keeps both version 2.2 (identifier) and the draft of version 3 (contact point). There are no
nodes without an address, so that the same catalogue is the same set of statements each time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from rdflib import DCAT, DCTERMS, FOAF, PROV, RDF, XSD, Graph, Literal, Namespace, URIRef

from app.i18n import gettext, in_languages
from app.jurisdictions.licence import Licence
from app.jurisdictions.models import Jurisdiction
from app.open_data.catalogue_terms import (
    FILES,
    MEDIA,
    OFTEN,
    SERVICES,
    STANDARDS,
    EndPoint,
    authority,
    organisation,
)
from app.open_data.columns import Dataset
from app.open_data.datasets import DATASETS
from app.open_data.ogc_collections import COLLECTIONS

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
TONGUES = {"nb": "NOB", "nn": "NNO", "en": "ENG"}
COLLECTING = URIRef(
    "https://data.norge.no/vocabulary/provenance-activity-type#collecting-from-user"
)
FROM_RESIDENTS = frozenset({"figures", "satisfaction", "service-requests"})


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Who publishes, where and on what terms. `root` is the service's address without a slash at the end."""

    jurisdiction: Jurisdiction
    root: str
    licence: Licence
    since: dict[str, date]
    """By dataset, the first day there is anything about."""


def catalogue(publisher: Publisher) -> Graph:
    """All statements of the catalogue."""
    graph = Graph()
    prefixes = {"dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "vcard": VCARD, "prov": PROV}
    for prefix, namespace in (prefixes | {"dcatap": DCATAP}).items():
        graph.bind(prefix, namespace)
    writer = _Writer(graph, publisher)
    writer.whole()
    return graph


def dataset_uri(root: str, code: str, format_: str = "") -> str:
    """What a dataset, or a dataset in one format, is called for ever."""
    return f"{root}/dataset/{code}/{format_}" if format_ else f"{root}/dataset/{code}"


class _Writer:
    """Adds statements to one graph."""

    def __init__(self, graph: Graph, publisher: Publisher) -> None:
        self.graph, self.root = graph, publisher.root
        self.publisher, self.jurisdiction = publisher, publisher.jurisdiction
        self.catalogue = self.at("/catalog")
        self.contact = self.at("/catalog#contact")
        self.agent = URIRef(organisation(self.jurisdiction.organisation_number))
        self.licence = self.typed(publisher.licence.uri, DCTERMS.LicenseDocument)

    def at(self, path: str) -> URIRef:
        return URIRef(f"{self.root}{path}")

    def add(self, subject: URIRef, *statements: tuple[URIRef, URIRef | Literal]) -> None:
        for predicate, value in statements:
            self.graph.add((subject, predicate, value))

    def typed(self, uri: str, kind: URIRef) -> URIRef:
        """The resource, which the graph then says is of a kind."""
        found = URIRef(uri)
        self.graph.add((found, RDF.type, kind))
        return found

    def say(self, subject: URIRef, predicate: URIRef, text: Callable[[], str]) -> None:
        """A text in every language of the municipality."""
        for code, said in in_languages(self.jurisdiction.languages, text).items():
            self.graph.add((subject, predicate, Literal(said, lang=code)))

    def common(self, subject: URIRef) -> None:
        """What catalogue, datasets and services all have."""
        self.add(
            subject,
            (DCTERMS.identifier, Literal(str(subject))),
            (DCTERMS.publisher, self.agent),
            (DCAT.contactPoint, self.contact),
            *((DCTERMS.language, language) for language in self.languages()),
        )

    def languages(self) -> list[URIRef]:
        codes = [TONGUES[code] for code in self.jurisdiction.languages if code in TONGUES]
        return [self.typed(authority("language", code), DCTERMS.LinguisticSystem) for code in codes]

    def whole(self) -> None:
        self.head()
        self.people()
        for dataset in DATASETS.values():
            self.add(self.catalogue, (DCAT.dataset, self.dataset(dataset)))
        for service in SERVICES:
            self.add(self.catalogue, (DCAT.service, self.service(service)))

    def head(self) -> None:
        here, names = self.catalogue, self.jurisdiction.name
        self.common(here)
        self.add(
            here,
            (RDF.type, DCAT.Catalog),
            (DCTERMS.license, self.licence),
            (DCTERMS.spatial, self.typed(authority("country", "NOR"), DCTERMS.Location)),
            (FOAF.homepage, self.typed(f"{self.root}/apne-data", FOAF.Document)),
        )
        for code in self.jurisdiction.languages:
            name = names.get(code) or next(iter(names.values()))
            title = in_languages([code], partial(_catalogue_title, name))[code]
            self.add(here, (DCTERMS.title, Literal(title, lang=code)))
        self.say(
            here,
            DCTERMS.description,
            lambda: gettext(
                "Figures and map data about what residents have reported, and what came of it."
            ),
        )

    def people(self) -> None:
        """The municipality as publisher, and how it is reached."""
        jurisdiction = self.jurisdiction
        self.add(
            self.agent,
            (RDF.type, FOAF.Agent),
            (DCTERMS.identifier, Literal(jurisdiction.organisation_number)),
            (DCTERMS.type, URIRef("http://purl.org/adms/publishertype/LocalAuthority")),
        )
        self.add(
            self.contact,
            (RDF.type, VCARD.Organization),
            (RDF.type, VCARD.Kind),
            (VCARD.fn, Literal(next(iter(jurisdiction.name.values())))),
            (VCARD.hasURL, self.at("/")),
        )
        for code, name in jurisdiction.name.items():
            self.add(self.agent, (FOAF.name, Literal(name, lang=code)))
            self.add(self.contact, (VCARD.hasOrganizationName, Literal(name, lang=code)))
        if jurisdiction.contact_email:
            self.add(self.contact, (VCARD.hasEmail, URIRef(f"mailto:{jurisdiction.contact_email}")))

    def dataset(self, dataset: Dataset) -> URIRef:
        here = URIRef(dataset_uri(self.root, dataset.code))
        page = f"{self.root}/apne-data/{dataset.code}"
        self.common(here)
        self.say(here, DCTERMS.title, dataset.title)
        self.say(here, DCTERMS.description, dataset.description)
        self.say(here, DCAT.keyword, lambda: gettext("report a fault"))
        self.say(here, DCAT.keyword, lambda: gettext("open data"))
        public = self.typed(authority("access-right", "PUBLIC"), DCTERMS.RightsStatement)
        often = self.typed(
            authority("frequency", OFTEN.get(dataset.code, "IRREG")), DCTERMS.Frequency
        )
        self.add(
            here,
            (RDF.type, DCAT.Dataset),
            (DCAT.theme, URIRef(authority("data-theme", dataset.theme))),
            (DCTERMS.accessRights, public),
            (DCTERMS.accrualPeriodicity, often),
            (DCTERMS.spatial, self.typed(authority("country", "NOR"), DCTERMS.Location)),
            (DCAT.landingPage, self.typed(page, FOAF.Document)),
        )
        if dataset.code in FROM_RESIDENTS:
            self.add(here, (PROV.wasGeneratedBy, self.typed(str(COLLECTING), PROV.Activity)))
        if since := self.publisher.since.get(dataset.code):
            period = URIRef(f"{here}#period")
            start = Literal(since.isoformat(), datatype=XSD.date)
            self.add(period, (RDF.type, DCTERMS.PeriodOfTime), (DCAT.startDate, start))
            self.add(here, (DCTERMS.temporal, period))
        for format_ in dataset.formats:
            address = f"{self.root}/api/v1/datasets/{dataset.code}.{format_.value}"
            self.distribution(dataset, here, format_.value, address, SERVICES[0])
        if dataset.code in COLLECTIONS:
            address = f"{self.root}/ogc/collections/{dataset.code}/items"
            self.distribution(dataset, here, "ogc", address, SERVICES[1])
        return here

    def distribution(
        self, dataset: Dataset, above: URIRef, format_: str, address: str, service: EndPoint
    ) -> None:
        here = URIRef(dataset_uri(self.root, dataset.code, format_))
        file_type, media, name = FILES[format_]
        self.say(here, DCTERMS.title, lambda: f"{dataset.title()} – {name}")
        self.add(
            here,
            (RDF.type, DCAT.Distribution),
            (DCAT.accessURL, URIRef(address)),
            (
                DCTERMS.format,
                self.typed(authority("file-type", file_type), DCTERMS.MediaTypeOrExtent),
            ),
            (DCAT.mediaType, self.typed(f"{MEDIA}{media}", DCTERMS.MediaType)),
            (DCTERMS.license, self.licence),
            (DCATAP.availability, self.stable()),
            (DCAT.accessService, self.at(service.path)),
        )
        if format_ != "ogc":
            self.add(here, (DCAT.downloadURL, URIRef(address)))
        self.conforms(here, format_)
        self.add(above, (DCAT.distribution, here))

    def conforms(self, subject: URIRef, code: str) -> None:
        if code not in STANDARDS:
            return
        address, title = STANDARDS[code]
        standard = self.typed(address, DCTERMS.Standard)
        self.add(standard, (DCTERMS.title, Literal(title, lang="en")))
        self.add(subject, (DCTERMS.conformsTo, standard))

    def stable(self) -> URIRef:
        return URIRef(authority("planned-availability", "STABLE"))

    def service(self, service: EndPoint) -> URIRef:
        here = self.at(service.path)
        self.common(here)
        self.say(here, DCTERMS.title, service.title)
        public = self.typed(authority("access-right", "PUBLIC"), DCTERMS.RightsStatement)
        file_type = self.typed(authority("file-type", service.file_type), DCTERMS.MediaTypeOrExtent)
        self.add(
            here,
            (RDF.type, DCAT.DataService),
            (DCAT.endpointURL, self.at(service.endpoint)),
            (DCAT.endpointDescription, self.at(service.description)),
            (DCAT.theme, URIRef(authority("data-theme", "GOVE"))),
            (DCTERMS.format, file_type),
            (DCTERMS.license, self.licence),
            (DCTERMS.accessRights, public),
            (DCATAP.availability, self.stable()),
        )
        self.conforms(here, service.standard)
        served = DATASETS if service is SERVICES[0] else COLLECTIONS
        for code in served:
            if code in DATASETS:
                self.add(here, (DCAT.servesDataset, URIRef(dataset_uri(self.root, code))))
        return here


def _catalogue_title(name: str) -> str:
    return gettext("Open data from Report a fault in my street – %(name)s", name=name)
