"""Every cookie that the service sets, with its purpose. The page about cookies is made from this list."""

from dataclasses import dataclass

from app.i18n import COOKIE as LANGUAGE
from app.i18n import lazy_gettext

SESSION = "session"
KIOSK = "kiosk"
RESIDENT = "resident"
SIGN_IN_ATTEMPT = "sign_in_attempt"
DEVICE = "device"


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """A cookie. `lifetime` in words; `is_personal` when pages look different with it, except in language."""

    name: str
    purpose: str
    lifetime: str
    is_personal: bool = True


COOKIES = (
    Cookie(
        name=LANGUAGE,
        purpose=lazy_gettext("Remembers which language you chose."),
        lifetime=lazy_gettext("One year"),
        is_personal=False,
    ),
    Cookie(
        name=SESSION,
        purpose=lazy_gettext(
            "Keeps you signed in, and shows once what came of the button that you pressed."
        ),
        lifetime=lazy_gettext(
            "Until you close the browser; with the crews' app until it has not been used for some days"
        ),
    ),
    Cookie(
        name=KIOSK,
        purpose=lazy_gettext(
            "Set on a shared computer only. Sees to it that nothing is kept there."
        ),
        lifetime=lazy_gettext("Until the browser is closed, or the mode is switched off"),
    ),
    Cookie(
        name=DEVICE,
        purpose=lazy_gettext(
            "Set when you press «Me too» or tell us that something is out of place. Sees to it that you"
            " are counted once, and that you can take it back."
        ),
        lifetime=lazy_gettext("One year"),
    ),
    Cookie(
        name=RESIDENT,
        purpose=lazy_gettext("Keeps you in «My reports» after you came in by a link or signed in."),
        lifetime=lazy_gettext(
            "Until you sign out or close the browser: after 30 minutes without use, at most 2 hours"
        ),
    ),
    Cookie(
        name=SIGN_IN_ATTEMPT,
        purpose=lazy_gettext("Knows you again when you come back from the one you sign in with."),
        lifetime=lazy_gettext("15 minutes"),
    ),
)
"""No others are set; a test walks the pages and looks."""


def personal_cookies() -> set[str]:
    """The names of those that make a page one person's own."""
    return {cookie.name for cookie in COOKIES if cookie.is_personal}
