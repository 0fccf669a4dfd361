"""The cluster itself: made, started, watched and stopped."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from app.embedded.processes import end, end_orphans
from app.embedded.programs import Door, EmbeddedError, Programs, owner_of, programs_for

NAME = "melde"
"""Both the role that owns the data and its database; the role is no superuser."""
PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH_BYTES = 107
START_TIMEOUT_SECONDS = 60
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Cluster:
    """The cluster in `folder/postgres`; `with Cluster(folder) as cluster:` starts and stops it."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute() / "postgres"
        self.data = self.folder / "data"
        self.durable = durable
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """SQLAlchemy's address of the service's own database."""
        return database_url(self.folder.parent, NAME)

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "postgres.log"

    @property
    def is_running(self) -> bool:
        """The server that this object started is alive."""
        return self._server is not None and self._server.poll() is None

    def start(self) -> str:
        """Bring the cluster up, made first where there is none; the address of its database.

        :raises EmbeddedError: when PostgreSQL is missing, the folder is in use or the start fails.
        """
        if self.is_running:
            return self.url
        try:
            self._take_lock()
            if not end_orphans(self.data, _socket_folder(self.folder) / SOCKET):
                raise EmbeddedError(f"A server of an earlier start does not end in {self.data}.")
            programs = programs_for(self.data)
            if not self.data.exists():
                self._create(programs)
            self._run(programs)
            self._prepare()
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Disconnect everybody, write everything down and end the server."""
        if self._server is not None:
            end(self._server)
            self._server = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """A new database with PostGIS, or a copy of `template`; returns its address."""
        with self._connect() as connection:
            _create_database(connection, name, template)
        if template is None:
            with self._connect(name) as connection:
                _add_postgis(connection)
        return database_url(self.folder.parent, name)

    def drop_database(self, name: str) -> None:
        """Remove a database and disconnect whoever uses it."""
        query = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with self._connect() as connection:
            connection.execute(query)

    def _connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        host = str(_socket_folder(self.folder))
        return psycopg.connect(
            host=host, port=PORT, user="postgres", dbname=database, autocommit=True
        )

    def _take_lock(self) -> None:
        """Keep everybody else out of the folder for as long as this process lives."""
        if self._lock is not None:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("a+")
        except PermissionError as error:
            raise EmbeddedError(
                f"{self.folder} cannot be written by this user. "
                "Start as its owner, or set MELDE_INSTANCE to a folder of your own."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise EmbeddedError(
                f"{self.folder.parent} is in use by another process of this service. "
                "Stop that one, or set MELDE_INSTANCE to another folder."
            ) from error
        self._lock = lock

    def _create(self, programs: Programs) -> None:
        """Make an empty cluster; a half-made one from an interrupted start is thrown away."""
        owner = owner_of(self.folder)
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        for folder in (self.folder, unfinished, self.folder / "run"):
            folder.mkdir(mode=0o700, exist_ok=True)
            os.chown(folder, owner.user, owner.group)
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        options += ["--data-checksums"] if self.durable else ["--no-sync"]
        with Door(unfinished) as door:
            command = owner.command(programs.folder / "initdb", "-D", door.path, *options)
            done = subprocess.run(command, **door.options, capture_output=True, text=True)
        if done.returncode:
            raise EmbeddedError(f"initdb failed in {unfinished}:\n{done.stderr.strip()}")
        unfinished.rename(self.data)

    def _run(self, programs: Programs) -> None:
        """Start the server and wait until it answers."""
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.old"))
        options = ["listen_addresses=", "unix_socket_directories=../run", f"port={PORT}"]
        options += ["timezone=UTC", "log_timezone=UTC"]
        options += [] if self.durable else NOT_DURABLE
        words = [word for option in options for word in ("-c", option)]
        with Door(self.data) as door, self.log.open("wb") as log:
            command = owner_of(self.folder).command(
                programs.folder / "postgres", "-D", door.path, *words, death_signal="INT"
            )
            self._server = subprocess.Popen(command, **door.options, stdout=log, stderr=log)
        self._wait_until_it_answers(self._server)

    def _wait_until_it_answers(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while server.poll() is None and time.monotonic() < deadline:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                if server.poll() is None:
                    return
        said = self.log.read_text(errors="replace").strip().splitlines()[-5:]
        raise EmbeddedError("\n".join(["PostgreSQL did not start. It said:", *said]))

    def _prepare(self) -> None:
        """The role and the database; each step only when it has not been done."""
        with self._connect() as connection:
            _create_role(connection)
            if not _exists(connection, "SELECT FROM pg_database WHERE datname = %s", NAME):
                _create_database(connection, NAME, None)
        with self._connect(NAME) as connection:
            _add_postgis(connection)


def database_url(instance: Path, name: str = NAME) -> str:
    """SQLAlchemy's address of a database in the cluster of an instance folder."""
    host = str(_socket_folder(instance.absolute() / "postgres"))
    socket = {"host": host, "port": str(PORT)}
    url = URL.create("postgresql+psycopg", username=NAME, database=name, query=socket)
    return url.render_as_string()


def is_answering(instance: Path) -> bool:
    """Somebody has the cluster of this instance folder running."""
    try:
        host = str(_socket_folder(instance.absolute() / "postgres"))
        psycopg.connect(host=host, port=PORT, user=NAME, dbname=NAME).close()
    except psycopg.OperationalError:
        return False
    return True


def _socket_folder(folder: Path) -> Path:
    """Where clients find the socket: `run`, or a short link to it when the path is too long."""
    run = folder / "run"
    if len(os.fsencode(run / SOCKET)) <= LONGEST_SOCKET_PATH_BYTES:
        return run
    digest = hashlib.sha256(os.fsencode(run)).hexdigest()[:12]
    private = Path(tempfile.gettempdir(), f"melde-{os.geteuid()}-{digest}")
    private.mkdir(mode=0o700, exist_ok=True)
    if private.is_symlink() or private.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{private} belongs to another user. Remove it, or set MELDE_INSTANCE.")
    link = private / "run"
    if not link.is_symlink():
        link.symlink_to(run)
    return link


def _exists(connection: psycopg.Connection[Any], query: str, name: str) -> bool:
    return connection.execute(query.encode(), (name,)).fetchone() is not None


def _create_role(connection: psycopg.Connection[Any]) -> None:
    if not _exists(connection, "SELECT FROM pg_roles WHERE rolname = %s", NAME):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(NAME)))


def _create_database(connection: psycopg.Connection[Any], name: str, template: str | None) -> None:
    query = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    names = (name, NAME, template or "template1")
    connection.execute(query.format(*map(sql.Identifier, names)))


def _add_postgis(connection: psycopg.Connection[Any]) -> None:
    connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
