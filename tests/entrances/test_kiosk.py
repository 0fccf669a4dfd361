"""A shared computer keeps nothing and shows no personal link."""

import pytest
from sqlalchemy import func, select, update

from app.database import session, transaction
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status

from ..factories import submitted
from ..pages import fields

BOKMAAL = {"Accept-Language": "nb"}

WHOLE = {
    "latitude": "63,1104",
    "longitude": "7,7279",
    "service": "ROAD-POTHOLE",
    "description": "Dypt hull",
    "idempotency_key": "a-key-of-the-kiosk",
}


@pytest.fixture
def kiosk(app):
    """A browser in the mode."""
    browser = app.test_client()
    browser.post("/kiosk")
    return browser


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ("/kiosk", "120"),
        ("/kiosk?sekunder=300", "300"),
        ("/kiosk?sekunder=1", "60"),
        ("/kiosk?sekunder=x", "120"),
    ],
)
def test_the_mode_is_a_cookie_that_ends_with_the_browser(app, path, seconds):
    browser = app.test_client()
    page = browser.get(path)
    assert "Set-Cookie" not in page.headers
    assert fields(page.text)["sekunder"] == seconds
    answer = browser.post("/kiosk", data=fields(page.text))
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"kiosk={seconds};")
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie
    assert f'data-kiosk="{seconds}"' in browser.get("/meld").text


@pytest.mark.parametrize("path", ["/", "/meld", "/om", "/finnes-ikke"])
def test_a_link_alone_does_not_begin_it(app, path):
    browser = app.test_client()
    answer = browser.get(f"{path}?kiosk=1")
    assert (answer.status_code, answer.location) == (303, "/kiosk")
    browser.get(answer.location)
    assert browser.get_cookie("kiosk") is None
    assert "data-kiosk" not in browser.get("/").text


def test_a_link_wipes_nothing_on_other_computers(client):
    client.set_cookie("session", "somebody's")
    answer = client.get("/kiosk/nytt")
    assert "Clear-Site-Data" not in answer.headers
    assert client.get_cookie("session").value == "somebody's"


def test_other_computers_are_not_shared(client):
    assert "data-kiosk" not in client.get("/").text
    client.set_cookie("kiosk", "abc")
    assert "data-kiosk" not in client.get("/").text


@pytest.mark.parametrize("path", ["/", "/meld", "/om", "/statistikk"])
def test_no_page_is_kept_by_the_browser(kiosk, path):
    answer = kiosk.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "data-offline" not in answer.text


def test_after_sending_there_is_a_number_and_no_personal_link(kiosk):
    answer = kiosk.post("/meld/send", data=WHOLE)
    report = session().scalars(select(ServiceRequest)).one()
    assert answer.location == f"/kiosk/takk/{report.number}"
    page = kiosk.get(answer.location).text
    assert report.number in page
    assert report.token not in answer.text + page + str(answer.headers)


def test_only_who_has_just_sent_is_told_that_a_letter_comes(kiosk):
    answer = kiosk.post("/meld/send", data=WHOLE | {"email": "reporter@example.org"})
    number = session().scalars(select(ServiceRequest.number)).one()
    assert "i e-posten" in kiosk.get(answer.location, headers=BOKMAAL).text
    for path in (f"/kiosk/takk/{number}", f"/kiosk/takk/{number}?kvittering=x"):
        assert "i e-posten" not in kiosk.get(path, headers=BOKMAAL).text


def test_a_rejected_report_is_not_thanked_for(kiosk, jurisdiction):
    report = submitted(jurisdiction)
    with transaction():
        session().execute(
            update(ServiceRequest).values(status=Status.REJECTED, closed_at=func.now())
        )
    assert kiosk.get(f"/kiosk/takk/{report.number}").location == "/"


def test_an_unknown_number_leads_to_the_start(kiosk):
    assert kiosk.get("/kiosk/takk/KSU-2026-999999").location == "/"


def test_beginning_anew_forgets_everything_but_the_mode(kiosk):
    kiosk.get("/sprak/en")
    kiosk.set_cookie("something", "else")
    answer = kiosk.get("/kiosk/nytt")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert kiosk.get_cookie("something") is None
    assert kiosk.get_cookie("language") is None
    assert 'data-kiosk="120"' in kiosk.get("/").text


def test_the_mode_can_be_left(kiosk):
    assert kiosk.get("/kiosk/av").status_code == 303
    assert kiosk.get_cookie("kiosk") is None
    assert "data-kiosk" not in kiosk.get("/").text


def test_a_personal_link_from_a_mail_can_still_be_opened(kiosk, jurisdiction):
    report = submitted(jurisdiction)
    assert kiosk.get(f"/m/{report.token}").status_code == 200
