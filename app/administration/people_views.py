"""The people of the municipality: invitations, roles, ending someone's access, and the log of sign-ins."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app import security
from app.accounts import people, provider_people, sign_in_log, two_steps
from app.accounts.views import provider_names
from app.administration import people_page
from app.administration.people_page import ANY, RoleChoice
from app.administration.people_schemas import ClaimSchema, InviteSchema, LogSchema
from app.administration.views import account_id, blueprint
from app.database import transaction
from app.errors import Conflict, Invalid, NotFound, OutdatedVersion
from app.i18n import gettext, language
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import Member, asking_person, limiter, visible_to
from app.setup_log.models import Kind
from app.setup_log.operations import note

INVITATIONS = "60 per hour"
LOG_PAGE = 50


@blueprint.get("/folk")
@visible_to(Deed.PEOPLE)
def all_people() -> ResponseReturnValue:
    """Everybody who has a role here."""
    choices = people_page.choices(current_jurisdiction().id)
    rows = [people_page.row(one, choices) for one in people.people(current_jurisdiction().id)]
    return render_template("administration/people.html", rows=rows, providers=provider_names())


@blueprint.route("/folk/ny", methods=["GET", "POST"])
@limiter.limit(INVITATIONS, key_func=asking_person, methods=["POST"])
@visible_to(Deed.PEOPLE)
def invite_person() -> ResponseReturnValue:
    """Invite someone."""
    choices = people_page.choices(current_jurisdiction().id)
    form = request.form.to_dict() | {"roles": request.form.getlist("roles")}
    if request.method == "GET":
        return _invite_page(choices, form, {})
    now, here = datetime.now(UTC), current_jurisdiction().id
    values = InviteSchema().load(form)
    try:
        with transaction():
            members = people_page.chosen(choices, values["roles"])
            account = people.invite(
                here, values["email"], values["name"], members, language(), now=now
            )
            told = people_page.told(members, choices)
            note(here, account_id(), Kind.PERSON, account.email, None, {"roles": told}, now=now)
    except Invalid as fault:
        return _invite_page(choices, form, fault.errors)
    except Conflict as fault:
        return _invite_page(choices, form, {"email": fault.detail or ""})
    flash(gettext("The invitation is on its way."))
    return redirect(url_for("administration.all_people"), 303)


@blueprint.route("/folk/<int:person_id>", methods=["GET", "POST"])
@visible_to(Deed.PEOPLE)
def edit_person(person_id: int) -> ResponseReturnValue:
    """Someone's roles here."""
    here, now = current_jurisdiction().id, datetime.now(UTC)
    if request.method == "GET":
        return _person_page(person_id, {})
    try:
        with transaction():
            before = people.person(here, person_id)
            choices = people_page.choices(here, before.members)
            seen = people_page.chosen(choices, request.form.get("seen", "").split())
            wanted = people_page.chosen(choices, request.form.getlist("roles"))
            people.set_roles(here, person_id, wanted, seen)
            _note(before.email, before.members, wanted, choices, now)
    except Invalid as fault:
        return _person_page(person_id, fault.errors, request.form.getlist("roles"))
    except OutdatedVersion as fault:
        return _person_page(person_id, {"roles": fault.detail or ""}, status=409)
    flash(gettext("The roles are saved."))
    return redirect(url_for("administration.all_people"), 303)


@blueprint.post("/folk/<int:person_id>/invitasjon")
@limiter.limit(INVITATIONS, key_func=asking_person)
@visible_to(Deed.PEOPLE)
def invite_again(person_id: int) -> ResponseReturnValue:
    """Send the letter once more to someone who has not come in yet."""
    here = current_jurisdiction().id
    try:
        with transaction():
            if not people.person(here, person_id).is_invited:
                raise Conflict(gettext("This person has come in already."))
            account = people.locked(here, person_id)
            people.order_invitation(account, here, language(), now=datetime.now(UTC))
    except Conflict as fault:
        return _person_page(person_id, {"invitation": fault.detail or ""}, status=409)
    flash(gettext("The invitation is on its way."))
    return redirect(url_for("administration.edit_person", person_id=person_id), 303)


@blueprint.post("/folk/<int:person_id>/ut")
@visible_to(Deed.PEOPLE)
def end_sessions(person_id: int) -> ResponseReturnValue:
    """Sign someone out everywhere."""
    with transaction():
        people.locked(current_jurisdiction().id, person_id).session_epoch += 1
    flash(gettext("The person is signed out everywhere."))
    return redirect(url_for("administration.edit_person", person_id=person_id), 303)


@blueprint.post("/folk/<int:person_id>/to-trinn")
@visible_to(Deed.PEOPLE)
def end_two_steps(person_id: int) -> ResponseReturnValue:
    """Switch the second step off for someone who has lost both phone and recovery codes.

    Not for whoever has a role in another municipality as well: that is not this administrator's to weaken.
    """
    here, now = current_jurisdiction().id, datetime.now(UTC)
    with transaction():
        found = people.person(here, person_id)
        if not found.is_only_here:
            raise Conflict(gettext("This person works in another municipality, too."))
        account = people.locked(here, person_id)
        two_steps.switch_off(account)
        account.session_epoch += 1
        before, after = {"two_steps": True}, {"two_steps": False}
        note(here, account_id(), Kind.PERSON, found.email, before, after, now=now)
    flash(gettext("The second step is switched off, and the person is signed out everywhere."))
    return redirect(url_for("administration.edit_person", person_id=person_id), 303)


