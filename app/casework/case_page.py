"""Everything that one report's page shows at the desk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.casework import case_queries, presence
from app.catalog.queries import services
from app.departments.queries import in_jurisdiction
from app.duties import queries as duties
from app.duties.days import today_in
from app.duties.reasons import missing_words, reason_of
from app.forwarding.queries import shown_for
from app.geo.positions import position_of
from app.i18n import local, localised
from app.jurisdictions.models import Jurisdiction
from app.privacy import find_words
from app.roles import Deed
from app.security import Identity
from app.service_requests import added, attachments, desk_verbs, duplicates, pictures
from app.service_requests.assignees import Colleague, colleagues
from app.service_requests.cards import page_of
from app.service_requests.kinds import EntryKind, ModerationState
from app.service_requests.models import HistoryEntry, ServiceRequest
from app.service_requests.status import OPEN, Party, Status
from app.service_requests.timeline import told
from app.service_requests.waiting import may_be_asked
from app.service_requests.words import status_word
from app.statistics.names import channel_word


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """A row of history. `text` is what was written, `is_internal` for staff only."""

    at: datetime
    sentence: str
    text: str | None
    is_internal: bool
    by: str | None


def values(
    who: Identity,
    jurisdiction: Jurisdiction,
    found: ServiceRequest,
    *,
    with_contact: bool,
    now: datetime,
) -> dict[str, Any]:
    """What the template needs, in as many statements whatever the report's length."""
    actor = desk_verbs.actor_for(who, found)
    allowed = desk_verbs.verbs(found, actor)
    contact = added.contact_of(found.id)
    reach = who.reach(jurisdiction.id, Deed.DESK)
    shows = with_contact and contact is not None
    status = Status(found.status)
    today = today_in(jurisdiction.time_zone, now)
    standing = duties.suggestions(jurisdiction, found.department_id, found.service_id, today=today)
    return {
        "report": page_of(found, personal=True, now=now),
        "place": found.place_text,
        "report_channel": found.channel,
        "channel_words": channel_word,
        "status_words": status_word,
        "now": lambda: now,
        "version": found.version,
        "verbs": [verb.value for verb in allowed],
        "assignee": case_queries.label_of(found.assignee_id),
        "assignee_id": found.assignee_id,
        "is_mine": found.assignee_id == who.account_id,
        "waiting_since": found.waiting_since,
        "text_waits": found.service.description_is_public
        and found.description_state == ModerationState.WAITING
        and bool(found.description),
        "personal_finds": find_words.told(found.description),
        "files": attachments.of(found),
        "photos": pictures.for_staff(found),
        "has_contact": contact is not None,
        "may_ask": contact is not None and may_be_asked(contact),
        "contact": contact if shows else None,
        "earlier": case_queries.of_same_reporter(found, contact, reach)
        if shows and contact
        else [],
        "near": _near(jurisdiction, found, now) if status in OPEN else [],
        "repetitions": case_queries.repetitions(found),
        "original": case_queries.original_number(found),
        "log": log(found),
        "others": presence.others(found.id, who.account_id, now=now),
        "call": added.calls([found.id]).get(found.id),
        "handed_over": shown_for(found.id),
        **_suggested(who, found, standing, colleagues(jurisdiction.id, [found.department_id])),
        "departments": [
            department
            for department in in_jurisdiction(jurisdiction.id)
            if department.id != found.department_id
        ],
        "services": [
            (service.code, localised(service.group.name), localised(service.name))
            for service in services(jurisdiction.id)
        ],
        "service_code": found.service.code,
        "position": position_of(found.position),
    }


def _suggested(
    who: Identity,
    found: ServiceRequest,
    standing: duties.Suggestions,
    able: list[Colleague],
) -> dict[str, Any]:
    """Who should take an open report that nobody at work has, why, and who is away."""
    at_work = {one.account_id for one in able} - standing.away.keys()
    is_asked = Status(found.status) in OPEN and found.assignee_id not in at_work
    suggestion = standing.suggestion if is_asked else None
    return {
        "away": standing.away,
        "colleagues": able,
        "suggestion": suggestion,
        "suggestion_reason": reason_of(suggestion) if suggestion else "",
        "suggestion_is_me": suggestion is not None and suggestion.account_id == who.account_id,
        "nobody_stands_in": missing_words(standing) if is_asked else None,
    }


def _near(
    jurisdiction: Jurisdiction, found: ServiceRequest, now: datetime
) -> list[duplicates.Near]:
    """What may be of the same fault, without the report itself."""
    at = position_of(found.position)
    candidates = duplicates.near(jurisdiction.id, found.service, at, now)
    return [near for near in candidates if near.card.number != found.number]


def log(found: ServiceRequest) -> list[LogLine]:
    """All that has happened, newest first, with who on the staff did it."""
    keys = {entry.account_id for entry in found.history if entry.account_id}
    keys |= {entry.data["assignee"] for entry in found.history if entry.data.get("assignee")}
    labels = case_queries.labels_of(keys)
    return [_line(entry, labels) for entry in reversed(found.history)]


def _line(entry: HistoryEntry, labels: dict[int, str]) -> LogLine:
    by = labels.get(entry.account_id) if entry.account_id else None
    text = entry.message
    if entry.kind == EntryKind.ASSIGNED and entry.data.get("assignee"):
        text = " · ".join(filter(None, [labels.get(entry.data["assignee"]), entry.message]))
    return LogLine(
        at=local(entry.occurred_at),
        sentence=told(entry),
        text=text,
        is_internal=entry.visibility == "internal" and entry.actor != Party.REPORTER,
        by=by,
    )
