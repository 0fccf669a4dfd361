"""Someone at the desk, with the pages as a browser sends them."""

from app.roles import Role

from ..factories import staff


def come_in(client, jurisdiction, role=Role.FIRST_LINE, department="service_desk", name="desk"):
    """Sign in; who it is."""
    who = staff(jurisdiction, department, role, f"{name}@example.org")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    return who


def press(client, report, verb, *, version=None, **form):
    """One press of a button on the report's page as it is now."""
    values = {"version": version or report.version, **form}
    return client.post(f"/innboks/{report.number}/{verb}", data=values)
