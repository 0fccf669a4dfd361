"""`melde worker`: do the background jobs."""

import click

from app.cli.environment import for_production
from app.factory import create_app_from_environment
from app.jobs import run_worker


@click.command()
def command() -> None:
    """Do the background jobs: receipts, messages, housekeeping.

    Several may run side by side. Ctrl-C or SIGTERM lets the running jobs finish first.
    """
    for_production()
    run_worker(create_app_from_environment())
