"""`melde count`: count everything anew from history, and hold the kept counts to it."""

import sys

import click

from app.cli.context import command_app
from app.database import transaction
from app.jurisdictions.queries import all_jurisdictions
from app.service_requests import tiles
from app.statistics import operations, queries
from app.yearbook.recount import Recount, how_many, recount


@click.command()
def command() -> None:
    """Tell every report anew from its history, and check every column, count and sealed year against that.

    Folds the ledgers of the figures and of the map first. Reports may come in meanwhile.
    Exit code 1, with what differs, when anything does.
    """
    app = command_app()
    with app.app_context(), transaction():
        click.echo(f"{operations.fold_counts()} ledger rows folded")
        click.echo(
            f"{tiles.leave_map()} old reports left the map, {tiles.fold()} of its rows folded"
        )
    with app.app_context(), transaction() as current:
        # All counts must see the same moment, whatever comes in meanwhile.
        current.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        outcome = _recount()
        for found in all_jurisdictions():
            if queries.counted(found.id) != queries.plain_count(found.id):
                outcome.fault(f"{found.number}: the counts differ from a count over the reports")
            if wrong := tiles.mismatches(found.id)[0]:
                outcome.fault(f"{found.number}: {wrong} of the map's cells differ from the reports")
    _tell(outcome)


def _recount() -> Recount:
    with click.progressbar(
        length=how_many(), label="Reports", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as shown:
        return recount(shown.update)


def _tell(outcome: Recount) -> None:
    click.echo(f"{outcome.reports} reports told anew from {outcome.entries} rows of history")
    if outcome.untold:
        click.echo(
            f"{outcome.untold} facts are older than their place in history and were taken as they stand"
        )
    for fault in outcome.faults:
        click.echo(fault, err=True)
    if outcome.wrong:
        raise click.ClickException(f"{outcome.wrong} differences")
    click.echo("every figure equals a count over the reports")
