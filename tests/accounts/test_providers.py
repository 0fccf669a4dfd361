"""Staff who sign in at a provider: a real one (npm's oidc-provider), and one that lies."""

from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts import people, provider_people
from app.accounts.models import Account, AccountIdentity
from app.accounts.queries import by_email
from app.database import session, transaction
from app.roles import Role
from app.security import Member

from ..factories import PASSWORD, do_jobs, staff
from ..openid.providers import at_provider, path_of, real_provider, registered
from .test_keys import link_in

BASE = "http://localhost"
OURS = registered(
    BASE,
    redirect_uris=[f"{BASE}/logg-inn/idp/tilbake"],
    post_logout_redirect_uris=[f"{BASE}/logg-inn/ut"],
    frontchannel_logout_uri=f"{BASE}/logg-inn/idp/utlogging",
)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def person():
    """The person's browser, at the provider."""
    with httpx.Client() as browser:
        yield browser


@pytest.fixture
def first_line(jurisdiction) -> Member:
    """The group «desk» gives the first line."""
    member = Member(jurisdiction_id=jurisdiction.id, department_id=None, role=Role.FIRST_LINE)
    with transaction():
        provider_people.add_claim(jurisdiction.id, "idp", "desk", member)
    return member


def sign_in(client, idp, til="", **claims):
    """Through the provider that the test holds."""
    idp.claims = {"email": "kari@example.org", "name": "Kari", "roles": ["desk"]} | claims
    out = client.get("/logg-inn/idp", query_string={"til": til})
    return client.get(f"/logg-inn/idp/tilbake?{idp.code_for(out.location)}")


class TestRealProvider:
    def test_signing_in_and_out_and_the_roles(
        self, client, person, staff_signing_in_at, first_line
    ):
        with real_provider(OURS) as issuer:
            staff_signing_in_at(issuer)
            assert "Logg inn med Jobbkonto" in client.get("/logg-inn").text
            out = client.get("/logg-inn/idp?til=/innboks?status=received").location
            back = at_provider(person, out, login="Kari", roles="desk other")
            answer = client.get(path_of(back))
            assert (answer.status_code, answer.location) == (303, "/innboks?status=received")
            assert client.get("/innboks").status_code == 200
            assert by_email("kari@example.org").name == "Kari"
            page = client.post("/logg-ut").text
            address = page.split("url=")[1].split('"')[0].replace("&amp;", "&")
            assert person.get(address).status_code == 200
            assert client.get("/innboks").status_code == 303

    def test_somebody_without_a_role_stays_outside(
        self, client, person, staff_signing_in_at, first_line
    ):
        with real_provider(OURS) as issuer:
            staff_signing_in_at(issuer)
            out = client.get("/logg-inn/idp").location
            answer = client.get(path_of(at_provider(person, out, login="Ola", roles="other")))
        assert answer.status_code == 403
        assert "Ingen har gitt deg en rolle her" in answer.text
        assert by_email("ola@example.org") is None
        assert client.get("/konto").status_code == 303

    def test_signing_out_at_the_provider_ends_the_session_here(
        self, client, person, staff_signing_in_at, first_line
    ):
        with real_provider(OURS) as issuer:
            staff_signing_in_at(issuer)
            out = client.get("/logg-inn/idp").location
            client.get(path_of(at_provider(person, out, login="Kari", roles="desk")))
            page = person.get(f"{issuer}/session/end").text
            frame = page.split('<iframe title="melde" src="')[1].split('"')[0]
            assert client.application.test_client().get(path_of(frame)).status_code == 200
            assert client.get("/innboks").status_code == 303


