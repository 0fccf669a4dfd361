"""Sending large files: little by little, few at a time, and never a part that looks whole."""

from collections.abc import Callable, Iterator
from threading import BoundedSemaphore

AT_ONCE = 3
"""Large files that one process sends at the same time; the other threads are for everybody else."""
_slots = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """So many large files are being sent that this one has to wait."""


class Parts:
    """The parts of a file on its way. `close` ends the reading, however far it came."""

    def __init__(self, begin: Callable[[], Iterator[bytes]]) -> None:
        """Take a slot and make the first part, so that what can go wrong does so before the answer begins.

        :raises Busy: there is no slot.
        """
        self._is_open = _slots.acquire(blocking=False)
        if not self._is_open:
            raise Busy
        self._parts: Iterator[bytes] = iter(())
        try:
            self._parts = begin()
            self._first: bytes | None = next(self._parts, b"")
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        try:
            return next(self._parts)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the reading. Doing so twice changes nothing."""
        if not self._is_open:
            return
        self._is_open = False
        end = getattr(self._parts, "close", None)
        try:
            if end is not None:
                end()
        finally:
            _slots.release()

    def __del__(self) -> None:
        """Whatever forgets to close this must not keep the slot."""
        self.close()
