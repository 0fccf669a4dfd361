"""How callers hear that an address will go."""

from datetime import date, timedelta

import pytest
from flask import Flask

from app.open_data import deprecation_views
from app.open_data.deprecations import DEPRECATED, NOTICE, Deprecation

OLD = Deprecation(
    since=date(2027, 1, 1), sunset=date(2028, 3, 1), successor="/api/v1/datasets/yearly.json"
)


def small_app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/old", "old", lambda: "old")
    app.add_url_rule("/new", "new", lambda: "new")
    deprecation_views.start(app, {"old": OLD})
    return app


def test_an_address_that_ends_says_since_when_until_when_and_what_instead():
    answer = small_app().test_client().get("/old")
    assert answer.headers["Deprecation"] == "@1798761600"  # RFC 9745: a date as seconds
    assert answer.headers["Sunset"] == "Wed, 01 Mar 2028 00:00:00 GMT"  # RFC 8594
    links = answer.headers.getlist("Link")
    assert '</api/v1/datasets/yearly.json>; rel="successor-version"' in links
    assert any('rel="deprecation"' in link for link in links)


def test_refusals_of_it_say_so_too_and_others_say_nothing():
    client = small_app().test_client()
    assert "Deprecation" in client.get("/old", headers={"Accept": "image/png"}).headers
    answer = client.get("/new")
    assert "Deprecation" not in answer.headers
    assert "Sunset" not in answer.headers


def test_nobody_gets_less_than_a_year():
    with pytest.raises(ValueError, match="a year"):
        Deprecation(
            since=OLD.since, sunset=OLD.since + NOTICE - timedelta(days=1), successor="/new"
        )


def test_the_table_names_endpoints_that_there_are(app):
    assert set(DEPRECATED) <= set(app.view_functions)
    assert "Deprecation" not in app.test_client().get("/api/v1/services").headers


def test_the_policy_is_on_the_page_and_in_the_description(client):
    assert 'id="changes"' in client.get("/apne-data").text
    assert "RFC 9745" in client.get("/api/v1/openapi.json").json["info"]["description"]