class TestRoles:
    def test_they_follow_the_provider_at_each_sign_in(self, client, idp, first_line):
        assert sign_in(client, idp).status_code == 303
        answer = sign_in(client, idp, roles=["other"])
        assert answer.status_code == 403
        session().expire_all()
        assert by_email("kari@example.org").memberships == []
        assert client.get("/innboks").status_code == 403

    def test_what_people_gave_stays(self, client, idp, jurisdiction, first_line):
        sign_in(client, idp)
        account = by_email("kari@example.org")
        analyst = Member(jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ANALYST)
        with transaction():
            people.set_roles(jurisdiction.id, account.id, [analyst], frozenset())
        assert sign_in(client, idp, roles=[]).status_code == 303
        session().expire_all()
        assert [one.role for one in by_email("kari@example.org").memberships] == ["analyst"]

    @pytest.mark.parametrize(
        "roles",
        ["desk", ["desk"], [{"type": "ansattporten", "resource": "desk"}], {"resource": "desk"}],
    )
    def test_one_value_a_list_or_objects(self, client, idp, first_line, roles):
        assert sign_in(client, idp, roles=roles).status_code == 303

    @pytest.mark.parametrize("roles", [None, 7, ["Desk"], ["desk "], [None], {"a": "desk"}, [[]]])
    def test_anything_else_gives_nothing(self, client, idp, first_line, roles):
        assert sign_in(client, idp, roles=roles).status_code == 403

    def test_the_table_is_the_administrators(self, client, idp, jurisdiction):
        staff(jurisdiction, None, Role.ADMINISTRATOR, "admin@example.org")
        client.post("/logg-inn", data={"email": "admin@example.org", "password": PASSWORD})
        good = {"provider": "idp", "value": "desk", "role": "first_line"}
        for changes in ({"provider": "x"}, {"value": " "}, {"value": "v" * 201}, {"role": "x"}):
            answer = client.post("/styring/folk/tilbydere", data=good | changes)
            assert answer.status_code == 422
            assert f'id="{next(iter(changes))}-error"' in answer.text
        for _ in range(2):
            assert client.post("/styring/folk/tilbydere", data=good).status_code == 303
        page = client.get("/styring/folk/tilbydere").text
        assert page.count("Førstelinje</td>") == 1
        (claim, _) = provider_people.claims(jurisdiction.id)[0]
        path = f"/styring/folk/tilbydere/{claim.id}/fjern"
        assert client.post(path).status_code == 303
        assert client.post(path).status_code == 404
        assert provider_people.claims(jurisdiction.id) == []


class TestAccounts:
    def test_an_address_among_the_claims_opens_no_account_that_is_there(
        self, client, idp, jurisdiction, first_line
    ):
        staff(jurisdiction, None, Role.ADMINISTRATOR, "kari@example.org")
        answer = sign_in(client, idp)
        assert answer.status_code == 409
        assert "Logg inn med passordet" in answer.text
        assert client.get("/konto").status_code == 303
        assert session().scalar(select(func.count()).select_from(AccountIdentity)) == 0

    def test_connecting_ones_account_and_removing_it(self, client, idp, jurisdiction, first_line):
        staff(jurisdiction, None, Role.ADMINISTRATOR, "kari@example.org")
        client.post("/logg-inn", data={"email": "kari@example.org", "password": PASSWORD})
        idp.claims = {"roles": ["desk"]}
        out = client.post("/konto/koble/idp", data={"current": PASSWORD})
        back = client.get(f"/logg-inn/idp/tilbake?{idp.code_for(out.location)}")
        assert back.location == "/konto"
        assert "Du kan logge inn med Jobbkonto" in client.get("/konto").text
        client.post("/logg-ut")
        assert sign_in(client, idp).status_code == 303
        assert {one.role for one in by_email("kari@example.org").memberships} == {
            "administrator",
            "first_line",
        }
        client.post("/konto/fjern/idp")
        session().expire_all()
        assert [one.role for one in by_email("kari@example.org").memberships] == ["administrator"]
        client.post("/logg-ut")
        assert sign_in(client, idp).status_code == 409

    def test_only_the_browser_that_set_out_connects(self, app, client, idp, jurisdiction):
        staff(jurisdiction, None, Role.ADMINISTRATOR, "kari@example.org")
        client.post("/logg-inn", data={"email": "kari@example.org", "password": PASSWORD})
        out = client.post("/konto/koble/idp", data={"current": PASSWORD})
        back = f"/logg-inn/idp/tilbake?{idp.code_for(out.location)}"
        assert app.test_client().get(back).status_code == 400
        client.post("/logg-ut")
        assert client.get(back).status_code == 409
        assert session().scalar(select(func.count()).select_from(AccountIdentity)) == 0

    def test_one_person_at_the_provider_has_one_account_here(
        self, client, idp, jurisdiction, first_line
    ):
        sign_in(client, idp)
        client.post("/logg-ut")
        staff(jurisdiction, None, Role.ADMINISTRATOR, "admin@example.org")
        client.post("/logg-inn", data={"email": "admin@example.org", "password": PASSWORD})
        out = client.post("/konto/koble/idp", data={"current": PASSWORD})
        back = client.get(f"/logg-inn/idp/tilbake?{idp.code_for(out.location)}")
        assert back.status_code == 409
        assert "hører til en annen konto" in back.text

    def test_the_only_way_in_is_not_removed(self, client, idp, first_line):
        sign_in(client, idp)
        answer = client.post("/konto/fjern/idp")
        assert answer.status_code == 422
        assert "eneste måten" in answer.text

    def test_a_closed_account_stays_closed(self, client, idp, first_line):
        sign_in(client, idp)
        with transaction():
            people.close(by_email("kari@example.org"), now=NOW)
        assert client.get("/innboks").status_code == 303
        assert sign_in(client, idp).status_code == 403

    def test_coming_in_by_an_invitation(self, app, client, idp, jurisdiction):
        member = Member(jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ANALYST)
        with transaction():
            people.invite(
                jurisdiction.id, "new@example.org", "", [member], "nb", now=datetime.now(UTC)
            )
        path = link_in(app)
        assert "Logg inn med Jobbkonto" in client.get(path).text
        idp.claims = {"email": "another@example.org", "name": "", "roles": []}
        out = client.get(f"{path}/idp")
        back = client.get(f"/logg-inn/idp/tilbake?{idp.code_for(out.location)}")
        assert back.status_code == 303
        assert client.get("/konto").text.count("new@example.org") >= 1
        assert client.get(path).status_code == 410
        client.post("/logg-ut")
        assert sign_in(client, idp, roles=[]).status_code == 303

    def test_an_invitation_ties_no_provider_to_an_account_that_is_in_use(
        self, app, client, idp, jurisdiction
    ):
        member = Member(jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ANALYST)
        with transaction():
            people.invite(
                jurisdiction.id, "new@example.org", "", [member], "nb", now=datetime.now(UTC)
            )
        path = link_in(app)
        out = client.get(f"{path}/idp")
        with transaction():
            by_email("new@example.org").password_hash = "something"
        assert client.get(f"{path}/idp").location == "/logg-inn"
        back = client.get(f"/logg-inn/idp/tilbake?{idp.code_for(out.location)}")
        assert back.status_code == 409
        assert session().scalar(select(func.count()).select_from(AccountIdentity)) == 0

    @pytest.mark.parametrize("email", [None, "", "kari", 7])
    def test_someone_new_needs_an_address(self, client, idp, first_line, email):
        assert sign_in(client, idp, email=email).status_code == 403
        assert session().scalar(select(func.count()).select_from(Account)) == 0

    def test_after_half_a_day_the_provider_is_asked_again(self, client, idp, first_line):
        sign_in(client, idp)
        with client.session_transaction() as cookie:
            cookie["since"] -= 12 * 3600 + 1
        assert client.get("/innboks").status_code == 303


