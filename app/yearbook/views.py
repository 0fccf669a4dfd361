"""The annual report and the sealed years as pages, PDF, JSON and CSV."""

import base64
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from app.errors import MalformedQuery, NotFound
from app.i18n import gettext
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import ANYONE, identity, limiter, visible_to
from app.statistics.models import SealedYear
from app.yearbook import csv_files, queries
from app.yearbook.operations import local_day
from app.yearbook.page import sealed_page, signed
from app.yearbook.press import Press, fingerprint
from app.yearbook.report import AnnualReport, annual_report, report_years
from app.yearbook.sealing import canonical

blueprint = Blueprint("yearbook", __name__, url_prefix="/statistikk")
PRINTS = "20 per minute"
MAX_KEY_DIGITS = 18


@blueprint.record_once
def _start(state: object) -> None:
    """One press for each process."""
    app = state.app  # type: ignore[attr-defined]
    app.extensions["press"] = Press(Path(app.static_folder))


blueprint.app_template_filter("signed")(signed)


@blueprint.get("/arsrapport")
@visible_to(ANYONE)
def latest_report() -> BaseResponse:
    """On to the report of the last year that is over, else of the running one."""
    years = report_years(current_jurisdiction(), now=datetime.now(UTC))
    whole = [year.year for year in years if not year.is_running]
    year = whole[-1] if whole else years[-1].year
    return redirect(url_for("yearbook.report", year=year), 302)


@blueprint.get("/arsrapport/<int:year>")
@visible_to(ANYONE)
def report(year: int) -> ResponseReturnValue:
    """The report of a year in the annual report's own layout."""
    found = annual_report(current_jurisdiction(), year, now=datetime.now(UTC))
    return render_template("yearbook/report.html", report=found)


@blueprint.get("/arsrapport/<int:year>.csv")
@visible_to(ANYONE)
def report_csv(year: int) -> ResponseReturnValue:
    """The table of the report."""
    jurisdiction = current_jurisdiction()
    found = annual_report(jurisdiction, year, now=datetime.now(UTC))
    return _file(csv_files.annual(found), "text/csv; charset=utf-8; header=present", f"{year}.csv")


@blueprint.get("/arsrapport/<int:year>.pdf")
@limiter.limit(PRINTS)
@visible_to(ANYONE)
def report_pdf(year: int) -> ResponseReturnValue:
    """The report on one A4, tagged, made once for as long as its figures are the same."""
    jurisdiction = current_jurisdiction()
    now = datetime.now(UTC)
    html = document(jurisdiction, annual_report(jurisdiction, year, now=now), now=now)
    tag = fingerprint(html)
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        press: Press = current_app.extensions["press"]
        response = Response(press.pdf(html), content_type="application/pdf")
        response.headers["Content-Disposition"] = (
            f'inline; filename="arsrapport-{jurisdiction.slug}-{year}.pdf"'
        )
    response.set_etag(tag)
    response.vary.update(("Accept-Language", "Cookie"))
    response.headers["Cache-Control"] = "no-cache"
    return response


def document(jurisdiction: Jurisdiction, found: AnnualReport, *, now: datetime) -> str:
    """The report as a whole HTML document for paper, in the language in use."""
    settings = current_app.config["SETTINGS"]
    return render_template(
        "yearbook/report_print.html",
        report=found,
        home=jurisdiction.public_url(settings.base_url).rstrip("/"),
        today=local_day(jurisdiction, now),
    )


@blueprint.get("/forseglet")
@visible_to(ANYONE)
def sealed_years() -> ResponseReturnValue:
    """The sealed years, and how anyone can check one."""
    now = datetime.now(UTC)
    rows = queries.all_sealed(current_jurisdiction().id)
    shown = [(row, row.public_from <= now) for row in rows if _may_see(row, now)]
    return render_template("yearbook/sealed_years.html", years=shown)


@blueprint.get("/forseglet/<int:year>")
@visible_to(ANYONE)
def sealed_year(year: int) -> ResponseReturnValue:
    """A year as it was sealed, beside today's figures, and what was corrected since."""
    now = datetime.now(UTC)
    row = _sealed(year, now)
    values = sealed_page(row, current_jurisdiction(), before=_before(), now=now)
    return render_template("yearbook/sealed_year.html", sealed=values)


@blueprint.get("/forseglet/<int:year>.json")
@visible_to(ANYONE)
def sealed_json(year: int) -> ResponseReturnValue:
    """The very bytes that the digest is of."""
    row = _sealed(year, datetime.now(UTC))
    response = _file(canonical(row.content), "application/json", f"{year}.json", row=row)
    # Not squeezed on the way, here or by a proxy: the digest is of these bytes.
    response.headers["Content-Encoding"] = "identity"
    response.headers["Cache-Control"] += ", no-transform"
    raw = base64.b64encode(bytes.fromhex(row.digest)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{raw}:"  # RFC 9530
    return response


@blueprint.get("/forseglet/<int:year>.csv")
@visible_to(ANYONE)
def sealed_csv(year: int) -> ResponseReturnValue:
    """The sealed counts as a table; names in the language in use."""
    row = _sealed(year, datetime.now(UTC))
    return _file(
        csv_files.sealed(row.content),
        "text/csv; charset=utf-8; header=present",
        f"forseglet-{year}.csv",
        row=row,
    )


def _may_see(row: SealedYear, now: datetime) -> bool:
    who = identity()
    return row.public_from <= now or (
        who is not None and who.may(row.jurisdiction_id, Deed.EARLY_FIGURES)
    )


def _sealed(year: int, now: datetime) -> SealedYear:
    """The sealed year. :raises NotFound: there is none that this visitor may see."""
    row = queries.sealed(current_jurisdiction().id, year)
    if row is None or not _may_see(row, now):
        raise NotFound(gettext("%(year)s is not sealed.", year=year))
    return row


def _before() -> int | None:
    written = request.args.get("eldre_enn", "")
    if not written:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) <= MAX_KEY_DIGITS):
        raise MalformedQuery("eldre_enn", gettext("Follow the link «Older» on the page."))
    return int(written)


def _file(
    content: str | bytes, kind: str, name: str, *, row: SealedYear | None = None
) -> BaseResponse:
    """A download that any web page may read, once it is public."""
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{current_jurisdiction().slug}-{name}"'
    )
    if row is not None and row.public_from > datetime.now(UTC):
        response.headers["Cache-Control"] = "private, no-store"
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=60"
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    return response.make_conditional(request)
