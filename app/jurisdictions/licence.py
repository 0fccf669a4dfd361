"""The licence of all that is published: the municipality chooses between two."""

from dataclasses import dataclass

from app.jurisdictions.models import Jurisdiction


@dataclass(frozen=True, kw_only=True)
class Licence:
    """A licence: its term in the EU's table, its text for people, and its short name."""

    uri: str
    page: str
    name: str


NLOD = Licence(
    uri="http://publications.europa.eu/resource/authority/licence/NLOD_2_0",
    page="https://data.norge.no/nlod/no/2.0",
    name="NLOD 2.0",
)
CC_BY = Licence(
    uri="http://publications.europa.eu/resource/authority/licence/CC_BY_4_0",
    page="https://creativecommons.org/licenses/by/4.0/",
    name="CC BY 4.0",
)
LICENCES = {"NLOD-2.0": NLOD, "CC-BY-4.0": CC_BY}
"""By the code that municipality.yaml uses."""


def licence_of(jurisdiction: Jurisdiction) -> Licence:
    """What the municipality has chosen."""
    return LICENCES[jurisdiction.licence]
