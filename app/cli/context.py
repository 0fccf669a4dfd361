"""The app of a command that works on the database and serves no pages."""

import secrets
from dataclasses import replace

from flask import Flask

from app.cli.environment import for_command
from app.factory import create_app


def command_app() -> Flask:
    """The service on the command's database. It signs no cookies, so any key will do."""
    settings = for_command()
    key = settings.secret_key or secrets.token_urlsafe(48)
    return create_app(replace(settings, secret_key=key))
