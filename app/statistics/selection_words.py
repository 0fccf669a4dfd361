"""A selection in words: what a table, or a list of reports, is about."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.i18n import day, gettext
from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import Filter
from app.service_requests.words import status_word
from app.statistics.names import dimension_word, names_of
from app.statistics.questions import Dimension


def selection_words(jurisdiction: Jurisdiction, wanted: Filter) -> list[tuple[str, str]]:
    """Each condition as its name and what it holds to: («Kategori», «Vei, Gatelys»)."""
    received = received_words(jurisdiction, wanted)
    first = [(gettext("Received"), received)] if received else []
    return first + condition_words(jurisdiction, wanted)


def condition_words(jurisdiction: Jurisdiction, wanted: Filter) -> list[tuple[str, str]]:
    """The same, but for the time."""
    lists = {
        Dimension.GROUP: wanted.groups,
        Dimension.SERVICE: wanted.services,
        Dimension.DEPARTMENT: wanted.department_codes,
        Dimension.DISTRICT: wanted.districts,
        Dimension.ROAD: wanted.road_categories,
        Dimension.CHANNEL: wanted.channels,
        Dimension.DEVICE: wanted.device_classes,
    }
    said = []
    for dimension, codes in lists.items():
        if codes:
            names = names_of(jurisdiction, dimension)
            text = ", ".join(names.get(code, code) for code in codes)
            said.append((dimension_word(dimension), text))
    if wanted.statuses:
        words = ", ".join(status_word(status) for status in wanted.statuses)
        said.append((gettext("Status"), words))
    if wanted.led_to_improvement is not None:
        said.append((gettext("Led to improvement"), _yes_no(wanted.led_to_improvement)))
    if wanted.answered_in_time is not None:
        said.append((gettext("Answered in time"), _yes_no(wanted.answered_in_time)))
    if wanted.bbox:
        said.append((gettext("Place"), gettext("A part of the map")))
    return said


def received_words(jurisdiction: Jurisdiction, wanted: Filter) -> str:
    """«2026», «1. mars 2025–28. februar 2026»; empty when any time will do."""
    zone = ZoneInfo(jurisdiction.time_zone)
    start = wanted.start and day(wanted.start.astimezone(zone).date(), year=True)
    end = wanted.end and _last_day(wanted.end, zone)
    parts = [str(wanted.year)] if wanted.year is not None else []
    if start and end:
        parts.append(start if start == end else f"{start}–{end}")
    elif start:
        parts.append(gettext("since %(day)s", day=start))
    elif end:
        parts.append(gettext("until %(day)s", day=end))
    return ", ".join(parts)


def _last_day(end: datetime, zone: ZoneInfo) -> str:
    return day((end - timedelta(microseconds=1)).astimezone(zone).date(), year=True)


def _yes_no(value: bool) -> str:
    return gettext("Yes") if value else gettext("No")
