"""What was found of personal data, in a sentence for staff."""

from app.finds import Kind, finds
from app.i18n import gettext


def told(text: str) -> str | None:
    """«Se etter: fødselsnummer, telefonnummer», or None when nothing was found."""
    kinds = dict.fromkeys(find.kind for find in finds(text))
    if not kinds:
        return None
    return gettext("Personal data found: %(kinds)s.", kinds=", ".join(map(_word, kinds)))


def _word(kind: Kind) -> str:
    match kind:
        case Kind.IDENTITY_NUMBER:
            return gettext("national identity number")
        case Kind.PHONE:
            return gettext("telephone number")
        case Kind.EMAIL:
            return gettext("e-mail address in the text")
