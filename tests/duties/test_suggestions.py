"""Who is suggested for a report, and how the desk shows it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from app.database import session, transaction
from app.departments.queries import by_code
from app.duties import queries
from app.duties.days import today_in
from app.duties.reasons import missing_words, reason_of
from app.roles import Role

from ..casework.desk import come_in
from ..factories import submitted
from .people import answers, away, handler

MONDAY = date(2026, 6, 1)
FRIDAY = date(2026, 6, 5)


@pytest.fixture
def kari(jurisdiction):
    return handler(jurisdiction, "kari")


@pytest.fixture
def ola(jurisdiction):
    return handler(jurisdiction, "ola")


def ask(jurisdiction, *, service="ROAD-POTHOLE", department="roads", today=MONDAY):
    return queries.suggestions(
        jurisdiction,
        by_code(jurisdiction.id, department).id,
        queries.service(jurisdiction.id, service).id,
        today=today,
    )


def test_nobody_is_suggested_where_nobody_answers(jurisdiction):
    assert ask(jurisdiction) == queries.Suggestions()


def test_who_answers_for_the_service_comes_before_who_answers_for_the_department(
    app, jurisdiction, kari, ola
):
    answers(jurisdiction, kari)
    answers(jurisdiction, ola, service="ROAD-POTHOLE")
    assert ask(jurisdiction).suggestion.label == "ola@example.org"
    assert ask(jurisdiction, service="ROAD-WINTER").suggestion.label == "kari@example.org"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert "«" in reason_of(ask(jurisdiction).suggestion)
        winter = ask(jurisdiction, service="ROAD-WINTER").suggestion
        assert reason_of(winter) == "Answers for the department's reports."


def test_people_are_called_what_colleagues_call_them(jurisdiction, kari, ola):
    answers(jurisdiction, kari, deputy=ola)
    with transaction():
        session().execute(text("UPDATE account SET name = 'Kari' WHERE email LIKE 'kari@%'"))
    assert ask(jurisdiction).suggestion.label == "Kari"
    away(jurisdiction, kari, MONDAY, MONDAY)
    assert ask(jurisdiction).suggestion.instead_of == "Kari"


def test_another_departments_people_are_not_suggested(jurisdiction, kari):
    answers(jurisdiction, kari)
    assert ask(jurisdiction, department="waste").suggestion is None


def test_the_deputy_stands_in_until_the_next_working_day(app, jurisdiction, kari, ola):
    answers(jurisdiction, kari, deputy=ola)
    away(jurisdiction, kari, MONDAY, FRIDAY)
    found = ask(jurisdiction, today=FRIDAY)
    assert found.away == {kari.account_id: date(2026, 6, 8)}
    assert found.suggestion.account_id == ola.account_id
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = reason_of(found.suggestion).replace("\u00a0", " ")
    assert said.startswith("Stands in for kari@example.org until 8 June")
    assert ask(jurisdiction, today=date(2026, 6, 6)).suggestion.account_id == kari.account_id


def test_when_both_are_away_the_department_is_asked(jurisdiction, kari, ola):
    lead = handler(jurisdiction, "lead", "service_desk", Role.FIRST_LINE)
    answers(jurisdiction, kari, service="ROAD-POTHOLE", deputy=ola)
    answers(jurisdiction, lead)
    away(jurisdiction, kari, MONDAY, FRIDAY)
    assert ask(jurisdiction).suggestion.account_id == ola.account_id
    away(jurisdiction, ola, MONDAY, MONDAY)
    assert ask(jurisdiction).suggestion.account_id == lead.account_id


def test_it_is_told_when_nobody_stands_in(app, jurisdiction, kari):
    answers(jurisdiction, kari)
    away(jurisdiction, kari, MONDAY, FRIDAY)
    found = ask(jurisdiction)
    assert (found.suggestion, found.missing) == (None, ("kari@example.org", date(2026, 6, 8)))
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert missing_words(found).startswith("kari@example.org answers for this")
        assert missing_words(queries.Suggestions()) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE membership SET role = 'crew' WHERE account_id = :who",
        "UPDATE account SET is_active = false WHERE id = :who",
        "UPDATE membership SET department_id = (SELECT id FROM department WHERE code = 'waste')"
        " WHERE account_id = :who",
        "DELETE FROM membership WHERE account_id = :who",
    ],
)
def test_who_may_no_longer_work_at_the_desk_there_is_passed_over(
    app, jurisdiction, kari, ola, change
):
    answers(jurisdiction, kari, deputy=ola)
    with transaction():
        session().execute(text(change), {"who": kari.account_id})
    found = ask(jurisdiction)
    assert (found.suggestion.account_id, found.suggestion.until) == (ola.account_id, None)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert reason_of(found.suggestion) == "Stands in for kari@example.org."


def test_an_account_that_is_deleted_takes_its_duties_along(jurisdiction, kari, ola):
    answers(jurisdiction, kari, deputy=ola)
    with transaction():
        session().execute(text("DELETE FROM account WHERE id = :id"), {"id": ola.account_id})
    assert ask(jurisdiction).suggestion.account_id == kari.account_id
    with transaction():
        session().execute(text("DELETE FROM account WHERE id = :id"), {"id": kari.account_id})
    assert queries.all_duties(jurisdiction.id) == []


def test_asking_takes_two_statements(jurisdiction, kari, ola, statements):
    answers(jurisdiction, kari, deputy=ola)
    answers(jurisdiction, ola, service="ROAD-POTHOLE", deputy=kari)
    department = by_code(jurisdiction.id, "roads").id
    service = queries.service(jurisdiction.id, "ROAD-POTHOLE").id
    for number in range(20):
        away(jurisdiction, kari, MONDAY + timedelta(number), MONDAY + timedelta(number))
    assert jurisdiction.country == "NO"
    statements.clear()
    queries.suggestions(jurisdiction, department, service, today=MONDAY)
    assert len([said for said in statements if said.startswith("SELECT")]) == 2


@pytest.fixture
def today(jurisdiction):
    return today_in(jurisdiction.time_zone, datetime.now(UTC))


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction)


def page_of(client, report, way=""):
    session().rollback()
    return client.get(f"/innboks/{report.number}{way}").get_data(as_text=True)


def test_one_press_gives_the_report_to_who_is_suggested(client, jurisdiction, report, kari):
    answers(jurisdiction, kari, service="ROAD-POTHOLE")
    come_in(client, jurisdiction)
    page = page_of(client, report)
    shown = page.split('class="case__suggestion"')[1].split("</form>")[0]
    assert "kari@example.org" in shown
    assert f'action="/innboks/{report.number}/gi-til"' in shown
    assert f'name="assignee" value="{kari.account_id}"' in shown
    sent = {"version": report.version, "assignee": kari.account_id}
    assert client.post(f"/innboks/{report.number}/gi-til", data=sent).status_code == 303
    assert "case__suggestion" not in page_of(client, report)
    session().refresh(report)
    assert report.assignee_id == kari.account_id
    assert "case__suggestion" in page_of(client, submitted(jurisdiction), "?del=1")


def test_nobody_is_suggested_while_somebody_at_work_has_it(
    client, jurisdiction, report, kari, ola, today
):
    answers(jurisdiction, kari)
    come_in(client, jurisdiction)
    client.post(
        f"/innboks/{report.number}/gi-til",
        data={"version": report.version, "assignee": ola.account_id},
    )
    assert "case__suggestion" not in page_of(client, report)
    row = away(jurisdiction, ola, today, today)
    assert "case__suggestion" in page_of(client, report)
    with transaction():
        session().delete(session().merge(row))
        session().execute(
            text("UPDATE account SET is_active = false WHERE id = :who"), {"who": ola.account_id}
        )
    assert "case__suggestion" in page_of(client, report)


def test_i_am_told_when_it_is_me(client, jurisdiction, report):
    me = come_in(client, jurisdiction, Role.CASE_HANDLER, "roads", "me")
    answers(jurisdiction, me)
    shown = page_of(client, report).split('class="case__suggestion"')[1].split("</div>")[0]
    assert "me@example.org" in shown
    assert "<form" not in shown


def test_who_is_away_is_marked_in_the_list_and_at_the_report(
    client, jurisdiction, report, kari, ola, today
):
    answers(jurisdiction, kari, deputy=ola)
    away(jurisdiction, kari, today, today)
    come_in(client, jurisdiction)
    page = page_of(client, report)
    option = page.split(f'<option value="{kari.account_id}"')[1].split("</option>")[0]
    assert "(borte til" in option
    assert "(borte" not in page.split(f'<option value="{ola.account_id}"')[1].split("</option>")[0]
    assert "ola@example.org" in page.split('class="case__suggestion"')[1].split("</form>")[0]
    client.post(
        f"/innboks/{report.number}/gi-til",
        data={"version": report.version, "assignee": kari.account_id},
    )
    assert "kari@example.org (borte til" in page_of(client, report)


def test_the_page_tells_when_nobody_stands_in(client, jurisdiction, report, kari, today):
    answers(jurisdiction, kari)
    away(jurisdiction, kari, today, today)
    come_in(client, jurisdiction)
    assert "case__nobody" in page_of(client, report)


def test_a_closed_report_needs_nobody(client, jurisdiction, report, kari, today):
    answers(jurisdiction, kari)
    come_in(client, jurisdiction)
    client.post(
        f"/innboks/{report.number}/ingen-tiltak",
        data={"version": report.version, "message": "Ikke vår"},
    )
    away(jurisdiction, kari, today, today)
    page = page_of(client, report)
    assert "case__suggestion" not in page
    assert "case__nobody" not in page
