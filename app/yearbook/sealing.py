"""A sealed year's content, its one way of being written, and the digest of that.

The file is canonical JSON (RFC 8785): sorted keys, no blanks, UTF-8. Whoever has it finds the digest with
`sha256sum`.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785

from app.catalog.queries import groups
from app.i18n import in_languages
from app.jurisdictions.models import Jurisdiction
from app.service_requests.filter import Filter
from app.statistics import measures
from app.statistics.figures import figures
from app.statistics.page import counting_rules
from app.statistics.questions import TOTAL, Dimension, FigureRow, Period, Question
from app.yearbook import queries
from app.yearbook.queries import Counts

FORMAT = "melde-sealed-year/1"
DECIMALS = 4
"""Shares and days are rounded to these before they are sealed."""


def canonical(content: Mapping[str, Any]) -> bytes:
    """The very bytes that the digest is of."""
    return rfc8785.dumps(dict(content))


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def content_of(jurisdiction: Jurisdiction, year: int, *, now: datetime) -> dict[str, Any]:
    """Everything that is published of a year, as it is now. Nobody may change a report meanwhile.

    Missing values are null; values of indicators are texts, exactly as they were given.
    """
    counts = queries.live(jurisdiction.id, year)
    measured = _measured(jurisdiction, year, now)
    services = queries.services(jurisdiction.id)
    by_group: dict[str, Counts] = {}
    for key, found in counts.items():
        code = services[key].group.code
        by_group[code] = by_group.get(code, Counts()) + found
    everything = sum(counts.values(), Counts())
    return {
        "format": FORMAT,
        "jurisdiction": {"number": jurisdiction.number, "name": dict(jurisdiction.name)},
        "year": year,
        "time_zone": jurisdiction.time_zone,
        "sealed_at": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "total": vars(everything) | {"measures": measured.get((TOTAL, TOTAL), {})},
        "groups": [
            {"code": group.code, "name": dict(group.name)}
            | vars(by_group.get(group.code, Counts()))
            | {"measures": measured.get((group.code, TOTAL), {})}
            for group in groups(jurisdiction.id)
        ],
        "services": [
            {
                "id": key,
                "code": service.code,
                "group": service.group.code,
                "name": dict(service.name),
            }
            | vars(counts.get(key, Counts()))
            | {"measures": measured.get((service.group.code, service.code), {})}
            for key, service in services.items()
            if service.is_active or key in counts
        ],
        "measures": _descriptions(jurisdiction),
        "rules": _in_lists(jurisdiction),
        "indicators": [
            {
                "series": series.code,
                "name": dict(series.name),
                "unit": series.unit,
                "district": row.district_code,
                "value": None if row.value is None else str(row.value),
                "source": row.source,
                "note": row.note,
            }
            for series, row in queries.indicators(jurisdiction.id, year)
        ],
    }


def counts_of(content: Mapping[str, Any]) -> dict[int, Counts]:
    """The sealed counts by the key of the service; services without reports are left out."""
    found = {
        row["id"]: Counts(
            received=row["received"],
            led_to_improvement=row["led_to_improvement"],
            outcome_unknown=row["outcome_unknown"],
        )
        for row in content["services"]
    }
    return {service: counts for service, counts in found.items() if counts}


def _measured(
    jurisdiction: Jurisdiction, year: int, now: datetime
) -> dict[tuple[str, str], dict[str, Any]]:
    """The measures that are no counts, by group and service."""
    question = Question(
        filter=Filter(jurisdiction_id=jurisdiction.id, year=year),
        period=Period.YEAR,
        by=(Dimension.GROUP, Dimension.SERVICE),
        with_empty=False,
    )
    return {
        (row.keys[Dimension.GROUP], row.keys[Dimension.SERVICE]): _rounded(row)
        for row in figures(question, now=now)
        if row.period == str(year)
    }


def _rounded(row: FigureRow) -> dict[str, Any]:
    kept = {}
    for code in row.values:
        if code not in {"received", "led_to_improvement"}:
            value = row.values[code]
            kept[code] = None if value is None else _plain(value)
    return kept


def _plain(value: float) -> float:
    """Whole numbers as they are, others rounded."""
    return value if isinstance(value, int) else round(float(value), DECIMALS)


def _descriptions(jurisdiction: Jurisdiction) -> list[dict[str, Any]]:
    """What each measure is called and how it is counted, in the municipality's languages."""
    said = []
    for one in measures.MEASURES:
        code = one.code
        titles = in_languages(jurisdiction.languages, lambda code=code: measures.title(code))  # type: ignore[misc]
        rules = in_languages(jurisdiction.languages, lambda code=code: measures.rule(code))  # type: ignore[misc]
        said.append({"code": code, "unit": str(one.unit), "title": titles, "rule": rules})
    return said


def _in_lists(jurisdiction: Jurisdiction) -> dict[str, list[str]]:
    rules = in_languages(jurisdiction.languages, lambda: "\n".join(counting_rules()))
    return {code: joined.split("\n") for code, joined in rules.items()}
