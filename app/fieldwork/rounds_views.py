"""The pages of rounds: the foreman makes and orders them, the crew sees them and ticks off."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.database import transaction
from app.departments.queries import in_jurisdiction
from app.errors import Conflict, Invalid, OutdatedVersion
from app.fieldwork import rounds, rounds_page
from app.fieldwork import rounds_queries as queries
from app.fieldwork.models import Round
from app.fieldwork.rounds import Plan
from app.fieldwork.rounds_schemas import ChangeSchema, DaySchema, PlanSchema
from app.fieldwork.views import blueprint, signed_in
from app.i18n import gettext, localised, weekday
from app.jurisdictions.queries import places
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.security import visible_to

DAYS = timedelta(days=13)
"""How many days are listed beside the first."""
Sent = dict[str, Any]


def right_now() -> datetime:
    """The moment of this request."""
    return datetime.now(UTC)


@blueprint.get("/runder")
@visible_to(Deed.FIELD_WORK)
def rounds_index() -> ResponseReturnValue:
    """The rounds of two weeks that this person plans or goes, from today or from `dag` on."""
    try:
        wanted = DaySchema().load(request.args)["dag"]
    except ValidationError:
        return redirect(url_for("fieldwork.rounds_index"), 303)
    return _index(wanted or rounds_page.local_today(right_now()), {}, {})


def _index(first: date, errors: dict[str, str], form: Sent) -> ResponseReturnValue:
    who, jurisdiction, now = signed_in(), current_jurisdiction(), right_now()
    found = queries.rounds_between(who, jurisdiction.id, first, _later(first, DAYS))
    departments = queries.planned_departments(who, jurisdiction.id)
    days = [
        (weekday(day), [rounds_page.shown(one, now=now) for one in those])
        for day, those in groupby(found, lambda one: one.day)
    ]
    page = render_template(
        "fieldwork/rounds.html",
        days=days,
        first=first,
        earlier=_later(first, -DAYS),
        later=_later(first, DAYS),
        today=rounds_page.local_today(now),
        may_plan=departments is None or bool(departments),
        departments=_choice(departments),
        titles=queries.titles_of(jurisdiction.id, departments),
        errors=errors,
        form=form,
    )
    return page, 422 if errors else 200


def _later(day: date, days: timedelta) -> date:
    """So many days later, within the calendar."""
    return date.fromordinal(
        min(
            max(day.toordinal() + days.days, date.min.toordinal()),
            date.max.toordinal() - 2 * DAYS.days,
        )
    )


def _choice(keys: list[int] | None) -> list[tuple[int, str]]:
    """The departments to make rounds for, by key and name."""
    return [
        (one.id, localised(one.name))
        for one in in_jurisdiction(current_jurisdiction().id)
        if keys is None or one.id in keys
    ]


@blueprint.post("/runder/ny")
@visible_to(Deed.DESK)
def make_round() -> ResponseReturnValue:
    """Make a round and go on to choosing its jobs; 422 with what is wrong."""
    jurisdiction, now, sent = current_jurisdiction(), right_now(), sent_form()
    today = rounds_page.local_today(now)
    try:
        values = PlanSchema().load(sent)
        department_id = values.pop("department_id") or _only_department()
        plan = Plan(**values | {"member_ids": tuple(values.pop("members"))})
        with transaction():
            made = rounds.make(signed_in(), jurisdiction, department_id, plan, today=today, now=now)
    except ValidationError as fault:
        return _index(today, first_messages(fault), sent)
    except Invalid as fault:
        return _index(today, fault.errors, sent)
    return redirect(url_for("fieldwork.choose_jobs", key=made.id), 303)


def sent_form() -> Sent:
    """The form, with all the people that were ticked."""
    return request.form.to_dict() | {"members": request.form.getlist("members")}


def _only_department() -> int:
    """The one department there is to plan for. :raises Invalid: there are several."""
    departments = queries.planned_departments(signed_in(), current_jurisdiction().id)
    if departments is None or len(departments) != 1:
        raise Invalid({"department": gettext("Choose whose round it is.")})
    return departments[0]


@blueprint.get("/runder/<int:key>")
@visible_to(Deed.FIELD_WORK)
def show_round(key: int) -> ResponseReturnValue:
    """One round: to order for the one who plans it, to tick off for those who go it."""
    return round_page(find_round(key), {}, {})


def find_round(key: int) -> Round:
    """The round, if it is this person's."""
    return rounds.find(signed_in(), current_jurisdiction().id, key)


