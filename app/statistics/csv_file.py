"""The yearly table as CSV (RFC 4180, UTF-8): one row for each figure. A missing value is empty, never zero."""

import csv
from io import StringIO

from app.cells import harmless
from app.i18n import localised
from app.jurisdictions.models import Jurisdiction
from app.statistics.table import Table

COLUMNS = (
    "kommunenummer",
    "aar",
    "kategori_kode",
    "kategori",
    "antall",
    "forbedret",
    "andel_forbedret",
    "kilde",
    "merknad",
)


def write(table: Table, jurisdiction: Jurisdiction, names: dict[str, str]) -> str:
    """The whole file, header first, years and categories in the table's order."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for year in table.years:
        for code in table.categories:
            figure = table.figure(year.year, code)
            share = "" if figure.share is None else f"{figure.share:.4f}"
            cells = (
                jurisdiction.number,
                year.year,
                code,
                names[code],
                _cell(figure.received),
                _cell(figure.led_to_improvement),
                share,
                year.source,
                localised(figure.note),
            )
            writer.writerow([harmless(str(cell)) for cell in cells])
    return out.getvalue()


def _cell(value: int | None) -> str:
    return "" if value is None else str(value)
