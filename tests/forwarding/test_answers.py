"""What an outside body answers by its link, on the page and as JSON."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from app.database import db, session, transaction
from app.errors import NotFound
from app.forwarding import api, operations, queries
from app.forwarding.answers import Given, answer
from app.forwarding.links import LinkExpired, Signature
from app.forwarding.models import Verb
from app.roles import Role
from app.service_requests.status import Status

from ..conftest import KEY
from ..factories import actor, changed, orders, staff
from .conftest import WORDS, office, row_of, send, signature

ACCEPT = {"answer": "accepted", "message_accepted": "Vi kommer på fredag."}
REFUSE = {"answer": "refused", "message_refused": "Kommunens vei."}
DONE = {"answer": "done", "led_to_improvement": "yes", "message_done": "Hullet er tettet."}
FIXED = Status.FIXED


def now_of(request):
    session().rollback()
    session().refresh(request)
    return request


def state(passed):
    return row_of(passed.request).state


def everything():
    """All that is stored about reports, to see that nothing changes."""
    rows = "SELECT (SELECT jsonb_agg(f) FROM forwarding f), (SELECT jsonb_agg(s) FROM service_request s)"
    count = "(SELECT count(*) FROM history_entry), (SELECT count(*) FROM procrastinate_jobs)"
    return session().execute(text(f"{rows}, {count}")).one()


def told():
    return [name for name, _ in orders()].count("notifications.tell_reporter")


# --- the page -----------------------------------------------------------------------------------------


def test_the_page_shows_the_report_and_changes_nothing(client, passed):
    before = everything()
    for _ in range(2):
        page = client.get(f"/svar/{passed.token}")
    assert page.status_code == 200
    for part in (passed.request.number, "Hull i veien", "63,11040", "stort som en bil"):
        assert part in page.text
    assert everything() == before
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"] == "no-store"
    assert "reporter@" not in page.text
    assert passed.request.token not in page.text


def test_head_changes_nothing_either(client, passed):
    before = everything()
    assert client.head(f"/svar/{passed.token}").status_code == 200
    assert everything() == before


def test_they_take_it_and_later_it_is_done(client, passed):
    assert client.post(f"/svar/{passed.token}", data=ACCEPT).status_code == 303
    assert (state(passed), now_of(passed.request).status) == ("accepted", "forwarded")
    assert "Vi kommer på fredag." in client.get(f"/svar/{passed.token}").text
    assert client.post(f"/svar/{passed.token}", data=DONE).status_code == 303
    request = now_of(passed.request)
    assert (state(passed), request.status, request.led_to_improvement) == ("done", "fixed", True)
    assert [entry.message for entry in request.history[-2:]] == [
        ACCEPT["message_accepted"],
        DONE["message_done"],
    ]
    assert {entry.actor for entry in request.history[-2:]} == {"outside"}
    assert told() == 3  # passed on, taken, done


def test_it_is_not_theirs(client, passed):
    assert client.post(f"/svar/{passed.token}", data=REFUSE).status_code == 303
    request = now_of(passed.request)
    assert state(passed) == "refused"
    assert request.status in {"assigned", "assessing"}
    assert request.closed_at is None
    assert request.department.code != "roads"
    open_page = client.get(f"/meldinger/{request.number}").text
    assert REFUSE["message_refused"] not in open_page


def test_they_take_it_and_find_that_it_is_not_theirs(client, passed):
    client.post(f"/svar/{passed.token}", data=ACCEPT)
    assert client.post(f"/svar/{passed.token}", data=REFUSE).status_code == 303
    assert state(passed) == "refused"


def test_done_at_once_without_an_improvement(client, passed):
    client.post(f"/svar/{passed.token}", data=DONE | {"led_to_improvement": "no"})
    request = now_of(passed.request)
    assert (request.status, request.led_to_improvement) == ("fixed", False)


@pytest.mark.parametrize("form", [ACCEPT, REFUSE, DONE])
def test_pressing_twice_is_harmless(client, passed, form):
    assert client.post(f"/svar/{passed.token}", data=form).status_code == 303
    before = everything()
    assert client.post(f"/svar/{passed.token}", data=form).status_code == 303
    assert everything() == before


@pytest.mark.parametrize("last", [REFUSE, DONE])
@pytest.mark.parametrize("then", [ACCEPT, REFUSE, DONE])
def test_the_last_answer_stands(client, passed, last, then):
    client.post(f"/svar/{passed.token}", data=last)
    before = everything()
    answer_ = client.post(f"/svar/{passed.token}", data=then)
    assert answer_.status_code == (303 if then == last else 409)
    assert everything() == before
    page = client.get(f"/svar/{passed.token}")
    assert page.status_code == 200
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "answer"),
        ({"answer": "perhaps"}, "answer"),
        ({"answer": "refused", "message_accepted": "elsewhere"}, "message_refused"),
        ({"answer": "refused", "message_refused": "  "}, "message_refused"),
        ({"answer": "done", "message_done": "tettet"}, "improved"),
        ({"answer": "accepted", "message_accepted": "x" * 2001}, "message_accepted"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, passed, form, field):
    before = everything()
    page = client.post(f"/svar/{passed.token}", data=form)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert 'id="errors"' in page.text
    assert all(value in page.text for name, value in form.items() if name != "answer")
    assert everything() == before


def test_what_was_taken_back_cannot_be_answered(client, passed, jurisdiction):
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))
    changed(passed.request, Status.ASSESSING, desk)
    page = client.get(f"/svar/{passed.token}")
    assert page.status_code == 200
    assert WORDS[:12] not in page.text
    for form in (ACCEPT, REFUSE, DONE):
        assert client.post(f"/svar/{passed.token}", data=form).status_code == 409
    assert queries.shown_for(passed.request.id)[0].state == "sent"


def test_an_answer_to_a_letter_we_never_knew_had_arrived(client, report, server):
    with pytest.raises(RuntimeError), transaction():
        send_and_crash(report, server)
    assert row_of(report).state == "waiting"
    token = signature().write(row_of(report).id)
    assert client.post(f"/svar/{token}", data=DONE).status_code == 303
    request = now_of(report)
    assert [entry.status for entry in request.history[-2:]] == ["forwarded", "fixed"]
    assert not send(report, office(server))


def test_they_can_answer_what_staff_passed_on_by_hand(client, report, server, jurisdiction):
    with pytest.raises(RuntimeError), transaction():
        send_and_crash(report, server)
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))
    changed(report, Status.FORWARDED, desk, department_id=report.department_id)
    token = signature().write(row_of(report).id)
    assert client.post(f"/svar/{token}", data=ACCEPT).status_code == 303
    assert client.post(f"/svar/{token}", data=DONE).status_code == 303
    assert (row_of(report).state, now_of(report).status) == ("done", "fixed")


def test_whoever_answers_while_it_is_being_sent_is_told_to_come_again(app, client, report):
    with transaction():
        key = operations.begin(report.history[1].id, now=datetime.now(UTC))
    token = signature().write(key)
    with db.engine.begin() as sending:
        sending.execute(text("SELECT FROM forwarding FOR UPDATE"))
        machine = client.post(f"/api/v1/answers/{token}", json={"answer": "accepted"})
        page = client.post(f"/svar/{token}", data=ACCEPT)
    assert (machine.status_code, machine.content_type) == (503, "application/problem+json")
    assert (page.status_code, page.headers["Retry-After"]) == (503, machine.headers["Retry-After"])
    assert ACCEPT["message_accepted"] in page.text
    assert client.post(f"/svar/{token}", data=ACCEPT).status_code == 303


def send_and_crash(report, server):
    with transaction():
        key = operations.begin(report.history[1].id, now=datetime.now(UTC))
    operations.forward(key, office(server), now=datetime.now(UTC))
    raise RuntimeError("killed")


def test_two_answers_at_once_count_as_one(app, passed):
    start, outcomes = Barrier(2), []
    keys = passed.row.id, passed.row.jurisdiction_id

    def give():
        with app.app_context():
            start.wait()
            with transaction():
                given = Given(verb=Verb.DONE, led_to_improvement=True)
                outcomes.append(answer(*keys, given, now=datetime.now(UTC)).state)

    session().rollback()
    threads = [Thread(target=give) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["done", "done"]
    assert [entry.status for entry in now_of(passed.request).history].count("fixed") == 1


# --- the link -----------------------------------------------------------------------------------------


def test_a_link_says_which_report_and_for_how_long():
    now = datetime.now(UTC)
    token = signature().write(17)
    assert signature().read(token, now=now + timedelta(days=89, hours=23)) == 17
    with pytest.raises(LinkExpired):
        signature().read(token, now=now + timedelta(days=90, minutes=1))


@pytest.mark.parametrize("token", ["", "x", "MTc.aaaa.bbbb", "%00", "🙂" * 50])
def test_a_made_up_link_is_not_ours(token):
    with pytest.raises(NotFound):
        signature().read(token, now=datetime.now(UTC))


def test_a_link_signed_with_another_secret_is_not_ours():
    forged = Signature(secret="another secret", days=90).write(17)
    with pytest.raises(NotFound):
        signature().read(forged, now=datetime.now(UTC))
    assert KEY not in repr(signature())


def old_token(passed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("itsdangerous.timed.time.time", lambda: 1_577_836_800)  # 2020
        return signature().write(passed.row.id)


def test_an_old_link_says_what_to_do(client, passed, monkeypatch):
    token = old_token(passed, monkeypatch)
    for answered in (client.get(f"/svar/{token}"), client.post(f"/svar/{token}", data=DONE)):
        assert answered.status_code == 410
        assert "kommune" in answered.text.lower() or "municipality" in answered.text
    assert client.post(f"/api/v1/answers/{token}", json={"answer": "accepted"}).status_code == 410
    assert state(passed) == "sent"


def test_a_changed_link_finds_nothing(client, passed):
    token = passed.token[:-2] + ("AA" if not passed.token.endswith("AA") else "BB")
    assert client.get(f"/svar/{token}").status_code == 404
    assert client.post(f"/svar/{token}", data=DONE).status_code == 404
    assert client.get(f"/svar/{signature().write(10**9)}").status_code == 404


def test_too_many_answers_from_one_address_are_stopped(app, client, passed, monkeypatch):
    monkeypatch.setitem(app.config, "SUBMIT_LIMIT", "1 per minute")
    client.post(f"/svar/{passed.token}", data={})
    assert client.post(f"/svar/{passed.token}", data=DONE).status_code == 429


# --- JSON ---------------------------------------------------------------------------------------------


def test_a_machine_answers_by_the_same_link(client, passed):
    url = f"/api/v1/answers/{passed.token}"
    taken = client.post(url, json={"answer": "accepted", "message": "Vi kommer."})
    assert (taken.status_code, taken.json["state"]) == (200, "accepted")
    done = {"answer": "done", "led_to_improvement": True}
    assert client.post(url, json=done).json["number"] == passed.request.number
    assert client.post(url, json=done).status_code == 200
    late = client.post(url, json={"answer": "refused", "message": "Nei"})
    assert late.status_code == 409
    assert late.content_type == "application/problem+json"
    assert now_of(passed.request).status == FIXED


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "answer"),
        ({"answer": "maybe"}, "answer"),
        ({"answer": "refused"}, "message"),
        ({"answer": "done"}, "led_to_improvement"),
        ({"answer": "done", "led_to_improvement": "perhaps"}, "led_to_improvement"),
        ({"answer": "accepted", "mesage": "x"}, "mesage"),
        ({"answer": "accepted", "message": 5}, "message"),
    ],
)
def test_what_is_wrong_with_json_is_named_by_its_field(client, passed, body, field):
    answered = client.post(f"/api/v1/answers/{passed.token}", json=body)
    assert answered.status_code == 422
    assert answered.content_type == "application/problem+json"
    assert list(answered.json["errors"]) == [field]
    assert state(passed) == "sent"


def test_a_forged_link_is_a_problem_too(client, app):
    answered = client.post("/api/v1/answers/x.y.z", json={"answer": "accepted"})
    assert (answered.status_code, answered.content_type) == (404, "application/problem+json")


def test_each_link_has_its_own_limit_whatever_the_address(client, passed):
    def ask(token):
        return client.post(f"/api/v1/answers/{token}", json={})

    for _ in range(int(api.LIMIT.split()[0])):
        assert ask(passed.token).status_code == 422
    stopped = ask(passed.token)
    assert (stopped.status_code, stopped.content_type) == (429, "application/problem+json")
    assert int(stopped.headers["Retry-After"]) > 0
    assert ask(signature().write(10**9)).status_code != 429
