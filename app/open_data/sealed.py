"""The datasets of sealed years: which figures stand for ever, and what was corrected since."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from app.catalog.models import Service
from app.database import session
from app.i18n import lazy_gettext as _l
from app.jurisdictions.models import Jurisdiction
from app.open_data import codes
from app.open_data.columns import Column, Dataset, Key, Kind, Row
from app.open_data.kept import in_order
from app.open_data.streaming import stream
from app.service_requests.filter import Filter
from app.statistics.models import FigureRevision, SealedYear

YEAR = Column(
    code="year",
    kind=Kind.INTEGER,
    label=_l("Year"),
    meaning=_l("The year whose figures are sealed."),
)


def _sealed_years(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    second = func.date_trunc("second", SealedYear.sealed_at)
    public = func.date_trunc("second", SealedYear.public_from)
    query = select(
        SealedYear.year,
        second.label("sealed_at"),
        public.label("public_from"),
        SealedYear.digest,
    ).where(SealedYear.jurisdiction_id == jurisdiction.id, SealedYear.public_from <= now)
    if wanted.year is not None:
        query = query.where(SealedYear.year == wanted.year)
    return in_order(map(dict, session().execute(query).mappings()), ("year",), after)


def _revisions(
    jurisdiction: Jurisdiction, wanted: Filter, after: Key | None, now: datetime
) -> Iterator[Row]:
    change = FigureRevision
    query = (
        select(
            change.id.label("revision"),
            change.year,
            Service.code.label("service"),
            change.received,
            change.led_to_improvement,
            change.outcome_unknown,
            change.reason,
            func.date_trunc("second", change.occurred_at).label("occurred_at"),
        )
        .join(Service, Service.id == change.service_id)
        .join(
            SealedYear,
            (SealedYear.jurisdiction_id == change.jurisdiction_id)
            & (SealedYear.year == change.year),
        )
        .where(change.jurisdiction_id == jurisdiction.id, SealedYear.public_from <= now)
        .order_by(change.id)
    )
    if wanted.year is not None:
        query = query.where(change.year == wanted.year)
    if after is not None:
        query = query.where(change.id > after[0])
    return stream(query)


SEALED_YEARS = Dataset(
    code="sealed-years",
    label=_l("Sealed years"),
    meaning=_l(
        "The years whose figures are sealed. The sealed report stays at its own address for ever;"
        " its checksum stands here."
    ),
    columns=(
        YEAR,
        Column(
            code="sealed_at",
            kind=Kind.MOMENT,
            label=_l("Sealed"),
            meaning=_l("When the figures were sealed, in UTC."),
        ),
        Column(
            code="public_from",
            kind=Kind.MOMENT,
            label=_l("Public from"),
            meaning=_l("Since when the sealed figures are public, in UTC."),
        ),
        Column(
            code="digest",
            kind=Kind.TEXT,
            label=_l("Checksum"),
            meaning=_l("SHA-256 of the sealed content as canonical JSON, in hexadecimal."),
        ),
    ),
    key=("year",),
    rows=_sealed_years,
    filters=frozenset({"year"}),
    by_clock=True,
    by_minute=True,
)


def _change(code: str, label: str, meaning: str) -> Column:
    return Column(code=code, kind=Kind.INTEGER, label=label, meaning=meaning, unit="reports")


REVISIONS = Dataset(
    code="revisions",
    label=_l("Revisions of sealed years"),
    meaning=_l(
        "What changed in a sealed year after it was sealed, when and why. The sealed figures and"
        " all revisions add up to today's figures."
    ),
    columns=(
        Column(
            code="revision",
            kind=Kind.INTEGER,
            label=_l("Revision"),
            meaning=_l("A number that grows with each change."),
        ),
        YEAR,
        Column(
            code="service",
            kind=Kind.TEXT,
            label=_l("Service"),
            meaning=_l("What was reported."),
            codes=codes.services,
        ),
        _change("received", _l("Enquiries received"), _l("What came to the figure, or left it.")),
        _change(
            "led_to_improvement",
            _l("Led to improvement"),
            _l("What came to the figure, or left it."),
        ),
        _change(
            "outcome_unknown", _l("Outcome unknown"), _l("What came to the figure, or left it.")
        ),
        Column(
            code="reason",
            kind=Kind.TEXT,
            label=_l("Reason"),
            meaning=_l("Why the figure changed."),
            codes=codes.revision_reasons,
        ),
        Column(
            code="occurred_at",
            kind=Kind.MOMENT,
            label=_l("When"),
            meaning=_l("When the change was made, in UTC."),
        ),
    ),
    key=("revision",),
    rows=_revisions,
    filters=frozenset({"year"}),
    by_clock=True,
    by_minute=True,
    is_large=True,
)
