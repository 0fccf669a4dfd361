"""People with duties, and days on which they are away."""

from datetime import date

from app.database import session, transaction
from app.departments.queries import by_code
from app.duties import queries
from app.duties.models import Absence, Duty
from app.roles import Role

from ..factories import staff


def handler(jurisdiction, name, department="roads", role=Role.CASE_HANDLER):
    """Someone at the desk; who it is."""
    return staff(jurisdiction, department, role, f"{name}@example.org")


def answers(jurisdiction, who, *, service=None, deputy=None, department="roads"):
    """A duty that is committed."""
    with transaction():
        made = Duty(
            jurisdiction_id=jurisdiction.id,
            department_id=by_code(jurisdiction.id, department).id,
            service_id=queries.service(jurisdiction.id, service).id if service else None,
            account_id=who.account_id,
            deputy_id=deputy.account_id if deputy else None,
        )
        session().add(made)
    return made


def away(jurisdiction, who, first: date, last: date):
    """Days away that are committed."""
    with transaction():
        made = Absence(
            jurisdiction_id=jurisdiction.id,
            account_id=who.account_id,
            first_day=first,
            last_day=last,
        )
        session().add(made)
    return made
