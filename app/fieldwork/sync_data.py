"""What comes with each kind of action from the field."""

from enum import StrEnum
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from app.geo.positions import Position
from app.i18n import lazy_gettext
from app.photos.images import MAX_PHOTOS
from app.service_requests.additions import PhotoShows
from app.service_requests.schemas import Description, MessageText

BIGINT = 2**63 - 1


class Kind(StrEnum):
    """What a person in the field can do."""

    START = "start"
    PAUSE = "pause"
    MESSAGE = "message"
    NOTE = "note"
    MATERIAL = "material"
    PHOTO = "photo"
    FIXED = "fixed"
    NO_ACTION = "no_action"
    DUPLICATE = "duplicate"
    RETURN = "return"
    HAND_BACK = "hand_back"
    REPORT = "report"
    TICK = "tick"
    UNTICK = "untick"
    RESOLVE = "resolve"


def _words(sentence: str) -> fields.Field[Any]:
    """A message that must not be left out."""
    return MessageText(
        required=True,
        validate=validate.Length(min=1, error=sentence),
        error_messages={"required": sentence, "null": sentence},
    )


class _Data(Schema):
    """What comes with an action."""

    @pre_load
    def _without_empty(self, data: Any, **_: Any) -> Any:
        """An empty message is none, so that the field's own sentence is said."""
        if not isinstance(data, dict):
            return data
        return {
            name: value
            for name, value in data.items()
            if value is not None and not (isinstance(value, str) and not value.strip())
        }


class PhotoRefSchema(Schema):
    """A photo that was sent before, by the id that the device gave it."""

    id = fields.UUID(
        required=True,
        error_messages={"invalid_uuid": lazy_gettext("The id of a photo is a UUID.")},
    )
    shows = fields.String(
        load_default=PhotoShows.FIX,
        validate=validate.OneOf(
            list(PhotoShows), error=lazy_gettext("Say `fault` (before) or `fix` (after).")
        ),
    )


def _photos(**options: Any) -> fields.Field[Any]:
    most = lazy_gettext("Send at most %(count)s photos with one action.", count=MAX_PHOTOS)
    least = lazy_gettext("Take or choose a photo.")
    checks = [validate.Length(max=MAX_PHOTOS, error=most)]
    if options.get("required"):
        checks.append(validate.Length(min=1, error=least))
        options["error_messages"] = {"required": least}
    return fields.List(fields.Nested(PhotoRefSchema), validate=checks, **options)


class NothingSchema(_Data):
    """No more than that it happened."""


class PauseSchema(_Data):
    """A pause; a message with it is told to the one who reported."""

    message = MessageText(load_default=None)


class MessageSchema(_Data):
    """Words: to the one who reported, or for staff."""

    message = _words(lazy_gettext("Write a message."))


class PhotosSchema(_Data):
    """Photos, of the fault or of the fix."""

    photos = _photos(required=True)
    message = MessageText(load_default=None)


class FixedSchema(_Data):
    """It is fixed."""

    led_to_improvement = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        error_messages={
            name: lazy_gettext("Answer whether this led to an improvement.")
            for name in ("required", "invalid", "null")
        },
    )
    message = MessageText(load_default=None)
    photos = _photos(load_default=[])


class ReasonSchema(_Data):
    """A reason."""

    message = _words(lazy_gettext("Write the reason."))


class OriginalSchema(_Data):
    """The number of the report that came first."""

    original = fields.String(
        required=True,
        validate=validate.Length(max=40),
        error_messages={
            name: lazy_gettext("Write the number of the report that came first.")
            for name in ("required", "invalid")
        },
    )


class Place(fields.Field[Position]):
    """`[longitude, latitude]`, EPSG:4326."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Position:
        wrong = str(lazy_gettext("Give the place as [longitude, latitude] in degrees (EPSG:4326)."))
        is_pair = isinstance(value, list) and len(value) == 2
        if not is_pair or any(
            isinstance(part, bool) or not isinstance(part, int | float) for part in value
        ):
            raise ValidationError(wrong)
        try:
            return Position(longitude=value[0], latitude=value[1])
        except (ValueError, OverflowError) as fault:
            raise ValidationError(wrong) from fault


class ReportSchema(_Data):
    """A new report, made on the spot."""

    service_code = fields.String(
        required=True,
        validate=validate.Length(max=100),
        error_messages={
            name: lazy_gettext("Choose what the report is about from the list.")
            for name in ("required", "invalid")
        },
    )
    position = Place(
        required=True, error_messages={"required": lazy_gettext("Mark where the fault is.")}
    )
    description = Description(
        required=True,
        error_messages={
            "required": lazy_gettext("Write what is wrong, for example «The lamp is dark».")
        },
    )
    is_acute = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    photos = _photos(load_default=[])


class StopSchema(_Data):
    """A stop of a round, by its id."""

    stop = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=BIGINT))


class ResolveSchema(_Data):
    """What to do with an action in conflict, by its id."""

    conflict = fields.UUID(required=True)
    keep = fields.String(
        required=True,
        validate=validate.OneOf(["mine", "theirs"], error=lazy_gettext("Say `mine` or `theirs`.")),
    )


DATA: dict[Kind, Schema] = {
    Kind.START: NothingSchema(),
    Kind.PAUSE: PauseSchema(),
    Kind.MESSAGE: MessageSchema(),
    Kind.NOTE: MessageSchema(),
    Kind.MATERIAL: MessageSchema(),
    Kind.PHOTO: PhotosSchema(),
    Kind.FIXED: FixedSchema(),
    Kind.NO_ACTION: ReasonSchema(),
    Kind.DUPLICATE: OriginalSchema(),
    Kind.RETURN: ReasonSchema(),
    Kind.HAND_BACK: ReasonSchema(),
    Kind.REPORT: ReportSchema(),
    Kind.TICK: StopSchema(),
    Kind.UNTICK: StopSchema(),
    Kind.RESOLVE: ResolveSchema(),
}
