"""Editing the texts in the browser."""

import pytest
from sqlalchemy import select, text

from app.database import session, transaction
from app.roles import Role
from app.texts.models import PageCode, PageTextChange
from app.texts.queries import stored

from ..factories import staff
from ..pages import fields

AT = "/styring/tekster/help/nb"
OWN = "# Vår hjelp\n\nDette er **vår** tekst.\n"


@pytest.fixture
def admin(client, jurisdiction):
    """An administrator's browser; the texts are as before afterwards."""
    who = staff(jurisdiction, role=Role.ADMINISTRATOR, email="administrator@example.org")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    yield client
    session().rollback()
    with transaction():
        session().execute(text("UPDATE page_text SET edited_text = NULL, version = 1"))


def sent(admin, words, **more):
    version = fields(admin.get(AT).text)["version"]
    return admin.post(AT, data={"version": version, "text": words, "verb": "save"} | more)


def test_a_text_is_edited_read_and_remembered(admin, app, jurisdiction):
    assert sent(admin, OWN).status_code == 303
    page = app.test_client().get("/hjelp", headers={"Accept-Language": "nb"}).text
    assert '<h1 class="h1">Vår hjelp</h1>' in page
    assert "<strong>vår</strong>" in page
    assert (
        "Vår hjelp" not in app.test_client().get("/hjelp", headers={"Accept-Language": "nn"}).text
    )
    change = session().scalars(select(PageTextChange)).one()
    assert (change.code, change.language, change.text) == ("help", "nb", OWN)
    form = admin.get(AT).text
    assert "administrator@example.org" in form
    assert fields(form)["text"].strip() == OWN.strip()


def test_a_preview_stores_nothing(admin, jurisdiction):
    answer = sent(admin, OWN, verb="preview")
    assert answer.status_code == 200
    assert "<strong>vår</strong>" in answer.text
    assert fields(answer.text)["text"].strip() == OWN.strip()
    assert stored(jurisdiction.id, PageCode.HELP, "nb").edited_text is None


def test_the_default_comes_back(admin, client, jurisdiction):
    sent(admin, OWN)
    assert sent(admin, "", verb="reset").status_code == 303
    session().rollback()
    assert stored(jurisdiction.id, PageCode.HELP, "nb").edited_text is None
    assert "Vår hjelp" not in client.get("/hjelp").text
    assert [row.text for row in session().scalars(select(PageTextChange))] == [OWN, None]


@pytest.mark.parametrize("words", ["", "Uten overskrift", "# " + "x" * 40_001, "# Nul\x00"])
def test_what_is_no_page_is_refused_and_kept_in_the_form(admin, words):
    answer = sent(admin, words)
    assert answer.status_code in {400, 422}
    assert session().scalars(select(PageTextChange)).all() == []


def test_a_late_save_changes_nothing_and_keeps_the_words(admin):
    version = fields(admin.get(AT).text)["version"]
    sent(admin, OWN)
    late = admin.post(AT, data={"version": version, "text": "# For sent\n", "verb": "save"})
    assert late.status_code == 409
    assert fields(late.text)["text"].strip() == "# For sent"
    again = admin.post(AT, data=fields(late.text) | {"verb": "save"})
    assert again.status_code == 303


@pytest.mark.parametrize("version", ["", "x", "9" * 20])
def test_a_form_without_its_version_is_a_conflict(admin, version):
    assert admin.post(AT, data={"version": version, "text": OWN}).status_code == 409


@pytest.mark.parametrize("path", ["help/de", "nothing/nb"])
def test_there_is_no_other_text(admin, path):
    assert admin.get(f"/styring/tekster/{path}").status_code == 404


@pytest.mark.parametrize("role", [Role.CREW, Role.FIRST_LINE, Role.ANALYST])
@pytest.mark.parametrize("path", ["/styring/tekster", AT])
def test_only_administrators_edit(client, jurisdiction, role, path):
    who = staff(jurisdiction, role=role)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = who.session_id
    assert client.get(path).status_code == 403
