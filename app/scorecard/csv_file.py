"""The scorecard as CSV (RFC 4180, UTF-8): one row for each figure. A missing value is empty, never zero."""

import csv
from io import StringIO

from app.cells import harmless
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.scorecard.card import Card, Row

COLUMNS = (
    "kommunenummer",
    "kode",
    "indikator",
    "enhet",
    "aar",
    "verdi",
    "maal_best",
    "maal_minst",
    "vurdering",
    "art",
    "kilde",
    "merknad",
)


def write(card: Card, jurisdiction: Jurisdiction) -> str:
    """The whole file, header first, rows in the card's order, each by year."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in card.rows:
        for year in sorted(row.values):
            writer.writerow([jurisdiction.number, *_cells(row, year)])
    return out.getvalue()


def _cells(row: Row, year: int) -> list[str]:
    value = row.values[year]
    note = gettext("Hidden: too few answers.") if value.is_hidden else value.note
    shown = row.shown(year)
    number = "" if shown is None else f"{shown:f}"
    band = ["", ""] if row.band is None else [f"{row.band.best:f}", f"{row.band.least:f}"]
    words = [value.kind.value, value.source, note]
    return [
        harmless(row.code),
        harmless(row.title),
        row.unit,
        str(year),
        number,
        *band,
        row.standing(year) or "",
        *[harmless(word) for word in words],
    ]