def round_page(found: Round, errors: dict[str, str], form: Sent) -> ResponseReturnValue:
    """The page of a round; 422 with what is wrong."""
    who, jurisdiction = signed_in(), current_jurisdiction()
    chosen = {str(account.id) for account in found.members}
    before = request.args.get("angre", "")
    page = render_template(
        "fieldwork/rounds_one.html",
        round=rounds_page.shown(found, now=right_now()),
        may_plan=queries.may_plan(who, jurisdiction.id, found.department_id),
        crew=[
            (account.id, account.label, str(account.id) in set(form.get("members", chosen)))
            for account in queries.crew_of(jurisdiction.id, found.department_id)
        ],
        places=places(jurisdiction.id),
        undo=before if _is_order_of(found, before) else "",
        errors=errors,
        form=form,
    )
    return page, 422 if errors else 200


def _is_order_of(found: Round, written: str) -> bool:
    return sorted(written.split(",")) == sorted(str(stop.id) for stop in found.stops)


@blueprint.get("/runder/<int:key>/utskrift")
@visible_to(Deed.FIELD_WORK)
def print_round(key: int) -> ResponseReturnValue:
    """The round on paper."""
    found = find_round(key)
    return render_template(
        "fieldwork/rounds_print.html",
        round=rounds_page.shown(found, now=right_now()),
        now=right_now(),
    )


@blueprint.get("/runder/<int:key>/velg")
@visible_to(Deed.DESK)
def choose_jobs(key: int) -> ResponseReturnValue:
    """The department's open jobs, to tick what the round is to have."""
    return _choose(find_round(key), {}, ())


def _choose(found: Round, errors: dict[str, str], ticked: tuple[str, ...]) -> ResponseReturnValue:
    now = right_now()
    jobs = queries.open_jobs(found.jurisdiction_id, found.department_id)
    planned = queries.rounds_of_jobs([job.id for job in jobs])
    free = [job for job in jobs if job.id not in planned]
    page = render_template(
        "fieldwork/rounds_pick.html",
        round=rounds_page.shown(found, now=now),
        jobs=[rounds_page.job_card(job, now=now) for job in free],
        planned=len(jobs) - len(free),
        ticked=ticked,
        errors=errors,
    )
    return page, 422 if errors else 200


@blueprint.post("/runder/<int:key>/velg")
@visible_to(Deed.DESK)
def add_jobs(key: int) -> ResponseReturnValue:
    """Set the ticked jobs at the end of the round; those that cannot come are named with the reason."""
    found, numbers = find_round(key), request.form.getlist("jobs")
    try:
        values = ChangeSchema().load(request.form)
        with transaction():
            locked = locked_round(key, values["version"])
            added = rounds.add(locked, signed_in(), numbers, now=right_now())
    except (ValidationError, Invalid) as fault:
        errors = fault.errors if isinstance(fault, Invalid) else first_messages(fault)
        return _choose(found, errors, tuple(numbers))
    except OutdatedVersion as fault:
        return conflict_page(found, fault, gettext("Add %(jobs)s", jobs=", ".join(numbers)[:400]))
    if added.count:
        flash(rounds_page.added_text(added.count, found.title))
    for sentence in added.left_out:
        flash(sentence)
    return redirect(url_for("fieldwork.show_round", key=key), 303)


def locked_round(key: int, version: int) -> Round:
    """The round, locked, as it was on the page."""
    return rounds.lock(signed_in(), current_jurisdiction().id, key, version)


def conflict_page(found: Round, fault: Conflict, tried: str) -> ResponseReturnValue:
    """409: what is otherwise now, and what the person tried."""
    now = rounds_page.shown(rounds_page.fresh(found), now=right_now())
    is_late = isinstance(fault, OutdatedVersion)
    page = render_template(
        "fieldwork/rounds_conflict.html",
        round=now,
        explanation=fault.detail,
        differences=rounds_page.differences(request.form.get("seen", ""), now) if is_late else [],
        tried=tried,
    )
    return page, 409
