"""Small pictures made on the spot: good, odd and hostile."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin
from pillow_heif import from_pillow

GPS = "GPS secret 63.11"
MARKS = (b"Exif", b"EXIF", b"GPS", b"http://ns.adobe", b"ICC_", b"ICCP", b"iCCP", b"XMP", b"secret")
"""What would stand in a file's bytes if anything but the picture were left."""


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Red, with a green corner above on the left."""
    made = Image.new("RGB", (width, height), (200, 30, 30))
    made.paste((30, 180, 30), (0, 0, width // 3, height // 3))
    return made


def exif(orientation: int = 1) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = GPS
    tags[0x8825] = {1: "N", 2: (63.0, 6.0, 36.0), 3: "E", 4: (7.0, 43.0, 12.0)}
    return tags.tobytes()


def encoded(form: str, made: Image.Image | None = None, **options: Any) -> bytes:
    held = io.BytesIO()
    (made or picture()).save(held, form, **options)
    return held.getvalue()


def jpeg(orientation: int = 1, **options: Any) -> bytes:
    return encoded("JPEG", exif=exif(orientation), quality=95, **options)


def heic(width: int = 64, height: int = 64) -> bytes:
    held = io.BytesIO()
    from_pillow(picture(width, height)).save(held, exif=exif())
    return held.getvalue()


def chatty_png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", GPS)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded("PNG", pnginfo=info, exif=exif(), icc_profile=profile)


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(10_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


def animated_webp(frames: int = 3) -> bytes:
    more = [Image.new("RGB", (60, 40), (0, 0, 40 * at)) for at in range(frames)]
    return encoded("WEBP", save_all=True, append_images=more, lossless=True)
