"""SELECTs over photos."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.database import session
from app.photos.models import Photo


def by_keys(jurisdiction_id: int, keys: Sequence[str], *, locked: bool = False) -> list[Photo]:
    """The photos with these keys, in the keys' order; unknown ones are left out.

    :param locked: nobody removes them until the transaction ends.
    """
    query = select(Photo).where(Photo.jurisdiction_id == jurisdiction_id, Photo.key.in_(keys))
    if locked:
        query = query.order_by(Photo.id).with_for_update()
    found = {photo.key: photo for photo in session().scalars(query)}
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def known(keys: Iterable[str]) -> set[str]:
    """Which of these keys some photo has, in any municipality."""
    return set(session().scalars(select(Photo.key).where(Photo.key.in_(set(keys)))))
