"""Why somebody is suggested, in a short sentence in the language in use."""

from app.duties.queries import Suggestion, Suggestions
from app.i18n import day, gettext, localised


def reason_of(found: Suggestion) -> str:
    """«Answers for «Street lights».», «Stands in for … until 4 January.»."""
    if found.instead_of and found.until:
        return gettext(
            "Stands in for %(who)s until %(day)s.", who=found.instead_of, day=day(found.until)
        )
    if found.instead_of:
        return gettext("Stands in for %(who)s.", who=found.instead_of)
    if found.service_name:
        return gettext("Answers for «%(what)s».", what=localised(found.service_name))
    return gettext("Answers for the department's reports.")


def missing_words(found: Suggestions) -> str | None:
    """What to know when whoever answers is away and nobody stands in."""
    if found.missing is None:
        return None
    who, back = found.missing
    return gettext(
        "%(who)s answers for this, and is away until %(day)s. Nobody stands in.",
        who=who,
        day=day(back),
    )