class TestBadAnswers:
    @pytest.mark.parametrize(
        "claims",
        [
            {"aud": "another"},
            {"nonce": "another"},
            {"iss": "https://elsewhere.example.org"},
            {"exp": 1},
            {"sub": None},
        ],
    )
    def test_a_false_token_opens_nothing(self, client, idp, first_line, claims):
        answer = sign_in(client, idp, **claims)
        assert answer.status_code == 400
        assert "Prøv igjen" in answer.text
        assert client.get("/konto").status_code == 303

    def test_a_weak_level(self, client, idp, first_line):
        assert sign_in(client, idp, acr="low").status_code == 403

    def test_the_answer_works_once(self, client, idp, first_line):
        idp.claims = {"email": "kari@example.org", "roles": ["desk"]}
        out = client.get("/logg-inn/idp")
        back = f"/logg-inn/idp/tilbake?{idp.code_for(out.location)}"
        assert client.get(back).status_code == 303
        client.post("/logg-ut")
        assert client.get(back).status_code == 400

    def test_a_provider_that_is_away(self, client, idp):
        idp.status = 500
        answer = client.get("/logg-inn/idp")
        assert answer.status_code == 503
        assert "svarer oss ikke" in answer.text or "svarer ikke" in answer.text

    def test_turning_back(self, client, idp):
        client.get("/logg-inn/idp")
        assert client.get("/logg-inn/idp/tilbake?error=access_denied").status_code == 400

    @pytest.mark.parametrize(
        "path", ["/logg-inn/x", "/logg-inn/x/tilbake", "/logg-inn/x/utlogging"]
    )
    def test_an_unknown_provider(self, client, jurisdiction, path):
        assert client.get(path).status_code == 404

    def test_a_provider_for_residents_is_not_for_staff(
        self, client, staff_signing_in_at, jurisdiction
    ):
        staff_signing_in_at("https://op.example.org", audience="resident", claims={})
        assert client.get("/logg-inn/idp").status_code == 404
        assert "Jobbkonto" not in client.get("/logg-inn").text

    def test_ending_sessions_from_outside_needs_the_providers_words(self, client, idp, first_line):
        sign_in(client, idp)
        path = "/logg-inn/idp/utlogging"
        for query in ("", "?iss=x&sid=session-1", f"?iss={idp.issuer}"):
            assert client.get(path + query).status_code == 404
        assert client.get(f"{path}?iss={idp.issuer}&sid=other").status_code == 200
        assert client.get("/innboks").status_code == 200
        assert client.get(f"{path}?iss={idp.issuer}&sid=session-1").status_code == 200
        assert client.get("/innboks").status_code == 303


