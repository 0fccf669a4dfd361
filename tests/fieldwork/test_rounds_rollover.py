"""What is left of a day goes into the crew's next round; nothing is lost, and a second run changes nothing."""

from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread
from time import sleep

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from app.cli.jurisdiction import load_folder
from app.database import session, transaction
from app.fieldwork import rounds, rounds_tasks
from app.fieldwork import rounds_queries as queries
from app.fieldwork.models import Round, RoundStop, StopState
from app.fieldwork.rounds import Plan
from app.fieldwork.rounds_rollover import roll_over
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import by_number
from app.roles import Role
from app.service_requests.status import Status

from ..factories import AVEROY, actor, changed, staff, submitted
from ..second_municipality import NUMBER, folder_of

TUESDAY = date(2026, 5, 12)
WEDNESDAY, THURSDAY, FRIDAY, MONDAY = (TUESDAY + timedelta(days=n) for n in (1, 2, 3, 6))
NIGHT = datetime(2026, 5, 12, 22, 5, tzinfo=UTC)
"""Five past midnight, on Wednesday, by the clock of Kristiansund."""


@pytest.fixture
def foreman(jurisdiction):
    return staff(jurisdiction, role=Role.CASE_HANDLER, email="foreman@example.org")


@pytest.fixture
def crew(jurisdiction):
    return staff(jurisdiction)


def planned(jurisdiction, who, reports=(), day=TUESDAY, title="Lag 1", members=()):
    with transaction():
        plan = Plan(title=title, day=day, member_ids=tuple(members))
        department_id = who.departments_in(jurisdiction.id)[0]
        found = rounds.make(who, jurisdiction, department_id, plan, today=day, now=NIGHT)
        if reports:
            rounds.add(found, who, [report.number for report in reports], now=NIGHT)
        return found.id


def rolled(jurisdiction, today=WEDNESDAY):
    with transaction():
        return roll_over(jurisdiction, today=today, now=NIGHT)


def board(jurisdiction_id):
    """Each round's day and crew, with its stops: number, state, since when."""
    session().expire_all()
    query = (
        select(Round)
        .where(Round.jurisdiction_id == jurisdiction_id)
        .order_by(Round.day, Round.title)
    )
    return {
        (found.day, found.title): [
            (stop.service_request.number, stop.state, stop.planned_since) for stop in found.stops
        ]
        for found in session().scalars(query)
    }


def test_what_is_left_stands_first_in_the_next_days_round(jurisdiction, foreman, crew):
    left, done, new = (submitted(jurisdiction) for _ in range(3))
    first = planned(jurisdiction, foreman, [left, done])
    planned(jurisdiction, foreman, [new], day=WEDNESDAY)
    with transaction():
        stop = session().get_one(Round, first).stops[1]
        rounds.tick(crew, stop.id, NIGHT)
    assert rolled(jurisdiction) == 1
    assert board(jurisdiction.id) == {
        (TUESDAY, "Lag 1"): [(left.number, "moved", TUESDAY), (done.number, "done", TUESDAY)],
        (WEDNESDAY, "Lag 1"): [
            (left.number, "waiting", TUESDAY),
            (new.number, "waiting", WEDNESDAY),
        ],
    }


def test_a_second_run_changes_nothing(jurisdiction, foreman):
    planned(jurisdiction, foreman, [submitted(jurisdiction)])
    rolled(jurisdiction)
    before = board(jurisdiction.id)
    versions = session().scalars(select(Round.version).order_by(Round.id)).all()
    assert rolled(jurisdiction) == 0
    assert board(jurisdiction.id) == before
    assert session().scalars(select(Round.version).order_by(Round.id)).all() == versions


def test_todays_round_is_left_alone(jurisdiction, foreman):
    planned(jurisdiction, foreman, [submitted(jurisdiction)])
    assert rolled(jurisdiction, today=TUESDAY) == 0


