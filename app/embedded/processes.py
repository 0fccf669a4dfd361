"""Ending servers: the one that was started here, and what an earlier service left behind."""

import os
import signal
import socket
import struct
import subprocess
import time
from contextlib import suppress
from pathlib import Path

STOP_TIMEOUT_SECONDS = 30
PEER = struct.Struct("3i")
"""Linux' `struct ucred`: process, user and group."""


def end(server: subprocess.Popen[bytes]) -> None:
    """Stop a server: politely, then without waiting for what it is doing, then by force."""
    for how, seconds in ((signal.SIGINT, STOP_TIMEOUT_SECONDS), (signal.SIGQUIT, 10)):
        server.send_signal(how)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return
    server.kill()
    server.wait()


def end_orphans(data: Path, socket_path: Path) -> bool:
    """Stop every process that lives in the data folder; False when some do not end.

    Only for the holder of the folder's lock: whoever lives there has lost its service.
    """
    orphans: set[int] = set()
    for how, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        orphans |= _living_in(data) | _listening_on(socket_path)
        for process in filter(_is_alive, orphans):
            with suppress(ProcessLookupError):
                os.kill(process, how)
        if _are_gone_within(orphans, seconds):
            _forget_reused_number(data)
            return True
    return False


def _are_gone_within(processes: set[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(map(_is_alive, processes)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _is_alive(process: int) -> bool:
    """It exists and is more than an entry that its parent has not read yet."""
    try:
        line = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return line.rpartition(")")[2].split()[0] != "Z"


def _living_in(data: Path) -> set[int]:
    """The processes whose working folder is the data: a server and what it forked."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return {number for number in numbers if _home(number) == data.resolve()}


def _listening_on(socket_path: Path) -> set[int]:
    """The server behind a socket. Root in a container often may not see where processes live."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(os.fspath(socket_path))
        except OSError:
            return set()
        credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size)
    return {PEER.unpack(credentials)[0]}


def _home(process: int) -> Path | None:
    """The working folder of a process; None when it is gone or not ours to look at."""
    try:
        return Path(f"/proc/{process}/cwd").readlink()
    except OSError:
        return None


def _forget_reused_number(data: Path) -> None:
    """Remove the server's notice when its number now belongs to a stranger.

    PostgreSQL itself clears a notice whose number is free, but takes a stranger for its own kind.
    """
    notice = data / "postmaster.pid"
    first = notice.read_text().split("\n")[0] if notice.exists() else ""
    if first.isdigit() and _home(int(first)) is not None:
        notice.unlink()
