"""The ways to an outside body, one function for each: e-mail and a signed webhook; Open311 has its place."""

import json
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from app.departments.models import Department, Receives, is_loopback, is_safe
from app.forwarding.cards import Sheet
from app.forwarding.links import Signature
from app.i18n import gettext, localised
from app.mail import AddressRefused, Letter, compose, send
from app.outgoing import post, signed_headers, signing_secret

TIMEOUT_SECONDS = 20
MAX_REFERENCE = 200
RESERVED = ("example", "example.com", "example.net", "example.org", "invalid", "test")
"""Names that are nobody's (RFC 2606)."""


class NotSent(Exception):
    """It did not arrive. The message is a sentence for staff; trying again helps unless it `is_permanent`."""

    def __init__(self, sentence: str, *, is_permanent: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.is_permanent = is_permanent


@dataclass(frozen=True, kw_only=True)
class Office:
    """How things leave: sender, mail server or folder, public address, templates, and what signs."""

    sender: str
    smtp_url: str | None = field(repr=False)
    folder: Path | None
    base_url: str
    render: Callable[..., str]
    signature: Signature


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is sent. `key` is the same whenever the same handing over is sent again."""

    key: str
    department: Department
    jurisdiction_name: str
    language: str
    sheet: Sheet
    token: str
    answer_until: datetime


class Way(Protocol):
    """Sends a parcel; the receiver's own number for it, if it tells one. :raises NotSent: it was not taken."""

    def __call__(self, parcel: Parcel, office: Office, *, now: datetime) -> str | None: ...


def by_email(parcel: Parcel, office: Office, *, now: datetime) -> str | None:
    """A letter with everything, and the link to answer by."""
    address = parcel.department.email
    if not address:
        raise _nowhere(parcel, gettext("address"))
    if office.smtp_url and _is_reserved(address.rpartition("@")[2]):
        sentence = gettext(
            "The address of %(department)s is only an example. Write the right one in departments.yaml,"
            " or pass the report on by hand.",
            department=localised(parcel.department.name),
        )
        raise NotSent(sentence, is_permanent=True)
    if not office.smtp_url and not office.folder:
        raise NotSent(gettext("There is no mail server. Set MELDE_SMTP_URL."))
    if office.smtp_url:
        _refuse_demo(parcel)
    letter = _letter(parcel, office, address)
    try:
        send(compose(letter, office.sender), smtp_url=office.smtp_url, folder=office.folder)
    except OSError as fault:  # smtplib's errors are of this family
        # Without its cause, which the log would print: it holds the address and the server's words.
        raise NotSent(_mail_failure(fault)) from None
    return None


def by_webhook(parcel: Parcel, office: Office, *, now: datetime) -> str | None:
    """A POST signed as Standard Webhooks says; any 2xx means that it was taken."""
    url = parcel.department.webhook_url
    if not url:
        raise _nowhere(parcel, gettext("webhook address"))
    if not is_safe(url):
        sentence = gettext("The webhook's address must begin with https://.")
        raise NotSent(sentence, is_permanent=True)
    if not is_loopback(urlsplit(url).hostname or ""):
        _refuse_demo(parcel)
    body = json.dumps(content_of(parcel, office.base_url, now=now), ensure_ascii=False).encode()
    secret = webhook_secret(office.signature.secret, parcel.department.id)
    try:
        headers = signed_headers(parcel.key, now, body, secret)
        answer = post(url, body, headers, timeout_seconds=TIMEOUT_SECONDS)
    except (httpx.TimeoutException, TimeoutError):
        sentence = gettext(
            "%(host)s did not answer within %(seconds)s seconds.",
            host=urlsplit(url).hostname,
            seconds=TIMEOUT_SECONDS,
        )
        raise NotSent(sentence) from None
    except (httpx.HTTPError, httpx.InvalidURL):
        sentence = gettext("We could not reach %(host)s.", host=urlsplit(url).hostname)
        raise NotSent(sentence) from None
    if not answer.is_success:
        raise NotSent(
            gettext(
                "%(host)s answered with the status %(status)s.",
                host=answer.host,
                status=answer.status,
            )
        )
    return _reference(answer.content)


def by_open311(parcel: Parcel, office: Office, *, now: datetime) -> str | None:
    """The place of the Open311 client, which is still to come."""
    sentence = gettext(
        "Sending by Open311 is not available yet. Choose e-mail or webhook for %(department)s in"
        " departments.yaml, or pass the report on by hand.",
        department=localised(parcel.department.name),
    )
    raise NotSent(sentence, is_permanent=True)


WAYS: dict[Receives, Way] = {
    Receives.EMAIL: by_email,
    Receives.WEBHOOK: by_webhook,
    Receives.OPEN311: by_open311,
}


def webhook_secret(secret: str, department_id: int) -> str:
    """What a department's receiver checks signatures with: `whsec_` and 32 bytes in Base64."""
    return signing_secret(secret, b"webhook:%d" % department_id)


def content_of(parcel: Parcel, base_url: str, *, now: datetime) -> dict[str, Any]:
    """The webhook's JSON; docs/outside-bodies.md describes it."""
    sheet, report = parcel.sheet, parcel.sheet.report
    return {
        "type": "service_request.forwarded",
        "timestamp": now.isoformat(),
        "data": {
            "number": report.number,
            "service_code": sheet.service_code,
            "service_name": report.service_name,
            "group": report.group_code,
            "group_name": report.group_name,
            "description": sheet.description,
            "is_acute": sheet.is_acute,
            "requested_at": report.requested_at.isoformat(),
            "position": {"type": "Point", "coordinates": [report.longitude, report.latitude]},
            **sheet.facts,
            "department": {"code": parcel.department.code, "name": sheet.department_name},
            "jurisdiction_name": parcel.jurisdiction_name,
            "routing_reason": sheet.reason,
            "language": parcel.language,
            "links": {
                "html": sheet.public_url,
                "map": sheet.map_url,
                "answer": f"{base_url}/svar/{parcel.token}",
                "answer_api": f"{base_url}/api/v1/answers/{parcel.token}",
            },
            "answer_until": parcel.answer_until.isoformat(),
        },
    }


def _reference(content: bytes | None) -> str | None:
    """The receiver's number in `{"reference": "…"}`. It has been taken, whatever else stands there."""
    try:
        found = json.loads(content or b"")
    except (ValueError, RecursionError):
        return None
    reference = found.get("reference") if isinstance(found, dict) else None
    if not isinstance(reference, str) or not reference.isprintable():
        return None
    return reference.strip()[:MAX_REFERENCE] or None


def _letter(parcel: Parcel, office: Office, address: str) -> Letter:
    sheet = parcel.sheet
    facts = {
        "number": sheet.report.number,
        "service": sheet.report.service_name,
        "place": " ".join(sheet.place.split()),
    }
    subject = gettext("%(number)s: %(service)s, %(place)s", **facts)
    if sheet.is_acute:
        subject = gettext("URGENT") + " " + subject
    host = urlsplit(office.base_url).hostname or "localhost"
    context = {
        "sheet": sheet,
        "report": sheet.report,
        "subject": subject,
        "jurisdiction_name": parcel.jurisdiction_name,
        "answer_url": f"{office.base_url}/svar/{parcel.token}",
        "answer_until": parcel.answer_until,
        "language": parcel.language,
    }
    return Letter(
        recipient=address,
        subject=subject,
        text=office.render("notifications/forwarded.txt", **context),
        html=office.render("notifications/forwarded.html", **context),
        language=parcel.language,
        message_id=f"<{parcel.key}.forwarded@{host}>",
    )


def _mail_failure(fault: OSError) -> str:
    """What went wrong, without what the server wrote: it may hold addresses."""
    if isinstance(fault, AddressRefused):
        return gettext("The mail server did not take the address (code %(code)s).", code=fault.code)
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in fault.recipients.values()})
        return gettext(
            "The mail server did not take the address (code %(code)s).", code=", ".join(codes)
        )
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return gettext("The mail server did not accept our user name and password.")
    if isinstance(fault, smtplib.SMTPResponseException):
        return gettext(
            "The mail server did not take the letter (code %(code)s).", code=fault.smtp_code
        )
    return gettext("We could not reach the mail server.")


def _nowhere(parcel: Parcel, what: str) -> NotSent:
    sentence = gettext(
        "No %(what)s is set for %(department)s. Fill it in in departments.yaml, or pass the report on by hand.",
        what=what,
        department=localised(parcel.department.name),
    )
    return NotSent(sentence, is_permanent=True)


def _refuse_demo(parcel: Parcel) -> None:
    if parcel.sheet.report.is_demo:
        raise NotSent(gettext("Demo reports are not sent to others."), is_permanent=True)


def _is_reserved(domain: str) -> bool:
    return any(domain.lower() == name or domain.lower().endswith(f".{name}") for name in RESERVED)
