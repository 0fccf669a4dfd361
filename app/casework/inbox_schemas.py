"""The inbox's address: what may stand in it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from app.casework.inbox_filter import After, Order, Queue
from app.i18n import lazy_gettext
from app.routing.models import Channel, Owner, RoadCategory
from app.service_requests.filter import NONE
from app.service_requests.list_schemas import Parsed
from app.service_requests.status import Status

BIGGEST = 2**31 - 1
OWNERS = (NONE, *RoadCategory, *(f"lamp:{owner}" for owner in Owner))


def write_after(after: After) -> str:
    """The cursor as it stands in a link."""
    moment = after.moment.isoformat() if after.moment else "-"
    text = f"{int(after.is_acute)} {moment} {after.id}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_after(written: str) -> After:
    """The cursor from a link. :raises ValueError: it is not one of ours."""
    try:
        text = urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode()
        acute, moment, key = text.split(" ")
        at = None if moment == "-" else datetime.fromisoformat(moment)
        found = After(is_acute=acute == "1", moment=at, id=int(key))
    except (ValueError, UnicodeDecodeError) as fault:
        raise ValueError("follow the next link as it is given") from fault
    if (at and at.tzinfo is None) or not 0 <= found.id < 2**63:
        raise ValueError("follow the next link as it is given")
    return found


def _assignee(written: str) -> str | None:
    if written in {"", "me", NONE}:
        return written or None
    if written.isascii() and written.isdigit() and int(written) <= BIGGEST:
        return written
    raise ValueError("use me, none or an account's key")


def _codes(written: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in written.split(","))))


def _statuses(written: str) -> tuple[Status, ...]:
    return tuple(Status(code) for code in _codes(written))


class InboxSchema(Schema):
    """The query of `/innboks`."""

    class Meta:
        """What else stands in an address is not ours."""

        unknown = EXCLUDE

    queue = fields.Enum(Queue, by_value=True, data_key="ko", load_default=Queue.INBOX)
    order = fields.Enum(Order, by_value=True, data_key="rekkefolge", load_default=Order.DEADLINE)
    statuses = Parsed(_statuses, data_key="status", load_default=())
    services = Parsed(_codes, data_key="type", load_default=())
    groups = Parsed(_codes, data_key="gruppe", load_default=())
    of_department = fields.Integer(
        data_key="avdeling",
        load_default=None,
        validate=validate.Range(1, BIGGEST),
    )
    districts = Parsed(_codes, data_key="omrade", load_default=())
    owner = fields.String(data_key="eier", load_default=None, validate=validate.OneOf(OWNERS))
    channel = fields.String(
        data_key="kanal", load_default=None, validate=validate.OneOf([*Channel])
    )
    assignee = Parsed(_assignee, data_key="ansvarlig", load_default=None)
    is_acute = fields.Boolean(data_key="fare", load_default=False)
    words = fields.String(data_key="sok", load_default="", validate=validate.Length(max=200))
    reporter = fields.String(
        data_key="reporter", load_default=None, validate=validate.Length(max=40)
    )
    after = Parsed(read_after, data_key="etter", load_default=None)

    @pre_load
    def _without_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A form sends what was left open as an empty value."""
        return {name: value for name, value in data.items() if value.strip()}

    @post_load
    def tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """No NUL reaches the database."""
        for name in ("words", "reporter", "owner"):
            if data.get(name) and "\0" in data[name]:
                raise ValidationError({name: [str(lazy_gettext("This cannot be read."))]})
        return data


class SaveSchema(Schema):
    """A search to keep."""

    class Meta:
        """The form carries the token too."""

        unknown = EXCLUDE

    name = fields.String(load_default="")
    query = fields.String(load_default="", validate=validate.Length(max=2000))
    is_shared = fields.Boolean(data_key="shared", load_default=False)
