"""Our map in other people's pages, and the form on paper."""

import re

import pytest

from app.database import session, transaction

from ..factories import submitted

SITE = "https://www.example.org"


@pytest.fixture
def allowed(jurisdiction):
    """A web site that may show the map."""
    with transaction():
        jurisdiction.embed_origins = [SITE, "https://*.example.org"]
    yield
    session().rollback()
    with transaction():
        jurisdiction.embed_origins = []


def test_nobody_may_frame_the_map_unless_the_municipality_says_so(client):
    answer = client.get("/innbygg/kart")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("allowed")
def test_the_sites_in_the_settings_may_frame_the_map_and_nothing_else(client):
    for _ in range(2):  # made, and from the shelf
        answer = client.get("/innbygg/kart")
        policy = answer.headers["Content-Security-Policy"]
        assert f"frame-ancestors {SITE} https://*.example.org" in policy
        assert "frame-ancestors 'none'" not in policy
        assert "X-Frame-Options" not in answer.headers
    for path in ("/", "/innbygg", "/meld"):
        other = client.get(path)
        assert other.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]


def test_the_map_in_a_frame_has_no_frame_of_ours_and_sets_no_cookie(app, jurisdiction):
    number = submitted(jurisdiction).number
    answer = app.test_client().get("/innbygg/kart?gruppe=road&kart=15/63.1/7.7")
    assert number in answer.text
    assert '<base target="_blank">' in answer.text
    assert 'data-groups="road"' in answer.text
    assert 'data-view="15/63.1/7.7"' in answer.text
    assert "<header" not in answer.text
    assert "<footer" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("asked", "language"), [("nn", "nn"), ("en", "en"), ("xx", "nb")])
def test_the_frames_language_can_be_chosen(client, asked, language):
    assert f'<html lang="{language}"' in client.get(f"/innbygg/kart?sprak={asked}").text


def test_what_the_address_says_is_text(client):
    page = client.get('/innbygg/kart?gruppe="><script>alert(1)</script>').text
    assert "<script>alert" not in page


def test_the_lines_to_copy_lead_here(client):
    page = client.get("/innbygg").text
    assert "http://localhost/innbygg/kart?sprak=nb" in page
    assert "&lt;iframe" in page
    assert "http://localhost/meld" in page


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_sheet_has_every_service_and_whom_to_call(app, language):
    page = app.test_client().get("/meld/skjema", headers={"Accept-Language": language}).text
    assert f'<html lang="{language}"' in page
    services = app.test_client().get("/api/v1/services", headers={"Accept-Language": language})
    assert page.count('class="tick"') == len(services.json)
    assert re.search(r"<b>113</b>", page)