@blueprint.post("/folk/<int:person_id>/avslutt")
@visible_to(Deed.PEOPLE)
def end_access(person_id: int) -> ResponseReturnValue:
    """Take everything away from someone: at once, on every device."""
    here, now = current_jurisdiction().id, datetime.now(UTC)
    choices = people_page.choices(here)
    try:
        with transaction():
            before = people.person(here, person_id)
            people.end_access(here, person_id, now=now)
            _note(before.email, before.members | before.from_provider, frozenset(), choices, now)
    except Invalid as fault:
        return _person_page(person_id, fault.errors)
    flash(gettext("%(person)s has no access any more.", person=before.label))
    who = security.identity()
    is_gone = who is not None and who.account_id == person_id
    return redirect(url_for("reporting.start" if is_gone else "administration.all_people"), 303)


@blueprint.route("/folk/tilbydere", methods=["GET", "POST"])
@visible_to(Deed.PEOPLE)
def claims() -> ResponseReturnValue:
    """What the values of a provider's claim give: the table of claims and roles."""
    here, now = current_jurisdiction().id, datetime.now(UTC)
    choices = people_page.choices(here)
    form = request.form.to_dict()
    if request.method == "GET":
        return _claims_page(choices, form, {})
    values = ClaimSchema().load(form)
    errors = people_page.claim_faults(values, provider_names(), choices)
    if errors:
        return _claims_page(choices, form, errors)
    (member,) = people_page.chosen(choices, [values["role"]])
    with transaction():
        is_new = provider_people.add_claim(here, values["provider"], values["value"], member)
        if is_new:
            told = people_page.told([member], choices)
            subject = f"{values['provider']}: {values['value']}"
            note(here, account_id(), Kind.PERSON, subject, None, {"roles": told}, now=now)
    flash(gettext("The line is saved. It counts from each person's next sign-in."))
    return redirect(url_for("administration.claims"), 303)


@blueprint.post("/folk/tilbydere/<int:claim_id>/fjern")
@visible_to(Deed.PEOPLE)
def drop_claim(claim_id: int) -> ResponseReturnValue:
    """Remove a line. Roles that it gave go at the person's next sign-in."""
    here, now = current_jurisdiction().id, datetime.now(UTC)
    with transaction():
        dropped = provider_people.drop_claim(here, claim_id)
        if dropped is None:
            raise NotFound(gettext("There is no such line."))
        subject, member = dropped
        told = people_page.told([member], people_page.choices(here))
        note(here, account_id(), Kind.PERSON, subject, {"roles": told}, None, now=now)
    flash(gettext("The line is removed. It counts from each person's next sign-in."))
    return redirect(url_for("administration.claims"), 303)


@blueprint.get("/folk/innlogginger")
@visible_to(Deed.PEOPLE)
def sign_ins() -> ResponseReturnValue:
    """The log of sign-ins, newest first."""
    try:
        asked = LogSchema().load(request.args.to_dict())
    except ValidationError:
        return redirect(url_for("administration.sign_ins"), 303)
    found = sign_in_log.of_municipality(
        current_jurisdiction().id,
        limit=LOG_PAGE + 1,
        before=asked["eldre_enn"],
        account_id=asked["hvem"],
    )
    more = found[LOG_PAGE - 1].id if len(found) > LOG_PAGE else None
    return render_template(
        "administration/sign_ins.html", rows=found[:LOG_PAGE], more=more, asked=asked
    )


def _note(
    email: str,
    before: frozenset[Member],
    after: frozenset[Member],
    choices: list[RoleChoice],
    now: datetime,
) -> None:
    old, new = people_page.told(before, choices), people_page.told(after, choices)
    here = current_jurisdiction().id
    note(here, account_id(), Kind.PERSON, email, {"roles": old}, {"roles": new}, now=now)


def _invite_page(
    choices: list[RoleChoice], form: Mapping[str, object], errors: dict[str, str]
) -> ResponseReturnValue:
    page = render_template(
        "administration/invite.html", choices=choices, any=ANY, form=form, errors=errors
    )
    return page, 422 if errors else 200


def _person_page(
    person_id: int,
    errors: dict[str, str],
    ticked: list[str] | None = None,
    *,
    status: int = 422,
) -> ResponseReturnValue:
    found = people.person(current_jurisdiction().id, person_id)
    choices = people_page.choices(current_jurisdiction().id, found.members)
    held = people_page.codes(found.members, choices)
    page = render_template(
        "administration/person.html",
        person=found,
        row=people_page.row(found, choices),
        choices=choices,
        any=ANY,
        ticked=held if ticked is None else ticked,
        seen=" ".join(held),
        errors=errors,
    )
    return page, status if errors else 200


def _claims_page(
    choices: list[RoleChoice], form: dict[str, str], errors: dict[str, str]
) -> ResponseReturnValue:
    page = render_template(
        "administration/claims.html",
        rows=people_page.claim_rows(current_jurisdiction().id, choices, provider_names()),
        choices=choices,
        providers=provider_names(),
        form=form,
        errors=errors,
    )
    return page, 422 if errors else 200
