"""Webhooks of others: signed, public facts only, in order, tried again, given up in the end."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.cli import main
from app.database import session, transaction
from app.notifications import tasks, webhooks
from app.notifications.spreading import spread
from app.service_requests.status import Status

from ..conftest import KEY
from ..factories import changed, orders, submitted
from ..servers import receiver
from .conftest import URL, follower, rows

NOW = datetime.now(UTC)


@pytest.fixture
def hook():
    with receiver() as running:
        yield running


@pytest.fixture
def webhook(jurisdiction, hook):
    with transaction():
        session().execute(text("DELETE FROM webhook"))
        earlier = NOW - timedelta(days=1)
        made = webhooks.add(jurisdiction.id, hook.url, webhooks.EVENTS, now=earlier)
        key = made.id
    yield key
    with transaction():
        session().execute(text("DELETE FROM webhook"))


def tell(webhook, now=NOW):
    with transaction():
        spread(window=timedelta(0), now=now)
    while True:
        with transaction():
            if not webhooks.send_next(webhook, base_url=URL, secret=KEY, now=now):
                return


def test_what_happens_is_told_in_order_and_signed(jurisdiction, webhook, hook, desk):
    report = submitted(jurisdiction, description="Hemmelig", email="reporter@example.org")
    changed(report, Status.IN_PROGRESS, desk, message="Vi kommer, Kari.")
    tell(webhook)
    tell(webhook)
    told = [json.loads(body) for _, body in hook.taken]
    assert [one["type"] for one in told] == [
        "service_request.created",
        "service_request.assigned",
        "service_request.status_changed",
    ]
    assert [one["data"]["status"] for one in told][-1] == "in_progress"
    for headers, body in hook.taken:
        signed = b".".join(
            [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body]
        )
        secret = base64.b64decode(webhooks.secret_of(KEY, webhook).removeprefix("whsec_"))
        digest = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{digest}"
        for hidden in (b"Hemmelig", b"reporter@", b"Kari", report.token.encode()):
            assert hidden not in body
    assert len({headers["webhook-id"] for headers, _ in hook.taken}) == 3


def test_a_rejection_is_told_without_the_place_and_what_waited_is_dropped(
    jurisdiction, webhook, hook, desk
):
    report = submitted(jurisdiction)
    with transaction():
        spread(window=timedelta(0), now=NOW)
    changed(report, Status.REJECTED, desk, message="Søppel")
    tell(webhook)
    ((_, body),) = hook.taken
    assert json.loads(body)["data"] == {
        "number": report.number,
        "status": "rejected",
        "position": None,
    }


def test_demo_reports_are_nobodys_news(jurisdiction, webhook, hook):
    follower(jurisdiction, "everything", now=NOW - timedelta(days=1))
    submitted(jurisdiction, is_demo=True)
    tell(webhook)
    assert hook.taken == []
    assert rows() == []


def test_only_the_events_that_were_asked_for_come(jurisdiction, webhook, hook):
    with transaction():
        session().execute(text("UPDATE webhook SET events = ARRAY['service_request.created']"))
    submitted(jurisdiction)
    tell(webhook)
    assert len(hook.taken) == 1


def test_what_was_not_taken_comes_again_with_the_same_id(jurisdiction, webhook, hook):
    submitted(jurisdiction)
    hook.statuses = [500]
    with pytest.raises(webhooks.NotTaken, match="status 500"):
        tell(webhook)
    tell(webhook)
    first, again, _ = hook.taken
    assert first[0]["webhook-id"] == again[0]["webhook-id"]
    assert first[1] == again[1]


def test_who_is_away_for_five_days_is_given_up(jurisdiction, webhook, hook):
    fault = webhooks.NotTaken("127.0.0.1 answered with the status 500")
    with transaction():
        assert webhooks.failed(webhook, fault, now=NOW)
        assert webhooks.failed(webhook, fault, now=NOW + timedelta(days=4, hours=23))
        assert not webhooks.failed(webhook, fault, now=NOW + timedelta(days=5))
    (given_up,) = webhooks.disabled(jurisdiction.id)
    assert given_up.last_failure == "127.0.0.1 answered with the status 500"
    submitted(jurisdiction)
    tell(webhook)
    assert hook.taken == []


def test_who_is_gone_is_given_up_at_once(app, jurisdiction, webhook, hook):
    submitted(jurisdiction)
    hook.statuses = [410]
    with transaction():
        spread(window=timedelta(0), now=NOW)
    tasks.post_events(webhook)
    assert len(webhooks.disabled(jurisdiction.id)) == 1
    assert len(hook.taken) == 1


def test_success_forgets_earlier_failures(jurisdiction, webhook, hook):
    with transaction():
        webhooks.failed(webhook, webhooks.NotTaken("x"), now=NOW - timedelta(days=4))
    submitted(jurisdiction)
    tell(webhook)
    ((found, waiting),) = webhooks.all_of(jurisdiction.id)
    assert (found.failing_since, found.last_failure, waiting) == (None, None, 0)


def test_the_round_orders_one_job_for_each_webhook(app, jurisdiction, webhook):
    submitted(jurisdiction)
    tasks.look_round()
    tasks.look_round()
    assert orders() == [("notifications.post", {"webhook_id": webhook})]


def test_an_operator_adds_lists_and_removes(app, webhook, monkeypatch):
    monkeypatch.setenv("MELDE_DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv("MELDE_SECRET_KEY", KEY)

    def run(*arguments):
        return CliRunner().invoke(main, ["webhook", *arguments])

    added = run("add", "https://hooks.example.org/in", "--events", "service_request.created")
    assert added.exit_code == 0, added.output
    assert "whsec_" in added.output
    key = added.output.split(":")[0].removeprefix("webhook ")
    listed = run("list").output
    assert "https://hooks.example.org/in" in listed
    assert "whsec_" not in listed
    assert run("remove", key).exit_code == 0
    assert "hooks.example.org" not in run("list").output
    assert run("remove", key).exit_code == 1
    assert run("add", "http://hooks.example.org/in").exit_code == 1
    assert run("add", "https://hooks.example.org", "--events", "all").exit_code == 1
