from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.cli.migrate import upgrade
from app.embedded import Cluster


@pytest.fixture
def url(tmp_path):
    with Cluster(tmp_path, durable=False) as cluster:
        yield cluster.url


def test_two_starts_at_once_do_not_collide(url):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(upgrade, [url, url]))
    address = make_url(url).set(drivername="postgresql").render_as_string()
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
