"""Rounds as a browser without JavaScript uses them, and what the crew ticks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.database import session, transaction
from app.errors import Conflict, NotFound
from app.fieldwork import rounds
from app.fieldwork.models import Round, RoundMember, RoundStop
from app.roles import Role
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import Status

from ..factories import TOWN, actor, changed, near, orders, staff, submitted
from ..pages import actions, fields

NOW = datetime.now(UTC)
TODAY = NOW.astimezone(ZoneInfo("Europe/Oslo")).date()
TOMORROW = TODAY + timedelta(days=1)


def sign_in(client, who):
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id


@pytest.fixture
def foreman(client, jurisdiction):
    """A case handler of the roads, signed in."""
    who = staff(jurisdiction, role=Role.CASE_HANDLER, email="foreman@example.org")
    sign_in(client, who)
    return who


@pytest.fixture
def crew(jurisdiction):
    return staff(jurisdiction, email="crew@example.org")


@pytest.fixture
def reports(jurisdiction):
    """Three holes along a street, from west to east."""
    return [
        submitted(jurisdiction, position=near(TOWN, east=metres), email="reporter@example.org")
        for metres in (0, 200, 400)
    ]


def made(client, title="Lag 1", day=TODAY, **form):
    """The key of a round that the signed-in foreman has made."""
    sent = {"title": title, "day": day.isoformat()} | form
    answer = client.post("/oppdrag/runder/ny", data=sent)
    assert answer.status_code == 303, answer.text
    return int(answer.location.split("/")[3])


def filled(client, reports, **more):
    key = made(client, **more)
    form = {"version": "1", "jobs": [report.number for report in reports]}
    answer = client.post(f"/oppdrag/runder/{key}/velg", data=form)
    assert answer.status_code == 303, answer.text
    return key


def round_(key):
    session().expire_all()
    return session().get(Round, key)


def numbers(key):
    return [stop.service_request.number for stop in round_(key).stops]


def states(key):
    return [stop.state for stop in round_(key).stops]


def press(client, key, verb, **form):
    data = {"version": str(round_(key).version)} | {
        name: str(value) for name, value in form.items()
    }
    return client.post(f"/oppdrag/runder/{key}/{verb}", data=data)


def now(report):
    session().expire_all()
    return session().get(ServiceRequest, report.id)


def fixed(report, who):
    return changed(now(report), Status.FIXED, actor(who), led_to_improvement=True)


# --- who may -----------------------------------------------------------------------------------------


def test_whoever_is_not_signed_in_is_asked_to(client):
    assert client.get("/oppdrag/runder").location.startswith("/logg-inn")


def test_a_crew_makes_no_rounds(client, foreman, crew, reports):
    key = filled(client, reports[:1])
    sign_in(client, crew)
    page = client.get("/oppdrag/runder").text
    assert "/oppdrag/runder/ny" not in actions(page)
    form = {"title": "Lag 2", "day": TODAY.isoformat()}
    assert client.post("/oppdrag/runder/ny", data=form).status_code == 403
    assert client.get(f"/oppdrag/runder/{key}/velg").status_code == 403
    assert press(client, key, "fjern", stop=round_(key).stops[0].id).status_code == 403
    assert press(client, key, "slett").status_code == 403
    assert numbers(key) == [reports[0].number]


def test_another_departments_round_is_not_there(client, jurisdiction, foreman, reports):
    key = filled(client, reports)
    sign_in(client, staff(jurisdiction, "waste", Role.CASE_HANDLER, email="waste@example.org"))
    assert f"/oppdrag/runder/{key}" not in client.get("/oppdrag/runder").text
    for path in ("", "/utskrift", "/velg"):
        assert client.get(f"/oppdrag/runder/{key}{path}").status_code == 404
    assert press(client, key, "slett").status_code == 404
    stop = round_(key).stops[0]
    assert press(client, key, "kryss", stop=stop.id).status_code == 404
    assert states(key) == ["waiting"] * 3


def test_the_first_line_chooses_for_which_department(client, jurisdiction, reports):
    desk = staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org")
    sign_in(client, desk)
    form = {"title": "Lag 1", "day": TODAY.isoformat()}
    answer = client.post("/oppdrag/runder/ny", data=form)
    assert answer.status_code == 422
    assert "Lag 1" in answer.text
    key = made(client, department=str(reports[0].department_id))
    page = client.get(f"/oppdrag/runder/{key}/velg").text
    assert all(report.number in page for report in reports)


def test_a_round_with_people_is_for_them_alone(client, jurisdiction, foreman, crew, reports):
    other = staff(jurisdiction, email="other@example.org")
    key = filled(client, reports, members=str(crew.account_id))
    assert "crew@example.org" in client.get(f"/oppdrag/runder/{key}").text
    sign_in(client, other)
    assert client.get(f"/oppdrag/runder/{key}").status_code == 404
    assert rounds.for_snapshot(other, jurisdiction, TODAY) == []
    sign_in(client, crew)
    assert client.get(f"/oppdrag/runder/{key}").status_code == 200
    assert [one["id"] for one in rounds.for_snapshot(crew, jurisdiction, TODAY)] == [key]


def test_nobody_from_another_department_can_be_set_to_go(client, jurisdiction, foreman):
    stranger = staff(jurisdiction, "waste", email="waste@example.org")
    form = {"title": "Lag 1", "day": TODAY.isoformat(), "members": str(stranger.account_id)}
    assert client.post("/oppdrag/runder/ny", data=form).status_code == 422
    assert session().scalar(select(func.count()).select_from(Round)) == 0
    assert session().scalar(select(func.count()).select_from(RoundMember)) == 0


# --- making ------------------------------------------------------------------------------------------


def test_a_round_is_made_from_the_page(client, foreman):
    form = fields(client.get("/oppdrag/runder").text) | {"title": "  Lag   1 "}
    answer = client.post("/oppdrag/runder/ny", data=form)
    assert answer.status_code == 303
    assert answer.location.endswith("/velg")
    found = session().scalars(select(Round)).one()
    assert (found.title, found.day) == ("Lag 1", TODAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 61},
        {"day": ""},
        {"day": "i morgen"},
        {"day": (TODAY - timedelta(days=1)).isoformat()},
        {"day": (TODAY + timedelta(days=400)).isoformat()},
        {"day": "9999-12-31"},
        {"department": "x"},
        {"department": "2147483648"},
        {"members": "x"},
    ],
)
def test_what_is_wrong_is_said_at_the_form(client, foreman, wrong):
    form = {"title": "Lag 1", "day": TODAY.isoformat()} | wrong
    answer = client.post("/oppdrag/runder/ny", data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert session().scalar(select(func.count()).select_from(Round)) == 0


def test_a_foreman_makes_none_for_another_department(client, jurisdiction, foreman):
    other = staff(jurisdiction, "waste", email="waste@example.org").departments_in(jurisdiction.id)
    form = {"title": "Lag 1", "day": TODAY.isoformat(), "department": str(other[0])}
    assert client.post("/oppdrag/runder/ny", data=form).status_code == 403


def test_a_crew_has_one_round_a_day(client, foreman):
    made(client)
    form = {"title": "Lag 1", "day": TODAY.isoformat()}
    answer = client.post("/oppdrag/runder/ny", data=form)
    assert answer.status_code == 422
    made(client, day=TOMORROW)
    made(client, title="Lag 2")


@pytest.mark.parametrize("day", ["i-dag", "%00", "", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_any_day_in_the_address_gives_a_page(client, foreman, day):
    assert client.get(f"/oppdrag/runder?dag={day}").status_code in {200, 303}


@pytest.mark.parametrize("key", ["0", "999999999", "99999999999999999999999"])
def test_a_round_that_is_none_is_not_found(client, foreman, key):
    assert client.get(f"/oppdrag/runder/{key}").status_code == 404


# --- choosing ----------------------------------------------------------------------------------------


def test_chosen_jobs_stand_in_their_order_and_are_planned_quietly(client, foreman, reports):
    before = len(orders())
    key = filled(client, reports)
    assert numbers(key) == [report.number for report in reports]
    assert [now(report).status for report in reports] == ["planned"] * 3
    assert len(orders()) == before
    assert now(reports[0]).first_response_at is None
    last = (
        session()
        .scalars(
            select(HistoryEntry)
            .where(HistoryEntry.service_request_id == reports[0].id)
            .order_by(HistoryEntry.id)
        )
        .all()[-1]
    )
    assert (last.status, last.message, last.data["told"]) == ("planned", None, False)
    assert last.account_id == foreman.account_id


def test_history_adds_up_after_planning(client, jurisdiction, foreman, reports):
    from app.yearbook.recount import recount

    filled(client, reports)
    assert recount().faults == []


def test_what_has_begun_stays_begun(client, foreman, crew, reports):
    changed(reports[0], Status.IN_PROGRESS, actor(crew))
    filled(client, reports[:1])
    assert now(reports[0]).status == "in_progress"


def test_a_job_waits_in_one_round_only(client, foreman, reports):
    filled(client, reports[:1])
    other = made(client, title="Lag 2")
    assert reports[0].number not in fields_of_choice(client, other)
    form = {"version": "1", "jobs": [report.number for report in reports]}
    client.post(f"/oppdrag/runder/{other}/velg", data=form)
    assert numbers(other) == [report.number for report in reports[1:]]
    page = client.get(f"/oppdrag/runder/{other}").text
    assert f"{reports[0].number} er i runden" in page or f"{reports[0].number} is in" in page


def fields_of_choice(client, key):
    return client.get(f"/oppdrag/runder/{key}/velg").text


def test_what_was_closed_or_is_not_ours_is_left_out_by_name(
    client, jurisdiction, foreman, crew, reports
):
    lamp = submitted(jurisdiction, service_code="LIGHT-DARK")
    fixed(reports[0], crew)
    key = made(client)
    form = {"version": "1", "jobs": [reports[0].number, lamp.number, "x", reports[1].number]}
    client.post(f"/oppdrag/runder/{key}/velg", data=form)
    assert numbers(key) == [reports[1].number]
    page = client.get(f"/oppdrag/runder/{key}").text
    assert reports[0].number in page
    assert lamp.number in page


def test_nothing_ticked_is_said(client, foreman, reports):
    key = made(client)
    answer = client.post(f"/oppdrag/runder/{key}/velg", data={"version": "1"})
    assert answer.status_code == 422


@pytest.mark.parametrize("version", ["", "x", "0", "99999999999999999999"])
def test_a_version_that_is_none_is_no_fault_of_ours(client, foreman, reports, version):
    key = filled(client, reports)
    for verb in ("opp", "foresla", "endre", "slett"):
        assert (
            client.post(f"/oppdrag/runder/{key}/{verb}", data={"version": version}).status_code
            == 422
        )
    form = {"version": version, "jobs": [reports[0].number]}
    assert client.post(f"/oppdrag/runder/{key}/velg", data=form).status_code == 422
    assert len(numbers(key)) == 3


# --- the order ---------------------------------------------------------------------------------------


def test_the_order_is_changed_by_plain_buttons(client, foreman, reports):
    first, second, third = (report.number for report in reports)
    key = filled(client, reports)
    stops = {stop.service_request.number: stop.id for stop in round_(key).stops}
    answer = press(client, key, "ned", stop=stops[first])
    assert answer.location.endswith(f"#stopp-{stops[first]}")
    assert numbers(key) == [second, first, third]
    press(client, key, "opp", stop=stops[third])
    assert numbers(key) == [second, third, first]
    press(client, key, "flytt", stop=stops[first], place=1)
    assert numbers(key) == [first, second, third]
    press(client, key, "opp", stop=stops[first])
    press(client, key, "ned", stop=stops[third])
    press(client, key, "flytt", stop=stops[second], place=9999)
    assert numbers(key) == [first, third, second]
    press(client, key, "fjern", stop=stops[third])
    assert numbers(key) == [first, second]
    assert now(reports[2]).status == "planned"


def test_buttons_of_a_stop_that_is_gone_say_so(client, foreman, reports):
    key = filled(client, reports)
    gone = round_(key).stops[0].id
    press(client, key, "fjern", stop=gone)
    assert press(client, key, "opp", stop=gone).status_code == 404
    assert press(client, key, "kryss", stop=gone).status_code == 404
    assert press(client, key, "tullball", stop=gone).status_code == 404


def test_an_older_page_is_told_what_has_changed(client, foreman, reports):
    first, second, third = (report.number for report in reports)
    key = filled(client, reports[:2])
    old = fields(client.get(f"/oppdrag/runder/{key}").text)
    stops = {stop.service_request.number: stop.id for stop in round_(key).stops}
    client.post(f"/oppdrag/runder/{key}/velg", data={"version": old["version"], "jobs": third})
    press(client, key, "fjern", stop=stops[first])
    late = {"version": old["version"], "seen": old["seen"], "stop": stops[second]}
    answer = client.post(f"/oppdrag/runder/{key}/opp", data=late)
    assert answer.status_code == 409
    told = answer.text.split("<main")[1]
    changes = told.split('round-changes">')[1].split("</ul>")[0]
    assert third in changes
    assert first in changes
    assert numbers(key) == [second, third]


def test_the_suggested_order_can_be_put_back(client, jurisdiction, foreman):
    zigzag = [submitted(jurisdiction, position=near(TOWN, east=metres)) for metres in (0, 400, 200)]
    first, third, second = (report.number for report in zigzag)
    key = filled(client, zigzag)
    answer = press(client, key, "foresla", start="")
    assert numbers(key) in ([first, second, third], [third, second, first])
    page = client.get(answer.location).text
    form = fields(page.split("round-undo")[1].split("</form>")[0])
    assert client.post(f"/oppdrag/runder/{key}/rekkefolge", data=form).status_code == 303
    assert numbers(key) == [first, third, second]


@pytest.mark.parametrize("order", ["", "1,2,3", "x", "1,,", "99999999999999999999"])
def test_an_order_of_other_jobs_changes_nothing(client, foreman, reports, order):
    key = filled(client, reports)
    assert press(client, key, "rekkefolge", order=order).status_code in {409, 422}
    assert numbers(key) == [report.number for report in reports]
    assert client.get(f"/oppdrag/runder/{key}?angre={order}").status_code == 200


def test_a_start_that_is_no_place_is_said(client, foreman, reports):
    key = filled(client, reports)
    assert press(client, key, "foresla", start=2**31 - 1).status_code == 422


def test_crew_day_and_people_can_be_changed(client, foreman, crew, reports):
    key = filled(client, reports)
    form = {"title": "Lag 9", "day": TOMORROW.isoformat(), "members": crew.account_id}
    assert press(client, key, "endre", **form).status_code == 303
    found = round_(key)
    assert (found.title, found.day) == ("Lag 9", TOMORROW)
    assert [account.email for account in found.members] == ["crew@example.org"]
    assert {stop.planned_since for stop in found.stops} == {TOMORROW}


def test_it_cannot_take_another_crews_name_that_day(client, foreman, reports):
    made(client, title="Lag 2")
    key = filled(client, reports)
    answer = press(client, key, "endre", title="Lag 2", day=TODAY.isoformat())
    assert answer.status_code == 422
    assert round_(key).title == "Lag 1"


def test_a_round_is_removed_until_something_in_it_is_done(client, foreman, crew, reports):
    key = filled(client, reports)
    stop = round_(key).stops[0].id
    press(client, key, "kryss", stop=stop)
    assert press(client, key, "slett").status_code == 409
    assert press(client, key, "fjern", stop=stop).status_code == 409
    press(client, key, "fjern-kryss", stop=stop)
    assert press(client, key, "slett").status_code == 303
    assert round_(key) is None
    assert now(reports[0]).status == "planned"


# --- ticking -----------------------------------------------------------------------------------------


def test_the_crew_ticks_off_and_takes_it_back(client, foreman, crew, reports):
    key = filled(client, reports)
    version = round_(key).version
    sign_in(client, crew)
    stop = round_(key).stops[0]
    assert press(client, key, "kryss", stop=stop.id).status_code == 303
    assert states(key) == ["done", "waiting", "waiting"]
    assert round_(key).stops[0].ticked_by_id == crew.account_id
    press(client, key, "fjern-kryss", stop=stop.id)
    assert states(key) == ["waiting"] * 3
    assert round_(key).version == version


def test_ticking_twice_is_harmless_and_told(client, foreman, crew, reports):
    key = filled(client, reports)
    stop_id = round_(key).stops[0].id
    with transaction():
        assert not rounds.tick(crew, stop_id, NOW).was_so
    with transaction():
        assert rounds.tick(crew, stop_id, NOW + timedelta(hours=1)).was_so
    assert round_(key).stops[0].ticked_at == NOW
    with transaction():
        assert not rounds.untick(crew, stop_id, NOW).was_so
        assert rounds.untick(crew, stop_id, NOW).was_so


def test_only_the_crew_of_the_round_ticks(client, jurisdiction, foreman, crew, reports):
    other = staff(jurisdiction, email="other@example.org")
    key = filled(client, reports, members=str(crew.account_id))
    with pytest.raises(NotFound):
        rounds.tick(other, round_(key).stops[0].id, NOW)
    with pytest.raises(NotFound):
        rounds.tick(crew, round_(key).stops[0].id, NOW, jurisdiction_id=jurisdiction.id + 1)
    with pytest.raises(NotFound):
        rounds.tick(crew, 10**30, NOW)


def test_a_closed_job_ticks_itself(client, foreman, crew, reports):
    key = filled(client, reports)
    fixed(reports[1], crew)
    assert states(key) == ["waiting", "done", "waiting"]
    stop = round_(key).stops[1]
    assert stop.ticked_by_id is None
    with pytest.raises(Conflict):
        rounds.untick(crew, stop.id, NOW)


def test_a_job_that_was_sent_back_is_done_with(client, foreman, reports):
    key = filled(client, reports)
    sign_in(client, foreman)
    form = {"version": str(now(reports[0]).version), "message": "Fylkesvei."}
    answer = client.post(f"/oppdrag/{reports[0].number}/send-tilbake", data=form)
    assert answer.status_code == 303
    assert states(key) == ["done", "waiting", "waiting"]


def test_starting_a_job_ticks_nothing(client, foreman, crew, reports):
    key = filled(client, reports)
    changed(now(reports[0]), Status.IN_PROGRESS, actor(crew))
    assert states(key) == ["waiting"] * 3


def test_what_was_opened_again_can_come_into_the_same_round(
    client, jurisdiction, foreman, crew, reports
):
    key = filled(client, reports)
    fixed(reports[0], crew)
    changed(now(reports[0]), Status.ASSESSING, actor(foreman))
    form = {"version": str(round_(key).version), "jobs": reports[0].number}
    assert client.post(f"/oppdrag/runder/{key}/velg", data=form).status_code == 303
    assert numbers(key) == [reports[1].number, reports[2].number, reports[0].number]
    assert states(key) == ["waiting"] * 3


# --- what the phones get -----------------------------------------------------------------------------


def test_the_phone_gets_the_rounds_of_today_and_tomorrow(
    client, jurisdiction, foreman, crew, reports
):
    key = filled(client, reports)
    made(client, day=TODAY + timedelta(days=2))
    tomorrow = made(client, day=TOMORROW)
    found = rounds.for_snapshot(crew, jurisdiction, TODAY)
    assert [one["id"] for one in found] == [key, tomorrow]
    first = found[0]
    assert (first["title"], first["day"]) == ("Lag 1", TODAY.isoformat())
    assert first["department_id"] == reports[0].department_id
    assert [(stop["number"], stop["rank"], stop["state"]) for stop in first["stops"]] == [
        (report.number, rank, "waiting") for rank, report in enumerate(reports, 1)
    ]
    assert {stop["planned_since"] for stop in first["stops"]} == {TODAY.isoformat()}


def test_the_phone_gets_nothing_of_other_departments(client, jurisdiction, foreman, reports):
    filled(client, reports)
    waste = staff(jurisdiction, "waste", email="waste@example.org")
    assert rounds.for_snapshot(waste, jurisdiction, TODAY) == []


def test_paper_has_the_order_and_no_address(client, foreman, reports):
    key = filled(client, reports)
    page = client.get(f"/oppdrag/runder/{key}/utskrift").text
    places = [page.index(report.number) for report in reports]
    assert places == sorted(places)
    assert "reporter@example.org" not in page
    assert session().scalar(select(func.count()).select_from(RoundStop)) == 3
