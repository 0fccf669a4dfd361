"""Photos from the field, under the ids that the devices give them: sent twice, it is still one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.database import session
from app.fieldwork.models import CrewPhoto
from app.photos import operations
from app.photos.models import Photo
from app.security import Identity
from app.service_requests.queries import wait_for_key
from app.storage import Store

DECIDING = timedelta(days=365)
"""So long the photos of an action in conflict are kept for the one who decides."""


def keep(
    content: bytes, store: Store, who: Identity, jurisdiction_id: int, id_: UUID, *, now: datetime
) -> tuple[str, bool]:
    """Keep a photo, unless one with this id was kept before: its key, and whether it is new.

    :raises Invalid: it is not taken. :raises Busy, StoreAway: try again.
    """
    wait_for_key(jurisdiction_id, f"crew-photo:{id_}")
    earlier = session().get(CrewPhoto, (jurisdiction_id, id_))
    if earlier is not None:
        return earlier.photo.key, False
    photo = operations.keep(content, store, jurisdiction_id, now=now)
    kept = CrewPhoto(
        jurisdiction_id=jurisdiction_id, id=id_, account_id=who.account_id, photo_id=photo.id
    )
    session().add(kept)
    session().flush()
    return photo.key, True


def keys_of(jurisdiction_id: int, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The keys of those of these photos that are kept here."""
    query = select(CrewPhoto).where(
        CrewPhoto.jurisdiction_id == jurisdiction_id, CrewPhoto.id.in_(ids)
    )
    return {kept.id: kept.photo.key for kept in session().scalars(query)}


def hold(jurisdiction_id: int, keys: Sequence[str], *, now: datetime) -> None:
    """Keep photos that belong to nothing until someone has decided about them."""
    query = update(Photo).where(Photo.jurisdiction_id == jurisdiction_id, Photo.key.in_(keys))
    session().execute(query.values(kept_until=now + DECIDING))
