"""From values to lengths, and how much room words take. Pure."""

from dataclasses import dataclass
from math import ceil

from app.statistics.charts import round_step

BODY = 13.5
"""The size of most labels, in units of the viewBox. A narrow drawing is shown at 9/10 of its size or larger."""
SMALLEST = 0.001
"""Less than this is drawn as nothing."""
NARROW = 320
WIDE = 700
_THIN, _WIDE = frozenset("iljtfrI.,:;|'’!()[]/-– \u00a0"), frozenset("mwMW%@—")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Values from 0 up to `top` on lengths from 0 to `length`."""

    top: float
    length: float

    def at(self, value: float | None) -> float:
        """How long a value is; nothing is 0."""
        return round(float(value or 0) / self.top * self.length, 1) if self.top else 0.0


def steps(highest: float, lines: int = 4) -> list[float]:
    """Round values for a grid, from 0 to at least the highest."""
    highest = highest if highest > SMALLEST else 1
    step = round_step(highest, lines)
    return [round(step * at, 6) for at in range(ceil(round(max(highest, step) / step, 9)) + 1)]


def text_width(text: str, size: float = BODY) -> float:
    """About how wide a text is in Inter, rather too wide than too narrow."""
    return size * sum(_breadth(letter) for letter in text)


def _breadth(letter: str) -> float:
    if letter in _THIN:
        return 0.36
    if letter in _WIDE:
        return 0.95
    return 0.72 if letter.isupper() else 0.62


def wrapped(text: str, width: float, size: float = BODY, *, most: int = 2) -> list[str]:
    """The text in at most `most` lines that fit; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_shortened(written, width, size) for written in lines]


def _shortened(text: str, width: float, size: float) -> str:
    if text_width(text, size) <= width:
        return text
    while text and text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
