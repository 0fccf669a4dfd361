"""A resident signs in at a real provider, reports, finds the report again, and signs out there.

The provider is another site than ours: the frame by which it signs people out brings none of our cookies.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.conftest import KEY, ROOT
from tests.openid.providers import provider_file, real_provider, registered

from .conftest import MELDE, Service, free_port, wait_for
from .steps import choose, has_no_faults, letters, next_step, number_on, report

pytestmark = pytest.mark.journey


@dataclass(frozen=True, kw_only=True)
class SigningIn(Service):
    """A service, and the provider that its residents sign in at."""

    issuer: str


@pytest.fixture(scope="module")
def service(cluster, template, tiles, tmp_path_factory) -> Iterator[SigningIn]:
    """A service of its own, where residents may sign in."""
    folder = tmp_path_factory.mktemp("mine")
    url = cluster.create_database("journey_mine", template=template)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with real_provider(registered(base), host="localhost") as issuer:
        environ = os.environ | {
            "MELDE_DATABASE_URL": url,
            "MELDE_SECRET_KEY": KEY,
            "MELDE_INSTANCE": str(folder),
            "MELDE_MAIL_FOLDER": str(folder / "mail"),
            "MELDE_BASE_URL": base,
            "MELDE_TILE_URL": tiles,
            "MELDE_KOMMUNEINFO_URL": "http://127.0.0.1:9/kommuneinfo/v1",
            "MELDE_KARTVERKET_URL": "http://127.0.0.1:9",
            "MELDE_OPENID_PROVIDERS": str(provider_file(folder, issuer)),
            "MELDE_FORM_SECONDS": "0",
            "MELDE_WORKERS": "1",
            "PORT": str(port),
        }
        running = [
            subprocess.Popen([MELDE, name], env=environ, cwd=ROOT) for name in ("serve", "worker")
        ]
        try:
            wait_for(f"{base}/healthz", 90)
            yield SigningIn(url=base, mail=folder / "mail", database_url=url, issuer=issuer)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(20)


def sign_in(page) -> None:
    page.goto("/mine-meldinger")
    has_no_faults(page)
    page.get_by_role("link", name="Logg inn med ID-porten").click()
    page.get_by_label("Navn").fill("Kari")
    page.get_by_role("button", name="Logg inn").click()
    expect(page.locator(".who")).to_contain_text("Logget inn med ID-porten")


@pytest.mark.timeout(240)
def test_reported_while_signed_in_found_again_and_signed_out_at_the_provider(visit, service):
    page = visit(1280).page
    sign_in(page)
    expect(page.get_by_text("Ingen meldinger her ennå")).to_be_visible()
    has_no_faults(page)
    page.goto("/meld?latitude=63.1104&longitude=7.7279")  # as from a QR code
    next_step(page)
    choose(page, "road", "ROAD-SIGN", scripts=True)
    page.locator("#description").fill("Skiltet ligger i grøfta")
    next_step(page)
    expect(page.locator("h1")).to_have_text("Se over og send inn")
    next_step(page)
    number = number_on(page)
    page.get_by_role("navigation", name="Hovedmeny").get_by_role(
        "link", name="Mine meldinger"
    ).click()
    expect(page.locator(".mine")).to_contain_text(number)
    has_no_faults(page)
    page.locator(".mine a").first.click()
    expect(page.get_by_text("Skiltet ligger i grøfta")).to_be_visible()

    provider = page.context.new_page()
    provider.goto(f"{service.issuer}/session/end")
    provider.get_by_role("button", name="Logg ut").click()
    provider.wait_for_url("**/session/end/success")
    page.goto("/mine-meldinger")
    expect(page.get_by_role("heading", name="Med e-post")).to_be_visible()
    assert number not in page.content()


def test_signing_out_here_signs_out_at_the_provider(visit, service):
    page = visit(390).page
    sign_in(page)
    page.locator("main").get_by_role("button", name="Logg ut").click()
    page.get_by_role("button", name="Logg ut").click()  # the provider's own page
    expect(page.locator("h1")).to_have_text("Du er logget ut")
    expect(page.get_by_text("Her og hos ID-porten.")).to_be_visible()
    has_no_faults(page)


def test_a_link_by_e_mail_without_scripts(visit, service):
    page = visit(390, scripts=False).page
    number = report(
        page,
        group="road",
        service="ROAD-SIGN",
        text="Skiltet er borte",
        email="link@example.org",
        scripts=False,
    )
    page.goto("/mine-meldinger")
    page.locator("#email").fill("link@example.org")
    page.get_by_role("button", name="Send meg lenken").click()
    expect(page.locator("h1")).to_have_text("Se i e-posten din")
    found = [
        letter.get_body(("plain",)).get_content()
        for letter in letters(service.mail, "link@example.org", 2)
    ]
    (path,) = {
        match[0]
        for text in found
        for match in [re.search(r"/mine-meldinger/lenke/\S+", text)]
        if match
    }
    page.goto(path)
    page.get_by_role("button", name="Vis mine meldinger").click()
    expect(page.locator(".mine")).to_contain_text(number)
