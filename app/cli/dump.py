"""`melde dump`: make the nightly files now."""

from datetime import UTC, datetime

import click

from app.cli.context import command_app
from app.database import session
from app.errors import Conflict
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import all_jurisdictions
from app.open_data import nights
from app.open_data.nights import Done
from app.settings import Settings
from app.storage import StoreAway, store_of


@click.command()
@click.option("--jurisdiction", "number", help="Only this municipality: 1505. Else all of them.")
def command(number: str | None) -> None:
    """Write every open dataset in every format to the store, as the nightly job does.

    One that was broken off goes on where it stopped; a whole one of today is left as it is.
    """
    app = command_app()
    settings: Settings = app.config["SETTINGS"]
    store = store_of(settings)
    with app.app_context():
        try:
            with nights.one_at_a_time():
                for jurisdiction in _wanted(number):
                    made = nights.make(
                        jurisdiction, store, now=datetime.now(UTC), progress=_tell(jurisdiction)
                    )
                    session().rollback()  # nothing was changed
                    click.echo(
                        f"{made.jurisdiction}: {len(made.files)} files of {made.date} are whole,"
                        f" {made.total} bytes"
                    )
                    for file in made.left_out:
                        click.echo(f"{made.jurisdiction}: {file.name} is left out. {file.reason}")
        except (Conflict, StoreAway) as fault:
            raise click.ClickException(fault.detail) from fault


def _wanted(number: str | None) -> list[Jurisdiction]:
    found = [one for one in all_jurisdictions() if number is None or one.number == number]
    if not found:
        raise click.ClickException(
            f"There is no municipality {number} here. Load its folder first."
            if number
            else "There is no municipality here. Load its folder first."
        )
    return found


def _tell(jurisdiction: Jurisdiction) -> nights.Progress:
    number = jurisdiction.number

    def tell(done: Done) -> None:
        click.echo(f"{number}: {done.turn} of {done.of}: {done.name}, {done.bytes} bytes")

    return tell
