"""The second step: codes from an app, recovery codes, and the pages around them."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from app.accounts import two_steps
from app.accounts.operations import second_step, sign_in
from app.accounts.queries import by_email
from app.database import session, transaction
from app.roles import Role

from ..factories import PASSWORD, staff

EMAIL = "crew@example.org"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = "a key of the service that is long enough"
FORM = {"email": EMAIL, "password": PASSWORD}


@pytest.fixture
def secret(jurisdiction) -> str:
    """The secret of someone who has the second step on."""
    staff(jurisdiction)
    with transaction():
        account = by_email(EMAIL)
        found = two_steps.begin(account, KEY)
        assert two_steps.prove(account, pyotp.TOTP(found).at(NOW), KEY, now=NOW)
    return found


def passed(at: datetime) -> str:
    found = sign_in(EMAIL, PASSWORD, now=at)
    assert found is not None
    assert found.needs_code
    return found.who.session_id


def test_a_password_is_not_enough_and_the_code_is(secret):
    later = NOW + timedelta(minutes=1)
    code = pyotp.TOTP(secret).at(later)
    assert second_step(passed(later), code, KEY, now=later) is not None


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_clocks_may_differ_by_half_a_minute(secret, seconds):
    later = NOW + timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(later + timedelta(seconds=seconds))
    assert second_step(passed(later), code, KEY, now=later) is not None


@pytest.mark.parametrize("seconds", [-90, 90])
def test_and_not_by_more(secret, seconds):
    later = NOW + timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(later + timedelta(seconds=seconds))
    assert second_step(passed(later), code, KEY, now=later) is None


def test_a_code_works_once(secret):
    later = NOW + timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(later)
    with transaction():
        assert second_step(passed(later), code, KEY, now=later)
    assert second_step(passed(later), code, KEY, now=later) is None


def test_an_older_code_does_not_work_after_a_newer(secret):
    later = NOW + timedelta(minutes=5)
    codes = pyotp.TOTP(secret)
    with transaction():
        assert second_step(passed(later), codes.at(later), KEY, now=later)
    older = codes.at(later - timedelta(seconds=30))
    assert second_step(passed(later), older, KEY, now=later) is None


@pytest.mark.parametrize("code", ["", "000000000000", "abcdef", "١٢٣٤٥٦", "12 34", "💡"])
def test_anything_else_is_refused(secret, code):
    assert second_step(passed(NOW), code, KEY, now=NOW) is None


def test_failed_codes_lock_the_account_as_failed_passwords_do(secret):
    later = NOW + timedelta(minutes=5)
    with transaction():
        for _ in range(10):
            session_id = passed(later)
            assert second_step(session_id, "000000", KEY, now=later) is None
    assert sign_in(EMAIL, PASSWORD, now=later) is None
    code = pyotp.TOTP(secret).at(later)
    assert second_step(session_id, code, KEY, now=later) is None


def test_the_right_password_between_does_not_open_for_more_tries(secret):
    later = NOW + timedelta(minutes=5)
    with transaction():
        for _ in range(9):
            second_step(passed(later), "000000", KEY, now=later)
    assert by_email(EMAIL).failed_sign_ins == 9


def test_each_recovery_code_works_once_however_it_is_written(secret):
    with transaction():
        codes = two_steps.new_recovery_codes(by_email(EMAIL))
    assert len(set(codes)) == two_steps.RECOVERY_CODES
    written = f" {codes[0].upper().replace('-', ' ')} "
    assert second_step(passed(NOW), written, KEY, now=NOW)
    assert second_step(passed(NOW), codes[0], KEY, now=NOW) is None
    assert two_steps.recovery_codes_left(by_email(EMAIL).id) == two_steps.RECOVERY_CODES - 1


def test_the_secret_is_sealed_in_the_table(secret):
    assert secret not in by_email(EMAIL).totp_sealed
    later = NOW + timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(later)
    assert second_step(passed(later), code, "another key of the service, too", now=later) is None


def test_it_cannot_be_begun_anew_while_it_is_on(secret):
    with pytest.raises(ValueError, match="is on"):
        two_steps.begin(by_email(EMAIL), KEY)


class TestPages:
    @pytest.fixture
    def crew(self, jurisdiction, client):
        staff(jurisdiction, role=Role.CASE_HANDLER)
        client.post("/logg-inn", data=FORM)

    def switched_on(self, client) -> tuple[str, list[str]]:
        answer = client.post("/konto/to-trinn/begynn", data={"current": PASSWORD})
        assert answer.location == "/konto/to-trinn"
        page = client.get("/konto/to-trinn").text
        secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
        answer = client.post("/konto/to-trinn", data={"code": pyotp.TOTP(secret).now()})
        assert answer.status_code == 200
        return secret, re.findall(r"<code>([a-z0-9-]{17})</code>", answer.text)

    def test_switching_it_on_and_signing_in_with_a_recovery_code(self, client, crew):
        _, codes = self.switched_on(client)
        assert len(codes) == 10
        client.post("/logg-ut")
        answer = client.post("/logg-inn", data=FORM | {"til": "/innboks?status=received"})
        assert answer.location == "/logg-inn/kode"
        assert client.get("/innboks").status_code == 303
        assert client.get("/konto").status_code == 303
        answer = client.post("/logg-inn/kode", data={"code": "123456"})
        assert answer.status_code == 422
        answer = client.post("/logg-inn/kode", data={"code": codes[3]})
        assert answer.location == "/innboks?status=received"
        assert client.get("/innboks").status_code == 200

    def test_the_code_page_is_for_those_whose_password_was_right(self, client, jurisdiction):
        assert client.get("/logg-inn/kode").location == "/logg-inn"
        assert client.post("/logg-inn/kode", data={"code": "123456"}).location == "/logg-inn"

    def test_it_waits_ten_minutes_for_the_code(self, client, crew):
        _, codes = self.switched_on(client)
        client.post("/logg-ut")
        client.post("/logg-inn", data=FORM)
        with client.session_transaction() as cookie:
            cookie["passed"] = cookie["passed"] | {"at": cookie["passed"]["at"] - 601}
        assert client.post("/logg-inn/kode", data={"code": codes[0]}).location == "/logg-inn"

    def test_an_open_browser_alone_switches_nothing_on_or_off(self, client, crew):
        answer = client.post("/konto/to-trinn/begynn", data={"current": "not the password"})
        assert answer.status_code == 422
        assert client.get("/konto/to-trinn").location == "/konto"
        self.switched_on(client)
        for path in ("/konto/to-trinn/av", "/konto/to-trinn/koder"):
            assert client.post(path, data={"code": "000000"}).status_code == 422
        assert by_email(EMAIL).totp_since is not None

    def test_wrong_passwords_there_count_as_failures_to_sign_in(self, client, crew):
        for path, name in (("begynn", "current"),):
            client.post(f"/konto/to-trinn/{path}", data={name: "not the password"})
        client.post("/konto/passord", data={"current": "not the password"})
        session().expire_all()
        assert by_email(EMAIL).failed_sign_ins == 2

    def test_switching_it_off_with_a_recovery_code(self, client, crew):
        _, codes = self.switched_on(client)
        answer = client.post("/konto/to-trinn/av", data={"code": codes[0]})
        assert (answer.status_code, answer.location) == (303, "/konto")
        session().expire_all()
        assert by_email(EMAIL).totp_since is None
        client.post("/logg-ut")
        assert client.post("/logg-inn", data=FORM).location == "/innboks"

    def test_new_recovery_codes_put_the_old_ones_out_of_use(self, client, crew):
        _, old = self.switched_on(client)
        answer = client.post("/konto/to-trinn/koder", data={"code": old[0]})
        new = re.findall(r"<code>([a-z0-9-]{17})</code>", answer.text)
        assert len(new) == 10
        assert not set(new) & set(old)
        client.post("/logg-ut")
        client.post("/logg-inn", data=FORM)
        assert client.post("/logg-inn/kode", data={"code": old[1]}).status_code == 422
        assert client.post("/logg-inn/kode", data={"code": new[1]}).status_code == 303

    def test_a_new_password_ends_every_other_session_and_not_this_one(self, app, client, crew):
        other = app.test_client()
        other.post("/logg-inn", data=FORM)
        new = "nine herrings on a wet roof"
        sent = {"current": PASSWORD, "password": new, "repeated": new}
        assert client.post("/konto/passord", data=sent).status_code == 303
        assert client.get("/konto").status_code == 200
        assert other.get("/konto").status_code == 303
        assert other.post("/logg-inn", data=FORM).status_code == 422

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"password": "short", "repeated": "short"}, "password"),
            ({"password": "a" * 20, "repeated": "a" * 20}, "password"),
            ({"password": "crew is the word", "repeated": "another one of them"}, "repeated"),
            ({"password": "x" * 300 + "abcde"}, "password"),
            ({"current": "wrong"}, "current"),
        ],
    )
    def test_a_poor_new_password_is_refused_at_its_field(self, client, crew, changes, field):
        good = "nine herrings on a wet roof"
        sent = {"current": PASSWORD, "password": good, "repeated": good} | changes
        answer = client.post("/konto/passord", data=sent)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text

    def test_the_name_is_what_colleagues_see(self, client, crew):
        client.post("/konto/navn", data={"name": "  Desk   of roads "})
        session().expire_all()
        assert by_email(EMAIL).label == "Desk of roads"
        assert "Desk of roads" in client.get("/innboks").text
        assert client.post("/konto/navn", data={"name": "x" * 81}).status_code == 422

    def test_the_page_tells_of_sign_ins_lately(self, client, crew, app):
        app.test_client().post("/logg-inn", data=FORM | {"password": "wrong password"})
        page = client.get("/konto").text
        assert "Logget inn: passord" in page
        assert "Avvist: passord" in page
