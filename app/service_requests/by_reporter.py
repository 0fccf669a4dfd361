"""What the one who reported may do, by the personal link. Verbs flush; the caller's `transaction()` commits.

Whatever changes a status or adds something locks the report first. None of it is mailed back to the one
who did it; those who follow hear of changes of status.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.database import session
from app.departments.models import DepartmentKind
from app.departments.queries import first_line
from app.errors import ChangeNotAllowed, Conflict, Invalid
from app.i18n import day, gettext, in_languages, localised
from app.jurisdictions.models import Jurisdiction
from app.photos.models import Photo
from app.service_requests import added, pictures, queries, waited
from app.service_requests.acting import Actor, Work
from app.service_requests.additions import Comment, PhotoShows, Satisfaction, ServiceRequestPhoto
from app.service_requests.choices import (
    REPORTER,
    Choices,
    choices_of,
    is_erased,
    nudge_from,
    reopen_until,
)
from app.service_requests.history import remember
from app.service_requests.kinds import TOLD_BY, EntryKind, Visibility
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.operations import change_status, leave_person, lock
from app.service_requests.status import OPEN, Party, Status

WHO = Actor(account_id=None, roles=REPORTER, department_id=None)
BY = Party.REPORTER.value
SCORES = range(1, 7)
MOST_WORDS = 1000
"""Characters that may be written with a score."""
SAME_WITHIN = timedelta(minutes=10)


def choices(request: ServiceRequest, *, now: datetime) -> Choices:
    """What the one who reported may do with this report now."""
    given, contact = added.satisfaction_of(request.id), added.contact_of(request.id)
    has_address = contact is not None and (contact.email or contact.phone)
    return choices_of(
        request,
        score=given.score if given else None,
        words=given.words if given else None,
        answered_at=given.answered_at if given else None,
        wants_messages=contact.wants_messages if contact and has_address else None,
        now=now,
    )


def add(
    service_request_id: int, text: str | None, photos: Sequence[str], *, now: datetime
) -> HistoryEntry:
    """Tell those who work with the report more: words, photos, or both. Nobody else reads the words.

    :raises Invalid: neither. :raises ChangeNotAllowed: the report is closed.
    """
    request = queries.locked(service_request_id)
    if request.status not in {*OPEN, Status.FORWARDED}:
        raise ChangeNotAllowed(gettext("The report is closed, so nothing can be added to it."))
    if not text and not photos:
        raise Invalid({"message": gettext("Write something, or choose a photo.")})
    if text and not photos and (sent_before := _said_lately(request, text, now)):
        return sent_before
    entry = _remember(request, EntryKind.MESSAGE, now)
    entry.message, entry.visibility = text, Visibility.INTERNAL
    session().flush()
    _attach(request, photos, entry, now)
    waited.end(request, now)
    request.updated_at = now
    session().flush()
    return entry


def _said_lately(request: ServiceRequest, text: str, now: datetime) -> HistoryEntry | None:
    """The same words, sent some minutes ago: the answer was lost and they were sent again."""
    query = select(HistoryEntry).where(
        HistoryEntry.service_request_id == request.id,
        HistoryEntry.kind == EntryKind.MESSAGE,
        HistoryEntry.actor == BY,
        HistoryEntry.message == text,
        HistoryEntry.occurred_at > now - SAME_WITHIN,
    )
    return session().scalars(query.limit(1)).first()


def nudge(service_request_id: int, *, now: datetime) -> HistoryEntry:
    """Ask what became of it, once a promise of ours has passed. Those who work with it see it in their list.

    :raises ChangeNotAllowed: the report is closed. :raises Conflict: it is too early; the sentence says when.
    """
    request = queries.locked(service_request_id)
    if request.status not in {*OPEN, Status.FORWARDED}:
        raise ChangeNotAllowed(
            gettext("The report is closed, so there is nothing to remind us of.")
        )
    start = nudge_from(request)
    if now < start:
        message = gettext("You can remind us from %(day)s, if it is not fixed by then.")
        raise Conflict(message % {"day": day(start)})
    entry = _remember(request, EntryKind.NUDGED, now)
    session().flush()
    return entry


def say_not_fixed(
    service_request_id: int, work: Work, photos: Sequence[str], *, now: datetime
) -> HistoryEntry:
    """A closed report is opened again, to be assessed, with what the one who reported says. The words are for
    those who work with it. What another body had closed comes to our first line.

    :raises OutdatedVersion: the report has changed since. :raises Invalid: no words.
    :raises ChangeNotAllowed: not this status, or too long ago.
    """
    request = lock(service_request_id, work.version)
    if reopen_until(request, now) is None:
        raise ChangeNotAllowed(
            gettext("This report can no longer be opened again. Report the fault anew.")
        )
    if not work.message:
        raise Invalid({"message": gettext("Write what is not fixed.")})
    entry = change_status(
        request, Status.ASSESSING, work, WHO, now=now, visibility=Visibility.INTERNAL
    )
    _attach(request, photos, entry, now)
    if request.department.kind == DepartmentKind.EXTERNAL:
        _bring_home(request, now)
    session().flush()
    return entry


def _bring_home(request: ServiceRequest, now: datetime) -> None:
    """The first line finds out what the outside body has done, and who goes on."""
    desk = first_line(request.jurisdiction_id)
    languages = session().get_one(Jurisdiction, request.jurisdiction_id).languages
    leave_person(request, now)
    request.department_id, request.routing_rule_id = desk.id, None
    request.routing_reason = in_languages(
        languages,
        lambda: gettext(
            "The one who reported says that it is not fixed. %(department)s finds out what is left to do.",
            department=localised(desk.name),
        ),
    )
    routed = remember(request, EntryKind.ROUTED, now, actor="system", status=Status.ASSESSING)
    routed.department_id, routed.data = desk.id, {"rule": None, "reason": request.routing_reason}
    session().flush()
    session().refresh(request, ["department"])


def withdraw(service_request_id: int, version: int, *, now: datetime) -> HistoryEntry:
    """Close the report: there is nothing to do any more. What waits to be sent to others is not sent; who
    has got it is told.

    :raises OutdatedVersion: the report has changed since. :raises ChangeNotAllowed: it is closed.
    """
    request = lock(service_request_id, version)
    work = Work(version=version, message=gettext("Withdrawn by the one who reported"))
    was_passed_on = request.status == Status.FORWARDED
    entry = change_status(request, Status.NO_ACTION, work, WHO, now=now)
    if was_passed_on:
        jobs.defer("forwarding.tell_withdrawn", history_entry_id=entry.id)
    return entry


def rate(
    service_request_id: int, score: int | None, words: str | None = None, *, now: datetime
) -> None:
    """Say how it went, 1 (bad) to 6 (good), and why if one likes. The answer can be changed for 30 days.

    The words are for staff alone, the score for them and the figures.

    :raises Invalid: not a score, or too many words. :raises ChangeNotAllowed: the report is open, or the
    answer stands.
    """
    request = queries.locked(service_request_id)
    if score not in SCORES:
        raise Invalid({"score": gettext("Choose a number from 1 to 6.")})
    if words and len(words) > MOST_WORDS:
        message = gettext("Write at most %(count)s characters.", count=MOST_WORDS)
        raise Invalid({"words": message})
    now_open = choices(request, now=now)
    if not now_open.may_rate:
        raise ChangeNotAllowed(gettext("You can no longer answer how it went."))
    values = {
        "service_request_id": request.id,
        "jurisdiction_id": request.jurisdiction_id,
        "score": score,
        "words": words or None,
        "answered_at": now,
    }
    answer = {"score": score, "words": words or None}
    renewed = answer | ({"answered_at": now} if now_open.score is None else {})
    session().execute(
        insert(Satisfaction)
        .values(**values)
        .on_conflict_do_update(index_elements=[Satisfaction.service_request_id], set_=renewed)
    )
    if now_open.score is None:
        _remember(request, EntryKind.RATED, now)
    session().flush()
    session().expire_all()


def choose_messages(service_request_id: int, *, wanted: bool, now: datetime) -> None:
    """Turn messages about this report on or off. :raises ChangeNotAllowed: there is no address."""
    request = queries.locked(service_request_id)
    contact = added.contact_of(request.id)
    if contact is None or not (contact.email or contact.phone):
        raise ChangeNotAllowed(gettext("You left no address, so we send no messages."))
    if contact.wants_messages == wanted:
        return
    contact.wants_messages = wanted
    entry = _remember(request, EntryKind.MESSAGES, now)
    entry.visibility, entry.data = Visibility.INTERNAL, {"wanted": wanted}
    session().flush()


def erase(
    service_request_id: int, *, now: datetime, actor: str = BY, account_id: int | None = None
) -> None:
    """Take out everything that the one who reported has left: address, words, answers, photos, comments.

    What happened, where and when, stays, and so does the link. A job removes the photos' files. Erasing twice
    is erasing once.

    :param actor: the one who reported, or someone on the staff, both at their wish; the system when the time
        for keeping it is over.
    """
    request = queries.locked(service_request_id)
    session().execute(delete(Contact).where(Contact.service_request_id == request.id))
    _erase_photos(request)
    _erase_words(request)
    _tell_erased(request, actor, account_id, now)


def erase_words(service_request_id: int, *, now: datetime) -> None:
    """Take out the words of the one who reported: the time for keeping them is over. Address and photos have
    times of their own.
    """
    request = queries.locked(service_request_id)
    _erase_words(request)
    _tell_erased(request, Party.SYSTEM.value, None, now)


def _erase_words(request: ServiceRequest) -> None:
    """Description, answers, messages, comments, what they said of the work, and letters kept as notes."""
    mine = (Comment.service_request_id == request.id, Comment.author == BY)
    session().execute(delete(Comment).where(*mine))
    mark = Satisfaction.service_request_id == request.id
    session().execute(update(Satisfaction).where(mark).values(words=None))
    session().refresh(request, ["history"])
    for entry in request.history:
        is_theirs = entry.actor == BY or entry.data.get(TOLD_BY) == BY
        if is_theirs and entry.message and entry.visibility == Visibility.INTERNAL:
            entry.message = None
    request.description, request.answers = "", {}
    request.idempotency_fingerprint = None


def _tell_erased(
    request: ServiceRequest, actor: str, account_id: int | None, now: datetime
) -> None:
    if not is_erased(request.history):
        entry = _remember(request, EntryKind.ERASED, now)
        entry.visibility, entry.actor, entry.account_id = Visibility.INTERNAL, actor, account_id
    request.updated_at = now
    session().flush()


def _erase_photos(request: ServiceRequest) -> None:
    link = ServiceRequestPhoto
    of_mine = select(link.photo_id).where(
        link.service_request_id == request.id, link.added_by == BY
    )
    photos = session().scalars(select(Photo).where(Photo.id.in_(of_mine))).all()
    if photos:
        session().execute(delete(Photo).where(Photo.id.in_([photo.id for photo in photos])))
        jobs.defer("photos.remove_files", keys=[photo.key for photo in photos])


def _attach(
    request: ServiceRequest, photos: Sequence[str], entry: HistoryEntry, now: datetime
) -> None:
    if photos:
        pictures.attach(request, photos, shows=PhotoShows.FAULT, added_by=BY, now=now, entry=entry)


def _remember(request: ServiceRequest, kind: EntryKind, now: datetime) -> HistoryEntry:
    entry = remember(request, kind, now, actor=BY)
    entry.department_id = request.department_id
    return entry
