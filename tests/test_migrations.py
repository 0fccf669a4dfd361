from datetime import UTC, datetime

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from app.database import db
from app.factory import create_app
from app.jurisdictions.queries import by_number

from .conftest import alembic, settings_for
from .factories import staff, submitted


def test_there_is_one_head(database_url):
    assert len(ScriptDirectory.from_config(alembic(database_url)).get_heads()) == 1


def test_the_models_and_the_migrated_tables_agree(database_url):
    command.check(alembic(database_url))


def test_every_step_goes_down_and_up_again_with_rows(cluster, template, tmp_path):
    url = cluster.create_database("rows", template=template)
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        jurisdiction = by_number("1505")
        staff(jurisdiction)
        submitted(
            jurisdiction, email="resident@example.org", now=datetime(2026, 3, 3, 8, tzinfo=UTC)
        )
        db.session.remove()
        db.engine.dispose()
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
