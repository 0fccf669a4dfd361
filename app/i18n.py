"""Languages: gettext, texts stored in several languages, and dates and numbers as people write them.

English is the language of the source, so `en` needs no catalogue.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _lazy_gettext
from flask_babel import ngettext as _ngettext

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
COOKIE = "language"
__all__ = ["force_locale"]

NBSP = "\u00a0"
DEFAULT_ZONE = "Europe/Oslo"


def gettext(message: str, **values: object) -> str:
    """The message in the language in use, with `%(name)s` filled in."""
    return str(_gettext(message, **values))


def ngettext(one: str, many: str, number_: int, **values: object) -> str:
    """The message for one or for several; `%(num)s` is the number."""
    return str(_ngettext(one, many, number_, **values))


def lazy_gettext(message: str, **values: object) -> str:
    """A message that is translated when it is shown, for texts made before there is a request."""
    lazy: str = _lazy_gettext(message, **values)
    return lazy


def start(app: Flask) -> None:
    """Choose each request's language and give templates the words for dates and numbers."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, default_locale="nb", locale_selector=_choose)
    app.jinja_env.filters.update(
        day=day, weekday=weekday, moment=moment, number=number, percent=percent
    )
    app.jinja_env.globals.update(localised=localised)
    app.jinja_env.policies["ext.i18n.trimmed"] = True


def _choose() -> str:
    """The cookie's language, else the browser's, else the municipality's first."""
    if not has_request_context():
        return "nb"
    offered: Sequence[str] = g.get("languages") or list(LANGUAGES)
    wanted = request.cookies.get(COOKIE)
    if wanted and wanted in offered:
        return wanted
    accepted = [
        ("nb" if code.lower() == "no" else code) for code in request.accept_languages.values()
    ]
    for code in accepted:
        if code.split("-")[0] in offered:
            return code.split("-")[0]
    return offered[0]


def language() -> str:
    """The code of the language in use: nb, nn or en."""
    locale: Locale | None = get_locale()
    return locale.language if locale else "nb"


def localised(texts: Mapping[str, str] | None) -> str:
    """The text in the language in use, else in the first language there is."""
    if not texts:
        return ""
    return texts.get(language()) or next(iter(texts.values()))


def in_languages(languages: Iterable[str], say: Callable[[], str]) -> dict[str, str]:
    """The same sentence in each language, as `{language: text}`."""
    said = {}
    for code in languages:
        with force_locale(code):
            said[code] = say()
    return said


def local(moment_: datetime) -> datetime:
    """The moment by the municipality's clock."""
    name = g.get("time_zone", DEFAULT_ZONE) if has_request_context() else DEFAULT_ZONE
    return moment_.astimezone(ZoneInfo(name))


def day(when: date | datetime, *, year: bool | None = None) -> str:
    """«3. mars», with the year when it is not this one (or when asked for). Never breaks across lines."""
    shown = local(when).date() if isinstance(when, datetime) else when
    with_year = shown.year != local(datetime.now(UTC)).year if year is None else year
    pattern = ("d MMMM" if language() == "en" else "d. MMMM") + (" y" if with_year else "")
    return format_date(shown, pattern, locale=_locale()).replace(" ", NBSP)


def weekday(when: date) -> str:
    """«tirsdag 12. mai»."""
    return f"{format_date(when, 'EEEE', locale=_locale())} {day(when)}"


def moment(when: datetime) -> str:
    """«3. mars kl. 08.12»."""
    clock = format_time(local(when), "HH:mm" if language() == "en" else "HH.mm", locale=_locale())
    at = gettext("at %(clock)s", clock=clock)  # not within the f-string: Babel does not look there
    return f"{day(when)} {at.replace(' ', NBSP)}"


def number(value: float, *, decimals: int = 0) -> str:
    """«66 012», «82,2»: grouped by a space that does not break, decimal comma in Norwegian."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    written = format_decimal(value, pattern, locale=_locale())
    if language() == "en":
        return written.replace(",", NBSP)
    return written.replace(" ", NBSP).replace("\u202f", NBSP)


def percent(share: float) -> str:
    """«82,2 %» for 0.822."""
    return f"{number(100 * share, decimals=1)}{NBSP}%"


def _locale() -> Locale:
    return get_locale() or Locale("nb")
