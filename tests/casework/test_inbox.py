import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from random import Random

import pytest
from sqlalchemy import select, text

from app.casework.models import SavedSearch
from app.database import session, transaction
from app.departments.queries import by_code
from app.roles import Role
from app.service_requests.models import HistoryEntry, ServiceRequest

from ..factories import HARBOUR, submitted
from .desk import come_in

NOW = datetime.now(UTC)


def numbers(page) -> list[str]:
    """The reports of the list, in its order."""
    return re.findall(r'<li class="desk-row" data-number="([^"]+)"', page.get_data(as_text=True))


def counts(page) -> dict[str, int]:
    """What the tabs say."""
    found = re.findall(
        r'data-queue="([a-z-]+)"[^>]*>[^<]*<span class="desk-tabs__count[^"]*">(\d+)<',
        page.get_data(as_text=True),
    )
    return {name: int(count) for name, count in found}


@pytest.fixture
def reports(jurisdiction):
    """Old and new, of two departments."""
    return [
        submitted(jurisdiction, now=NOW - timedelta(days=60), description="Et veldig dypt hull"),
        submitted(
            jurisdiction,
            now=NOW - timedelta(hours=3),
            position=HARBOUR,
            email="resident@example.org",
        ),
        submitted(
            jurisdiction, now=NOW - timedelta(days=2), service_code="WATER-LEAK", is_acute=True
        ),
    ]


def test_the_first_line_sees_all_and_danger_comes_first(client, jurisdiction, reports):
    come_in(client, jurisdiction)
    page = client.get("/innboks?ko=apne")
    assert page.status_code == 200
    assert numbers(page) == [reports[2].number, reports[0].number, reports[1].number]
    assert page.headers["Cache-Control"] == "no-store"


def test_a_case_handler_sees_the_department_only(client, jurisdiction, reports):
    come_in(client, jurisdiction, Role.CASE_HANDLER, "roads")
    page = client.get("/innboks?ko=apne")
    assert numbers(page) == [reports[0].number, reports[1].number]
    assert counts(page)["apne"] == 2
    assert numbers(client.get(f"/innboks?ko=apne&sok={reports[2].number}")) == []


@pytest.mark.parametrize("role", [Role.CREW, Role.ADMINISTRATOR, Role.ANALYST])
def test_others_have_no_inbox(client, jurisdiction, role):
    come_in(client, jurisdiction, role, "roads")
    assert client.get("/innboks").status_code == 403


def test_nobody_is_sent_to_sign_in(client, jurisdiction):
    answer = client.get("/innboks")
    assert (answer.status_code, "/logg-inn" in answer.location) == (303, True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type=WATER-LEAK", {2}),
        ("gruppe=road", {0, 1}),
        ("sok=dypt", {0, 1, 2}),
        ("sok=veldig", {0}),
        ("fare=1", {2}),
        ("status=assigned", {0, 1, 2}),
        ("status=fixed", set()),
        ("kanal=web", {0, 1, 2}),
        ("kanal=api", set()),
        ("ansvarlig=none", {0, 1, 2}),
        ("ansvarlig=me", set()),
        ("ko=over-fristen", {0}),
        ("ko=mine", set()),
        ("ko=venter", set()),
        ("ko=lukket", set()),
        ("eier=none&type=WATER-LEAK", {2}),
        ("omrade=nowhere", set()),
    ],
)
def test_each_filter_leaves_its_reports(client, jurisdiction, reports, query, expected):
    come_in(client, jurisdiction)
    asked = query if "ko=" in query else f"ko=apne&{query}"
    page = client.get(f"/innboks?{asked}")
    assert page.status_code == 200
    assert set(numbers(page)) == {reports[at].number for at in expected}


