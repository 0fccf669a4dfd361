"""`melde up`: everything on this machine, in one command."""

import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from app.cli.demo import make_demo
from app.cli.environment import ROOT, completed, read
from app.cli.jurisdiction import load_folder
from app.cli.migrate import upgrade
from app.cli.serve import refuse_taken_port
from app.cli.supervisor import Child, ignore_stop_signals, stop_on_signals, supervise
from app.embedded import Cluster, EmbeddedError
from app.factory import create_app
from app.jurisdictions.setup_files import BrokenSetup
from app.settings import Settings

MUNICIPALITY = ROOT / "municipalities" / "kristiansund"


@click.command()
def command() -> None:
    """Start everything on this machine, with demo reports.

    That is a database, the pages and a worker. The database is a private PostgreSQL under the
    instance folder, unless MELDE_DATABASE_URL names another. The first start makes it, later ones
    keep the data. Ctrl-C stops all that was started.
    """
    stop_on_signals()
    try:
        with _database(read()) as (settings, cluster, environ):
            _run(settings, cluster, environ)
    except KeyboardInterrupt:
        click.echo("Stopped.")
    except EmbeddedError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _database(given: Settings) -> Iterator[tuple[Settings, Cluster | None, dict[str, str]]]:
    """The completed settings and environment with a database that answers, and its cluster."""
    refuse_taken_port(given)
    given.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    if given.database_url:
        environ = completed(given, given.database_url)
        yield read(environ), None, environ
        return
    cluster = Cluster(given.instance)
    click.echo("Starting the database …")
    try:
        environ = completed(given, cluster.start())
        yield read(environ), cluster, environ
    finally:
        ignore_stop_signals()
        cluster.stop()


def _run(settings: Settings, cluster: Cluster | None, environ: dict[str, str]) -> None:
    """Prepare the database and keep the two processes alive until told to stop."""
    about_demo = _prepare(settings)
    melde = str(Path(sys.executable).with_name("melde"))
    children = [
        Child(name=name, command=[melde, name], environ=environ, log=_new_log(settings, name))
        for name in ("serve", "worker")
    ]
    announced = False

    def each_turn() -> None:
        nonlocal announced
        if cluster is not None and not cluster.is_running:
            click.echo("The database ended; starting it again.", err=True)
            cluster.start()
        if not announced and _is_answering(settings):
            announced = True
            click.echo("\n".join(_banner(settings, about_demo)))

    supervise(children, each_turn)


def _prepare(settings: Settings) -> Sequence[str]:
    """Tables, municipality and demo reports, each only where missing; what to tell about them."""
    click.echo("Preparing tables, municipality and demo reports …")
    if settings.database_url:
        upgrade(settings.database_url)
    app = create_app(settings)
    try:
        load_folder(app, MUNICIPALITY)
    except BrokenSetup as broken:
        raise click.ClickException(str(broken)) from broken
    return make_demo(app)


def _new_log(settings: Settings, name: str) -> Path:
    """An empty file for what a child says; that of the previous start is kept beside it."""
    log = settings.instance / "log" / f"{name}.log"
    log.parent.mkdir(mode=0o700, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(".log.old"))
    return log


def _is_answering(settings: Settings) -> bool:
    try:
        socket.create_connection((settings.host, settings.port), timeout=1).close()
    except OSError:
        return False
    return True


def _banner(settings: Settings, about_demo: Sequence[str]) -> list[str]:
    """The address, the demo accounts and where things are."""
    database = make_url(settings.database_url or "").set(drivername="postgresql")
    lines = [
        f"Melde feil i gata mi   {settings.base_url}",
        "",
        f"Mail                   {settings.mail_folder or 'through the server in MELDE_SMTP_URL'}",
        f"Database               {database.render_as_string()}",
        f"Logs                   {settings.instance / 'log'}",
    ]
    if about_demo:
        lines += ["", "Demo accounts", *(f"  {line}" for line in about_demo)]
    lines += ["", "Stop with Ctrl-C"]
    return ["", *(f"  {line}".rstrip() for line in lines), ""]
