"""The pages of running text, and where they come from."""

import shutil

import pytest

from app.cli.jurisdiction import load_folder
from app.database import session, transaction
from app.jurisdictions.setup_files import BrokenSetup
from app.texts.markdown import split_title, to_html
from app.texts.models import PageCode
from app.texts.queries import DEFAULTS, shipped

from ..conftest import ROOT

PATHS = ["/om", "/hjelp", "/personvern", "/informasjonskapsler", "/tilgjengelighet"]
KRISTIANSUND = ROOT / "municipalities" / "kristiansund"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_whole_in_every_language(app, path, language):
    answer = app.test_client().get(path, headers={"Accept-Language": language})
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert f'<html lang="{language}"' in answer.text
    assert main.count("<h1") == 1
    assert "{" not in main
    assert len(main) > 600
    assert answer.headers["Cache-Control"].startswith("public, max-age=60")
    assert "stale-while-revalidate" in answer.headers["Cache-Control"]


def test_every_default_is_there_and_begins_with_a_heading():
    names = {f"{code}.{language}.md" for code in PageCode for language in ("nb", "nn", "en")}
    assert {path.name for path in DEFAULTS.iterdir()} == names
    for path in DEFAULTS.iterdir():
        assert split_title(path.read_text("utf-8"))[0]


def test_the_footer_of_every_page_leads_to_them(client):
    for page in ("/meldinger", "/statistikk", "/om"):
        text = client.get(page).text
        for path in PATHS:
            assert f'href="{path}"' in text


@pytest.mark.parametrize("page", ["/", "/meld", "/meldinger", "/statistikk", "/logg-inn", "/om"])
def test_help_stands_in_the_header_of_every_page(client, page):
    header = client.get(page).text.partition("<header")[2].partition("</header>")[0]
    assert 'href="/hjelp"' in header
    assert 'href="/personvern"' in header


def test_the_municipality_and_its_contact_stand_in_the_text(client, jurisdiction):
    with transaction():
        jurisdiction.contact_email, jurisdiction.contact_phone = "post@example.org", "71 00 00 00"
    try:
        page = client.get("/personvern").text
        assert "Kristiansund kommune er behandlingsansvarlig" in page
        assert '<a href="mailto:post@example.org" rel="noopener">' in page
        assert 'href="tel:71000000"' in page
    finally:
        with transaction():
            jurisdiction.contact_email = jurisdiction.contact_phone = None


def test_the_statement_is_linked_when_there_is_one(client, jurisdiction):
    assert "uustatus.no" not in client.get("/tilgjengelighet").text.partition("<footer")[0]
    address = "https://uustatus.no/nb/erklaringer/publisert/x"
    with transaction():
        jurisdiction.accessibility_url = address
    try:
        assert f'href="{address}"' in client.get("/tilgjengelighet").text
    finally:
        with transaction():
            jurisdiction.accessibility_url = None


def test_the_cookie_page_has_a_row_for_each_cookie(client):
    page = client.get("/informasjonskapsler").text
    for name in ("language", "session", "kiosk"):
        assert f"<code>{name}</code>" in page


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<b onclick=alert(1)>x</b>", "<b onclick"),
        ("[x](javascript:alert(1))", 'href="javascript'),
        ("[x](data:text/html,x)", 'href="data'),
        ("![x](https://evil.example.org/x.png)", "<img"),
        ('[x](https://a.example.org "onload=alert(1)")', 'onload="'),
    ],
)
def test_nothing_harmful_comes_out(text, never):
    assert never not in to_html(text)


def test_markdown_becomes_plain_html():
    html = to_html("## Om\n\n- **en** [lenke](/om)\n\n| A | B |\n|---|---|\n| 1 | 2 |\n")
    assert "<h2>Om</h2>" in html
    assert '<a href="/om" rel="noopener">lenke</a>' in html
    assert '<th scope="col">A</th>' in html


@pytest.fixture
def folder(tmp_path):
    """Kristiansund's folder, to be changed."""
    shutil.copytree(KRISTIANSUND, tmp_path / "kristiansund")
    (tmp_path / "kristiansund" / "texts").mkdir(exist_ok=True)
    return tmp_path / "kristiansund"


def test_the_folder_overrides_the_products_text(app, client, folder):
    (folder / "texts" / "help.nb.md").write_text("# Hjelpen vår\n\nRing {municipality}.\n", "utf-8")
    try:
        assert load_folder(app, folder) == ["text help.nb: changed default_text"]
        assert load_folder(app, folder) == []
        page = client.get("/hjelp").text
        assert "Hjelpen vår" in page
        assert "Ring Kristiansund kommune." in page
    finally:
        assert load_folder(app, KRISTIANSUND) == ["text help.nb: changed default_text"]
    assert "Hjelpen vår" not in client.get("/hjelp").text


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("hlep.nb.md", b"# Hjelp\n", "texts/hlep.nb.md: is not a page"),
        ("help.nb.md", b"Hjelp\n", "texts/help.nb.md:1: begin with a heading"),
        ("help.nb.md", b"# \xff\n", "texts/help.nb.md: the file is not UTF-8"),
    ],
)
def test_a_broken_text_is_named_and_changes_nothing(app, folder, name, content, fault):
    (folder / "texts" / name).write_bytes(content)
    with pytest.raises(BrokenSetup) as broken:
        load_folder(app, folder)
    assert fault in str(broken.value)


def test_before_the_folder_is_loaded_the_products_text_stands(client, jurisdiction):
    from sqlalchemy import text

    with transaction():
        session().execute(text("CREATE TABLE kept_texts AS TABLE page_text"))
        session().execute(text("DELETE FROM page_text"))
    try:
        assert client.get("/om").status_code == 200
        assert split_title(shipped(PageCode.ABOUT, "nb"))[0] in client.get("/om").text
    finally:
        with transaction():
            session().execute(text("INSERT INTO page_text SELECT * FROM kept_texts"))
            session().execute(text("DROP TABLE kept_texts"))
