"""What schema.org says of a dataset, for search engines: data in a page, which runs nothing. Pure."""

import json
from typing import Any

from markupsafe import Markup

from app.i18n import language, localised
from app.open_data.catalogue import Publisher, dataset_uri
from app.open_data.catalogue_terms import FILES, organisation
from app.open_data.columns import Dataset

SIGNS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
"""What could end the block early, as JSON writes it otherwise."""


def described(dataset: Dataset, publisher: Publisher) -> dict[str, Any]:
    """The dataset in schema.org's words, in the language in use."""
    root, jurisdiction = publisher.root, publisher.jurisdiction
    west, south, east, north = jurisdiction.map_bounds
    here = dataset_uri(root, dataset.code)
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": here,
        "identifier": here,
        "name": dataset.title(),
        "description": dataset.description(),
        "url": f"{root}/apne-data/{dataset.code}",
        "inLanguage": language(),
        "license": publisher.licence.page,
        "isAccessibleForFree": True,
        "creator": {
            "@type": "GovernmentOrganization",
            "@id": organisation(jurisdiction.organisation_number),
            "name": localised(jurisdiction.name),
            "url": f"{root}/",
        },
        "includedInDataCatalog": {"@type": "DataCatalog", "url": f"{root}/catalog"},
        "spatialCoverage": {
            "@type": "Place",
            "name": localised(jurisdiction.name),
            "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"},
        },
        "variableMeasured": [column.title() for column in dataset.columns],
        "distribution": [
            {
                "@type": "DataDownload",
                "@id": dataset_uri(root, dataset.code, format_.value),
                "name": FILES[format_.value][2],
                "encodingFormat": FILES[format_.value][1],
                "contentUrl": f"{root}/api/v1/datasets/{dataset.code}.{format_.value}",
            }
            for format_ in dataset.formats
        ],
    }
    if since := publisher.since.get(dataset.code):
        found["temporalCoverage"] = f"{since.isoformat()}/.."
    return found


def structured(dataset: Dataset, publisher: Publisher) -> Markup:
    """The block for a page."""
    written = json.dumps(described(dataset, publisher), ensure_ascii=False)
    for sign, instead in SIGNS.items():
        written = written.replace(sign, instead)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(written))  # noqa: S704
