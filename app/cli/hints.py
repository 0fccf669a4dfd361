"""`melde hints`: how often people chose a report that exists when they were shown what is near."""

from datetime import UTC, datetime, timedelta

import click

from app.cli.context import command_app
from app.jurisdictions.queries import all_jurisdictions
from app.service_requests.duplicates import Tally, tally


@click.command()
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1), help="How far back."
)
def command(days: int) -> None:
    """Tell what came of «already reported?»: shown, chose to follow, gave a photo, reported anyway.

    A hint that was shown and then left, with nothing done, counts as shown only. Choosing to follow
    is counted when the button is pressed, whether or not they go on to leave an address.
    """
    app, since = command_app(), datetime.now(UTC) - timedelta(days=days)
    with app.app_context():
        for jurisdiction in all_jurisdictions():
            found = tally(jurisdiction.id, since)
            click.echo(f"{jurisdiction.number}: {told(found)}")


def told(found: Tally) -> str:
    """A tally in words that promise no more than was counted."""
    share = f" ({found.saved / found.shown:.1%})" if found.shown else ""
    return (
        f"{found.shown} hints shown, {found.saved} chose a report that exists{share}:"
        f" {found.followed} pressed «follow», {found.added_photo} added a photo;"
        f" {found.another} reported another fault"
    )
