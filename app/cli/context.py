"""The app of a command that works on the database and serves no pages, and what imports share."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click
from flask import Flask
from geoalchemy2.shape import to_shape

from app.cli.environment import for_command
from app.database import transaction
from app.factory import create_app
from app.geo.files import BrokenFile
from app.geo.surroundings import Surroundings
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import all_jurisdictions, by_number


def command_app() -> Flask:
    """The service on the command's database. It signs no cookies, so any key will do."""
    settings = for_command()
    key = settings.secret_key or secrets.token_urlsafe(48)
    return create_app(replace(settings, secret_key=key))


WHICH = click.option(
    "--jurisdiction",
    "number",
    help="The municipality's number: 1505. Needed when there are several.",
)
"""The option of every command that works on one municipality."""


def the_jurisdiction(number: str | None) -> Jurisdiction:
    """The municipality with this number; without one, the only one there is.

    :raises click.ClickException: there is none of this number, or several to choose from.
    """
    known = all_jurisdictions()
    if not known:
        raise click.ClickException("There is no municipality here. Load its folder first.")
    if number:
        found = by_number(number)
        if found is None:
            raise click.ClickException(
                f"There is no municipality {number} here. Load its folder first. {_here(known)}"
            )
        return found
    if len(known) > 1:
        raise click.ClickException(
            f"Choose a municipality with --jurisdiction NUMBER. {_here(known)}"
        )
    return known[0]


def _here(known: Sequence[Jurisdiction]) -> str:
    return f"Here are: {', '.join(one.number for one in known)}."


@dataclass(frozen=True, kw_only=True)
class Target:
    """The municipality that an import is for."""

    id: int
    number: str
    around: Surroundings


def target(app: Flask, number: str | None) -> Target:
    """The municipality with this number, or the only one, read in a transaction that has ended.

    :raises click.ClickException: there is none, or it is not clear which.
    """
    with app.app_context(), transaction():
        found = the_jurisdiction(number)
        around = Surroundings(to_shape(found.boundary))  # type: ignore[arg-type]
        return Target(id=found.id, number=found.number, around=around)


@contextmanager
def refusing(source: str) -> Iterator[None]:
    """Tell the faults of what comes in, one a line, and end the command."""
    try:
        yield
    except BrokenFile as broken:
        for fault in broken.faults:
            click.echo(fault, err=True)
        raise click.ClickException(f"{source} was not imported; nothing was changed.") from broken
