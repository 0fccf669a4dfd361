import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.database import session, transaction
from app.jurisdictions.setup_files import BrokenSetup
from app.notifications.models import Delivery
from app.replies import operations, queries
from app.replies.hints import hints
from app.replies.models import ReplyTemplate
from app.replies.words import PLACEHOLDERS, fill, left_over, unknown
from app.roles import Role
from app.service_requests.models import HistoryEntry

from ..casework.desk import come_in
from ..conftest import ROOT
from ..factories import orders, submitted
from ..kept import put_back

FOLDER = ROOT / "municipalities" / "kristiansund"


@pytest.fixture(autouse=True)
def kept(app):
    with put_back(ReplyTemplate):
        yield


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="resident@example.org", language="en")


def stored(code):
    session().rollback()
    return session().scalars(select(ReplyTemplate).where(ReplyTemplate.code == code)).one_or_none()


def test_kristiansunds_answers_have_only_known_placeholders_in_every_language(jurisdiction):
    found = queries.templates(jurisdiction.id)
    assert len(found) >= 12
    for row in found:
        assert set(row.text) >= {"nb", "nn", "en"}
        assert [name for said in row.text.values() for name in unknown(said)] == []
        assert len({tuple(sorted(re.findall(r"\{\w+\}", said))) for said in row.text.values()}) == 1


def test_loading_again_changes_nothing_and_leaves_what_the_browser_changed(jurisdiction, app):
    with transaction():
        assert operations.load(FOLDER, jurisdiction.id) == []
    with transaction():
        row = stored("thanks")
        row.text = row.text | {"nb": "Takk"}
        row.is_edited = True
    with transaction():
        lines = operations.load(FOLDER, jurisdiction.id)
    assert lines == ["answer thanks: stays as it was changed in the browser"]


def test_what_is_not_known_stays_to_be_seen():
    assert fill("{number} {place} {x}", {"number": "KSU-1"}) == "KSU-1 {place} {x}"
    assert left_over("KSU-1 {place} {x}") == ["place"]
    assert unknown("{place} {x} {x}") == ["x"]
    assert len(PLACEHOLDERS) == 13


@pytest.mark.parametrize(
    ("said", "language", "count"),
    [
        ("Vi retter det innen fredag.", "nb", 0),
        ("Vedrørende saken: oversendt rette instans.", "nb", 3),
        ("Vedrørende", "en", 0),
        ("ord " * 26, "nb", 1),
        ("Takk!", "nn", 1),
        ("", "nb", 0),
    ],
)
def test_hints_advise_on_words_of_the_office_and_long_sentences(app, said, language, count):
    with app.test_request_context():
        assert len(hints(said, language)) == count


def test_the_answers_are_filled_in_the_reporters_language(client, jurisdiction, report):
    come_in(client, jurisdiction)
    found = client.get(f"/innboks/{report.number}/svarmaler").get_json()
    assert found["language"] == "en"
    texts = {answer["code"]: answer["text"] for answer in found["answers"]}
    assert texts["private"].startswith("The place is private property.")
    assert "Roads" in texts["thanks"] or "roads" in texts["thanks"]
    assert "winter" not in texts
    assert "water_leak" not in texts


def test_those_of_the_service_come_first(client, jurisdiction):
    leak = submitted(jurisdiction, service_code="WATER-LEAK")
    come_in(client, jurisdiction)
    found = client.get(f"/innboks/{leak.number}/svarmaler").get_json()
    assert found["answers"][0]["code"] == "water_leak"


def test_the_preview_is_the_very_letter_and_nothing_of_it_is_kept(client, jurisdiction, report):
    come_in(client, jurisdiction)
    rows = session().scalar(select(func.count()).select_from(HistoryEntry))
    before = orders()
    page = client.post(
        f"/innboks/{report.number}/forhandsvis", data={"message": "We come {fix_by} tomorrow!"}
    )
    said = page.get_data(as_text=True)
    assert page.status_code == 200
    assert re.search(r"We come [^{}]*\d[^{}]* tomorrow!", said.split("preview__letter")[1])
    assert report.number in said
    assert session().scalar(select(func.count()).select_from(HistoryEntry)) == rows
    assert session().scalar(select(func.count()).select_from(Delivery)) == 0
    assert orders() == before
    session().refresh(report)
    assert (report.version, report.first_response_at) == (1, None)


