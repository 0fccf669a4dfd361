"""Headers, errors, languages and health: what every page and answer has in common."""

import json

import pytest

from app.factory import create_app
from app.problems import MAX_BODY_BYTES
from app.security import limiter
from app.web import tile_origin

from .conftest import settings_for

API = "/api/v1/service-requests"
PAGES = ["/", "/meld", "/meldinger", "/statistikk", "/logg-inn"]
NEW = {
    "service_code": "ROAD-POTHOLE",
    "position": {"type": "Point", "coordinates": [7.7279, 63.1104]},
    "description": "Hull",
}


def policy(answer):
    parts = [
        part.strip().split(" ") for part in answer.headers["Content-Security-Policy"].split(";")
    ]
    return {name: values for name, *values in parts}


# --- headers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, "/finnes-ikke", API])
def test_every_answer_has_a_strict_content_security_policy(client, path):
    found = policy(client.get(path))
    assert found["default-src"] == found["connect-src"] == ["'self'"]
    assert found["object-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
    assert found["img-src"] == ["'self'", "data:", "https://cache.kartverket.no"]
    assert "unsafe" not in str(found)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
    ],
)
def test_every_page_has_the_other_safety_headers(client, header, value):
    assert client.get("/").headers[header] == value


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_a_third_party_for_anything(client, path):
    page = client.get(path).text
    for attribute in ('src="http', 'href="http', "src='http", "url(http"):
        assert attribute not in page.replace('href="http://localhost', "")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_its_language(client, path):
    assert '<html lang="nb"' in client.get(path).text


@pytest.mark.parametrize(
    ("tile_url", "origin"),
    [
        ("https://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org"),
        ("https://{s}.tiles.example.org/{z}/{x}/{y}.png", "https://*.tiles.example.org"),
        ("http://127.0.0.1:8080/{z}/{x}/{y}.png", "http://127.0.0.1:8080"),
        ("/tiles/{z}/{x}/{y}.png", "'self'"),
    ],
)
def test_tiles_may_come_from_where_the_setting_says(tile_url, origin):
    assert tile_origin(tile_url) == origin


# --- errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/finnes-ikke", 404),
        ("GET", f"{API}/KSU-2026-999999", 404),
        ("DELETE", API, 405),
        ("PUT", f"{API}/KSU-2026-000001", 405),
        ("GET", f"{API}?limit=x", 400),
    ],
)
def test_machines_get_problem_details(client, method, path, status):
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "about:blank"
    assert answer.json["status"] == status
    assert answer.json["detail"]
    assert answer.json["title"]


def test_whoever_asks_for_json_gets_problem_details_anywhere(client):
    answer = client.get("/finnes-ikke", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/finnes-ikke", 404), ("POST", "/statistikk", 405)]
)
def test_people_get_a_page_with_a_way_on(client, method, path, status):
    answer = client.open(path, method=method, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert "Vi finner ikke denne siden" in answer.text
    assert 'href="/"' in answer.text


def test_a_wrong_method_says_which_are_right(client):
    assert set(client.delete(API).headers["Allow"].split(", ")) >= {"GET", "POST"}


@pytest.mark.parametrize("path", [API, "/meld/send", "/logg-inn"])
def test_what_is_too_large_is_refused(client, path):
    body = json.dumps(NEW | {"description": "x" * MAX_BODY_BYTES})
    answer = client.post(path, data=body, content_type="application/json")
    form = client.post(path, data={"description": "x" * (MAX_BODY_BYTES + 1)})
    assert answer.status_code in {413, 422}
    assert form.status_code in {413, 415}
    assert 500 not in {answer.status_code, form.status_code}


def test_a_report_that_is_too_large_is_told_so(client):
    body = json.dumps(NEW | {"description": "x" * MAX_BODY_BYTES})
    answer = client.post(API, data=body, content_type="application/json")
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert "256 kB" in answer.json["detail"]


def test_another_format_than_json_is_refused(client):
    answer = client.post(API, data="<report/>", content_type="application/xml")
    assert answer.status_code == 415
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("path", [API, "/meld/send"])
def test_too_many_reports_have_to_wait(app, monkeypatch, path):
    monkeypatch.setitem(app.config, "SUBMIT_LIMIT", "2 per minute")
    limiter.reset()
    answers = [app.test_client().post(path, json=NEW) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert 429 not in [answer.status_code for answer in answers[:2]]


def test_reading_is_not_limited(app, monkeypatch):
    monkeypatch.setitem(app.config, "SUBMIT_LIMIT", "1 per minute")
    limiter.reset()
    assert {app.test_client().get(API).status_code for _ in range(3)} == {200}


@pytest.mark.parametrize(
    "path", ["/%00", "/meldinger/%00", "/%ff", "/m/%ed%a0%80", "/?x=%00", "/..%2f.."]
)
def test_odd_addresses_are_no_error_of_ours(client, path):
    assert client.get(path).status_code < 500


def test_an_unforeseen_error_tells_nothing_of_the_inside(database_url, tmp_path):
    app = create_app(settings_for(database_url, tmp_path))
    app.add_url_rule("/api/broken", view_func=lambda: 1 / 0)
    answer = app.test_client().get("/api/broken")
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "division" not in answer.text


def test_a_database_that_is_away_is_told_with_when_to_try_again(tmp_path):
    away = create_app(settings_for("postgresql://nobody@127.0.0.1:9/none", tmp_path))
    answer = away.test_client().get("/api/v1/services")
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert "127.0.0.1" not in answer.text


# --- languages and health ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"), [("nb", "Meld feil"), ("nn", "Meld feil"), ("en", "Report")]
)
def test_the_language_is_chosen_and_remembered(app, code, words):
    browser = app.test_client()
    answer = browser.get(f"/sprak/{code}?til=/meldinger")
    assert (answer.status_code, answer.location) == (303, "/meldinger")
    page = browser.get("/").text
    assert f'<html lang="{code}"' in page
    assert words in page


def test_an_unknown_language_changes_nothing(client):
    assert client.get("/sprak/de").status_code == 303
    assert '<html lang="nb"' in client.get("/").text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.org",
        "//evil.example.org",
        "/\\evil.example.org",
        "/\t/evil.example.org",
        "/\n/evil.example.org",
        "/path\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "",
    ],
)
def test_choosing_a_language_never_leads_to_another_site(client, target):
    answer = client.get("/sprak/nn", query_string={"til": target})
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("nb-NO,nb;q=0.9,en;q=0.5", "nb"),
        ("no", "nb"),
        ("nn,nb;q=0.5", "nn"),
        ("en-GB", "en"),
        ("de-DE,de", "nb"),
        ("de,en;q=0.5", "en"),
        ("", "nb"),
        ("*", "nb"),
        ("%%%;q=x", "nb"),
    ],
)
def test_without_a_choice_the_browsers_language_counts(app, accepted, language):
    page = app.test_client().get("/", headers={"Accept-Language": accepted}).text
    assert f'<html lang="{language}"' in page


def test_health_is_that_of_the_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("target", ["//[", "/\\[", "//℀.example", "http://[x", "//example.org"])
def test_a_way_back_that_is_no_path_here_is_left_out(app, target):
    browser = app.test_client()
    for path in ("/sprak/nn", "/logg-inn"):
        answer = browser.get(path, query_string={"til": target})
        assert answer.status_code in {200, 302, 303}
        assert "example" not in answer.headers.get("Location", "")
    sent = browser.post("/logg-inn", data={"til": target}, headers={"Origin": "http://[x"})
    assert sent.status_code in {400, 401, 403, 422}
