"""Loading texts from a municipality's folder, and editing them. Flush; the caller's `transaction()` commits."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from app.database import session
from app.errors import Conflict, Invalid, NotFound
from app.i18n import gettext
from app.jurisdictions.merge import merge
from app.jurisdictions.setup_files import BrokenSetup
from app.texts.markdown import split_title
from app.texts.models import PageCode, PageText, PageTextChange
from app.texts.queries import all_stored, shipped

FOLDER = "texts"
MAX_TEXT = 40_000


def load(folder: Path, jurisdiction_id: int, languages: Sequence[str]) -> list[str]:
    """Take the defaults from `texts/<page>.<language>.md`, and the product's where there is no file.

    What was edited in the browser stays.

    :returns: a line for each thing that changed.
    :raises BrokenSetup: a file of another name, or one that does not begin with a heading.
    """
    files = _files(folder / FOLDER, languages)
    wanted = {
        f"{code}.{language}": {
            "jurisdiction_id": jurisdiction_id,
            "code": code.value,
            "language": language,
            "default_text": files.get(f"{code}.{language}") or shipped(code, language),
        }
        for code in PageCode
        for language in languages
    }
    rows = all_stored(jurisdiction_id).values()
    return merge("text", {f"{row.code}.{row.language}": row for row in rows}, wanted, _made)


def _made(**values: object) -> PageText:
    return PageText(edited_text=None, version=1, **values)


def _files(folder: Path, languages: Sequence[str]) -> dict[str, str]:
    """The folder's texts by page and language; none without a folder."""
    known = {f"{code}.{language}.md" for code in PageCode for language in languages}
    found, faults = {}, []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in known:
            faults.append(f"{FOLDER}/{path.name}: is not a page; there are {', '.join(PageCode)}")
            continue
        try:
            found[path.stem] = path.read_text("utf-8-sig")
        except UnicodeDecodeError:
            faults.append(f"{FOLDER}/{path.name}: the file is not UTF-8")
            continue
        if not split_title(found[path.stem])[0]:
            faults.append(f"{FOLDER}/{path.name}:1: begin with a heading: # About")
    if faults:
        raise BrokenSetup(faults)
    return found


def edit(
    jurisdiction_id: int,
    code: PageCode,
    language: str,
    text: str | None,
    *,
    version: int,
    account_id: int,
    now: datetime,
) -> PageText:
    """Store another text, or with None go back to the default; remembered with who and when.

    :raises Invalid: empty, too long, or without a heading. :raises Conflict: somebody was faster.
    """
    if text is not None:
        text = checked(text)
    found = session().get(PageText, (jurisdiction_id, code, language), with_for_update=True)
    if found is None:
        raise NotFound(gettext("There is no such text. Load the municipality's folder first."))
    if found.version != version:
        raise Conflict(gettext("Somebody else has changed this text. Look at it and try again."))
    if found.edited_text == text:
        return found
    found.edited_text, found.version = text, version + 1
    keys = {"jurisdiction_id": jurisdiction_id, "code": code, "language": language}
    session().add(PageTextChange(**keys, text=text, account_id=account_id, changed_at=now))
    session().flush()
    return found


def checked(text: str) -> str:
    """The text as it is stored. :raises Invalid: it cannot be a page."""
    text = text.replace("\r\n", "\n").strip() + "\n"
    if "\x00" in text:
        raise Invalid({"text": gettext("The text holds a character that cannot be stored.")})
    if len(text) > MAX_TEXT:
        message = gettext("Write at most %(count)s characters.", count=MAX_TEXT)
        raise Invalid({"text": message})
    if not split_title(text)[0]:
        raise Invalid({"text": gettext("Begin with a heading: the sign #, a space and the title.")})
    return text