def test_a_new_round_has_the_same_people(jurisdiction, foreman, crew):
    planned(jurisdiction, foreman, [submitted(jurisdiction)], members=[crew.account_id])
    rolled(jurisdiction)
    found = session().scalars(select(Round).where(Round.day == WEDNESDAY)).one()
    assert [account.id for account in found.members] == [crew.account_id]
    assert found.created_by_id is None


def test_after_days_of_standstill_all_goes_to_the_next_round_at_once(jurisdiction, foreman):
    old, newer, newest = (submitted(jurisdiction) for _ in range(3))
    planned(jurisdiction, foreman, [old])
    planned(jurisdiction, foreman, [newer], day=WEDNESDAY)
    planned(jurisdiction, foreman, [newest], day=MONDAY)
    assert rolled(jurisdiction, today=FRIDAY) == 2
    assert board(jurisdiction.id)[FRIDAY, "Lag 1"] == [
        (old.number, "waiting", TUESDAY),
        (newer.number, "waiting", WEDNESDAY),
    ]
    assert rolled(jurisdiction, today=MONDAY) == 2
    assert [stop[::2] for stop in board(jurisdiction.id)[MONDAY, "Lag 1"]] == [
        (old.number, TUESDAY),
        (newer.number, WEDNESDAY),
        (newest.number, MONDAY),
    ]


def test_at_the_weekend_it_waits_in_mondays_round(jurisdiction, foreman):
    planned(jurisdiction, foreman, [submitted(jurisdiction)], day=FRIDAY)
    rolled(jurisdiction, today=FRIDAY + timedelta(days=1))
    assert [day for day, _ in board(jurisdiction.id)] == [FRIDAY, MONDAY]


def test_each_crew_keeps_its_own(jurisdiction, foreman):
    one, other = submitted(jurisdiction), submitted(jurisdiction)
    planned(jurisdiction, foreman, [one])
    planned(jurisdiction, foreman, [other], title="Lag 2")
    rolled(jurisdiction)
    after = board(jurisdiction.id)
    assert [stop[0] for stop in after[WEDNESDAY, "Lag 1"]] == [one.number]
    assert [stop[0] for stop in after[WEDNESDAY, "Lag 2"]] == [other.number]


def test_an_empty_or_finished_round_makes_no_new_one(jurisdiction, foreman, crew):
    report = submitted(jurisdiction)
    planned(jurisdiction, foreman, [report])
    planned(jurisdiction, foreman, title="Lag 2")
    changed(report, Status.FIXED, actor(crew), led_to_improvement=True)
    assert rolled(jurisdiction) == 0
    assert {day for day, _ in board(jurisdiction.id)} == {TUESDAY}


def test_a_tick_that_comes_late_marks_the_job_where_it_stands_now(jurisdiction, foreman, crew):
    report = submitted(jurisdiction)
    key = planned(jurisdiction, foreman, [report])
    stop_id = session().get_one(Round, key).stops[0].id
    rolled(jurisdiction)
    rolled(jurisdiction, today=THURSDAY)
    with transaction():
        ticked = rounds.tick(crew, stop_id, NIGHT)
        assert not ticked.was_so
        assert session().get_one(Round, ticked.stop.round_id).day == FRIDAY
    states = [stop[0][1] for stop in board(jurisdiction.id).values()]
    assert states == ["moved", "moved", "done"]


def test_a_foreman_on_an_older_page_is_told(jurisdiction, foreman):
    planned(jurisdiction, foreman, [submitted(jurisdiction)])
    target = planned(jurisdiction, foreman, [submitted(jurisdiction)], day=WEDNESDAY)
    before = session().get_one(Round, target).version
    rolled(jurisdiction)
    assert session().get_one(Round, target).version > before


