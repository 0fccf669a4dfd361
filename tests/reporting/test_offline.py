"""The page for when there is no coverage, and the worker that keeps it."""

import json
import re

import pytest

from app.page_assets import assets_of
from app.security import ANYONE
from tests.conftest import ROOT

from ..factories import PASSWORD, staff

STATIC = ROOT / "static"


def kept(client) -> dict:
    script = client.get("/sw.js").get_data(as_text=True)
    return json.loads(re.search(r'@type \{any\} \*/ \((\{"page".*\})\);', script)[1])


def test_the_worker_names_every_file_of_the_page(client):
    facts = kept(client)
    assert facts["page"] == "/meld/uten-nett"
    assert "/static/js/pages/offline.js" in facts["assets"]
    assert "/static/vendor/idb/index.js" in facts["assets"]
    assert any("inter-latin.woff2" in address for address in facts["assets"])
    for address in facts["assets"]:
        assert client.get(address).status_code == 200, address


def test_the_worker_is_a_script_that_is_asked_for_anew(client):
    answer = client.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.cache_control.no_cache
    again = client.get("/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_worker_changes_with_the_language(client):
    before = kept(client)["version"]
    client.set_cookie("language", "nn")
    assert kept(client)["version"] != before


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_that_is_kept_holds_nothing_about_anyone(client, language):
    client.set_cookie("language", language)
    answer = client.get("/meld/uten-nett")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in text
    assert 'value="ROAD-POTHOLE"' in text
    assert "tel:113" in text


def test_files_are_found_along_their_imports(tmp_path):
    (tmp_path / "js/parts").mkdir(parents=True)
    (tmp_path / "css").mkdir()
    (tmp_path / "js/a.js").write_text('import { b } from "./parts/b.js";\nimport("../js/c.js");')
    (tmp_path / "js/parts/b.js").write_text('export { a } from "../a.js";')
    (tmp_path / "js/c.js").write_text("")
    (tmp_path / "css/a.css").write_text("a { background: url(../f.woff2) } b { mask: url(data:x) }")
    (tmp_path / "f.woff2").write_text("")
    page = '<link href="/static/css/a.css?v=1"><script src="/static/js/a.js?v=2"></script><a href="/x">'
    assert assets_of(page, tmp_path, "/static/") == [
        "/static/css/a.css?v=1",
        "/static/js/a.js?v=2",
        "/static/f.woff2",
        "/static/js/parts/b.js",
        "/static/js/c.js",
        "/static/js/a.js",
    ]


def test_the_worker_keeps_away_from_the_pages_of_people_at_work(app):
    script = (STATIC / "js/offline/steps.js").read_text("utf-8")
    pattern = re.search(r"NOT_OURS =\s*/(.+)/;", script)[1].replace(r"\/", "/")
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if ANYONE not in getattr(app.view_functions[rule.endpoint], "audience", (ANYONE,))
    ]
    assert "/oppdrag" in paths
    assert [path for path in paths if not re.match(pattern, path)] == []


def test_who_is_signed_in_does_not_show_on_the_page_that_is_kept(app, client, jurisdiction):
    stranger = client.get("/meld/uten-nett").text
    staff(jurisdiction)
    client.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    assert client.get("/oppdrag").status_code == 200
    assert client.get("/meld/uten-nett").text == stranger
