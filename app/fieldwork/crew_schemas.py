"""What the field app is told, for the description of the interface."""

from marshmallow import EXCLUDE, Schema, fields

from app.fieldwork.models import Outcome
from app.i18n import lazy_gettext


class DeviceSchema(Schema):
    """The header that names the device."""

    class Meta:
        """Other headers are none of our business."""

        unknown = EXCLUDE

    device = fields.UUID(
        required=True,
        data_key="Melde-Device",
        metadata={"description": "a UUID that the device made once"},
        error_messages={
            name: lazy_gettext("Name the device by a UUID in the header Melde-Device.")
            for name in ("required", "invalid_uuid")
        },
    )


class DepartmentSchema(Schema):
    """A department that the person works for."""

    id = fields.Integer()
    name = fields.String()


class RegisteredSchema(Schema):
    """The device, as its owner knows it again."""

    id = fields.UUID()
    label = fields.String()


class SessionSchema(Schema):
    """Who is signed in."""

    account = fields.String(metadata={"description": "an opaque name that never changes"})
    csrf_token = fields.String(metadata={"description": "for X-CSRFToken"})
    departments = fields.List(fields.Nested(DepartmentSchema))
    is_foreman = fields.Boolean()
    device = fields.Nested(RegisteredSchema)
    keep_hours = fields.Integer(
        metadata={"description": "how long jobs may be kept without contact"}
    )


class JobPhotoSchema(Schema):
    """A photo; the picture is at `/bilder/{key}/320.webp`."""

    key = fields.String()
    shows = fields.String(metadata={"description": "fault or fix"})
    state = fields.String()


class LampSchema(Schema):
    """A lamp that the report is about."""

    number = fields.String()
    circuit = fields.String(allow_none=True)


class ToldSchema(Schema):
    """An answer of the one who reported."""

    label = fields.String()
    text = fields.String()


class HistoryLineSchema(Schema):
    """A row of the report's history."""

    at = fields.DateTime()
    kind = fields.String()
    who = fields.String(allow_none=True)
    text = fields.String()
    is_internal = fields.Boolean()


class JobSchema(Schema):
    """A report, as its crew sees it."""

    number = fields.String()
    version = fields.Integer()
    status = fields.String()
    service = fields.String()
    service_code = fields.String()
    group = fields.String()
    department_id = fields.Integer()
    place = fields.String()
    position = fields.List(
        fields.Float(), metadata={"description": "longitude, latitude; EPSG:4326"}
    )
    description = fields.String()
    requested_at = fields.DateTime()
    due_at = fields.DateTime(allow_none=True)
    is_acute = fields.Boolean()
    refusals = fields.Integer()
    name = fields.String(metadata={"description": "only where the one who reported left one"})
    phone = fields.String(metadata={"description": "the same"})
    photos = fields.List(fields.Nested(JobPhotoSchema))
    lamps = fields.List(fields.Nested(LampSchema))
    answers = fields.List(fields.Nested(ToldSchema))
    log = fields.List(fields.Nested(HistoryLineSchema), metadata={"description": "the newest ten"})
    verbs = fields.List(fields.String(), metadata={"description": "kinds that are possible now"})


class RoundStopSchema(Schema):
    """A stop of a round."""

    id = fields.Integer()
    number = fields.String()
    rank = fields.Integer()
    state = fields.String()
    planned_since = fields.Date()


class CrewRoundSchema(Schema):
    """A round of today or tomorrow."""

    id = fields.Integer()
    title = fields.String()
    day = fields.Date()
    department_id = fields.Integer()
    stops = fields.List(fields.Nested(RoundStopSchema))


class CrewServiceSchema(Schema):
    """What can be reported on the spot."""

    code = fields.String()
    name = fields.String()
    group = fields.String()
    group_name = fields.String()


class JobsSchema(Schema):
    """What a phone keeps for the day."""

    account = fields.String()
    generated_at = fields.DateTime()
    day = fields.Date()
    departments = fields.List(fields.Nested(DepartmentSchema))
    jobs = fields.List(fields.Nested(JobSchema))
    rounds = fields.List(fields.Nested(CrewRoundSchema))
    services = fields.List(fields.Nested(CrewServiceSchema))


class CrewPhotoSchema(Schema):
    """A photo that is kept."""

    id = fields.UUID()
    key = fields.String()


class SideSchema(Schema):
    """One side of a conflict."""

    status = fields.String()
    message = fields.String(allow_none=True)
    led_to_improvement = fields.Boolean(allow_none=True)
    at = fields.String()
    who = fields.String(allow_none=True)
    photos = fields.List(fields.Dict())


class ResultSchema(Schema):
    """What became of an action. Members that do not apply are left out."""

    id = fields.Raw(metadata={"type": "string", "format": "uuid"})
    outcome = fields.String(metadata={"enum": [*Outcome, "later"]})
    job = fields.Raw(metadata={"$ref": "#/components/schemas/Job"})
    number = fields.String()
    sentence = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.String())
    missing = fields.List(fields.String(), metadata={"description": "photos to send first"})
    theirs = fields.Nested(SideSchema)
    mine = fields.Nested(SideSchema)


class ResultsSchema(Schema):
    """One result for each action, in the same order."""

    results = fields.List(fields.Nested(ResultSchema))
