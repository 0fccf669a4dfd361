"""The words of the verbs: on the buttons, and after they were pressed."""

from app.i18n import lazy_gettext as _l
from app.service_requests.desk_verbs import CaseVerb

WORDS = {
    CaseVerb.TAKE: _l("Take the report"),
    CaseVerb.ASSIGN: _l("Give it to somebody"),
    CaseVerb.DEPARTMENT: _l("Send to another department"),
    CaseVerb.REPLY: _l("Send the answer"),
    CaseVerb.ASK: _l("Ask the one who reported"),
    CaseVerb.GO_ON: _l("Go on without the answer"),
    CaseVerb.NOTE: _l("Keep the note"),
    CaseVerb.START: _l("Set to in progress"),
    CaseVerb.PLAN: _l("Set to planned"),
    CaseVerb.FIXED: _l("Close as fixed"),
    CaseVerb.NO_ACTION: _l("Close without action"),
    CaseVerb.MERGE: _l("Merge into another report"),
    CaseVerb.SPLIT: _l("Make a report of its own of a part"),
    CaseVerb.FORWARD: _l("Mark as passed on by hand"),
    CaseVerb.REJECT: _l("Reject the report"),
    CaseVerb.REOPEN: _l("Open the report again"),
    CaseVerb.SERVICE: _l("Correct what it is about"),
    CaseVerb.MOVE: _l("Correct the place"),
    CaseVerb.ACUTE: _l("Mark as dangerous"),
    CaseVerb.NOT_ACUTE: _l("Not dangerous"),
    CaseVerb.IMPROVEMENT: _l("Correct the answer about improvement"),
}
DONE = {
    CaseVerb.TAKE: _l("The report is yours."),
    CaseVerb.ASSIGN: _l("The report has a new person."),
    CaseVerb.DEPARTMENT: _l("The report is sent on."),
    CaseVerb.REPLY: _l("The answer is sent."),
    CaseVerb.ASK: _l("The question is sent. Our days wait for the answer."),
    CaseVerb.GO_ON: _l("Our days run on."),
    CaseVerb.NOTE: _l("The note is kept."),
    CaseVerb.START: _l("The report is in progress."),
    CaseVerb.PLAN: _l("The report is planned."),
    CaseVerb.FIXED: _l("The report is closed as fixed."),
    CaseVerb.NO_ACTION: _l("The report is closed without action."),
    CaseVerb.MERGE: _l(
        "The report follows the other one now. You can open it again if that was wrong."
    ),
    CaseVerb.SPLIT: _l("The part is a report of its own now."),
    CaseVerb.FORWARD: _l("The report is marked as passed on."),
    CaseVerb.REJECT: _l("The report is rejected."),
    CaseVerb.REOPEN: _l("The report is open again."),
    CaseVerb.SERVICE: _l("What it is about is corrected. The rules have looked at it again."),
    CaseVerb.MOVE: _l("The place is corrected. The rules have looked at it again."),
    CaseVerb.ACUTE: _l("The report is marked as dangerous."),
    CaseVerb.NOT_ACUTE: _l("The report is no longer marked as dangerous."),
    CaseVerb.IMPROVEMENT: _l("The answer about improvement is corrected."),
}
