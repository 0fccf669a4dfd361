"""Sending large files: whole or not at all, few made at a time, in constant memory.

A file is made on disk first, so that it is sent with its length. What goes wrong while rows are read is then
said before the answer begins: the web server would end an answer of unknown length as if it were whole.
And no transaction stays open for as long as somebody's line is slow.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import Any

AT_ONCE = 3
"""Large files that one process makes at the same time; the other threads are for everybody else."""
OPEN = 24
"""Large files that one process makes or sends at the same time, however slow readers are: room on the disk."""
CHUNK = 256 * 1024
_slots = BoundedSemaphore(AT_ONCE)
_files = BoundedSemaphore(OPEN)


class Busy(Exception):
    """So many large files are being made or sent that this one has to wait."""


class Parts:
    """A file on its way, and its length in bytes. `close` removes it, however far it came."""

    def __init__(self, begin: Callable[[], Iterator[bytes]]) -> None:
        """Take a slot, make the file from the parts that `begin` gives, and give the slot back.

        :raises Busy: there is no slot, or too many files are still being sent.
        """
        self._file: Any = None
        self._is_open = _files.acquire(blocking=False)
        if not self._is_open:
            raise Busy
        try:
            with _slot():
                self._file = TemporaryFile(prefix="melde-download-")  # noqa: SIM115
                self.length = self._fill(begin())
        except BaseException:
            self.close()
            raise

    def _fill(self, parts: Iterator[bytes]) -> int:
        if hasattr(parts, "close"):
            with closing(parts):  # type: ignore[type-var]
                self._file.writelines(parts)
        else:
            self._file.writelines(parts)
        length = int(self._file.tell())
        self._file.seek(0)
        return length

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        part: bytes = self._file.read(CHUNK) if self._is_open else b""
        if not part:
            self.close()
            raise StopIteration
        return part

    def close(self) -> None:
        """Remove the file and make room for another. Doing so twice changes nothing."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            if self._file is not None:
                self._file.close()
        finally:
            _files.release()

    def __del__(self) -> None:
        """Whatever forgets to close this must not keep the room."""
        self.close()


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _slots.release()
