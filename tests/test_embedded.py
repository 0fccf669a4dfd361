import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.embedded import Cluster, EmbeddedError, is_answering

START_AND_WAIT = """
import sys, time
from pathlib import Path
from app.embedded import Cluster
Cluster(Path(sys.argv[1]), durable=False).start()
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A cluster that was made, used and stopped; tests copy it: faster than making one."""
    folder = tmp_path_factory.mktemp("made")
    with Cluster(folder, durable=False) as cluster:
        run(cluster, "CREATE TABLE fault (number int)")
        run(cluster, "INSERT INTO fault VALUES (7)")
    return folder


@pytest.fixture
def folder(made, tmp_path):
    subprocess.run(["cp", "-a", made / "postgres", tmp_path], check=True)
    return tmp_path


@pytest.fixture
def cluster(folder):
    with Cluster(folder, durable=False) as cluster:
        yield cluster


def run(cluster: Cluster, query: str) -> list[tuple]:
    address = make_url(cluster.url).set(drivername="postgresql").render_as_string()
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def server_number(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def is_alive(number: int) -> bool:
    status = Path(f"/proc/{number}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_new_cluster_has_postgis_utf8_and_checksums(tmp_path):
    with Cluster(tmp_path) as cluster:
        assert run(cluster, "SELECT ST_AsText(ST_Point(7.7, 63.1))") == [("POINT(7.7 63.1)",)]
        assert run(cluster, "SHOW server_encoding") == [("UTF8",)]
        assert run(cluster, "SHOW data_checksums") == [("on",)]
        assert run(cluster, "SHOW timezone") == [("UTC",)]


def test_a_restart_keeps_the_data(cluster):
    assert run(cluster, "SELECT number FROM fault") == [(7,)]


def test_stopping_ends_the_server(folder):
    with Cluster(folder, durable=False) as cluster:
        number = server_number(cluster)
        assert is_answering(folder)
    assert not is_alive(number)
    assert not is_answering(folder)


def test_the_server_listens_on_a_private_socket_only(cluster):
    assert run(cluster, "SHOW listen_addresses") == [("",)]
    assert (cluster.folder / "run").stat().st_mode & 0o777 == 0o700


def test_the_server_never_runs_as_root(cluster):
    assert Path(f"/proc/{server_number(cluster)}").stat().st_uid != 0


def test_the_services_role_is_no_superuser(cluster):
    assert run(cluster, "SELECT current_user, current_setting('is_superuser')") == [
        ("melde", "off")
    ]


def test_the_data_comes_back_after_the_server_was_killed(folder):
    cluster = Cluster(folder)
    cluster.start()
    run(cluster, "INSERT INTO fault VALUES (8)")
    os.kill(server_number(cluster), signal.SIGKILL)
    wait_until(lambda: not cluster.is_running)
    cluster.start()
    assert run(cluster, "SELECT count(*) FROM fault") == [(2,)]
    cluster.stop()


def test_the_server_dies_with_the_process_that_started_it(folder):
    command = [sys.executable, "-c", START_AND_WAIT, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as starter:
        assert starter.stdout.read(2) == b"up"
        number = server_number(Cluster(folder))
        starter.kill()
    wait_until(lambda: not is_alive(number))
    with Cluster(folder, durable=False) as cluster:
        assert run(cluster, "SELECT number FROM fault") == [(7,)]


def test_an_orphaned_server_is_replaced(folder):
    orphan = Cluster(folder, durable=False)
    orphan.start()
    number = server_number(orphan)
    orphan._lock.close()
    with Cluster(folder, durable=False) as cluster:
        assert server_number(cluster) != number
        assert run(cluster, "SELECT number FROM fault") == [(7,)]
    orphan.stop()


def test_a_second_start_in_the_same_folder_is_refused(cluster, folder):
    with pytest.raises(EmbeddedError, match="in use by another"):
        Cluster(folder).start()
    assert cluster.is_running


def test_a_notice_with_the_number_of_a_stranger_does_not_stand_in_the_way(folder):
    notice = folder / "postgres/data/postmaster.pid"
    notice.write_text(f"{os.getpid()}\n{folder}\n0\n5432\n\n\n")
    shutil.chown(notice, notice.parent.owner(), notice.parent.group())
    with Cluster(folder, durable=False) as cluster:
        assert run(cluster, "SELECT number FROM fault") == [(7,)]


def test_an_interrupted_making_is_begun_again(tmp_path):
    half = tmp_path / "postgres/data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("15")
    with Cluster(tmp_path, durable=False) as cluster:
        assert run(cluster, "SELECT 1") == [(1,)]


def test_a_path_too_long_for_a_socket_works_all_the_same(folder, tmp_path):
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    (folder / "postgres").rename(deep / "postgres")
    with Cluster(deep, durable=False) as cluster:
        assert run(cluster, "SELECT number FROM fault") == [(7,)]


def test_a_database_can_be_cloned_and_dropped(cluster):
    cluster.create_database("copy", template="melde")
    cluster.drop_database("copy")
    assert run(cluster, "SELECT datname FROM pg_database WHERE datname = 'copy'") == []


def test_data_of_a_version_that_is_gone_is_left_alone(folder):
    (folder / "postgres/data/PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 9"):
        Cluster(folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that others cannot enter")
def test_a_folder_that_the_servers_user_cannot_walk_to_works_all_the_same(folder):
    folder.chmod(0o700)
    with Cluster(folder, durable=False) as cluster:
        assert run(cluster, "SELECT number FROM fault") == [(7,)]
