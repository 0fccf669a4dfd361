"""Telling an outside body that a report it has got was withdrawn by the one who reported."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select

from app.database import session
from app.departments.models import Department, Receives
from app.forwarding import queries
from app.forwarding.models import Forwarding, ForwardingState
from app.forwarding.ways import TIMEOUT_SECONDS, NotSent, Office, webhook_secret
from app.i18n import force_locale, gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.mail import Letter, compose, send
from app.outgoing import post, signed_headers
from app.service_requests import queries as request_queries
from app.service_requests.history import remember
from app.service_requests.kinds import EntryKind, Visibility
from app.service_requests.models import HistoryEntry, ServiceRequest

log = logging.getLogger(__name__)
LONGEST = timedelta(days=3)
"""For how long it is tried."""


def tell(history_entry_id: int, office: Office, *, now: datetime) -> bool:
    """Tell the body that had the report; whether it was told now. Told once: the handing over ends with it.

    :param history_entry_id: the row that closed the report.
    :raises NotSent: it was not taken; try again.
    """
    entry = request_queries.entry(history_entry_id)
    row = _handed_over(entry.service_request_id) if entry else None
    if entry is None or row is None:
        return False
    request, department = entry.service_request, session().get_one(Department, row.department_id)
    jurisdiction = session().get_one(Jurisdiction, row.jurisdiction_id)
    office = replace(office, base_url=jurisdiction.public_url(office.base_url))
    with force_locale(jurisdiction.languages[0]):
        if department.receives == Receives.EMAIL and department.email:
            _by_email(department.email, request, entry, jurisdiction, office)
        elif department.receives == Receives.WEBHOOK and department.webhook_url:
            _by_webhook(department, request, entry, office, now)
        else:
            log.info("%s: nobody to tell that it was withdrawn", request.number)
    row.state = ForwardingState.WITHDRAWN
    session().flush()
    return True


def give_up(history_entry_id: int, *, now: datetime) -> bool:
    """Whether three days have passed in vain: then the desk reads, once, that the body must be called."""
    entry = request_queries.entry(history_entry_id)
    if entry is None or now < entry.occurred_at + LONGEST:
        return False
    request = request_queries.locked(entry.service_request_id)
    row = _handed_over(request.id)
    if row is None or any(one.kind == EntryKind.UNREACHABLE_BODY for one in request.history):
        return True
    jurisdiction = session().get_one(Jurisdiction, row.jurisdiction_id)
    told = remember(request, EntryKind.UNREACHABLE_BODY, now, actor="system")
    told.visibility, told.department_id = Visibility.INTERNAL, row.department_id
    with force_locale(jurisdiction.languages[0]):
        told.message = gettext(
            "We could not tell them for three days that the report is withdrawn. Call them."
        )
    session().flush()
    return True


def _handed_over(service_request_id: int) -> Forwarding | None:
    """What was sent to the body that has the report, locked, if it has not ended."""
    query = (
        select(Forwarding.id)
        .where(
            Forwarding.service_request_id == service_request_id,
            Forwarding.state.in_([ForwardingState.SENT, ForwardingState.ACCEPTED]),
        )
        .order_by(Forwarding.id.desc())
        .limit(1)
    )
    key = session().scalar(query)
    row = queries.locked(key) if key else None
    is_open = row is not None and row.state in {ForwardingState.SENT, ForwardingState.ACCEPTED}
    request = request_queries.by_id(service_request_id)
    return row if is_open and row and request and queries.is_theirs(row, request) else None


def _by_email(
    address: str,
    request: ServiceRequest,
    entry: HistoryEntry,
    jurisdiction: Jurisdiction,
    office: Office,
) -> None:
    facts = {"number": request.number, "service": localised(request.service.name)}
    host = urlsplit(office.base_url).hostname or "localhost"
    context = {
        "subject": gettext("%(number)s: %(service)s is withdrawn", **facts),
        "jurisdiction_name": localised(jurisdiction.name),
        "language": jurisdiction.languages[0],
        "public_url": f"{office.base_url}/meldinger/{request.number}",
        **facts,
    }
    letter = Letter(
        recipient=address,
        subject=str(context["subject"]),
        text=office.render("notifications/withdrawn.txt", **context),
        html=office.render("notifications/withdrawn.html", **context),
        language=jurisdiction.languages[0],
        message_id=f"<{request.number}.{entry.id}.withdrawn@{host}>",
    )
    try:
        send(compose(letter, office.sender), smtp_url=office.smtp_url, folder=office.folder)
    except OSError:
        # Without its cause, which the log would print: it may hold the address.
        raise NotSent(gettext("We could not reach the mail server.")) from None


def _by_webhook(
    department: Department,
    request: ServiceRequest,
    entry: HistoryEntry,
    office: Office,
    now: datetime,
) -> None:
    url = department.webhook_url or ""
    content = {
        "type": "service_request.withdrawn",
        "timestamp": now.isoformat(),
        "data": {
            "number": request.number,
            "department": {"code": department.code, "name": localised(department.name)},
            "links": {"html": f"{office.base_url}/meldinger/{request.number}"},
        },
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    secret = webhook_secret(office.signature.secret, department.id)
    headers = signed_headers(f"{request.number}-{entry.id}", now, body, secret)
    sentence = gettext("We could not reach %(host)s.", host=urlsplit(url).hostname)
    try:
        answer = post(url, body, headers, timeout_seconds=TIMEOUT_SECONDS)
    except Exception as fault:
        log.warning("telling %s was not possible: %s", department.code, type(fault).__name__)
        raise NotSent(sentence) from None
    if not answer.is_success:
        raise NotSent(sentence)
