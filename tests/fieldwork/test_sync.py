"""What crews did without coverage comes in: each action once, beside what others did meanwhile."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.accounts.models import Device
from app.database import session, transaction
from app.fieldwork.models import CrewAction
from app.photos.models import Photo
from app.roles import Role
from app.service_requests.additions import ServiceRequestPhoto
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.pictures import remove_unused

from ..factories import TOWN, staff, submitted
from ..journeys.conftest import grey_png
from .crews import Phone, action


@pytest.fixture
def phone(app, jurisdiction):
    return phone_of(app, jurisdiction, "crew@example.org")


@pytest.fixture
def other(app, jurisdiction):
    return phone_of(app, jurisdiction, "other@example.org")


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction)


def phone_of(app, jurisdiction, email, department="roads", role=Role.CREW):
    browser = app.test_client()
    browser.set_cookie("language", "en")
    return Phone(browser, staff(jurisdiction, department, role, email).session_id)


def now(report):
    session().rollback()
    return session().get(ServiceRequest, report.id, populate_existing=True)


def history(report, kind=None):
    session().rollback()
    query = select(HistoryEntry).where(HistoryEntry.service_request_id == report.id)
    if kind:
        query = query.where(HistoryEntry.kind == kind)
    return list(session().scalars(query.order_by(HistoryEntry.id)))


def seen(phone, report):
    return phone.jobs()[report.number]


# --- what a phone gets ------------------------------------------------------------------------------


def test_a_phone_learns_who_it_is_and_is_noted(phone):
    assert phone.session["keep_hours"] == 72
    assert phone.session["is_foreman"] is False
    assert phone.session["device"]["id"] == phone.device
    assert [department["name"] for department in phone.session["departments"]]
    assert session().get(Device, phone.session["device"]["id"]).ended_at is None


def test_a_job_tells_what_is_needed_to_do_it(phone, jurisdiction):
    report = submitted(jurisdiction, phone="+4791234567", name="Reporter", is_acute=True)
    job = seen(phone, report)
    assert (job["phone"], job["name"]) == ("+4791234567", "Reporter")
    assert job["position"] == [TOWN.longitude, TOWN.latitude]
    assert job["is_acute"]
    assert job["status"] == "assigned"
    assert {"start", "message", "note", "material", "photo", "fixed", "no_action"} <= set(
        job["verbs"]
    )
    assert {"return", "duplicate", "hand_back"} <= set(job["verbs"])
    assert job["log"][0]["text"]


def test_the_same_day_again_is_304_until_something_happens(phone, report):
    first = phone.get("jobs")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert phone.get("jobs", **tag).status_code == 304
    assert phone.do("start", seen(phone, report))["outcome"] == "done"
    assert phone.get("jobs", **tag).status_code == 200


def test_start_and_fixed_are_done(phone, report):
    job = seen(phone, report)
    start = action("start", job)
    fixed = action("fixed", job | {"status": "in_progress"}, led_to_improvement=True, message="Ok")
    results = phone.send(start, fixed)
    assert [result["outcome"] for result in results] == ["done", "done"]
    assert results[0]["job"]["status"] == "fixed"
    assert now(report).led_to_improvement


def test_words_and_photos_find_their_place_whatever_happened(phone, other, report):
    job = seen(phone, report)
    assert other.do("no_action", seen(other, report), message="Sold")["outcome"] == "done"
    photo = str(uuid4())
    assert phone.photo(grey_png(), photo).status_code == 201
    for kind, data in {
        "message": {"message": "To you"},
        "note": {"message": "Among us"},
        "material": {"message": "Two bags"},
        "photo": {"photos": [{"id": photo, "shows": "fault"}]},
    }.items():
        result = phone.do(kind, job, **data)
        assert (result["outcome"], result["job"]["status"]) == ("merged", "no_action")
    assert [entry.message for entry in history(report)[-4:]] == [
        "To you",
        "Among us",
        "Two bags",
        None,
    ]
    assert seen_photos(report) == ["fault"]


def seen_photos(report):
    session().rollback()
    query = select(ServiceRequestPhoto.shows).where(
        ServiceRequestPhoto.service_request_id == report.id
    )
    return list(session().scalars(query))


def test_what_is_so_already_is_no_news(phone, other, report):
    job = seen(phone, report)
    assert other.do("start", job)["outcome"] == "done"
    assert phone.do("start", job)["outcome"] == "already"
    assert len(history(report, "status")) == 1


def test_the_same_end_twice_keeps_what_both_wrote(phone, other, report):
    job = seen(phone, report)
    assert other.do("fixed", job, led_to_improvement=True, message="One")["outcome"] == "done"
    photo = str(uuid4())
    phone.photo(grey_png(), photo)
    again = phone.do(
        "fixed",
        job,
        led_to_improvement=True,
        message="Two",
        photos=[{"id": photo, "shows": "fix"}],
    )
    assert again["outcome"] == "already"
    assert [(entry.kind, entry.message) for entry in history(report)[-2:]] == [
        ("status", "One"),
        ("note", "Two"),
    ]
    assert seen_photos(report) == ["fix"]


@pytest.fixture
def conflict(phone, other, report):
    """The other one closed it; this one fixed it, with a photo. What was answered."""
    job = seen(phone, report)
    other.do("no_action", job, message="Nothing there")
    photo = str(uuid4())
    phone.photo(grey_png(), photo)
    photos = [{"id": photo, "shows": "fix"}]
    return phone.do("fixed", job, led_to_improvement=True, message="Filled", photos=photos)


def test_two_different_ends_are_for_the_person_to_decide(conflict, report):
    assert conflict["outcome"] == "conflict"
    assert conflict["theirs"]["status"] == "no_action"
    assert conflict["theirs"]["message"] == "Nothing there"
    assert conflict["mine"]["message"] == "Filled"
    assert conflict["mine"]["led_to_improvement"] is True
    assert len(conflict["mine"]["photos"]) == 1
    assert now(report).status == "no_action"
    assert seen_photos(report) == []


def test_mine_stands(phone, conflict, report):
    result = phone.do("resolve", None, conflict=conflict["id"], keep="mine")
    assert (result["outcome"], result["job"]["status"]) == ("done", "fixed")
    told = [(entry.status, entry.message) for entry in history(report, "status")]
    assert told == [("no_action", "Nothing there"), ("assessing", None), ("fixed", "Filled")]
    assert seen_photos(report) == ["fix"]
    row = session().scalars(select(CrewAction).where(CrewAction.outcome == "conflict")).one()
    assert (row.data, str(row.resolved_by_id)) == (None, result["id"])


def test_theirs_stands_and_mine_becomes_a_note(phone, conflict, report):
    result = phone.do("resolve", None, conflict=conflict["id"], keep="theirs")
    assert (result["outcome"], result["job"]["status"]) == ("done", "no_action")
    assert history(report)[-1].message == "Filled"
    assert history(report)[-1].visibility == "internal"
    assert seen_photos(report) == ["fix"]
    again = phone.do("resolve", None, conflict=conflict["id"], keep="mine")
    assert again["outcome"] == "already"
    assert now(report).status == "no_action"


def test_nobody_else_of_the_crew_decides_it(other, conflict, report):
    result = other.do("resolve", None, conflict=conflict["id"], keep="mine")
    assert result["outcome"] == "refused"
    assert now(report).status == "no_action"


def test_the_photos_of_a_conflict_outlive_the_week(app, phone, conflict, report):
    with transaction():
        session().execute(update(Photo).values(created_at=datetime.now(UTC) - timedelta(days=20)))
    with transaction():
        assert remove_unused(now=datetime.now(UTC)) == 0
    phone.do("resolve", None, conflict=conflict["id"], keep="mine")
    assert seen_photos(report) == ["fix"]


def test_what_was_handed_on_meanwhile(phone, other, report):
    job = seen(phone, report)
    assert other.do("hand_back", job, message="Not ours")["outcome"] == "done"
    assert phone.do("start", job)["outcome"] == "refused"
    note = phone.do("note", job, message="It was deep")
    assert (note["outcome"], "job" in note) == ("merged", False)
    fixed = phone.do("fixed", job, led_to_improvement=True)
    assert (fixed["outcome"], "job" in fixed) == ("conflict", False)
    closed = phone.do("no_action", job, message="Gone")
    refused = phone.do("resolve", None, conflict=closed["id"], keep="mine")
    assert refused["outcome"] == "refused"
    assert phone.do("resolve", None, conflict=fixed["id"], keep="mine")["outcome"] == "done"
    assert now(report).status == "fixed"


# --- once, and in order -----------------------------------------------------------------------------


def test_a_repetition_gets_the_same_answer(phone, report):
    sent = action("note", seen(phone, report), message="Once")
    first, again = phone.send(sent)[0], phone.send(sent)[0]
    assert first == again
    assert len(history(report, "note")) == 1


def test_another_action_under_the_same_id_is_refused(phone, other, report):
    sent = action("note", seen(phone, report), message="Once")
    phone.send(sent)
    assert phone.send(sent | {"data": {"message": "Else"}})[0]["outcome"] == "refused"
    assert other.send(sent)[0]["outcome"] == "refused"
    assert [entry.message for entry in history(report, "note")] == ["Once"]


def test_an_action_waits_for_its_photos_and_what_follows_waits_too(phone, report):
    photo = str(uuid4())
    fixed = action(
        "fixed",
        seen(phone, report),
        led_to_improvement=True,
        photos=[{"id": photo, "shows": "fix"}],
    )
    note = action("note", report.number, message="After")
    results = phone.send(fixed, note)
    assert [result["outcome"] for result in results] == ["later", "later"]
    assert results[0]["missing"] == [photo]
    assert now(report).status == "assigned"
    assert phone.photo(grey_png(), photo).status_code == 201
    assert phone.photo(grey_png(), photo).status_code == 200
    assert [result["outcome"] for result in phone.send(fixed, note)] == ["done", "merged"]
    assert seen_photos(report) == ["fix"]


def test_a_report_from_the_spot_and_what_was_done_to_it(phone):
    made = action(
        "report",
        None,
        service_code="ROAD-POTHOLE",
        position=[TOWN.longitude, TOWN.latitude],
        description="Deep",
    )
    note = action("note", None, message="By the kiosk") | {"report": made["id"]}
    assert phone.send(note)[0]["outcome"] == "later"
    first, second = phone.send(made, note)
    assert (first["outcome"], second["outcome"]) == ("done", "done")
    assert first["number"] == second["job"]["number"]
    assert phone.send(made)[0]["number"] == first["number"]


def test_duplicate_return_and_the_rest(phone, jurisdiction, report):
    original = submitted(jurisdiction)
    wrong = phone.do("duplicate", seen(phone, report), original="KSU-1999-000001")
    assert (wrong["outcome"], list(wrong["errors"])) == ("refused", ["original"])
    right = phone.do("duplicate", seen(phone, report), original=original.number)
    assert right["outcome"] == "done"
    back = phone.do("return", seen(phone, original), message="Needs a lift")
    assert (back["outcome"], back["job"]["status"]) == ("done", "assessing")


def test_no_code_of_the_crew_reaches_another_departments_report(app, jurisdiction, phone, report):
    stranger = phone_of(app, jurisdiction, "waste@example.org", "waste")
    assert report.number not in stranger.jobs()
    result = stranger.do("note", report.number, message="Hello")
    assert (result["outcome"], "job" in result) == ("refused", False)
    assert history(report, "note") == []


def test_what_is_cached_and_the_day_itself_carry_no_session(phone, report):
    photo = str(uuid4())
    key = phone.photo(grey_png(), photo).json["key"]
    phone.do("photo", seen(phone, report), photos=[{"id": photo, "shows": "fault"}])
    for path in (f"/bilder/{key}/320.webp", "/static/js/early.js", "/felt/", "/felt/sw.js"):
        answer = phone.browser.get(path)
        assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, []), path
    assert phone.get("session").headers.getlist("Set-Cookie")


# --- what is wrong is said ---------------------------------------------------------------------------


FAR_OUT = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00Z"]
CLOCKS = st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat())


def test_a_clock_that_is_far_out_loses_no_work(phone, other, client, jurisdiction, report):
    job = seen(phone, report)
    assert other.do("no_action", seen(other, report), message="Sold")["outcome"] == "done"
    desk = staff(jurisdiction, "roads", Role.CASE_HANDLER, "desk@example.org")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = desk.session_id
    for at in FAR_OUT:
        before = datetime.now(UTC)
        sent = [action("note", job, message="x"), action("fixed", job, led_to_improvement=True)]
        sent = [one | {"at": at} for one in sent]
        first, again = phone.send(*sent), phone.send(*sent)
        assert [result["outcome"] for result in first] == ["merged", "conflict"]
        assert [one | {"job": None} for one in first] == [one | {"job": None} for one in again]
        session().rollback()
        kept = session().get_one(CrewAction, (jurisdiction.id, UUID(sent[1]["id"])))
        assert before <= kept.happened_at <= datetime.now(UTC)
        assert client.get("/oppdrag/konflikter").status_code == 200


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(CLOCKS | st.sampled_from(FAR_OUT) | st.text(max_size=30))
def test_whatever_a_clock_says_is_taken_or_refused(phone, report, at):
    sent = action("note", report.number, message="x") | {"at": at}
    (first,), (again,) = phone.send(sent), phone.send(sent)
    assert first["outcome"] in {"done", "refused"}
    assert (first["outcome"], first.get("errors")) == (again["outcome"], again.get("errors"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "dance"}, "kind"),
        ({"id": "x"}, "id"),
        ({"at": "yesterday"}, "at"),
        ({"data": {}}, "led_to_improvement"),
        ({"data": {"led_to_improvement": "maybe"}}, "led_to_improvement"),
        ({"data": {"led_to_improvement": True, "message": "\x00"}}, "data"),
        ({"data": {"led_to_improvement": True, "message": "\ud800"}}, "data"),
        ({"data": {"led_to_improvement": True, "photos": [{"id": 1}]}}, "photos"),
        ({"data": {"led_to_improvement": True, "dance": 1}}, "dance"),
        ({"data": []}, "data"),
        ({"seen": {"version": "x", "status": "assigned"}}, "seen"),
        ({"job": None}, "job"),
        ({"kind": "tick", "data": {"stop": 2**70}}, "stop"),
        ({"kind": "report", "data": {"position": [1, "x"]}}, "position"),
        ({"kind": "resolve", "data": {"conflict": "x", "keep": "both"}}, "keep"),
    ],
)
def test_an_action_that_cannot_be_read_is_refused_and_stops_nothing(phone, report, change, field):
    sent = action("fixed", report.number, led_to_improvement=True) | change
    results = phone.send(sent, action("note", report.number, message="Next"))
    assert (results[0]["outcome"], results[1]["outcome"]) == ("refused", "done")
    assert field in results[0]["errors"]
    assert all(isinstance(said, str) and said for said in results[0]["errors"].values())


def test_a_batch_that_is_too_long_is_refused(phone):
    answer = phone.post([action("note", "x", message="x")] * 51)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["actions"])


def test_nothing_is_sent_as_someone_else(phone, other, report):
    answer = phone.post([action("start", report.number)], account=other.account)
    assert (answer.status_code, answer.json["type"]) == (409, "other-account")
    assert now(report).status == "assigned"


def test_who_is_not_signed_in_and_who_is_no_crew(app, client, jurisdiction):
    headers = {"Melde-Device": str(uuid4())}
    assert client.get("/api/v1/crew/jobs", headers=headers).status_code == 401
    with client.session_transaction() as cookie:
        who = staff(jurisdiction, role=Role.ANALYST, email="analyst@example.org")
        cookie["_user_id"] = who.session_id
    assert client.get("/api/v1/crew/session", headers=headers).status_code == 403


def test_an_ended_device_hears_so_whoever_asks(client, phone):
    with transaction():
        session().get(Device, phone.device).ended_at = datetime.now(UTC)
    answers = [phone.get("jobs"), client.get("/api/v1/crew/session", headers=phone.headers)]
    answers.append(phone.post([]))
    for answer in answers:
        assert (answer.status_code, answer.json["type"]) == (410, "device-ended")


@pytest.mark.parametrize(
    ("content", "mime", "status"),
    [(b"no picture", "image/jpeg", 422), (b"", "image/png", 422), (b"{}", "text/plain", 415)],
)
def test_what_is_no_photo_is_not_taken(phone, content, mime, status):
    answer = phone.photo(content, mime=mime)
    assert answer.status_code == status
    assert answer.json["detail"]


def test_a_device_says_who_it_is(phone):
    answer = phone.browser.get("/api/v1/crew/jobs")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["Melde-Device"])
