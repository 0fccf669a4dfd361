"""What comes in and goes out of a photo's upload."""

from marshmallow import Schema, fields

from app.i18n import lazy_gettext


class UploadSchema(Schema):
    """The parts of the multipart form."""

    photo = fields.Raw(
        required=True,
        metadata={"type": "string", "format": "binary", "description": "JPEG, PNG, WebP or HEIC"},
        error_messages={"required": lazy_gettext("Send the photo as the part `photo`.")},
    )


class KeptPhotoSchema(Schema):
    """A photo that was kept: name its key when you report."""

    key = fields.String()
    url = fields.String(metadata={"description": "a small picture of it, 320 pixels"})
    width = fields.Integer(metadata={"description": "pixels, of the largest size"})
    height = fields.Integer()
