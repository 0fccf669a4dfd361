"""`melde retention`: remove what is personal when the time for keeping it is over."""

import csv
import sys
from datetime import UTC, datetime

import click

from app.cli.context import command_app
from app.database import transaction
from app.jurisdictions.queries import all_jurisdictions
from app.privacy import retention
from app.privacy.tasks import remove


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say how much would be removed.")
@click.option(
    "--list", "is_list", is_flag=True, help="Write what would be removed, report by report, as CSV."
)
def command(*, dry_run: bool, is_list: bool) -> None:
    """Remove addresses, photos and words that have been kept long enough, as the nightly job does.

    Each municipality says how long at /styring/oppbevaring.
    """
    app, now = command_app(), datetime.now(UTC)
    with app.app_context():
        places = list(all_jurisdictions())
        if is_list:
            lines = csv.writer(sys.stdout)
            lines.writerow(["municipality", "number", "what", "closed_at"])
            for place in places:
                for one in retention.due_reports(place, now=now):
                    row = [place.number, one.number, one.what.value, one.closed_at.isoformat()]
                    lines.writerow(row)
            return
        for place in places:
            number = place.number
            if dry_run:
                with transaction():
                    found = retention.due(place, now=now)
            else:
                found = remove(place, now=now)
            word = "would lose" if dry_run else "lost"
            click.echo(
                f"{number}: {found.contacts} reports {word} their address, {found.texts} their words;"
                f" {found.photos} photos {'would go' if dry_run else 'went'}"
            )
