"""A database of one's own, for tests that change the set-up, and a folder to break."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from app.catalog import operations as catalog
from app.database import db, session
from app.departments import operations as departments
from app.embedded import Cluster
from app.factory import create_app
from app.jurisdictions import operations as jurisdictions
from app.routing import loading as routing
from app.scorecard import loading as scorecard
from app.statistics import operations as statistics

from ..conftest import ROOT, settings_for

ROOMS = {
    "municipality.yaml": lambda folder, _: jurisdictions.load(folder),
    "boundary.geojson": lambda folder, _: jurisdictions.load(folder),
    "places.csv": lambda folder, _: jurisdictions.load(folder),
    "departments.yaml": departments.load,
    "services.yaml": catalog.load,
    "areas.geojson": routing.load,
    "routing.yaml": routing.load,
    "historic_counts.csv": statistics.load,
    "indicators.yaml": scorecard.load,
    "indicators.csv": scorecard.load,
}
"""What loads each file, given the folder and the municipality's key."""
TABLES = (
    "jurisdiction place department service_group service area routing_rule historic_count"
    " indicator_series indicator"
)


@contextmanager
def _own_app(cluster: Cluster, template: str | None, folder: Path) -> Iterator[Flask]:
    name = f"setup_{uuid4().hex}"
    app = create_app(settings_for(cluster.create_database(name, template=template), folder))
    yield app
    with app.app_context():
        db.engine.dispose()
    cluster.drop_database(name)


@pytest.fixture
def own_app(cluster: Cluster, template: str, tmp_path: Path) -> Iterator[Flask]:
    """A service whose database may be changed."""
    with _own_app(cluster, template, tmp_path) as app:
        yield app


@pytest.fixture(scope="module")
def unharmed_app(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A service that many broken folders are held against."""
    with _own_app(cluster, template, tmp_path_factory.mktemp("unharmed")) as app:
        yield app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of Kristiansund's set-up folder."""
    return Path(
        shutil.copytree(ROOT / "municipalities" / "kristiansund", tmp_path / "kristiansund")
    )


@pytest.fixture
def edit(folder: Path) -> Callable[[str, str, str], None]:
    """Replace a text in a file of the folder, once."""

    def replace(name: str, old: str, new: str) -> None:
        before = (folder / name).read_text()
        assert old in before
        (folder / name).write_text(before.replace(old, new, 1))

    return replace


def stored(app: Flask) -> dict[str, str]:
    """A fingerprint of every table of the set-up."""
    with app.app_context():
        return {
            table: session().scalar(
                text(f"SELECT md5(string_agg(kept::text, '|' ORDER BY id)) FROM {table} AS kept")
            )
            for table in TABLES.split()
        }
