from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.operations import LOCKED_FOR, MAX_FAILURES, add_account, sign_in
from app.accounts.queries import by_email, identity_of_session
from app.database import session, transaction
from app.errors import Invalid
from app.roles import Role

from ..factories import PASSWORD, member_of, staff

NOW = datetime(2026, 10, 1, 10, tzinfo=UTC)


def fail(times):
    """The last of so many failures in a row."""
    with transaction():
        by_email("crew@example.org").failed_sign_ins += times - 1
        assert sign_in("crew@example.org", "wrong password here", now=NOW) is None


def test_the_right_password_signs_in(jurisdiction):
    who = staff(jurisdiction)
    assert sign_in("crew@example.org", PASSWORD, now=NOW).who == who


@pytest.mark.parametrize("email", ["CREW@Example.org", "  crew@example.org "])
def test_the_address_may_be_written_in_capitals_and_with_blanks(jurisdiction, email):
    staff(jurisdiction)
    assert sign_in(email, PASSWORD, now=NOW) is not None


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("crew@example.org", "wrong password here"),
        ("crew@example.org", ""),
        ("crew@example.org", PASSWORD + " "),
        ("other@example.org", PASSWORD),
        ("", ""),
        ("crew@example.org", "p" * 100_000),
    ],
)
def test_anything_else_does_not(jurisdiction, email, password):
    staff(jurisdiction)
    assert sign_in(email, password, now=NOW) is None


def test_ten_failures_lock_the_account_for_a_quarter_of_an_hour(jurisdiction):
    staff(jurisdiction)
    fail(MAX_FAILURES)
    assert sign_in("crew@example.org", PASSWORD, now=NOW + timedelta(minutes=14)) is None
    assert sign_in("crew@example.org", PASSWORD, now=NOW + LOCKED_FOR) is not None


def test_nine_failures_do_not_lock_and_success_forgets_them(jurisdiction):
    staff(jurisdiction)
    fail(MAX_FAILURES - 1)
    assert sign_in("crew@example.org", PASSWORD, now=NOW) is not None
    fail(MAX_FAILURES - 1)
    assert sign_in("crew@example.org", PASSWORD, now=NOW) is not None


def test_a_closed_account_does_not_sign_in_and_its_sessions_end(jurisdiction):
    who = staff(jurisdiction)
    by_email("crew@example.org").is_active = False
    assert sign_in("crew@example.org", PASSWORD, now=NOW) is None
    assert identity_of_session(who.session_id) is None


def test_a_new_password_ends_the_sessions_and_unlocks(jurisdiction):
    who = staff(jurisdiction)
    fail(MAX_FAILURES)
    with transaction():
        members = [member_of(jurisdiction, "waste", Role.CASE_HANDLER)]
        assert add_account("Crew@example.org", PASSWORD, members).id == who.account_id
    assert identity_of_session(who.session_id) is None
    assert sign_in("crew@example.org", PASSWORD, now=NOW).who.members == tuple(members)


def test_a_session_stands_for_its_account(jurisdiction):
    who = staff(jurisdiction)
    assert identity_of_session(who.session_id) == who


@pytest.mark.parametrize(
    "session_id", ["", "1", "1.", ".0", "x.0", "1.x", "-1.0", "99999999.0", "1.0.0"]
)
def test_a_session_that_is_none_is_nobodys(app, session_id):
    assert identity_of_session(session_id) is None


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("nobody", PASSWORD, "email"),
        ("@", PASSWORD, "email"),
        ("a@example.org", "short", "password"),
    ],
)
def test_a_poor_account_is_refused(jurisdiction, email, password, field):
    with pytest.raises(Invalid) as refused:
        add_account(email, password, [member_of(jurisdiction, "roads")])
    assert list(refused.value.errors) == [field]


def test_passwords_are_kept_as_argon2id(jurisdiction):
    staff(jurisdiction)
    kept = by_email("crew@example.org").password_hash
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_one_person_may_have_several_roles(jurisdiction):
    members = [member_of(jurisdiction, "roads"), member_of(jurisdiction, "waste", Role.ANALYST)]
    with transaction():
        add_account("crew@example.org", PASSWORD, members)
    session().expire_all()
    who = sign_in("crew@example.org", PASSWORD, now=NOW).who
    assert set(who.members) == set(members)
