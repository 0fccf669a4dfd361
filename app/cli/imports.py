"""`melde import`: bring in what was counted or reported elsewhere."""

import click


@click.group()
def command() -> None:
    """Bring in what was counted or reported elsewhere."""
