"""`melde department`: what an operator tells an outside body."""

import click

from app.cli.context import WHICH, the_jurisdiction
from app.cli.environment import for_command
from app.database import transaction
from app.departments.queries import by_code
from app.factory import create_app
from app.forwarding.ways import webhook_secret


@click.group()
def command() -> None:
    """What outside bodies need to know."""


@command.command("webhook-secret")
@click.argument("code")
@WHICH
def webhook_secret_(code: str, number: str | None) -> None:
    """Print the secret by which the department CODE checks that a webhook is ours.

    It follows from the service's own secret key: with another key it is another.
    """
    settings = for_command()
    if not settings.secret_key:
        raise click.ClickException("MELDE_SECRET_KEY: missing. Give the one that melde serve has.")
    app = create_app(settings)
    with app.app_context(), transaction():
        jurisdiction = the_jurisdiction(number)
        department = by_code(jurisdiction.id, code)
        if department is None:
            raise click.ClickException(f"There is no department {code} in {jurisdiction.number}.")
        click.echo(webhook_secret(settings.secret_key, department.id))
