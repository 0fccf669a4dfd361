"""A selection in words, so that a picture taken out of its page still says what it shows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.charts.ask import Ask
from app.i18n import day, gettext
from app.service_requests.words import status_word
from app.statistics.figures import Dimension, names_of


def period_words(ask: Ask) -> str:
    """«2026», «1. mars 2025–28. februar 2026», «siste 12 måneder»."""
    wanted = ask.filter
    if wanted.year:
        return str(wanted.year)
    zone = ZoneInfo(ask.jurisdiction.time_zone)
    start = wanted.start.astimezone(zone) if wanted.start else None
    end = wanted.end.astimezone(zone) if wanted.end else None
    if start and end:
        return f"{_day(start)}–{_day(end - timedelta(microseconds=1))}"
    if start:
        return gettext("since %(day)s", day=_day(start))
    if end:
        return gettext("until %(day)s", day=_day(end - timedelta(microseconds=1)))
    return gettext("the last 12 months")


def _day(moment: datetime) -> str:
    return day(moment.date(), year=True)


def selection_words(ask: Ask) -> str:
    """The filters but the time, with their names: «Kategori: Vei. Område: Frei»; empty when there are none."""
    wanted = ask.filter
    lists: list[tuple[str, Dimension | None, tuple[str, ...]]] = [
        (gettext("Category"), Dimension.GROUP, wanted.groups),
        (gettext("Kind of fault"), Dimension.SERVICE, wanted.services),
        (gettext("Department"), Dimension.DEPARTMENT, wanted.department_codes),
        (gettext("District"), Dimension.DISTRICT, wanted.districts),
        (gettext("Road owner"), Dimension.ROAD, wanted.road_categories),
        (gettext("Channel"), Dimension.CHANNEL, wanted.channels),
        (gettext("Device"), Dimension.DEVICE, wanted.device_classes),
    ]
    said = [
        f"{title}: {', '.join(_names(ask, dimension, codes))}"
        for title, dimension, codes in lists
        if codes
    ]
    if wanted.statuses:
        said.append(
            f"{gettext('Status')}: {', '.join(status_word(status) for status in wanted.statuses)}"
        )
    if wanted.led_to_improvement is not None:
        said.append(
            gettext("Led to improvement")
            if wanted.led_to_improvement
            else gettext("Did not lead to improvement")
        )
    if wanted.answered_in_time is not None:
        said.append(
            gettext("Answered in time")
            if wanted.answered_in_time
            else gettext("Not answered in time")
        )
    if wanted.bbox:
        said.append(gettext("Only a part of the map"))
    if ask.has_period:
        said.append(period_words(ask))
    return ". ".join(said)


def _names(ask: Ask, dimension: Dimension | None, codes: tuple[str, ...]) -> list[str]:
    names = names_of(ask.jurisdiction, dimension) if dimension else {}
    return [names.get(code, code) for code in codes]
