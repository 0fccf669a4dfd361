"""`melde person`: all that is kept of a person, to be handed out or erased."""

import json
from datetime import UTC, datetime

import click

from app.cli.context import WHICH, command_app, the_jurisdiction
from app.database import transaction
from app.privacy import person

ASKED = "E-mail address or telephone number"


@click.group()
def command() -> None:
    """Hand out or erase all that is kept of a person. The address is asked for, never an argument."""


@command.command()
@WHICH
def export(number: str | None) -> None:
    """Write all that is kept of a person as JSON."""
    written = click.prompt(ASKED, err=True)
    app = command_app()
    with app.app_context(), app.test_request_context(), transaction():
        found = person.contacts(the_jurisdiction(number).id, written)
        if not found:
            raise click.ClickException("Nothing is kept under this address or number.")
        click.echo(json.dumps(person.export(found), ensure_ascii=False, indent=2))


@command.command()
@WHICH
def erase(number: str | None) -> None:
    """Erase all that is kept of a person, at their wish. What happened, where and when, stays."""
    written = click.prompt(ASKED, err=True)
    with command_app().app_context(), transaction():
        found = person.contacts(the_jurisdiction(number).id, written)
        numbers = person.erase(found, None, now=datetime.now(UTC))
    click.echo(f"{len(found)} addresses erased, with the words of {len(numbers)} reports")
