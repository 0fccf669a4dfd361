"""Values in few classes, for maps and heat tables: 1 is the lightest, 5 the darkest, 0 is nothing. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

CLASSES = 5


def edges(values: Iterable[float | None], round_to: float = 1) -> list[float]:
    """The upper edge of each class: as equal steps from zero to the highest value; as few as there are values.

    `round_to` is the smallest step that can be written (1 for counts).
    """
    known = [value for value in values if value is not None and value > 0]
    if not known:
        return []
    highest = max(known)
    count = min(CLASSES, max(1, int(highest / round_to)))
    found = [
        round(-(-highest * at / count // round_to) * round_to, 6) for at in range(1, count + 1)
    ]
    return sorted(set(found))


def class_of(value: float | None, uppers: Sequence[float]) -> int:
    """The class of a value, 0 for nothing; fewer classes are spread over the darkness."""
    if value is None or value <= 0 or not uppers:
        return 0
    at = min(bisect_left(uppers, value - 1e-9), len(uppers) - 1)
    return shade(at, len(uppers))


def shade(at: int, count: int) -> int:
    """How dark the class with this index is, 1 to 5: the last one is always the darkest."""
    return CLASSES - round((count - 1 - at) * (CLASSES - 1) / max(1, count - 1))
