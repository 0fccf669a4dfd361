"""What staff see of a handing over, and the button that sends again."""

from html import unescape

import pytest
from sqlalchemy import text

from app.database import session, transaction
from app.errors import Conflict
from app.forwarding import answers, operations, queries
from app.forwarding.answers import Given
from app.forwarding.models import Verb
from app.forwarding.ways import NotSent
from app.roles import Role
from app.service_requests.status import Status

from ..factories import PASSWORD, actor, changed, do_jobs, orders, staff, submitted
from .conftest import NOW, hurry


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


# --- when a department begins, or stops, to get its reports sent ------------------------------------------


def test_what_they_had_before_is_shown_as_not_sent_and_can_be_sent(
    app, client, jurisdiction, outside, by_mail
):
    outside("inbox")
    report = submitted(jurisdiction)
    do_jobs(app)
    assert queries.shown_for(report.id) == []
    outside("email")
    session().rollback()
    (shown,) = queries.shown_for(report.id)
    assert (shown.state, shown.can_try_again) == ("failed", True)
    assert shown.next_step
    staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="someone@example.org")
    signed_in(client, "someone@example.org")
    assert report.number in client.get(f"/oppdrag/{report.number}").text
    for _ in range(2):
        assert client.post(f"/oppdrag/{report.number}/prov-igjen").status_code == 303
    assert len(forwards()) == 1
    assert queries.shown_for(report.id) == []  # in a moment
    do_jobs(app)
    session().rollback()
    assert [item.state for item in queries.shown_for(report.id)] == ["sent"]
    assert len(by_mail.taken) == 1


def test_a_report_that_waits_for_its_first_try_is_not_shown_as_given_up(report):
    assert forwards()
    assert queries.shown_for(report.id) == []


def test_what_waited_when_they_came_to_sign_in_here_is_still_theirs(
    app, jurisdiction, outside, by_mail
):
    outside()
    report = submitted(jurisdiction)
    by_mail.refusal = "451 later"
    do_jobs(app)
    outside("inbox")
    for _ in range(2):
        session().rollback()
        (shown,) = queries.shown_for(report.id)
        assert (shown.state, shown.color, shown.can_try_again) == ("failed", "neutral", False)
        assert shown.next_step
        assert shown.last_failure is None
        hurry()
        do_jobs(app)
    with pytest.raises(Conflict):
        operations.try_again(report.id)
    by_mail.refusal = None
    outside()
    with transaction():
        operations.try_again(report.id)
    do_jobs(app)
    session().rollback()
    assert queries.shown_for(report.id)[0].state == "sent"


@pytest.mark.parametrize("answer", [None, Verb.ACCEPT])
def test_nobody_is_said_to_answer_what_staff_closed(jurisdiction, passed, answer):
    if answer:
        with transaction():
            row = passed.row
            answers.answer(row.id, row.jurisdiction_id, Given(verb=answer), now=NOW)
    assert queries.shown_for(passed.request.id)[0].next_step
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))
    session().refresh(passed.request)
    changed(passed.request, Status.FIXED, desk, led_to_improvement=True)
    (shown,) = queries.shown_for(passed.request.id)
    assert (shown.state, shown.next_step) == ("accepted" if answer else "sent", "")
