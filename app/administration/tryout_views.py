"""The page that tries the draft on the reports of a period before it is put in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.administration.tryout import Load, Moved, Rule, TookTooLong, TryOut, try_draft
from app.administration.views import blueprint
from app.departments.queries import first_line, in_jurisdiction
from app.errors import Invalid
from app.i18n import day, gettext, localised, ngettext, number, percent
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import visible_to

YEAR = timedelta(days=365)
FIRST_YEAR, LAST_YEAR = 2000, 2100
RULES_NAMED = 3
MARKS = 8
"""So many shapes and colours there are; letters go on to Z and then repeat."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The sign of a department that reports would go to: a letter in a shape (1 to MARKS)."""

    letter: str
    shape: int
    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class FlowRow:
    """A line of the table from department to department, with the reports that the map shows of it."""

    source: str
    mark: Mark
    count: str
    share: str
    rules: str
    points: Sequence[Moved]


@dataclass(frozen=True, kw_only=True)
class LoadRow:
    """A line of the table of rules. None: the rule is not in that set."""

    rank: int | None
    name: str
    department: str
    before: str | None
    after: str | None
    change: int
    note: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the page shows, in words."""

    headline: str
    explanation: str
    cut: str
    flows: Sequence[FlowRow]
    marks: Sequence[Mark]
    loads: Sequence[LoadRow]


@blueprint.get("/regler/prov")
@visible_to(Deed.SET_UP)
def tryout() -> ResponseReturnValue:
    """What the draft would have done to the reports of the last twelve months, or of ?fra=&til=."""
    jurisdiction = current_jurisdiction()
    today = datetime.now(UTC).astimezone(ZoneInfo(jurisdiction.time_zone)).date()
    form = {
        "fra": request.args.get("fra") or (today - YEAR).isoformat(),
        "til": request.args.get("til") or today.isoformat(),
    }
    page, errors, failure, status = None, {}, "", 200
    try:
        first, last = _period(form)
        page = _try(jurisdiction, first, last)
    except Invalid as fault:
        errors, status = fault.errors, 422
    except TookTooLong as fault:
        failure, status = fault.detail, fault.status
    values = {"page": page, "form": form, "errors": errors, "failure": failure}
    return render_template("administration/tryout.html", **values), status


def _try(jurisdiction: Jurisdiction, first: date, last: date) -> Page | None:
    """The page's values; None without a draft."""
    zone = ZoneInfo(jurisdiction.time_zone)
    start = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    found = try_draft(jurisdiction, start=start, end=end)
    return None if found is None else _page(found, _names(jurisdiction.id), first, last)


def _period(form: Mapping[str, str]) -> tuple[date, date]:
    """The first and the last day. :raises Invalid: not two days in their order."""
    errors, days = {}, {}
    for field in ("fra", "til"):
        try:
            days[field] = date.fromisoformat(form[field])
        except ValueError:
            days[field] = date.min
        if not FIRST_YEAR <= days[field].year <= LAST_YEAR:
            errors[field] = gettext("Write the day as year-month-day, for example 2026-01-31.")
    if not errors and days["fra"] > days["til"]:
        errors["til"] = gettext("The last day must not come before the first.")
    if errors:
        raise Invalid(errors)
    return days["fra"], days["til"]


def _names(jurisdiction_id: int) -> dict[int, str]:
    found = [*in_jurisdiction(jurisdiction_id), first_line(jurisdiction_id)]
    return {department.id: localised(department.name) for department in found}


def _page(found: TryOut, names: Mapping[int, str], first: date, last: date) -> Page:
    marks = _marks(found, names)
    period = {"start": day(first, year=True), "end": day(last, year=True)}
    explanation = gettext(
        "Tried on the reports from %(start)s to %(end)s in %(seconds)s seconds. Nothing was changed.",
        seconds=number(max(found.seconds, 0.1), decimals=1),
        **period,
    )
    cut = ""
    if found.moved > len(found.points):
        cut = gettext(
            "The map and the list show the newest %(shown)s of the %(moved)s reports.",
            shown=number(len(found.points)),
            moved=number(found.moved),
        )
    return Page(
        headline=_headline(found),
        explanation=explanation,
        cut=cut,
        flows=[
            FlowRow(
                source=names[flow.source_id],
                mark=marks[flow.target_id],
                count=number(flow.count),
                share=percent(flow.share),
                rules=_rules(flow.rules),
                points=[
                    point
                    for point in found.points
                    if (point.source_id, point.target_id) == (flow.source_id, flow.target_id)
                ],
            )
            for flow in found.flows
        ],
        marks=list(marks.values()),
        loads=[_load_row(load, names) for load in found.loads],
    )


def _headline(found: TryOut) -> str:
    """The finding: «143 av 9 812 meldinger ville gått et annet sted»."""
    total = number(found.looked_at)
    if not found.looked_at:
        return gettext("No reports came in during this period")
    if not found.moved:
        return ngettext(
            "The only report would go to the same place as now",
            "All %(total)s reports would go to the same place as now",
            found.looked_at,
            total=total,
        )
    moved = number(found.moved)
    return gettext("%(moved)s of %(total)s reports would go elsewhere", moved=moved, total=total)


def _marks(found: TryOut, names: Mapping[int, str]) -> dict[int, Mark]:
    """A sign for each department that gets reports, the one that gets most first."""
    counts: dict[int, int] = {}
    for flow in found.flows:
        counts[flow.target_id] = counts.get(flow.target_id, 0) + flow.count
    ordered = sorted(counts, key=lambda key: (-counts[key], key))
    return {
        key: Mark(
            letter=chr(ord("A") + place % 26),
            shape=1 + place % MARKS,
            name=names[key],
            count=counts[key],
        )
        for place, key in enumerate(ordered)
    }


def _rules(pairs: Sequence[tuple[Rule | None, Rule | None]]) -> str:
    """«Regel 8 «Veier» → regel 3 «Fylkesveier»», the first few of them."""
    said = [f"{_rule_name(before)} → {_rule_name(after)}" for before, after in pairs[:RULES_NAMED]]
    more = len(pairs) - len(said)
    if more:
        said.append(gettext("and %(count)s more", count=number(more)))
    return ", ".join(said)


def _rule_name(rule: Rule | None) -> str:
    if rule is None:
        return gettext("no rule")
    return gettext("rule %(rank)s «%(name)s»", rank=rule.rank, name=rule.name)


def _load_row(load: Load, names: Mapping[int, str]) -> LoadRow:
    """:param load: without a rule it is what the first line takes."""
    note = ""
    if load.before is None:
        note = gettext("new or switched on")
    elif load.after is None:
        note = gettext("gone or switched off")
    return LoadRow(
        rank=load.rule.rank if load.rule else None,
        name=load.rule.name if load.rule else gettext("No rule fits"),
        department=names[load.rule.department_id] if load.rule else gettext("The first line"),
        before=None if load.before is None else number(load.before),
        after=None if load.after is None else number(load.after),
        change=(load.after or 0) - (load.before or 0),
        note=note,
    )
