"""The sentences of the field app about alerts."""

from app.i18n import lazy_gettext

ALERTS = {
    "alerts_title": lazy_gettext("Alerts about danger"),
    "alerts_switch": lazy_gettext("Tell me at once about danger"),
    "alerts_about": lazy_gettext(
        "When your department gets a report that someone says is dangerous now."
    ),
    "alerts_ways": lazy_gettext("How you want to be told"),
    "alerts_here": lazy_gettext("On this phone"),
    "alerts_here_text": lazy_gettext("If it does not reach the phone, we send e-mail."),
    "alerts_mail": lazy_gettext("As an e-mail"),
    "alerts_on_here": lazy_gettext("The alerts are on. They come to this phone."),
    "alerts_by_mail": lazy_gettext(
        "The alerts are on. They come by e-mail to %(email)s.", email="%(email)s"
    ),
    "alerts_elsewhere": lazy_gettext(
        "The alerts are on, but not on this phone. They come to your other phones, or by e-mail to %(email)s.",
        email="%(email)s",
    ),
    "alerts_off": lazy_gettext("The alerts are off."),
    "alerts_none": lazy_gettext(
        "This browser cannot show alerts. Put the app on the home screen and open it from there."
    ),
    "alerts_denied": lazy_gettext(
        "Alerts are blocked for this app. Allow them in the phone's settings to get them here."
    ),
    "alerts_failed": lazy_gettext(
        "The phone's push service did not answer. Try again when there is coverage."
    ),
    "alerts_no_key": lazy_gettext("This service sends no alerts to phones."),
    "alerts_away": lazy_gettext(
        "The service cannot be reached now. Try again when there is coverage."
    ),
}
"""The switch, its choices and how it stands."""