class TestUnprovedAddresses:
    """An address among the claims is nobody's until a letter to it was opened."""

    def test_an_invitation_gives_nothing_to_whoever_claimed_the_address(
        self, client, idp, jurisdiction, first_line
    ):
        assert sign_in(client, idp, email="chief@example.org").status_code == 303
        client.post("/logg-ut")
        administrator = Member(
            jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ADMINISTRATOR
        )
        with transaction():
            invited = people.invite(
                jurisdiction.id, "Chief@example.org", "", [administrator], "nb", now=NOW
            )
            assert invited.has_proved_address
        assert sign_in(client, idp, email="chief@example.org").status_code == 303
        assert client.get("/styring/folk").status_code == 403
        everyone = session().scalars(select(Account).order_by(Account.id)).all()
        assert [one.has_proved_address for one in everyone] == [False, True]

    def test_opening_the_letter_brings_both_accounts_together(
        self, app, client, idp, jurisdiction, first_line
    ):
        sign_in(client, idp, email="chief@example.org")
        client.post("/logg-ut")
        administrator = Member(
            jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ADMINISTRATOR
        )
        now = datetime.now(UTC)
        with transaction():
            people.invite(jurisdiction.id, "chief@example.org", "", [administrator], "nb", now=now)
        do_jobs(app)
        link = link_in(app)
        idp.claims = {"email": "chief@example.org", "name": "Chief", "roles": ["desk"]}
        out = client.get(f"{link}/idp")
        back = client.get(f"/logg-inn/idp/tilbake?{idp.code_for(out.location)}")
        assert back.status_code == 303
        assert client.get("/styring/folk").status_code == 200
        session().expire_all()
        first, second = session().scalars(select(Account).order_by(Account.id)).all()
        assert (first.is_active, first.memberships) == (False, [])
        assert {one.role for one in second.memberships} == {"administrator", "first_line"}


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ({"resource": "r", "authorized_parties": [{"orgno": {"ID": "0192:911"}}]}, ["r@0192:911"]),
        (
            {"resource": "r", "authorized_parties": [{"orgno": {"ID": "911"}}, {"x": 1}, 7]},
            ["r@0192:911"],
        ),
        ({"resource": "r", "reportees": [{"Authority": "a", "ID": "0192:9"}]}, ["r@0192:9"]),
        ({"resource": "r", "authorized_parties": []}, []),
        ({"resource": "r", "authorized_parties": "x"}, []),
        ({"resource": "r"}, ["r"]),
    ],
)
def test_a_right_for_one_organisation_is_none_for_another(claim, values):
    assert provider_people.values_of([claim]) == values


class TestConnecting:
    def connect(self, client, **form):
        return client.post("/konto/koble/idp", data=form)

    def test_an_open_browser_is_not_enough(self, client, idp, jurisdiction):
        staff(jurisdiction, None, Role.ADMINISTRATOR, "kari@example.org")
        client.post("/logg-inn", data={"email": "kari@example.org", "password": PASSWORD})
        assert client.get("/konto/koble/idp").status_code == 405
        for form in ({}, {"current": "wrong"}):
            answer = self.connect(client, **form)
            assert answer.status_code == 422
            assert 'id="current-idp-error"' in answer.text
        assert self.connect(client, current=PASSWORD).status_code == 303

    def test_the_last_administrator_stays_one(self, client, idp, jurisdiction):
        member = Member(
            jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ADMINISTRATOR
        )
        with transaction():
            provider_people.add_claim(jurisdiction.id, "idp", "chiefs", member)
        staff(jurisdiction, None, Role.ANALYST, "kari@example.org")
        client.post("/logg-inn", data={"email": "kari@example.org", "password": PASSWORD})
        idp.claims = {"roles": ["chiefs"]}
        out = self.connect(client, current=PASSWORD)
        client.get(f"/logg-inn/idp/tilbake?{idp.code_for(out.location)}")
        answer = client.post("/konto/fjern/idp")
        assert answer.status_code == 422
        session().expire_all()
        roles = {one.role for one in by_email("kari@example.org").memberships}
        assert roles == {"administrator", "analyst"}


def test_a_closed_account_that_is_invited_begins_anew(client, idp, jurisdiction, first_line):
    who = staff(jurisdiction, None, Role.ADMINISTRATOR, "kari@example.org")
    with transaction():
        account = session().get_one(Account, who.account_id)
        session().add(
            AccountIdentity(
                subject="https://x|1", account_id=account.id, provider="idp", created_at=NOW
            )
        )
        people.close(account, now=NOW)
    crew = Member(jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ANALYST)
    with transaction():
        session().get_one(Account, who.account_id).memberships = []
        made = people.invite(jurisdiction.id, "kari@example.org", "", [crew], "nb", now=NOW)
    session().expire_all()
    assert [one.role for one in made.memberships] == ["analyst"]
    assert session().scalar(select(func.count()).select_from(AccountIdentity)) == 0
    assert not provider_people.has_a_way_in(made)
