"""`melde report`: the annual report as PDF, HTML or CSV."""

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import Flask, g

from app.cli.context import WHICH, command_app, the_jurisdiction
from app.errors import AppError
from app.i18n import LANGUAGES, force_locale
from app.jurisdictions.models import Jurisdiction
from app.yearbook import csv_files
from app.yearbook.press import Press
from app.yearbook.report import annual_report, check_year, report_years
from app.yearbook.views import document

FORMATS = ("pdf", "html", "csv")
SHEET = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)">')


@click.command()
@click.argument("year", type=click.IntRange(1900, 2200))
@WHICH
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Default: its first.")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Default: by the file's name.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def command(
    year: int,
    number: str | None,
    language: str | None,
    kind: str | None,
    output: Path | None,
) -> None:
    """Write the report of YEAR: the annual report's own table, with up to four years before it.

    Without a file it goes to standard output.
    """
    app = command_app()
    kind = kind or (output.suffix.lstrip(".").lower() if output else "pdf")
    if kind not in FORMATS:
        raise click.UsageError(f"Choose one of these with --format: {', '.join(FORMATS)}.")
    base = app.config["SETTINGS"].base_url
    try:
        with (
            app.test_request_context(base_url=f"{urlsplit(base).scheme}://{urlsplit(base).netloc}"),
            force_locale("en"),  # what is said on the command line
        ):
            content = _report(app, the_jurisdiction(number), year, language, kind)
    except AppError as fault:
        raise click.ClickException(str(fault)) from fault
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
        click.echo(f"{output}: {len(content)} bytes")


def _report(
    app: Flask, jurisdiction: Jurisdiction, year: int, language: str | None, kind: str
) -> bytes:
    now = datetime.now(UTC)
    g.jurisdiction, g.languages, g.time_zone = (
        jurisdiction,
        jurisdiction.languages,
        jurisdiction.time_zone,
    )
    check_year(report_years(jurisdiction, now=now), year)
    with force_locale(language or jurisdiction.languages[0]):
        found = annual_report(jurisdiction, year, now=now)
        if kind == "csv":
            return csv_files.annual(found).encode()
        html = document(jurisdiction, found, now=now)
    if kind == "html":
        return _alone(html, Path(app.static_folder or "")).encode()
    press: Press = app.extensions["press"]
    return press.pdf(html)


def _alone(html: str, static: Path) -> str:
    """The document with its style inside, to be opened anywhere; fonts are the reader's own."""

    def inside(link: re.Match[str]) -> str:
        sheet = (static / link[1]).read_text()
        return f"<style>{re.sub(r'@font-face [{][^}]*[}]', '', sheet)}</style>"

    return SHEET.sub(inside, html)
