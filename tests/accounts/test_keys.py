"""The links in letters to staff: choosing a new password, and coming in by an invitation."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pyotp
import pytest
from sqlalchemy import select

from app.accounts import people, two_steps
from app.accounts.models import Account, AccountKey
from app.accounts.queries import by_email
from app.database import session, transaction
from app.roles import Role
from app.security import Member

from ..factories import PASSWORD, do_jobs, staff

EMAIL = "crew@example.org"
NEW = "nine herrings on a wet roof"
CHOSEN = {"password": NEW, "repeated": NEW}
LINK = re.compile(r"http://\S+?(/(?:nytt-passord|invitasjon)/\S+)")


def letters(app) -> list[tuple[str, str, str]]:
    """Recipient, subject and text of each letter that went out."""
    do_jobs(app)
    folder = app.config["SETTINGS"].mail_folder
    found = []
    for path in sorted(folder.glob("account.*.eml"), key=lambda path: path.stat().st_mtime_ns):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        text = message.get_body(("plain",)).get_content()
        found.append((message["To"], message["Subject"], text))
    return found


def link_in(app) -> str:
    """The path in the newest letter."""
    return LINK.search(letters(app)[-1][2])[1]


@pytest.fixture(autouse=True)
def _empty_post(app):
    folder = app.config["SETTINGS"].mail_folder
    for path in folder.glob("account.*.eml"):
        path.unlink()


@pytest.fixture
def crew(jurisdiction):
    return staff(jurisdiction, role=Role.CASE_HANDLER)


class TestNewPassword:
    def asked(self, client, email=EMAIL):
        answer = client.post("/glemt-passord", data={"email": email})
        assert (answer.status_code, answer.location) == (303, "/glemt-passord/sendt")

    def test_the_whole_way(self, app, client, crew):
        other = app.test_client()
        other.post("/logg-inn", data={"email": EMAIL, "password": PASSWORD})
        self.asked(client)
        assert letters(app)[-1][:2] == (EMAIL, "Velg nytt passord")
        path = link_in(app)
        assert client.get(path).status_code == 200
        assert client.post(path, data=CHOSEN).location == "/logg-inn"
        assert other.get("/konto").status_code == 303
        sent = {"email": EMAIL, "password": NEW}
        assert client.post("/logg-inn", data=sent).location == "/innboks"

    def test_the_link_works_once(self, app, client, crew):
        self.asked(client)
        path = link_in(app)
        client.post(path, data=CHOSEN)
        for answer in (client.get(path), client.post(path, data=CHOSEN)):
            assert answer.status_code == 410
            assert "Be om en ny" in answer.text

    def test_opening_it_many_times_uses_nothing_up(self, app, client, crew):
        self.asked(client)
        path = link_in(app)
        assert [client.get(path).status_code for _ in range(3)] == [200] * 3
        assert client.post(path, data=CHOSEN).status_code == 303

    def test_and_for_an_hour(self, app, client, crew):
        self.asked(client)
        path = link_in(app)
        with transaction():
            key = session().scalars(select(AccountKey)).one()
            key.expires_at = datetime.now(UTC) - timedelta(seconds=1)
        assert client.post(path, data=CHOSEN).status_code == 410

    @pytest.mark.parametrize("email", ["nobody@example.org", "closed@example.org"])
    def test_the_answer_does_not_say_whether_there_is_an_account(
        self, app, client, jurisdiction, email
    ):
        staff(jurisdiction, email="closed@example.org")
        with transaction():
            by_email("closed@example.org").is_active = False
        self.asked(client, email)
        assert letters(app) == []

    def test_a_post_box_is_not_filled(self, app, client, crew):
        for _ in range(5):
            self.asked(client)
        assert len(letters(app)) == 3

    @pytest.mark.parametrize("token", ["x", "IjAi.abc", "a" * 300, "%00"])
    def test_a_link_that_is_not_ours(self, client, crew, token):
        assert client.get(f"/nytt-passord/{token}").status_code == 404
        assert client.post(f"/nytt-passord/{token}", data=CHOSEN).status_code == 404

    def test_a_poor_password_changes_nothing(self, app, client, crew):
        self.asked(client)
        path = link_in(app)
        answer = client.post(path, data={"password": "short", "repeated": "short"})
        assert answer.status_code == 422
        assert "Bruk minst 12 tegn" in answer.text
        assert client.post(path, data=CHOSEN).status_code == 303

    def test_a_poor_address_is_told(self, client, crew):
        answer = client.post("/glemt-passord", data={"email": "crew"})
        assert answer.status_code == 422
        assert 'id="email-error"' in answer.text

    def test_the_second_step_is_asked_for_all_the_same(self, app, client, crew):
        with transaction():
            account = by_email(EMAIL)
            secret = two_steps.begin(account, app.config["SECRET_KEY"])
            code = pyotp.TOTP(secret).now()
            now = datetime.now(UTC)
            assert two_steps.prove(account, code, app.config["SECRET_KEY"], now=now)
        self.asked(client)
        client.post(link_in(app), data=CHOSEN)
        answer = client.post("/logg-inn", data={"email": EMAIL, "password": NEW})
        assert answer.location == "/logg-inn/kode"
        assert client.get("/konto").status_code == 303

    def test_it_opens_a_locked_account(self, app, client, crew):
        with transaction():
            by_email(EMAIL).locked_until = datetime.now(UTC) + timedelta(minutes=10)
        self.asked(client)
        client.post(link_in(app), data=CHOSEN)
        sent = {"email": EMAIL, "password": NEW}
        assert client.post("/logg-inn", data=sent).status_code == 303

    def test_a_closed_account_is_not_opened_by_a_letter_on_its_way(self, app, client, crew):
        self.asked(client)
        path = link_in(app)
        with transaction():
            people.close(by_email(EMAIL), now=datetime.now(UTC))
        assert client.post(path, data=CHOSEN).status_code == 410


class TestInvitation:
    @pytest.fixture
    def invited(self, jurisdiction) -> Account:
        member = Member(jurisdiction_id=jurisdiction.id, department_id=None, role=Role.FIRST_LINE)
        with transaction():
            return people.invite(
                jurisdiction.id, "new@example.org", "", [member], "nb", now=datetime.now(UTC)
            )

    def test_the_whole_way(self, app, client, invited):
        recipient, subject, text = letters(app)[-1]
        assert recipient == "new@example.org"
        assert subject == "Du er invitert til å arbeide med meldingene i Kristiansund kommune"
        assert "i én uke" in text
        path = link_in(app)
        assert "Velkommen" in client.get(path).text
        answer = client.post(path, data=CHOSEN)
        assert (answer.status_code, answer.location) == (303, "/innboks")
        assert client.get("/innboks").status_code == 200
        assert client.get(path).status_code == 410

    def test_the_letter_is_in_the_language_of_whoever_invites(self, app, client, jurisdiction):
        member = Member(jurisdiction_id=jurisdiction.id, department_id=None, role=Role.ANALYST)
        with transaction():
            people.invite(
                jurisdiction.id, "nn@example.org", "", [member], "nn", now=datetime.now(UTC)
            )
        assert "éi veke" in letters(app)[-1][2]

    def test_an_invitation_is_no_key_to_an_account_that_is_in_use(self, app, client, invited):
        path = link_in(app)
        with transaction():
            by_email("new@example.org").password_hash = "something"
        assert client.get(path).location == "/logg-inn"
        assert client.post(path, data=CHOSEN).location == "/logg-inn"
        assert by_email("new@example.org").password_hash == "something"

    def test_a_link_to_a_new_password_is_not_an_invitation(self, app, client, crew):
        client.post("/glemt-passord", data={"email": EMAIL})
        token = link_in(app).rsplit("/", 1)[1]
        assert client.get(f"/invitasjon/{token}").status_code == 404

    def test_someone_invited_cannot_ask_for_a_new_password_instead(self, app, client, invited):
        before = len(letters(app))
        client.post("/glemt-passord", data={"email": "new@example.org"})
        assert len(letters(app)) == before
