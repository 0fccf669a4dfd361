"""Photos for demo reports: drawn here, so that no picture of a real place is needed."""

import io
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from math import cos, pi, sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from app.photos.images import Cleaned, clean
from app.photos.operations import keep_cleaned
from app.service_requests import pictures
from app.service_requests.additions import PhotoShows
from app.service_requests.kinds import ModerationState
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status
from app.storage import Store

SIZE = (1200, 900)
MOST = 16
"""How many reports get photos."""
LATER = timedelta(minutes=5)
Point = tuple[float, float]
GLOW = (255, 232, 170)


def add_photos(requests: Sequence[ServiceRequest], store: Store, account_id: int) -> int:
    """Give the newest reports of the kinds that are drawn here photos, approved; how many reports got some.

    :param account_id: who has approved them.
    """
    drawn = [request for request in requests if request.service.code in SCENES][-MOST:]
    for request in drawn:
        before, after = SCENES[request.service.code]
        key = _add(request, before, PhotoShows.FAULT, store)
        now = request.requested_at + LATER
        pictures.decide(request, key, ModerationState.SHOWN, account_id=account_id, now=now)
        if request.status == Status.FIXED and request.led_to_improvement:
            _add(request, after, PhotoShows.FIX, store)
    return len(drawn)


def _add(
    request: ServiceRequest, draw: Callable[[], Image.Image], shows: PhotoShows, store: Store
) -> str:
    is_fault = shows == PhotoShows.FAULT
    now = request.requested_at if is_fault else request.closed_at or request.updated_at
    key = keep_cleaned(_cleaned(draw), store, request.jurisdiction_id, now=now).key
    by = "reporter" if is_fault else "staff"
    pictures.attach(request, [key], shows=shows, added_by=by, now=now)
    return key


@cache
def _cleaned(draw: Callable[[], Image.Image]) -> Cleaned:
    """A drawing the way any photo comes in."""
    held = io.BytesIO()
    draw().save(held, "PNG")
    return clean(held.getvalue())


def _grainy(picture: Image.Image, strength: float = 16) -> Image.Image:
    """With the grain of a small camera."""
    grain = Image.effect_noise(picture.size, strength).convert("RGB")
    return ImageChops.add(picture, grain, offset=-128)


def _fade(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Image.Image:
    """One colour above that becomes another below."""
    mask = Image.linear_gradient("L").resize(SIZE)
    return Image.composite(Image.new("RGB", SIZE, bottom), Image.new("RGB", SIZE, top), mask)


def _blob(
    centre: Point, across: Point, chance: random.Random, *, roughness: float = 0.2
) -> list[Point]:
    """An uneven round thing."""
    return [
        (
            centre[0] + across[0] * cos(2 * pi * at / 36) * chance.uniform(1 - roughness, 1),
            centre[1] + across[1] * sin(2 * pi * at / 36) * chance.uniform(1 - roughness, 1),
        )
        for at in range(36)
    ]


def _street() -> Image.Image:
    """Asphalt seen from where one stands, with a line and the edge of a lawn."""
    picture = _fade((118, 119, 120), (84, 85, 87))
    pen = ImageDraw.Draw(picture)
    pen.polygon([(820, 0), (1200, 0), (1200, 620)], fill=(92, 112, 70))
    pen.polygon([(770, 0), (830, 0), (1200, 610), (1200, 720)], fill=(165, 163, 158))
    pen.polygon([(150, 0), (185, 0), (110, 190), (60, 190)], fill=(205, 203, 196))
    pen.polygon([(10, 430), (75, 430), (0, 640), (0, 470)], fill=(200, 198, 190))
    return _grainy(picture, 30).filter(ImageFilter.GaussianBlur(0.8))


def pothole() -> Image.Image:
    """A hole in the road with water in it."""
    chance, picture = random.Random(7), _street()  # noqa: S311
    pen = ImageDraw.Draw(picture)
    centre = (520, 480)
    pen.polygon(_blob(centre, (330, 190), chance), fill=(66, 61, 55))
    pen.polygon(_blob(centre, (275, 150), chance), fill=(45, 41, 37))
    pen.polygon(_blob((515, 492), (215, 105), chance, roughness=0.12), fill=(122, 134, 144))
    pen.polygon(_blob((560, 468), (90, 30), chance), fill=(168, 180, 188))
    for _ in range(260):
        x, y = chance.gauss(centre[0], 215), chance.gauss(centre[1], 120)
        size = chance.uniform(2, 9)
        grey = chance.randint(55, 130)
        pen.ellipse((x, y, x + size, y + size * 0.7), fill=(grey, grey - 4, grey - 9))
    return _grainy(picture.filter(ImageFilter.GaussianBlur(1.6)), 14)


def patched() -> Image.Image:
    """The same road with new asphalt."""
    picture = _street()
    patch = [(270, 330), (790, 330), (860, 650), (190, 650)]
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).polygon(patch, fill=255)
    fresh = _grainy(Image.new("RGB", SIZE, (46, 47, 49)), 26)
    picture.paste(fresh, mask=mask)
    ImageDraw.Draw(picture).line([*patch, patch[0]], fill=(30, 30, 31), width=7)
    return picture.filter(ImageFilter.GaussianBlur(1))


