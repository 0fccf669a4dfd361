"""`melde export`: datasets as files in a folder."""

import hashlib
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from app.cli.context import command_app
from app.database import transaction
from app.i18n import force_locale
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import all_jurisdictions
from app.open_data.columns import Dataset, Format
from app.open_data.datasets import DATASETS
from app.open_data.extract import extract
from app.open_data.json_stat_writer import TooLarge
from app.open_data.writers import chunks
from app.service_requests.filter import Filter

CHECKSUMS = "SHA256SUMS"
ENDINGS = {Format.JSON_STAT: "jsonstat.json"}
REPORTED = 8 * 1024 * 1024
"""Bytes after which progress is told again."""


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--jurisdiction", "number", help="Number of the municipality; all when not given.")
@click.option(
    "--dataset", "codes", multiple=True, type=click.Choice(list(DATASETS)), help="Repeatable."
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice([wanted.value for wanted in Format]),
    help="Repeatable.",
)
def command(
    folder: Path, number: str | None, codes: tuple[str, ...], formats: tuple[str, ...]
) -> None:
    """Write datasets to FOLDER, a folder for each municipality, with SHA256SUMS beside them.

    All datasets in all their formats, when neither is named. A file appears when it is whole; what was there
    before stays until then. What is too large for a format is left out, and told of.
    """
    app = command_app()
    with app.app_context(), transaction():
        found = [each for each in all_jurisdictions() if number in {None, each.number}]
        if not found:
            raise click.ClickException(f"There is no municipality {number or ''} here.")
        wanted = list(_wanted(codes or tuple(DATASETS), formats))
        if not wanted:
            raise click.ClickException("None of these datasets has such a format.")
        for jurisdiction in found:
            _export(jurisdiction, folder / jurisdiction.number, wanted)


def _wanted(codes: Iterable[str], formats: tuple[str, ...]) -> Iterable[tuple[Dataset, Format]]:
    for code in codes:
        for wanted in DATASETS[code].formats:
            if not formats or wanted in formats:
                yield DATASETS[code], wanted


def _export(jurisdiction: Jurisdiction, folder: Path, wanted: list[tuple[Dataset, Format]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sums = _known_sums(folder)
    with force_locale(jurisdiction.languages[0]):
        for at, (dataset, kind) in enumerate(wanted, 1):
            path = folder / f"{dataset.code}.{ENDINGS.get(kind, kind)}"
            place = f"{jurisdiction.number} {at}/{len(wanted)} {path.name}"
            try:
                size, digest = _write(dataset, kind, jurisdiction, path, place)
            except TooLarge as fault:
                _leave_out(path, sums)
                click.echo(f"{place}: left out. {fault.detail}", err=True)
                continue
            sums[path.name] = digest
            click.echo(f"{place}: {size:,} bytes".replace(",", " "))
    said = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    _replace(folder / CHECKSUMS, [said.encode()])


def _leave_out(path: Path, sums: dict[str, str]) -> None:
    """Nobody should take an older file for one of this time."""
    path.unlink(missing_ok=True)
    sums.pop(path.name, None)


def _known_sums(folder: Path) -> dict[str, str]:
    """The sums of the files that are there from before."""
    path = folder / CHECKSUMS
    if not path.exists():
        return {}
    pairs = (line.split("  ", 1) for line in path.read_text().splitlines())
    return {name: digest for digest, name in pairs if (folder / name).exists()}


def _write(
    dataset: Dataset, kind: Format, jurisdiction: Jurisdiction, path: Path, place: str
) -> tuple[int, str]:
    chosen = Filter(jurisdiction_id=jurisdiction.id)
    found = extract(dataset, jurisdiction, chosen, now=datetime.now(UTC))
    return _replace(path, chunks(found, kind), place)


def _replace(path: Path, parts: Iterable[bytes], place: str = "") -> tuple[int, str]:
    """Write a file beside the old one and put it in its place when it is whole; its bytes and checksum."""
    beside, digest, size, told = path.with_name(f".{path.name}.part"), hashlib.sha256(), 0, 0
    try:
        with beside.open("wb") as out:
            for part in parts:
                out.write(part)
                digest.update(part)
                size += len(part)
                if size - told >= REPORTED:
                    told = size
                    click.echo(f"{place}: {size // 1_000_000} MB …", err=True)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return size, digest.hexdigest()
