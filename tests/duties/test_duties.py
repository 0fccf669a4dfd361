"""Who answers for what, set up in the browser."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from app.catalog.models import Service
from app.database import session, transaction
from app.duties import queries
from app.duties.models import Duty
from app.roles import Role
from app.setup_log.queries import newest

from ..casework.desk import come_in
from ..kept import put_back
from .people import answers, handler

ROADS = "/styring/ansvar/roads"


@pytest.fixture(autouse=True)
def clean(app):
    """The log is append-only: only emptying the table takes its rows away."""
    yield
    session().rollback()
    with transaction():
        session().execute(text("TRUNCATE setup_change"))


@pytest.fixture
def administrator(client, jurisdiction):
    return come_in(client, jurisdiction, Role.ADMINISTRATOR, "service_desk", "administrator")


@pytest.fixture
def kari(jurisdiction):
    return handler(jurisdiction, "kari")


@pytest.fixture
def ola(jurisdiction):
    return handler(jurisdiction, "ola")


def form(account, deputy=None, *, service="", version=0):
    return {
        "service": service,
        "account": str(account.account_id if account else ""),
        "deputy": str(deputy.account_id if deputy else ""),
        "version": str(version),
    }


def stored(jurisdiction):
    session().rollback()
    session().expire_all()
    return [
        (line.service_code, line.account.label, line.deputy and line.deputy.label, line.version)
        for line in queries.all_duties(jurisdiction.id)
    ]


@pytest.mark.parametrize("role", [Role.CREW, Role.CASE_HANDLER, Role.FIRST_LINE, Role.ANALYST])
def test_only_administrators_set_it_up(client, jurisdiction, role):
    who = come_in(client, jurisdiction, role, "roads")
    assert client.get("/styring/ansvar").status_code == 403
    assert client.get(ROADS).status_code == 403
    assert client.post(ROADS, data=form(who)).status_code == 403
    assert client.post(f"{ROADS}/fjern", data={"version": "1"}).status_code == 403
    assert stored(jurisdiction) == []


def test_somebody_answers_from_now_on_and_it_is_written_down(
    client, jurisdiction, administrator, kari, ola
):
    assert 'href="/styring/ansvar"' in client.get("/styring/").text
    answer = client.post(ROADS, data=form(kari, ola, service="ROAD-POTHOLE"))
    assert (answer.status_code, answer.location) == (303, "/styring/ansvar#roads")
    assert stored(jurisdiction) == [("ROAD-POTHOLE", "kari@example.org", "ola@example.org", 1)]
    (change,) = newest(jurisdiction.id, limit=5)
    assert (change.kind, change.account_id) == ("duty", administrator.account_id)
    assert change.after == {"account": "kari@example.org", "deputy": "ola@example.org"}
    page = client.get("/styring/ansvar").text
    assert "kari@example.org" in page
    assert f"{ROADS}?tjeneste=ROAD-POTHOLE" in page
    assert "kari@example.org" in client.get("/styring/historikk?hva=duty").text


def test_it_is_changed_and_removed(client, jurisdiction, administrator, kari, ola):
    client.post(ROADS, data=form(kari, ola))
    page = client.get(f"{ROADS}?tjeneste=").text
    assert 'name="version" value="1"' in page
    assert f'<option value="{kari.account_id}" selected>' in page
    assert client.post(ROADS, data=form(ola, version=1)).status_code == 303
    assert stored(jurisdiction) == [(None, "ola@example.org", None, 2)]
    answer = client.post(f"{ROADS}/fjern", data={"service": "", "version": "2"})
    assert answer.status_code == 303
    assert stored(jurisdiction) == []
    told = [(change.before, change.after) for change in newest(jurisdiction.id, limit=2)]
    assert told == [
        ({"account": "ola@example.org", "deputy": None}, None),
        (
            {"account": "kari@example.org", "deputy": "ola@example.org"},
            {"account": "ola@example.org", "deputy": None},
        ),
    ]


def test_whoever_is_late_sees_both_and_may_save_again(
    client, jurisdiction, administrator, kari, ola
):
    answers(jurisdiction, kari)
    client.post(ROADS, data=form(kari, ola, version=1))
    answer = client.post(ROADS, data=form(ola, version=1))
    assert answer.status_code == 409
    assert "kari@example.org → ola@example.org" in answer.text
    assert stored(jurisdiction) == [(None, "kari@example.org", "ola@example.org", 2)]
    late = client.post(f"{ROADS}/fjern", data={"version": "1"})
    assert late.status_code == 409
    assert 'name="version" value="2"' in late.text
    assert client.post(ROADS, data=form(ola, version=2)).status_code == 303


def test_what_was_removed_meanwhile_is_a_conflict_too(
    client, jurisdiction, administrator, kari, ola
):
    answer = client.post(ROADS, data=form(kari, version=3))
    assert answer.status_code == 409
    assert 'name="version" value="0"' in answer.text
    assert client.post(f"{ROADS}/fjern", data={"version": "3"}).status_code == 409
    assert stored(jurisdiction) == []


def test_nobody_answers_twice_for_the_same(client, jurisdiction, administrator, kari, ola):
    answers(jurisdiction, kari)
    answer = client.post(ROADS, data=form(ola))
    assert answer.status_code == 422
    assert 'id="service-error"' in answer.text
    assert stored(jurisdiction) == [(None, "kari@example.org", None, 1)]


def test_of_two_who_add_at_once_one_is_told(app, jurisdiction, administrator, kari, ola):
    start, said = Barrier(2), []

    def add(who):
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = administrator.session_id
        start.wait()
        said.append(browser.post(ROADS, data=form(who)).status_code)

    both = [Thread(target=add, args=(who,)) for who in (kari, ola)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(said) == [303, 422]
    assert len(stored(jurisdiction)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"account": ""}, "account"),
        ({"account": "x"}, "account"),
        ({"account": "0"}, "account"),
        ({"account": "99999999999999999999"}, "account"),
        ({"account": "2147483000"}, "account"),
        ({"deputy": "2147483000"}, "deputy"),
        ({"deputy": "kari"}, "deputy"),
        ({"service": "NOTHING"}, "service"),
        ({"service": "x" * 101}, "service"),
        ({"service": "a\0b"}, "service"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    client, jurisdiction, administrator, kari, wrong, field
):
    answer = client.post(ROADS, data=form(kari) | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert stored(jurisdiction) == []


def test_the_deputy_is_somebody_else(client, jurisdiction, administrator, kari):
    answer = client.post(ROADS, data=form(kari, kari))
    assert answer.status_code == 422
    assert 'id="deputy-error"' in answer.text


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_version_that_is_none_changes_nothing(client, jurisdiction, administrator, kari, version):
    answers(jurisdiction, kari)
    sent = form(kari) | {"version": version}
    assert client.post(ROADS, data=sent).status_code == 422
    assert client.post(f"{ROADS}/fjern", data={"version": version}).status_code == 422
    assert stored(jurisdiction) == [(None, "kari@example.org", None, 1)]


def test_only_those_at_the_desk_of_the_department_can_be_chosen(
    client, jurisdiction, administrator, kari
):
    crew = handler(jurisdiction, "crew", role=Role.CREW)
    waste = handler(jurisdiction, "waste-desk", "waste")
    first = handler(jurisdiction, "first", "service_desk", Role.FIRST_LINE)
    page = client.get(ROADS).text
    assert "kari@example.org" in page
    assert "first@example.org" in page
    for who in (crew, waste, administrator):
        assert f'<option value="{who.account_id}"' not in page
        assert client.post(ROADS, data=form(who)).status_code == 422
        assert client.post(ROADS, data=form(kari, who)).status_code == 422
    assert stored(jurisdiction) == []
    assert client.post(ROADS, data=form(first, kari)).status_code == 303


@pytest.mark.parametrize("code", ["nothing", "county", "a%00b"])
def test_departments_that_nobody_works_for_here_have_no_page(
    client, jurisdiction, administrator, kari, code
):
    path = f"/styring/ansvar/{code}"
    assert client.get(path).status_code == 404
    assert client.post(path, data=form(kari)).status_code == 404
    assert client.post(f"{path}/fjern", data={"version": "1"}).status_code == 404


def test_there_is_nothing_to_change_where_nobody_answers(client, administrator):
    for wanted in ("", "ROAD-POTHOLE", "NOTHING", "a%00b"):
        assert client.get(f"{ROADS}?tjeneste={wanted}").status_code == 404
    gone = client.post(f"{ROADS}/fjern", data={"service": "NOTHING", "version": "1"})
    assert gone.status_code == 404


def test_a_service_out_of_use_can_only_be_removed(client, jurisdiction, administrator, kari):
    with put_back(Duty):
        answers(jurisdiction, kari, service="ROAD-POTHOLE")
        try:
            _use(False)
            page = client.get("/styring/ansvar").text
            assert "ute av bruk" in page
            assert "tjeneste=ROAD-POTHOLE" not in page
            assert client.get(f"{ROADS}?tjeneste=ROAD-POTHOLE").status_code == 404
            sent = form(kari, service="ROAD-POTHOLE", version=1)
            assert client.post(ROADS, data=sent).status_code == 422
            assert client.post(f"{ROADS}/fjern", data=sent).status_code == 303
        finally:
            _use(True)


def _use(is_active):
    session().rollback()
    with transaction():
        service = session().query(Service).filter_by(code="ROAD-POTHOLE").one()
        service.is_active = is_active


def test_who_lost_the_right_is_marked_in_the_list(client, jurisdiction, administrator, kari):
    answers(jurisdiction, kari)
    assert "kan ikke lenger" not in client.get("/styring/ansvar").text
    with transaction():
        session().execute(
            text("UPDATE account SET is_active = false WHERE id = :who"), {"who": kari.account_id}
        )
    assert "kan ikke lenger" in client.get("/styring/ansvar").text


def test_the_list_takes_as_many_statements_however_long_it_is(
    client, jurisdiction, administrator, kari, ola, statements
):
    answers(jurisdiction, kari)
    client.get("/styring/ansvar")
    statements.clear()
    client.get("/styring/ansvar")
    few = len(statements)
    for code in ("ROAD-POTHOLE", "ROAD-WINTER", "WATER-LEAK"):
        answers(jurisdiction, ola, service=code, deputy=kari)
    client.get("/styring/ansvar")
    statements.clear()
    client.get("/styring/ansvar")
    assert len(statements) == few
