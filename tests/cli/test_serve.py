import socket

import click
import pytest

from app.cli import serve
from app.cli.serve import refuse_taken_port
from app.settings import read_settings


@pytest.fixture
def listener():
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


def settings_for(listener: socket.socket, host: str = "127.0.0.1"):
    return read_settings({"HOST": host, "PORT": str(listener.getsockname()[1])})


def test_a_taken_port_is_refused_even_when_its_holder_would_share_it(listener, monkeypatch):
    monkeypatch.setattr(serve, "PORT_PATIENCE_SECONDS", 0.1)
    with pytest.raises(click.ClickException, match="Set PORT"):
        refuse_taken_port(settings_for(listener))


def test_a_port_that_is_just_being_given_up_is_waited_for(listener, monkeypatch):
    settings = settings_for(listener)
    monkeypatch.setattr(serve.time, "sleep", lambda seconds: listener.close())
    refuse_taken_port(settings)


def test_a_host_can_be_a_name(listener):
    settings = settings_for(listener, host="localhost")
    listener.close()
    refuse_taken_port(settings)


def test_a_host_that_does_not_exist_is_named(listener):
    with pytest.raises(click.ClickException, match="is not an address"):
        refuse_taken_port(settings_for(listener, host="no.such.host.invalid"))
