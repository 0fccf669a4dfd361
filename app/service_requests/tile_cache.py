"""A small memory of answers for a few seconds, for each process. Pure but for its lock."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ShortMemory(Generic[Value]):
    """Keeps at most `most` values, each for `seconds`; the oldest make room."""

    def __init__(self, *, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._kept: OrderedDict[Hashable, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, now: float) -> Value | None:
        """The value, unless its time is over. `now` is in seconds of a clock that never goes back."""
        found = self._kept.get(key)
        return found[1] if found and now < found[0] else None

    def put(self, key: Hashable, value: Value, now: float) -> None:
        """Keep a value from now on."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (now + self._seconds, value)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
