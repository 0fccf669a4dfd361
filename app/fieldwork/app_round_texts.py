"""The sentences of the field app's round."""

from app.i18n import lazy_gettext

ROUNDS = {
    "round_title": lazy_gettext("The round"),
    "round_today": lazy_gettext("today"),
    "round_none": lazy_gettext("No round is planned"),
    "round_none_text": lazy_gettext("Rounds for today and tomorrow are shown here."),
    "round_no_jobs": lazy_gettext("No jobs yet"),
    "round_done_of": lazy_gettext("%(done)s of %(all)s done", done="%(done)s", all="%(all)s"),
    "round_next": lazy_gettext("Next"),
    "round_ticked": lazy_gettext("Done"),
    "round_left_from": lazy_gettext("Left from %(day)s", day="%(day)s"),
    "round_gone": lazy_gettext("The job is closed or with another department."),
    "round_tick": lazy_gettext("Tick off"),
    "round_untick": lazy_gettext("Take the tick away"),
    "round_said_ticked": lazy_gettext(
        "Ticked off. %(done)s of %(all)s done.", done="%(done)s", all="%(all)s"
    ),
    "round_said_unticked": lazy_gettext(
        "The tick is gone. %(done)s of %(all)s done.", done="%(done)s", all="%(all)s"
    ),
}
