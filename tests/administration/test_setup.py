"""Departments, services and questions changed in the browser, and the log of it."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.catalog import editing
from app.catalog import operations as catalog
from app.database import session, transaction
from app.departments import operations as departments
from app.departments import queries
from app.roles import Role
from app.setup_log.queries import newest

from ..factories import PASSWORD, staff

FOLDER = Path(__file__).parents[2] / "municipalities" / "kristiansund"


@pytest.fixture
def as_before(app, jurisdiction):
    """The catalogue and departments are the same for all tests: put them back."""
    yield
    session().rollback()
    with transaction():
        session().execute(text("TRUNCATE setup_change"))
        session().execute(text("DELETE FROM service_question WHERE code IN ('deep', 'wide')"))
        session().execute(text("DELETE FROM department WHERE code = 'harbour'"))
        session().expire_all()
        catalog.load(FOLDER, jurisdiction.id, force=True)
        departments.load(FOLDER, jurisdiction.id, force=True)
        for table in ("service", "department"):
            session().execute(text(f"UPDATE {table} SET version = 1, is_edited = false"))


@pytest.fixture
def administrator(client, jurisdiction, as_before):
    who = staff(jurisdiction, role=Role.ADMINISTRATOR, email="administrator@example.org")
    client.post("/logg-inn", data={"email": "administrator@example.org", "password": PASSWORD})
    return who


def service(jurisdiction, code="ROAD-POTHOLE"):
    session().rollback()
    return editing.service(jurisdiction.id, code)


def form(found, **changes):
    texts = {f"name_{code}": text for code, text in found.name.items()}
    texts |= {f"description_{code}": text for code, text in found.description.items()}
    return {
        "version": str(found.version),
        "first_response_days": str(found.first_response_days),
        "fix_days": "" if found.fix_days is None else str(found.fix_days),
        "position_precision": found.position_precision,
        "is_active": "true",
        **texts,
        **changes,
    }


def department_form(**changes):
    names = {f"name_{code}": "Hamna" for code in ("nb", "nn", "en")}
    return {"kind": "internal", "receives": "inbox", "is_active": "true", **names, **changes}


def question_form(version, **changes):
    words = {f"label_{code}": f"How deep ({code})?" for code in ("nb", "nn", "en")}
    return {"version": str(version), "kind": "number", "is_active": "true", **words, **changes}


@pytest.mark.parametrize(
    "path", ["/styring/", "/styring/historikk", "/styring/avdelinger", "/styring/tjenester"]
)
def test_only_administrators_come_in(client, jurisdiction, path):
    assert client.get(path).status_code in {302, 303}
    staff(jurisdiction, role=Role.CASE_HANDLER)
    client.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    assert client.get(path).status_code in {403, 404}


def test_the_start_page_leads_to_the_pages_that_there_are(client, administrator):
    page = client.get("/styring/").text
    assert 'href="/styring/avdelinger"' in page
    assert 'href="/styring/regler"' in page


def test_a_deadline_is_changed_and_written_down(client, jurisdiction, administrator):
    found = service(jurisdiction)
    sent = form(found, fix_days="17")
    assert client.post("/styring/tjenester/ROAD-POTHOLE", data=sent).status_code == 303
    assert service(jurisdiction).fix_days == 17
    (change,) = newest(jurisdiction.id, limit=1)
    assert (change.account_id, change.after) == (administrator.account_id, {"fix_days": 17})
    assert "→ 17" in client.get("/styring/historikk?hva=service").text
    assert "→ 17" not in client.get("/styring/historikk?hva=department").text
    assert "→ 17" in client.get("/styring/historikk.csv").text


def test_whoever_is_late_sees_both_and_saves_again(client, jurisdiction, administrator):
    late = form(service(jurisdiction), fix_days="3")
    client.post("/styring/tjenester/ROAD-POTHOLE", data={**late, "fix_days": "17"})
    answer = client.post("/styring/tjenester/ROAD-POTHOLE", data=late)
    assert answer.status_code == 409
    assert "17 → 3" in answer.text
    assert service(jurisdiction).fix_days == 17
    again = {**late, "version": str(service(jurisdiction).version)}
    assert client.post("/styring/tjenester/ROAD-POTHOLE", data=again).status_code == 303
    assert service(jurisdiction).fix_days == 3


@pytest.mark.parametrize(
    "wrong",
    [{"name_nn": " "}, {"fix_days": "-1"}, {"fix_days": "ten"}, {"position_precision": "house"}],
)
def test_what_is_wrong_in_a_service_is_told_at_its_field(
    client, jurisdiction, administrator, wrong
):
    sent = form(service(jurisdiction), **wrong)
    answer = client.post("/styring/tjenester/ROAD-POTHOLE", data=sent)
    assert answer.status_code == 422
    assert f'id="{next(iter(wrong))}-error"' in answer.text
    assert service(jurisdiction).version == int(sent["version"])


def test_a_question_is_added_moved_and_retired(client, jurisdiction, administrator):
    address = "/styring/tjenester/ROAD-POTHOLE/sporsmal"
    sent = question_form(service(jurisdiction).version, code="deep")
    assert client.post(f"{address}/ny", data=sent).status_code == 303
    again = question_form(service(jurisdiction).version, code="deep")
    assert client.post(f"{address}/ny", data=again).status_code == 422
    version = {"version": str(service(jurisdiction).version)}
    before = [one.code for one in service(jurisdiction).questions]
    assert client.post(f"{address}/deep/opp", data=version).status_code == 303
    after = [one.code for one in service(jurisdiction).questions]
    assert sorted(after) == sorted(before)
    assert after.index("deep") == max(before.index("deep") - 1, 0)
    off = question_form(service(jurisdiction).version)
    del off["is_active"]
    assert client.post(f"{address}/deep", data=off).status_code == 303
    (deep,) = [one for one in service(jurisdiction).questions if one.code == "deep"]
    assert not deep.is_active


def test_choices_need_two_lines_in_every_language(client, jurisdiction, administrator):
    sent = question_form(service(jurisdiction).version, code="wide", kind="choice", choices="a | b")
    answer = client.post("/styring/tjenester/ROAD-POTHOLE/sporsmal/ny", data=sent)
    assert answer.status_code == 422
    sent["choices"] = "a | A | A | A\nb | B | B | B"
    answer = client.post("/styring/tjenester/ROAD-POTHOLE/sporsmal/ny", data=sent)
    assert answer.status_code == 303


def test_departments_come_and_go_out_of_use(client, jurisdiction, administrator):
    sent = department_form(code="harbour")
    assert client.post("/styring/avdelinger/ny", data=sent).status_code == 303
    assert client.post("/styring/avdelinger/ny", data=sent).status_code == 422
    off = department_form(version="1")
    del off["is_active"]
    assert client.post("/styring/avdelinger/harbour", data=off).status_code == 303
    assert queries.by_code(jurisdiction.id, "harbour") is None
    assert client.post("/styring/avdelinger/harbour", data=off).status_code == 409


def test_the_first_line_and_departments_of_rules_stay_in_use(client, jurisdiction, administrator):
    off = department_form(version="1")
    del off["is_active"]
    for code in ("service_desk", "roads"):
        assert client.post(f"/styring/avdelinger/{code}", data=off).status_code == 422
        assert queries.by_code(jurisdiction.id, code) is not None


def test_nothing_is_found_that_is_not_here(client, administrator):
    assert client.get("/styring/avdelinger/none").status_code == 404
    assert client.get("/styring/tjenester/NONE").status_code == 404
    assert client.get("/styring/tjenester/ROAD-POTHOLE/sporsmal/none").status_code == 404


def test_loading_the_folder_keeps_what_was_changed_unless_forced(
    client, jurisdiction, administrator
):
    sent = form(service(jurisdiction), fix_days="17")
    client.post("/styring/tjenester/ROAD-POTHOLE", data=sent)
    client.post("/styring/avdelinger/ny", data=department_form(code="harbour"))
    with transaction():
        lines = catalog.load(FOLDER, jurisdiction.id)
        lines += departments.load(FOLDER, jurisdiction.id)
    assert lines == [
        "service ROAD-POTHOLE: kept as it was changed in the browser",
        "department harbour: kept as it was changed in the browser",
    ]
    assert service(jurisdiction).fix_days == 17
    with transaction():
        catalog.load(FOLDER, jurisdiction.id, force=True)
    assert service(jurisdiction).fix_days != 17
