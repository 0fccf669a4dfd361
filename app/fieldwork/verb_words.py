"""The verbs in words: what someone wants to do, and what is said when it is done."""

from app.fieldwork.operations import Verb
from app.i18n import lazy_gettext

WORDS = {
    Verb.START: lazy_gettext("Start the job"),
    Verb.PAUSE: lazy_gettext("Pause the job"),
    Verb.MESSAGE: lazy_gettext("Send a message"),
    Verb.FIXED: lazy_gettext("Mark as fixed"),
    Verb.NO_ACTION: lazy_gettext("Close without action"),
    Verb.DUPLICATE: lazy_gettext("Close as already reported"),
    Verb.HAND_BACK: lazy_gettext("Send back"),
    Verb.RETURN: lazy_gettext("Say that it cannot be done now"),
    Verb.SEND_ELSEWHERE: lazy_gettext("Send to another department"),
    Verb.PASSED_ON: lazy_gettext("Mark as passed on by hand"),
    Verb.NOTE: lazy_gettext("Write a note for staff"),
    Verb.MATERIAL: lazy_gettext("Write down what was used"),
    Verb.PHOTO: lazy_gettext("Add photos"),
}
DONE = {
    Verb.START: lazy_gettext("Started. The one who reported is told."),
    Verb.PAUSE: lazy_gettext("Paused. The one who reported is told."),
    Verb.MESSAGE: lazy_gettext("The message is sent."),
    Verb.FIXED: lazy_gettext("Marked as fixed. The one who reported is told."),
    Verb.NO_ACTION: lazy_gettext("Closed without action. The one who reported is told why."),
    Verb.DUPLICATE: lazy_gettext("Closed as already reported. The one who reported is told."),
    Verb.HAND_BACK: lazy_gettext("Sent back. The next one that may answer for it has got it."),
    Verb.RETURN: lazy_gettext("Set to be assessed anew. Your reason stands here for staff."),
    Verb.SEND_ELSEWHERE: lazy_gettext("Sent on. The one who reported is told."),
    Verb.PASSED_ON: lazy_gettext("Marked as passed on. The one who reported is told."),
    Verb.NOTE: lazy_gettext("The note is kept. Only staff see it."),
    Verb.MATERIAL: lazy_gettext("Written down. Only staff see it."),
    Verb.PHOTO: lazy_gettext("The photos are added."),
}
