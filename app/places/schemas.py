"""What is asked for and answered under /api/v1/places."""

from marshmallow import Schema, fields, validate

from app.geo.kartverket import MOST_LETTERS
from app.i18n import LANGUAGES
from app.places.found import LEAST_LETTERS, Kind


class SearchQuerySchema(Schema):
    """What someone typed."""

    q = fields.String(required=True, validate=validate.Length(LEAST_LETTERS, MOST_LETTERS))


class NearQuerySchema(Schema):
    """Where the pin stands."""

    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))
    language = fields.String(
        load_default=None,
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "of the sentences; without it the caller's own"},
    )


class PlaceSchema(Schema):
    """Somewhere with a name; EPSG:4326, degrees."""

    kind = fields.Enum(Kind, by_value=True)
    label = fields.String()
    part = fields.String(allow_none=True, metadata={"description": "part of the municipality"})
    longitude = fields.Float()
    latitude = fields.Float()


class NearPlaceSchema(PlaceSchema):
    """A place as it lies from the pin."""

    metres = fields.Integer()
    direction = fields.String()
    text = fields.String(metadata={"description": "«Vågeveien 4, 12 m nordøst»"})


class FoundSchema(Schema):
    """Best first. `is_away`: the address service does not answer; these are places we know."""

    is_away = fields.Boolean()
    places = fields.List(fields.Nested(PlaceSchema))


class LineSchema(Schema):
    """A fact and where it is from."""

    title = fields.String()
    detail = fields.String()


class NearSchema(Schema):
    """What is around the pin, nearest first, and whose the road is."""

    is_away = fields.Boolean()
    place_text = fields.String(
        allow_none=True, metadata={"description": "an address or a street within 60 m"}
    )
    nearest = fields.Nested(LineSchema, allow_none=True)
    road = fields.Nested(LineSchema, allow_none=True)
    outside = fields.String(
        allow_none=True, metadata={"description": "set when the place is not in the municipality"}
    )
    places = fields.List(fields.Nested(NearPlaceSchema))
