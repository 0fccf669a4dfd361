from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from app.database import db, session, transaction
from app.departments.queries import by_code
from app.factory import create_app
from app.forwarding.operations import begin
from app.jurisdictions.queries import by_number
from app.roles import Role
from app.service_requests.acting import Actor, Work
from app.service_requests.models import HistoryEntry
from app.service_requests.operations import accept, lock, mark_forwarded, refuse, send_elsewhere
from app.service_requests.status import Party

from .conftest import alembic, settings_for
from .factories import actor, rule, staff, submitted

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)


def test_there_is_one_head(database_url):
    assert len(ScriptDirectory.from_config(alembic(database_url)).get_heads()) == 1


def test_the_models_and_the_migrated_tables_agree(database_url):
    command.check(alembic(database_url))


def test_every_step_goes_down_and_up_again_with_rows(cluster, template, tmp_path):
    url = cluster.create_database("rows", template=template)
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        jurisdiction = by_number("1505")
        crew = actor(staff(jurisdiction))
        report = submitted(jurisdiction, email="resident@example.org", now=NOW)
        _pass_around(jurisdiction, report, crew)
        db.session.remove()
        db.engine.dispose()
    command.downgrade(alembic(url), "0008")
    engine = create_engine(url)
    with engine.begin() as connection:
        kinds = connection.scalars(text("SELECT kind FROM history_entry ORDER BY id")).all()
        assert kinds == ["received", "routed", "status", "routed", "status", "message"]
        rules = connection.execute(text("SELECT count(data ->> 'rule') FROM history_entry"))
        assert rules.scalar() == 1
        ways = connection.scalars(text("SELECT DISTINCT receives FROM department")).all()
        assert set(ways) <= {"inbox", "email"}
        jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'forwarding.%'"
        assert connection.scalar(text(jobs)) == 0
        source = "SELECT prosrc FROM pg_proc WHERE proname = 'refuse_change_of_history'"
        assert "'history_entry is append-only'" in connection.scalar(text(source))
    with pytest.raises(ProgrammingError, match="append-only"), engine.begin() as connection:
        connection.execute(text("UPDATE history_entry SET kind = 'message'"))
    engine.dispose()
    command.upgrade(alembic(url), "head")
    for _ in range(len(list(ScriptDirectory.from_config(alembic(url)).walk_revisions()))):
        command.downgrade(alembic(url), "-1")
    engine = create_engine(url)
    left = set(inspect(engine).get_table_names()) - {"alembic_version", "spatial_ref_sys"}
    assert left == set()
    with engine.connect() as connection:
        sequences = (
            "SELECT count(*) FROM pg_class WHERE relkind = 'S' AND relname LIKE 'service_request%'"
        )
        assert connection.execute(text(sequences)).scalar() == 0
    engine.dispose()
    command.upgrade(alembic(url), "head")
    command.check(alembic(url))


def _pass_around(jurisdiction, report, crew):
    """Refused by a department, sent to an outside body, passed on and taken on; an area's rule beside it."""
    body = by_code(jurisdiction.id, "county")
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))
    outside = Actor(account_id=None, roles=frozenset({Party.OUTSIDE}), department_id=body.id)
    with transaction():
        body.receives, body.webhook_url = "webhook", "https://example.org/hook"
        rule(jurisdiction, "roads", rank=99, road_categories=["K"], season_from=1101, season_to=331)
    with transaction():
        refuse(lock(report.id, report.version), Work(version=1, message="Ikke vår"), crew, now=NOW)
    with transaction():
        work = Work(version=report.version, department_id=body.id)
        sent = send_elsewhere(lock(report.id, report.version), work, desk, now=NOW)
        begin(sent.id, now=NOW)
    with transaction():
        mark_forwarded(report, now=NOW)
        accept(report, Work(version=report.version), outside, now=NOW)
    kinds = session().scalars(select(HistoryEntry.kind).order_by(HistoryEntry.id)).all()
    assert {"rerouted", "refused", "accepted"} <= set(kinds)


def test_counts_are_taken_from_reports_that_were_there_before(cluster, template, tmp_path):
    url = cluster.create_database("before_counts", template=template)
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        submitted(by_number("1505"), now=datetime(2026, 3, 3, 8, tzinfo=UTC))
        db.session.remove()
        db.engine.dispose()
    command.downgrade(alembic(url), "0007")
    command.upgrade(alembic(url), "head")
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT year, received FROM count_ledger")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [(2026, 1)]
