"""Having a picture from outside cleaned, by a program that may fall without taking anything along."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from app.errors import AppError, Invalid
from app.i18n import gettext

MAX_BYTES = 15 * 1024 * 1024
MAX_PHOTOS = 5
"""How many photos one report, one answer or one addition takes."""
SIZES = {"320.webp": "image/webp", "960.webp": "image/webp", "1920.webp": "image/webp"} | {
    "960.jpg": "image/jpeg"
}
"""The files of a photo and their media types; the number is the longest side in pixels."""
PATIENCE_SECONDS = 30
WAIT_SECONDS = 10
"""For a turn. Longer would let slow pictures take the threads that pages need."""
AT_ONCE = 2
"""How many pictures one web process has cleaned at a time: each may take 1.5 GB."""
Box = tuple[float, float, float, float]
_CODEC = Path(__file__).with_name("codec.py")
_turns = BoundedSemaphore(AT_ONCE)


class Busy(AppError):
    """So many pictures are being cleaned that this one has no turn."""

    status = 503


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A picture without anything but its pixels. Width and height in pixels are those of the largest file."""

    width: int
    height: int
    files: dict[str, bytes]

    @property
    def size_bytes(self) -> int:
        """What all files take together."""
        return sum(len(content) for content in self.files.values())


def clean(content: bytes, black: Sequence[Box] = ()) -> Cleaned:
    """The picture upright, in sRGB, in every size, without metadata.

    :param black: left, top, width and height of what is filled with black, as parts of the upright sides.
    :raises Invalid: too large, not a picture that we take, or broken; the field is `photos`.
    :raises Busy: too many at once.
    """
    if len(content) > MAX_BYTES:
        raise refusal("too_many_bytes")
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy(gettext("Many photos are being sent right now. Try again in a minute."))
    try:
        said = _said(content, black)
    finally:
        _turns.release()
    head, _, rest = said.partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError:  # ended by its limits, or by what was in the picture
        raise refusal("broken") from None
    if "refused" in answer:
        raise refusal(answer["refused"])
    return Cleaned(
        width=answer["width"], height=answer["height"], files=_split(rest, answer["files"])
    )


def _said(content: bytes, black: Sequence[Box]) -> bytes:
    """What the program writes; nothing when it falls or takes too long."""
    few = {"MALLOC_ARENA_MAX": "1", "PATH": os.environ.get("PATH", "")}
    command = [sys.executable, "-I", str(_CODEC), json.dumps(list(black))]
    try:
        done = subprocess.run(
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            env=few,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""


def _split(rest: bytes, lengths: list[tuple[str, int]]) -> dict[str, bytes]:
    files, at = {}, 0
    for name, length in lengths:
        files[name] = rest[at : at + length]
        at += length
    return files


def refusal(reason: str) -> Invalid:
    """Why a picture is not taken, and what to do."""
    match reason:
        case "too_many_bytes":
            message = gettext(
                "The photo is larger than %(size)s MB. Choose a smaller one.",
                size=MAX_BYTES // 1024 // 1024,
            )
        case "too_many_pixels":
            message = gettext(
                "The photo has too many pixels. Take it again with a smaller size, or send a screenshot of it."
            )
        case "unknown":
            message = gettext("This is not a photo that we can read. Send JPEG, PNG, WebP or HEIC.")
        case _:
            message = gettext("The photo is damaged and cannot be opened. Choose another one.")
    return Invalid({"photos": message})
