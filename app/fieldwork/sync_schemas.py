"""What the field app sends, and what it is answered."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.errors import Invalid
from app.fieldwork.sync_data import DATA, Kind
from app.i18n import gettext, lazy_gettext
from app.problems import first_messages

MOST_ACTIONS = 50
"""What one batch holds; a longer queue is sent in several."""

YEARS = range(2000, 2100)
"""Years that the clock of a device may say. Beyond the calendar's edges a time cannot even be written."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The report as the person had it before them."""

    version: int
    status: str


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something a person did. `data` is checked for its kind; `sent` is the same as it came.

    `at` is by the device's clock.
    """

    id: UUID
    kind: Kind
    job: str | None
    report: UUID | None
    seen: Seen | None
    at: datetime
    data: dict[str, Any]
    sent: dict[str, Any]
    fingerprint: bytes

    @property
    def about(self) -> str:
        """What it is done to, to keep the order of what is done to one report."""
        return str(self.report or self.job or self.id)


WITHOUT_A_JOB = {Kind.REPORT, Kind.TICK, Kind.UNTICK, Kind.RESOLVE}
"""What does not say itself which report it is about."""


class SeenSchema(Schema):
    """What the person had before them: the version, and the status as their own actions had left it."""

    version = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=0, max=2**31 - 1)
    )
    status = fields.String(required=True, validate=validate.Length(max=40))


class ActionSchema(Schema):
    """Something a person did. Each is applied exactly once, however often it is sent."""

    class Meta:
        """Newer apps may say more."""

        unknown = EXCLUDE

    id = fields.UUID(required=True, metadata={"description": "made on the device"})
    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))
    job = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=40),
        metadata={"description": "the report's number"},
    )
    report = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "the action `report` that made the job, while it has no number"},
    )
    seen = fields.Nested(SeenSchema, load_default=None, allow_none=True)
    at = fields.AwareDateTime(
        required=True,
        format="iso",
        metadata={"description": "by the device's clock; a time that cannot be counts as now"},
    )
    data = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "what the kind needs; see docs/api.md"},
    )


class BatchSchema(Schema):
    """A part of a device's queue, in the order in which things were done."""

    class Meta:
        """Newer apps may say more."""

        unknown = EXCLUDE

    account = fields.String(required=True, validate=validate.Length(max=100))
    device = fields.UUID(required=True)
    actions = fields.List(
        fields.Dict(),
        required=True,
        validate=validate.Length(
            max=MOST_ACTIONS,
            error=lazy_gettext("Send at most %(count)s actions at a time.", count=MOST_ACTIONS),
        ),
        metadata={"items": {"$ref": "#/components/schemas/Action"}},
    )


def read(sent: dict[str, Any], *, now: datetime) -> Action:
    """An action as it came in `now`. :raises Invalid: what is wrong with it, by field."""
    try:
        told = json.dumps(sent, sort_keys=True, ensure_ascii=False)
        told.encode()
    except (UnicodeEncodeError, ValueError) as fault:
        raise Invalid({"data": _unstorable()}) from fault
    if "\\u0000" in told:
        raise Invalid({"data": _unstorable()})
    try:
        loaded = ActionSchema().load(sent)
        kind = Kind(loaded["kind"])
        data = DATA[kind].load(loaded["data"])
    except ValidationError as fault:
        raise Invalid(first_messages(fault)) from fault
    job = (loaded["job"] or "").strip().upper() or None
    if kind not in WITHOUT_A_JOB and (job is None) == (loaded["report"] is None):
        raise Invalid({"job": gettext("Say which report it is about: its number in `job`.")})
    same = [kind, job, str(loaded["report"] or ""), loaded["data"]]
    seen = loaded["seen"]
    return Action(
        id=loaded["id"],
        kind=kind,
        job=job,
        report=loaded["report"],
        seen=Seen(**seen) if seen else None,
        at=_plausible(loaded["at"], now),
        data=data,
        sent=loaded["data"],
        fingerprint=hashlib.sha256(json.dumps(same, sort_keys=True).encode()).digest(),
    )


def _plausible(at: datetime, now: datetime) -> datetime:
    """When it happened; when it came in, where the device's clock is far out. No work is lost by that."""
    return at if at.year in YEARS else now


def _unstorable() -> str:
    return gettext("The text holds a character that cannot be stored.")
