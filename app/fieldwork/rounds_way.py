"""An order to go a round in: the nearest next, then without crossings. As the crow flies. Pure."""

from collections.abc import Sequence

from app.geo.directions import metres_between
from app.geo.positions import Position

ENOUGH = 1e-6
"""Metres. What is gained must be more than the error of adding up."""


class Ground:
    """How far it is between the stops, measured once, and from where the round starts."""

    def __init__(self, stops: Sequence[Position], start: Position | None = None) -> None:
        self._between = [[0.0] * len(stops) for _ in stops]
        for one, here in enumerate(stops):
            for other in range(one):
                self._between[one][other] = metres_between(here, stops[other])
                self._between[other][one] = self._between[one][other]
        self._from_start = [metres_between(start, stop) if start else 0.0 for stop in stops]
        self.has_start = start is not None
        self.count = len(stops)

    def leg(self, before: int | None, after: int | None) -> float:
        """Metres from one stop to another. None is where the round starts; after the last one comes nothing."""
        if after is None:
            return 0.0
        return self._from_start[after] if before is None else self._between[before][after]

    def length(self, order: Sequence[int]) -> float:
        """Metres of the whole way."""
        before = [None, *order[:-1]]
        return sum(self.leg(one, other) for one, other in zip(before, order, strict=True))


def suggested(stops: Sequence[Position], start: Position | None = None) -> list[int]:
    """The stops' places in the list, in the order to go: never longer than going to the nearest each time.

    :param start: where the crew sets out; without it the round may begin at any of the stops.
    """
    if not stops:
        return []
    ground = Ground(stops, start)
    return straightened(ground, nearest_next(ground))


def nearest_next(ground: Ground) -> list[int]:
    """To the nearest that is left, each time; without a start, from the stop where that is shortest."""
    if ground.has_start:
        first = min(range(ground.count), key=lambda stop: ground.leg(None, stop))
        return _greedy(ground, first)
    ways = [_greedy(ground, first) for first in range(ground.count)]
    return min(ways, key=ground.length)


def _greedy(ground: Ground, first: int) -> list[int]:
    order, left = [first], set(range(ground.count)) - {first}
    while left:
        here = order[-1]
        nearest = min(left, key=lambda stop: (ground.leg(here, stop), stop))
        order.append(nearest)
        left.remove(nearest)
    return order


def straightened(ground: Ground, order: Sequence[int]) -> list[int]:
    """The way with stretches turned round as long as that shortens it (2-opt)."""
    way = list(order)
    while (found := _shorter(ground, way)) is not None:
        way = found
    return way


def _shorter(ground: Ground, way: list[int]) -> list[int] | None:
    """The way with one stretch turned round, if one is worth it."""
    for first in range(len(way) - 1):
        before = way[first - 1] if first else None
        for last in range(first + 1, len(way)):
            after = way[last + 1] if last + 1 < len(way) else None
            now = ground.leg(before, way[first]) + ground.leg(way[last], after)
            then = ground.leg(before, way[last]) + ground.leg(way[first], after)
            if then < now - ENOUGH:
                return way[:first] + way[first : last + 1][::-1] + way[last + 1 :]
    return None
