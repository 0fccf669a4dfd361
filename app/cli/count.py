"""`melde count`: hold the kept counts against a plain count over the reports."""

import click

from app.cli.context import command_app
from app.database import transaction
from app.jurisdictions.queries import all_jurisdictions
from app.service_requests import tiles
from app.statistics import operations, queries


@click.command()
def command() -> None:
    """Fold the ledgers of the figures and of the map, and check every count against a plain count.

    Exit code 1 when a figure differs.
    """
    app = command_app()
    with app.app_context(), transaction() as current:
        # Both counts must see the same moment, whatever comes in meanwhile.
        current.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        click.echo(f"{operations.fold_counts()} ledger rows folded")
        click.echo(
            f"{tiles.leave_map()} old reports left the map, {tiles.fold()} of its rows folded"
        )
        differing = [
            found.number
            for found in all_jurisdictions()
            if queries.counted(found.id) != queries.plain_count(found.id)
        ]
        cells = [tiles.mismatches(found.id) for found in all_jurisdictions()]
    if wrong := sum(differs for differs, _ in cells):
        raise click.ClickException(f"{wrong} of the map's cells differ from the reports")
    if differing:
        raise click.ClickException(f"the counts differ from the reports in {', '.join(differing)}")
    click.echo("every figure equals a count over the reports")
