"""Whatever two people do on three devices, and wherever the line is cut: everything happens exactly once.

A real server, the real database, and beside them a small model of what the people did. The
model knows nothing of versions, ids, repetitions or transactions: only who did what, in which order it came in.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.database import session
from app.fieldwork.models import CrewAction
from app.service_requests.additions import ServiceRequestPhoto
from app.service_requests.models import HistoryEntry, ServiceRequest

from ..factories import TOWN, staff, submitted
from ..journeys.conftest import grey_png
from .field import FieldPhone, Server, serving

WORDS = ("message", "note", "material")
CLOSED = ("fixed", "no_action")
ENDS = (*CLOSED, "return", "hand_back")
MEANT = {"start": "in_progress", "pause": "planned", "return": "assessing"} | dict(
    zip(CLOSED, CLOSED, strict=True)
)
DONE = ("done", "merged")


@dataclass
class Model:
    """A report, as the people would tell it. `improved` is the answer of who fixed it."""

    status: str = "assigned"
    improved: bool = False
    is_gone: bool = False
    """With another department."""
    said: Counter[str] = field(default_factory=Counter)
    """How often each text must stand in the history."""
    photos: int = 0
    started: int = 0
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Actions in conflict."""

    def take(self, sent: dict[str, Any]) -> tuple[str, ...]:
        """The action comes in for the first time: the outcomes that are right."""
        kind, data = sent["kind"], sent["data"]
        if kind in (*WORDS, "photo"):
            self._say(data)
            return DONE
        if kind in ("start", "pause"):
            return self._step(kind, data)
        if self._is_same(kind, data):
            self._say(data)
            return ("already",)
        is_closed = self.status in CLOSED
        if self.is_gone or is_closed or (kind == "hand_back" and self.status == "assessing"):
            self.waiting[sent["id"]] = sent
            return ("conflict",)
        self._end(kind, data)
        return DONE

    def resolve(self, sent: dict[str, Any], keep: str) -> tuple[str, ...]:
        kind, data = sent["kind"], sent["data"]
        if keep == "mine" and not self._is_same(kind, data):
            if self.is_gone and kind != "fixed":
                return ("refused",)
            self._end(kind, data)
        else:
            self._say(data)
        del self.waiting[sent["id"]]
        return ("done",)

    def _step(self, kind: str, data: dict[str, Any]) -> tuple[str, ...]:
        if self.status == MEANT[kind] and not self.is_gone:
            self._say(data)
            return ("already",)
        may = self.status not in CLOSED and not self.is_gone
        if not may or (kind == "pause" and self.status != "in_progress"):
            return ("refused",)
        self.status = MEANT[kind]
        self.started += kind == "start"
        self._say(data)
        return DONE

    def _is_same(self, kind: str, data: dict[str, Any]) -> bool:
        if kind == "hand_back":
            return self.is_gone
        if kind == "fixed":
            return self.status == "fixed" and self.improved == data["led_to_improvement"]
        return self.status == MEANT[kind] and not self.is_gone

    def _end(self, kind: str, data: dict[str, Any]) -> None:
        self._say(data)
        if kind == "hand_back":
            self.is_gone, self.status = True, "elsewhere"
        else:
            self.status = MEANT[kind]
            self.improved = kind == "fixed" and data["led_to_improvement"]

    def _say(self, data: dict[str, Any]) -> None:
        if data.get("message"):
            self.said[data["message"]] += 1
        self.photos += len(data.get("photos", []))


