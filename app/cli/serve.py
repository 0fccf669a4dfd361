"""`melde serve`: the web processes of a production set-up."""

import ctypes
import signal
import socket
import time

import click
from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app.cli.environment import for_production
from app.factory import create_app_from_environment
from app.settings import Settings

APP = "app.factory:create_app_from_environment"
THREADS = 8
"""Of each process; a request holds one, and at most one connection to the database."""
DRAIN_SECONDS = 20
PORT_PATIENCE_SECONDS = 3
PR_SET_PDEATHSIG = 1


@click.command()
def command() -> None:
    """Serve the pages and the JSON API.

    Refuses to start without a secret key and a database. Several can run side by side on different
    ports. Ctrl-C or SIGTERM lets the running requests finish first.
    """
    settings = for_production()
    refuse_taken_port(settings)
    Granian(
        APP,
        address=_address(settings)[1][0],
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=settings.workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
        log_level=LogLevels.error,
        log_access=False,  # addresses may hold a reporter's secret link
    ).serve(target_loader=load, wrap_loader=False)


def load() -> Flask:
    """The application, inside a web process, which from now on ends when its parent does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    return create_app_from_environment()


def refuse_taken_port(settings: Settings) -> None:
    """Nothing, when the port is free; what is just being given up is waited for.

    :raises click.ClickException: when somebody else listens there, or the host is unknown.
    """
    deadline = time.monotonic() + PORT_PATIENCE_SECONDS
    family, address = _address(settings)
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError as error:
                reason = error.strerror
            else:
                return
        if time.monotonic() > deadline:
            raise click.ClickException(
                f"cannot listen on {settings.host}, port {settings.port}: {reason}. "
                "Set PORT (or HOST) to something else."
            )
        time.sleep(0.2)


def _address(settings: Settings) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """The address family and the numeric address to listen on."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise click.ClickException(
            f"HOST: {settings.host} is not an address of this machine ({error.strerror})."
        ) from error
    family, _, _, _, address = found[0]
    return family, (str(address[0]), settings.port)
