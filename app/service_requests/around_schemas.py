"""What goes out of the things around a report: photos, comments, counts."""

from marshmallow import Schema, fields


class PhotoSchema(Schema):
    """A photo that anyone may see. The addresses are of the same picture, 320, 960 and 1920 pixels at most."""

    shows = fields.String(metadata={"description": "fault or fix"})
    added_at = fields.DateTime(format="iso")
    width = fields.Integer()
    height = fields.Integer()
    small = fields.String()
    medium = fields.String()
    large = fields.String()
    alt = fields.String()


class CommentSchema(Schema):
    """A comment that anyone may read. Who wrote it is not kept."""

    author = fields.String(metadata={"description": "reporter, resident or municipality"})
    created_at = fields.DateTime(format="iso")
    text = fields.String()


class AroundSchema(Schema):
    """What others have added to a report."""

    supporters = fields.Integer(metadata={"description": "how many have said «me too»"})
    repetitions = fields.Integer(metadata={"description": "how many other reports repeat it"})
    photos = fields.List(fields.Nested(PhotoSchema))
    comments = fields.List(fields.Nested(CommentSchema))
