"""A word at once about danger: whom it is for, and bringing it to them, by phone or else by e-mail.

Each step is a transaction of its own that holds the alert. Who dies between sending and recording sends
again, with the same Topic and tag or the same Message-ID, which phones and mail readers show once.
"""

import json
import logging
import re
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Account, AcuteAlerts, Membership
from app.database import session
from app.i18n import force_locale, gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.mail import AddressRefused, Letter, compose
from app.mail import send as send_letter
from app.notifications import push
from app.notifications.alert_models import Alert, AlertPush, PushSubscription
from app.notifications.alert_wishes import living
from app.notifications.post import Post
from app.notifications.push import Fate, Sender, Told
from app.roles import Deed, who_may
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import OPEN

log = logging.getLogger(__name__)
TRIES = 5
"""For each phone; with the waits below they take two and a half minutes, then it is e-mail's turn."""
FIRST_WAIT = 10
LONGEST_WAIT = 120
"""In seconds. A push service that wants to be left alone for longer is not waited for."""
BUSY = 15.0
"""In seconds: another worker has the alert."""
WORTH_TELLING = timedelta(days=1)
"""So long a mail server that is away is tried."""
HOUSE_NUMBER = re.compile(r"\s+\d+\s?[A-Za-zÆØÅæøå]?$")


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How alerts leave: by e-mail, and to phones where the service has a key for that."""

    post: Post
    sender: Sender | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is left after a step: nothing, the next step at once, or one in so many seconds."""

    wait_seconds: float | None = None
    is_done: bool = False


DONE, ON = Step(is_done=True), Step()


def begin(history_entry_id: int, department_id: int, *, now: datetime) -> list[int]:
    """Note whom a dangerous report's new department wants told; the keys of the alerts that are new.

    Once for each row of history and person, however often it is asked. What has been closed or given on
    meanwhile is nobody's alert.
    """
    entry = session().get(HistoryEntry, history_entry_id)
    request = session().get(ServiceRequest, entry.service_request_id) if entry else None
    if entry is None or request is None or not _is_urgent(request, department_id):
        return []
    accounts = session().scalars(_members(department_id, request.jurisdiction_id)).all()
    if not accounts:
        return []
    rows = [
        {
            "jurisdiction_id": request.jurisdiction_id,
            "history_entry_id": entry.id,
            "account_id": account_id,
        }
        for account_id in accounts
    ]
    statement = insert(Alert).values(rows).on_conflict_do_nothing().returning(Alert.id)
    return sorted(session().scalars(statement))


def _is_urgent(request: ServiceRequest, department_id: int) -> bool:
    return request.is_acute and request.status in OPEN and request.department_id == department_id


def _members(department_id: int, jurisdiction_id: int) -> Select[int]:
    """The keys of those in a department's field who have asked for alerts."""
    return (
        select(Account.id)
        .where(
            Account.is_active,
            Account.acute_alerts != AcuteAlerts.OFF,
            exists().where(
                Membership.account_id == Account.id,
                Membership.jurisdiction_id == jurisdiction_id,
                Membership.department_id == department_id,
                Membership.role.in_(who_may(Deed.FIELD_WORK)),
            ),
        )
        .order_by(Account.id)
    )


def step(alert_id: int, ways: Ways, *, now: datetime) -> Step:
    """Do the next thing that an alert needs: one phone, or the e-mail.

    :raises OSError: the mail server did not take it; another try later.
    """
    alert = session().scalar(
        select(Alert).where(Alert.id == alert_id).with_for_update(skip_locked=True)
    )
    if alert is None:
        known = session().scalar(select(exists().where(Alert.id == alert_id)))
        return Step(wait_seconds=BUSY) if known else DONE
    entry = session().get_one(HistoryEntry, alert.history_entry_id)
    request = session().get_one(ServiceRequest, entry.service_request_id, populate_existing=True)
    account = session().get_one(Account, alert.account_id, populate_existing=True)
    if alert.mail_sent_at or not _is_wanted(account, request):
        return DONE
    if account.acute_alerts == AcuteAlerts.PUSH and ways.sender is not None:
        left = _to_phones(alert, request, ways.sender, now)
        if left is not None:
            return left
    if alert.push_sent_at is None:
        _by_mail(alert, entry, request, account, ways.post, now)
    return DONE


def _is_wanted(account: Account, request: ServiceRequest) -> bool:
    """Whether it is still theirs, urgent and asked for."""
    members = _members(request.department_id, request.jurisdiction_id)
    is_theirs = session().scalar(select(exists(members.where(Account.id == account.id))))
    return bool(is_theirs) and _is_urgent(request, request.department_id)


