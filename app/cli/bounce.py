"""`melde bounce`: take in a letter that came back, from the mail server's pipe."""

import sys
from datetime import UTC, datetime

import click
from sqlalchemy.exc import OperationalError

from app.cli.environment import for_command
from app.factory import create_app
from app.notifications import bounces
from app.notifications.links import Signer

TRY_AGAIN = 75
"""What mail servers take for «later» (sysexits.h, EX_TEMPFAIL)."""


@click.command()
def command() -> None:
    """Read one message from standard input. If it says that there is no such address, no more is sent there.

    For the mail server's pipe, such as `retur: "|/opt/melde/bin/melde bounce"` in Postfix's aliases. What is no
    report about a letter of ours is passed over. Exit code 75 asks the mail server to try again.
    """
    settings = for_command()
    if not settings.secret_key:
        raise click.ClickException("MELDE_SECRET_KEY: missing. Give the one that melde serve has.")
    message = sys.stdin.buffer.read()
    app = create_app(settings)
    with app.app_context():
        try:
            found = bounces.take(message, Signer(secret=settings.secret_key), now=datetime.now(UTC))
        except OperationalError as fault:
            click.echo(f"the database cannot be reached: {type(fault).__name__}", err=True)
            sys.exit(TRY_AGAIN)
    if found is None:
        click.echo("no report about a letter of ours")
    else:
        click.echo(
            f"{found.status}: {'no more is sent there' if found.is_final else 'passed over'}"
        )
