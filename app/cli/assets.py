"""`melde assets`: lamps and other numbered things, from a file."""

from datetime import UTC, datetime
from pathlib import Path

import click
from marshmallow import ValidationError

from app.cli.context import WHICH, command_app, refusing, target
from app.cli.routing import refresh_facts
from app.database import transaction
from app.geo.files import BrokenFile
from app.geo.tables import Reading, read_table
from app.jurisdictions.setup_files import CODE
from app.routing.assets import Columns, Outcome, merge_assets, wanted_assets

FEW = 20
"""So many may go without a question, however small the register."""


@click.group()
def command() -> None:
    """Bring in lamps and other numbered things."""


def _code(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        CODE(value)
    except ValidationError as fault:
        raise click.BadParameter(str(fault.messages[0])) from fault
    return value


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@WHICH
@click.option("--kind", required=True, callback=_code, help="What they are: lamp.")
@click.option("--number-field", help="Column of the numbers.")
@click.option("--owner-field", help="Column of the owners.")
@click.option("--operator-field", help="Column of who looks after them.")
@click.option("--circuit-field", help="Column of the circuits.")
@click.option("--x-field", help="Column of the east coordinate or longitude; CSV only.")
@click.option("--y-field", help="Column of the north coordinate or latitude; CSV only.")
@click.option("--epsg", type=int, help="Coordinate system, when the file does not say it.")
@click.option("--layer", help="Layer of a GeoPackage that has several.")
@click.option("--shrink", is_flag=True, help="Take most of them out of use, if FILE says so.")
def import_(
    file: Path,
    number: str | None,
    kind: str,
    number_field: str | None,
    owner_field: str | None,
    operator_field: str | None,
    circuit_field: str | None,
    x_field: str | None,
    y_field: str | None,
    epsg: int | None,
    layer: str | None,
    shrink: bool,
) -> None:
    """Make the municipality's lamps, or other things of one kind, as they are in FILE.

    FILE is CSV with a header, GeoJSON or GeoPackage. Columns are found by their usual names (number, owner,
    operator, circuit, x, y, longitude, latitude, or the same in Norwegian). Things are known by their number:
    those that are there are changed, new ones added, missing ones taken out of use. All or nothing; safe to
    repeat.
    """
    app = command_app()
    place = target(app, number)
    names = Columns(
        number=number_field, owner=owner_field, operator=operator_field, circuit=circuit_field
    )
    reading = Reading(epsg=epsg, layer=layer, x_field=x_field, y_field=y_field)
    with refusing(file.name):
        wanted, outside = wanted_assets(read_table(file, reading), names, place.around)
        with app.app_context(), transaction():
            now = datetime.now(UTC)
            outcome = merge_assets(place.id, kind, wanted, source=file.name, now=now)
            _refuse_loss(file.name, outcome, shrink)
    if outside:
        click.echo(
            f"Warning: {len(outside)} outside the municipality were left out, first {outside[0]}",
            err=True,
        )
    click.echo(
        f"{place.number}: {kind}: {outcome.added} added, {outcome.changed} changed,"
        f" {outcome.retired} taken out of use, {outcome.unchanged} unchanged"
    )
    refresh_facts(app, place.id, place.number)


def _refuse_loss(source: str, outcome: Outcome, shrink: bool) -> None:
    """:raises BrokenFile: most of what is in use is missing, as in a file that was cut off."""
    before = outcome.retired + outcome.changed + outcome.unchanged
    if not shrink and outcome.retired >= FEW and 2 * outcome.retired > before:
        raise BrokenFile(
            [
                f"{source}: {outcome.retired} of {before} in use are missing in it. Is the file whole?"
                " If so, import it with --shrink."
            ]
        )