@dataclass
class World:
    """The people with their devices, the reports, the model of each, and what has come in."""

    phones: list[FieldPhone]
    numbers: list[str]
    models: dict[str, Model]
    arrived: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The right outcomes of each action that has come in."""
    made: dict[str, str] = field(default_factory=dict)
    """The descriptions of new reports, by the action."""
    came: list[dict[str, Any]] = field(default_factory=list)

    def deliver(self, phone: FieldPhone, batch: list[dict[str, Any]], *, is_heard: bool) -> None:
        """Send a part of a queue. What is not heard stays in the queue, though the service has done it."""
        if not batch:
            return
        results = phone.send(batch)
        for sent, result in zip(batch, results, strict=True):
            if sent["id"] not in self.arrived:
                self.arrived[sent["id"]] = self.expect(sent)
                self.came.append(sent)
            assert result["outcome"] in self.arrived[sent["id"]], (sent, result)
        if is_heard:
            done = {sent["id"] for sent in batch}
            phone.queue = [sent for sent in phone.queue if sent["id"] not in done]
            for result in results:
                if "job" in result:
                    phone.jobs[result["job"]["number"]] = result["job"]
            self.replay(phone)

    def replay(self, phone: FieldPhone) -> None:
        """What waits in the queue is done on top of what the service says, as a phone shows it."""
        for sent in phone.queue:
            job = phone.jobs.get(sent["job"] or "")
            if job and sent["kind"] in MEANT:
                phone.jobs[job["number"]] = job | {"status": MEANT[sent["kind"]]}

    def expect(self, sent: dict[str, Any]) -> tuple[str, ...]:
        if sent["kind"] == "report":
            self.made[sent["id"]] = sent["data"]["description"]
            return ("done",)
        if sent["kind"] != "resolve":
            return self.models[sent["job"]].take(sent)
        conflict = sent["data"]["conflict"]
        model = next(model for model in self.models.values() if conflict in model.waiting)
        return model.resolve(model.waiting[conflict], sent["data"]["keep"])


@pytest.fixture
def server(app, tmp_path):
    with serving(app, tmp_path) as running:
        yield running


JOBS = st.integers(0, 1)
DEVICES = st.integers(0, 2)
ACTS = st.tuples(
    st.just("act"),
    DEVICES,
    st.sampled_from(["start", "pause", *WORDS, "photo", *ENDS, "fixed", "fixed", "report"]),
    JOBS,
    st.booleans(),
)
SENDS = st.tuples(
    st.just("send"),
    DEVICES,
    st.sampled_from(["heard", "lost", "part", "twice", "cut"]),
    st.integers(1, 3),
)
SEES = st.tuples(st.just("see"), DEVICES)
STEPS = st.lists(st.one_of(ACTS, ACTS, ACTS, SENDS, SENDS, SEES), min_size=4, max_size=24)


def data_for(kind: str, flag: bool, phone: FieldPhone) -> dict[str, Any]:
    """What the action says: a text that nobody else writes, so that it can be counted."""
    text = f"{kind} {uuid4()}"
    match kind:
        case "start":
            return {}
        case "pause":
            return {"message": text} if flag else {}
        case "photo":
            photo = str(uuid4())
            assert phone.upload(photo, PNG).status_code == 201
            assert phone.upload(photo, PNG).status_code == 200  # the answer was lost
            return {"photos": [{"id": photo, "shows": "fix" if flag else "fault"}]}
        case "fixed":
            return {"led_to_improvement": flag, "message": text}
        case "report":
            place = [TOWN.longitude, TOWN.latitude]
            return {"service_code": "ROAD-POTHOLE", "position": place, "description": text}
        case _:
            return {"message": text}


PNG = grey_png()


def play(world: World, step: tuple[Any, ...]) -> None:
    phone = world.phones[step[1]]
    match step:
        case ("see", _):
            phone.refresh()
            world.replay(phone)
        case ("act", _, kind, job, flag):
            number = None if kind == "report" else world.numbers[job]
            phone.act(kind, number, **data_for(kind, flag, phone))
        case ("send", _, "heard", _):
            world.deliver(phone, list(phone.queue), is_heard=True)
        case ("send", _, "lost", _):
            world.deliver(phone, list(phone.queue), is_heard=False)
        case ("send", _, "part", count):
            world.deliver(phone, phone.queue[:count], is_heard=False)
        case ("send", _, "twice", count):
            world.deliver(phone, phone.queue[:count], is_heard=False)
            world.deliver(phone, list(phone.queue), is_heard=True)
        case ("send", _, "cut", _):
            pass  # nothing left the device


def settle(world: World, order: list[int], keeps: list[bool]) -> None:
    """All devices come home, one after the other, and every conflict is decided."""
    for at in order:
        phone = world.phones[at]
        world.deliver(phone, list(phone.queue), is_heard=True)
    choices = iter(keeps * 50)
    for model in world.models.values():
        for sent in list(model.waiting.values()):
            phone = next(phone for phone in world.phones if sent["id"] in phone.told)
            keep = "mine" if next(choices) else "theirs"
            decided = phone.act("resolve", None, conflict=sent["id"], keep=keep)
            world.deliver(phone, [decided], is_heard=False)
            world.deliver(phone, [decided], is_heard=True)
            if sent["id"] in model.waiting:  # theirs has to stand
                decided = phone.act("resolve", None, conflict=sent["id"], keep="theirs")
                world.deliver(phone, [decided], is_heard=True)


def check(world: World, own_department: int) -> None:
    """The database tells the same story as the model."""
    session().rollback()
    for number, model in world.models.items():
        report = (
            session().scalars(select(ServiceRequest).where(ServiceRequest.number == number)).one()
        )
        entries = (
            session()
            .scalars(select(HistoryEntry).where(HistoryEntry.service_request_id == report.id))
            .all()
        )
        assert Counter(entry.message for entry in entries if entry.message) == model.said
        photos = (
            session()
            .scalars(
                select(ServiceRequestPhoto).where(
                    ServiceRequestPhoto.service_request_id == report.id
                )
            )
            .all()
        )
        assert len(photos) == model.photos
        starts = [entry for entry in entries if entry.status == "in_progress"]
        assert len(starts) == model.started
        assert (report.department_id != own_department) == model.is_gone
        assert not model.waiting
        if model.status != "elsewhere":
            assert (report.status, report.led_to_improvement) == (model.status, model.improved)
    for description in world.made.values():
        found = select(ServiceRequest.id).where(ServiceRequest.description == description)
        assert len(session().scalars(found).all()) == 1
    kept = session().scalars(select(CrewAction)).all()
    ours = {str(row.id): row for row in kept if str(row.id) in world.arrived}
    assert ours.keys() == world.arrived.keys()
    for phone in world.phones:
        for action_id, answers in phone.told.items():
            told = [{**answer, "job": None} for answer in answers]
            assert all(answer == told[0] for answer in told)  # each time the same
            assert ours[action_id].outcome == told[0]["outcome"]
    assert all(row.resolved_by_id for row in ours.values() if row.outcome == "conflict")


@settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=STEPS,
    order=st.permutations([0, 1, 2]),
    keeps=st.lists(st.booleans(), min_size=1, max_size=6),
)
@pytest.mark.timeout(600)
def test_everything_happens_exactly_once(server: Server, jurisdiction, steps, order, keeps):
    first, second = (staff(jurisdiction, email=f"{uuid4()}@example.org") for _ in range(2))
    reports = [submitted(jurisdiction, description=f"job {uuid4()}") for _ in range(2)]
    numbers = [report.number for report in reports]
    world = World(
        phones=[FieldPhone(server, who) for who in (first, first, second)],
        numbers=numbers,
        models={number: Model() for number in numbers},
    )
    for phone in world.phones:
        phone.refresh()
    for step in steps:
        play(world, step)
    settle(world, list(order), keeps)
    check(world, first.departments_in(jurisdiction.id)[0])
