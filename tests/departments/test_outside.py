"""What departments.yaml may say of outside bodies."""

import shutil
from pathlib import Path

import pytest

from app.departments.operations import load
from app.departments.queries import by_code
from app.jurisdictions.setup_files import BrokenSetup

from ..conftest import ROOT

ROADS = """- code: roads
  name:
    nb: Kommunalteknikk – vei
    nn: Kommunalteknikk – veg
    en: Technical services – roads
  kind: {kind}
  receives: {receives}
  email: {email}
{more}  first_line: false
"""


@pytest.fixture
def file(tmp_path):
    return Path(shutil.copy(ROOT / "municipalities/kristiansund/departments.yaml", tmp_path))


def written(file, *, kind="external", receives, email="null", url=None):
    more = f"  webhook_url: {url}\n" if url else ""
    before, _, rest = file.read_text().partition("- code: roads")
    after = rest.partition("\n- code: ")[2]
    entry = ROADS.format(kind=kind, receives=receives, email=email, more=more)
    file.write_text(f"{before}{entry}- code: {after}")
    return file.parent


@pytest.mark.parametrize("receives", ["inbox", "email", "webhook", "open311"])
def test_an_outside_body_may_still_lack_an_address(jurisdiction, file, receives):
    load(written(file, receives=receives), jurisdiction.id)
    assert by_code(jurisdiction.id, "roads").receives == receives


def test_a_webhooks_address_is_stored(jurisdiction, file):
    folder = written(file, receives="webhook", url="https://hooks.example.org/in")
    assert load(folder, jurisdiction.id) == [
        "department roads: changed kind, receives, webhook_url"
    ]
    assert by_code(jurisdiction.id, "roads").webhook_url == "https://hooks.example.org/in"
    assert load(folder, jurisdiction.id) == []


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"kind": "internal", "receives": "email"}, "needs an address"),
        ({"kind": "internal", "receives": "webhook"}, "only an external body"),
        ({"receives": "webhook", "url": "http://hooks.example.org/in"}, "https://"),
        ({"receives": "webhook", "url": "nowhere"}, "web address"),
    ],
)
def test_what_cannot_work_is_refused_with_its_line(jurisdiction, file, values, fault):
    with pytest.raises(BrokenSetup, match=fault) as caught:
        load(written(file, **values), jurisdiction.id)
    assert "departments.yaml:" in str(caught.value)
