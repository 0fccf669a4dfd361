"""SELECTs over texts, and the defaults that come with the product."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from sqlalchemy import select

from app.accounts.models import Account
from app.database import session
from app.texts.models import PageCode, PageText, PageTextChange

DEFAULTS = Path(__file__).parent / "defaults"


@cache
def shipped(code: PageCode, language: str) -> str:
    """The product's own text; bokmål in a language that it does not have."""
    file = DEFAULTS / f"{code}.{language}.md"
    return (file if file.exists() else DEFAULTS / f"{code}.nb.md").read_text("utf-8")


def stored(jurisdiction_id: int, code: PageCode, language: str) -> PageText | None:
    """The municipality's row, once its folder has been loaded."""
    return session().get(PageText, (jurisdiction_id, code, language))


def shown(jurisdiction_id: int, code: PageCode, language: str) -> str:
    """What people read, Markdown with places for names: edited, else the folder's, else the product's."""
    found = stored(jurisdiction_id, code, language)
    return found.text if found else shipped(code, language)


def all_stored(jurisdiction_id: int) -> dict[tuple[str, str], PageText]:
    """Every text of the municipality by code and language."""
    query = select(PageText).where(PageText.jurisdiction_id == jurisdiction_id)
    return {(row.code, row.language): row for row in session().scalars(query)}


def changes(
    jurisdiction_id: int, code: PageCode, limit: int
) -> Sequence[tuple[PageTextChange, str | None]]:
    """The last changes of a page in all languages, newest first, each with the address of who made it."""
    query = (
        select(PageTextChange, Account.label)
        .outerjoin(Account, Account.id == PageTextChange.account_id)
        .where(PageTextChange.jurisdiction_id == jurisdiction_id, PageTextChange.code == code)
        .order_by(PageTextChange.id.desc())
        .limit(limit)
    )
    return [(change, email) for change, email in session().execute(query)]
