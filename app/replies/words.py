"""The placeholders of answers, and how they are filled. Pure."""

import re
from collections.abc import Mapping

from app.i18n import lazy_gettext as _l

PLACEHOLDERS = {
    "number": _l("the report's number"),
    "service": _l("what it is about"),
    "place": _l("the street address or place"),
    "department": _l("the department that has it"),
    "status": _l("the status in words"),
    "reported": _l("the day it was reported"),
    "answer_by": _l("the day we promised an answer by"),
    "fix_by": _l("the day we promised to fix it by"),
    "link": _l("the address of the report's open page"),
    "municipality": _l("the municipality's name"),
    "phone": _l("the municipality's telephone number"),
    "email": _l("the municipality's e-mail address"),
    "original": _l("the number of the report that came first"),
}
"""What may stand in braces in an answer, and what it stands for."""
BRACES = re.compile(r"\{([^{}\n]{0,40})\}")


def unknown(text: str) -> list[str]:
    """What stands in braces and is no placeholder, each once."""
    return list(dict.fromkeys(name for name in BRACES.findall(text) if name not in PLACEHOLDERS))


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The answer with what is known filled in; what is not known stays in its braces, to be seen."""
    return BRACES.sub(lambda found: facts.get(found[1]) or found[0], text)


def left_over(text: str) -> list[str]:
    """The placeholders that nobody has filled: such an answer should not be sent."""
    return list(dict.fromkeys(name for name in BRACES.findall(text) if name in PLACEHOLDERS))
