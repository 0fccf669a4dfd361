"""One real PostGIS for all tests, with Kristiansund loaded; every test begins without reports and accounts."""

import os
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text

from app.cli.jurisdiction import load_folder
from app.database import db, session
from app.embedded import Cluster
from app.factory import create_app
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import by_number
from app.security import limiter
from app.settings import Settings, read_settings

ROOT = Path(__file__).parents[1]
hypothesis.settings.register_profile("house", deadline=None)  # no test is about time
hypothesis.settings.load_profile("house")
KEY = "a key that only the tests use, long enough"
EMPTIED = (
    "contact_access",
    "retention_run",
    "incoming_letter",
    "resident_session",
    "round",
    "crew_action",
    "service_request",
    "delivery",
    "news",
    "contact",
    "photo",
    "duplicate_hint",
    "planned_work",
    "routing_draft",
    "account",
    "count_ledger",
    "yearly_count",
    "map_ledger",
    "map_cell",
    "procrastinate_jobs",
    "road_segment",
    "asset",
    "ground_import",
    "known_municipality",
    "place_answer",
    "page_text_change",
)
"""Deleting from what is nearly empty takes a tenth of the time of TRUNCATE."""
HAS_SEALED = "SELECT EXISTS (SELECT FROM sealed_year) OR EXISTS (SELECT FROM figure_revision)"


class Browser(FlaskClient):
    """Handles each request in a context of its own, as a server does: only cookies are carried on.

    Answers are read to their end there.
    """

    def open(self, *args: Any, **options: Any) -> Any:
        options.setdefault("buffered", True)
        return Context().run(super().open, *args, **options)


def settings_for(url: str, folder: Path, **more: str) -> Settings:
    given = {
        "MELDE_DATABASE_URL": url,
        "MELDE_SECRET_KEY": KEY,
        "MELDE_INSTANCE": str(folder),
        "MELDE_MAIL_FOLDER": str(folder / "mail"),
        "MELDE_KOMMUNEINFO_URL": "http://127.0.0.1:9/kommuneinfo/v1",
        "MELDE_KARTVERKET_URL": "http://127.0.0.1:9",
        "MELDE_SUBMIT_LIMIT": "10000 per minute",
        "MELDE_FOLLOW_LIMIT": "10000 per minute",
        "MELDE_DIGEST_MINUTES": "0",
        "MELDE_FORM_SECONDS": "0",
        "MELDE_SIGN_IN_LIMIT": "10000 per minute",
    }
    return read_settings(given | more)


def alembic(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> None:
    """Settings of whoever runs the tests are none of the tests' business."""
    for name in [name for name in os.environ if name.startswith("MELDE_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster"), durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def template(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with all tables and Kristiansund, to clone from."""
    url = cluster.create_database("template_of_tests")
    command.upgrade(alembic(url), "head")
    app = create_app(settings_for(url, tmp_path_factory.mktemp("template")))
    load_folder(app, ROOT / "municipalities" / "kristiansund")
    with app.app_context():
        db.engine.dispose()
    return "template_of_tests"


@pytest.fixture(scope="session")
def database_url(cluster: Cluster, template: str) -> str:
    return cluster.create_database("tests", template=template)


@pytest.fixture(scope="session")
def whole_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = create_app(settings_for(database_url, tmp_path_factory.mktemp("instance")))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app


def unseal(connection: Connection, *tables: str) -> None:
    """Empty what nobody can empty while its triggers are in force."""
    for table in tables:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


@pytest.fixture
def app(whole_app: Flask) -> Iterator[Flask]:
    """The service, within an application context, with an empty desk."""
    with whole_app.app_context():
        with db.engine.begin() as connection:
            if connection.scalar(text("SELECT EXISTS (SELECT FROM rule_change)")):
                connection.execute(text("TRUNCATE rule_change"))
            if connection.scalar(text(HAS_SEALED)):
                unseal(connection, "sealed_year", "figure_revision")
            for table in EMPTIED:
                connection.execute(text(f"DELETE FROM {table}"))
        limiter.reset()
        yield whole_app
        session().rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript that reads bokmål."""
    browser = app.test_client()
    browser.set_cookie("language", "nb")
    return browser


@pytest.fixture
def jurisdiction(app: Flask) -> Jurisdiction:
    found = by_number("1505")
    assert found is not None
    return found


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL that is sent while the test runs."""
    said: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)
