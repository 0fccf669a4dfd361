"""A private PostGIS with all tables and Kristiansund, for one measurement."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from flask import Flask

from app.cli.jurisdiction import load_folder
from app.embedded import Cluster
from app.factory import create_app
from app.settings import read_settings

ROOT = Path(__file__).parents[1]


@contextmanager
def service() -> Iterator[Flask]:
    """The service on a cluster in a temporary folder, gone afterwards."""
    with tempfile.TemporaryDirectory() as name, Cluster(Path(name)) as cluster:
        Path(name).chmod(0o755)
        config = Config()
        config.set_main_option("script_location", str(ROOT / "migrations"))
        config.set_main_option("sqlalchemy.url", cluster.url.replace("%", "%%"))
        command.upgrade(config, "head")
        given = {
            "MELDE_DATABASE_URL": cluster.url,
            "MELDE_SECRET_KEY": "k" * 40,
            "MELDE_INSTANCE": name,
        }
        app = create_app(read_settings(given))
        load_folder(app, ROOT / "municipalities" / "kristiansund")
        yield app
