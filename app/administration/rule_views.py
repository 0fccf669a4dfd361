"""The form of one rule of the draft."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.administration import page
from app.administration.schemas import RuleFormSchema
from app.administration.views import account_id, blueprint, conflict, sent_version
from app.administration.words import acute_word, channel_word
from app.catalog.queries import groups, services
from app.database import transaction
from app.departments.queries import in_jurisdiction
from app.errors import Conflict, Invalid, NotFound
from app.i18n import localised
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.views import current_jurisdiction
from app.problems import first_messages
from app.roles import Deed
from app.routing import drafts
from app.routing.models import ASKED_CHANNELS, Owner, RoadCategory
from app.routing.queries import areas
from app.routing.reasons import category_word, owner_word
from app.routing.rules import Rule
from app.security import visible_to

MONTHS = [date(2024, month, 1) for month in range(1, 13)]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the form's fields hold, as they are sent."""

    values: dict[str, str]
    roads: tuple[str, ...] = ()


@blueprint.route("/regler/ny", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def new_rule() -> ResponseReturnValue:
    """Add a rule at the end of the draft."""
    if request.method == "POST":
        return _save("")
    jurisdiction = current_jurisdiction()
    draft = drafts.read(jurisdiction.id)
    if draft is None:
        return redirect(url_for("administration.rules"), 303)
    filled = Filled(values={"version": str(draft.version), "active": "yes"})
    return _form(jurisdiction, "", filled, {})


@blueprint.route("/regler/<key>", methods=["GET", "POST"])
@visible_to(Deed.SET_UP)
def edit_rule(key: str) -> ResponseReturnValue:
    """Change a rule of the draft."""
    if request.method == "POST":
        return _save(key)
    jurisdiction = current_jurisdiction()
    draft = drafts.read(jurisdiction.id)
    if draft is None:
        return redirect(url_for("administration.rules"), 303)
    return _form(jurisdiction, key, _filled(draft.find(key), draft.version), {})


def _save(key: str) -> ResponseReturnValue:
    """Store the form; 422 with what is wrong, 409 with all that was written when the draft is another one."""
    jurisdiction = current_jurisdiction()
    filled = Filled(values=request.form.to_dict(), roads=tuple(request.form.getlist("road")))
    sent = filled.values | {"road": list(filled.roads)}
    try:
        values = RuleFormSchema().load(sent)
        with transaction():
            rule = Rule(id=None, key=key, **values)
            stored = drafts.put(jurisdiction.id, sent_version(), rule, account_id())
    except ValidationError as fault:
        return _form(jurisdiction, key, filled, first_messages(fault))
    except Invalid as fault:
        return _form(jurisdiction, key, filled, fault.errors)
    except Conflict as fault:
        return _late(jurisdiction, key, filled, fault)
    return redirect(url_for("administration.rules", _anchor=f"regel-{stored.key}"), 303)


def _late(
    jurisdiction: Jurisdiction, key: str, filled: Filled, fault: Conflict
) -> ResponseReturnValue:
    """The form as it was filled in, ready to be saved on the draft as it is now, if the rule is still there."""
    draft = drafts.read(jurisdiction.id)
    if draft is None or draft.is_outdated:
        return conflict(fault)
    try:
        now = draft.find(key) if key else None
    except NotFound:
        return conflict(fault)
    again = Filled(values=filled.values | {"version": str(draft.version)}, roads=filled.roads)
    return _form(jurisdiction, key, again, {}, late=fault.detail, now=now)


def _form(
    jurisdiction: Jurisdiction,
    key: str,
    filled: Filled,
    errors: dict[str, str],
    *,
    late: str = "",
    now: Rule | None = None,
) -> ResponseReturnValue:
    names = page.names_of(jurisdiction.id)
    by_group = [
        (group, [service for service in services(jurisdiction.id) if service.group_id == group.id])
        for group in groups(jurisdiction.id)
    ]
    html = render_template(
        "administration/rule.html",
        key=key,
        form=filled.values,
        chosen_roads=filled.roads,
        errors=errors,
        late=late,
        now=page.sentence_of(now, names) if now else "",
        by_group=by_group,
        categories=[(category.value, category_word(category)) for category in RoadCategory],
        owners=[(owner.value, owner_word(owner)) for owner in Owner],
        managers=drafts.managers(jurisdiction.id),
        areas=[(area.id, localised(area.name)) for area in areas(jurisdiction.id)],
        months=MONTHS,
        channels=[(channel.value, channel_word(channel)) for channel in ASKED_CHANNELS],
        acute=[("yes", acute_word(True)), ("no", acute_word(False))],
        departments=in_jurisdiction(jurisdiction.id),
    )
    return html, 422 if errors else 409 if late else 200


def _filled(rule: Rule, version: int) -> Filled:
    what = ""
    if rule.service_id is not None:
        what = f"s{rule.service_id}"
    elif rule.service_group_id is not None:
        what = f"g{rule.service_group_id}"
    values = {
        "version": version,
        "name": rule.name,
        "what": what,
        "road_manager": rule.road_manager,
        "asset_owner": rule.asset_owner,
        "area": rule.area_id,
        "channel": rule.channel,
        "acute": {None: "", True: "yes", False: "no"}[rule.is_acute],
        "department": rule.department_id,
        "active": "yes" if rule.is_active else "",
        "from_day": rule.season_from and rule.season_from % 100,
        "from_month": rule.season_from and rule.season_from // 100,
        "to_day": rule.season_to and rule.season_to % 100,
        "to_month": rule.season_to and rule.season_to // 100,
    }
    texts = {name: "" if value is None else str(value) for name, value in values.items()}
    return Filled(values=texts, roads=rule.road_categories or ())