def test_a_preview_without_words_says_what_is_missing(client, jurisdiction, report):
    come_in(client, jurisdiction)
    page = client.post(f"/innboks/{report.number}/forhandsvis", data={})
    assert page.status_code == 422


@pytest.mark.parametrize(
    ("verb", "more", "status"),
    [
        ("avvis", {}, "rejected"),
        ("ingen-tiltak", {}, "no_action"),
        ("utfort", {"led_to_improvement": "true"}, "fixed"),
        ("planlegg", {}, "planned"),
    ],
)
def test_closing_is_previewed_as_the_letter_that_is_sent(
    client, jurisdiction, report, verb, more, status
):
    come_in(client, jurisdiction)
    page = client.get(f"/innboks/{report.number}").text
    assert f'name="verb" value="{verb}"' in page
    sent = {"message": "It was a shadow on the road.", "verb": verb} | more
    before = orders()
    said = client.post(f"/innboks/{report.number}/forhandsvis", data=sent)
    assert said.status_code == 200
    assert "It was a shadow on the road." in said.text
    assert orders() == before
    session().refresh(report)
    assert (report.status, report.version) == ("assigned", 1)
    done = client.post(f"/innboks/{report.number}/{verb}", data=sent | {"version": "1"})
    assert done.status_code == 303
    session().refresh(report)
    assert report.status == status


@pytest.mark.parametrize("path", ["svarmaler", "forhandsvis"])
def test_another_departments_report_has_no_answers(client, jurisdiction, report, path):
    come_in(client, jurisdiction, Role.CASE_HANDLER, "waste")
    address = f"/innboks/{report.number}/{path}"
    answer = client.post(address) if path == "forhandsvis" else client.get(address)
    assert answer.status_code == 404


def form_of(**changes):
    tongues = ("nb", "nn", "en")
    values = {f"name-{tongue}": "Navn" for tongue in tongues}
    values |= {f"text-{tongue}": "Hei {number}" for tongue in tongues}
    return values | {"version": "0", "code": "my_own"} | changes


def administrator(client, jurisdiction):
    return come_in(client, jurisdiction, Role.ADMINISTRATOR, "roads", "administrator")


def test_an_administrator_makes_changes_and_retires_an_answer(client, jurisdiction, report):
    administrator(client, jurisdiction)
    assert client.post("/styring/svar/ny", data=form_of()).status_code == 303
    row = stored("my_own")
    assert (row.version, row.is_edited) == (1, True)
    changed = form_of(**{"version": "1", "text-nb": "Hallo {number}", "service": "WATER-LEAK"})
    assert client.post("/styring/svar/my_own", data=changed).status_code == 303
    late = client.post("/styring/svar/my_own", data=form_of(**{"version": "1", "text-nb": "Mitt"}))
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "Hallo {number}" in page
    assert "Mitt" in page
    assert client.post("/styring/svar/my_own/av", data={"version": "2"}).status_code == 303
    session().expire_all()
    codes = [row.code for row in queries.templates(jurisdiction.id)]
    assert "my_own" not in codes
    assert client.get("/styring/svar?sok=hallo").get_data(as_text=True).count("my_own") >= 1


@pytest.mark.parametrize(
    "changes",
    [
        {"text-nb": ""},
        {"text-en": "Hei {nummer}"},
        {"name-nn": ""},
        {"text-nb": "x" * 1501},
        {"code": "Æ"},
        {"code": "thanks"},
        {"service": "NOTHING"},
        {"status": "lost"},
    ],
)
def test_what_is_wrong_with_an_answer_is_told(client, jurisdiction, changes):
    administrator(client, jurisdiction)
    answer = client.post("/styring/svar/ny", data=form_of(**changes))
    assert answer.status_code == 422
    assert 'id="errors"' in answer.get_data(as_text=True)
    assert stored("my_own") is None


