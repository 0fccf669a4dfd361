"""The app of a command that works on the database and serves no pages, and what imports share."""

import secrets
from collections.abc import Iterator
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
from app.jurisdictions.queries import by_number


def command_app() -> Flask:
    """The service on the command's database. It signs no cookies, so any key will do."""
    settings = for_command()
    key = settings.secret_key or secrets.token_urlsafe(48)
    return create_app(replace(settings, secret_key=key))


@dataclass(frozen=True, kw_only=True)
class Target:
    """The municipality that an import is for."""

    id: int
    around: Surroundings


def target(app: Flask, number: str) -> Target:
    """The municipality with this number, read in a transaction that has ended.

    :raises click.ClickException: there is none.
    """
    with app.app_context(), transaction():
        found = by_number(number)
        if found is None:
            raise click.ClickException(
                f"There is no municipality {number} here. Load its folder first."
            )
        return Target(id=found.id, around=Surroundings(to_shape(found.boundary)))  # type: ignore[arg-type]


@contextmanager
def refusing(source: str) -> Iterator[None]:
    """Tell the faults of what comes in, one a line, and end the command."""
    try:
        yield
    except BrokenFile as broken:
        for fault in broken.faults:
            click.echo(fault, err=True)
        raise click.ClickException(f"{source} was not imported; nothing was changed.") from broken
