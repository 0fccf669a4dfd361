"""What an outside body's answer may hold, on the page and as JSON."""

from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields, pre_load, validate

from app.forwarding.models import Verb
from app.i18n import lazy_gettext
from app.service_requests.schemas import MAX_MESSAGE, MessageText

CHOOSE = lazy_gettext("Choose one of the three answers.")
IMPROVEMENT = lazy_gettext("Answer whether this led to an improvement.")


class AnswerSchema(Schema):
    """An answer as JSON."""

    class Meta:
        """A name that is misspelt is told, not dropped."""

        unknown = RAISE

    answer = fields.String(
        required=True,
        validate=validate.OneOf([verb.value for verb in Verb], error=CHOOSE),
        error_messages={"required": CHOOSE},
        metadata={"description": "accepted, refused or done"},
    )
    message = MessageText(
        load_default=None,
        allow_none=True,
        metadata={
            "type": "string",
            "maxLength": MAX_MESSAGE,
            "description": "for the one who reported; for refused the reason, which only staff see",
        },
    )
    led_to_improvement = fields.Boolean(
        load_default=None,
        allow_none=True,
        truthy={True, "yes"},
        falsy={False, "no"},
        error_messages={"invalid": IMPROVEMENT},
        metadata={"description": "needed for done"},
    )


class AnswerFormSchema(AnswerSchema):
    """The page's form: each answer has a text field of its own, and the one chosen counts."""

    class Meta:
        """The form also carries the CSRF token."""

        unknown = EXCLUDE

    @pre_load
    def _pick(self, data: dict[str, str], **_: Any) -> dict[str, str]:
        chosen = data.get("answer", "")
        picked = {"message": data.get(f"message_{chosen}", "")}
        picked |= {name: data[name] for name in ("answer", "led_to_improvement") if data.get(name)}
        return picked


class AnsweredSchema(Schema):
    """What stands after an answer."""

    number = fields.String()
    state = fields.String(metadata={"description": "accepted, refused or done"})
    answered_at = fields.AwareDateTime()
