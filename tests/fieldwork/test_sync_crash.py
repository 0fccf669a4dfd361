"""A phone whose server dies in the middle of a batch sends it again, and everything is there once."""

import time
from collections import Counter
from threading import Thread

import httpx
import pytest
from sqlalchemy import func, select

from app.database import session
from app.fieldwork.models import CrewAction
from app.service_requests.models import HistoryEntry

from ..factories import staff, submitted
from .field import FieldPhone, serving


@pytest.fixture
def server(app, tmp_path):
    with serving(app, tmp_path) as running:
        yield running


def kept() -> int:
    session().rollback()
    query = select(func.count()).where(CrewAction.service_request_id.is_not(None))
    return session().scalar(query) or 0


@pytest.mark.timeout(400)
def test_the_server_is_killed_between_actions(server, jurisdiction):
    report = submitted(jurisdiction)
    phone = FieldPhone(server, staff(jurisdiction))
    phone.refresh()
    for at in range(50):
        phone.act("note", report.number, message=f"note {at}")
    batch, cut = list(phone.queue), []

    def send() -> None:
        try:
            phone.send(batch)
        except httpx.HTTPError as fault:
            cut.append(fault)

    sending = Thread(target=send)
    sending.start()
    until = time.monotonic() + 60
    while kept() < 5 and time.monotonic() < until:
        time.sleep(0.005)
    server.kill()
    sending.join()
    done = kept()
    assert cut, "the answer was to be lost"
    assert 5 <= done < 50
    server.start()
    assert {result["outcome"] for result in phone.send(batch)} <= {"done", "merged"}
    session().rollback()
    said = session().scalars(
        select(HistoryEntry.message).where(
            HistoryEntry.service_request_id == report.id, HistoryEntry.kind == "note"
        )
    )
    assert Counter(said) == Counter(sent["data"]["message"] for sent in batch)
    assert kept() == 50
