"""The codes that columns hold, with their names in the language in use."""

from collections.abc import Mapping

from sqlalchemy import select

from app.catalog.models import Service, ServiceGroup
from app.catalog.queries import groups as all_groups
from app.database import session
from app.departments.models import Department
from app.i18n import gettext, localised
from app.jurisdictions.models import District, Jurisdiction
from app.service_requests.status import Status
from app.service_requests.words import status_word

TOTAL = "total"
"""The code of rows that add up all of a dimension."""


def services(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """All services, those out of use too: reports about them stay."""
    query = (
        select(Service.code, Service.name)
        .join(Service.group)
        .where(Service.jurisdiction_id == jurisdiction.id)
        .order_by(ServiceGroup.rank, Service.rank, Service.code)
    )
    return {code: localised(name) for code, name in session().execute(query)}


def groups(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """The categories of the annual report."""
    return {group.code: localised(group.name) for group in all_groups(jurisdiction.id)}


def departments(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """All departments, those out of use too."""
    query = (
        select(Department.code, Department.name)
        .where(Department.jurisdiction_id == jurisdiction.id)
        .order_by(Department.code)
    )
    return {code: localised(name) for code, name in session().execute(query)}


def districts(jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """The parts of the municipality."""
    query = (
        select(District.code, District.name)
        .where(District.jurisdiction_id == jurisdiction.id)
        .order_by(District.rank, District.code)
    )
    return {code: localised(name) for code, name in session().execute(query)}


def statuses(_jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """All statuses but «rejected», which nobody but staff sees."""
    return {status.value: status_word(status) for status in Status if status is not Status.REJECTED}


def roads(_jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """The road categories of the National Road Data Bank."""
    return {
        "E": gettext("European road"),
        "R": gettext("National road"),
        "F": gettext("County road"),
        "K": gettext("Municipal road"),
        "P": gettext("Private road"),
        "S": gettext("Forest road"),
        "U": gettext("Road not classified"),
    }


def revision_reasons(_jurisdiction: Jurisdiction) -> Mapping[str, str]:
    """Why a count of a sealed year changed."""
    return {
        "added": gettext("A report came in for the year afterwards"),
        "removed": gettext("A report was deleted"),
        "rejected": gettext("A report was rejected"),
        "not_rejected": gettext("A rejected report was taken up again"),
        "moved": gettext("A report was moved to or from the year"),
        "category": gettext("A report was given another category"),
        "improvement": gettext("It was corrected whether a report led to improvement"),
        "outcome": gettext("The outcome of a report became known"),
    }
