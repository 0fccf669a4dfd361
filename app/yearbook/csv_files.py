"""The annual report and sealed years as CSV (RFC 4180, UTF-8). A missing value is empty, never zero."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from app.cells import harmless
from app.i18n import localised
from app.yearbook.report import AnnualReport

SEALED = (
    "year",
    "level",
    "code",
    "name",
    "received",
    "led_to_improvement",
    "outcome_unknown",
)


def annual(report: AnnualReport) -> str:
    """The table as it stands on the page: a row for each line, a column for each year."""
    header = ["code", "line", *(str(year.year) for year in report.years)]
    body = [
        [row.code, row.label, *("" if cell.value is None else cell.value for cell in row.cells)]
        for row in report.rows
    ]
    return _write([header, *body])


def sealed(content: Mapping[str, Any]) -> str:
    """The sealed counts: a row for the total, each group and each service, with the measures beside them."""
    codes = [
        one["code"] for one in content["measures"] if one["code"] in content["total"]["measures"]
    ]
    parts = [("total", {"code": "total", "name": None} | content["total"])]
    parts += [("group", row) for row in content["groups"]]
    parts += [("service", row) for row in content["services"]]
    body = [
        [
            content["year"],
            level,
            row["code"],
            localised(row["name"]),
            *(row[name] for name in SEALED[4:]),
            *("" if (value := row["measures"].get(code)) is None else value for code in codes),
        ]
        for level, row in parts
    ]
    return _write([[*SEALED, *codes], *body])


def _write(rows: Iterable[Sequence[object]]) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()
