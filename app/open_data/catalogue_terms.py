"""The catalogue's words from outside: the EU's tables, IANA's media types, standards. Pure."""

from dataclasses import dataclass

from app.i18n import lazy_gettext as _l

AUTHORITY = "http://publications.europa.eu/resource/authority"
MEDIA = "https://www.iana.org/assignments/media-types/"
FILES = {
    "csv": ("CSV", "text/csv", "CSV"),
    "json": ("JSON", "application/json", "JSON"),
    "jsonstat": ("JSON", "application/json", "JSON-stat 2.0"),
    "geojson": ("GEOJSON", "application/geo+json", "GeoJSON"),
    "gpkg": ("GPKG", "application/geopackage+sqlite3", "GeoPackage"),
    "parquet": ("PARQUET", "application/vnd.apache.parquet", "Parquet"),
    "ogc": ("GEOJSON", "application/geo+json", "OGC API – Features"),
}
"""By format: the EU's file type, the media type, and what people call it."""
STANDARDS = {
    "csv": ("https://www.rfc-editor.org/rfc/rfc4180", "RFC 4180: CSV"),
    "jsonstat": ("https://json-stat.org/full/", "JSON-stat 2.0"),
    "geojson": ("https://www.rfc-editor.org/rfc/rfc7946", "RFC 7946: GeoJSON"),
    "gpkg": ("http://www.opengis.net/doc/IS/geopackage/1.3", "OGC GeoPackage"),
    "ogc": ("http://www.opengis.net/doc/IS/ogcapi-features-1/1.0", "OGC API - Features"),
}
OFTEN = {
    "yearly": "UPDATE_CONT",
    "figures": "UPDATE_CONT",
    "satisfaction": "UPDATE_CONT",
    "service-requests": "UPDATE_CONT",
    "revisions": "UPDATE_CONT",
    "sealed-years": "ANNUAL",
}
"""How often a dataset changes; what is not named here changes now and then."""


@dataclass(frozen=True, kw_only=True)
class EndPoint:
    """An interface that serves datasets. All but the title are paths on the service."""

    code: str
    label: str
    endpoint: str
    description: str
    standard: str
    file_type: str

    def title(self) -> str:
        """What it is called, in the language in use."""
        return str(self.label)

    @property
    def path(self) -> str:
        """The path of its lasting address."""
        return f"/dataservice/{self.code}"


SERVICES = (
    EndPoint(
        code="api-v1",
        label=_l("The JSON interface, version 1"),
        endpoint="/api/v1",
        description="/api/v1/openapi.json",
        standard="",
        file_type="JSON",
    ),
    EndPoint(
        code="ogc",
        label=_l("Map service by OGC API – Features"),
        endpoint="/ogc",
        description="/ogc/api",
        standard="ogc",
        file_type="GEOJSON",
    ),
)


def authority(table: str, code: str) -> str:
    """The address of a term in one of the EU's authority tables."""
    return f"{AUTHORITY}/{table}/{code}"


def organisation(number: str) -> str:
    """What Felles datakatalog calls an organisation."""
    return f"https://organization-catalog.fellesdatakatalog.digdir.no/organizations/{number}"