def _to_phones(alert: Alert, request: ServiceRequest, sender: Sender, now: datetime) -> Step | None:
    """One phone that is due, else how long to wait; None when there is no phone left to try."""
    phones = {phone.device_id: phone for phone in living(alert.account_id)}
    rows = [row for row in _rows(alert, list(phones.values()), now) if row.device_id in phones]
    open_rows = [row for row in rows if not row.sent_at and not row.given_up_at]
    if not open_rows:
        return None
    row = min(open_rows, key=lambda it: it.due_at)
    if row.due_at > now:
        return Step(wait_seconds=(row.due_at - now).total_seconds())
    phone = phones[row.device_id]
    content = content_of(request, phone.language)
    told = push.send(phone, content, sender, topic=push.topic_of(request.number))
    _record(alert, row, phone, told, now)
    return ON


def _rows(alert: Alert, phones: Sequence[PushSubscription], now: datetime) -> list[AlertPush]:
    """The phones of this alert: those that lived when it was first brought."""
    query = select(AlertPush).where(AlertPush.alert_id == alert.id).order_by(AlertPush.device_id)
    rows = list(session().scalars(query))
    if rows:
        return rows
    made = [
        AlertPush(
            alert_id=alert.id,
            device_id=phone.device_id,
            jurisdiction_id=alert.jurisdiction_id,
            tries=0,
            due_at=now,
        )
        for phone in phones
    ]
    session().add_all(made)
    session().flush()
    return made


def _record(
    alert: Alert, row: AlertPush, phone: PushSubscription, told: Told, now: datetime
) -> None:
    row.tries += 1
    if told.fate == Fate.TAKEN:
        row.sent_at = now
        alert.push_sent_at = alert.push_sent_at or now
        session().flush()
        return
    alert.last_failure = told.why
    log.warning("alert %d did not reach device %s: %s", alert.id, row.device_id, told.why)
    wait = max(FIRST_WAIT * 2 ** (row.tries - 1), told.wait_seconds or 0)
    if told.fate == Fate.LATER and row.tries < TRIES and wait <= LONGEST_WAIT:
        row.due_at = now + timedelta(seconds=wait)
    else:
        row.given_up_at = now
    if told.fate == Fate.GONE:
        session().delete(phone)
    session().flush()


def content_of(request: ServiceRequest, language: str) -> bytes:
    """What a phone shows: kind, number and street, and nothing that anyone wrote."""
    with force_locale(language):
        told = {
            "title": _title(request),
            "body": " · ".join(filter(None, [request.number, street_of(request)])),
            "number": request.number,
            "language": language,
        }
    content = json.dumps(told, ensure_ascii=False).encode()
    if len(content) > push.MOST_BYTES:
        raise ValueError(f"an alert of {len(content)} bytes")
    return content


def _title(request: ServiceRequest) -> str:
    return gettext("Danger: %(service)s", service=localised(request.service.name)[:200])


def street_of(request: ServiceRequest) -> str:
    """The street of a report as anyone may know it, without the number of a house."""
    return HOUSE_NUMBER.sub("", request.public_place_text or "")[:200]


def _by_mail(
    alert: Alert,
    entry: HistoryEntry,
    request: ServiceRequest,
    account: Account,
    post: Post,
    now: datetime,
) -> None:
    """:raises OSError: not taken; another try later."""
    if now - entry.occurred_at > WORTH_TELLING:
        alert.last_failure = "no mail server took it within a day"
        log.error("alert %d was given up: %s", alert.id, alert.last_failure)
        return
    with force_locale(account.alert_language):
        letter = _letter(alert, request, account, post)
    message = compose(letter, post.sender)
    try:
        send_letter(message, smtp_url=post.smtp_url, folder=post.folder)
    except AddressRefused as refused:
        alert.last_failure = f"the mail server refused the address, code {refused.code}"
        log.error("alert %d reached nobody: %s", alert.id, alert.last_failure)
        return
    except smtplib.SMTPException as fault:  # it may hold the address
        raise OSError(f"the mail server did not take it: {type(fault).__name__}") from None
    alert.mail_sent_at = now
    session().flush()


def _letter(alert: Alert, request: ServiceRequest, account: Account, post: Post) -> Letter:
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    url = jurisdiction.public_url(post.base_url)
    context = {
        "subject": f"{_title(request)} ({request.number})",
        "title": _title(request),
        "number": request.number,
        "street": street_of(request),
        "job_url": f"{url}/oppdrag/{request.number}",
        "settings_url": f"{url}/felt/mer",
        "why": gettext("You get this because you have asked to be told at once about danger."),
        "language": account.alert_language,
        "jurisdiction_name": localised(jurisdiction.name),
    }
    return Letter(
        recipient=account.email,
        subject=str(context["subject"]),
        text=post.render("notifications/alert.txt", **context),
        html=post.render("notifications/alert.html", **context),
        language=account.alert_language,
        message_id=f"<alert.{alert.id}@{post.host}>",
    )
