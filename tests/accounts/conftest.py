from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete

from app.accounts.models import AccountKey, Membership
from app.database import session, transaction
from app.jurisdictions.models import Jurisdiction
from app.openid import providers
from app.openid.discovery import Discovery

from ..openid.providers import Liar, liar, provider_file

CLAIMS = {"email": "email", "name": "name", "roles": "roles"}


@pytest.fixture
def staff_signing_in_at(app, tmp_path, monkeypatch) -> Callable[..., None]:
    """Let staff sign in at an issuer, under the key `idp`."""

    def use(issuer: str, **changes: Any) -> None:
        values = {
            "audience": "staff",
            "claims": CLAIMS,
            "label": dict.fromkeys(LABELS, "Jobbkonto"),
        }
        found = providers.read(provider_file(tmp_path, issuer, **values | changes), {})
        monkeypatch.setitem(app.extensions, "openid_providers", found)
        monkeypatch.setitem(app.extensions, "openid_discovery", Discovery())

    return use


LABELS = ("nb", "nn", "en")


@pytest.fixture
def idp(staff_signing_in_at) -> Liar:
    """A provider of the test's own, which staff may sign in at."""
    with liar() as running:
        staff_signing_in_at(running.issuer)
        yield running


@pytest.fixture
def elsewhere(app, jurisdiction) -> Iterator[int]:
    """The key of a second municipality, which goes again with the people it got."""
    with transaction():
        names = [column.name for column in Jurisdiction.__table__.columns if column.name != "id"]
        values = {name: getattr(jurisdiction, name) for name in names}
        other = Jurisdiction(**values | dict.fromkeys(("number", "slug", "number_prefix"), "1554"))
        session().add(other)
    key = other.id
    yield key
    session().rollback()
    with transaction():
        for table in (AccountKey, Membership):
            session().execute(delete(table).where(table.jurisdiction_id == key))
        session().execute(delete(Jurisdiction).where(Jurisdiction.id == key))
