"""Sealing a year, and choosing when a sealed year becomes public."""

from datetime import UTC, date, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.administration.views import account_id, blueprint
from app.database import transaction
from app.errors import Conflict, Invalid, NotFound
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import visible_to
from app.yearbook import operations, queries


@blueprint.get("/ar")
@visible_to(Deed.SET_UP)
def years() -> ResponseReturnValue:
    """The years that can be sealed, and those that are."""
    return _page({})


@blueprint.post("/ar")
@visible_to(Deed.SET_UP)
def seal_year() -> ResponseReturnValue:
    """Seal the year that was chosen."""
    jurisdiction, now = current_jurisdiction(), datetime.now(UTC)
    try:
        year, public_from = _year(), _day()
        with transaction():
            operations.seal(jurisdiction, year, public_from=public_from, by=account_id(), now=now)
    except Invalid as fault:
        return _page(fault.errors), 422
    except Conflict as fault:
        return _page({"year": fault.detail}), 409
    flash(gettext("%(year)s is sealed.", year=year))
    return redirect(url_for("administration.years"), 303)


@blueprint.post("/ar/<int:year>")
@visible_to(Deed.SET_UP)
def publish_year(year: int) -> ResponseReturnValue:
    """Choose another day for a sealed year that is not public yet."""
    jurisdiction, now = current_jurisdiction(), datetime.now(UTC)
    try:
        public_from = _day()
        with transaction():
            row = queries.sealed(jurisdiction.id, year)
            if row is None:
                raise NotFound(gettext("%(year)s is not sealed.", year=year))
            operations.publish(row, jurisdiction, public_from, now=now)
    except Invalid as fault:
        return _page({}, of_year={year: fault.errors}), 422
    except Conflict as fault:
        return _page({}, of_year={year: {"public_from": fault.detail}}), 409
    flash(gettext("The day is changed."))
    return redirect(url_for("administration.years"), 303)


def _page(errors: dict[str, str], *, of_year: dict[int, dict[str, str]] | None = None) -> str:
    jurisdiction, now = current_jurisdiction(), datetime.now(UTC)
    sealed = queries.all_sealed(jurisdiction.id)
    done = {row.year for row in sealed}
    today = operations.local_day(jurisdiction, now)
    ready = [
        year
        for year in queries.counted_years(jurisdiction.id)
        if year < today.year
        and year not in done
        and not queries.is_published(jurisdiction.id, year)
    ]
    return render_template(
        "administration/years.html",
        ready=ready[::-1],
        sealed=[(row, row.public_from <= now) for row in sealed],
        plan=_plan(jurisdiction.sealing, today),
        errors=errors,
        of_year=of_year or {},
        sent=request.form,
        today=today,
    )


def _plan(plan: dict[str, object] | None, today: date) -> tuple[date, object] | None:
    """The day on which the clock seals, and the days after it until all see the year."""
    if not plan:
        return None
    return date.fromisoformat(f"{today.year}-{plan['day']}"), plan.get("public_after_days", 0)


def _year() -> int:
    written = request.form.get("year", "").strip()
    if not (written.isascii() and written.isdecimal() and len(written) == 4):
        raise Invalid({"year": gettext("Choose a year from the list.")})
    return int(written)


def _day() -> date | None:
    """The day that was written; None: at once."""
    written = request.form.get("public_from", "").strip()
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as fault:
        message = gettext("Write the day as year, month and day: 2027-03-01.")
        raise Invalid({"public_from": message}) from fault
