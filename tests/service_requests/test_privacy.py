"""Nothing personal and no free text of a reporter in anything that anyone may read."""

import pytest

from app.roles import Role
from app.service_requests.status import Status

from ..factories import actor, changed, staff, submitted

SECRETS = ("hemmelig-tekst-fra-innmelder", "reporter@example.org", "crew@example.org")
PUBLIC = [
    "/api/v1/service-requests",
    "/api/v1/service-requests/{number}",
    "/api/v1/services",
    "/api/v1/statistics/yearly",
    "/kart/steder.geojson",
    "/statistikk.csv",
    "/",
    "/meldinger",
    "/meldinger/{number}",
    "/statistikk",
]


@pytest.fixture
def report(jurisdiction):
    made = submitted(
        jurisdiction, description=SECRETS[0], email=SECRETS[1], service_code="OTHER-PARK"
    )
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email=SECRETS[2]))
    return changed(made, Status.IN_PROGRESS, desk, message="Vi ser på saken.")


@pytest.mark.parametrize("path", PUBLIC)
def test_no_public_answer_holds_personal_data_or_the_token(client, report, path):
    answer = client.get(path.format(number=report.number))
    assert answer.status_code == 200
    for secret in (*SECRETS, report.token):
        assert secret not in answer.text


@pytest.mark.parametrize("path", ["/m/{token}", "/m/{token}/kvittering"])
def test_the_personal_link_shows_the_reporters_own_words_and_no_address(client, report, path):
    answer = client.get(path.format(token=report.token))
    assert answer.status_code == 200
    assert SECRETS[2] not in answer.text


def test_the_personal_link_shows_the_description(client, report):
    assert SECRETS[0] in client.get(f"/m/{report.token}").text


@pytest.mark.parametrize("token", ["x", "A" * 32, "%00", "..%2f", "%ED%A0%80"])
def test_a_link_that_is_nobodys_shows_nothing(client, report, token):
    assert client.get(f"/m/{token}").status_code in {400, 404}
