"""The only program that opens pictures from outside: a process of its own, with little memory and time.

It reads one picture from its standard input and answers on its standard output: a line of JSON, then the new
pictures one after the other. A broken or hostile picture can end this process and nothing else.
"""

import io
import json
import math
import resource
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

MAX_PIXELS = 64_000_000
"""Telephones take up to 50 megapixels without being told to; a picture of 64 fits the memory below."""
MEMORY_BYTES = 1_500 * 1024 * 1024
CPU_SECONDS = 20
WANTED: tuple[tuple[str, int, str, Mapping[str, object]], ...] = (
    ("1920.webp", 1920, "WEBP", {"quality": 76, "method": 3}),
    ("960.webp", 960, "WEBP", {"quality": 76, "method": 4}),
    ("960.jpg", 960, "JPEG", {"quality": 80, "progressive": True, "optimize": True}),
    ("320.webp", 320, "WEBP", {"quality": 74, "method": 4}),
)
"""Name, longest side in pixels, format, how it is written; the largest first. Letters need JPEG."""
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
SRGB = ImageCms.createProfile("sRGB")


class Refused(Exception):
    """The picture is not taken. `reason` is a word that the caller turns into a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def format_of(content: bytes) -> str:
    """The format by the first bytes, whatever the file is called. :raises Refused: another kind."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and _brands(content) & HEIF_BRANDS:
        if _is_cut(content):
            raise Refused("broken")
        return "HEIF"
    raise Refused("unknown")


def _brands(content: bytes) -> set[bytes]:
    """The brands that the first box of an ISO file names (ISO/IEC 14496-12, 4.3)."""
    end = min(int.from_bytes(content[:4], "big"), 256)
    places = [8, *range(16, end, 4)]
    return {content[at : at + 4] for at in places}


def _is_cut(content: bytes) -> bool:
    """Whether the last box of an ISO file says that it is longer than the file. The decoder does not mind."""
    at = 0
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        if length == 1:
            length = int.from_bytes(content[at + 8 : at + 16], "big")
        if length < 8:  # 0: to the end of the file
            return length != 0
        at += length
    return at != len(content)


Box = tuple[float, float, float, float]
"""Left, top, width and height, as parts of the upright picture's sides."""


def cleaned(
    content: bytes, black: Sequence[Box] = ()
) -> tuple[tuple[int, int], list[tuple[str, bytes]]]:
    """Width and height of the largest new picture, and all of them by name: pixels and nothing else.

    :param black: what nobody is to see any more, in none of them.
    :raises Refused: not a picture of ours, too many pixels, or broken.
    """
    kind = format_of(content)
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused("too_many_pixels")
            picture.draft("RGB", (WANTED[0][1], WANTED[0][1]))
            picture.load()
            upright = ImageOps.exif_transpose(_small(_plain(picture)))
    except (Image.DecompressionBombError, MemoryError) as fault:
        raise Refused("too_many_pixels") from fault
    except UnidentifiedImageError as fault:
        raise Refused("broken") from fault
    except Exception as fault:  # the codecs raise anything: OSError, SyntaxError, struct.error …
        if isinstance(fault, Refused):
            raise
        raise Refused("broken") from fault
    _blacken(upright, black)
    files = []
    for name, side, form, options in WANTED:
        upright.thumbnail((side, side), Image.Resampling.LANCZOS)
        if name == WANTED[0][0]:
            size = upright.size
        files.append((name, _written(upright, form, options)))
    return size, files


def _blacken(picture: Image.Image, boxes: Sequence[Box]) -> None:
    """Fill the boxes, to the outer edge of every pixel that they touch."""
    for left, top, width, height in boxes:
        corner = int(left * picture.width), int(top * picture.height)
        other = (
            math.ceil((left + width) * picture.width),
            math.ceil((top + height) * picture.height),
        )
        picture.paste("black", (*corner, *other))


def _plain(picture: Image.Image) -> Image.Image:
    """The first frame in sRGB on white, 8 bits a colour, still with the mark that says which side is up."""
    orientation = picture.getexif().get(0x0112)
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if "transparency" in picture.info or picture.mode in {"LA", "PA", "La", "RGBa", "RGBA"}:
        rgba = picture.convert("RGBA")
        plain = Image.new("RGB", picture.size, "white")
        plain.paste(rgba, mask=rgba.getchannel("A"))
    else:
        plain = _in_srgb(picture, profile) or picture.convert("RGB")
    new = Image.Exif()
    if orientation in range(1, 9):
        new[0x0112] = orientation
    plain.info.clear()
    plain.info["exif"] = new.tobytes()
    return plain


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image | None:
    """The colours as sRGB, by the picture's own profile; None when it has none that can be used."""
    if not profile or picture.mode not in {"RGB", "CMYK", "L"}:
        return None
    try:
        return ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _small(picture: Image.Image) -> Image.Image:
    """No larger than the largest wanted, before it is turned: turning copies every pixel."""
    picture.thumbnail((WANTED[0][1], WANTED[0][1]), Image.Resampling.LANCZOS)
    return picture


def _written(picture: Image.Image, form: str, options: Mapping[str, object]) -> bytes:
    """The pixels alone in a new file."""
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    held = io.BytesIO()
    bare.save(held, form, **options)
    return held.getvalue()


def _limit() -> None:
    """Little memory, little time, no files. Beyond that the system ends the process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(
    read: Callable[[], bytes], write: Callable[[bytes], object], black: Sequence[Box]
) -> None:
    try:
        (width, height), files = cleaned(read(), black)
    except Refused as fault:
        write(json.dumps({"refused": fault.reason}).encode() + b"\n")
        return
    lengths = [[name, len(content)] for name, content in files]
    write(json.dumps({"width": width, "height": height, "files": lengths}).encode() + b"\n")
    for _, content in files:
        write(content)


def main() -> None:
    """Clean the picture on the standard input."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    register_heif_opener(thumbnails=False, decode_threads=1)
    _limit()
    black = [tuple(box) for box in json.loads(sys.argv[1])] if len(sys.argv) > 1 else []
    _answer(sys.stdin.buffer.read, sys.stdout.buffer.write, black)


if __name__ == "__main__":
    main()
