"""`melde account`: people who sign in."""

import sys
from datetime import UTC, datetime

import click

from app.accounts import operations, people, two_steps
from app.accounts.models import Account
from app.accounts.queries import by_email
from app.administration import people_page
from app.cli.context import WHICH, command_app, the_jurisdiction
from app.database import transaction
from app.departments.queries import by_code
from app.errors import Invalid
from app.jurisdictions.models import Jurisdiction
from app.roles import Role
from app.security import Member


@click.group()
def command() -> None:
    """Make accounts for staff."""


@command.command()
@click.argument("email")
@WHICH
@click.option(
    "--department", "code", help="Code of the department. Without it: the whole municipality."
)
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.CREW.value,
    show_default=True,
)
def add(email: str, number: str | None, code: str | None, role: str) -> None:
    """Make an account for EMAIL, or give the one that has the address a new role and password.

    The password is asked for twice, or read from the first line of standard input when that is not a terminal.
    """
    password = _password()
    app = command_app()
    with app.app_context(), transaction():
        place = the_jurisdiction(number)
        member = _member(place, code, Role(role))
        where = place.number
        try:
            operations.add_account(email, password, [member])
        except Invalid as fault:
            raise click.ClickException(" ".join(fault.errors.values())) from fault
    click.echo(f"{email}: {role} in {where}{f', department {code}' if code else ''}")


@command.command("list")
@WHICH
def list_people(number: str | None) -> None:
    """Write who has a role, what it is, and how they sign in."""
    app = command_app()
    with app.app_context(), app.test_request_context():
        place = the_jurisdiction(number)
        offered = people_page.choices(place.id)
        for person in people.people(place.id):
            row = people_page.row(person, offered)
            ways = ", ".join(row.ways) or "invited"
            click.echo(f"{person.email}: {'; '.join(row.roles + row.from_provider)} ({ways})")


@command.command()
@click.argument("email")
def close(email: str) -> None:
    """Close the account of EMAIL in every municipality. Its sessions end at once."""
    with command_app().app_context(), transaction():
        people.close(_account(email), now=datetime.now(UTC))
    click.echo(f"{email}: closed")


@command.command("end-two-steps")
@click.argument("email")
def end_two_steps(email: str) -> None:
    """Switch off the second step for EMAIL, who has lost both the app and the recovery codes."""
    with command_app().app_context(), transaction():
        account = _account(email)
        two_steps.switch_off(account)
        account.session_epoch += 1
    click.echo(f"{email}: a password is enough until the second step is switched on again")


def _account(email: str) -> Account:
    account = by_email(email, lock=True)
    if account is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    return account


def _password() -> str:
    if sys.stdin.isatty():
        answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return answer
    return sys.stdin.readline().rstrip("\n")


def _member(found: Jurisdiction, code: str | None, role: Role) -> Member:
    department = by_code(found.id, code) if code else None
    if code and department is None:
        raise click.ClickException(f"There is no department {code} in {found.number}.")
    if role in {Role.CREW, Role.CASE_HANDLER} and department is None:
        raise click.ClickException(f"A {role} belongs to a department: name it with --department.")
    return Member(
        jurisdiction_id=found.id, department_id=department.id if department else None, role=role
    )
