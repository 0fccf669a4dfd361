"""Taking in what was done in the field: each action exactly once, in a transaction of its own.

What is answered is kept with the action in the same transaction. A device that did not hear the answer asks
again with the same id, and gets the same answer. So nothing happens twice, and nothing is lost on the way.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from app.database import session, transaction
from app.errors import AppError, Invalid
from app.fieldwork import snapshot
from app.fieldwork.models import CrewAction, Outcome
from app.fieldwork.sync_data import Kind
from app.fieldwork.sync_rules import carry_out
from app.fieldwork.sync_schemas import Action, read
from app.fieldwork.sync_turn import Answer, Later, Turn
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.security import Identity
from app.service_requests.queries import wait_for_key

LATER = "later"
"""Not done and not kept: the device sends it again when it has sent what is missing."""
FIELDS = {"original_number": "original", "department": "data"}
"""Fields that the verbs know by other names."""


def apply(
    who: Identity,
    jurisdiction: Jurisdiction,
    device_id: UUID | None,
    batch: Sequence[dict[str, Any]],
    *,
    now: datetime,
) -> list[dict[str, Any]]:
    """Carry out a batch in its order; what became of each. The reports are told as they are afterwards.

    Commits after each action. What is done to one report waits for what was done to it before.
    """
    results: list[dict[str, Any]] = []
    about: list[int | None] = []
    held: set[str] = set()
    for sent in batch:
        result, request_id = _one(who, jurisdiction, device_id, sent, held, now)
        results.append(result)
        about.append(request_id)
    keys = list(dict.fromkeys(key for key in about if key is not None))
    jobs = snapshot.jobs(who, jurisdiction.id, keys)
    for result, key in zip(results, about, strict=True):
        if key in jobs:
            result["job"] = jobs[key]
    return results


def resolve(
    who: Identity, jurisdiction: Jurisdiction, conflict_id: UUID, keep: str, *, now: datetime
) -> Answer:
    """Decide a conflict from the desk. `keep` is mine (what was sent) or theirs. The caller commits.

    :raises AppError: it cannot be decided so.
    """
    sent = {"conflict": str(conflict_id), "keep": keep}
    told = {"id": str(uuid4()), "kind": Kind.RESOLVE, "at": now.isoformat(), "data": sent}
    turn = Turn(who=who, jurisdiction=jurisdiction, action=read(told, now=now), now=now)
    answer = carry_out(turn)
    session().add(_kept(turn, None, answer))
    session().flush()
    return answer


def _one(
    who: Identity,
    jurisdiction: Jurisdiction,
    device_id: UUID | None,
    sent: dict[str, Any],
    held: set[str],
    now: datetime,
) -> tuple[dict[str, Any], int | None]:
    """What became of one action, and the report it was done to."""
    try:
        action = read(sent, now=now)
    except Invalid as fault:
        told = {"outcome": Outcome.REFUSED, "sentence": fault.detail, "errors": fault.errors}
        return {"id": sent.get("id")} | told, None
    turn = Turn(who=who, jurisdiction=jurisdiction, action=action, now=now)
    try:
        if action.about in held:
            raise Later([])
        with transaction():
            answer, request_id = _once(turn, device_id)
    except Later as missing:
        held.add(action.about)
        return {"id": str(action.id), "outcome": LATER, "missing": missing.missing}, None
    return {"id": str(action.id)} | answer, request_id


def _once(turn: Turn, device_id: UUID | None) -> tuple[dict[str, Any], int | None]:
    """The answer that was given before, or the action carried out."""
    action, jurisdiction_id = turn.action, turn.jurisdiction.id
    wait_for_key(jurisdiction_id, f"crew-action:{action.id}")
    earlier = session().get(CrewAction, (jurisdiction_id, action.id))
    if earlier is not None:
        return _again(earlier, turn)
    answer = _carried_out(turn)
    session().add(_kept(turn, device_id, answer))
    return answer.as_json(), answer.service_request_id


def _again(earlier: CrewAction, turn: Turn) -> tuple[dict[str, Any], int | None]:
    is_same = earlier.fingerprint == turn.action.fingerprint
    if not is_same or earlier.account_id != turn.who.account_id:
        sentence = gettext("This id was used for something else. Do it once more.")
        return Answer(outcome=Outcome.REFUSED, sentence=sentence).as_json(), None
    return dict(earlier.answer), earlier.service_request_id


def _carried_out(turn: Turn) -> Answer:
    """What the rules make of it. What fails on the way leaves nothing behind."""
    try:
        with session().begin_nested():
            return carry_out(turn)
    except Invalid as fault:
        errors = {FIELDS.get(name, name): said for name, said in fault.errors.items()}
        return Answer(outcome=Outcome.REFUSED, sentence=fault.detail, errors=errors)
    except AppError as fault:
        return Answer(outcome=Outcome.REFUSED, sentence=fault.detail)


def _kept(turn: Turn, device_id: UUID | None, answer: Answer) -> CrewAction:
    action: Action = turn.action
    is_conflict = answer.outcome == Outcome.CONFLICT
    return CrewAction(
        jurisdiction_id=turn.jurisdiction.id,
        id=action.id,
        account_id=turn.who.account_id,
        device_id=device_id,
        service_request_id=answer.service_request_id,
        kind=action.kind,
        fingerprint=action.fingerprint,
        outcome=answer.outcome,
        answer=answer.as_json(),
        data=action.sent if is_conflict else None,
        happened_at=action.at,
        received_at=turn.now,
    )
