"""What becomes of a picture from outside."""

import io
import time
from threading import BoundedSemaphore

import pytest
from PIL import Image, ImageCms

from app.errors import Invalid
from app.photos import images
from app.photos.images import MAX_BYTES, SIZES, clean

from .samples import (
    MARKS,
    animated_webp,
    bomb,
    chatty_png,
    encoded,
    exif,
    heic,
    jpeg,
    picture,
)

pytestmark = pytest.mark.usefixtures("app")
GREEN, RED = (30, 180, 30), (200, 30, 30)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def is_near(pixel: tuple[int, ...], colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def sentence(content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        clean(content)
    return caught.value.errors["photos"]


@pytest.mark.parametrize(
    "content",
    [jpeg(), chatty_png(), encoded("WEBP", exif=b"Exif\0\0" + jpeg()[30:60]), heic()],
    ids=["JPEG", "PNG", "WebP", "HEIC"],
)
def test_every_format_comes_out_in_every_size_with_nothing_but_the_picture(content):
    cleaned = clean(content)
    assert set(cleaned.files) == set(SIZES)
    for name, file in cleaned.files.items():
        made = opened(file)
        assert made.format == ("JPEG" if name.endswith("jpg") else "WEBP")
        assert [mark for mark in MARKS if mark in file] == []
        assert not made.getexif()
        assert "icc_profile" not in made.info
    assert is_near(made.convert("RGB").getpixel((3, 3)), GREEN)


def test_the_sizes_are_what_they_are_called():
    cleaned = clean(encoded("JPEG", picture(3000, 2000)))
    sizes = {name: opened(file).size for name, file in cleaned.files.items()}
    assert sizes == {
        "1920.webp": (1920, 1280),
        "960.webp": (960, 640),
        "960.jpg": (960, 640),
        "320.webp": (320, 213),
    }
    assert (cleaned.width, cleaned.height) == (1920, 1280)


def test_a_small_picture_is_not_blown_up():
    assert opened(clean(jpeg()).files["1920.webp"]).size == (60, 40)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_orientation_comes_out_upright(orientation):
    """The camera's own way of holding the picture is undone: EXIF 2.3, tag 274."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = picture()
    held = upright.transpose(undo[orientation]) if orientation > 1 else upright
    made = opened(clean(encoded("JPEG", held, exif=exif(orientation), quality=95)).files["960.jpg"])
    assert made.size == (60, 40)
    corners = [made.getpixel(at) for at in ((4, 4), (55, 4), (4, 35), (55, 35))]
    assert is_near(corners[0], GREEN)
    assert all(is_near(corner, RED) for corner in corners[1:])


def test_colours_of_another_profile_become_srgb():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = opened(clean(encoded("JPEG", icc_profile=lab, quality=95)).files["960.jpg"])
    assert is_near(made.getpixel((50, 35)), RED)


def test_a_broken_profile_is_passed_over():
    made = opened(clean(encoded("JPEG", icc_profile=b"nonsense", quality=95)).files["960.jpg"])
    assert is_near(made.getpixel((50, 35)), RED)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1"])
def test_other_kinds_of_pixels_are_taken(mode):
    form = "JPEG" if mode == "CMYK" else "PNG"
    assert clean(encoded(form, picture().convert(mode))).width == 60


def test_sixteen_bits_of_grey_keep_their_brightness():
    grey = Image.new("I;16", (20, 20), 32_768)
    made = opened(clean(encoded("PNG", grey)).files["960.jpg"])
    assert is_near(made.convert("RGB").getpixel((10, 10)), (128, 128, 128))


def test_what_is_transparent_becomes_white():
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    made = opened(clean(encoded("PNG", clear)).files["960.jpg"])
    assert is_near(made.getpixel((10, 10)), (255, 255, 255))


def test_only_the_first_frame_is_kept():
    made = opened(clean(animated_webp()).files["960.webp"])
    assert getattr(made, "n_frames", 1) == 1
    assert is_near(made.convert("RGB").getpixel((50, 35)), RED)


def test_what_hangs_behind_a_picture_is_dropped():
    cleaned = clean(jpeg() + b"PK\x03\x04 secret archive <script>alert(1)</script>")
    assert not any(b"script" in file or b"secret" in file for file in cleaned.files.values())


def test_html_in_a_comment_is_dropped():
    cleaned = clean(encoded("JPEG", comment=b"<script>alert('secret')</script>"))
    assert not any(b"script" in file for file in cleaned.files.values())


FAKES = {
    "nothing": b"",
    "text": b"not a picture",
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "GIF": b"GIF89a" + bytes(100),
    "TIFF": b"II*\0" + bytes(100),
    "PDF": b"%PDF-1.7\n",
    "film": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
}


@pytest.mark.parametrize("content", FAKES.values(), ids=FAKES)
def test_what_is_no_photo_is_refused_with_what_to_send(content):
    assert "HEIC" in sentence(content)


BROKEN = {
    "JPEG's beginning alone": b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>",
    "half a JPEG": encoded("JPEG", picture(400, 400))[:1500],
    "half a PNG": encoded("PNG", Image.effect_noise((80, 80), 60))[:2000],
    "half a WebP": encoded("WEBP", picture(200, 200))[:80],
    "half a HEIC": heic(200, 200)[:-200],
    "PNG without pixels": b"\x89PNG\r\n\x1a\n" + bytes(30),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_damaged_is_refused(content):
    assert "skadet" in sentence(content)


def test_a_bomb_is_refused_before_it_is_opened():
    began = time.monotonic()
    assert "for mange piksler" in sentence(bomb())
    assert time.monotonic() - began < 10


def test_a_webp_that_says_it_is_huge_harms_nobody():
    tiny = bytearray(animated_webp())
    assert tiny[12:16] == b"VP8X"
    tiny[24:30] = b"\xfe\x3f\0\xfe\x3f\0"  # a canvas of 16383 × 16383
    assert sentence(bytes(tiny))


def test_too_many_bytes_are_refused_unread():
    assert "15 MB" in sentence(b"\xff\xd8\xff" + bytes(MAX_BYTES))


def test_a_codec_that_falls_is_a_damaged_photo(monkeypatch, tmp_path):
    """As a crash in a decoder is: the web process lives on."""
    program = tmp_path / "codec.py"
    program.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(images, "_CODEC", program)
    assert "skadet" in sentence(jpeg())


def test_a_codec_that_never_ends_is_ended(monkeypatch, tmp_path):
    program = tmp_path / "codec.py"
    program.write_text("while True: pass")
    monkeypatch.setattr(images, "_CODEC", program)
    monkeypatch.setattr(images, "PATIENCE_SECONDS", 1)
    assert "skadet" in sentence(jpeg())


def test_who_gets_no_turn_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(images, "_turns", BoundedSemaphore(1))
    monkeypatch.setattr(images, "WAIT_SECONDS", 0.01)
    with images._turns, pytest.raises(images.Busy) as caught:
        clean(jpeg())
    assert caught.value.status == 503
    assert clean(jpeg()).width == 60
