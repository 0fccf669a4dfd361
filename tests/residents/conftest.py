from collections.abc import Callable
from typing import Any

import pytest

from app.openid import providers
from app.openid.discovery import Discovery

from ..openid.providers import Liar, liar, provider_file


@pytest.fixture
def signing_in_at(app, tmp_path, monkeypatch) -> Callable[..., None]:
    """Let residents sign in at an issuer, under the key `idp`."""

    def use(issuer: str, **changes: Any) -> None:
        found = providers.read(provider_file(tmp_path, issuer, **changes), {})
        monkeypatch.setitem(app.extensions, "openid_providers", found)
        monkeypatch.setitem(app.extensions, "openid_discovery", Discovery())

    return use


@pytest.fixture
def idp(signing_in_at) -> Liar:
    """A provider of the test's own, which residents may sign in at."""
    with liar() as running:
        signing_in_at(running.issuer)
        yield running
