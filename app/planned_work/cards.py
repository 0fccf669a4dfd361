"""Planned work in words, for pages and JSON, in the language in use."""

from dataclasses import dataclass
from datetime import date

from app.i18n import day, gettext, localised
from app.planned_work.queries import Work


@dataclass(frozen=True, kw_only=True)
class ToldWork:
    """A work as people read it."""

    code: str
    title: str
    description: str
    period: str
    group_code: str | None
    is_going_on: bool


def told(work: Work, *, on: date) -> ToldWork:
    """The work, seen from a day."""
    return ToldWork(
        code=work.code,
        title=localised(work.title),
        description=localised(work.description),
        period=period(work, on=on),
        group_code=work.group_code,
        is_going_on=work.starts_on <= on,
    )


def period(work: Work, *, on: date) -> str:
    """«Pågår til 12. mars», «3. mars til 12. mars»."""
    if work.starts_on <= on:
        return gettext("Going on until %(day)s", day=day(work.ends_on))
    return gettext("%(first)s to %(last)s", first=day(work.starts_on), last=day(work.ends_on))
