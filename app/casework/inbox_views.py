"""The inbox: the list with its filters, what is new, searches by name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.casework import inbox_page, inbox_queries, saved
from app.casework.desk_views import blueprint, signed_in
from app.casework.inbox_filter import COUNTED, InboxFilter, Order, Queue
from app.casework.inbox_schemas import InboxSchema, SaveSchema, write_after
from app.catalog.queries import services
from app.database import transaction
from app.departments.queries import in_jurisdiction
from app.errors import AppError, Invalid
from app.i18n import gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.views import current_jurisdiction
from app.privacy import lookups
from app.privacy.models import Look
from app.problems import first_messages, json_response
from app.roles import Deed
from app.routing.models import Channel, Owner, RoadCategory
from app.routing.reasons import category_word, owner_word
from app.security import Identity, visible_to
from app.service_requests import desk_verbs
from app.service_requests.added import calls
from app.service_requests.assignees import colleagues
from app.service_requests.status import Status
from app.service_requests.words import status_word
from app.statistics.names import channel_word

NOT_KEPT = {"etter", "del"}
"""What stands in an address and is no part of a search."""


def filter_of(
    who: Identity, jurisdiction: Jurisdiction, query: Mapping[str, str], now: datetime
) -> InboxFilter:
    """The filter of an address. :raises ValidationError: something in it cannot be."""
    loaded: dict[str, Any] = InboxSchema().load(dict(query))
    values = {name: value for name, value in loaded.items() if value is not None}
    zone = ZoneInfo(jurisdiction.time_zone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return InboxFilter(
        jurisdiction_id=jurisdiction.id,
        departments=who.reach(jurisdiction.id, Deed.DESK),
        account_id=who.account_id,
        now=now,
        number_prefix=jurisdiction.number_prefix,
        midnight=datetime.combine(tomorrow, time(), zone).astimezone(UTC),
        **values,
    )


@blueprint.get("")
@visible_to(Deed.DESK)
def inbox() -> ResponseReturnValue:
    """The list; 400 with what is wrong when the address cannot be read."""
    if not all(
        request.args.values()
    ):  # a form sends what was left open too; the address is to be shared
        return redirect(link())
    who, jurisdiction, now = signed_in(), current_jurisdiction(), datetime.now(UTC)
    errors: dict[str, str] = {}
    try:
        wanted = filter_of(who, jurisdiction, request.args, now)
    except ValidationError as fault:
        errors = first_messages(fault)
        wanted = filter_of(who, jurisdiction, {}, now)
    page = inbox_queries.page(wanted)
    counts = inbox_queries.counts(wanted)
    called = calls([row.id for row in page.rows])
    total = counts.get(wanted.queue)
    body = render_template(
        "casework/inbox.html",
        items=[(inbox_page.item_of(row, now), called.get(row.id)) for row in page.rows],
        tabs=inbox_page.tabs(wanted, counts),
        total=inbox_queries.matches(wanted) if total is None else total,
        most=inbox_queries.MOST_COUNTED,
        most_on_map=inbox_queries.MOST_ON_MAP,
        wanted=wanted,
        link_to=link,
        next_page=link(etter=write_after(page.after)) if page.after else None,
        is_first=wanted.after is None,
        choices=_choices(jurisdiction, wanted),
        departments=[
            (str(one.id), localised(one.name)) for one in in_jurisdiction(jurisdiction.id)
        ],
        searches=saved.searches(who, jurisdiction.id),
        account_id=who.account_id,
        errors=errors,
        made_at=now.isoformat(),
        query=_kept_query(),
    )
    return body, 400 if errors else 200


def _kept_query() -> str:
    return urlencode(
        [(name, value) for name, value in request.args.items(multi=True) if name not in NOT_KEPT]
    )


def link(**changes: str | None) -> str:
    """The address with something else in it; None takes it out. Another choice begins on the first page."""
    values = request.args.to_dict()
    values.pop("etter", None)
    values.update({name: value for name, value in changes.items() if value is not None})
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
    kept = [(name, value) for name, value in values.items() if value]
    return f"{url_for('casework.inbox')}?{urlencode(kept)}" if kept else url_for("casework.inbox")


def _choices(jurisdiction: Jurisdiction, wanted: InboxFilter) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, by the name of its field: code and word."""
    reach = wanted.departments
    offered = services(jurisdiction.id)
    groups = {service.group.code: localised(service.group.name) for service in offered}
    return {
        "status": [(status.value, status_word(status)) for status in Status],
        "gruppe": list(groups.items()),
        "type": [(service.code, localised(service.name)) for service in offered],
        "avdeling": [
            (str(department.id), localised(department.name))
            for department in in_jurisdiction(jurisdiction.id)
            if reach is None or department.id in reach
        ],
        "omrade": [
            (code, localised(name)) for code, name in inbox_queries.districts(jurisdiction.id)
        ],
        "eier": [
            *[(category.value, category_word(category)) for category in RoadCategory],
            *[
                (f"lamp:{owner.value}", gettext("Lamp: %(owner)s", owner=owner_word(owner)))
                for owner in Owner
            ],
            ("none", gettext("Neither road nor lamp")),
        ],
        "kanal": [(channel.value, channel_word(channel)) for channel in Channel],
        "ansvarlig": [
            ("me", gettext("Me")),
            ("none", gettext("Nobody")),
            *[(str(one.account_id), one.label) for one in colleagues(jurisdiction.id, reach)],
        ],
        "rekkefolge": [(order.value, inbox_page.order_word(order)) for order in Order],
    }


