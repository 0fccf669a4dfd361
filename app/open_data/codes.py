"""The codes that columns hold, with their names in the language in use."""

from collections.abc import Mapping

from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import NONE
from app.service_requests.status import Status
from app.service_requests.words import status_word
from app.statistics import revision_words
from app.statistics.names import names_of
from app.statistics.questions import Dimension

TOTAL = "total"
"""The code of rows that add up all of a dimension."""


def services(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """All services, those out of use too: reports about them stay."""
    return _named(jurisdiction, Dimension.SERVICE)


def groups(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """The categories of the annual report."""
    return _named(jurisdiction, Dimension.GROUP)


def departments(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """All departments, those out of use too."""
    return _named(jurisdiction, Dimension.DEPARTMENT)


def districts(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """The parts of the municipality."""
    return _named(jurisdiction, Dimension.DISTRICT)


def statuses(_jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """All statuses but «rejected», which nobody but staff sees."""
    return {status.value: status_word(status) for status in Status if status is not Status.REJECTED}


def roads(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """The road categories of the National Road Data Bank."""
    return _named(jurisdiction, Dimension.ROAD)


def _named(jurisdiction: Jurisdiction, dimension: Dimension) -> Mapping[str, str]:
    """The names that figures use. What has no code is empty in a dataset."""
    named = names_of(jurisdiction, dimension)
    return {code: name for code, name in named.items() if code != NONE}


def revision_reasons(_jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """Why a count of a sealed year changed."""
    return revision_words.revision_reasons()
