"""The environment of a command: reading it, and completing it where `melde up` does."""

import os
import secrets
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from pathlib import Path

import click

from app.cli.push_key import new_key
from app.embedded import database_url, is_answering
from app.settings import Settings, SettingsError, read_settings

ROOT = Path(__file__).parents[2]
"""The folder of the repository, where migrations and municipalities lie beside the package."""


class Refused(click.ClickException):
    """The settings are wrong; the text names every fault."""

    exit_code = 2

    def __init__(self, error: SettingsError) -> None:
        super().__init__(f"the settings are wrong.\n{error}")


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings as given. :raises Refused: when they are wrong."""
    try:
        return read_settings(environ)
    except SettingsError as error:
        raise Refused(error) from error


def for_production() -> Settings:
    """The settings with all that has no safe default. :raises Refused: when one is missing."""
    try:
        return read().for_production()
    except SettingsError as error:
        raise Refused(error) from error


def for_command() -> Settings:
    """The settings of a command on the database given, or that of a running `melde up`.

    :raises Refused: when there is neither.
    """
    settings = read()
    if settings.database_url:
        return settings
    if not is_answering(settings.instance):
        fault = "MELDE_DATABASE_URL: missing, and no melde up is running on this instance folder."
        raise Refused(SettingsError([f"{fault} Start one, or write a database's address."]))
    return read(completed(settings, database_url(settings.instance)))


def completed(settings: Settings, url: str) -> dict[str, str]:
    """The environment of this process with what `melde up` adds: a database, a key, mail."""
    environ = dict(os.environ)
    if not settings.database_url:
        environ["MELDE_DATABASE_URL"] = url
    if not settings.secret_key:
        environ["MELDE_SECRET_KEY_FILE"] = str(secret_key_file(settings.instance))
    if not settings.smtp_url and not settings.mail_folder:
        environ["MELDE_MAIL_FOLDER"] = str(settings.instance / "mail")
    if not settings.push_key:
        environ["MELDE_PUSH_KEY_FILE"] = str(push_key_file(settings.instance))
    if not settings.push_subject:
        environ["MELDE_PUSH_SUBJECT"] = f"mailto:{parseaddr(settings.mail_from)[1]}"
    environ["MELDE_INSTANCE"] = str(settings.instance)
    return environ


def secret_key_file(instance: Path) -> Path:
    """The file with the instance's own key, written on first use, readable by its owner only."""
    return _own(instance / "secret-key", lambda: secrets.token_urlsafe(48))


def push_key_file(instance: Path) -> Path:
    """The file with the instance's own key for push messages, as `secret_key_file`."""
    return _own(instance / "push-key", new_key)


def _own(path: Path, make: Callable[[], str]) -> Path:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}-{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        draft.replace(path)
    return path
