"""What caches may keep, and that nobody is shown an old page or another one's."""

import pytest
from sqlalchemy import text

from app.database import session, transaction

from .factories import staff, submitted

PUBLIC = ["/", "/meldinger", "/statistikk", "/api/v1/service-requests"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_may_be_kept_by_shared_caches_and_set_no_cookie(client, path):
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=20"
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["ETag"]


@pytest.mark.parametrize("path", PUBLIC)
def test_whoever_has_the_page_already_is_told_so(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_the_form_and_the_sign_in_page_are_nobody_elses(client):
    for path, kept in (("/meld", "private, no-cache"), ("/logg-inn", "no-store")):
        assert client.get(path).headers["Cache-Control"] == kept


def test_signed_in_people_get_their_own_page(client, jurisdiction):
    public = client.get("/")
    who = staff(jurisdiction)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    own = client.get("/")
    assert own.headers["Cache-Control"] == "private, no-cache"
    assert "/oppdrag" in own.text
    assert "/oppdrag" not in public.text


def test_each_language_is_kept_apart(app):
    pages = {}
    for _ in range(2):
        for code in ("nb", "nn", "en"):
            browser = app.test_client()
            pages[code] = browser.get("/", headers={"Accept-Language": code}).text
            assert f'<html lang="{code}"' in pages[code]
    assert len(set(pages.values())) == 3


def test_nothing_is_made_twice_while_nothing_happens(app, client, statements):
    client.get("/meldinger")
    del statements[:]
    again = client.get("/meldinger")
    assert again.status_code == 200
    assert statements == ["SELECT pg_current_snapshot()::text"]


def test_a_new_report_is_on_the_next_page(client, jurisdiction):
    assert client.get("/meldinger").status_code == 200
    number = submitted(jurisdiction).number
    assert number in client.get("/meldinger").text


def test_any_commit_makes_a_new_page(client, jurisdiction):
    report = submitted(jurisdiction)
    old = client.get(f"/meldinger/{report.number}").headers["ETag"]
    with transaction():
        session().execute(text("UPDATE service_request SET status = 'fixed', closed_at = now()"))
    assert client.get(f"/meldinger/{report.number}").headers["ETag"] != old


def test_an_answer_that_is_kept_has_the_same_headers(client):
    first, second = client.get("/"), client.get("/")
    wanted = ("Content-Security-Policy", "Content-Type", "Vary", "ETag", "X-Frame-Options")
    assert [first.headers[name] for name in wanted] == [second.headers[name] for name in wanted]


def test_errors_are_not_kept(client):
    assert "public" not in client.get("/meldinger/KSU-2026-999999").headers["Cache-Control"]
    assert "public" not in client.get("/meldinger?status=x").headers["Cache-Control"]
