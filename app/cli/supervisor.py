"""Keeping child processes alive until told to stop."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

TURN_SECONDS = 0.2
STOP_TIMEOUT_SECONDS = 30
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60
FALSE_START_SECONDS = 5
LAST_LINES = 15
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(kw_only=True)
class Child:
    """One command that should always be running; what it says goes to `log`.

    Times are of the monotonic clock.
    """

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_again_at: float = 0
    pause_seconds: float = 1.0
    starts: int = 0

    def start(self, now: float) -> None:
        """Run the command away from the terminal's Ctrl-C; it is told to stop when we die."""
        command = ["setpriv", "--pdeathsig", "TERM", "--", *self.command]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started_at = now
        self.starts += 1

    def look_after(self, now: float) -> None:
        """Start it again, after a pause that grows, when it has ended.

        :raises click.ClickException: when it gives up at once on the very first start.
        """
        if self.process is None:
            if now >= self.start_again_at:
                self.start(now)
            return
        code = self.process.poll()
        if code is None:
            return
        lived_seconds = now - self.started_at
        if self.starts == 1 and code > 0 and lived_seconds < FALSE_START_SECONDS:
            raise click.ClickException(self._last_words(f"did not start (exit code {code})"))
        if lived_seconds > STEADY_AFTER_SECONDS:
            self.pause_seconds = 1.0
        click.echo(
            f"{self.name} ended (exit code {code}); again in {self.pause_seconds:.0f} s.", err=True
        )
        self.process = None
        self.start_again_at = now + self.pause_seconds
        self.pause_seconds = min(self.pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    def _last_words(self, what: str) -> str:
        said = self.log.read_text(errors="replace").strip().splitlines()[-LAST_LINES:]
        return "\n".join([f"{self.name} {what}. It said:", *said])

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def supervise(children: Sequence[Child], each_turn: Callable[[], None]) -> None:
    """Run the children until a KeyboardInterrupt or an error; then stop them all.

    `each_turn` is called a few times a second.
    """
    try:
        while True:
            now = time.monotonic()
            for child in children:
                child.look_after(now)
            each_turn()
            time.sleep(TURN_SECONDS)
    finally:
        ignore_stop_signals()
        stop(children)


def stop(children: Sequence[Child]) -> None:
    """Ask all to finish what they are doing; end by force whoever takes too long."""
    processes = [child.process for child in children if child.process is not None]
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def stop_on_signals() -> None:
    """From now on SIGTERM and a closed terminal mean the same as Ctrl-C: a KeyboardInterrupt."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)


def ignore_stop_signals() -> None:
    """From now on nothing interrupts the clearing up."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
