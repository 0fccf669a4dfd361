"""The people of a municipality: roles, ending access, and the pages for it."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, update

from app.accounts import people
from app.accounts.models import Account, AccountIdentity, Membership
from app.accounts.queries import by_email, identity_of_session
from app.database import db, session, transaction
from app.errors import Invalid, NotFound, OutdatedVersion
from app.roles import Role
from app.security import Member
from app.setup_log.models import SetupChange

from ..factories import PASSWORD, member_of, staff

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADMIN = "admin@example.org"


@pytest.fixture
def admin(client, jurisdiction):
    who = staff(jurisdiction, None, Role.ADMINISTRATOR, ADMIN)
    client.post("/logg-inn", data={"email": ADMIN, "password": PASSWORD})
    return who


@pytest.fixture
def crew(jurisdiction):
    return staff(jurisdiction)


def roles_of(email: str) -> set[tuple[str, int | None]]:
    session().expire_all()
    return {(one.role, one.department_id) for one in by_email(email).memberships}


def test_the_list_shows_who_may_do_what(client, admin, crew):
    page = client.get("/styring/folk").text
    assert "crew@example.org" in page
    assert "Mannskap, Kommunalteknikk – vei" in page
    assert "bare passord" in page


def test_inviting_someone(client, admin, jurisdiction):
    sent = {"email": "new@example.org", "name": "", "roles": ["crew@roads", "analyst"]}
    assert client.post("/styring/folk/ny", data=sent).location == "/styring/folk"
    roads = member_of(jurisdiction, "roads").department_id
    assert roles_of("new@example.org") == {("crew", roads), ("analyst", None)}
    assert "Invitert, ikke innom ennå" in client.get("/styring/folk").text
    change = session().scalars(select(SetupChange).order_by(SetupChange.id.desc())).first()
    assert (change.subject, change.account_id) == ("new@example.org", admin.account_id)
    assert change.after == {"roles": ["Analytiker", "Mannskap, Kommunalteknikk – vei"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "new"}, "email"),
        ({"email": "crew@example.org"}, "email"),
        ({"email": "a" * 250 + "@example.org"}, "email"),
        ({"name": "x" * 81}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["emperor"]}, "roles"),
        ({"roles": ["crew@nowhere"]}, "roles"),
        ({"roles": ["administrator@roads"]}, "roles"),
    ],
)
def test_a_poor_invitation_is_told_at_its_field(client, admin, crew, changes, field):
    good = {"email": "new@example.org", "name": "", "roles": ["analyst"]}
    answer = client.post("/styring/folk/ny", data=good | changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_changing_roles(client, admin, crew, jurisdiction):
    path = f"/styring/folk/{crew.account_id}"
    assert 'value="crew@roads" checked' in client.get(path).text
    sent = {"seen": "crew@roads", "roles": ["case_handler@roads", "crew@waste"]}
    assert client.post(path, data=sent).status_code == 303
    roads = member_of(jurisdiction, "roads").department_id
    waste = member_of(jurisdiction, "waste").department_id
    assert roles_of("crew@example.org") == {("case_handler", roads), ("crew", waste)}


def test_the_one_who_is_late_is_told_and_changes_nothing(client, admin, crew):
    path = f"/styring/folk/{crew.account_id}"
    client.post(path, data={"seen": "crew@roads", "roles": ["crew@waste"]})
    answer = client.post(path, data={"seen": "crew@roads", "roles": ["first_line"]})
    assert answer.status_code == 409
    assert "Noen andre har endret rollene" in answer.text
    assert 'value="crew@waste" checked' in answer.text
    assert ("first_line", None) not in roles_of("crew@example.org")


def test_somebody_without_any_role_is_not_kept(client, admin, crew):
    answer = client.post(f"/styring/folk/{crew.account_id}", data={"seen": "crew@roads"})
    assert answer.status_code == 422
    assert "avslutt tilgangen" in answer.text


def test_ending_access_closes_the_account_at_once(app, client, admin, crew):
    browser = app.test_client()
    browser.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    assert browser.get("/oppdrag").status_code == 200
    answer = client.post(f"/styring/folk/{crew.account_id}/avslutt")
    assert answer.location == "/styring/folk"
    assert browser.get("/oppdrag").status_code == 303
    session().expire_all()
    assert not by_email("crew@example.org").is_active
    assert "crew@example.org har ikke tilgang lenger" in client.get("/styring/folk").text
    assert "crew@example.org" not in client.get("/styring/folk").text
    assert client.get(f"/styring/folk/{crew.account_id}").status_code == 404


def test_whoever_was_closed_can_be_invited_again_and_the_old_password_is_gone(
    app, client, admin, crew
):
    client.post(f"/styring/folk/{crew.account_id}/avslutt")
    sent = {"email": "CREW@example.org", "roles": ["crew@roads"]}
    assert client.post("/styring/folk/ny", data=sent).status_code == 303
    form = {"email": "crew@example.org", "password": PASSWORD}
    assert app.test_client().post("/logg-inn", data=form).status_code == 422


def test_the_last_administrator_stays(client, admin):
    for path, sent in (
        (f"/styring/folk/{admin.account_id}", {"seen": "administrator", "roles": ["analyst"]}),
        (f"/styring/folk/{admin.account_id}/avslutt", {}),
    ):
        answer = client.post(path, data=sent)
        assert answer.status_code == 422
        assert "Det må finnes en administrator" in answer.text
    assert roles_of(ADMIN) == {("administrator", None)}


def test_someone_who_is_only_invited_does_not_count_as_one(client, admin):
    client.post("/styring/folk/ny", data={"email": "new@example.org", "roles": ["administrator"]})
    answer = client.post(f"/styring/folk/{admin.account_id}/avslutt")
    assert answer.status_code == 422


def test_two_administrators_cannot_take_the_role_from_each_other_at_once(app, jurisdiction):
    first = staff(jurisdiction, None, Role.ADMINISTRATOR, ADMIN)
    second = staff(jurisdiction, None, Role.ADMINISTRATOR, "other@example.org")
    ready, refused = Barrier(2), []

    def take_from(account_id: int) -> None:
        with app.app_context():
            ready.wait(10)
            try:
                with transaction():
                    people.end_access(jurisdiction.id, account_id, now=NOW)
            except Invalid:
                refused.append(account_id)
            db.session.remove()

    threads = [Thread(target=take_from, args=(one.account_id,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1


def test_roles_of_another_municipality_are_left_alone(jurisdiction, elsewhere):
    there = Member(jurisdiction_id=elsewhere, department_id=None, role=Role.ANALYST)
    here = Member(jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ANALYST)
    with transaction():
        account_id = people.invite(elsewhere, "both@example.org", "", [there], "nb", now=NOW).id
    with pytest.raises(NotFound):
        people.person(jurisdiction.id, account_id)
    for verb in (people.end_access, people.set_roles):
        given = {"now": NOW} if verb is people.end_access else {"members": [], "seen": frozenset()}
        with pytest.raises(NotFound):
            verb(jurisdiction.id, account_id, **given)
    session().rollback()
    with transaction():
        people.invite(jurisdiction.id, "both@example.org", "", [here], "nb", now=NOW)
    assert not people.person(jurisdiction.id, account_id).is_only_here
    with transaction():
        people.end_access(jurisdiction.id, account_id, now=NOW)
    assert roles_of("both@example.org") == {("analyst", None)}
    assert by_email("both@example.org").memberships[0].jurisdiction_id == elsewhere
    assert by_email("both@example.org").is_active


def test_signing_someone_out_everywhere(client, admin, crew):
    client.post(f"/styring/folk/{crew.account_id}/ut")
    session().expire_all()
    assert identity_of_session(crew.session_id) is None
    assert by_email("crew@example.org").is_active


def test_switching_off_the_second_step_of_someone_who_lost_the_phone(client, admin, crew):
    with transaction():
        account = by_email("crew@example.org")
        account.totp_since, account.totp_sealed = NOW, "sealed"
    assert "Slå av totrinns innlogging" in client.get(f"/styring/folk/{crew.account_id}").text
    client.post(f"/styring/folk/{crew.account_id}/to-trinn")
    session().expire_all()
    assert by_email("crew@example.org").totp_since is None
    assert identity_of_session(crew.session_id) is None


def test_the_log_of_sign_ins(app, client, admin, crew):
    form = {"email": "crew@example.org", "password": "wrong password"}
    app.test_client().post("/logg-inn", data=form)
    page = client.get("/styring/folk/innlogginger").text
    assert "crew@example.org" in page
    assert "Avvist: passord" in page
    only = client.get(f"/styring/folk/innlogginger?hvem={admin.account_id}").text
    assert "Avvist" not in only
    assert client.get("/styring/folk/innlogginger?eldre_enn=x").status_code == 303
    assert client.get("/styring/folk/innlogginger?eldre_enn=1").status_code == 200


def test_the_page_of_claims_needs_a_provider(client, admin):
    assert "ikke satt opp noen innloggingstjeneste" in client.get("/styring/folk/tilbydere").text
    sent = {"provider": "idp", "value": "group", "role": "analyst"}
    assert client.post("/styring/folk/tilbydere", data=sent).status_code == 422


def test_the_version_check_holds_in_the_operation_too(jurisdiction, crew):
    with pytest.raises(OutdatedVersion):
        people.set_roles(jurisdiction.id, crew.account_id, [], frozenset())


def test_a_number_that_is_nobodys(client, admin):
    assert client.get("/styring/folk/999999").status_code == 404
    assert client.post("/styring/folk/999999", data={"roles": ["analyst"]}).status_code == 404


def test_people_of_a_provider_count_as_administrators(jurisdiction):
    first = staff(jurisdiction, None, Role.ADMINISTRATOR, ADMIN)
    second = staff(jurisdiction, None, Role.ADMINISTRATOR, "other@example.org")
    with transaction():
        session().execute(
            update(Account).where(Account.id == second.account_id).values(password_hash=None)
        )
        tie = {"subject": "issuer|sub", "account_id": second.account_id, "provider": "idp"}
        session().add(AccountIdentity(**tie, created_at=NOW))
        people.end_access(jurisdiction.id, first.account_id, now=NOW)
    left = select(Membership.account_id).where(Membership.role == Role.ADMINISTRATOR)
    assert session().scalars(left).all() == [second.account_id]
