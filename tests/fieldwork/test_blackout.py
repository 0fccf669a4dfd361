"""Blacking out parts of a photo."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.database import session, transaction
from app.photos.images import SIZES, clean
from app.photos.models import Photo
from app.photos.operations import file_name, keep
from app.photos.views import current_store
from app.roles import Role
from app.service_requests import pictures
from app.service_requests.additions import PhotoShows, ServiceRequestPhoto
from app.service_requests.kinds import ModerationState
from app.service_requests.models import ServiceRequest

from ..casework.desk import come_in
from ..factories import do_jobs, submitted

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOX = {"left": "50", "top": "0", "width": "50", "height": "50,0"}


def white(width=1200, height=800) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(held, "PNG")
    return held.getvalue()


@pytest.fixture
def report(app, jurisdiction):
    """A report with two photos; the first is shown to everybody."""
    found = submitted(jurisdiction)
    with app.test_request_context():
        store = current_store()
    with transaction():
        request = session().get_one(ServiceRequest, found.id)
        keys = [keep(white(), store, jurisdiction.id, now=NOW).key for _ in range(2)]
        pictures.attach(request, keys, shows=PhotoShows.FAULT, added_by="reporter", now=NOW)
        pictures.decide(request, keys[0], ModerationState.SHOWN, account_id=None, now=NOW)
    return found


@pytest.fixture
def desk(client, jurisdiction):
    come_in(client, jurisdiction)
    return client


def keys_of(report) -> list[str]:
    session().expire_all()
    query = (
        select(Photo.key)
        .join(ServiceRequestPhoto, ServiceRequestPhoto.photo_id == Photo.id)
        .where(ServiceRequestPhoto.service_request_id == report.id)
        .order_by(ServiceRequestPhoto.rank)
    )
    return list(session().scalars(query))


def path_of(report, at=0) -> str:
    return f"/oppdrag/innhold/{report.number}/bilde/{keys_of(report)[at]}"


def shade(picture: Image.Image, x: float, y: float) -> int:
    at = int(x * picture.width), int(y * picture.height)
    return picture.convert("L").getpixel(at)


def test_every_size_is_black_there_and_untouched_elsewhere(app, desk, report):
    assert desk.post(path_of(report), data=BOX).status_code == 303
    with app.test_request_context():
        store = current_store()
    for size in SIZES:
        content = store.read(file_name(keys_of(report)[0], size))
        picture = Image.open(io.BytesIO(content))
        assert shade(picture, 0.75, 0.25) < 8
        assert shade(picture, 0.52, 0.02) < 60
        assert shade(picture, 0.25, 0.25) > 247
        assert shade(picture, 0.75, 0.75) > 247


def test_the_old_photo_is_gone_for_everybody_and_so_are_its_files(app, desk, report):
    old = keys_of(report)[0]
    anyone = app.test_client()
    before = anyone.get(f"/bilder/{old}/960.webp")
    assert before.status_code == 200
    assert before.headers["Cache-Control"] == "public, no-cache"
    desk.post(path_of(report), data=BOX)
    again = anyone.get(f"/bilder/{old}/960.webp", headers={"If-None-Match": before.headers["ETag"]})
    assert again.status_code == 404
    assert desk.get(f"/bilder/{old}/960.webp").status_code == 404
    do_jobs(app)
    with app.test_request_context():
        store = current_store()
    assert all(store.read(file_name(old, size)) is None for size in SIZES)
    assert anyone.get(f"/bilder/{keys_of(report)[0]}/960.webp").status_code == 200


def test_order_state_and_origin_stay(desk, report):
    second = keys_of(report)[1]
    desk.post(path_of(report), data=BOX)
    assert keys_of(report)[1] == second
    links = (
        session()
        .scalars(
            select(ServiceRequestPhoto)
            .where(ServiceRequestPhoto.service_request_id == report.id)
            .order_by(ServiceRequestPhoto.rank)
        )
        .all()
    )
    assert [(link.state, link.added_by, link.shows) for link in links] == [
        ("shown", "reporter", "fault"),
        ("waiting", "reporter", "fault"),
    ]
    desk.post(path_of(report, 1), data=BOX)
    assert "waiting" in {
        link.state
        for link in session().scalars(
            select(ServiceRequestPhoto).where(ServiceRequestPhoto.service_request_id == report.id)
        )
    }


def test_whoever_comes_second_is_told(desk, report):
    path = path_of(report)
    assert desk.post(path, data=BOX).status_code == 303
    assert desk.post(path, data=BOX).status_code == 404
    assert desk.get(path).status_code == 404
    assert session().scalar(select(func.count()).select_from(Photo)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"left": ""},
        {"left": "-1"},
        {"left": "60"},
        {"width": "0"},
        {"height": "101"},
        {"top": "x"},
        {"top": "nan"},
        {"left": "1e9"},
    ],
)
def test_a_box_outside_the_photo_is_told(desk, report, changes):
    before = keys_of(report)
    answer = desk.post(path_of(report), data=BOX | changes)
    assert answer.status_code == 422
    assert 'id="box-1-left-error"' in answer.text
    assert keys_of(report) == before


def test_none_and_too_many(desk, report):
    assert desk.post(path_of(report), data={}).status_code == 422
    many = {side: [value] * 11 for side, value in BOX.items()}
    assert desk.post(path_of(report), data=many).status_code == 422


def test_several_boxes_at_once(app, desk, report):
    many = {
        "left": ["0", "90", ""],
        "top": ["0", "90", ""],
        "width": ["10", "10", ""],
        "height": ["10", "10", ""],
    }
    assert desk.post(path_of(report), data=many).status_code == 303
    with app.test_request_context():
        content = current_store().read(file_name(keys_of(report)[0], "960.webp"))
    picture = Image.open(io.BytesIO(content))
    assert [shade(picture, at, at) < 8 for at in (0.05, 0.5, 0.95)] == [True, False, True]


def test_others_may_not(app, desk, jurisdiction, report):
    path = path_of(report)
    waste = app.test_client()
    come_in(waste, jurisdiction, Role.CASE_HANDLER, "waste", "waste-desk")
    assert waste.get(path).status_code == 404
    assert waste.post(path, data=BOX).status_code == 404
    crew = app.test_client()
    come_in(crew, jurisdiction, Role.CREW, "roads", "crew")
    assert crew.post(path, data=BOX).status_code == 403
    another = submitted(jurisdiction)
    assert (
        desk.get(f"/oppdrag/innhold/{another.number}/bilde/{keys_of(report)[0]}").status_code == 404
    )


def test_the_page_shows_the_photo_and_the_fields(desk, report):
    page = desk.get(path_of(report)).text
    assert keys_of(report)[0] in page
    assert page.count("<fieldset") == 10


def test_boxes_reach_the_outer_edge_of_every_pixel():
    small = clean(white(10, 10), [(0.05, 0.05, 0.9, 0.9)])
    picture = Image.open(io.BytesIO(small.files["1920.webp"])).convert("L")
    assert picture.getextrema()[1] < 30
