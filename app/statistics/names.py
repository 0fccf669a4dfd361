"""What the codes of figures are called."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.catalog.models import Service, ServiceGroup
from app.catalog.queries import groups
from app.database import session
from app.departments.models import Department
from app.i18n import gettext, localised
from app.jurisdictions.models import District, Jurisdiction
from app.routing.models import Channel, RoadCategory
from app.routing.reasons import category_word
from app.service_requests.filter import NONE
from app.service_requests.list_schemas import DEVICES
from app.statistics.questions import Dimension, Period


def names_of(jurisdiction: Jurisdiction, dimension: Dimension) -> dict[str, str]:
    """The name in the language in use of every code that may stand in figures, in the order of tables.

    Also what is out of use: its reports stay.
    """
    match dimension:
        case Dimension.GROUP:
            return {group.code: localised(group.name) for group in groups(jurisdiction.id)}
        case Dimension.SERVICE:
            query = (
                select(Service.code, Service.name)
                .join(ServiceGroup, ServiceGroup.id == Service.group_id)
                .where(Service.jurisdiction_id == jurisdiction.id)
                .order_by(ServiceGroup.rank, Service.is_active.desc(), Service.rank, Service.code)
            )
            return _named(session().execute(query))
        case Dimension.DEPARTMENT:
            return _named(_of(Department, jurisdiction, Department.code))
        case Dimension.DISTRICT:
            found = _named(_of(District, jurisdiction, District.rank))
            return found | {
                NONE: gettext("Outside the districts") if found else gettext("Not divided")
            }
        case Dimension.ROAD:
            roads = {road.value: category_word(road) for road in RoadCategory}
            return roads | {NONE: gettext("No road nearby")}
        case Dimension.CHANNEL:
            return {channel.value: channel_word(channel) for channel in Channel}
        case Dimension.DEVICE:
            return {device: device_word(device) for device in DEVICES}
        case Dimension.JURISDICTION:
            return {jurisdiction.number: localised(jurisdiction.name)}


def _of(table: Any, jurisdiction: Jurisdiction, order: Any) -> Any:
    query = (
        select(table.code, table.name)
        .where(table.jurisdiction_id == jurisdiction.id)
        .order_by(order, table.code)
    )
    return session().execute(query)


def _named(rows: Iterable[Any]) -> dict[str, str]:
    return {code: localised(name) for code, name in rows}


def channel_word(channel: str) -> str:
    """How a report came in, in words; a channel without words of its own is called by its code."""
    words = {
        "web": gettext("Web form"),
        "api": gettext("Another system"),
        "phone": gettext("Telephone call"),
        "counter": gettext("Counter"),
        "email": gettext("E-mail letter"),
        "letter": gettext("Letter on paper"),
        "social": gettext("Social media"),
        "import": gettext("Imported"),
    }
    return words.get(channel, channel)


def device_word(device: str) -> str:
    """What a report was sent from, in words."""
    return {
        "phone": gettext("Phone"),
        "tablet": gettext("Tablet"),
        "computer": gettext("Computer"),
    }.get(device, gettext("Not known"))


def dimension_word(dimension: Dimension) -> str:
    """What a table is divided by: «Ansvarlig»."""
    return {
        Dimension.GROUP: gettext("Category"),
        Dimension.SERVICE: gettext("Kind of fault"),
        Dimension.DEPARTMENT: gettext("Responsible"),
        Dimension.DISTRICT: gettext("District"),
        Dimension.ROAD: gettext("Road"),
        Dimension.CHANNEL: gettext("How it came in"),
        Dimension.DEVICE: gettext("Sent from"),
        Dimension.JURISDICTION: gettext("Municipality"),
    }[dimension]


def period_word(period: Period) -> str:
    """The choice of columns: «Kvartal»."""
    return {
        Period.YEAR: gettext("Year"),
        Period.QUARTER: gettext("Quarter"),
        Period.MONTH: gettext("Month"),
        Period.ROLLING_12: gettext("Rolling 12 months"),
    }[period]