def _dusk(*, is_lit: bool) -> Image.Image:
    """A lamp over a street in the evening."""
    chance = random.Random(3)  # noqa: S311
    picture = _fade((24, 34, 62), (128, 96, 104) if not is_lit else (96, 84, 104))
    pen = ImageDraw.Draw(picture)
    x = 0
    while x < SIZE[0]:
        width, height = chance.randint(110, 210), chance.randint(150, 300)
        pen.rectangle((x, 700 - height, x + width, 720), fill=(19, 22, 33))
        pen.polygon(
            [(x - 12, 700 - height), (x + width / 2, 640 - height), (x + width + 12, 700 - height)],
            fill=(15, 17, 27),
        )
        for at in range(x + 24, x + width - 30, 46):
            if chance.random() < 0.3:
                pen.rectangle((at, 600, at + 20, 628), fill=(226, 186, 112))
        x += width + chance.randint(5, 40)
    pen.rectangle((0, 700, *SIZE), fill=(27, 28, 34))
    if is_lit:
        light = Image.new("RGB", SIZE)
        beam = ImageDraw.Draw(light)
        beam.polygon([(705, 205), (755, 205), (1010, 900), (450, 900)], fill=(92, 78, 46))
        beam.ellipse((630, 120, 830, 320), fill=(150, 128, 78))
        picture = ImageChops.add(picture, light.filter(ImageFilter.GaussianBlur(46)))
        pen = ImageDraw.Draw(picture)
    pen.rectangle((558, 170, 574, 790), fill=(58, 60, 66))
    pen.line([(566, 176), (620, 150), (700, 172)], fill=(58, 60, 66), width=12)
    pen.rounded_rectangle((690, 164, 776, 196), 10, fill=(70, 72, 78))
    pen.rounded_rectangle((700, 192, 766, 208), 6, fill=GLOW if is_lit else (38, 40, 46))
    return _grainy(picture.filter(ImageFilter.GaussianBlur(1.2)), 18)


def dark_lamp() -> Image.Image:
    """A lamp that does not shine."""
    return _dusk(is_lit=False)


def lit_lamp() -> Image.Image:
    """The same lamp, shining."""
    return _dusk(is_lit=True)


def _corner() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A bin on a lawn before a wall."""
    picture = _fade((172, 178, 180), (150, 152, 150))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 520, *SIZE), fill=(98, 118, 74))
    pen.rectangle((0, 500, SIZE[0], 528), fill=(126, 124, 118))
    pen.polygon([(250, 300), (490, 300), (470, 700), (270, 700)], fill=(44, 74, 58))
    pen.rounded_rectangle((236, 262, 504, 312), 14, fill=(34, 58, 46))
    return picture, pen


def rubbish() -> Image.Image:
    """Bags beside a bin."""
    chance = random.Random(5)  # noqa: S311
    picture, pen = _corner()
    for centre, across, colour in (
        ((640, 660), (150, 120), (32, 33, 36)),
        ((830, 690), (140, 105), (214, 214, 208)),
        ((730, 740), (150, 95), (48, 60, 96)),
        ((980, 730), (110, 80), (38, 38, 40)),
    ):
        pen.polygon(_blob(centre, across, chance, roughness=0.14), fill=colour)
        light = tuple(min(255, part + 34) for part in colour)
        pen.polygon(
            _blob((centre[0] - 36, centre[1] - 42), (34, 20), chance, roughness=0.3), fill=light
        )
    return _grainy(picture.filter(ImageFilter.GaussianBlur(2)), 20)


def tidy() -> Image.Image:
    """The same place without them."""
    picture, _ = _corner()
    return _grainy(picture.filter(ImageFilter.GaussianBlur(2)), 20)


SCENES: dict[str, tuple[Callable[[], Image.Image], Callable[[], Image.Image]]] = {
    "ROAD-POTHOLE": (pothole, patched),
    "LIGHT-DARK": (dark_lamp, lit_lamp),
    "WASTE-DUMPED": (rubbish, tidy),
}
"""By service: the fault, and after the repair."""
