"""`melde jurisdiction`: a municipality from a folder of files, and its boundary from Kartverket."""

from pathlib import Path

import click
from flask import Flask

from app.catalog import operations as catalog
from app.cli.context import command_app, refusing
from app.database import transaction
from app.departments import operations as departments
from app.geo.kommuneinfo import RegisterAway, fetch_boundary
from app.geo.shapes import BrokenShape
from app.jurisdictions import operations as jurisdictions
from app.jurisdictions import queries
from app.jurisdictions.setup_files import BrokenSetup
from app.planned_work import operations as planned_work
from app.replies import operations as replies
from app.routing import loading as routing
from app.scorecard import loading as scorecard
from app.settings import Settings
from app.statistics import operations as statistics
from app.texts import operations as texts


@click.group()
def command() -> None:
    """Set up municipalities."""


@command.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace-rules", is_flag=True, help="Take the file's rules also over edited ones.")
@click.option(
    "--force", is_flag=True, help="Take the files also over what was changed in the browser."
)
def load(folder: Path, replace_rules: bool, force: bool) -> None:
    """Create or update the municipality described in FOLDER.

    All or nothing: a broken file changes nothing and is named with the line. Running it again changes nothing.
    Rules, departments and services that were changed in the browser stay as they are, unless told otherwise.
    """
    app = command_app()
    try:
        lines = load_folder(app, folder, replace_rules=replace_rules, force=force)
    except BrokenSetup as broken:
        for fault in broken.faults:
            click.echo(fault, err=True)
        raise click.ClickException(f"{folder} was not loaded; nothing was changed.") from broken
    for line in lines:
        click.echo(line)
    click.echo(
        f"{folder.name}: {len(lines)} changes" if lines else f"{folder.name}: nothing to change"
    )
    _tell_of_addresses(app)


def _tell_of_addresses(app: Flask) -> None:
    with app.app_context(), transaction():
        for one in jurisdictions.without_host_name():
            click.echo(
                f"{one.number} has no host name, and needs one because there are several municipalities."
                " Write it under host_names in its municipality.yaml and load the folder again:"
                f" {one.slug}.localhost for a trial on this machine.",
                err=True,
            )


@command.command("fetch-boundary")
@click.argument("number")
def fetch(number: str) -> None:
    """Replace the boundary of the municipality with this NUMBER (1505) by Kartverket's."""
    app = command_app()
    settings: Settings = app.config["SETTINGS"]
    with app.app_context(), transaction():
        found = queries.by_number(number)
        if found is None:
            raise click.ClickException(
                f"There is no municipality {number} here. Load its folder first."
            )
        try:
            geojson = fetch_boundary(settings.kommuneinfo_url, number)
            jurisdictions.replace_boundary(
                found, geojson, source=f"{settings.kommuneinfo_url}, CC BY 4.0"
            )
        except (RegisterAway, BrokenShape) as fault:
            raise click.ClickException(f"The boundary was not replaced: {fault}") from fault
    click.echo(f"{number}: boundary replaced from {settings.kommuneinfo_url}")


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def neighbours(file: Path) -> None:
    """Store name, number and boundary of every municipality in FILE, a GeoJSON FeatureCollection.

    Someone who points at a place outside is told by name whose it is, without asking the network. Properties:
    number or kommunenummer, and name, navn or kommunenavn. All or nothing; safe to repeat.
    """
    with command_app().app_context(), refusing(file.name), transaction():
        count, lines = jurisdictions.load_neighbours(file)
    click.echo(f"{file.name}: {count} municipalities, {len(lines)} of them new or changed")


def load_folder(
    app: Flask, folder: Path, *, replace_rules: bool = False, force: bool = False
) -> list[str]:
    """Load a set-up folder in one transaction; a line for each change.

    :raises BrokenSetup: a file is missing or wrong; nothing was changed.
    """
    with app.app_context(), transaction():
        found, lines = jurisdictions.load(folder, force=force)
        for kept in (departments, catalog, planned_work):
            lines += kept.load(folder, found.id, force=force)
        lines += replies.load(folder, found.id)
        lines += texts.load(folder, found.id, found.languages)
        lines += routing.load(folder, found.id, replace_rules=replace_rules)
        lines += statistics.load(folder, found.id)
        return lines + scorecard.load(folder, found.id)
