"""`melde seal`: keep a finished year's figures for ever."""

from datetime import UTC, datetime

import click

from app.cli.context import WHICH, command_app, the_jurisdiction
from app.database import transaction
from app.errors import AppError
from app.i18n import force_locale
from app.yearbook import operations


@click.command()
@click.argument("year", type=click.IntRange(1900, 2200))
@WHICH
@click.option(
    "--public-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day from which everyone may see it, by the municipality's clock. Default: at once.",
)
def command(year: int, number: str | None, public_from: datetime | None) -> None:
    """Seal the figures of YEAR, a finished one.

    They are kept as they are now, at an address of their own. Later corrections are shown beside them. A sealed
    year cannot be unsealed.
    """
    app = command_app()
    try:
        with app.app_context(), force_locale("en"), transaction():
            found = the_jurisdiction(number)
            made = operations.seal(
                found,
                year,
                public_from=public_from.date() if public_from else None,
                by=None,
                now=datetime.now(UTC),
            )
            click.echo(f"{found.number} {year}: sealed")
            click.echo(f"SHA-256 {made.digest}")
            click.echo(f"public from {made.public_from.isoformat(timespec='minutes')}")
    except AppError as fault:
        raise click.ClickException(str(fault)) from fault
