"""A selection in words, so that a picture taken out of its page still says what it shows."""

from app.charts.ask import Ask
from app.i18n import gettext
from app.statistics.selection_words import condition_words, received_words


def period_words(ask: Ask) -> str:
    """«2026», «1. mars 2025–28. februar 2026», «siste 12 måneder»."""
    return received_words(ask.jurisdiction, ask.filter) or gettext("the last 12 months")


def selection_words(ask: Ask) -> str:
    """The filters, with their names: «Kategori: Vei. Område: Frei»; empty when there are none."""
    said = [f"{name}: {held}" for name, held in condition_words(ask.jurisdiction, ask.filter)]
    if ask.has_period:
        said.append(period_words(ask))
    return ". ".join(said)
