"""The page of a report, and what people do on it without scripts."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.database import session, transaction
from app.departments.queries import by_code
from app.jurisdictions.models import Jurisdiction
from app.notifications.models import Subscription
from app.roles import Role
from app.service_requests import added, talk
from app.service_requests.acting import Work
from app.service_requests.additions import (
    Comment,
    Complaint,
    PhotoShows,
    Satisfaction,
    ServiceRequestPhoto,
    Support,
)
from app.service_requests.operations import lock, write_message
from app.service_requests.pictures import attach
from app.service_requests.queries import by_id
from app.service_requests.status import Status

from ..factories import PASSWORD, actor, changed, staff, submitted
from ..pages import fields
from ..service_requests.test_by_reporter import kept_photo

MAIL = "resident@example.org"


@pytest.fixture
def desk(jurisdiction):
    return staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org")


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email=MAIL)


@pytest.fixture(params=["after_approval", "on"])
def comments(jurisdiction, request):
    yield from _comments(request.param)


@pytest.fixture
def open_comments(jurisdiction):
    yield from _comments("on")


def _comments(openness):
    _set_comments(openness)
    yield openness
    session().rollback()
    _set_comments("off")


def _set_comments(openness):
    with transaction():
        session().scalars(select(Jurisdiction)).first().comments = openness


def sign_in(client, email="desk@example.org"):
    client.post("/logg-inn", data={"email": email, "password": PASSWORD})


def text_of(page):
    return re.sub(r"\s+", " ", page.replace("\u00a0", " ").replace("&nbsp;", " "))


# --- the page ---------------------------------------------------------------------------------------


def test_the_page_says_what_is_next_and_how_much_time_is_left(client, report):
    page = text_of(client.get(f"/meldinger/{report.number}").text)
    assert "Kommunalteknikk – vei har meldingen og bestemmer hva som skal gjøres." in page
    assert "Første svar innen" in page
    assert "virkedager igjen av fristen på 10." in page


def test_the_place_stands_in_the_title(client, report):
    with transaction():
        by_id(report.id).place_text = "Langveien 23"
    page = client.get(f"/meldinger/{report.number}").text
    assert '<h1 class="h1">Hull i veien, Langveien 23</h1>' in page


def test_photos_stand_side_by_side_with_a_frame_for_the_fix(client, jurisdiction, report, desk):
    key = kept_photo(jurisdiction)
    with transaction():
        attach(report, [key], shows=PhotoShows.FAULT, added_by="staff", now=datetime.now(UTC))
    page = client.get(f"/meldinger/{report.number}").text
    assert f"/bilder/{key}/" in page
    assert "Bilde når feilen er rettet" in page


def test_what_only_staff_and_the_reporter_may_see_is_not_on_the_open_page(client, report):
    client.post(f"/m/{report.token}/legg-til", data={"message": "Ring meg"})
    client.post(f"/m/{report.token}/varsler", data={"wanted": "no"})
    anyone = client.application.test_client()
    for page in (
        anyone.get(f"/meldinger/{report.number}").text,
        anyone.get(f"/api/v1/service-requests/{report.number}").text,
    ):
        assert "Ring meg" not in page
        assert "Varsler" not in page
    mine = client.get(f"/m/{report.token}").text
    assert "Ring meg" in mine
    assert "ble slått av" in mine


@pytest.mark.parametrize("path", ["", "/slett"])
def test_pages_behind_the_personal_link_stay_out_of_caches(client, report, path):
    answer = client.get(f"/m/{report.token}{path}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


# --- the reporter's verbs ---------------------------------------------------------------------------


def test_words_and_a_photo_are_added_in_one_form(client, report):
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (64, 48), "grey").save(file, "JPEG")
    file.seek(0)
    data = {"message": "Slik ser det ut", "photo": (file, "hull.jpg"), "photos": ""}
    answer = client.post(f"/m/{report.token}/legg-til", data=data, follow_redirects=True)
    assert "Sendt." in answer.text
    assert session().scalar(select(func.count()).select_from(ServiceRequestPhoto)) == 1
    assert "Slik ser det ut" in answer.text


def test_an_empty_form_says_what_to_do_and_keeps_nothing(client, report):
    answer = client.post(f"/m/{report.token}/legg-til", data={"message": " "})
    assert answer.status_code == 422
    assert "Skriv noe, eller velg et bilde." in answer.text


@pytest.mark.parametrize(
    ("verb", "data", "status"),
    [
        ("purr", {}, 409),
        ("gi-karakter", {"score": "9"}, 422),
        ("gi-karakter", {"score": "fem"}, 422),
        ("gi-karakter", {"score": "5"}, 409),
        ("trekk", {"version": "99"}, 409),
        ("trekk", {"version": "x"}, 422),
        ("ikke-rettet", {"version": "1", "message": "Nei"}, 409),
        ("varsler", {"wanted": "maybe"}, 422),
        ("legg-til", {"message": "x" * 2001}, 422),
        ("legg-til", {"message": "a\0b"}, 400),
        ("kommentar", {"message": "Hei"}, 409),
        ("finnes-ikke", {}, 404),
    ],
)
def test_what_does_not_go_is_said_and_changes_nothing(client, report, verb, data, status):
    rows = len(by_id(report.id).history)
    answer = client.post(f"/m/{report.token}/{verb}", data=data)
    assert answer.status_code == status
    assert "<h1" in answer.text
    session().expire_all()
    assert len(by_id(report.id).history) == rows


def test_a_refusal_keeps_the_words_that_were_written(client, report, desk):
    changed(report, Status.IN_PROGRESS, actor(desk))
    changed(report, Status.FIXED, actor(desk), led_to_improvement=True)
    data = {"version": "1", "message": "Hullet er der ennå"}
    answer = client.post(f"/m/{report.token}/ikke-rettet", data=data)
    assert answer.status_code == 409
    assert "Hullet er der ennå" in answer.text


def test_the_whole_way_from_fixed_to_open_again_by_the_pages_own_forms(client, report, desk):
    changed(report, Status.FIXED, actor(desk), led_to_improvement=True)
    page = client.get(f"/m/{report.token}").text
    assert "Hvordan gikk det?" in page
    client.post(f"/m/{report.token}/gi-karakter", data={"score": "2"})
    assert session().scalars(select(Satisfaction.score)).one() == 2
    data = fields(page) | {"message": "Fortsatt hull"}
    answer = client.post(f"/m/{report.token}/ikke-rettet", data=data, follow_redirects=True)
    assert "Meldingen er åpen igjen" in answer.text
    assert "Vurderes" in client.get(f"/meldinger/{report.number}").text
    assert "2" not in re.findall(r"score.*?value=\"(\d)\" checked", answer.text)


def test_withdrawing_shows_the_reason_on_the_open_page(client, report):
    version = fields(client.get(f"/m/{report.token}").text)["version"]
    client.post(f"/m/{report.token}/trekk", data={"version": version})
    page = client.get(f"/meldinger/{report.number}").text
    assert "Avsluttet uten tiltak" in page
    assert "Trukket av den som meldte" in page


def test_erasing_asks_first_and_leaves_the_link_working(client, report):
    page = client.get(f"/m/{report.token}/slett").text
    assert "Dette slettes med en gang" in page
    assert "Dypt hull" in client.get(f"/m/{report.token}").text
    answer = client.post(f"/m/{report.token}/slett", follow_redirects=True)
    assert answer.status_code == 200
    assert "Dypt hull" not in answer.text
    assert "Slettet etter ønske" in answer.text
    assert "Slett det du har lagt igjen" not in answer.text


def test_a_link_that_is_not_ours_leads_nowhere(client):
    assert client.get("/m/x").status_code == 404
    assert client.post("/m/x/legg-til", data={"message": "Hei"}).status_code == 404
    assert client.post("/m/x/slett").status_code == 404


# --- me too -----------------------------------------------------------------------------------------


def test_me_too_counts_each_device_once_and_can_be_taken_back(app, client, report):
    assert client.get_cookie("device") is None
    client.get(f"/meldinger/{report.number}")
    assert client.get_cookie("device") is None
    for _ in range(2):
        answer = client.post(f"/meldinger/{report.number}/jeg-ogsa", follow_redirects=True)
    assert "Du har sagt «Jeg også»." in answer.text
    other = app.test_client()
    refused = other.post(f"/meldinger/{report.number}/jeg-ogsa", follow_redirects=True)
    assert "Vi teller én om dagen" in refused.text
    assert added.supports(report.id) == 1
    other.post(f"/meldinger/{report.number}/jeg-ogsa", environ_overrides=ip(9))
    assert added.supports(report.id) == 2
    assert "2 har det samme problemet" in text_of(client.get(f"/meldinger/{report.number}").text)
    client.post(f"/meldinger/{report.number}/jeg-ogsa", data={"on": "no"})
    assert added.supports(report.id) == 1
    client.post(f"/meldinger/{report.number}/jeg-ogsa")
    assert added.supports(report.id) == 2


def test_two_reports_supported_by_one_device_do_not_show_that_it_is_one(
    client, jurisdiction, report
):
    for one in (report, submitted(jurisdiction)):
        client.post(f"/meldinger/{one.number}/jeg-ogsa")
    devices = session().scalars(select(Support.device)).all()
    assert len(set(devices)) == 2
    assert client.get_cookie("device").value.encode() not in devices


def test_a_closed_report_takes_no_more_voices(client, report, desk):
    changed(report, Status.FIXED, actor(desk), led_to_improvement=True)
    assert client.post(f"/meldinger/{report.number}/jeg-ogsa").status_code == 409


def test_a_form_from_another_site_is_refused(client, report):
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    client.application.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post(f"/meldinger/{report.number}/jeg-ogsa", headers=headers)
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert added.supports(report.id) == 0


# --- comments ---------------------------------------------------------------------------------------


def comment(client, report, words="Det er verre i regn"):
    return client.post(
        f"/meldinger/{report.number}/kommentar", data={"comment": words}, follow_redirects=True
    )


def test_where_comments_are_off_there_is_no_form_and_none_is_taken(client, report):
    assert "Skriv en kommentar" not in client.get(f"/meldinger/{report.number}").text
    assert comment(client, report).status_code == 409


def test_a_comment_is_shown_at_once_or_after_approval(app, client, report, desk, comments):
    answer = comment(client, report)
    assert ("Det er verre i regn" in answer.text) == (comments == "on")
    if comments == "after_approval":
        assert "når noen hos oss har lest den" in answer.text
        sign_in(client)
        page = client.get("/oppdrag/innhold").text
        assert "Det er verre i regn" in page
        assert "Innhold (1)" in page
        made = session().scalars(select(Comment)).one()
        client.post(f"/oppdrag/innhold/kommentar/{made.id}", data={"do": "show"})
        session().expire_all()
        assert (made.state, made.account_id) == ("shown", desk.account_id)
        assert made.decided_at is not None
        assert "Det er verre i regn" in app.test_client().get(f"/meldinger/{report.number}").text


def test_an_empty_comment_says_what_to_do(client, report, open_comments):
    answer = client.post(f"/meldinger/{report.number}/kommentar", data={"comment": " "})
    assert answer.status_code == 422
    assert "Skriv en kommentar." in answer.text


def test_the_reporters_own_waiting_comment_is_seen_by_the_reporter_only(client, report):
    _set_comments("after_approval")
    try:
        client.post(f"/m/{report.token}/kommentar", data={"message": "Takk til dere"})
        assert "Takk til dere" in client.get(f"/m/{report.token}").text
        assert "Takk til dere" not in client.get(f"/meldinger/{report.number}").text
    finally:
        _set_comments("off")


def test_the_municipalitys_answer_is_marked(client, report, desk, open_comments):
    comment(client, report)
    sign_in(client)
    client.post(f"/oppdrag/innhold/{report.number}/svar", data={"comment": "Vi kommer i mai."})
    page = client.get(f"/meldinger/{report.number}").text
    assert "Svar fra kommunen" in page
    assert page.index("Det er verre i regn") < page.index("Vi kommer i mai.")


def test_three_networks_hide_a_comment_until_someone_has_looked(
    app, client, report, desk, open_comments
):
    comment(client, report)
    made = session().scalars(select(Comment)).one()
    address, data = f"/meldinger/{report.number}/meld-fra", {"about": f"c{made.id}"}
    assert "Det er verre i regn" in client.get(address).text
    for _ in range(4):
        client.post(address, data=data)
    session().expire_all()
    assert (made.complaints, made.state) == (1, "shown")
    complain_from(app, report, data["about"], [1, 2])
    session().expire_all()
    assert (made.complaints, made.state) == (3, "waiting")
    assert "Det er verre i regn" not in client.get(f"/meldinger/{report.number}").text
    sign_in(client)
    client.post(f"/oppdrag/innhold/kommentar/{made.id}", data={"do": "show"})
    session().expire_all()
    assert (made.complaints, made.state) == (0, "shown")
    assert session().scalar(select(func.count()).select_from(Complaint)) == 0


def test_three_networks_hide_a_photo_and_staff_decide_for_good(
    app, client, jurisdiction, report, desk
):
    key = public_photo(jurisdiction, report, "reporter")
    complain_from(app, report, f"p{key}", range(1, 4))
    assert key not in client.get(f"/meldinger/{report.number}").text
    sign_in(client)
    assert key in client.get("/oppdrag/innhold").text
    client.post(f"/oppdrag/innhold/bilde/{key}", data={"do": "show"})
    assert key not in client.get("/oppdrag/innhold").text
    complain_from(app, report, f"p{key}", range(4, 8))
    assert key in app.test_client().get(f"/meldinger/{report.number}").text
    assert key in client.get("/oppdrag/innhold").text, "what people say is still listed"


def test_one_network_hides_nothing_however_many_cookies_it_throws_away(app, jurisdiction, report):
    key = public_photo(jurisdiction, report, "reporter")
    for _ in range(4):
        complain_from(app, report, f"p{key}", [1])
    assert session().scalar(select(func.count()).select_from(Complaint)) == 1
    assert key in app.test_client().get(f"/meldinger/{report.number}").text


def test_what_the_municipality_shows_and_says_is_not_hidden_by_others(
    app, client, jurisdiction, report, desk, open_comments
):
    key = public_photo(jurisdiction, report, "staff")
    sign_in(client)
    client.post(f"/oppdrag/innhold/{report.number}/svar", data={"comment": "Vi kommer i mai."})
    made = session().scalars(select(Comment)).one()
    for about in (f"p{key}", f"c{made.id}"):
        complain_from(app, report, about, range(1, 5))
    page = app.test_client().get(f"/meldinger/{report.number}").text
    assert key in page
    assert "Vi kommer i mai." in page


def public_photo(jurisdiction, report, added_by):
    key = kept_photo(jurisdiction)
    with transaction():
        now = datetime.now(UTC)
        attach(report, [key], shows=PhotoShows.FAULT, added_by=added_by, now=now)
        session().scalars(select(ServiceRequestPhoto)).one().state = "shown"
    return key


def complain_from(app, report, about, networks):
    for last in networks:
        answer = app.test_client().post(
            f"/meldinger/{report.number}/meld-fra",
            data={"about": about},
            environ_overrides=ip(last),
        )
        assert answer.status_code == 303


def ip(last):
    return {"REMOTE_ADDR": f"192.0.2.{last}"}


@pytest.mark.parametrize("about", ["", "x1", "c", "c0", "p" + "a" * 40, "c99999999999999999999"])
def test_a_complaint_about_nothing_is_refused(client, report, about):
    answer = client.post(f"/meldinger/{report.number}/meld-fra", data={"about": about})
    assert answer.status_code in {404, 422}


def test_a_case_handler_looks_after_the_own_department_only(client, jurisdiction, desk):
    lamp = submitted(jurisdiction, service_code="LIGHT-DARK")
    hole = submitted(jurisdiction)
    other = next(
        code for code in ("water", "parks", "waste", "roads") if by_code(jurisdiction.id, code)
    )
    assert by_code(jurisdiction.id, other) is not None
    staff(jurisdiction, "roads", Role.CASE_HANDLER, email="handler@example.org")
    now = datetime.now(UTC)
    _set_comments("after_approval")
    try:
        with transaction():
            for one in (lamp, hole):
                talk.comment(one, jurisdiction, f"Om {one.number}", author="resident", now=now)
        sign_in(client, "handler@example.org")
        page = client.get("/oppdrag/innhold").text
        assert f"Om {hole.number}" in page
        assert (f"Om {lamp.number}" in page) == (lamp.department_id == hole.department_id)
        theirs = session().scalars(select(Comment).order_by(Comment.id)).first()
        answer = client.post(f"/oppdrag/innhold/kommentar/{theirs.id}", data={"do": "show"})
        assert answer.status_code == (303 if lamp.department_id == hole.department_id else 404)
    finally:
        _set_comments("off")


def test_crews_do_not_moderate(client, jurisdiction):
    staff(jurisdiction)
    sign_in(client, "crew@example.org")
    assert client.get("/oppdrag/innhold").status_code == 403
    assert "Innhold" not in client.get("/oppdrag").text


def test_a_decision_that_cannot_be_read_changes_nothing(client, report, desk, open_comments):
    comment(client, report)
    made = session().scalars(select(Comment)).one()
    sign_in(client)
    address = f"/oppdrag/innhold/kommentar/{made.id}"
    assert client.post(address, data={"do": "burn"}).status_code == 422
    assert client.post("/oppdrag/innhold/kommentar/999999", data={"do": "show"}).status_code == 404


# --- what staff see ---------------------------------------------------------------------------------


def test_a_reminder_is_a_mark_in_the_crews_list_until_it_is_answered(client, jurisdiction):
    now = datetime.now(UTC)
    crew = staff(jurisdiction)
    report = submitted(jurisdiction, now=now - timedelta(days=60))
    sign_in(client, "crew@example.org")
    mark = "Purret av den som meldte"
    assert mark not in client.get("/oppdrag").text
    client.post(f"/m/{report.token}/purr")
    assert mark in client.get("/oppdrag").text
    assert mark in client.get(f"/oppdrag/{report.number}").text
    with transaction():
        found = lock(report.id, by_id(report.id).version)
        write_message(found, Work(version=found.version, message="Kommer"), actor(crew), now=now)
    assert mark not in client.get("/oppdrag").text


def test_the_crew_reads_what_was_added(client, jurisdiction, report):
    staff(jurisdiction)
    client.post(f"/m/{report.token}/legg-til", data={"message": "Det er to hull"})
    sign_in(client, "crew@example.org")
    page = client.get(f"/oppdrag/{report.number}").text
    assert "Det er to hull" in page
    assert "Den som meldte" in page


# --- JSON -------------------------------------------------------------------------------------------


def test_the_json_of_a_report_has_voices_photos_and_comments(
    client, jurisdiction, report, open_comments
):
    key = kept_photo(jurisdiction)
    with transaction():
        attach(report, [key], shows=PhotoShows.FIX, added_by="staff", now=datetime.now(UTC))
    client.post(f"/meldinger/{report.number}/jeg-ogsa")
    comment(client, report)
    found = client.get(f"/api/v1/service-requests/{report.number}").json
    assert (found["supporters"], found["repetitions"]) == (1, 0)
    (photo,) = found["photos"]
    assert (photo["shows"], photo["width"]) == ("fix", 10)
    assert photo["small"].endswith(f"/bilder/{key}/320.webp")
    (said,) = found["comments"]
    assert (said["author"], said["text"]) == ("resident", "Det er verre i regn")
    assert set(said) == {"author", "created_at", "text"}


# --- sent again, and machines -----------------------------------------------------------------------


def test_words_whose_answer_was_lost_are_kept_once(client, report, open_comments):
    for _ in range(2):
        client.post(f"/m/{report.token}/legg-til", data={"message": "Ring meg"})
        assert comment(client, report).status_code == 200
    session().expire_all()
    assert [row.message for row in by_id(report.id).history].count("Ring meg") == 1
    assert session().scalar(select(func.count()).select_from(Comment)) == 1


def test_the_field_that_nobody_sees_holds_comments_and_follow_requests_back(
    client, report, open_comments
):
    number = report.number
    sent = {"comment": "Kjøp nå", "email": MAIL, "website": "https://shop.example"}
    for verb in ("kommentar", "folg"):
        answer = client.post(f"/meldinger/{number}/{verb}", data=sent)
        assert answer.status_code == 422
        assert "Trykk på knappen én gang til" in answer.text
        assert 'name="website"' in answer.text
    assert session().scalar(select(func.count()).select_from(Comment)) == 0
    assert session().scalar(select(func.count()).select_from(Subscription)) == 0
