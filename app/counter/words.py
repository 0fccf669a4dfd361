"""Why letters wait and why they were kept out, in words."""

from app.counter.models import Reason
from app.i18n import gettext


def reason_word(reason: str | None) -> str:
    """A sentence for staff."""
    words = {
        Reason.NO_PLACE: gettext("It does not say plainly where the fault is."),
        Reason.NO_SERVICE: gettext("It is not clear what kind of fault it is."),
        Reason.NO_WORDS: gettext("There are no words in it."),
        Reason.NOT_THE_REPORTER: gettext(
            "It names a report, but comes from another address than the one who reported it."
        ),
        Reason.CLOSED: gettext("The report that it is about is closed."),
        Reason.TOO_LARGE: gettext("It is too large to be fetched. Open it in the mailbox."),
        Reason.UNREADABLE: gettext("It cannot be read here. Open it in the mailbox."),
        Reason.REFUSED: gettext("It cannot become a report by itself: something more is needed."),
        Reason.AUTOMATIC: gettext("Sent by a machine, such as an absence message."),
        Reason.LIST: gettext("Newsletters and mailing lists."),
        Reason.OURS: gettext("From our own address."),
        Reason.SPAM: gettext("Marked as spam by the mail server."),
        Reason.NO_SENDER: gettext("Without a sender."),
        Reason.TOO_MANY: gettext("Too many from the same sender within an hour."),
    }
    return words[Reason(reason)] if reason in set(Reason) else ""
