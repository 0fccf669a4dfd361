"""The words of history's rows: what they tell, and who may read them."""

from enum import StrEnum

IMPORTED = "import"
"""Who acts in the rows of history that came with an imported report; in their data, the name of the source."""


class EntryKind(StrEnum):
    """What a history row tells."""

    RECEIVED = "received"
    ROUTED = "routed"
    REROUTED = "rerouted"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    STATUS = "status"
    MESSAGE = "message"
    IMPROVEMENT = "improvement"
    NUDGED = "nudged"
    RATED = "rated"
    MESSAGES = "messages"
    ERASED = "erased"
    PRELIMINARY = "preliminary"
    UNREACHABLE = "unreachable"
    UNREACHABLE_BODY = "unreachable_body"
    NOTE = "note"
    """Said among staff."""
    MATERIAL = "material"
    """What was used; for staff."""
    PHOTO = "photo"
    """Photos came without a change of status."""
    ASSIGNED = "assigned"
    """Somebody on the staff has it, or nobody has any more; for staff."""
    SERVICE = "service"
    """It is about something else than was said first."""
    MOVED = "moved"
    """The place was wrong."""
    SPLIT = "split"
    """A part of it became a report of its own."""
    FILE = "file"
    """A file was added or removed; for staff."""
    ACUTE = "acute"
    """There is danger, or there is none any more; for staff."""


TOLD_BY = "told_by"
"""In a history row's `data`: who said what staff wrote down, when that was the one who reported."""


class ModerationState(StrEnum):
    """Whether anyone may see what someone added."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


class Visibility(StrEnum):
    """Who may read a history row's text."""

    PUBLIC = "public"
    INTERNAL = "internal"
