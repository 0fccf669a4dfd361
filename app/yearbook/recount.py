"""Counting everything anew from history, in batches of reports: what `melde count` holds the figures to."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select, text

from app.database import session
from app.jurisdictions.queries import all_jurisdictions
from app.service_requests.kinds import EntryKind
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status
from app.yearbook import queries
from app.yearbook.queries import Counts
from app.yearbook.replay import Entry, differing, improved, replay, untold
from app.yearbook.sealing import counts_of, digest

BATCH = 2000
"""Reports that are in memory at a time, with their history."""
NAMED = 20
"""So many differing reports are named; the others are counted."""
KINDS = [
    EntryKind.RECEIVED,
    EntryKind.STATUS,
    EntryKind.ROUTED,
    EntryKind.REROUTED,
    EntryKind.REFUSED,
    EntryKind.ACCEPTED,
    EntryKind.MESSAGE,
    EntryKind.IMPROVEMENT,
    EntryKind.SERVICE,
]
_REPORTS = text("""
SELECT request.id, request.jurisdiction_id, request.service_id, request.number, request.received_year,
       jurisdiction.time_zone, original.led_to_improvement AS original_improved,
       request.status, request.led_to_improvement, request.department_id, request.duplicate_of_id,
       request.first_response_at, request.closed_at, request.requested_at, request.refusals,
       service.code AS service
  FROM service_request AS request
  JOIN service ON service.id = request.service_id
  JOIN jurisdiction ON jurisdiction.id = request.jurisdiction_id
  LEFT JOIN service_request AS original ON original.id = request.duplicate_of_id
 WHERE request.id > :after ORDER BY request.id LIMIT :batch
""")
_HISTORY = text("""
SELECT service_request_id, kind, occurred_at, actor, department_id, status, visibility,
       data ->> 'service' AS service, CAST(data ->> 'led_to_improvement' AS boolean) AS led_to_improvement,
       CAST(data ->> 'department' AS integer) AS department, CAST(data ->> 'to' AS integer) AS to,
       CAST(data ->> 'original' AS bigint) AS original, CAST(data ->> 'told' AS boolean) AS told
  FROM history_entry
 WHERE service_request_id > :after AND service_request_id <= :last AND kind = ANY(:kinds)
 ORDER BY service_request_id, id
""")


@dataclass(kw_only=True)
class Recount:
    """What came of it. `faults` are sentences for an operator, the first of them."""

    reports: int = 0
    entries: int = 0
    untold: int = 0
    wrong: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, sentence: str) -> None:
        """Write down what differs."""
        self.wrong += 1
        if len(self.faults) < NAMED:
            self.faults.append(sentence)


def how_many() -> int:
    """All reports, of all municipalities."""
    return session().scalar(select(func.count()).select_from(ServiceRequest)) or 0


def recount(tick: Callable[[int], None] = lambda _: None) -> Recount:
    """Tell every report anew from its history and hold its columns, the kept counts and the sealed years to it.

    The caller's transaction should see one moment (REPEATABLE READ). `tick` hears how many reports were done.
    """
    outcome = Recount()
    counted: Counter[tuple[int, int, int, str]] = Counter()
    for batch in _batches():
        histories = _histories(batch[0].id - 1, batch[-1].id)
        for row in batch:
            _check(row, histories.get(row.id, []), outcome, counted)
        tick(len(batch))
    for jurisdiction in all_jurisdictions():
        _check_figures(jurisdiction.id, jurisdiction.number, outcome, counted)
    return outcome


def _batches() -> Iterator[list[Row[Any]]]:
    after = 0
    while batch := list(session().execute(_REPORTS, {"after": after, "batch": BATCH})):
        yield batch
        after = batch[-1].id


def _histories(after: int, last: int) -> dict[int, list[Entry]]:
    values = {"after": after, "last": last, "kinds": [kind.value for kind in KINDS]}
    rows = session().execute(_HISTORY, values)
    return {
        key: [Entry(**{name: row._mapping[name] for name in Entry.__slots__}) for row in found]
        for key, found in groupby(rows, key=attrgetter("service_request_id"))
    }


def _check(
    row: Row[Any],
    entries: list[Entry],
    outcome: Recount,
    counted: Counter[tuple[int, int, int, str]],
) -> None:
    """Hold one report to its history, and count it by what its history tells."""
    story = replay(entries)
    columns = dict(row._mapping)
    wrong = differing(story, columns, row.original_improved)
    year = row.requested_at.astimezone(ZoneInfo(row.time_zone)).year
    if year != row.received_year:
        wrong.append("received_year")
    if wrong:
        outcome.fault(f"{row.number}: {', '.join(wrong)} differ from the history")
    outcome.reports += 1
    outcome.entries += story.entries
    outcome.untold += untold(story)
    if story.status != Status.REJECTED:
        key = (row.jurisdiction_id, row.service_id, year)
        counted[*key, "received"] += 1
        counted[*key, "led_to_improvement"] += improved(story, row.original_improved)
        counted[*key, "outcome_unknown"] += story.status == Status.UNKNOWN


def _check_figures(
    jurisdiction_id: int,
    number: str,
    outcome: Recount,
    counted: Counter[tuple[int, int, int, str]],
) -> None:
    """The kept counts of every year and service, and of sealed years what was sealed and corrected."""
    told: dict[tuple[int, int], Counts] = {
        (year, service): Counts(
            received=counted[jurisdiction, service, year, "received"],
            led_to_improvement=counted[jurisdiction, service, year, "led_to_improvement"],
            outcome_unknown=counted[jurisdiction, service, year, "outcome_unknown"],
        )
        for jurisdiction, service, year, measure in counted
        if jurisdiction == jurisdiction_id and measure == "received"
    }
    years = {year for year, _ in told} | set(queries.counted_years(jurisdiction_id))
    sealed = {row.year: row for row in queries.all_sealed(jurisdiction_id)}
    for year in sorted(years | sealed.keys()):
        own = {service: counts for (at, service), counts in told.items() if at == year and counts}
        if queries.kept(jurisdiction_id, year) != own:
            outcome.fault(f"{number}, {year}: the kept counts differ from the history")
        if year not in sealed:
            continue
        if digest(sealed[year].content) != sealed[year].digest:
            outcome.fault(f"{number}, {year}: the sealed content does not have its digest")
        if added(counts_of(sealed[year].content), queries.revised(jurisdiction_id, year)) != own:
            outcome.fault(f"{number}, {year}: sealed and corrected differ from the history")


def added(sealed: dict[int, Counts], revised: dict[int, Counts]) -> dict[int, Counts]:
    """The sealed counts and the corrections together; services that end with nothing are left out."""
    both = {
        service: sealed.get(service, Counts()) + revised.get(service, Counts())
        for service in sealed.keys() | revised.keys()
    }
    return {service: counts for service, counts in both.items() if counts}
