"""Telling others' machines what happens, signed as Standard Webhooks 1.0 says, with public facts only."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy import func, select

from app.database import session
from app.departments.models import is_safe
from app.errors import Invalid, NotFound
from app.geo.positions import position_of
from app.i18n import gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.notifications.models import Webhook, WebhookPost
from app.outgoing import post, signed_headers, signing_secret
from app.service_requests import queries as requests
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import Status

log = logging.getLogger(__name__)
EVENTS = (
    "service_request.created",
    "service_request.assigned",
    "service_request.status_changed",
)
TIMEOUT_SECONDS = 20
AT_ONCE = 100
GIVEN_UP_AFTER = timedelta(days=5)
GONE = 410
Change = Callable[[int, int], None]
"""What an operator does to the webhook of a municipality."""


class NotTaken(Exception):
    """The receiver did not take it. The message is for operators; it names the host and no more."""

    def __init__(self, sentence: str, *, is_gone: bool = False) -> None:
        super().__init__(sentence)
        self.is_gone = is_gone


def add(jurisdiction_id: int, url: str, events: Sequence[str], *, now: datetime) -> Webhook:
    """Begin to tell an address. :raises Invalid: the address is not encrypted, or there is no such event."""
    if not is_safe(url):
        raise Invalid({"url": gettext("The webhook's address must begin with https://.")})
    unknown = [event for event in events if event not in EVENTS]
    if unknown or not events:
        raise Invalid({"events": gettext("Choose among: %(names)s.", names=", ".join(EVENTS))})
    made = Webhook(
        jurisdiction_id=jurisdiction_id, url=url, events=sorted(set(events)), created_at=now
    )
    session().add(made)
    session().flush()
    return made


def secret_of(secret: str, webhook_id: int) -> str:
    """What the receiver checks signatures with: `whsec_` and 32 bytes in Base64."""
    return signing_secret(secret, b"notifications.webhook:%d" % webhook_id)


def all_of(jurisdiction_id: int) -> Sequence[tuple[Webhook, int]]:
    """Each webhook with the number of events that wait for it."""
    waiting = (
        select(func.count())
        .where(WebhookPost.webhook_id == Webhook.id, WebhookPost.sent_at.is_(None))
        .scalar_subquery()
    )
    query = (
        select(Webhook, waiting)
        .where(Webhook.jurisdiction_id == jurisdiction_id)
        .order_by(Webhook.id)
    )
    return [(webhook, count) for webhook, count in session().execute(query)]


def disabled(jurisdiction_id: int) -> Sequence[Webhook]:
    """Those that were given up, for staff to see."""
    query = select(Webhook).where(
        Webhook.jurisdiction_id == jurisdiction_id, Webhook.disabled_at.is_not(None)
    )
    return session().scalars(query.order_by(Webhook.id)).all()


def remove(jurisdiction_id: int, webhook_id: int) -> None:
    """Tell this address no more. :raises NotFound: there is none with this key."""
    session().delete(_one(jurisdiction_id, webhook_id))
    session().flush()


def enable(jurisdiction_id: int, webhook_id: int) -> None:
    """Begin again with what was given up; what waits is sent. :raises NotFound: there is none."""
    found = _one(jurisdiction_id, webhook_id)
    found.disabled_at = found.failing_since = found.last_failure = None
    session().flush()


def _one(jurisdiction_id: int, webhook_id: int) -> Webhook:
    query = select(Webhook).where(
        Webhook.id == webhook_id, Webhook.jurisdiction_id == jurisdiction_id
    )
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(gettext("There is no webhook %(number)s.", number=webhook_id))
    return found


def with_something_waiting() -> Sequence[int]:
    """The webhooks in use that wait for something."""
    query = (
        select(Webhook.id)
        .join(WebhookPost, WebhookPost.webhook_id == Webhook.id)
        .where(WebhookPost.sent_at.is_(None), Webhook.disabled_at.is_(None))
        .distinct()
    )
    return session().scalars(query).all()


def send_next(webhook_id: int, *, base_url: str, secret: str, now: datetime) -> bool:
    """Send the oldest event that waits, and record it; whether there was one.

    The webhook stays locked meanwhile: one at a time, in the order in which things happened.

    :raises NotTaken: another try later.
    """
    webhook = _locked(webhook_id)
    if webhook is None or webhook.disabled_at:
        return False
    query = (
        select(WebhookPost)
        .where(WebhookPost.webhook_id == webhook_id, WebhookPost.sent_at.is_(None))
        .order_by(WebhookPost.id)
        .limit(1)
    )
    waiting = session().scalars(query).one_or_none()
    if waiting is None:
        return False
    entry = session().get_one(HistoryEntry, waiting.history_entry_id)
    request = requests.by_id(entry.service_request_id)
    is_hidden = request is not None and request.status == Status.REJECTED
    if request is not None and not (is_hidden and entry.status != Status.REJECTED):
        body = json.dumps(content_of(waiting.event, entry, request, base_url), ensure_ascii=False)
        headers = signed_headers(
            f"evt-{waiting.id}", now, body.encode(), secret_of(secret, webhook_id)
        )
        _post(webhook.url, body.encode(), headers)
    waiting.sent_at = now
    webhook.failing_since = webhook.last_failure = None
    session().flush()
    return True


def _locked(webhook_id: int) -> Webhook | None:
    query = (
        select(Webhook)
        .where(Webhook.id == webhook_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session().scalars(query).one_or_none()


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    host = urlsplit(url).hostname or ""
    try:
        answer = post(url, body, headers, timeout_seconds=TIMEOUT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as fault:
        raise NotTaken(f"{host} was not reached: {type(fault).__name__}") from None
    if not answer.is_success:
        sentence = f"{host} answered with the status {answer.status}"
        raise NotTaken(sentence, is_gone=answer.status == GONE)


def failed(webhook_id: int, fault: NotTaken, *, now: datetime) -> bool:
    """Write down that a receiver did not take it; whether it is tried again.

    After five days, or when the receiver says that it is gone, it is given up, and staff are told.
    """
    webhook = _locked(webhook_id)
    if webhook is None or webhook.disabled_at:
        return False
    webhook.last_failure = str(fault)
    webhook.failing_since = webhook.failing_since or now
    if fault.is_gone or now - webhook.failing_since >= GIVEN_UP_AFTER:
        webhook.disabled_at = now
        log.error("webhook %d was given up: %s", webhook_id, fault)
    session().flush()
    return webhook.disabled_at is None


def content_of(
    event: str, entry: HistoryEntry, request: ServiceRequest, base_url: str
) -> dict[str, Any]:
    """The JSON: what anyone may see of a report, and nothing that anyone wrote.

    Of one that was rejected it says no more than that, so that receivers can take it away.
    """
    if request.status == Status.REJECTED:
        gone = {"number": request.number, "status": Status.REJECTED, "position": None}
        return {"type": event, "timestamp": entry.occurred_at.isoformat(), "data": gone}
    jurisdiction = session().get_one(Jurisdiction, request.jurisdiction_id)
    url = jurisdiction.public_url(base_url)
    position = position_of(request.public_position)
    return {
        "type": event,
        "timestamp": entry.occurred_at.isoformat(),
        "data": {
            "number": request.number,
            "jurisdiction": jurisdiction.number,
            "status": entry.status or request.status,
            "current_status": request.status,
            "service_code": request.service.code,
            "service_name": localised(request.service.name),
            "group": request.service.group.code,
            "department": (entry.department or request.department).code,
            "position": position.as_geojson(),
            "requested_at": request.requested_at.isoformat(),
            "due_at": request.due_at.isoformat() if request.due_at else None,
            "closed_at": request.closed_at.isoformat() if request.closed_at else None,
            "is_demo": request.is_demo,
            "links": {
                "html": f"{url}/meldinger/{request.number}",
                "api": f"{url}/api/v1/service-requests/{request.number}",
            },
        },
    }
