"""Letters: the receipt, one piece of news, several in one, and the question whether someone wants to follow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.database import session
from app.i18n import gettext, localised, ngettext
from app.jurisdictions.models import Jurisdiction
from app.mail import Letter
from app.notifications import queries
from app.notifications.models import Delivery, DeliveryKind, Subscription
from app.notifications.post import Post
from app.notifications.telling import Event, event_of
from app.notifications.words import followed
from app.service_requests import pictures
from app.service_requests import queries as requests
from app.service_requests.additions import PhotoShows
from app.service_requests.cards import Page, page_of
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest
from app.service_requests.pictures import Picture
from app.service_requests.status import Status

SCORES = range(1, 7)
MOST_REPORTS = 40
"""More reports than this are not listed in one letter; the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One report in a letter, with what happened to it, the oldest first."""

    report: Page
    events: Sequence[Event]
    url: str
    is_personal: bool
    fixes: Sequence[Picture]


@dataclass(frozen=True, kw_only=True)
class Item:
    """A waiting delivery with what it is about."""

    delivery: Delivery
    contact: Contact
    subscription: Subscription | None
    entry: HistoryEntry | None


def items_of(deliveries: Sequence[Delivery]) -> list[Item]:
    """The deliveries whose receivers are still there and want to hear of it."""
    entries = {
        entry.id: entry
        for entry in queries.entries(
            [row.history_entry_id for row in deliveries if row.history_entry_id]
        )
    }
    found = []
    for row in deliveries:
        contact = queries.contact(row.contact_id) if row.contact_id else None
        subscription = queries.subscription(row.subscription_id)
        if contact is None or contact.stopped_at:
            continue
        if subscription is None and contact.service_request_id is None:
            continue
        if row.kind == DeliveryKind.UPDATE and not contact.wants_messages:
            continue
        entry = entries.get(row.history_entry_id) if row.history_entry_id else None
        found.append(Item(delivery=row, contact=contact, subscription=subscription, entry=entry))
    return found


def compose_letter(items: Sequence[Item], post: Post, *, now: datetime) -> Letter | None:
    """The letter that tells all of it, in the language in use; None when there is nothing to tell any more."""
    first = items[0]
    jurisdiction = session().get_one(Jurisdiction, first.contact.jurisdiction_id)
    post = replace(post, base_url=jurisdiction.public_url(post.base_url))
    match DeliveryKind(first.delivery.kind):
        case DeliveryKind.CONFIRMATION:
            made = _confirmation(first, post)
        case DeliveryKind.RECEIPT:
            made = _receipt(first, jurisdiction, post, now)
        case DeliveryKind.UPDATE:
            made = _news(items, post, now)
    if made is None:
        return None
    name, subject, context = made
    contacts = list(dict.fromkeys(item.contact.id for item in items))
    is_confirmation = first.delivery.kind == DeliveryKind.CONFIRMATION
    stop_url = f"{post.base_url}/varsler/stopp/{post.signer.stop_token(contacts)}"
    context |= {
        "subject": subject,
        "jurisdiction_name": localised(jurisdiction.name),
        "base_url": post.base_url,
        "language": first.contact.language,
        "settings_url": None if is_confirmation else _settings_url(items, post, stop_url),
        "why": _why(items),
    }
    return Letter(
        recipient=first.contact.email or "",
        subject=subject,
        text=post.render(f"notifications/{name}.txt", **context),
        html=post.render(f"notifications/{name}.html", **context),
        language=first.contact.language,
        message_id=first.delivery.message_id or "",
        return_path=post.return_path(first.contact.id),
        reply_to=_reply_to(items, jurisdiction, post),
        unsubscribe_url=None if is_confirmation else stop_url,
    )


def _reply_to(items: Sequence[Item], jurisdiction: Jurisdiction, post: Post) -> str | None:
    """Where a mailbox reads answers, when the letter is to a reporter and about their report alone."""
    first, *more = items
    if first.subscription is not None or any(item.contact.id != first.contact.id for item in more):
        return None
    return post.reply_to(jurisdiction.number, first.contact.id)


def _settings_url(items: Sequence[Item], post: Post, stop_url: str) -> str:
    """Where someone changes what they get: one page when the letter is about one thing."""
    first, *more = items
    if any(item.contact.id != first.contact.id for item in more):
        return stop_url
    if first.subscription is not None:
        return f"{post.base_url}/varsler/{first.subscription.token}"
    request = session().get(ServiceRequest, first.delivery.service_request_id)
    return f"{post.base_url}/m/{request.token}#varsler" if request else stop_url


def _why(items: Sequence[Item]) -> str:
    subscriptions = {item.subscription.id: item.subscription for item in items if item.subscription}
    reported = any(item.subscription is None for item in items)
    if not subscriptions:
        return gettext(
            "You get this e-mail because you left your address when you reported the fault."
        )
    names = ", ".join(followed(one) for one in subscriptions.values())
    if reported:
        return gettext(
            "You get this e-mail because you reported a fault, and because you follow: %(names)s.",
            names=names,
        )
    return gettext("You get this e-mail because you follow: %(names)s.", names=names)


Made = tuple[str, str, dict[str, object]]
"""The template's name, the subject, and what the template is given."""