@pytest.mark.parametrize(
    "query",
    ["ko=nothing", "status=lost", "avdeling=x", "avdeling=99999999999999999999", "etter=rubbish",
     "ansvarlig=somebody", "kanal=pigeon", "eier=Q", "rekkefolge=backwards", "sok=%00"],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_told_of_and_shows_the_list(
    client, jurisdiction, reports, query
):
    come_in(client, jurisdiction)
    page = client.get(f"/innboks?{query}")
    assert page.status_code == 400
    assert len(numbers(page)) == 3


@pytest.mark.parametrize("order", ["frist", "nyeste", "endret"])
def test_page_after_page_shows_each_report_once_in_order(client, jurisdiction, monkeypatch, order):
    monkeypatch.setattr("app.casework.inbox_queries.page.__defaults__", (4,))
    chance = Random(order)
    for number in range(13):
        made = submitted(
            jurisdiction, now=NOW - timedelta(hours=chance.randrange(900)), is_acute=number % 5 == 0
        )
        if number % 4 == 0:
            with transaction():
                session().execute(
                    text(
                        "UPDATE service_request SET due_at = NULL, first_response_at = now() WHERE id = :id"
                    ),
                    {"id": made.id},
                )
    come_in(client, jurisdiction)
    seen, address = [], f"/innboks?ko=apne&rekkefolge={order}"
    while address:
        page = client.get(address)
        assert page.status_code == 200
        seen += numbers(page)
        following = re.search(r'href="([^"]+)" rel="next"', page.get_data(as_text=True))
        address = following.group(1).replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 13


def test_a_long_page_takes_as_many_statements_as_a_short_one(client, jurisdiction, statements):
    come_in(client, jurisdiction)
    submitted(jurisdiction)
    client.get("/innboks?ko=apne")
    statements.clear()
    client.get("/innboks?ko=apne")
    few = len(statements)
    for _ in range(30):
        submitted(jurisdiction)
    statements.clear()
    page = client.get("/innboks?ko=apne")
    assert len(numbers(page)) == 31
    assert len(statements) == few
    assert few <= 18


def test_the_reporters_address_is_sought_without_standing_in_the_url(client, jurisdiction, reports):
    come_in(client, jurisdiction)
    again = submitted(jurisdiction, email="RESIDENT@example.org", now=NOW)
    answer = client.post("/innboks/innmelder", data={"email": "resident@example.org"})
    assert answer.status_code == 303
    assert "resident" not in answer.location
    assert set(numbers(client.get(answer.location))) == {reports[1].number, again.number}


def test_a_search_is_kept_by_name_and_shared_in_the_department(app, client, jurisdiction):
    come_in(client, jurisdiction, Role.CASE_HANDLER, "roads", "one")
    form = {"name": " Mitt  vintersøk ", "query": "ko=apne&gruppe=road&etter=x", "shared": "1"}
    assert client.post("/innboks/sok", data=form).status_code == 303
    kept = session().scalars(select(SavedSearch)).one()
    assert (kept.name, kept.query) == ("Mitt vintersøk", "ko=apne&gruppe=road")
    other = app.test_client()
    come_in(other, jurisdiction, Role.CASE_HANDLER, "roads", "two")
    assert "Mitt vintersøk" in other.get("/innboks").get_data(as_text=True)
    other.post(f"/innboks/sok/{kept.id}/fjern")
    assert session().scalars(select(SavedSearch)).one()
    stranger = app.test_client()
    come_in(stranger, jurisdiction, Role.CASE_HANDLER, "waste", "three")
    assert "Mitt vintersøk" not in stranger.get("/innboks").get_data(as_text=True)
    client.post(f"/innboks/sok/{kept.id}/fjern")
    assert session().scalars(select(SavedSearch)).all() == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_search_needs_a_name(client, jurisdiction, name):
    come_in(client, jurisdiction)
    client.post("/innboks/sok", data={"name": name, "query": "ko=mine"})
    assert session().scalars(select(SavedSearch)).all() == []


def test_what_is_new_is_told_without_a_reload(client, jurisdiction, reports):
    come_in(client, jurisdiction)
    since = {"siden": datetime.now(UTC).isoformat(), "ko": "apne"}
    first = client.get("/innboks/nytt", query_string=since)
    assert first.get_json()["count"] == 0
    again = client.get(
        "/innboks/nytt", query_string=since, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    submitted(jurisdiction)
    told = client.get("/innboks/nytt", query_string=since).get_json()
    assert (told["count"], told["tabs"]["apne"]) == (1, 4)
    assert client.get("/innboks/nytt?siden=yesterday").status_code == 400
    assert client.get("/innboks/nytt").status_code == 400


def test_many_are_changed_together_each_by_itself(client, jurisdiction, reports):
    who = come_in(client, jurisdiction)
    marks = [f"{report.number}:{report.version}" for report in reports]
    marks[1] = f"{reports[1].number}:99"
    page = client.post("/innboks/samlet", data={"merk": marks, "verb": "ta"})
    assert page.status_code == 200
    for report in reports:
        session().refresh(report)
    assert [report.assignee_id for report in reports] == [who.account_id, None, who.account_id]


@pytest.mark.parametrize(
    "form",
    [{}, {"merk": ["KSU-2026-000001:1"]}, {"merk": ["x"], "verb": "utfort"}, {"merk": ["x"], "verb": ""}],
)  # fmt: skip
def test_nothing_ticked_or_chosen_changes_nothing(client, jurisdiction, reports, form):
    come_in(client, jurisdiction)
    assert client.post("/innboks/samlet", data=form).status_code == 422


def test_ticks_of_another_departments_reports_change_nothing(client, jurisdiction, reports):
    come_in(client, jurisdiction, Role.CASE_HANDLER, "roads")
    mark = f"{reports[2].number}:{reports[2].version}"
    page = client.post("/innboks/samlet", data={"merk": [mark], "verb": "ta"})
    assert page.status_code == 200
    session().refresh(reports[2])
    assert reports[2].assignee_id is None
    entries = select(HistoryEntry).where(HistoryEntry.kind == "assigned")
    assert session().scalars(entries).all() == []


@pytest.mark.parametrize("version", ["9" * 5000, "²", "-1", "", "x"])
def test_a_tick_that_cannot_be_is_told_of_and_no_fault(client, jurisdiction, reports, version):
    come_in(client, jurisdiction)
    form = {"merk": [f"{reports[0].number}:{version}"], "verb": "ta", "assignee": ""}
    page = client.post("/innboks/samlet", data=form)
    assert page.status_code == 200
    session().refresh(reports[0])
    assert reports[0].assignee_id is None


@pytest.mark.parametrize(
    "form", [{"assignee": "9" * 5000}, {"department": "²"}, {"message": "x" * 2001}]
)
def test_a_box_that_cannot_be_read_changes_nothing(client, jurisdiction, reports, form):
    come_in(client, jurisdiction)
    marks = [f"{reports[0].number}:{reports[0].version}"]
    page = client.post("/innboks/samlet", data={"merk": marks, "verb": "svar"} | form)
    assert page.status_code == 422
    session().refresh(reports[0])
    assert reports[0].version == 1


def test_many_answers_are_filled_in_each_for_its_report(client, jurisdiction, reports):
    come_in(client, jurisdiction)
    marks = [f"{report.number}:{report.version}" for report in reports]
    form = {"merk": marks, "verb": "svar", "message": "Takk for {number}."}
    seen = client.post("/innboks/samlet", data=form | {"forhandsvis": "1"})
    assert seen.status_code == 200
    assert f"Takk for {reports[1].number}." in seen.text
    assert seen.text.count('name="merk"') == 3
    entries = select(HistoryEntry).where(HistoryEntry.kind == "message")
    assert session().scalars(entries).all() == []
    assert client.post("/innboks/samlet", data=form).status_code == 200
    said = {entry.message for entry in session().scalars(entries)}
    assert said == {f"Takk for {report.number}." for report in reports}


def test_a_preview_of_many_says_what_would_be_refused(client, jurisdiction, reports):
    come_in(client, jurisdiction)
    marks = [f"{report.number}:{report.version}" for report in reports]
    form = {"merk": marks, "forhandsvis": "1"}
    refused = client.post(
        "/innboks/samlet", data=form | {"verb": "svar", "message": "Som {original}"}
    )
    assert refused.text.count("{original}: ") == 3
    among_staff = client.post("/innboks/samlet", data=form | {"verb": "merknad", "message": "Nå"})
    assert "preview-1" not in among_staff.text


def test_all_of_the_list_stands_on_the_map_also_what_other_pages_hold(
    client, jurisdiction, reports, monkeypatch
):
    come_in(client, jurisdiction)
    found = client.get("/innboks/kart?ko=apne").get_json()
    assert [pin["number"] for pin in found["reports"]] == numbers(client.get("/innboks?ko=apne"))
    assert found["isCut"] is False
    first = found["reports"][0]
    assert first["group"] == "water"
    assert (round(first["longitude"]), round(first["latitude"])) == (8, 63)
    assert reports[0].number in found["reports"][1]["sentence"]
    assert found["reports"][1]["isOverdue"] is True
    monkeypatch.setattr("app.casework.inbox_queries.MOST_ON_MAP", 2)
    cut = client.get("/innboks/kart?ko=apne").get_json()
    assert (len(cut["reports"]), cut["isCut"]) == (2, True)
    assert len(client.get("/innboks/kart?ko=apne&type=WATER-LEAK").get_json()["reports"]) == 1
    assert client.get("/innboks/kart?ko=nothing").status_code == 400


def test_the_map_holds_what_the_person_may_see_only(client, jurisdiction, reports):
    come_in(client, jurisdiction, Role.CASE_HANDLER, "roads")
    found = client.get("/innboks/kart?ko=apne").get_json()
    assert {pin["number"] for pin in found["reports"]} == {reports[0].number, reports[1].number}


def test_words_with_signs_of_sql_are_only_words(client, jurisdiction, reports):
    come_in(client, jurisdiction)
    page = client.get("/innboks", query_string={"ko": "apne", "sok": "100%_' OR 1=1 --"})
    assert (page.status_code, numbers(page)) == (200, [])


class _Inputs(HTMLParser):
    """What a browser sends for the page's search form as it stands."""

    def __init__(self):
        super().__init__()
        self.sent, self.select = [], None
        self.is_mine = False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.is_mine = given.get("role") == "search"
        if not self.is_mine:
            return
        if tag == "input" and given.get("type") != "checkbox":
            self.sent.append((given["name"], given.get("value", "")))
        if tag == "select":
            self.select = given["name"]
            self.sent.append((self.select, None))
        if tag == "option" and (self.sent[-1][1] is None or "selected" in given):
            self.sent[-1] = (self.select, given.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self.is_mine = False


def sent_by(page):
    reader = _Inputs()
    reader.feed(page.text)
    return dict(reader.sent)


def test_the_search_form_as_a_browser_sends_it_is_understood(client, jurisdiction, reports):
    come_in(client, jurisdiction)
    fields = sent_by(client.get("/innboks?ko=apne"))
    assert {"avdeling", "eier", "kanal", "ansvarlig", "status"} <= fields.keys()
    found = client.get(
        "/innboks", query_string=fields | {"sok": "veldig dypt"}, follow_redirects=True
    )
    assert (found.status_code, numbers(found)) == (200, [reports[0].number])
    assert found.request.query_string == b"ko=apne&sok=veldig+dypt&rekkefolge=frist"
    for path in ("/innboks/kart", "/innboks/nytt"):
        query = fields | {"siden": NOW.isoformat()}
        assert client.get(path, query_string=query).status_code == 200


def test_house_numbers_and_short_words_are_found_in_the_text(client, jurisdiction, reports):
    come_in(client, jurisdiction)
    with transaction():
        session().get_one(ServiceRequest, reports[1].id).place_text = "Storgata 12"
    for words, number in (
        ("Storgata 12", reports[1].number),
        ("et veldig dypt", reports[0].number),
    ):
        page = client.get("/innboks", query_string={"ko": "apne", "sok": words})
        assert numbers(page) == [number]
    page = client.get("/innboks", query_string={"ko": "apne", "sok": "Storgata 13"})
    assert numbers(page) == []
    alone = reports[2].number.rsplit("-", 1)[1].lstrip("0")
    page = client.get("/innboks", query_string={"ko": "apne", "sok": alone})
    assert numbers(page) == [reports[2].number]


def test_many_may_be_sent_to_a_department_that_is_not_ones_own(client, jurisdiction, reports):
    come_in(client, jurisdiction, Role.CASE_HANDLER, "roads")
    waste = by_code(jurisdiction.id, "waste")
    page = (
        client.get("/innboks?ko=apne").text.split('id="bulk-department"')[1].split("</select>")[0]
    )
    assert f'value="{waste.id}"' in page
    mark = f"{reports[0].number}:{reports[0].version}"
    form = {"merk": [mark], "verb": "avdeling", "department": str(waste.id)}
    assert client.post("/innboks/samlet", data=form).status_code == 200
    session().refresh(reports[0])
    assert reports[0].department_id == waste.id
