"""Hints for plain language: long sentences and words of the office. They advise and never stop anybody."""

import re
from dataclasses import dataclass

from app.i18n import gettext

LONGEST = 25
"""Words; a longer sentence is hard to read."""
SENTENCES = re.compile(r"[^.!?\n]+")
PLAIN = {
    "nb": {
        "vedrørende": "om",
        "angående": "om",
        "i henhold til": "etter",
        "iht": "etter",
        "oversendt": "sendt",
        "rette instans": "den som har ansvaret",
        "påregnes": "ventes",
        "foreligger": "finnes",
        "besørge": "sørge for",
        "inneværende": "denne",
        "snarlig": "snart",
        "såfremt": "hvis",
        "dersom": "hvis",
        "vennligst": "",
        "lokasjon": "sted",
        "iverksette": "sette i gang",
        "utbedre": "rette",
        "utbedring": "reparasjon",
        "behandlingstid": "tid",
        "befaring": "vi ser på stedet",
        "fremkommelighet": "at folk kommer fram",
    },
    "nn": {
        "vedrørande": "om",
        "angåande": "om",
        "i samsvar med": "etter",
        "oversend": "send",
        "rette instans": "den som har ansvaret",
        "føreligg": "finst",
        "inneverande": "denne",
        "snarleg": "snart",
        "såframt": "om",
        "dersom": "om",
        "ver venleg": "",
        "lokasjon": "stad",
        "iverksette": "setje i gang",
        "utbetre": "rette",
        "utbetring": "reparasjon",
        "synfaring": "vi ser på staden",
        "framkome": "at folk kjem fram",
    },
    "en": {
        "regarding": "about",
        "in accordance with": "by",
        "pursuant to": "by",
        "forthwith": "now",
        "commence": "start",
        "rectify": "fix",
        "remedied": "fixed",
        "utilise": "use",
        "prior to": "before",
        "in the event that": "if",
        "kindly": "",
        "aforementioned": "this",
        "ascertain": "find out",
    },
}
"""By language: a word of the office, and the one that people say; empty: leave it out."""


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A piece of advice in one sentence."""

    text: str


def hints(text: str, language: str) -> list[Hint]:
    """What could be said more plainly, in the language that the answer is written in."""
    return [*_words(text, language), *_lengths(text), *_shouting(text)]


def _words(text: str, language: str) -> list[Hint]:
    found = []
    for office, plain in PLAIN.get(language, {}).items():
        if not re.search(rf"(?<!\w){re.escape(office)}(?!\w)", text, re.IGNORECASE):
            continue
        if plain:
            said = gettext(
                "Instead of «%(office)s», write «%(plain)s».", office=office, plain=plain
            )
        else:
            said = gettext("«%(office)s» can be left out.", office=office)
        found.append(Hint(text=said))
    return found


def _lengths(text: str) -> list[Hint]:
    longest = max((len(sentence.split()) for sentence in SENTENCES.findall(text)), default=0)
    if longest <= LONGEST:
        return []
    said = gettext(
        "One sentence has %(count)s words. Make it two: one thought in each.", count=longest
    )
    return [Hint(text=said)]


def _shouting(text: str) -> list[Hint]:
    return [Hint(text=gettext("Leave out the exclamation mark."))] if "!" in text else []