@blueprint.get("/nytt")
@visible_to(Deed.DESK)
def news() -> ResponseReturnValue:
    """How many of the list are new or changed since `siden`: JSON `{"count": 3}`; 304 when as before."""
    who, jurisdiction, now = signed_in(), current_jurisdiction(), datetime.now(UTC)
    try:
        since = datetime.fromisoformat(request.args.get("siden", ""))
        wanted = filter_of(who, jurisdiction, request.args, now)
    except (ValueError, ValidationError) as fault:
        raise AppError(gettext("Say since when, as the page does.")) from fault
    if since.tzinfo is None:
        raise AppError(gettext("Say since when, as the page does."))
    count = inbox_queries.changed_since(wanted, since)
    open_now = inbox_queries.counts(wanted) if count else {}
    answer = json_response(
        {
            "count": count,
            "tabs": {queue.value: open_now[queue] for queue in COUNTED} if open_now else {},
        }
    )
    answer.set_etag(f"{since.timestamp():.0f}-{count}-{sum(open_now.values())}")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@blueprint.get("/kart")
@visible_to(Deed.DESK)
def pins() -> ResponseReturnValue:
    """The list as pins, the first `MOST_ON_MAP` of its order: JSON `{"reports": [...], "isCut": false}`."""
    now = datetime.now(UTC)
    try:
        wanted = filter_of(signed_in(), current_jurisdiction(), request.args, now)
    except ValidationError as fault:
        raise AppError(" ".join(first_messages(fault).values())) from fault
    page = inbox_queries.page(replace(wanted, after=None), inbox_queries.MOST_ON_MAP)
    return json_response(
        {
            "reports": [inbox_page.spot_of(row, now) for row in page.rows],
            "isCut": page.after is not None,
        }
    )


@blueprint.post("/innmelder")
@visible_to(Deed.SEE_CONTACT)
def search_reporter() -> ResponseReturnValue:
    """Search by a reporter's address: the address is posted, and the list's URL names one of their reports."""
    who, jurisdiction, now = signed_in(), current_jurisdiction(), datetime.now(UTC)
    wanted = filter_of(who, jurisdiction, {}, now)
    email = request.form.get("email", "").replace("\0", "")
    number = inbox_queries.of_email(wanted, email) if "@" in email else None
    found = desk_verbs.find(who, jurisdiction.id, number) if number else None
    with transaction():
        lookups.note(who, jurisdiction.id, Look.SEARCH, found, now=now)
    if number is None:
        flash(gettext("We found no report from this address that you may see."))
        return redirect(url_for("casework.inbox"), 303)
    return redirect(url_for("casework.inbox", ko=Queue.OPEN.value, reporter=number), 303)


@blueprint.post("/sok")
@visible_to(Deed.DESK)
def keep_search() -> ResponseReturnValue:
    """Keep the list as it is, by name; back to it."""
    who, jurisdiction = signed_in(), current_jurisdiction()
    try:
        given = SaveSchema().load(request.form)
        query = urlencode([pair for pair in parse_qsl(given["query"]) if pair[0] not in NOT_KEPT])
        with transaction():
            saved.keep(
                who,
                jurisdiction.id,
                given["name"],
                query,
                is_shared=given["is_shared"],
                now=datetime.now(UTC),
            )
    except (Invalid, ValidationError) as fault:
        errors = fault.errors if isinstance(fault, Invalid) else first_messages(fault)
        flash(next(iter(errors.values())))
        return redirect(_back(request.form.get("query", "")), 303)
    flash(gettext("The search is kept under «%(name)s».", name=given["name"].strip()))
    return redirect(_back(query), 303)


@blueprint.post("/sok/<int:key>/fjern")
@visible_to(Deed.DESK)
def forget_search(key: int) -> ResponseReturnValue:
    """Remove one of one's own searches; back to the inbox."""
    with transaction():
        saved.forget(signed_in(), current_jurisdiction().id, min(key, 2**31 - 1))
    flash(gettext("The search is removed."))
    return redirect(url_for("casework.inbox"), 303)


def _back(query: str) -> str:
    path = url_for("casework.inbox")
    pairs = [(name, value) for name, value in parse_qsl(query) if "\0" not in value]
    return f"{path}?{urlencode(pairs)}" if pairs else path
