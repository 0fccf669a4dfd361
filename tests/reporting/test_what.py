"""The second step: search, questions, «already reported?», photos and who, without JavaScript."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select, text, update

from app.catalog.models import Service
from app.database import session, transaction
from app.planned_work.models import PlannedWork
from app.service_requests import duplicates, pictures
from app.service_requests.additions import DuplicateHint, PhotoShows
from app.service_requests.models import Contact, ServiceRequest

from ..factories import TOWN, actor, changed, near, staff, submitted
from ..pages import actions, fields
from .test_form import ANSWERS, KEY, PLACED, WHOLE, how_many, sent_report


def photo(color="red"):
    content = BytesIO()
    Image.new("RGB", (640, 480), color).save(content, "JPEG")
    content.seek(0)
    return (content, "photo.jpg")


def hint():
    return session().scalars(select(DuplicateHint)).one()


# --- search -----------------------------------------------------------------------------------------


def test_searching_without_scripts_comes_back_with_choices(client):
    searched = PLACED | KEY | {"service_search": "kloakk lukter", "find": "1"}
    page = client.post("/meld/hva", data=searched | {"description": "Det lukter"})
    assert page.status_code == 200
    assert 'value="SEWAGE-SMELL"' in page.text.split('class="cards"')[0]
    assert fields(page.text)["description"] == "Det lukter"


def test_a_search_that_finds_nothing_says_so(client):
    page = client.post("/meld/hva", data=PLACED | {"service_search": "qqxxqq", "find": "1"})
    assert "Vi fant ingenting for «qqxxqq»" in page.text


def test_the_search_is_there_for_machines_and_may_be_cached(client):
    answer = client.get(
        "/api/v1/services/search?q=gatelyss&limit=2", headers={"Accept-Language": "nb"}
    )
    assert "LIGHT-DARK" in [match["service_code"] for match in answer.json]
    assert "max-age" in answer.headers["Cache-Control"]
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)


@pytest.mark.parametrize("query", ["", "q=", "q=hull&limit=0", "q=hull&limit=99", "q=a&x=1"])
def test_a_search_that_cannot_be_read_is_refused(client, query):
    assert client.get(f"/api/v1/services/search?{query}").status_code == 400


# --- questions --------------------------------------------------------------------------------------


def test_questions_are_asked_once_looked_over_and_kept(client):
    asked = client.post("/meld/se-over", data=PLACED | ANSWERS | KEY)
    assert "Vi har et spørsmål eller to om «Hull i veien»" in asked.text
    size = {"answer.ROAD-POTHOLE.size": "large", "answer.ROAD-POTHOLE.depth": "12,5"}
    review = client.post("/meld/se-over", data=fields(asked.text) | size)
    assert "Større enn et bildekk" in review.text
    answer = client.post("/meld/send", data=fields(review.text))
    made = sent_report(answer)
    assert made.answers == {"size": "large", "depth": 12.5}
    assert "Større enn et bildekk" in client.get(answer.location).text


def test_questions_may_be_left_alone(client):
    asked = client.post("/meld/se-over", data=PLACED | ANSWERS | KEY)
    review = client.post("/meld/se-over", data=fields(asked.text))
    assert "/meld/send" in actions(review.text)
    assert sent_report(client.post("/meld/send", data=fields(review.text))).answers == {}


def test_several_answers_are_kept_in_their_order(client):
    values = WHOLE | {
        "service": "WATER-LEAK",
        "answer.WATER-LEAK.effects": ["garden", "road"],
        "asked": "WATER-LEAK",
    }
    assert sent_report(client.post("/meld/send", data=values)).answers == {
        "effects": ["road", "garden"]
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [("size", "enormous"), ("depth", "dypt"), ("depth", "1e99"), ("depth", "-3")],
)
def test_an_answer_that_is_none_is_asked_for_again(client, name, value):
    page = client.post("/meld/se-over", data=WHOLE | {f"answer.ROAD-POTHOLE.{name}": value})
    assert page.status_code == 422
    assert f'href="#answer-ROAD-POTHOLE-{name}"' in page.text


def test_a_question_that_must_be_answered_is_named(client):
    values = WHOLE | {"service": "ENVIRONMENT-VEHICLE", "asked": "ENVIRONMENT-VEHICLE"}
    page = client.post("/meld/send", data=values)
    assert page.status_code == 422
    assert "Svar på spørsmålet «Hva er forlatt?»" in page.text
    assert how_many() == 0


def test_answers_of_another_kind_stay_while_one_looks_around(client):
    long = "Skrotbil ved kaia. " * 26
    typed = WHOLE | {"answer.ENVIRONMENT-VEHICLE.marks": long, "description": "x" * 500}
    review = client.post("/meld/se-over", data=typed)
    where = client.post("/meld/hvor", data=fields(review.text))
    what = client.post("/meld/hva", data=fields(where.text))
    kept = fields(what.text)
    assert kept["answer.ENVIRONMENT-VEHICLE.marks"] == long
    assert kept["description"] == "x" * 500


# --- already reported? ------------------------------------------------------------------------------


def reported(jurisdiction, **values):
    return submitted(jurisdiction, **{"position": near(TOWN, east=8), **values})


def test_on_the_way_to_step_3_reports_nearby_are_shown_once(client, jurisdiction):
    there = reported(jurisdiction)
    page = client.post("/meld/se-over", data=WHOLE)
    assert page.status_code == 200
    for words in ("Er det meldt før?", there.number, "8\u00a0m unna", "Sendt til ansvarlig"):
        assert words in page.text
    assert (hint().candidates, hint().outcome) == (1, None)
    review = client.post("/meld/se-over", data=fields(page.text))
    assert "/meld/send" in actions(review.text)
    sent_report(client.post("/meld/send", data=fields(review.text)))
    session().expire_all()
    assert hint().outcome == "another"


def test_scripts_get_the_same_cards(client, jurisdiction):
    there = reported(jurisdiction)
    answer = client.post("/meld/meldt-for", data=WHOLE)
    assert there.number in answer.text
    assert 'data-hint="ROAD-POTHOLE@63.110400,7.727900"' in answer.text
    assert client.post("/meld/meldt-for", data=WHOLE | {"service": "TROLL"}).status_code == 204
    assert client.post("/meld/meldt-for", data={}).status_code == 204


def test_following_the_other_report_makes_no_new_one(client, jurisdiction):
    there = reported(jurisdiction)
    page = client.post("/meld/se-over", data=WHOLE)
    answer = client.post("/meld/folg", data=fields(page.text) | {"follow": there.number})
    assert answer.location == f"/meldinger/{there.number}#folg"
    assert (hint().outcome, how_many()) == ("followed", 1)
    found = duplicates.tally(jurisdiction.id, datetime.now(UTC) - timedelta(days=1))
    assert (found.shown, found.saved) == (1, 1)


def test_a_photo_may_go_to_the_other_report(client, jurisdiction):
    there = reported(jurisdiction)
    page = client.post("/meld/se-over", data=WHOLE)
    asked = client.post("/meld/folg", data=fields(page.text) | {"picture": there.number})
    assert (asked.status_code, hint().outcome) == (422, None)
    answer = client.post(
        "/meld/folg",
        data=fields(asked.text) | {"photo": photo()},
        content_type="multipart/form-data",
    )
    assert answer.location == f"/meldinger/{there.number}#folg"
    session().expire_all()
    assert (hint().outcome, how_many()) == ("added_photo", 1)
    (added,) = pictures.for_staff(there)
    assert (added.added_by, added.shows) == ("resident", PhotoShows.FAULT)


def test_a_report_that_nobody_may_see_cannot_be_followed(client):
    assert client.post("/meld/folg", data=WHOLE | {"follow": "KSU-1999-000001"}).status_code == 404


@pytest.mark.parametrize("how", ["follow", "picture"])
def test_a_report_elsewhere_gets_neither_followers_nor_photos_from_the_form(
    client, jurisdiction, how
):
    away = reported(jurisdiction, position=near(TOWN, east=500))
    sent = WHOLE | {how: away.number, "photo": photo()}
    page = client.post("/meld/folg", data=sent, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "ikke lenger blant dem nær stedet ditt" in page.text
    kept = fields(page.text)
    assert (kept["description"], kept["latitude"]) == (ANSWERS["description"], "63.110400")
    assert kept["photos"], "the photo is not lost"
    assert pictures.for_staff(away) == []


def test_a_report_that_has_all_the_photos_it_can_have_says_so_and_keeps_the_form(
    client, jurisdiction, monkeypatch
):
    there = reported(jurisdiction)
    monkeypatch.setattr(pictures, "MOST", 0)
    sent = WHOLE | {"picture": there.number, "photo": photo()}
    page = client.post("/meld/folg", data=sent, content_type="multipart/form-data")
    assert page.status_code == 422
    assert fields(page.text)["description"] == ANSWERS["description"]


@pytest.mark.parametrize("key", ["k" * 5000, "short", "æøåæøåæøå"])
def test_a_key_that_is_none_of_ours_is_replaced(client, jurisdiction, key):
    reported(jurisdiction)
    answer = client.post("/meld/meldt-for", data=WHOLE | {"idempotency_key": key})
    assert answer.status_code == 200
    assert hint().key != key


@pytest.mark.parametrize("path", ["/meld/hva", "/meld/se-over"])
def test_the_steps_have_a_limit_that_keeps_the_answers(client, path):
    for _ in range(60):
        client.post(path, data=KEY | {"latitude": "x"})
    page = client.post(path, data=WHOLE)
    assert page.status_code == 429
    assert fields(page.text)["description"] == ANSWERS["description"]


def candidates(jurisdiction, code="ROAD-POTHOLE", position=TOWN):
    service = session().scalars(select(Service).where(Service.code == code)).one()
    found = duplicates.near(jurisdiction.id, service, position, datetime.now(UTC))
    return [near_.card.number for near_ in found]


def test_the_nearest_three_are_shown_nearest_first(jurisdiction):
    made = [reported(jurisdiction, position=near(TOWN, north=m)).number for m in (20, 5, 15, 10)]
    assert candidates(jurisdiction) == [made[1], made[3], made[2]]


@pytest.mark.parametrize(("metres", "is_near"), [(24, True), (26, False)])
def test_each_kind_has_its_distance(jurisdiction, metres, is_near):
    reported(jurisdiction, position=near(TOWN, east=metres))
    assert bool(candidates(jurisdiction)) == is_near


@pytest.mark.parametrize(("metres", "is_near"), [(12, True), (13, False)])
def test_another_kind_of_the_group_counts_within_half_of_it(jurisdiction, metres, is_near):
    reported(jurisdiction, service_code="ROAD-PAVEMENT", position=near(TOWN, east=metres))
    assert bool(candidates(jurisdiction)) == is_near


def test_other_groups_and_kinds_that_never_ask_are_left_alone(jurisdiction):
    reported(jurisdiction, service_code="WASTE-NOT-COLLECTED")
    assert candidates(jurisdiction) == candidates(jurisdiction, "WASTE-NOT-COLLECTED") == []


@pytest.mark.parametrize(("days", "is_near"), [(29, True), (31, False)])
def test_what_was_fixed_lately_is_shown_and_what_was_long_ago_is_not(jurisdiction, days, is_near):
    there = reported(jurisdiction)
    crew = actor(staff(jurisdiction))
    when = datetime.now(UTC) - timedelta(days=days)
    work = {"led_to_improvement": True, "message": "Fylt"}
    started = changed(there, "in_progress", crew, now=when)
    changed(started, "fixed", crew, now=when, **work)
    assert bool(candidates(jurisdiction)) == is_near


def test_what_is_rejected_is_nobodys_to_see(jurisdiction):
    there = reported(jurisdiction)
    session().execute(
        update(ServiceRequest)
        .where(ServiceRequest.id == there.id)
        .values(status="rejected", closed_at=func.now())
    )
    assert candidates(jurisdiction) == []


def test_looking_near_goes_by_the_index(jurisdiction):
    session().execute(text("SET LOCAL enable_seqscan = off"))
    box = "ST_MakeEnvelope(7.727, 63.110, 7.728, 63.111, 4326)"
    plan = session().scalars(
        text(f"EXPLAIN SELECT id FROM service_request WHERE public_position && {box}")
    )
    assert "ix_service_request_position" in " ".join(plan)


# --- planned work, photos, who -----------------------------------------------------------------------


def test_work_that_is_planned_here_is_told(client, jurisdiction):
    today = datetime.now(UTC).date()
    with transaction():
        work = PlannedWork(
            jurisdiction_id=jurisdiction.id,
            code="pipes",
            title={"nb": "Nye vannrør", "nn": "Nye vassrøyr", "en": "New pipes"},
            description={"nb": "Gata graves opp.", "nn": "Gata blir graven opp.", "en": "Digging."},
            area="SRID=4326;MULTIPOLYGON(((7.7 63.1, 7.75 63.1, 7.75 63.12, 7.7 63.12, 7.7 63.1)))",
            starts_on=today,
            ends_on=today + timedelta(days=9),
        )
        session().add(work)
    page = client.post("/meld/hva", data=PLACED).text
    assert "Her er det planlagt arbeid: Nye vannrør" in page


def test_a_photo_is_carried_along_and_kept_with_the_report(client):
    review = client.post(
        "/meld/se-over", data=WHOLE | {"photo": photo()}, content_type="multipart/form-data"
    )
    key = fields(review.text)["photos"]
    assert key
    assert f"/bilder/{key}/320.webp" in review.text
    back = client.post("/meld/hva", data=fields(review.text))
    assert fields(back.text)["photos"] == key
    made = sent_report(client.post("/meld/send", data=fields(review.text)))
    assert [picture.key for picture in pictures.shown(made, personal=True)] == [key]


def test_a_photo_chosen_before_going_back_is_not_lost(client):
    where = client.post(
        "/meld/hvor", data=WHOLE | {"photo": photo()}, content_type="multipart/form-data"
    )
    assert fields(where.text)["photos"]


def test_a_file_that_is_no_photo_is_told_and_the_rest_is_kept(client):
    page = client.post(
        "/meld/se-over",
        data=WHOLE | {"photo": (BytesIO(b"MZ"), "run.exe")},
        content_type="multipart/form-data",
    )
    assert page.status_code == 422
    assert 'id="photo-error"' in page.text
    assert fields(page.text)["description"] == ANSWERS["description"]


def test_a_telephone_number_is_enough_to_be_told(client):
    review = client.post("/meld/se-over", data=WHOLE | {"phone": "415 00 000", "name": "Innsender"})
    assert "SMS til +4741500000" in review.text
    sent_report(client.post("/meld/send", data=fields(review.text)))
    kept = session().scalars(select(Contact)).one()
    assert (kept.phone, kept.name) == ("+4741500000", "Innsender")


@pytest.mark.parametrize("phone", ["12345678", "ring meg", "+47", "415 00 000 00", "１２３"])
def test_a_telephone_number_that_is_none_is_asked_for_again(client, phone):
    page = client.post("/meld/se-over", data=WHOLE | {"phone": phone})
    assert page.status_code == 422
    assert 'id="phone-error"' in page.text


def test_a_photo_that_is_gone_is_spoken_of(client):
    gone = {"latitude": "63,1104", "longitude": "7,7279", "photos": "a" * 40}
    page = client.post("/meld/hva", data=gone).text
    assert "Velg det på nytt" in page
    assert "a" * 40 not in page
