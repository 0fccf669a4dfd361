"""Photos on the page that an outside body answers on."""

import io
from datetime import UTC, datetime

from sqlalchemy import select

from app.database import session, transaction
from app.photos.images import SIZES, Cleaned
from app.photos.models import Photo
from app.photos.operations import keep_cleaned
from app.service_requests import pictures
from app.service_requests.additions import PhotoShows
from app.storage import store_of
from tests.photos.samples import jpeg

DONE = {"answer": "done", "led_to_improvement": "yes"}
SMALL = Cleaned(width=4, height=3, files=dict.fromkeys(SIZES, b"picture"))


def fault_photo(app, request) -> str:
    with transaction():
        store = store_of(app.config["SETTINGS"])
        key = keep_cleaned(SMALL, store, request.jurisdiction_id, now=datetime.now(UTC)).key
        pictures.attach(
            request, [key], shows=PhotoShows.FAULT, added_by="reporter", now=datetime.now(UTC)
        )
    return key


def test_they_see_the_photos_of_the_fault_while_the_report_is_theirs(app, client, passed):
    key = fault_photo(app, passed.request)
    page = client.get(f"/svar/{passed.token}").text
    assert f"/bilder/{key}/960.webp" in page
    (picture,) = pictures.shown(passed.request, personal=True)
    assert client.get(picture.url_medium).status_code == 200
    client.post(f"/svar/{passed.token}", data=DONE)
    assert key not in client.get(f"/svar/{passed.token}").text


def test_they_answer_done_with_a_photo_that_waits_to_be_approved(client, passed):
    url = f"/svar/{passed.token}"
    sent = {"photo": (io.BytesIO(jpeg()), "after.jpg")}
    forgotten = client.post(url, data={"answer": "done"} | sent)
    assert forgotten.status_code == 422
    kept = session().scalars(select(Photo.key)).one()
    assert f'name="photos" value="{kept}"' in forgotten.text
    assert client.post(url, data=DONE | {"photos": kept}).status_code == 303
    session().rollback()
    shown = pictures.shown(passed.request, personal=True)
    assert [(item.key, item.shows, item.added_by, item.state) for item in shown] == [
        (kept, "fix", "outside", "waiting")
    ]
    assert pictures.shown(passed.request, personal=False) == []


def test_what_is_no_photo_is_told_and_nothing_is_answered(client, passed):
    sent = DONE | {"photo": (io.BytesIO(b"<svg/>"), "after.jpg")}
    answer = client.post(f"/svar/{passed.token}", data=sent)
    assert answer.status_code == 422
    assert 'id="photo-error"' in answer.text
    session().rollback()
    assert passed.request.status == "forwarded"


def test_photos_with_another_answer_are_left_alone(client, passed):
    sent = {"answer": "accepted", "photo": (io.BytesIO(jpeg()), "a.jpg")}
    assert client.post(f"/svar/{passed.token}", data=sent).status_code == 303
    assert session().scalars(select(Photo)).all() == []
