"""What the one who reported withdraws is told to the body that has it, once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.database import session, transaction
from app.forwarding import tasks, withdrawal
from app.forwarding.models import Forwarding
from app.forwarding.ways import NotSent
from app.service_requests import by_reporter
from app.service_requests.queries import by_id
from app.service_requests.timeline import is_public, told

from ..factories import orders
from .conftest import ADDRESS, NOW, office, row_of, send


def withdraw(report):
    return withdraw_at(report, NOW)


def withdraw_at(report, now):
    with transaction():
        return by_reporter.withdraw(report.id, by_id(report.id).version, now=now).id


def tell(entry_id, way_out):
    with transaction():
        return withdrawal.tell(entry_id, way_out, now=NOW)


def test_the_body_that_has_the_report_gets_a_letter_once(passed, server):
    entry_id = withdraw(passed.request)
    assert ("forwarding.tell_withdrawn", {"history_entry_id": entry_id}) in orders()
    assert tell(entry_id, office(server))
    assert not tell(entry_id, office(server))
    letter = server.taken[-1]
    assert len(server.taken) == 2
    assert letter["To"] == ADDRESS
    assert letter["Subject"] == f"{passed.request.number}: Hull i veien er trukket"
    words = letter.get_body(("plain",)).get_content()
    assert "trukket meldingen" in words
    assert "reporter@example.org" not in words
    assert row_of(passed.request).state == "withdrawn"


def test_a_mail_server_that_is_away_is_tried_again(passed):
    entry_id = withdraw(passed.request)
    with pytest.raises(NotSent):
        tell(entry_id, replace(office(), smtp_url="smtp://127.0.0.1:9"))
    assert row_of(passed.request).state == "sent"


def test_after_three_days_in_vain_the_desk_is_told_once(app, passed, monkeypatch):
    away = replace(office(), smtp_url="smtp://127.0.0.1:9")
    monkeypatch.setattr(tasks, "office", lambda: away)
    fresh = withdraw_at(passed.request, datetime.now(UTC))
    with pytest.raises(NotSent):
        tasks.tell_withdrawn(fresh)
    with transaction():
        assert not withdrawal.give_up(fresh, now=datetime.now(UTC) + timedelta(days=2))
    for _ in range(2):
        with transaction():
            assert withdrawal.give_up(fresh, now=datetime.now(UTC) + timedelta(days=3))
    session().expire_all()
    found = [row for row in by_id(passed.request.id).history if row.kind == "unreachable_body"]
    assert [row.visibility for row in found] == ["internal"]
    assert not is_public(found[0])
    assert told(found[0]).endswith("vet ikke at den er trukket.")


def test_a_webhook_is_told_with_a_signature(report, outside, hook):
    outside("webhook", webhook_url=hook.url)
    assert send(report, office())
    entry_id = withdraw(report)
    assert tell(entry_id, office())
    headers, body = hook.taken[-1]
    content = json.loads(body)
    assert content["type"] == "service_request.withdrawn"
    assert content["data"]["number"] == report.number
    assert headers["webhook-signature"].startswith("v1,")


def test_what_was_never_sent_is_not_told(report):
    entry_id = withdraw(report)
    assert "forwarding.tell_withdrawn" not in [name for name, _ in orders()]
    assert not tell(entry_id, office())
    assert session().scalars(select(Forwarding)).all() == []
