"""Photos of a report: whose they are, who sees them, and what becomes of those that nobody needs."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.database import session, transaction
from app.errors import Invalid, NotFound
from app.jurisdictions.models import Jurisdiction, Openness
from app.photos.images import SIZES, Cleaned
from app.photos.models import Photo
from app.photos.operations import KEPT_UNUSED, file_name, keep_cleaned, remove_files
from app.roles import Role
from app.service_requests import moderation, pictures
from app.service_requests.additions import PhotoShows, ServiceRequestPhoto
from app.service_requests.kinds import ModerationState
from app.service_requests.models import ServiceRequest
from app.storage import Store, store_of
from tests.factories import PASSWORD, orders, staff, submitted

SMALL = Cleaned(width=4, height=3, files=dict.fromkeys(SIZES, b"picture"))
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture
def store(whole_app) -> Store:
    return store_of(whole_app.config["SETTINGS"])


@pytest.fixture
def keep(jurisdiction, store):
    def kept(count: int = 1, *, now: datetime | None = None) -> tuple[str, ...]:
        with transaction():
            at = now or datetime.now(UTC)
            made = [keep_cleaned(SMALL, store, jurisdiction.id, now=at) for _ in range(count)]
            return tuple(photo.key for photo in made)

    return kept


def set_openness(value: Openness) -> None:
    with transaction():
        session().execute(update(Jurisdiction).values(photos=value))


@pytest.fixture(autouse=True)
def _after_approval(app):
    set_openness(Openness.AFTER_APPROVAL)
    yield
    set_openness(Openness.AFTER_APPROVAL)


def add(report: ServiceRequest, keys: tuple[str, ...], **more: object) -> None:
    values = {"shows": PhotoShows.FAULT, "added_by": "reporter", "now": NOW}
    with transaction():
        pictures.attach(report, keys, **(values | more))


def seen(report: ServiceRequest, *, personal: bool) -> list[str]:
    return [picture.key for picture in pictures.shown(report, personal=personal)]


def test_a_report_brings_its_photos(jurisdiction, keep):
    keys = keep(2)
    report = submitted(jurisdiction, photos=keys)
    shown = pictures.shown(report, personal=True)
    assert tuple(picture.key for picture in shown) == keys
    assert {picture.shows for picture in shown} == {PhotoShows.FAULT}
    assert shown[0].alt != shown[1].alt


@pytest.mark.parametrize(
    ("openness", "added_by", "for_anyone"),
    [
        (Openness.AFTER_APPROVAL, "reporter", False),
        (Openness.AFTER_APPROVAL, "outside", False),
        (Openness.AFTER_APPROVAL, "staff", True),
        (Openness.ON, "reporter", True),
        (Openness.OFF, "reporter", False),
        (Openness.OFF, "staff", False),
    ],
)
def test_who_sees_a_new_photo(jurisdiction, keep, client, openness, added_by, for_anyone):
    set_openness(openness)
    report, keys = submitted(jurisdiction), keep()
    add(report, keys, added_by=added_by)
    assert seen(report, personal=True) == list(keys)
    assert seen(report, personal=False) == (list(keys) if for_anyone else [])
    assert set(pictures.thumbnails([report.id])) == ({report.id} if for_anyone else set())
    assert (keys[0] in client.get(f"/meldinger/{report.number}").text) is for_anyone
    answer = client.get(f"/bilder/{keys[0]}/320.webp")
    assert answer.status_code == (200 if for_anyone else 404)
    assert ("public" in answer.headers.get("Cache-Control", "")) is for_anyone
    (mine,) = pictures.shown(report, personal=True)
    assert client.get(mine.url_small).status_code == 200


def test_the_photo_of_a_rejected_report_is_its_reporters_and_the_staffs(jurisdiction, keep, client):
    report, keys = submitted(jurisdiction), keep()
    add(report, keys, added_by="staff")
    url = f"/bilder/{keys[0]}/320.webp"
    assert "public" in client.get(url).headers["Cache-Control"]
    with transaction():
        session().execute(update(ServiceRequest).values(status="rejected", closed_at=NOW))
    (mine,) = pictures.shown(report, personal=True)
    assert client.get(url).status_code == 404
    assert client.get(f"{url}?rett=æ").status_code == 404
    assert "private" in client.get(mine.url_small).headers["Cache-Control"]
    staff(jurisdiction)
    client.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    assert "no-store" in client.get(url).headers["Cache-Control"]


def test_a_photo_that_was_public_once_is_gone_when_it_waits_again(jurisdiction, keep, client):
    report, keys = submitted(jurisdiction), keep()
    add(report, keys, added_by="staff")
    assert client.get(f"/bilder/{keys[0]}/320.webp").status_code == 200
    with transaction():
        session().execute(update(ServiceRequestPhoto).values(state="waiting"))
    assert client.get(f"/bilder/{keys[0]}/320.webp").status_code == 404
    (mine,) = pictures.shown(report, personal=True)
    assert client.get(mine.url_small).status_code == 200


def test_the_reporter_does_not_see_a_strangers_photo_before_it_is_approved(jurisdiction, keep):
    report, own, strangers = submitted(jurisdiction), keep(), keep()
    add(report, own)
    add(report, strangers, added_by="resident")
    assert seen(report, personal=True) == list(own)
    who = staff(jurisdiction)
    with transaction():
        pictures.decide(
            report, strangers[0], ModerationState.SHOWN, account_id=who.account_id, now=NOW
        )
    assert seen(report, personal=True) == [*own, *strangers]


def test_staff_show_and_hide_and_it_is_kept_who(jurisdiction, keep, client):
    report, keys = submitted(jurisdiction), keep()
    add(report, keys)
    who = staff(jurisdiction)
    for state, expected in [("shown", list(keys)), ("hidden", [])]:
        with transaction():
            wanted = ModerationState(state)
            pictures.decide(report, keys[0], wanted, account_id=who.account_id, now=NOW)
        assert seen(report, personal=False) == expected
        link = session().scalars(select(ServiceRequestPhoto)).one()
        assert (link.state, link.decided_at, link.account_id) == (state, NOW, who.account_id)
    assert seen(report, personal=True) == []
    assert [picture.key for picture in pictures.for_staff(report)] == list(keys)


def test_a_hidden_photo_is_nobodys_to_fetch_but_the_staffs(jurisdiction, keep, client):
    report, keys = submitted(jurisdiction), keep()
    add(report, keys)
    who = staff(jurisdiction)
    with transaction():
        pictures.decide(report, keys[0], ModerationState.HIDDEN, account_id=who.account_id, now=NOW)
    url = f"/bilder/{keys[0]}/320.webp"
    assert client.get(url).status_code == 404
    staff(jurisdiction, "street_lights", email="other@example.org")
    for email, status in [("other@example.org", 404), ("crew@example.org", 200)]:
        client.post("/logg-inn", data={"email": email, "password": PASSWORD})
        answer = client.get(url)
        assert answer.status_code == status
        assert "no-store" in answer.headers["Cache-Control"] or status == 404
        client.post("/logg-ut")


def test_another_reports_photo_cannot_be_decided_on(jurisdiction, keep):
    report, other, keys = submitted(jurisdiction), submitted(jurisdiction), keep()
    add(report, keys)
    with pytest.raises(NotFound):
        pictures.decide(other, keys[0], ModerationState.SHOWN, account_id=1, now=NOW)


def test_a_photo_belongs_to_one_report(jurisdiction, keep):
    keys = keep()
    add(submitted(jurisdiction), keys)
    with pytest.raises(Invalid) as caught:
        add(submitted(jurisdiction), keys)
    assert "photos" in caught.value.errors


def test_adding_again_changes_nothing(jurisdiction, keep):
    report, keys = submitted(jurisdiction), keep(2)
    add(report, keys)
    add(report, keys)
    assert seen(report, personal=True) == list(keys)


def test_a_key_that_is_not_kept_stops_the_report_and_says_so(jurisdiction):
    with pytest.raises(Invalid) as caught:
        submitted(jurisdiction, photos=("0" * 40,))
    assert "photos" in caught.value.errors
    assert session().scalar(select(func.count()).select_from(ServiceRequest)) == 0


def test_more_than_five_at_once_are_refused(jurisdiction, keep):
    with pytest.raises(Invalid):
        add(submitted(jurisdiction), keep(6))


def test_a_report_has_an_end_to_its_photos(jurisdiction, keep):
    report = submitted(jurisdiction)
    for _ in range(pictures.MOST // 5):
        add(report, keep(5))
    with pytest.raises(Invalid):
        add(report, keep(1))


def test_what_nobody_sent_is_removed_after_a_day_and_only_then(jurisdiction, keep, store):
    now = datetime.now(UTC)
    old, used, young = (
        keep(now=now - timedelta(days=9)),
        keep(now=now - DAYS),
        keep(now=now - timedelta(days=7)),
    )
    add(submitted(jurisdiction), used)
    with transaction():
        assert pictures.remove_unused(now=now) == 1
    assert set(session().scalars(select(Photo.key))) == {*used, *young}
    removal = [arguments for name, arguments in orders() if name == "photos.remove_files"]
    assert removal == [{"keys": list(old)}]
    remove_files(store, removal[0]["keys"])
    assert store.read(file_name(old[0], "320.webp")) is None
    assert store.read(file_name(used[0], "320.webp")) == b"picture"


DAYS = KEPT_UNUSED + timedelta(hours=1)


def test_the_photos_of_a_deleted_report_go_too(jurisdiction, keep):
    keys = keep(now=datetime.now(UTC) - DAYS)
    report = submitted(jurisdiction, photos=keys)
    with transaction():
        session().delete(report)
    with transaction():
        assert pictures.remove_unused(now=datetime.now(UTC)) == 1


def test_the_night_job_and_a_form_do_not_take_each_others_photo(app, jurisdiction, keep):
    """While a report is being sent, its photo is locked, and the job goes on to the next night."""
    from threading import Thread

    keys = keep(now=datetime.now(UTC) - DAYS)
    removed: list[int] = []

    def job() -> None:
        with app.app_context(), transaction():
            removed.append(pictures.remove_unused(now=datetime.now(UTC)))

    report = submitted(jurisdiction)
    with transaction():
        pictures.attach(report, keys, shows=PhotoShows.FAULT, added_by="reporter", now=NOW)
        at_night = Thread(target=job)
        at_night.start()
        at_night.join(10)
    assert removed == [0]
    assert seen(report, personal=True) == list(keys)


def test_a_crew_closes_with_a_photo_of_the_fix_without_scripts(client, jurisdiction):
    import io

    from tests.photos.samples import jpeg

    report = submitted(jurisdiction)
    staff(jurisdiction)
    client.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    page = client.get(f"/oppdrag/{report.number}").text
    assert 'enctype="multipart/form-data"' in page
    sent = {"version": report.version, "led_to_improvement": "yes"}
    url = f"/oppdrag/{report.number}/utfort"

    fake = client.post(url, data=sent | {"photo": (io.BytesIO(b"no photo"), "a.jpg")})
    assert fake.status_code == 422
    assert 'id="photo-utfort-error"' in fake.text

    first = {"version": report.version, "photo": (io.BytesIO(jpeg()), "a.jpg")}
    forgotten = client.post(url, data=first)
    assert forgotten.status_code == 422
    kept = session().scalars(select(Photo.key)).one()
    assert f'name="photos" value="{kept}"' in forgotten.text, "nobody takes the photo twice"

    done = client.post(url, data=sent | {"photos": kept})
    assert done.status_code == 303
    shown = pictures.shown(report, personal=False)
    assert [(picture.key, picture.shows, picture.added_by) for picture in shown] == [
        (kept, PhotoShows.FIX, "staff")
    ]
    assert kept in client.get(f"/meldinger/{report.number}").text


def test_a_crew_shows_and_hides_a_photo_of_its_own_reports_only(client, jurisdiction, keep):
    report, keys = submitted(jurisdiction), keep()
    add(report, keys)
    staff(jurisdiction)
    staff(jurisdiction, "street_lights", email="other@example.org")
    url = f"/oppdrag/{report.number}/bilder/{keys[0]}"
    assert client.post(f"{url}/vis").status_code == 303, "to the sign-in"
    client.post("/logg-inn", data={"email": "other@example.org", "password": PASSWORD})
    assert client.post(f"{url}/vis").status_code == 404
    assert seen(report, personal=False) == []
    client.post("/logg-ut")
    client.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    assert keys[0] in client.get(f"/oppdrag/{report.number}").text
    assert client.post(f"{url}/vis").headers["Location"].endswith(f"{report.number}#bilder")
    assert seen(report, personal=False) == list(keys)
    assert client.post(f"{url}/skjul").status_code == 303
    assert seen(report, personal=False) == []
    assert client.post(f"{url}/annet").status_code == 404


def test_photos_that_were_sent_into_a_conflict_are_offered_again(client, jurisdiction):
    import io

    from tests.photos.samples import jpeg

    report = submitted(jurisdiction)
    staff(jurisdiction, role=Role.CREW)
    client.post("/logg-inn", data={"email": "crew@example.org", "password": PASSWORD})
    sent = {"version": 99, "led_to_improvement": "yes", "photo": (io.BytesIO(jpeg()), "a.jpg")}
    conflict = client.post(f"/oppdrag/{report.number}/utfort", data=sent)
    assert conflict.status_code == 409
    kept = session().scalars(select(Photo.key)).one()
    assert f"bilder={kept}" in conflict.text
    again = client.get(f"/oppdrag/{report.number}?bilder={kept},nonsense").text
    assert f'name="photos" value="{kept}"' in again
    assert "nonsense" not in again


def test_what_waits_is_read_in_as_many_statements_whatever_its_length(
    jurisdiction, keep, statements
):
    asked = []
    for _ in range(3):
        add(submitted(jurisdiction), keep(2))
        session().expire_all()
        statements.clear()
        waiting = moderation.waiting(jurisdiction.id, None)
        asked.append(len(statements))
    assert [item.photo.key for item in waiting] == list(
        session().scalars(select(Photo.key).order_by(Photo.id))
    )
    assert len(set(asked)) == 1
