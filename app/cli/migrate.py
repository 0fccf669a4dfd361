"""`melde migrate`: bring the database's tables up to date."""

from collections.abc import Iterator
from contextlib import contextmanager

import alembic.command
import click
import psycopg
from alembic.config import Config
from sqlalchemy.engine import make_url

from app.cli.environment import ROOT, for_command

LOCK = 0x6D656C6465
"""Any number that nobody else locks in this database; these are the letters of "melde"."""


@click.command()
def command() -> None:
    """Bring the database's tables up to date.

    Safe to repeat and to run from several places at once: one works, the others wait.
    """
    settings = for_command()
    if settings.database_url:
        upgrade(settings.database_url)
    click.echo("The database is up to date.")


def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations up to `revision` while nobody else does.

    :raises click.ClickException: when the database does not answer.
    """
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    with _alone(url):
        alembic.command.upgrade(config, revision)


@contextmanager
def _alone(url: str) -> Iterator[None]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = psycopg.connect(address, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise click.ClickException(f"the database does not answer: {error}") from error
    with connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        yield
