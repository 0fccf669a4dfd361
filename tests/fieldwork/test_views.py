"""The crew's pages, as a browser without JavaScript uses them."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.database import session, transaction
from app.departments.queries import by_code
from app.roles import Role
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import Status

from ..factories import TOWN, actor, changed, do_jobs, lamp, near, orders, staff, submitted
from ..pages import actions, fields


def signed_in(client, jurisdiction, department="roads", role=Role.CREW, email="crew@example.org"):
    who = staff(jurisdiction, department, role, email)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    return actor(who)


@pytest.fixture
def crew(client, jurisdiction):
    """The road crew, signed in."""
    return signed_in(client, jurisdiction)


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="reporter@example.org")


def act(client, report, verb, **form):
    return client.post(f"/oppdrag/{report.number}/{verb}", data={"version": "1"} | form)


def now(report):
    session().expire_all()
    return session().get(ServiceRequest, report.id)


# --- who may see it ---------------------------------------------------------------------------------


def test_whoever_is_not_signed_in_is_asked_to(client, report):
    for answer in (client.get("/oppdrag"), act(client, report, "start")):
        assert answer.status_code == 303
        assert answer.location.startswith("/logg-inn")
    assert now(report).status == "assigned"


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR])
def test_who_does_not_work_in_the_field_has_no_access(client, jurisdiction, report, role):
    signed_in(client, jurisdiction, role=role)
    assert client.get("/oppdrag").status_code == 403
    assert act(client, report, "start").status_code == 403


def test_another_departments_report_is_not_there(client, jurisdiction, report):
    signed_in(client, jurisdiction, "waste")
    assert report.number not in client.get("/oppdrag").text
    assert client.get(f"/oppdrag/{report.number}").status_code == 404
    assert act(client, report, "utfort", led_to_improvement="yes").status_code == 404
    assert now(report).status == "assigned"


def test_the_first_line_sees_every_department(client, jurisdiction, report):
    signed_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    assert report.number in client.get("/oppdrag").text
    assert client.get(f"/oppdrag/{report.number}").status_code == 200


@pytest.mark.parametrize("number", ["KSU-2026-999999", "%00", "x"])
def test_a_number_that_nobody_has_is_not_found(client, crew, number):
    assert client.get(f"/oppdrag/{number}").status_code in {400, 404}


# --- the list ---------------------------------------------------------------------------------------


def test_the_list_holds_the_departments_open_reports(client, jurisdiction, crew, report):
    closed = changed(submitted(jurisdiction), Status.FIXED, crew, led_to_improvement=True)
    lamp = submitted(jurisdiction, service_code="LIGHT-DARK")
    page = client.get("/oppdrag").text
    assert report.number in page
    assert closed.number not in page
    assert lamp.number not in page


def test_the_list_begins_with_the_most_urgent_or_the_newest(client, jurisdiction, crew):
    urgent = submitted(jurisdiction, service_code="ROAD-WINTER").number
    newest = submitted(jurisdiction, service_code="ROAD-SIGHT").number
    by_deadline, by_age = (
        client.get(f"/oppdrag?rekkefolge={order}").text for order in ("frist", "nyeste")
    )
    assert by_deadline.index(urgent) < by_deadline.index(newest)
    assert by_age.index(newest) < by_age.index(urgent)


@pytest.mark.parametrize("order", ["baklengs", "%00", ""])
def test_an_order_that_is_none_gives_the_usual_list(client, crew, order):
    assert client.get(f"/oppdrag?rekkefolge={order}").status_code in {200, 303}


# --- the verbs --------------------------------------------------------------------------------------


def test_the_page_shows_the_reporters_words_and_not_the_address(client, crew, report):
    page = client.get(f"/oppdrag/{report.number}").text
    assert report.description in page
    assert "reporter@example.org" not in page


def test_a_job_is_started_from_its_page(client, crew, report):
    page = client.get(f"/oppdrag/{report.number}").text
    assert f"/oppdrag/{report.number}/start" in actions(page)
    answer = client.post(f"/oppdrag/{report.number}/start", data=fields(page))
    assert (answer.status_code, answer.location) == (303, f"/oppdrag/{report.number}")
    assert now(report).status == "in_progress"


@pytest.mark.parametrize(("answer", "improved"), [("yes", True), ("no", False)])
def test_closing_a_job_tells_the_reporter(client, crew, report, answer, improved):
    done = act(client, report, "utfort", led_to_improvement=answer, message="Hullet er fylt.")
    assert done.status_code == 303
    assert (now(report).status, now(report).led_to_improvement) == ("fixed", improved)
    told = session().scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
    assert told.message == "Hullet er fylt."
    assert ("notifications.tell_reporter", {"history_entry_id": told.id}) in orders()


def test_a_closed_job_can_still_be_read_and_has_no_verbs(client, crew, report):
    act(client, report, "utfort", led_to_improvement="yes")
    page = client.get(f"/oppdrag/{report.number}")
    assert page.status_code == 200
    assert not [action for action in actions(page.text) if report.number in action]


def test_a_message_is_written_without_closing(client, crew, report):
    assert act(client, report, "melding", message="Vi kommer i morgen.").status_code == 303
    assert now(report).status == "assigned"
    assert "Vi kommer i morgen." in client.get(f"/m/{report.token}").text


def test_a_job_is_closed_without_action_with_a_reason(client, crew, report):
    assert act(client, report, "ingen-tiltak", message="Ikke en feil.").status_code == 303
    assert (now(report).status, now(report).led_to_improvement) == ("no_action", False)


def test_a_job_that_is_sent_back_leaves_the_department(client, crew, report):
    answer = act(client, report, "send-tilbake", message="Dette er fylkesvei.")
    assert (answer.status_code, answer.location) == (303, "/oppdrag")
    assert now(report).department.is_first_line
    assert client.get(f"/oppdrag/{report.number}").status_code == 404
    assert "fylkesvei" not in client.get(f"/m/{report.token}").text


@pytest.mark.parametrize(
    ("verb", "form", "words"),
    [
        ("utfort", {}, "Svar på om dette førte til forbedring."),
        ("utfort", {"led_to_improvement": "perhaps"}, "led_to_improvement"),
        ("ingen-tiltak", {"message": "  "}, "Skriv"),
        ("send-tilbake", {}, "Skriv"),
        ("melding", {"message": ""}, "Skriv"),
        ("melding", {"message": "x" * 2001}, "2000"),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_changed(
    client, crew, report, verb, form, words
):
    answer = act(client, report, verb, **form)
    assert answer.status_code == 422
    assert words in answer.text
    assert (now(report).status, now(report).version) == ("assigned", 1)


def test_what_was_written_is_kept_when_something_is_missing(client, crew, report):
    answer = act(client, report, "utfort", message="Hullet er fylt.")
    assert "Hullet er fylt." in answer.text


def test_an_outdated_page_is_told_and_nothing_is_overwritten(client, crew, report):
    changed(report, Status.IN_PROGRESS, crew)
    answer = act(client, report, "utfort", led_to_improvement="yes", message="Hullet er fylt.")
    assert answer.status_code == 409
    assert "Noen var her før deg" in answer.text
    assert "Hullet er fylt." in answer.text
    assert now(report).status == "in_progress"


def test_two_who_close_the_same_job_are_told_apart(client, crew, report):
    answers = [act(client, report, "utfort", led_to_improvement="yes") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]


def test_a_change_that_the_table_does_not_have_is_a_conflict(client, crew, report):
    changed(report, Status.FIXED, crew, led_to_improvement=True)
    version = str(now(report).version)
    assert act(client, report, "start", version=version).status_code == 409
    assert act(client, report, "melding", version=version, message="Hei").status_code in {303, 409}


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "99999999999999999999", "1.0", "\x00"])
def test_a_version_that_is_none_is_refused(client, crew, report, version):
    assert act(client, report, "start", version=version).status_code in {409, 422}
    assert now(report).status == "assigned"


@pytest.mark.parametrize("verb", ["slett", "START", "utfort2"])
def test_a_verb_that_is_none_is_not_found(client, crew, report, verb):
    assert act(client, report, verb).status_code == 404


@pytest.mark.parametrize("message", [b"hei\x00", b"\xed\xa0\x80"])
def test_odd_characters_are_no_error_of_ours(client, crew, report, message):
    answer = act(client, report, "melding", message=message)
    assert answer.status_code in {303, 400, 422}


def test_a_verb_without_the_forms_token_is_refused(app, client, crew, report, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert act(client, report, "start").status_code == 400
    assert now(report).status == "assigned"


# --- whose is it? -----------------------------------------------------------------------------------


def test_the_first_line_sends_a_report_to_another_department(client, jurisdiction, report):
    signed_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    page = client.get(f"/oppdrag/{report.number}").text
    assert f"/oppdrag/{report.number}/send-videre" in actions(page)
    target = by_code(jurisdiction.id, "waste")
    assert act(client, report, "send-videre", department=target.id).status_code == 303
    assert now(report).department_id == target.id


@pytest.mark.parametrize("department", ["", "x", "0", "999999", "-1"])
def test_a_department_that_is_none_is_asked_for_again(client, jurisdiction, report, department):
    signed_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    answer = act(client, report, "send-videre", department=department)
    assert answer.status_code == 422
    assert 'id="department-error"' in answer.text


def test_a_crew_is_not_offered_to_send_elsewhere(client, crew, report):
    page = client.get(f"/oppdrag/{report.number}").text
    assert f"/oppdrag/{report.number}/send-videre" not in actions(page)
    assert act(client, report, "send-videre", department="1").status_code == 409


def test_a_report_that_was_refused_twice_is_marked(client, jurisdiction, report):
    signed_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    marked = "Sendt tilbake to ganger"
    assert marked not in client.get("/oppdrag").text
    with transaction():
        session().get(ServiceRequest, report.id).refusals = 2
    assert marked in client.get("/oppdrag").text
    assert marked in client.get(f"/oppdrag/{report.number}").text


# --- one circuit, one fault -------------------------------------------------------------------------


@pytest.fixture
def dark(jurisdiction):
    """Three reports about lamps: two on one circuit, one on another."""
    with transaction():
        for number, circuit in (("A-1", "K1"), ("A-2", "K1"), ("B-1", "K2")):
            lamp(jurisdiction, number, near(TOWN, east=len(number)), circuit=circuit)
    return [
        submitted(jurisdiction, service_code="LIGHT-DARK", lamps=(number,))
        for number in ("A-1", "A-2", "B-1")
    ]


@pytest.fixture
def electricians(client, jurisdiction):
    return signed_in(client, jurisdiction, "street_lights", email="lamps@example.org")


def test_dark_lamps_on_one_circuit_are_shown_as_one_fault(client, electricians, dark):
    page = client.get("/oppdrag").text
    assert page.count('class="circuit"') == 1
    together = page[page.index('class="circuit"') : page.index("</ol>")]
    assert [report.number in together for report in dark] == [True, True, False]
    assert "K1" in client.get(f"/oppdrag/{dark[0].number}").text
    assert 'class="circuit' not in client.get(f"/oppdrag/{dark[2].number}").text


def test_several_lamps_in_one_report_are_one_fault_too(client, jurisdiction, electricians, dark):
    for report in dark[1:]:
        act(client, report, "utfort", led_to_improvement="yes")
    submitted(jurisdiction, service_code="LIGHT-SEVERAL-DARK", lamps=("A-1", "A-2"))
    assert client.get("/oppdrag").text.count('class="circuit"') == 1


def test_the_reports_of_one_circuit_are_closed_together(client, electricians, dark):
    page = client.get(f"/oppdrag/{dark[0].number}").text
    assert fields(page)["also"] == f"{dark[1].number}:1"
    answers = {"led_to_improvement": "yes", "message": "Ny sikring", "also": fields(page)["also"]}
    assert act(client, dark[0], "utfort", **answers).status_code == 303
    assert [now(report).status for report in dark] == ["fixed", "fixed", "assigned"]
    assert now(dark[1]).history[-1].message == "Ny sikring"


def test_if_one_of_them_has_changed_none_is_closed(client, electricians, dark):
    act(client, dark[1], "melding", message="Vi ser på det.")
    answer = act(client, dark[0], "utfort", led_to_improvement="yes", also=f"{dark[1].number}:1")
    assert answer.status_code == 409
    assert [now(report).status for report in dark] == ["assigned"] * 3


@pytest.mark.parametrize(("also", "status"), [("x", 422), ("KSU-2026-999999:1", 404), (":", 422)])
def test_a_list_to_close_together_that_cannot_be_right_closes_nothing(
    client, electricians, dark, also, status
):
    answer = act(client, dark[0], "utfort", led_to_improvement="yes", also=also)
    assert answer.status_code == status
    assert now(dark[0]).status == "assigned"


def test_another_departments_report_is_not_closed_along(client, electricians, report, dark):
    answer = act(client, dark[0], "utfort", led_to_improvement="yes", also=f"{report.number}:1")
    assert answer.status_code == 404
    assert (now(dark[0]).status, now(report).status) == ("assigned", "assigned")


def test_the_first_line_passes_a_report_on_by_hand(client, jurisdiction, report):
    signed_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    page = client.get(f"/oppdrag/{report.number}").text
    assert f"/oppdrag/{report.number}/sendt-for-hand" not in actions(page)
    act(client, report, "send-videre", department=by_code(jurisdiction.id, "county").id)
    page = client.get(f"/oppdrag/{report.number}").text
    assert f"/oppdrag/{report.number}/sendt-for-hand" in actions(page)
    done = act(client, report, "sendt-for-hand", version=now(report).version, message="På telefon.")
    assert done.status_code == 303
    assert (now(report).status, now(report).department.code) == ("forwarded", "county")


def test_what_is_our_own_is_not_passed_on_by_hand(client, jurisdiction, report):
    signed_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    assert act(client, report, "sendt-for-hand").status_code == 409
    assert now(report).status == "assigned"


def test_what_could_not_be_sent_is_marked_and_comes_first(app, client, jurisdiction, report):
    signed_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    urgent = submitted(jurisdiction, service_code="ROAD-WINTER", is_acute=True)
    act(client, report, "send-videre", department=by_code(jurisdiction.id, "county").id)
    do_jobs(app)  # the county has no address yet
    page = client.get("/oppdrag").text
    assert "Ikke sendt til Møre og Romsdal fylkeskommune" in page
    assert page.index(report.number) < page.index(urgent.number)


def test_a_case_handler_may_send_elsewhere_too(client, jurisdiction, report):
    signed_in(client, jurisdiction, role=Role.CASE_HANDLER)
    target = by_code(jurisdiction.id, "waste")
    assert act(client, report, "send-videre", department=target.id).status_code == 303
    assert client.get(f"/oppdrag/{report.number}").status_code == 404


def test_two_crews_who_close_the_same_reports_together_do_not_wait_in_a_ring(
    whole_app, client, electricians, dark
):
    """One opens the first, the other the second; both close both. One wins whole, the other is told."""
    first, second = dark[:2]
    identity = client.get_cookie("session").value
    answers, gate = [], Barrier(2)

    def close(one, other):
        browser = whole_app.test_client()
        browser.set_cookie("session", identity)
        gate.wait()
        form = {"version": "1", "led_to_improvement": "yes", "also": f"{other}:1"}
        answers.append(browser.post(f"/oppdrag/{one}/utfort", data=form).status_code)

    pairs = [(first.number, second.number), (second.number, first.number)]
    threads = [Thread(target=close, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    assert [now(report).status for report in dark] == ["fixed", "fixed", "assigned"]


def test_the_first_line_sees_what_is_with_others(app, client, jurisdiction, report):
    signed_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    act(client, report, "send-videre", department=by_code(jurisdiction.id, "county").id)
    act(client, report, "sendt-for-hand", version=now(report).version)
    assert report.number not in client.get("/oppdrag").text
    page = client.get("/oppdrag?rekkefolge=hos-andre").text
    assert report.number in page
    assert "Møre og Romsdal fylkeskommune" in page


def test_a_crew_does_not(client, crew):
    assert "hos-andre" not in client.get("/oppdrag?rekkefolge=hos-andre").text.split("<main")[1]


@pytest.mark.parametrize("department", ["", "x"])
def test_what_is_wrong_is_a_whole_sentence(client, jurisdiction, report, department):
    signed_in(client, jurisdiction, "service_desk", Role.FIRST_LINE)
    answer = act(client, report, "send-videre", department=department)
    assert "Velg hvem som skal ha meldingen." in answer.text