@pytest.mark.parametrize("version", ["x", "-1", "99999999999999", ""])
def test_a_version_that_cannot_be_is_a_conflict_and_no_fault(client, jurisdiction, version):
    administrator(client, jurisdiction)
    answer = client.post("/styring/svar/thanks", data=form_of(version=version))
    assert answer.status_code in {409, 422}
    assert client.get("/styring/svar/nothing").status_code == 404
    assert client.post("/styring/svar/nothing/av", data={"version": "1"}).status_code == 404


def test_a_broken_file_says_where(tmp_path, jurisdiction):
    (tmp_path / "replies.yaml").write_text(
        "- code: a_b\n  name: {nb: a, nn: a, en: a}\n  text: {nb: '{x}', nn: a, en: a}\n"
    )
    with pytest.raises(BrokenSetup):
        operations.load(tmp_path, jurisdiction.id)


def test_placeholders_are_filled_when_the_answer_is_sent(client, jurisdiction, report):
    come_in(client, jurisdiction)
    said = {"version": "1", "message": "Your {service}, {number}: see {link}. {y} stays."}
    assert client.post(f"/innboks/{report.number}/svar", data=said).status_code == 303
    entries = select(HistoryEntry).where(HistoryEntry.kind == "message")
    written = session().scalars(entries).one().message
    assert f"{report.number}: see " in written
    assert f"/meldinger/{report.number}. {{y}} stays." in written
    assert report.token not in written


@pytest.mark.parametrize("verb", ["svar", "forhandsvis"])
def test_what_nothing_is_known_for_is_not_sent(client, jurisdiction, report, verb):
    come_in(client, jurisdiction)
    said = {"version": "1", "message": "It is the same as {original}."}
    answer = client.post(f"/innboks/{report.number}/{verb}", data=said)
    assert answer.status_code == 422
    assert "{original}: " in answer.text
    entries = select(func.count()).select_from(HistoryEntry).where(HistoryEntry.kind == "message")
    assert session().scalar(entries) == 0


def test_a_note_among_staff_keeps_its_braces(client, jurisdiction, report):
    come_in(client, jurisdiction)
    said = {"version": "1", "message": "Fill {original} in"}
    assert client.post(f"/innboks/{report.number}/merknad", data=said).status_code == 303


def test_a_pasted_personal_link_becomes_the_open_pages(client, jurisdiction, report):
    come_in(client, jurisdiction)
    said = {"version": "1", "message": f"You wrote at http://localhost/m/{report.token}"}
    assert client.post(f"/innboks/{report.number}/svar", data=said).status_code == 303
    page = client.get(f"/meldinger/{report.number}").text
    assert f"You wrote at http://localhost/meldinger/{report.number}" in page
    assert report.token not in page


def test_no_answer_of_kristiansund_gives_the_personal_link_away(client, jurisdiction, report):
    come_in(client, jurisdiction)
    found = client.get(f"/innboks/{report.number}/svarmaler").text
    assert report.token not in found


def test_who_left_a_number_only_gets_a_text_message(
    client, jurisdiction, app, monkeypatch, tmp_path
):
    by_phone = submitted(jurisdiction, email=None, phone="+4790000000", language="en")
    come_in(client, jurisdiction)
    settings = replace(app.config["SETTINGS"], mail_folder=tmp_path)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    said = client.post(f"/innboks/{by_phone.number}/forhandsvis", data={"message": "We come."})
    assert said.status_code == 200
    shown = said.text.split("preview__letter")
    assert f"/m/{by_phone.token}" in shown[1]
    assert "We come." in shown[2]
    assert list(tmp_path.iterdir()) == []
