"""The sentences of the field app about the phone that it runs on."""

from app.i18n import lazy_gettext

DEVICES = {
    "device_title": lazy_gettext("This phone"),
    "device_is": lazy_gettext(
        "In the list of devices it is called «%(label)s».", label="%(label)s"
    ),
    "device_unknown": lazy_gettext("Unknown device"),
    "device_keep": lazy_gettext(
        "After %(time)s without contact the jobs are deleted from this phone. What is not sent stays.",
        time="%(time)s",
    ),
    "device_hour": lazy_gettext("1 hour"),
    "device_hours": lazy_gettext("%(count)s hours", count="%(count)s"),
    "device_day": lazy_gettext("1 day"),
    "device_days": lazy_gettext("%(count)s days", count="%(count)s"),
    "device_own": lazy_gettext("Your devices"),
    "device_own_text": lazy_gettext("End the session of a phone that is lost"),
    "device_all": lazy_gettext("The crews' devices"),
    "device_forget": lazy_gettext("Forget everything kept on this phone"),
    "device_forget_title": lazy_gettext("Forget everything on this phone?"),
    "device_forget_text": lazy_gettext(
        "The jobs and their photos are deleted from here, and you are signed out."
    ),
    "device_unsent_text": lazy_gettext(
        "It is deleted for good, and nobody else has it. Send it first if you want to keep it."
    ),
    "device_keep_it": lazy_gettext("Keep it"),
    "device_forget_now": lazy_gettext("Delete everything"),
    "device_forgotten_away": lazy_gettext(
        "Everything here is deleted. Without coverage you could not be signed out:"
        " the jobs are fetched again when the app is opened with coverage."
    ),
}
"""What this phone is called, how long it keeps the jobs, and forgetting them."""
