"""Ending servers: the one that was started here, and what an earlier service left behind."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

STOP_TIMEOUT_SECONDS = 30


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


def end_orphans(data: Path) -> bool:
    """Stop every process that lives in the data folder; False when some do not end.

    Only for the holder of the folder's lock: whoever lives there has lost its service.
    """
    for how, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        for process in _living_in(data):
            with suppress(ProcessLookupError):
                os.kill(process, how)
        if _is_empty_within(data, seconds):
            _forget_reused_number(data)
            return True
    return False


def _is_empty_within(data: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _living_in(data):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _living_in(data: Path) -> list[int]:
    """The processes whose working folder is the data: a server and what it forked."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [number for number in numbers if _home(number) == data.resolve()]


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
