"""Taking photos in from forms that are sent as a whole, without scripts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from flask import Blueprint, current_app, request

from app.database import transaction
from app.errors import Invalid
from app.i18n import gettext
from app.jurisdictions.views import current_jurisdiction
from app.photos import operations, queries
from app.photos.images import MAX_BYTES, MAX_PHOTOS
from app.problems import MAX_BODY_BYTES
from app.security import limiter
from app.settings import Settings
from app.storage import Store, store_of

MAX_FORM_BYTES = MAX_PHOTOS * MAX_BYTES + MAX_BODY_BYTES
"""What a form with photos in it may hold."""


class Sent(Protocol):
    """A file of a form, as Werkzeug hands it over."""

    filename: str | None

    def read(self) -> bytes:
        """Its content."""


class SomeRefused(Invalid):
    """Some of a form's photos are not taken; `keys` are those that are, so that nobody sends them again."""

    def __init__(self, sentence: str, keys: tuple[str, ...]) -> None:
        super().__init__({"photos": sentence})
        self.keys = keys


def current_store() -> Store:
    """The store of this service."""
    settings: Settings = current_app.config["SETTINGS"]
    return store_of(settings)


def limit() -> str:
    """How many photos one address may send."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.photo_limit


def allow_photos(blueprint: Blueprint, *endpoints: str) -> None:
    """Let these addresses of a room take forms with five photos in them."""

    # Not `before_request`: the check of the form's token comes before that, and reads the form.
    @blueprint.url_value_preprocessor
    def _allow(endpoint: str | None, _values: object) -> None:
        if endpoint in endpoints:
            request.max_content_length = MAX_FORM_BYTES


def taken(form_keys: str, files: Sequence[Sent], removed: Sequence[str] = ()) -> tuple[str, ...]:
    """The keys of a form's photos: those that it named, without the removed ones, and those that it brought.

    Each file is kept and committed by itself. Keys of photos no longer kept are left out, and that is said.

    :param form_keys: the hidden field, keys with commas between. :param files: the file field's files.
    :raises SomeRefused: too many, not a photo, or one that is no longer kept.
    """
    jurisdiction_id = current_jurisdiction().id
    named = [key for key in form_keys.split(",") if key and key not in removed][: 2 * MAX_PHOTOS]
    keys = [photo.key for photo in queries.by_keys(jurisdiction_id, named)][:MAX_PHOTOS]
    refused: list[str] = []
    if len(keys) < min(len(set(named)), MAX_PHOTOS):
        refused.append(
            gettext("A photo was kept too long without being sent, and is gone. Choose it again.")
        )
    for file in files:
        if not file.filename:  # a file field that nobody used
            continue
        if len(keys) == MAX_PHOTOS:
            refused.append(gettext("You can send at most %(number)s photos.", number=MAX_PHOTOS))
            break
        try:
            with limiter.limit(limit), transaction():
                now = datetime.now(UTC)
                photo = operations.keep(file.read(), current_store(), jurisdiction_id, now=now)
                keys.append(photo.key)
        except Invalid as fault:
            refused.append(f"{file.filename}: {fault.detail}" if len(files) > 1 else fault.detail)
    if refused:
        raise SomeRefused(" ".join(refused), tuple(keys))
    return tuple(keys)
