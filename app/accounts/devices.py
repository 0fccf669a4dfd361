"""The phones and browsers that crews work with: knowing them again, and ending them."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Account, Device, Membership
from app.database import session
from app.roles import Deed
from app.security import Identity

log = logging.getLogger(__name__)
ENDED_SHOWN = timedelta(days=30)
"""How long a device that was ended stays in the lists."""
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
BROWSERS = {"Firefox/": "Firefox", "Edg/": "Edge", "SamsungBrowser/": "Samsung Internet"} | {
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A device as the pages list it."""

    id: UUID
    label: str
    owner: str
    seen_at: datetime
    ended_at: datetime | None


def label_of(agent: str) -> str:
    """What a device is, from how its browser names itself: «Android, Chrome»."""
    system = next((name for name in SYSTEMS if name in agent), "")
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), "")
    return ", ".join(filter(None, [system, browser])) or "?"


def register(
    who: Identity, device_id: UUID, label: str, now: datetime, *, jurisdiction_id: int
) -> Device:
    """Note that this person works with this device now.

    It stays the municipality's that knew it first. One that was ended stays as it is.
    """
    seen = {"account_id": who.account_id, "label": label, "seen_at": now}
    new = {"id": device_id, "jurisdiction_id": jurisdiction_id, "created_at": now}
    session().execute(
        insert(Device)
        .values(**new, **seen)
        .on_conflict_do_update(index_elements=["id"], set_=seen, where=Device.ended_at.is_(None))
    )
    return session().get_one(Device, device_id, populate_existing=True)


def ended(device_id: UUID) -> bool:
    """Whether someone has ended this device."""
    device = session().get(Device, device_id)
    return device is not None and device.ended_at is not None


def of_account(account_id: int, *, now: datetime) -> list[Entry]:
    """Someone's own devices, in every municipality."""
    return _entries(Device.account_id == account_id, now=now)


def of_department(who: Identity, jurisdiction_id: int, *, now: datetime) -> list[Entry]:
    """The devices that someone at the desk may end: those of the people of the own departments;
    for the first line and administrators, everybody's.
    """
    return _entries(_in_reach(who, jurisdiction_id), now=now)


def end(who: Identity, device_id: UUID, jurisdiction_id: int, *, now: datetime) -> bool:
    """End a device: its session counts no more, and it is told to forget what it keeps.

    False when the one who asks may not, or there is no such device. Ending it twice changes nothing.
    """
    reach = _may_end(who, device_id, jurisdiction_id)
    device = session().scalar(select(Device).where(reach).with_for_update())
    if device is None:
        return False
    if device.ended_at is None:
        device.ended_at, device.ended_by_id = now, who.account_id
        session().flush()
        log.info("device %s ended by account %s", device_id, who.account_id)
    return True


def entry(who: Identity, device_id: UUID, jurisdiction_id: int, *, now: datetime) -> Entry | None:
    """A device that this person may end, or has ended lately."""
    found = _entries(_may_end(who, device_id, jurisdiction_id), now=now)
    return found[0] if found else None


def _may_end(who: Identity, device_id: UUID, jurisdiction_id: int) -> ColumnElement[bool]:
    own = Device.account_id == who.account_id
    return and_(Device.id == device_id, or_(own, _in_reach(who, jurisdiction_id)))


def _in_reach(who: Identity, jurisdiction_id: int) -> ColumnElement[bool]:
    here = Device.jurisdiction_id == jurisdiction_id
    led = who.reach(jurisdiction_id, Deed.MODERATE)
    if led is None:
        return here
    people = select(Membership.account_id).where(
        Membership.jurisdiction_id == jurisdiction_id, Membership.department_id.in_(led)
    )
    return and_(here, Device.account_id.in_(people))


def _entries(condition: ColumnElement[bool], *, now: datetime) -> list[Entry]:
    query = (
        select(Device, Account.email)
        .join(Account, Account.id == Device.account_id)
        .where(condition, or_(Device.ended_at.is_(None), Device.ended_at > now - ENDED_SHOWN))
        .order_by(Device.ended_at.desc().nulls_first(), Device.seen_at.desc(), Device.id)
    )
    return [
        Entry(
            id=device.id,
            label=device.label,
            owner=email,
            seen_at=device.seen_at,
            ended_at=device.ended_at,
        )
        for device, email in session().execute(query)
    ]
