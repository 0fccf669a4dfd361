"""The sealed year's pages in words: the table beside today's figures, and what was corrected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.i18n import gettext, localised, number, percent
from app.jurisdictions.models import Jurisdiction
from app.statistics import measures
from app.statistics.measures import Unit
from app.statistics.models import SealedYear
from app.statistics.revision_words import revision_reasons
from app.statistics.table import MISSING
from app.yearbook import queries
from app.yearbook.queries import Counts, Revision
from app.yearbook.sealing import counts_of

REVISIONS_SHOWN = 50
MINUS = "\u2212"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the comparison. `kind` is total, group or service."""

    kind: str
    code: str
    label: str
    sealed: Counts
    today: Counts

    @property
    def is_changed(self) -> bool:
        """Whether today's figures are others than the sealed ones."""
        return self.sealed != self.today


@dataclass(frozen=True, kw_only=True)
class RevisionLine:
    """One correction, ready to read."""

    key: int
    occurred_at: datetime
    what: str
    changes: Sequence[str]
    reason: str
    number: str | None


@dataclass(frozen=True, kw_only=True)
class SealedPage:
    """Everything on a sealed year's page."""

    year: int
    sealed_at: datetime
    public_from: datetime
    is_public: bool
    digest: str
    lines: Sequence[Line]
    services: Sequence[Line]
    has_unknown: bool
    measures: Sequence[tuple[str, str]]
    indicators: Sequence[Mapping[str, Any]]
    rules: Sequence[str]
    revisions: Sequence[RevisionLine]
    older: int | None


def sealed_page(
    row: SealedYear, jurisdiction: Jurisdiction, *, before: int | None, now: datetime
) -> SealedPage:
    """The page of a sealed year. `before` is the key that the corrections are older than."""
    content = row.content
    services = queries.services(jurisdiction.id)
    lines = _lines(content, queries.kept(jurisdiction.id, row.year), services)
    found = queries.revisions(jurisdiction.id, row.year, limit=REVISIONS_SHOWN + 1, before=before)
    names = {key: localised(service.name) for key, service in services.items()}
    shown = [revision_line(one, names) for one in found[:REVISIONS_SHOWN]]
    return SealedPage(
        year=row.year,
        sealed_at=row.sealed_at,
        public_from=row.public_from,
        is_public=row.public_from <= now,
        digest=row.digest,
        lines=[line for line in lines if line.kind != "service"],
        services=[line for line in lines if line.kind == "service"],
        has_unknown=any(
            line.sealed.outcome_unknown or line.today.outcome_unknown for line in lines
        ),
        measures=_measures(content),
        indicators=content["indicators"],
        rules=content["rules"].get(_tongue(content["rules"]), []),
        revisions=shown,
        older=found[REVISIONS_SHOWN - 1].id if len(found) > REVISIONS_SHOWN else None,
    )


def _tongue(texts: Mapping[str, Any]) -> str:
    """The language in use if the sealed texts have it, else their first."""
    return localised({code: code for code in texts})


def _lines(
    content: Mapping[str, Any], today: Mapping[int, Counts], services: Mapping[int, Any]
) -> list[Line]:
    """Total, groups and services. A service stays in the group that it was sealed in."""
    sealed = counts_of(content)
    group_of = {key: service.group.code for key, service in services.items()}
    group_of |= {one["id"]: one["group"] for one in content["services"]}
    names = {key: service.name for key, service in services.items()}
    names |= {one["id"]: one["name"] for one in content["services"]}

    def both(keys: Iterable[int]) -> dict[str, Counts]:
        wanted = list(keys)
        return {
            "sealed": sum((sealed.get(key, Counts()) for key in wanted), Counts()),
            "today": sum((today.get(key, Counts()) for key in wanted), Counts()),
        }

    everywhere = list(dict.fromkeys([*sealed, *today]))
    lines = [Line(kind="total", code="total", label=gettext("Total"), **both(everywhere))]
    lines += [
        Line(
            kind="group",
            code=group["code"],
            label=localised(group["name"]),
            **both(key for key in everywhere if group_of.get(key) == group["code"]),
        )
        for group in content["groups"]
    ]
    order = [key for key in names if key in sealed or key in today]
    lines += [
        Line(kind="service", code=str(key), label=localised(names[key]), **both([key]))
        for key in order
    ]
    return lines


def _measures(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What else was measured, for all reports together, in words."""
    values = content["total"]["measures"]
    return [
        (localised(one["title"]), as_words(one["code"], values[one["code"]]))
        for one in content["measures"]
        if one["code"] in values
    ]


def as_words(code: str, value: float | None) -> str:
    """A measure's value as people read it; `..` when it is missing."""
    if value is None:
        return MISSING
    one = measures.BY_CODE[code]
    if one.unit == Unit.SHARE:
        return percent(value)
    return number(value, decimals=one.decimals)


def revision_line(revision: Revision, names: Mapping[int, str]) -> RevisionLine:
    """A correction in words; `names` are the services' by key."""
    return RevisionLine(
        key=revision.id,
        occurred_at=revision.occurred_at,
        what=names.get(revision.service_id, ""),
        changes=changes(revision.counts),
        reason=revision_reasons()[revision.reason],
        number=revision.number,
    )


def changes(counts: Counts) -> list[str]:
    """«+1 mottatt», «−1 førte til forbedring»: what is not zero."""
    told = (
        (counts.received, gettext("received")),
        (counts.led_to_improvement, gettext("led to improvement")),
        (counts.outcome_unknown, gettext("outcome unknown")),
    )
    return [f"{signed(value)} {words}" for value, words in told if value]


def signed(value: int) -> str:
    """«+2», «−1», «0»."""
    if value == 0:
        return "0"
    return f"{'+' if value > 0 else MINUS}{number(abs(value))}"