def test_two_at_once_move_each_job_once(app, jurisdiction, foreman):
    reports = [submitted(jurisdiction) for _ in range(3)]
    planned(jurisdiction, foreman, reports)
    planned(jurisdiction, foreman, [submitted(jurisdiction)], title="Lag 2")
    moved, key = [], jurisdiction.id
    session().rollback()

    def run():
        with app.app_context(), transaction():
            moved.append(
                roll_over(session().get_one(Jurisdiction, key), today=WEDNESDAY, now=NIGHT)
            )

    workers = [Thread(target=run) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(moved) == 4
    assert len(moved) == 3
    waiting = select(RoundStop).where(RoundStop.state == StopState.WAITING)
    assert len(session().scalars(waiting).all()) == 4


def test_a_foreman_who_adds_jobs_at_midnight_and_the_night_wait_in_one_order(
    app, jurisdiction, foreman
):
    """The foreman holds the next round and wants the very job that the night is about to carry there."""
    left = submitted(jurisdiction)
    planned(jurisdiction, foreman, [left])
    target = planned(jurisdiction, foreman, [submitted(jurisdiction)], day=WEDNESDAY)
    key, number, faults, has_round = jurisdiction.id, left.number, [], Event()
    session().rollback()

    def add():
        held = rounds.lock(foreman, key, target, session().get_one(Round, target).version)
        has_round.set()
        wait_until_someone_waits()
        assert rounds.add(held, foreman, [number], now=NIGHT).count == 0  # it waits in Tuesday's

    def carry():
        assert has_round.wait(10)
        assert roll_over(session().get_one(Jurisdiction, key), today=WEDNESDAY, now=NIGHT) == 1

    def run(work):
        try:
            with app.app_context(), app.test_request_context(), transaction():
                work()
        except Exception as fault:
            faults.append(fault)

    workers = [Thread(target=run, args=(work,)) for work in (add, carry)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    assert board(key)[WEDNESDAY, "Lag 1"][0] == (number, "waiting", TUESDAY)


def wait_until_someone_waits():
    """Until another transaction waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(200):
        if session().scalar(waiting):
            return
        sleep(0.05)
    raise AssertionError("nobody waits")


def test_the_job_goes_by_each_municipalitys_own_day(app, jurisdiction, foreman, monkeypatch):
    """At 22.05 UTC it is Wednesday here; farther west it is still Tuesday."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return NIGHT.astimezone(tz)

    planned(jurisdiction, foreman, [submitted(jurisdiction)])
    monkeypatch.setattr(rounds_tasks, "datetime", Clock)
    with transaction():
        session().get_one(Jurisdiction, jurisdiction.id).time_zone = "Atlantic/Azores"
    rounds_tasks.roll_over_rounds()
    assert list(board(jurisdiction.id)) == [(TUESDAY, "Lag 1")]
    with transaction():
        session().get_one(Jurisdiction, jurisdiction.id).time_zone = "Europe/Oslo"
    rounds_tasks.roll_over_rounds()
    assert (WEDNESDAY, "Lag 1") in board(jurisdiction.id)


@pytest.fixture
def neighbour(app, tmp_path):
    """A second municipality, for as long as the test."""
    load_folder(app, folder_of(tmp_path, host_names=[]))
    found = by_number(NUMBER)
    yield found
    session().rollback()
    tables = ("service_request", "account", "round")
    with transaction():
        for table in tables:
            session().execute(delete_from(table))
        found = by_number(NUMBER)
        for name in reversed(list(owned())):
            session().execute(name.delete().where(name.c.jurisdiction_id == found.id))
        session().execute(delete(Jurisdiction).where(Jurisdiction.id == found.id))


def delete_from(table):
    return Round.metadata.tables[table].delete()


def owned():
    return [table for table in Round.metadata.sorted_tables if "jurisdiction_id" in table.c]


def test_municipalities_are_kept_apart(jurisdiction, neighbour, foreman):
    theirs = staff(neighbour, "island_roads", Role.CASE_HANDLER, email="island@example.org")
    here = submitted(jurisdiction)
    there = submitted(neighbour, service_code="ISLAND-HOLE", position=AVEROY)
    key = planned(jurisdiction, foreman, [here])
    planned(neighbour, theirs, [there])
    assert rolled(neighbour) == 1
    assert list(board(jurisdiction.id)) == [(TUESDAY, "Lag 1")]
    assert rounds.for_snapshot(theirs, jurisdiction, TUESDAY) == []
    assert rounds.for_snapshot(foreman, neighbour, WEDNESDAY) == []
    with transaction():
        found = session().get_one(Round, key)
        added = rounds.add(found, foreman, [there.number], now=NIGHT)
    assert added.count == 0


@pytest.fixture
def here(jurisdiction, neighbour):
    """The address of the first municipality, beside the second's."""

    def name(host_names):
        session().rollback()
        with transaction():
            session().get_one(Jurisdiction, jurisdiction.id).host_names = host_names

    name(["localhost"])
    yield
    name([])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("which", ["theirs", "none"])
def test_the_first_line_makes_no_round_of_another_municipalitys_department(
    client, jurisdiction, neighbour, which
):
    theirs = staff(neighbour, "island_roads", Role.CASE_HANDLER, email="island@example.org")
    there = submitted(neighbour, service_code="ISLAND-HOLE", position=AVEROY)
    desk = staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org")
    department = theirs.departments_in(neighbour.id)[0] if which == "theirs" else 999_999
    with client.session_transaction() as cookie:
        cookie["_user_id"] = desk.session_id
    day = datetime.now(UTC).date() + timedelta(days=3)
    form = {"title": "Lag 1", "day": day.isoformat(), "department": str(department)}
    answer = client.post("/oppdrag/runder/ny", data=form)
    assert answer.status_code == 422
    assert there.number not in answer.text
    assert session().scalars(select(Round)).all() == []
    assert queries.open_jobs(jurisdiction.id, there.department_id) == []
    assert [job.number for job in queries.open_jobs(neighbour.id, there.department_id)] == [
        there.number
    ]


DAYS = st.integers(0, 9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("plan"), DAYS, st.sampled_from(["Lag 1", "Lag 2"])),
        st.tuples(st.just("tick"), st.integers(0, 5), st.none()),
        st.tuples(st.just("close"), st.integers(0, 5), st.none()),
        st.tuples(st.just("night"), st.integers(1, 3), st.none()),
    ),
    max_size=12,
)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(STEPS)
def test_no_job_is_ever_lost_or_planned_twice(app, jurisdiction, steps):
    """Whatever is planned, ticked, closed and carried over: each job waits once, or is done."""
    with transaction():
        for table in ("round", "service_request", "account"):
            session().execute(delete_from(table))
    foreman = staff(jurisdiction, role=Role.CASE_HANDLER, email="foreman@example.org")
    today, jobs, done = TUESDAY, [], set()
    for step, number, title in steps:
        if step == "plan":
            report = submitted(jurisdiction)
            day = today + timedelta(days=number)
            taken = (
                session()
                .scalars(select(Round).where(Round.day == day, Round.title == title))
                .one_or_none()
            )
            if taken is None:
                planned(jurisdiction, foreman, [report], day=day, title=title)
            else:
                with transaction():
                    rounds.add(taken, foreman, [report.number], now=NIGHT)
            jobs.append(report)
        elif step == "night":
            today += timedelta(days=number)
            rolled(jurisdiction, today=today)
        elif number < len(jobs):
            report = jobs[number]
            done.add(report.number)
            if step == "close" and report.status != Status.FIXED:
                report = changed(report, Status.FIXED, actor(foreman), led_to_improvement=True)
            first = select(RoundStop).where(RoundStop.service_request_id == report.id)
            with transaction():
                stop = session().scalars(first.order_by(RoundStop.id)).first()
                rounds.tick(foreman, stop.id, NIGHT)
    rolled(jurisdiction, today=today)
    stops = [(day, *stop) for (day, _), found in board(jurisdiction.id).items() for stop in found]
    for report in jobs:
        mine = [(day, state) for day, number, state, _ in stops if number == report.number]
        standing = [(day, state) for day, state in mine if state != "moved"]
        assert len(standing) == 1
        assert standing[0][1] == ("done" if report.number in done else "waiting")
        assert standing[0][1] == "done" or standing[0][0] >= today
        since = {planned for _, number, _, planned in stops if number == report.number}
        assert len(since) == 1
