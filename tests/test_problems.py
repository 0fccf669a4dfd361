"""Errors as answers, also for whoever is signed in."""

import pytest

from app.roles import Role

from .factories import staff

BEYOND_BIGINT = 10**30


def signed_in(client, jurisdiction, role):
    who = staff(jurisdiction, "roads", role, "someone@example.org")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id


@pytest.mark.parametrize("role", [None, Role.CASE_HANDLER])
@pytest.mark.parametrize(
    "path",
    [
        f"/statistikk/arsrapport/{BEYOND_BIGINT}",
        f"/statistikk/forseglet/{BEYOND_BIGINT}",
        f"/statistikk/forseglet/{BEYOND_BIGINT}.csv",
    ],
)
def test_a_number_out_of_range_in_an_address_is_the_callers_fault(client, jurisdiction, role, path):
    if role:
        signed_in(client, jurisdiction, role)

    answer = client.get(path)

    assert answer.status_code in {400, 404}
    assert ("/innhold" in answer.text) == (role is not None)


def test_a_comment_out_of_range_is_the_callers_fault(client, jurisdiction):
    signed_in(client, jurisdiction, Role.CASE_HANDLER)

    answer = client.post(f"/innhold/kommentar/{BEYOND_BIGINT}", data={"do": "show"})

    assert answer.status_code in {400, 404}
    assert "/innhold" in answer.text
