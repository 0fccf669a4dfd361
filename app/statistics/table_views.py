"""The table that anyone makes, as page and CSV."""

import csv
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cells import harmless
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, limiter, visible_to
from app.service_requests.selection import filter_of
from app.statistics.asking import form
from app.statistics.own_table import Asked, OwnTable, own_table
from app.statistics.page import yearly_table
from app.statistics.questions import Dimension
from app.statistics.schemas import TableQuerySchema
from app.statistics.size import QUESTIONS
from app.statistics.values import HIDDEN
from app.statistics.views import address, blueprint, flat, local_now, read_query, with_query


@blueprint.get("/statistikk/tabell")
@limiter.limit(QUESTIONS)
@visible_to(ANYONE)
def table() -> ResponseReturnValue:
    """The form, and the table that it asks for. What a form sends empty or twice leads to a short address."""
    query = flat(request.args)
    if query != request.args.to_dict() or len(request.args) != len(
        [*request.args.items(multi=True)]
    ):
        return redirect(with_query("statistics.table", query))
    jurisdiction = current_jurisdiction()
    asked = _asked(jurisdiction)
    years = [year.year for year in yearly_table(jurisdiction, this_year=local_now().year).years]
    return render_template(
        "statistics/table.html",
        table=own_table(jurisdiction, asked, now=local_now()),
        form=form(jurisdiction, asked, query, years),
        is_narrowed=bool(query),
        csv_url=address("statistics.table_csv"),
        json_url=with_query("statistics_api.figures", _for_machines(query, asked)),
        dataset_url=_dataset(query),
    )


@blueprint.get("/statistikk/tabell.csv")
@limiter.limit(QUESTIONS)
@visible_to(ANYONE)
def table_csv() -> ResponseReturnValue:
    """The same table, one row for each figure (RFC 4180, UTF-8). Missing is empty, hidden is «:»."""
    jurisdiction = current_jurisdiction()
    asked = _asked(jurisdiction)
    response = Response(_written(own_table(jurisdiction, asked, now=datetime.now(UTC))))
    response.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    name = f"{asked.measure}-{jurisdiction.slug}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response


def _asked(jurisdiction: Jurisdiction) -> Asked:
    query = read_query(TableQuerySchema(), request.args)
    return Asked(
        filter=filter_of(jurisdiction, query),
        measure=query["measure"],
        by=query["by"],
        period=query["period"],
    )


def _written(shown: OwnTable) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out)
    by = shown.asked.by
    names = [name for dimension in by for name in (dimension.value, f"{dimension}_name")]
    writer.writerow(["measure", "period", *names, "value", "kind", "source"])
    said: dict[tuple[Dimension, str], str] = {}
    for line in shown.lines:
        if line.depth:
            dimension = by[line.depth - 1]
            said[dimension, line.keys[dimension]] = line.label
        parts = [
            text
            for dimension, code in line.keys.items()
            for text in (code, said.get((dimension, code), line.label))
        ]
        for cell in line.cells:
            year = cell.column.year
            value = cell.text if cell.text == HIDDEN else "" if cell.value is None else cell.value
            kind, source = ("imported", year.source) if year else ("counted", "")
            row = [shown.asked.measure, cell.column.code, *parts, value, kind, source]
            writer.writerow([harmless(str(text)) for text in row])
    return out.getvalue()


def _for_machines(query: dict[str, str], asked: Asked) -> dict[str, str]:
    by = ",".join(asked.by)
    return {**query, "measure": asked.measure, "period": asked.period, **({"by": by} if by else {})}


def _dataset(query: dict[str, str]) -> str | None:
    """The dataset of all figures with the same selection, where this installation offers it."""
    if "datasets.file" not in current_app.view_functions:
        return None
    own = {"measure", "by", "period"}
    kept: dict[str, Any] = {name: text for name, text in query.items() if name not in own}
    return url_for("datasets.file", code="figures", ending="csv", **kept)
