"""Photos in the form: chosen, removed, cut off on the way and sent again, and without scripts."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.photos.samples import encoded, heic, jpeg, picture

from .steps import choose, has_no_faults, next_step, number_on, sign_in

pytestmark = pytest.mark.journey
STORED = ".photos__item[data-state=stored]"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A turned JPEG, a PNG and a HEIC that this browser cannot open."""
    contents = {
        "a.jpg": jpeg(6),
        "b.png": encoded("PNG", picture(3000, 2000)),
        "c.heic": heic(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


def step_two(page: Page, longitude: str = "7.7279") -> None:
    """Each test has a place of its own, away from all other journeys: nothing there is reported already."""
    page.goto(f"/meld?latitude=63.1164&longitude={longitude}")
    next_step(page)
    expect(page.locator("h1")).to_have_text("Hva er galt?")


def is_ready(page: Page) -> None:
    """The field's script has taken over: the file field is no longer part of the form."""
    expect(page.locator("#photo:not([name])")).to_have_count(1)


def test_photos_are_sent_while_the_form_is_filled_in(visit, service, files):
    page = visit(390).page
    step_two(page, "7.7301")
    is_ready(page)
    page.locator("#photo").set_input_files(files)
    expect(page.locator(STORED)).to_have_count(3)
    expect(page.locator(".photos__status")).to_contain_text("3 av 5")
    has_no_faults(page)

    page.locator("#photo").set_input_files(files[:1])
    expect(page.locator(".photos__status")).to_contain_text("allerede")
    page.get_by_role("button", name="Fjern Bilde 2").click()
    expect(page.locator(STORED)).to_have_count(2)
    expect(page.locator("#photo")).to_be_focused()
    keys = page.locator("input[name=photos]").input_value().split(",")
    assert [len(key) for key in keys] == [40, 40]

    choose(page, "road", "ROAD-POTHOLE", scripts=True)
    page.locator("#description").fill("Hull med bilder")
    next_step(page)
    expect(page.locator("h1")).to_have_text("Se over og send inn")
    expect(page.locator("main img[src*='/bilder/']")).to_have_count(2)
    page.locator("button.back").click()
    expect(page.locator(STORED)).to_have_count(2)
    next_step(page)
    next_step(page)
    number = number_on(page)

    crew = visit(390).page
    sign_in(crew, "roads@example.org")
    crew.goto(f"/oppdrag/{number}")
    expect(crew.locator("#bilder img")).to_have_count(2)
    has_no_faults(crew)
    anyone = visit(390).page
    anyone.goto(f"/meldinger/{number}")
    expect(anyone.locator("main img[src*='/bilder/']")).to_have_count(0)
    crew.get_by_role("button", name="Vis for alle").first.click()
    anyone.reload()
    shown = anyone.locator("main img[src*='/bilder/']")
    expect(shown).to_have_count(1)
    assert shown.evaluate("image => image.naturalWidth < image.naturalHeight"), "it is upright"


def test_a_photo_that_is_cut_off_is_sent_when_there_is_coverage(visit, service, files):
    visitor = visit(390)
    page = visitor.page
    step_two(page, "7.7323")
    is_ready(page)
    page.context.set_offline(True)
    page.locator("#photo").set_input_files(files[:1])
    expect(page.locator(".photos__status")).to_contain_text("kunne ikke sendes")
    expect(page.get_by_role("button", name="Prøv igjen")).to_be_visible()
    choose(page, "road", "ROAD-POTHOLE", scripts=True)
    page.locator("#description").fill("Hull med et bilde på vei")
    next_step(page)
    expect(page.locator(".photos__status")).to_contain_text("en gang til")
    expect(page.locator("h1")).to_have_text("Hva er galt?")
    page.context.set_offline(False)
    expect(page.locator(STORED)).to_have_count(1)
    next_step(page)
    expect(page.locator("main img[src*='/bilder/']")).to_have_count(1)
    # The browser's own words about the missing network; errors of scripts still count.
    visitor.complaints[:] = [said for said in visitor.complaints if "net::ERR_" not in said]


def test_without_scripts_photos_go_with_the_form(visit, service, files):
    page = visit(390, scripts=False).page
    step_two(page, "7.7345")
    page.locator("#photo").set_input_files(files[:1])
    next_step(page)
    expect(page.locator("h1")).to_have_text("Hva er galt?")
    expect(page.locator(".photos__picture")).to_have_count(1)
    page.locator("#photo").set_input_files(files[2:])
    page.locator("input[name=remove_photo]").check()
    choose(page, "road", "ROAD-POTHOLE", scripts=False)
    page.locator("#description").fill("Hull, meldt uten skript")
    next_step(page)
    expect(page.locator("main")).to_contain_text("Vi har et spørsmål eller to")
    next_step(page)
    expect(page.locator("h1")).to_have_text("Se over og send inn")
    expect(page.locator("main img[src*='/bilder/']")).to_have_count(1)
    next_step(page)
    assert re.match("KSU-", number_on(page))


def test_what_is_no_photo_is_told_in_place(visit, service, tmp_path):
    page = visit(390).page
    step_two(page)
    fake = tmp_path / "photo.jpg"
    fake.write_text("<script>alert(1)</script>")
    is_ready(page)
    page.locator("#photo").set_input_files(fake)
    expect(page.locator(".photos__status")).to_contain_text("JPEG, PNG, WebP eller HEIC")
    expect(page.locator(".photos__item")).to_have_count(0)
