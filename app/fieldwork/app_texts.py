"""The sentences of the field app. They travel with the page, so that the app needs nobody to speak."""

from app.fieldwork.app_alert_texts import ALERTS
from app.fieldwork.app_device_texts import DEVICES
from app.fieldwork.app_round_texts import ROUNDS
from app.fieldwork.app_screen_texts import SCREENS
from app.i18n import language, lazy_gettext

CORE = {
    "app_name": lazy_gettext("Jobs"),
    "menu": lazy_gettext("Menu"),
    "back": lazy_gettext("Back"),
    "back_to_jobs": lazy_gettext("Back to the jobs"),
    "loading": lazy_gettext("Fetching …"),
    "screen_failed": lazy_gettext(
        "This page could not be opened. Go back to the jobs and try again."
    ),
    "no_such_page": lazy_gettext("There is no such page in the app."),
    "try_again": lazy_gettext("Try again"),
    # the strip on top
    "strip_saved_one": lazy_gettext("1 thing is saved here, and is sent when you have coverage"),
    "strip_saved_many": lazy_gettext(
        "%(count)s things are saved here, and are sent when you have coverage", count="%(count)s"
    ),
    "strip_sending_one": lazy_gettext("Sending 1 thing …"),
    "strip_sending_many": lazy_gettext("Sending %(count)s things …", count="%(count)s"),
    "strip_sent": lazy_gettext("All is sent"),
    "strip_needs_one": lazy_gettext("1 thing needs you"),
    "strip_needs_many": lazy_gettext("%(count)s things need you", count="%(count)s"),
    "strip_away": lazy_gettext("No coverage. You can work as usual"),
    "strip_signed_out": lazy_gettext("You are signed out. Nothing is lost"),
    "strip_sign_in": lazy_gettext("Sign in again"),
    "strip_foreign_one": lazy_gettext(
        "1 thing by someone else is saved here. It is sent when they sign in"
    ),
    "strip_foreign_many": lazy_gettext(
        "%(count)s things by someone else are saved here. They are sent when they sign in",
        count="%(count)s",
    ),
    "strip_no_access": lazy_gettext("You no longer work with the jobs here"),
    "strip_ended": lazy_gettext("This device was ended. What was saved here is deleted"),
    "strip_show": lazy_gettext("Show"),
    "not_kept": lazy_gettext(
        "It could not be saved on this device. Free some space, and try again."
    ),
    # before anybody has signed in, and after a device was ended
    "welcome": lazy_gettext("Sign in to see your jobs"),
    "welcome_text": lazy_gettext(
        "Sign in once with coverage. Afterwards the jobs are here without it too."
    ),
    "sign_in": lazy_gettext("Sign in"),
    "ended_title": lazy_gettext("This device was ended"),
    "ended_text": lazy_gettext(
        "The office ended the session of this phone, and all that was saved here is deleted."
        " If it is your phone, sign in again."
    ),
    "no_access_text": lazy_gettext(
        "Your account is not in a crew any more. What is saved here stays until you are. Ask the office."
    ),
    "first_fetch": lazy_gettext("We are fetching your jobs"),
    "first_fetch_away": lazy_gettext(
        "The service cannot be reached now. We fetch the jobs when there is coverage."
    ),
    # the queue
    "queue_title": lazy_gettext("Saved here and sent"),
    "queue_none": lazy_gettext("Nothing waits"),
    "queue_none_text": lazy_gettext("What you do without coverage is shown here until it is sent."),
    "queue_needs": lazy_gettext("Needs you"),
    "queue_waiting": lazy_gettext("Saved here"),
    "queue_sent": lazy_gettext("Sent"),
    "queue_send": lazy_gettext("Send now"),
    "queue_synced": lazy_gettext("Last contact with the service: %(when)s", when="%(when)s"),
    "queue_never": lazy_gettext("No contact with the service yet"),
    "state_saved": lazy_gettext("Saved here"),
    "state_sending": lazy_gettext("Sending"),
    "state_sent": lazy_gettext("Sent"),
    "state_needs_you": lazy_gettext("Needs you"),
    "was_merged": lazy_gettext("Sent. Others have worked on the job too"),
    "was_already": lazy_gettext("Sent. It had been done already"),
    "was_refused": lazy_gettext("It could not be done"),
    "photos_lost": lazy_gettext(
        "A photo could not be used. Send the rest without photos, or delete it."
    ),
    "in_conflict": lazy_gettext("Someone else has closed it in another way"),
    "choose": lazy_gettext("See both and choose"),
    "try_send": lazy_gettext("Try again"),
    "without_photos": lazy_gettext("Send without photos"),
    "delete_here": lazy_gettext("Delete from the device"),
    "delete_title": lazy_gettext("Delete this for good?"),
    "delete_text": lazy_gettext("It has not reached the service. Nobody else has it."),
    "delete_more_one": lazy_gettext(
        "What you did to this report afterwards is deleted too: 1 thing."
    ),
    "delete_more_many": lazy_gettext(
        "What you did to this report afterwards is deleted too: %(count)s things.",
        count="%(count)s",
    ),
    "hangs_on_refused": lazy_gettext(
        "It belongs to your new report, which could not be sent. Decide about that one first."
    ),
    "hangs_on_deleted": lazy_gettext(
        "The new report that it belongs to has been deleted, so it cannot be sent."
    ),
    "delete_keep": lazy_gettext("Keep it"),
    "deleted": lazy_gettext("Deleted from the device."),
    "with_photos_one": lazy_gettext("1 photo"),
    "with_photos_many": lazy_gettext("%(count)s photos", count="%(count)s"),
    "did_start": lazy_gettext("Started"),
    "did_pause": lazy_gettext("Paused"),
    "did_message": lazy_gettext("Message to the one who reported"),
    "did_note": lazy_gettext("Note"),
    "did_material": lazy_gettext("Material"),
    "did_photo": lazy_gettext("Photo"),
    "did_fixed": lazy_gettext("Marked as fixed"),
    "did_no_action": lazy_gettext("Closed without action"),
    "did_duplicate": lazy_gettext("Marked as already reported"),
    "did_return": lazy_gettext("Sent back to the desk"),
    "did_hand_back": lazy_gettext("Not ours, sent back"),
    "did_report": lazy_gettext("New report"),
    "did_tick": lazy_gettext("Ticked off"),
    "did_untick": lazy_gettext("Tick removed"),
    "did_resolve": lazy_gettext("Chosen between two versions"),
    # the conflict
    "conflict_title": lazy_gettext("Two versions"),
    "conflict_text": lazy_gettext(
        "While you were without coverage someone else finished this job in another way."
        " Nothing is lost. Choose which one is to count."
    ),
    "conflict_yours": lazy_gettext("Yours"),
    "conflict_theirs": lazy_gettext("In the service now"),
    "conflict_by": lazy_gettext("By %(who)s, %(when)s", who="%(who)s", when="%(when)s"),
    "conflict_improved": lazy_gettext("Led to an improvement"),
    "conflict_not_improved": lazy_gettext("Did not lead to an improvement"),
    "conflict_no_words": lazy_gettext("No message"),
    "keep_mine": lazy_gettext("Let mine count"),
    "keep_mine_text": lazy_gettext(
        "The job is opened again and closed as you said. Both stand in the log."
    ),
    "keep_theirs": lazy_gettext("Let theirs count"),
    "keep_theirs_text": lazy_gettext("Your words and photos are added as a note."),
    "conflict_chosen": lazy_gettext("Chosen. It is sent when there is coverage."),
    "conflict_objection": lazy_gettext("What you chose could not be done."),
    "conflict_gone": lazy_gettext("This has been decided."),
    "conflict_photo": lazy_gettext("Photo"),
    # the map's controls
    "zoom_in": lazy_gettext("Zoom in"),
    "zoom_out": lazy_gettext("Zoom out"),
    "cluster": lazy_gettext("%(count)s reports, %(open)s open", count="%(count)s", open="%(open)s"),
}
"""The shell, the strip, the queue and the conflicts."""

ALL = (CORE, SCREENS, ROUNDS, ALERTS, DEVICES)


def texts() -> dict[str, str]:
    """Every sentence in the reader's language, by key. Places such as `%(count)s` are filled in by the app."""
    decimal = {"decimal": "." if language() == "en" else ","}
    return {key: str(text) for block in ALL for key, text in block.items()} | decimal
