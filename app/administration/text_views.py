"""Editing the pages of running text: about, privacy, cookies, accessibility, help."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.administration.views import account_id, blueprint
from app.database import transaction
from app.errors import Conflict, Invalid, NotFound
from app.i18n import LANGUAGES, gettext
from app.jurisdictions.views import current_jurisdiction
from app.roles import Deed
from app.security import visible_to
from app.texts import operations, queries
from app.texts.markdown import split_title
from app.texts.models import PageCode, PageTextChange
from app.texts.views import NAMES, rendered

SHOWN_CHANGES = 20
MAX_VERSION_DIGITS = 9


@blueprint.get("/tekster")
@visible_to(Deed.SET_UP)
def texts() -> ResponseReturnValue:
    """All pages, and in which languages they are the municipality's own words."""
    jurisdiction = current_jurisdiction()
    stored = queries.all_stored(jurisdiction.id)
    edited = {key for key, row in stored.items() if row.edited_text is not None}
    return render_template(
        "administration/texts.html",
        pages=[(code.value, NAMES[code]) for code in PageCode],
        languages=_languages(),
        edited=edited,
    )


@blueprint.get("/tekster/<code>/<language>")
@visible_to(Deed.SET_UP)
def edit_text(code: str, language: str) -> ResponseReturnValue:
    """The form with the text as it is shown now."""
    page = _page(code, language)
    jurisdiction_id = current_jurisdiction().id
    row = queries.stored(jurisdiction_id, page, language)
    text = queries.shown(jurisdiction_id, page, language)
    return _form(page, language, text, version=row.version if row else 0)


@blueprint.post("/tekster/<code>/<language>")
@visible_to(Deed.SET_UP)
def save_text(code: str, language: str) -> ResponseReturnValue:
    """Show how it will look, store it, or go back to the default, by the button that was pressed."""
    page, verb = _page(code, language), request.form.get("verb", "save")
    text, version = request.form.get("text", ""), _version()
    if verb == "preview":
        return _form(page, language, text, version=version, has_preview=True)
    try:
        with transaction():
            operations.edit(
                current_jurisdiction().id,
                page,
                language,
                None if verb == "reset" else text,
                version=version,
                account_id=account_id(),
                now=datetime.now(UTC),
            )
    except Invalid as fault:
        return _form(page, language, text, version=version, errors=fault.errors)
    except Conflict as fault:
        return _late(page, language, text, fault)
    if verb == "reset":
        flash(gettext("The text is the default again."))
    else:
        flash(gettext("The text is saved. Everyone reads it within a few minutes."))
    return redirect(url_for("administration.edit_text", code=code, language=language), 303)


def _late(page: PageCode, language: str, text: str, fault: Conflict) -> ResponseReturnValue:
    """The form with what was written, now on the newest version: saving again replaces the other's words."""
    row = queries.stored(current_jurisdiction().id, page, language)
    html = _form(
        page, language, text, version=row.version if row else 0, errors={"text": fault.detail}
    )
    return html[0], 409


def _form(
    page: PageCode,
    language: str,
    text: str,
    *,
    version: int,
    has_preview: bool = False,
    errors: dict[str, str] | None = None,
) -> tuple[str, int]:
    jurisdiction = current_jurisdiction()
    row = queries.stored(jurisdiction.id, page, language)
    default = row.default_text if row else queries.shipped(page, language)
    html = render_template(
        "administration/text.html",
        code=page.value,
        name=NAMES[page],
        tongue=language,
        tongue_name=LANGUAGES[language],
        text=text,
        version=version,
        is_edited=row is not None and row.edited_text is not None,
        default=default,
        preview=rendered(jurisdiction, text) if has_preview else None,
        errors=errors or {},
        changes=[
            (change.changed_at, email or gettext("an account that is gone"), _told(change))
            for change, email in queries.changes(jurisdiction.id, page, SHOWN_CHANGES)
        ],
    )
    return html, 422 if errors else 200


def _told(change: PageTextChange) -> str:
    """A change in one line."""
    tongue = LANGUAGES.get(change.language, change.language)
    if change.text is None:
        return gettext("%(language)s: back to the default", language=tongue)
    return gettext(
        "%(language)s: «%(title)s», %(count)s characters",
        language=tongue,
        title=split_title(change.text)[0],
        count=len(change.text),
    )


def _page(code: str, language: str) -> PageCode:
    if code not in set(PageCode) or language not in current_jurisdiction().languages:
        raise NotFound(gettext("There is no such text."))
    return PageCode(code)


def _version() -> int:
    """The version of the text on the page that the form stood on."""
    sent = request.form.get("version", "")
    if not (sent.isascii() and sent.isdigit() and len(sent) <= MAX_VERSION_DIGITS):
        raise Conflict(gettext("Open the text and try again."))
    return int(sent)


def _languages() -> list[tuple[str, str]]:
    return [(code, LANGUAGES[code]) for code in current_jurisdiction().languages]