def _confirmation(item: Item, post: Post) -> Made | None:
    if item.subscription is None or item.subscription.confirmed_at:
        return None
    name = followed(item.subscription)
    subject = gettext("Confirm that you want to follow: %(name)s", name=name)
    url = f"{post.base_url}/varsler/{item.subscription.token}"
    return "confirm", subject, {"name": name, "confirm_url": url}


def _receipt(item: Item, jurisdiction: Jurisdiction, post: Post, now: datetime) -> Made | None:
    request = requests.by_id(item.delivery.service_request_id or 0)
    if request is None:
        return None
    page = page_of(request, personal=True, now=now)
    facts = {"number": request.number, "service": page.service_name}
    subject = gettext("We have received your report %(number)s: %(service)s", **facts)
    return (
        "receipt",
        subject,
        {
            "report": page,
            "follow_url": f"{post.base_url}/m/{request.token}",
            "pictures": [
                picture
                for picture in pictures.shown(request, personal=True)
                if picture.shows == PhotoShows.FAULT
            ],
            "emergency": [
                (item_["number"], localised(item_["text"]))
                for item_ in jurisdiction.emergency_numbers
            ],
        },
    )


def _news(items: Sequence[Item], post: Post, now: datetime) -> Made | None:
    reports = told_of(items, post, now=now)
    if not reports:
        return None
    if len(reports) == 1 and len(reports[0].events) == 1:
        told = reports[0]
        event = told.events[0]
        facts = {"number": told.report.number, "service": told.report.service_name}
        subject = gettext("%(number)s, %(service)s: %(status)s", status=event.heading, **facts)
        return "update", subject, {"told": told, "event": event, "scores": SCORES}
    if len(reports) == 1:
        subject = gettext(
            "%(number)s, %(service)s: %(status)s",
            number=reports[0].report.number,
            service=reports[0].report.service_name,
            status=reports[0].events[-1].heading,
        )
    else:
        subject = ngettext("News about %(num)s report", "News about %(num)s reports", len(reports))
    more = max(0, len(reports) - MOST_REPORTS)
    return "digest", subject, {"reports": reports[:MOST_REPORTS], "more": more, "scores": SCORES}


def told_of(items: Sequence[Item], post: Post, *, now: datetime) -> list[Told]:
    """The reports of a letter. What someone reported and follows as well is told once, as their own."""
    own = {item.delivery.service_request_id for item in items if item.subscription is None}
    entries: dict[int, dict[int, HistoryEntry]] = {}
    for item in items:
        if item.entry is not None:
            of_request = entries.setdefault(item.entry.service_request_id, {})
            of_request[item.entry.id] = item.entry
    found = []
    for key, happened in entries.items():
        request = requests.by_id(key)
        is_personal = key in own
        if request is None or (request.status == Status.REJECTED and not is_personal):
            continue
        found.append(_told(request, list(happened.values()), post, now, is_personal=is_personal))
    return found


def _told(
    request: ServiceRequest,
    happened: Sequence[HistoryEntry],
    post: Post,
    now: datetime,
    *,
    is_personal: bool,
) -> Told:
    in_order = sorted(happened, key=lambda entry: entry.id)
    events = [event_of(entry, request, personal=is_personal) for entry in in_order]
    shown = pictures.shown(request, personal=is_personal) if events[-1].is_fixed else []
    path = f"/m/{request.token}" if is_personal else f"/meldinger/{request.number}"
    return Told(
        report=page_of(request, personal=is_personal, now=now),
        events=events,
        url=f"{post.base_url}{path}",
        is_personal=is_personal,
        fixes=[picture for picture in shown if picture.shows == PhotoShows.FIX],
    )
