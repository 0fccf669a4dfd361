"""`melde hints`: how many new reports were not needed, because people were shown what is reported already."""

from datetime import UTC, datetime, timedelta

import click

from app.cli.context import command_app
from app.jurisdictions.queries import all_jurisdictions
from app.service_requests.duplicates import tally


@click.command()
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1), help="How far back."
)
def command(days: int) -> None:
    """Tell what came of «already reported?»: shown, followed instead, given a photo instead, reported anyway.

    A hint that was shown and then left, with nothing done, counts as shown only.
    """
    app, since = command_app(), datetime.now(UTC) - timedelta(days=days)
    with app.app_context():
        for jurisdiction in all_jurisdictions():
            found = tally(jurisdiction.id, since)
            share = f" ({found.saved / found.shown:.1%})" if found.shown else ""
            click.echo(
                f"{jurisdiction.number}: {found.shown} hints shown,"
                f" {found.saved} new reports saved{share}:"
                f" {found.followed} followed, {found.added_photo} added a photo;"
                f" {found.another} reported another fault"
            )
