"""`melde import`: bring in what was counted or reported elsewhere."""

import csv
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from app.cli.context import WHICH, command_app, refusing, the_jurisdiction
from app.database import session, transaction
from app.geo.files import BrokenFile
from app.i18n import force_locale
from app.jurisdictions.setup_files import BrokenSetup, read_yaml
from app.scorecard.loading import load_files
from app.service_requests import imports
from app.service_requests.import_mapping import ImportMapping, MappingSchema
from app.service_requests.import_rows import Reason, reason_words

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Bring in what was counted or reported elsewhere."""


@command.command()
@click.argument("file", type=FILE)
@WHICH
@click.option(
    "--mapping", "mapping_file", type=FILE, required=True, help="Columns to fields: YAML."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option(
    "--refused",
    "refused_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the refused rows to this CSV: line, reason, cells.",
)
def requests(
    file: Path, number: str | None, mapping_file: Path, dry_run: bool, refused_file: Path | None
) -> None:
    """Import reports from FILE: .csv (also .csv.gz), .geojson or .gpkg. docs/importing.md tells how.

    Rows that are no report of this municipality are refused and told; the rest comes in all together or,
    after a fault, not at all. Running it again imports nothing twice and changes nothing. Nobody is told.
    """
    app = command_app()
    with refusing(file.name):
        mapping = _mapping(mapping_file)
        with app.app_context(), force_locale("en"), transaction():
            order = imports.Import(
                jurisdiction=the_jurisdiction(number),
                mapping=mapping,
                path=file,
                now=datetime.now(UTC),
                keeps_refused=refused_file is not None,
            )
            began = time.monotonic()
            outcome = imports.Outcome()
            columns = _stage(order, outcome)
            imports.take_over(order, outcome, is_trial=dry_run)
            if refused_file:
                _write_refused(refused_file, columns)
            if dry_run:
                session().rollback()
    with app.app_context(), force_locale("en"):
        _tell(file, outcome, seconds=time.monotonic() - began, is_trial=dry_run)


@command.command()
@click.argument("series", type=FILE)
@click.argument("figures", type=FILE)
@WHICH
def indicators(series: Path, figures: Path, number: str | None) -> None:
    """Make the figures from elsewhere as SERIES (YAML) and FIGURES (CSV) say.

    SERIES says what is measured and aimed at, FIGURES has the columns series, year, district, value, source,
    note_nb, note_nn, note_en. Values have a decimal comma or point; an empty one is missing. All or nothing: a
    broken file changes nothing and is named with the line. What is in neither file goes. Running it again
    changes nothing.
    """
    app = command_app()
    with refusing(f"{series.name} with {figures.name}"), app.app_context(), transaction():
        found = the_jurisdiction(number)
        try:
            lines = load_files(series, figures, found.id)
        except BrokenSetup as broken:
            raise BrokenFile(broken.faults) from broken
        known = found.number
    for line in lines:
        click.echo(line)
    click.echo(f"{known}: {len(lines)} changes" if lines else f"{known}: nothing to change")


def _mapping(path: Path) -> ImportMapping:
    """:raises BrokenFile: the mapping cannot be used."""
    try:
        found: ImportMapping = read_yaml(path, MappingSchema()).content
    except BrokenSetup as broken:
        raise BrokenFile(broken.faults) from broken
    return found


def _stage(order: imports.Import, outcome: imports.Outcome) -> list[str]:
    """Read the file under a bar of progress; its columns."""
    opening = imports.opened(order.path, order.mapping)
    with click.progressbar(length=opening.size, label=f"Reading {order.path.name}") as bar:
        before = 0
        for count in imports.stage(order, opening):
            outcome.read += count
            done = opening.done()
            bar.update(done - before)
            before = done
    click.echo("Checking and taking over …")
    return opening.columns


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file beside the one that is meant, which takes its place when it is whole."""
    beside = path.with_name(f".{path.name}.new")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _write_refused(path: Path, columns: list[str]) -> None:
    """:raises click.ClickException: the file cannot be written."""
    try:
        with _replacing(path) as beside, beside.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["line", "reason", *columns])
            for line, reason, cells in imports.refused_rows():
                writer.writerow([line, reason_words(reason), *cells])
    except OSError as fault:
        raise click.ClickException(f"{path} cannot be written: {fault.strerror}") from fault


def _tell(file: Path, outcome: imports.Outcome, *, seconds: float, is_trial: bool) -> None:
    for reason, count in outcome.refused.items():
        click.echo(f"refused: {count} {_where(reason, count, outcome.first[reason])}")
    for line, number, names in outcome.differences:
        what = ", ".join(names) if names else "what was read from it before"
        click.echo(f"differs: line {line} from {number} in {what}; nothing was changed")
    if (more := outcome.differing - len(outcome.differences)) > 0:
        click.echo(f"differs: {more} more; nothing was changed")
    if outcome.missing:
        click.echo(f"{outcome.missing} reports that came from this source are not in this file")
    word = "would be imported" if is_trial else "imported"
    click.echo(
        f"{file.name}: {outcome.read} rows read, {outcome.imported} {word},"
        f" {outcome.same} here already, {outcome.differing} differ,"
        f" {outcome.refused.total()} refused; {seconds:.1f} s"
    )


def _where(reason: Reason, count: int, lines: list[int]) -> str:
    more = ", …" if count > len(lines) else ""
    word = "line" if count == 1 else "lines"
    return f"{reason_words(reason)} ({word} {', '.join(map(str, lines))}{more})"
