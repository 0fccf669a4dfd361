"""What staff see of a handing over, and the button that sends again."""

from html import unescape

import pytest
from sqlalchemy import text

from app.database import session, transaction
from app.forwarding import operations, queries
from app.forwarding.ways import NotSent
from app.security import Role

from ..factories import PASSWORD, do_jobs, orders, staff, submitted
from .conftest import NOW


def forwards():
    return [arguments for name, arguments in orders() if name == "forwarding.forward"]


@pytest.mark.parametrize("may", [True, False])
def test_staff_see_state_failure_and_next_step(app, jurisdiction, outside, by_mail, may):
    outside(email=None)
    report = submitted(jurisdiction)
    do_jobs(app)
    items = queries.shown_for(report.id)
    template = app.jinja_env.get_template("components/forwarding.html")
    with app.test_request_context():
        shown = str(template.module.handed_over(items, may_try_again=may))
    assert items[0].last_failure in unescape(shown)
    assert (f"/oppdrag/{report.number}/prov-igjen" in shown) == may
    assert not template.module.handed_over([]).strip()


def signed_in(client, email):
    assert client.post("/logg-inn", data={"email": email, "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    ("department", "role", "status"),
    [
        ("service_desk", Role.FIRST_LINE, 303),
        ("roads", Role.CASE_HANDLER, 303),
        ("waste", Role.CASE_HANDLER, 404),
        ("roads", Role.CREW, 403),
    ],
)
def test_the_desk_sends_again_what_was_given_up(
    client, jurisdiction, outside, department, role, status
):
    outside(email=None)
    report = submitted(jurisdiction)
    with transaction():
        key = operations.begin(report.history[1].id, now=NOW)
        operations.record_failure(key, NotSent("no", is_permanent=True), now=NOW)
        session().execute(text("DELETE FROM procrastinate_jobs"))
    staff(jurisdiction, department, role, email="someone@example.org")
    signed_in(client, "someone@example.org")
    for _ in range(2):
        answer = client.post(f"/oppdrag/{report.number}/prov-igjen")
        assert answer.status_code == status
    assert len(forwards()) == (1 if status == 303 else 0)


def test_sending_again_needs_someone_signed_in(client, report):
    answer = client.post(f"/oppdrag/{report.number}/prov-igjen")
    assert answer.status_code == 303
    assert "/logg-inn" in answer.location
