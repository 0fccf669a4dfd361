"""What is kept, and for how long: the conditions, the night's job, the page and the command."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.database import session, transaction
from app.jurisdictions.models import Jurisdiction
from app.photos.models import Photo
from app.photos.operations import file_name, keep
from app.photos.views import current_store
from app.privacy import retention
from app.privacy.retention import Removed
from app.privacy.tasks import remove
from app.roles import Role
from app.service_requests import pictures
from app.service_requests.acting import Work
from app.service_requests.additions import PhotoShows, Satisfaction
from app.service_requests.kinds import TOLD_BY, EntryKind
from app.service_requests.models import Contact, ServiceRequest
from app.service_requests.operations import change_status
from app.service_requests.remarks import remark
from app.service_requests.status import Status
from app.statistics.queries import counted, plain_count

from ..casework.desk import come_in
from ..factories import actor, do_jobs, staff, submitted
from ..photos.samples import jpeg

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOTHING = Removed(contacts=0, photos=0, texts=0)


@pytest.fixture
def place(jurisdiction):
    found = session().get_one(Jurisdiction, jurisdiction.id)
    kept = retention.days(found).copy()
    yield found
    session().rollback()
    with transaction() as current:
        again = current.get_one(Jurisdiction, jurisdiction.id)
        again.keep_contact_days, again.keep_photo_days, again.keep_text_days = kept.values()


def closed(jurisdiction, days_ago: float, **values) -> ServiceRequest:
    """A report with an address, closed so long ago."""
    at = NOW - timedelta(days=days_ago)
    found = submitted(
        jurisdiction, email="resident@example.org", now=at - timedelta(hours=2), **values
    )
    with transaction():
        request, _ = locked(jurisdiction, found)
        work = Work(version=request.version, message="Ingen feil.")
        change_status(request, Status.REJECTED, work, actor(handler(jurisdiction)), now=at)
    return found


def handler(jurisdiction):
    from app.accounts.queries import by_email, identity_of

    account = by_email("desk@example.org")
    if account is None:
        return staff(jurisdiction, "roads", Role.FIRST_LINE, "desk@example.org")
    return identity_of(account)


def locked(jurisdiction, found):
    request = session().get_one(ServiceRequest, found.id)
    return request, request.version


def left(found) -> tuple[bool, bool]:
    """Whether there is an address, and the words."""
    session().expire_all()
    has_contact = session().scalar(
        select(func.count()).select_from(Contact).where(Contact.service_request_id == found.id)
    )
    return bool(has_contact), bool(session().get_one(ServiceRequest, found.id).description)


def test_each_goes_after_its_days_and_not_before(jurisdiction, place):
    cases = {89: (True, True), 91: (False, True), 729: (False, True), 731: (False, False)}
    reports = {days: closed(jurisdiction, days) for days in cases}
    remove(place, now=NOW)
    assert {days: left(found) for days, found in reports.items()} == cases


def test_an_open_report_keeps_everything_however_old(jurisdiction, place):
    found = submitted(jurisdiction, email="resident@example.org", now=NOW - timedelta(days=2000))
    assert remove(place, now=NOW) == NOTHING
    assert left(found) == (True, True)


def test_a_second_run_finds_nothing(jurisdiction, place):
    closed(jurisdiction, 800)
    assert remove(place, now=NOW) == Removed(contacts=1, photos=0, texts=1)
    assert remove(place, now=NOW) == NOTHING
    assert [run.contacts for run in retention.runs(place.id)] == [0, 1]


def test_the_dry_run_says_what_the_run_does_and_changes_nothing(jurisdiction, place):
    found = [closed(jurisdiction, days) for days in (10, 100, 800)]
    told = retention.due(place, now=NOW)
    assert [left(one) for one in found] == [(True, True)] * 3
    assert told == Removed(contacts=2, photos=0, texts=1) == remove(place, now=NOW)


def test_more_than_a_batch(jurisdiction, place, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for days in (800, 801, 802, 803, 804):
        closed(jurisdiction, days)
    assert remove(place, now=NOW).texts == 5


def test_without_days_it_is_kept_for_good(jurisdiction, place):
    found = closed(jurisdiction, 5000)
    with transaction():
        place.keep_contact_days = place.keep_photo_days = place.keep_text_days = None
    assert remove(place, now=NOW) == NOTHING
    assert left(found) == (True, True)


def test_photos_go_with_their_files(app, jurisdiction, place):
    found = closed(jurisdiction, 366)
    with app.test_request_context():
        store = current_store()
    with transaction():
        photo = keep(jpeg(), store, jurisdiction.id, now=NOW)
        request = session().get_one(ServiceRequest, found.id)
        pictures.attach(request, [photo.key], shows=PhotoShows.FAULT, added_by="reporter", now=NOW)
        key = photo.key
    assert store.read(file_name(key, "320.webp"))
    assert remove(place, now=NOW).photos == 1
    do_jobs(app)
    assert session().scalar(select(func.count()).select_from(Photo).where(Photo.key == key)) == 0
    assert store.read(file_name(key, "320.webp")) is None


def test_figures_and_history_stay(jurisdiction, place):
    found = closed(jurisdiction, 800)
    with transaction():
        before = plain_count(jurisdiction.id)
    kinds = [entry.kind for entry in session().get_one(ServiceRequest, found.id).history]
    remove(place, now=NOW)
    assert counted(jurisdiction.id) == plain_count(jurisdiction.id) == before
    session().expire_all()
    after = session().get_one(ServiceRequest, found.id).history
    assert [entry.kind for entry in after] == [*kinds, "erased"]
    assert after[-1].actor == "system"


def test_who_follows_the_link_reads_that_the_time_was_over(client, jurisdiction, place):
    found = closed(jurisdiction, 800)
    remove(place, now=NOW)
    page = client.get(f"/m/{found.token}").text
    assert "lagringstiden er over" in page


class TestPage:
    @pytest.fixture
    def admin(self, client, jurisdiction):
        come_in(client, jurisdiction, Role.ADMINISTRATOR, "roads", "administrator")

    def test_it_tells_what_is_due_and_lists_it(self, client, admin, jurisdiction):
        now = datetime.now(UTC)
        with transaction():
            found = closed(jurisdiction, (NOW - now).days + 100)
        page = client.get("/styring/oppbevaring").text
        assert "Adressen fra 1 melding" in page
        text = client.get("/styring/oppbevaring.csv").get_data(as_text=True).lstrip("\ufeff")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [(row["number"], row["what"]) for row in rows] == [(found.number, "contact")]

    def test_changing_the_days(self, client, admin, place):
        sent = {"contact": "30", "photo": "", "text": "400", "seen": "90-365-730"}
        assert client.post("/styring/oppbevaring", data=sent).status_code == 303
        session().expire_all()
        again = session().get_one(Jurisdiction, place.id)
        assert list(retention.days(again).values()) == [30, None, 400]
        late = client.post("/styring/oppbevaring", data=sent)
        assert late.status_code == 409
        assert "Noen andre har endret" in late.text

    @pytest.mark.parametrize("days", ["-1", "x", "40000", "1.5", "9" * 40])
    def test_days_that_are_none(self, client, admin, days):
        sent = {"contact": "30", "photo": "", "text": days, "seen": "90-365-730"}
        answer = client.post("/styring/oppbevaring", data=sent)
        assert answer.status_code == 422
        assert 'id="text-error"' in answer.text


def test_words_go_alone_when_photos_and_addresses_are_kept_for_good(app, jurisdiction, place):
    found = closed(jurisdiction, 800)
    with app.test_request_context():
        store = current_store()
    with transaction():
        place.keep_contact_days = place.keep_photo_days = None
        photo = keep(jpeg(), store, jurisdiction.id, now=NOW)
        request = session().get_one(ServiceRequest, found.id)
        pictures.attach(request, [photo.key], shows=PhotoShows.FAULT, added_by="reporter", now=NOW)
        key = photo.key
    told = retention.due(place, now=NOW)
    assert told == Removed(contacts=0, photos=0, texts=1) == remove(place, now=NOW)
    assert left(found) == (True, False)
    assert session().scalar(select(func.count()).select_from(Photo).where(Photo.key == key)) == 1


def test_what_they_said_of_the_work_and_letters_kept_as_notes_go_too(jurisdiction, place):
    found = closed(jurisdiction, 800)
    remove(place, now=NOW)
    with transaction():
        request = session().get_one(ServiceRequest, found.id)
        session().add(
            Satisfaction(
                service_request_id=found.id,
                jurisdiction_id=jurisdiction.id,
                score=2,
                words="Det tok lang tid.",
                answered_at=NOW,
            )
        )
        who = actor(handler(jurisdiction))
        data = {TOLD_BY: "reporter"}
        remark(request, EntryKind.NOTE, "Fra et brev: hei", who, now=NOW, data=data)
        remark(request, EntryKind.NOTE, "Bare for oss", who, now=NOW)
    assert remove(place, now=NOW).texts == 1
    session().expire_all()
    assert session().scalars(select(Satisfaction.words)).one() is None
    said = [one.message for one in session().get_one(ServiceRequest, found.id).history]
    assert "Fra et brev: hei" not in said
    assert "Bare for oss" in said
    assert remove(place, now=NOW) == NOTHING
