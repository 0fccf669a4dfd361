"""The verbs of the crews beside starting and closing: what they change, and who hears of it."""

from datetime import UTC, datetime

import pytest

from app.database import session, transaction
from app.errors import ChangeNotAllowed, Invalid, OutdatedVersion
from app.fieldwork.operations import WITH_PHOTOS, Verb, actor_for, do, verbs
from app.notifications.telling import is_for_reporter
from app.photos.images import SIZES, Cleaned
from app.photos.operations import keep_cleaned
from app.roles import Role
from app.service_requests import pictures
from app.service_requests.acting import Work
from app.service_requests.cards import page_of
from app.service_requests.models import ServiceRequest
from app.service_requests.timeline import told
from app.storage import store_of
from app.yearbook.recount import recount

from ..factories import orders, staff, submitted

SMALL = Cleaned(width=4, height=3, files=dict.fromkeys(SIZES, b"picture"))
SECRET = "Brukte 25 kg kaldasfalt fra sekk 7"


@pytest.fixture
def who(jurisdiction):
    """Someone of the road crew."""
    return staff(jurisdiction, "roads", Role.CREW, "crew@example.org")


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="reporter@example.org")


def done(who, report, verb, *, photos=(), before=(), **work):
    with transaction():
        found = session().get(ServiceRequest, report.id)
        session().refresh(found)
        values = {"version": found.version} | work
        return do(
            verb,
            found,
            Work(**values),
            actor_for(who, found),
            now=datetime.now(UTC),
            photos=photos,
            before=before,
        )


def kept(app, jurisdiction):
    """The key of a photo that was sent and belongs to no report yet."""
    with transaction():
        store = store_of(app.config["SETTINGS"])
        return keep_cleaned(SMALL, store, jurisdiction.id, now=datetime.now(UTC)).key


def now(report):
    session().expire_all()
    return session().get(ServiceRequest, report.id)


def letters():
    return [values for name, values in orders() if name == "notifications.tell_reporter"]


def page(report, *, personal):
    return page_of(now(report), personal=personal, now=datetime.now(UTC))


def test_a_started_job_is_paused_and_can_be_started_again(who, report):
    done(who, report, Verb.START)
    done(who, report, Verb.PAUSE, message="Venter på deler.")
    assert now(report).status == "planned"
    done(who, report, Verb.START)
    assert now(report).status == "in_progress"


def test_only_what_is_started_can_be_paused(who, report):
    with pytest.raises(ChangeNotAllowed):
        done(who, report, Verb.PAUSE)
    assert Verb.PAUSE not in verbs(report, actor_for(who, report))


@pytest.mark.parametrize("verb", [Verb.NOTE, Verb.MATERIAL])
def test_what_is_written_for_staff_tells_nobody_else(jurisdiction, who, report, verb):
    before, status = letters(), now(report).status
    entry = done(who, report, verb, message=SECRET)
    assert letters() == before
    assert not is_for_reporter(entry)
    found = now(report)
    assert (found.status, found.first_response_at) == (status, None)
    for personal in (True, False):
        shown = page(report, personal=personal)
        assert SECRET not in str(shown)
        assert told(entry) not in [text for _, text in shown.history]


@pytest.mark.parametrize("verb", [Verb.NOTE, Verb.MATERIAL])
def test_what_is_written_for_staff_is_not_in_anything_public(client, who, report, verb):
    done(who, report, verb, message=SECRET)
    number = report.number
    pages = (f"/meldinger/{number}", f"/m/{report.token}", f"/feed/{number}", "/feed")
    addresses = (*pages, f"/api/v1/service-requests/{number}")
    answers = [client.get(address) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert all(SECRET not in answer.text for answer in answers)


@pytest.mark.parametrize("verb", [Verb.NOTE, Verb.MATERIAL, Verb.PHOTO])
def test_what_has_nothing_in_it_is_refused(who, report, verb):
    with pytest.raises(Invalid):
        done(who, report, verb)
    assert len(now(report).history) == len(report.history)


def test_photos_come_without_a_letter_and_are_shown(app, jurisdiction, who, report):
    old, new = kept(app, jurisdiction), kept(app, jurisdiction)
    before = letters()
    entry = done(who, report, Verb.PHOTO, before=[old], photos=[new], message=SECRET)
    assert letters() == before
    shown = {picture.key: picture.shows for picture in pictures.shown(now(report), personal=False)}
    assert shown == {old: "fault", new: "fix"}
    assert told(entry) in [text for _, text in page(report, personal=False).history]
    assert SECRET not in str(page(report, personal=True))
    assert now(report).first_response_at is None


@pytest.mark.parametrize("verb", sorted(WITH_PHOTOS - {Verb.FIXED}))
def test_remarks_can_be_added_to_a_closed_report(app, jurisdiction, who, report, verb):
    done(who, report, Verb.FIXED, led_to_improvement=True)
    closed_at = now(report).closed_at
    done(who, report, verb, message="I ettertid.", photos=[kept(app, jurisdiction)])
    assert (now(report).status, now(report).closed_at) == ("fixed", closed_at)


def test_what_cannot_be_done_now_goes_to_be_assessed_and_stays_with_the_department(who, report):
    department = report.department_id
    entry = done(who, report, Verb.RETURN, message=SECRET)
    found = now(report)
    assert (found.status, found.department_id, found.refusals) == ("assessing", department, 0)
    assert SECRET not in str(page(report, personal=True))
    assert {"history_entry_id": entry.id} in letters()


def test_what_cannot_be_done_now_needs_a_reason_and_an_open_report(who, report):
    with pytest.raises(Invalid) as fault:
        done(who, report, Verb.RETURN)
    assert list(fault.value.errors) == ["message"]
    done(who, report, Verb.NO_ACTION, message="Ingen feil.")
    with pytest.raises(ChangeNotAllowed):
        done(who, report, Verb.RETURN, message="Likevel.")


def test_a_crew_closes_what_was_reported_before(jurisdiction, who, report):
    first = submitted(jurisdiction)
    assert Verb.DUPLICATE in verbs(report, actor_for(who, report))
    done(who, report, Verb.DUPLICATE, original_number=first.number)
    assert (now(report).status, now(report).duplicate_of_id) == ("duplicate", first.id)


@pytest.mark.parametrize("number", [None, "KSU-2026-999999", "self"])
def test_the_original_must_be_another_report(who, report, number):
    wanted = report.number if number == "self" else number
    with pytest.raises(Invalid) as fault:
        done(who, report, Verb.DUPLICATE, original_number=wanted)
    assert list(fault.value.errors) == ["original_number"]
    assert now(report).status == "assigned"


def test_a_remark_makes_what_others_saw_old(who, report):
    done(who, report, Verb.NOTE, message="Se opp for kabel.")
    with pytest.raises(OutdatedVersion):
        done(who, report, Verb.START, version=report.version - 1)


def test_the_recount_agrees_after_every_new_verb(app, jurisdiction, who, report):
    first = submitted(jurisdiction)
    done(who, report, Verb.NOTE, message=SECRET)
    done(who, report, Verb.MATERIAL, message=SECRET)
    done(who, report, Verb.PHOTO, photos=[kept(app, jurisdiction)])
    done(who, report, Verb.START)
    done(who, report, Verb.PAUSE)
    done(who, report, Verb.RETURN, message="Vei sperret.")
    done(who, report, Verb.DUPLICATE, original_number=first.number)
    done(who, report, Verb.NOTE, message=SECRET)
    found = recount()
    assert (found.faults, found.reports) == ([], 2)
