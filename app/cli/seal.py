"""`melde seal`: keep a finished year's figures for ever."""

from datetime import UTC, datetime

import click

from app.cli.context import command_app
from app.database import transaction
from app.errors import AppError
from app.i18n import force_locale
from app.jurisdictions.queries import by_number
from app.yearbook import operations


@click.command()
@click.argument("jurisdiction")
@click.argument("year", type=click.IntRange(1900, 2200))
@click.option(
    "--public-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day from which everyone may see it, by the municipality's clock. Default: at once.",
)
def command(jurisdiction: str, year: int, public_from: datetime | None) -> None:
    """Seal the figures of YEAR in the municipality with number JURISDICTION.

    They are kept as they are now, at an address of their own. Later corrections are shown beside them. A sealed
    year cannot be unsealed.
    """
    app = command_app()
    try:
        with app.app_context(), force_locale("en"), transaction():
            found = by_number(jurisdiction)
            if found is None:
                raise click.ClickException(
                    f"There is no municipality {jurisdiction} here. Load its folder first."
                )
            made = operations.seal(
                found,
                year,
                public_from=public_from.date() if public_from else None,
                by=None,
                now=datetime.now(UTC),
            )
            click.echo(f"{jurisdiction} {year}: sealed")
            click.echo(f"SHA-256 {made.digest}")
            click.echo(f"public from {made.public_from.isoformat(timespec='minutes')}")
    except AppError as fault:
        raise click.ClickException(str(fault)) from fault
