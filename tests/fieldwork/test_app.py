"""The field app's page, its worker and what makes it installable: whole, small, about nobody."""

import gzip
import json
import re

import pytest
from PIL import Image

from tests.conftest import ROOT

STATIC = ROOT / "static"
MOST = 200_000
"""Bytes of a first load, as they are sent."""
SMALL = 500
"""What is not worth packing, in bytes."""
PAGES = (
    "/felt/",
    "/felt/jobb/KSU-2026-000001",
    "/felt/jobb/KSU-2026-000001/ferdig",
    "/felt/ny",
    "/felt/runde",
    "/felt/kart",
    "/felt/ko",
    "/felt/konflikt/6b3f",
    "/felt/mer",
)


def kept(client) -> dict:
    script = client.get("/felt/sw.js").get_data(as_text=True)
    return json.loads(re.search(r'@type \{any\} \*/ \((\{"page".*\})\);', script)[1])


@pytest.mark.parametrize("path", PAGES)
def test_every_address_of_the_app_is_the_same_page(client, path):
    assert client.get(path).data == client.get("/felt/").data


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_holds_nothing_about_anyone(client, language):
    client.set_cookie("language", language)
    answer = client.get("/felt/")
    assert answer.status_code == 200
    assert answer.cache_control.no_cache
    assert "Set-Cookie" not in answer.headers
    assert "csrf" not in answer.text
    assert 'href="/oppdrag"' in answer.text


def test_what_the_app_does_not_have_is_not_found(client):
    assert client.get("/felt/ukjent").status_code == 404
    assert client.get("/felt/mer/mer").status_code == 404


def test_the_worker_names_every_file_of_the_app(client):
    facts = kept(client)
    assert facts["page"] == "/felt/"
    scripts = {
        f"/static/js/crew/{path.relative_to(STATIC / 'js/crew')}"
        for path in (STATIC / "js/crew").rglob("*.js")
        if not path.name.endswith(".test.js") and path.name not in {"worker.js", "types.js"}
    }
    assert scripts <= {address.split("?")[0] for address in facts["assets"]}
    for address in facts["assets"]:
        assert client.get(address).status_code == 200, address


def test_the_worker_keeps_no_map_tiles_and_no_jobs(client):
    for address in kept(client)["assets"]:
        assert address.startswith("/static/")


def test_the_worker_is_asked_for_anew(client):
    answer = client.get("/felt/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.cache_control.no_cache
    again = client.get("/felt/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_first_load_is_small(client):
    """The page, its worker, and all that the worker fetches so that everything works without coverage."""
    addresses = ["/felt/", "/felt/sw.js", "/felt/manifest.webmanifest", *kept(client)["assets"]]
    packed = {"Accept-Encoding": "gzip"}
    size = sum(len(client.get(address, headers=packed).data) for address in addresses)
    print(size)
    assert size < MOST, f"{size} bytes"


def test_scripts_and_styles_go_packed(client):
    for address in kept(client)["assets"]:
        if address.split("?")[0].endswith((".js", ".css", ".svg")):
            plain = client.get(address)
            answer = client.get(address, headers={"Accept-Encoding": "gzip"})
            if len(plain.data) > SMALL:
                assert answer.headers["Content-Encoding"] == "gzip", address
                assert gzip.decompress(answer.data) == plain.data


def test_a_phone_can_install_it(client):
    answer = client.get("/felt/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    facts = answer.get_json(force=True)
    assert facts["name"] == "Oppdrag i Kristiansund kommune"
    assert (facts["start_url"], facts["scope"]) == ("/felt/", "/felt/")
    assert facts["display"] == "standalone"
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}
    for icon in facts["icons"]:
        path = STATIC / icon["src"].split("?")[0].removeprefix("/static/")
        with Image.open(path) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
            assert picture.format == "PNG"
    assert 'rel="manifest"' in client.get("/felt/").text


def test_a_maskable_icon_keeps_its_pin_inside_the_circle():
    with Image.open(STATIC / "icons/crew-maskable-512.png").convert("RGB") as picture:
        ground = picture.getpixel((0, 0))
        outside = [
            (x, y)
            for x in range(0, 512, 4)
            for y in range(0, 512, 4)
            if (x - 256) ** 2 + (y - 256) ** 2 > 205**2
        ]
        assert {picture.getpixel(point) for point in outside} == {ground}
