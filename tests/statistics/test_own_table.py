"""The table that anyone makes: page, CSV and JSON."""

import csv
from datetime import UTC, datetime
from io import StringIO
from urllib.parse import urlsplit

import pytest

from app.roles import Role
from app.service_requests.status import Status
from app.statistics.measures import MEASURES

from ..factories import actor, changed, staff, submitted

URL = "/statistikk/tabell"


def year():
    return datetime.now(UTC).year


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


@pytest.fixture
def six(jurisdiction):
    for day in range(1, 7):
        code = "LIGHT-DARK" if day == 6 else "ROAD-POTHOLE"
        submitted(jurisdiction, now=datetime(year(), 1, day, 12, tzinfo=UTC), service_code=code)


def test_published_years_stand_beside_counted_ones_and_are_not_mixed(client, six):
    page = client.get(f"{URL}?by=group").text
    head = page.split("<thead>")[1].split("</thead>")[0]
    assert head.index("2014") < head.index("2018") < head.index(str(year()))
    assert head.count("publisert") == 5
    assert page.count("part-start") > 1
    assert "397" in page  # the note of 2017 comes along
    assert "årsrapport" in page.lower()


def test_published_years_are_no_answer_to_a_narrower_question(client, six):
    for query in ("by=department", "by=group&status=open", "by=group&period=month"):
        assert "publisert" not in client.get(f"{URL}?{query}").text


def test_every_counted_figure_links_to_as_many_reports(client, six):
    page = client.get(f"{URL}?by=group,service&period=quarter").text
    links = [part.split("</a>")[0] for part in page.split('linked"><a href="')[1:]]
    assert len(links) == 5  # all; road, pothole; light, dark lamp
    for link in links:
        href, count = link.split('"')[0].replace("&amp;", "&"), link.rsplit(">", 1)[1]
        assert f"{count} melding" in client.get(href).text


@pytest.mark.parametrize("measure", [measure.code for measure in MEASURES])
@pytest.mark.parametrize("period", ["year", "quarter", "month", "rolling12"])
def test_every_measure_can_be_asked_for_by_every_period(client, six, measure, period):
    answer = client.get(f"{URL}?measure={measure}&period={period}&by=district,group")
    assert answer.status_code == 200
    assert 'id="own-rule"' in answer.text


def test_what_the_form_sends_leads_to_a_short_address(client):
    answer = client.get(f"{URL}?measure=received&by=group&by=&group=road&group=water&from=")
    assert answer.status_code == 302
    query = urlsplit(answer.headers["Location"]).query
    assert sorted(query.replace("%2C", ",").split("&")) == [
        "by=group",
        "group=road,water",
        "measure=received",
    ]


def test_small_cells_of_crossed_tables_are_hidden_on_page_csv_and_json(client, six):
    query = "by=group,channel"
    assert '<td class="">:</td>' in client.get(f"{URL}?{query}").text
    rows = list(csv.DictReader(StringIO(client.get(f"{URL}.csv?{query}").text, newline="")))
    hidden = [row for row in rows if row["value"] == ":"]
    assert {row["channel"] for row in hidden} == {"web"}
    figures = client.get(f"/api/v1/statistics/figures?{query}&measure=received").json["figures"]
    assert next(row["hidden"] for row in figures if row["keys"]["channel"] == "web") == ["received"]


def test_the_csv_has_the_pages_figures(client, six):
    answer = client.get(f"{URL}.csv?by=group&year={year()}")
    rows = list(csv.DictReader(StringIO(answer.text, newline="")))
    told = {row["group"]: row["value"] for row in rows}
    assert (told["total"], told["road"], told["street_light"], told["waste"]) == (
        "6",
        "5",
        "1",
        "0",
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_json_has_values_rules_names_and_the_way_to_the_reports(client, six, jurisdiction):
    answer = client.get("/api/v1/statistics/figures?by=group&measure=received,improvement_share")
    assert answer.status_code == 200
    body = answer.json
    assert set(body["rules"]) == {"received", "improvement_share"}
    (road,) = [row for row in body["figures"] if row["keys"] == {"group": "road"}]
    assert road["values"] == {"received": 5, "improvement_share": 0.0}
    assert body["names"]["group"]["road"] == "Vei"
    assert "5 melding" in client.get(road["reports"]["received"]).text


def test_json_tells_measures_and_their_rules(client):
    measures = client.get("/api/v1/statistics/measures").json
    assert [measure["code"] for measure in measures] == [measure.code for measure in MEASURES]
    assert all(measure["rule"].endswith(".") for measure in measures)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=colour", "by"),
        ("by=group,service,road", "by"),
        ("period=week", "period"),
        ("measure=happiness", "measure"),
        ("district=atlantis", "district"),
        ("from=2026-02-01&to=2026-01-01", "to"),
        ("x=1", "x"),
    ],
)
def test_bad_questions_are_named_on_the_page_and_in_json(client, query, field):
    page = client.get(f"{URL}?{query}")
    assert page.status_code == 400
    assert field in page.text
    answer = client.get(f"/api/v1/statistics/figures?{query}")
    assert answer.status_code == 400
    assert list(answer.json["errors"]) == [field]


def test_a_form_that_was_filled_in_stands_as_it_was(client):
    page = client.get(f"{URL}?group=road&improved=true&from=2026-01-01&bbox=7,62,8,64").text
    assert '<details class="asks__more" open>' in page
    assert 'value="road" checked' in page
    assert 'name="from" type="date" value="2026-01-01"' in page
    assert '<input type="hidden" name="bbox" value="7,62,8,64">' in page


def test_a_changed_report_changes_the_table_at_once(client, jurisdiction, desk):
    report = submitted(jurisdiction, now=datetime(year(), 1, 1, 12, tzinfo=UTC))
    url = f"/api/v1/statistics/figures?measure=still_open&year={year()}"
    before = client.get(url).json["figures"][0]["values"]
    changed(report, Status.NO_ACTION, desk, message="Ingen feil")
    after = client.get(url).json["figures"][0]["values"]
    assert (before, after) == ({"still_open": 1}, {"still_open": 0})


@pytest.mark.parametrize("word", ["endpoint=x", "_method=POST", "_anchor=a", "_scheme=ftp"])
def test_words_of_our_own_addresses_are_refused_as_any_other(client, word):
    answer = client.get(f"{URL}?{word}&group=", follow_redirects=True)
    assert answer.status_code == 400
    assert word.split("=")[0] in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/statistikk.csv",
        f"{URL}.csv",
        "/api/v1/statistics/measures",
        "/api/v1/statistics/figures",
    ],
)
def test_caches_are_told_what_they_may_keep(client, path):
    answer = client.get(path)
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)
    etag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(path, headers=etag).status_code == 304
