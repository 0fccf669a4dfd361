"""`melde mailbox`: whether the mailboxes can be read, and what is wrong when they cannot."""

import sys

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.cli.environment import for_command
from app.counter import imap
from app.counter.imap import MailboxAway
from app.factory import create_app
from app.jurisdictions.queries import by_number
from app.mailboxes import SETTING, Mailbox


@click.group()
def command() -> None:
    """The mailboxes that reports and answers come to by e-mail (docs/mailbox.md)."""


@command.command()
def check() -> None:
    """Sign in to every mailbox and say what is there, or in plain words what is wrong. Moves nothing."""
    app = create_app(for_command())
    boxes: dict[str, Mailbox] = app.extensions["mailboxes"]
    if not boxes:
        raise click.ClickException(
            f"{SETTING} is not set: no mailbox is read. See docs/mailbox.md."
        )
    faults = [fault for box in boxes.values() for fault in _check(app, box)]
    sys.exit(1 if faults else 0)


def _check(app: Flask, box: Mailbox) -> list[str]:
    faults = []
    try:
        state = imap.look(box)
    except MailboxAway as fault:
        faults.append(str(fault))
    else:
        click.echo(f"{box.name}: {box.address} is read. Letters in {box.folder}: {state.waiting}.")
        for name in state.missing:
            click.echo(f"{box.name}: the folder {name} is made with the first letter.")
    with app.app_context():
        try:
            if by_number(box.jurisdiction) is None:
                faults.append(f"the municipality {box.jurisdiction} is not loaded here")
        except OperationalError:
            faults.append("the database cannot be reached")
    for sentence in faults:
        click.echo(f"{box.name}: {sentence}", err=True)
    return faults
