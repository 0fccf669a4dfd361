"""A breaker: nobody waits for a service that has just failed."""

import time
from collections.abc import Callable
from dataclasses import dataclass

FAILURES_TO_PAUSE = 2
PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 600.0


@dataclass(kw_only=True)
class Breaker:
    """One for each service and process. Two failures in a row make a pause."""

    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    paused_until: float = 0.0

    def lets_through(self) -> bool:
        """Whether to ask. After a pause one may try, and the others wait for what comes of it."""
        now = self.clock()
        if now < self.paused_until:
            return False
        if self.failures >= FAILURES_TO_PAUSE:
            self.paused_until = now + PAUSE_SECONDS
        return True

    def worked(self) -> None:
        """It answered."""
        self.failures, self.paused_until = 0, 0.0

    def failed(self, *, pause_seconds: float | None = None) -> None:
        """It did not. With `pause_seconds` the service has said for how long to leave it alone."""
        self.failures += 1
        if pause_seconds is not None:
            self.failures = max(self.failures, FAILURES_TO_PAUSE)
        if self.failures >= FAILURES_TO_PAUSE:
            pause = max(PAUSE_SECONDS, pause_seconds or 0)
            self.paused_until = self.clock() + min(pause, LONGEST_PAUSE_SECONDS)
