"""`melde webhook`: whose machines are told what happens."""

from datetime import UTC, datetime

import click
from flask import Flask

from app.cli.context import WHICH, the_jurisdiction
from app.cli.environment import for_command
from app.database import transaction
from app.errors import AppError
from app.factory import create_app
from app.i18n import force_locale
from app.notifications import webhooks
from app.settings import Settings


@click.group()
def command() -> None:
    """Tell others' machines what happens to reports, signed as Standard Webhooks says."""


def _app() -> tuple[Flask, Settings]:
    settings = for_command()
    if not settings.secret_key:
        raise click.ClickException("MELDE_SECRET_KEY: missing. Give the one that melde serve has.")
    return create_app(settings), settings


@command.command()
@click.argument("url")
@click.option(
    "--events",
    default=",".join(webhooks.EVENTS),
    show_default=True,
    help="Which events, comma between.",
)
@WHICH
def add(url: str, events: str, number: str | None) -> None:
    """Tell URL from now on, and print the secret that checks the signatures. It is shown only now."""
    app, settings = _app()
    wanted = [event.strip() for event in events.split(",") if event.strip()]
    with app.app_context(), force_locale("en"):
        try:
            with transaction():
                jurisdiction = the_jurisdiction(number)
                made = webhooks.add(jurisdiction.id, url, wanted, now=datetime.now(UTC))
                key = made.id
        except AppError as fault:
            raise click.ClickException(fault.detail) from fault
    click.echo(f"webhook {key}: {url}")
    click.echo(f"secret: {webhooks.secret_of(settings.secret_key or '', key)}")


@command.command("list")
@WHICH
def list_(number: str | None) -> None:
    """Print each webhook, what it is told, and how it goes."""
    app, _ = _app()
    with app.app_context(), transaction():
        found = webhooks.all_of(the_jurisdiction(number).id)
        for webhook, waiting in found:
            state = "in use"
            if webhook.disabled_at:
                state = f"given up {webhook.disabled_at:%Y-%m-%d}: {webhook.last_failure}"
            elif webhook.failing_since:
                state = f"failing since {webhook.failing_since:%Y-%m-%d}: {webhook.last_failure}"
            events = ", ".join(webhook.events)
            click.echo(f"{webhook.id}  {webhook.url}  {events}  {state}  {waiting} waiting")
        if not found:
            click.echo("There are none.")


@command.command()
@click.argument("key", type=int)
@WHICH
def remove(key: int, number: str | None) -> None:
    """Tell the webhook KEY no more, and forget what waits for it."""
    _change(webhooks.remove, key, number)
    click.echo(f"webhook {key} removed")


@command.command()
@click.argument("key", type=int)
@WHICH
def enable(key: int, number: str | None) -> None:
    """Begin again with the webhook KEY that was given up; what waits is sent."""
    _change(webhooks.enable, key, number)
    click.echo(f"webhook {key} in use")


def _change(verb: webhooks.Change, key: int, number: str | None) -> None:
    app, _ = _app()
    with app.app_context(), force_locale("en"):
        try:
            with transaction():
                verb(the_jurisdiction(number).id, key)
        except AppError as fault:
            raise click.ClickException(fault.detail) from fault
