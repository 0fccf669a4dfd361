"""The chatbot's JSON, and the examples of its page in docs/."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.catalog.models import QuestionKind, Service, ServiceQuestion
from app.database import session, transaction

from ..conftest import ROOT
from ..factories import submitted

AT = "/api/v1/assistant"
EXAMPLE = re.compile(r"```http\n(.*?)```\n\n```json\n(.*?)```", re.DOTALL)
POINT = {"type": "Point", "coordinates": [7.7279, 63.1104]}
WHOLE = {"service_code": "ROAD-POTHOLE", "position": POINT, "description": "Dypt hull"}


@pytest.fixture
def bot(app):
    """A machine that asks in bokmål."""
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "nb"
    return browser


def fits(documented, answered):
    """Whether the answer has all that the page says; «…» stands for anything."""
    if isinstance(documented, dict):
        return isinstance(answered, dict) and all(
            name in answered and fits(value, answered[name]) for name, value in documented.items()
        )
    if isinstance(documented, str) and "…" in documented:
        pattern = ".*".join(re.escape(part) for part in documented.split("…"))
        return re.fullmatch(pattern, answered, re.DOTALL) is not None
    return documented == answered


def test_the_documented_examples_are_true(app):
    page = Path(ROOT / "docs/assistant.md").read_text("utf-8")
    examples = EXAMPLE.findall(page)
    assert len(examples) == page.count("```http") == 7
    number = ""
    for request, documented in examples:
        head, _, body = request.strip().partition("\n\n")
        (method, path), *headers = (line.split(" ", 1) for line in head.splitlines())
        answer = app.test_client().open(
            path.replace("NUMBER", number),
            method=method,
            headers={name.rstrip(":"): value for name, value in headers},
            json=json.loads(body) if body else None,
        )
        assert answer.status_code in {200, 201}, answer.text
        assert fits(json.loads(documented), answer.json), (documented, answer.json)
        number = answer.json["data"].get("number", number)


def test_a_report_grows_question_by_question(bot):
    report, asked = {}, []
    for field, value in [*WHOLE.items(), ("", None)]:
        answer = bot.post(f"{AT}/check", json={"report": report}).json
        if answer["next"]:
            asked.append(answer["next"]["field"])
            assert answer["next"]["question"] in answer["say"]
        report[field] = value
    assert asked == ["service_code", "position", "description"]
    assert answer["data"]["is_complete"]
    assert answer["data"]["department"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"service_code": "NOTHING"}, "service_code"),
        ({"position": {"type": "Point", "coordinates": [200, 0]}}, "position"),
        ({"position": {"type": "Point"}}, "position"),
        ({"position": {}}, "position"),
        ({"position": {"type": "Point", "coordinates": [7.6, 62.95]}}, "position"),
        ({"description": " "}, "description"),
        ({"contact": {"email": "x"}}, "contact"),
        ({"service_code": "LIGHT-DARK", "lamps": ["X9"]}, "lamps"),
    ],
)
def test_what_is_wrong_is_said_and_asked_again(bot, values, field):
    answer = bot.post(f"{AT}/check", json={"report": WHOLE | values})
    assert answer.status_code == 200
    said = answer.json
    assert said["next"]["field"] == field
    assert said["data"]["errors"][field]
    assert said["say"].startswith(said["data"]["errors"][field])
    assert not said["data"]["is_complete"]


def test_a_services_own_questions_are_asked(bot, jurisdiction):
    service = session().scalars(select(Service).where(Service.code == "ROAD-POTHOLE")).one()
    texts = {"nb": "Hvor dypt?", "nn": "Kor djupt?", "en": "How deep?"}
    with transaction():
        question = ServiceQuestion(
            jurisdiction_id=jurisdiction.id,
            service_id=service.id,
            code="test_depth",
            rank=0,
            kind=QuestionKind.CHOICE,
            is_required=True,
            label=texts,
            choices=[{"code": "deep", "name": {"nb": "Dypt"}}],
        )
        session().add(question)
    try:
        report = WHOLE | {"answers": {}}
        asked = bot.post(f"{AT}/check", json={"report": report}).json["next"]
        assert asked["field"] == "answers.test_depth"
        assert asked["question"] == "Hvor dypt?"
        assert asked["choices"][0]["code"] == "deep"
    finally:
        with transaction():
            session().delete(session().get(ServiceQuestion, question.id))


def test_sending_twice_with_a_key_makes_one_report(bot):
    headers = {"Idempotency-Key": "the-key-of-a-test"}
    first, again = (bot.post(f"{AT}/reports", json=WHOLE, headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json["data"]["number"] == again.json["data"]["number"]
    assert first.json["data"]["number"] in first.json["say"]
    assert first.headers["Location"].endswith(first.json["data"]["number"])


def test_an_incomplete_report_is_refused_like_any_other(bot):
    answer = bot.post(f"{AT}/reports", json={})
    assert answer.status_code == 422
    assert "service_code" in answer.json["errors"]


def test_how_it_goes_is_a_sentence_without_what_is_not_public(bot, jurisdiction):
    report = submitted(jurisdiction, description="Hemmelig hull", email="resident@example.org")
    answer = bot.get(f"{AT}/reports/{report.number}")
    assert answer.json["say"].startswith(f"{report.number}, ")
    assert "Hemmelig" not in answer.text
    assert report.token not in answer.text
    assert bot.get(f"{AT}/reports/KSU-2026-999999").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "x" * 3000}, {"text": "x", "limit": 99}]
)
def test_a_question_that_is_none_is_refused(bot, body):
    assert bot.post(f"{AT}/suggest", json=body).status_code == 422


def test_words_that_fit_nothing_lead_to_the_whole_list(bot):
    answer = bot.post(f"{AT}/suggest", json={"text": "qqqq zzzz"}).json
    assert answer["data"]["matches"] == []
    assert len(answer["next"]["choices"]) > 10


def test_the_addresses_are_in_the_openapi_document(bot):
    paths = bot.get("/api/v1/openapi.json").json["paths"]
    ours = {path for path in paths if path.startswith(AT)}
    assert ours == {f"{AT}/{name}" for name in ("services", "suggest", "check", "reports")} | {
        f"{AT}/reports/{{number}}"
    }
