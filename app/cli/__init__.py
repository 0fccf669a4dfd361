"""The `melde` command. Each subcommand is a module here that holds a click command named `command`.

A module is imported only when its subcommand is wanted, so that `melde --help` stays quick. Adding
one: write the module and name it in COMMANDS. A word that Python keeps for itself names its module in
MODULES.
"""

from importlib import import_module

import click

COMMANDS = (
    "up",
    "serve",
    "worker",
    "migrate",
    "jurisdiction",
    "import",
    "department",
    "webhook",
    "bounce",
    "mailbox",
    "push-key",
    "roads",
    "assets",
    "routing",
    "account",
    "demo",
    "count",
    "seal",
    "report",
    "hints",
    "retention",
    "person",
    "export",
    "dump",
)
MODULES = {"import": "imports", "push-key": "push_key"}


class Subcommands(click.Group):
    """The commands named in COMMANDS, in that order."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"app.cli.{MODULES.get(cmd_name, cmd_name)}").command
        return found


@click.command(cls=Subcommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="melde-feil", prog_name="melde")
def main() -> None:
    """Melde feil i gata mi: residents report faults, crews fix them, everybody can count.

    `melde up` starts everything on this machine. `melde serve` and `melde worker` are the two
    processes of a production set-up. Settings are environment variables; docs/settings.md lists
    them.

    Exit codes: 0 done, 1 failed, 2 wrong use or settings.
    """
