"""The installed PostgreSQL, and the system user who runs it."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

INSTALL = "Install it with: apt-get install postgresql-postgis"


class EmbeddedError(Exception):
    """The cluster cannot be started. The text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Programs:
    """One installed version of the PostgreSQL server."""

    version: int
    folder: Path
    has_postgis: bool


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The system user who owns the data and runs the server."""

    user: int
    group: int

    def command(self, *words: str | Path, death_signal: str = "KILL") -> list[str]:
        """A command line that runs as this user and gets a signal when its parent dies."""
        prefix = ["setpriv", "--pdeathsig", death_signal]
        if os.geteuid() == 0:
            prefix += [f"--reuid={self.user}", f"--regid={self.group}", "--clear-groups"]
        return [*prefix, "--", *map(str, words)]


class Door:
    """A folder handed to a child process as an open file.

    The child need not be able to walk there: in a clone under /root the server's user reaches the
    data all the same, without any capability.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        self.number = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        self.path = f"/proc/self/fd/{self.number}"
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.number)

    @property
    def options(self) -> dict[str, Any]:
        """How to start the child: away from the terminal's Ctrl-C, with the door open."""
        environ = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
        return {
            "pass_fds": (self.number,),
            "cwd": "/",
            "env": environ,
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
        }


def owner_of(folder: Path) -> Owner:
    """Whoever starts the service; for root, the folder's owner so far, else the user `postgres`."""
    if os.geteuid() != 0:
        return Owner(user=os.geteuid(), group=os.getegid())
    existing = folder.stat()
    if existing.st_uid != 0:
        return Owner(user=existing.st_uid, group=existing.st_gid)
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError as error:
        raise EmbeddedError(
            "PostgreSQL never runs as root, and there is no system user postgres. "
            f"{INSTALL}, or start as another user."
        ) from error
    return Owner(user=entry.pw_uid, group=entry.pw_gid)


def programs_for(data: Path) -> Programs:
    """The newest server with PostGIS, or the one that made the data."""
    installed = _installed()
    if (data / "PG_VERSION").exists():
        version = int((data / "PG_VERSION").read_text())
        matching = [programs for programs in installed if programs.version == version]
        missing = f"{data} was made by PostgreSQL {version}, which is not installed with PostGIS."
        advice = f"apt-get install postgresql-{version}-postgis-3, or set MELDE_INSTANCE."
    else:
        matching = installed
        missing, advice = "PostgreSQL with PostGIS is not installed.", INSTALL
    with_postgis = [programs for programs in matching if programs.has_postgis]
    if not with_postgis:
        raise EmbeddedError(f"{missing} {advice}")
    return max(with_postgis, key=lambda programs: programs.version)


def _installed() -> list[Programs]:
    """Every server that Debian's layout or `pg_config` on the path leads to."""
    tools = [str(path) for path in Path("/usr/lib/postgresql").glob("*/bin/pg_config")]
    on_path = shutil.which("pg_config")
    found = []
    for tool in [*tools, on_path] if on_path else tools:
        command = [tool, "--version", "--bindir", "--sharedir"]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        version, folder, share = answer.splitlines()
        if (Path(folder) / "initdb").exists() and (Path(folder) / "postgres").exists():
            found.append(
                Programs(
                    version=int(version.split()[1].partition(".")[0]),
                    folder=Path(folder),
                    has_postgis=(Path(share) / "extension/postgis.control").exists(),
                )
            )
    return found
