"""The house stays as it is drawn."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import Table

from app.database import Base
from app.roles import Deed
from app.security import ANYONE

from .conftest import ROOT

PEOPLE = {"account", "account_identity", "recovery_code", "sign_in_event"}
"""Tables that belong to no municipality: people may work for several."""
FLASK_MAY_BE_KNOWN_TO = re.compile(
    r"app/(factory|web|problems|caching|jobs|security|i18n)\.py$|app/cli/|/((\w+_)?views|(\w+_)?api|(\w+_)?tasks|form)\.py$"
)
SOURCES = sorted((ROOT / "app").rglob("*.py"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_every_view_says_who_may_see_it(app):
    known = {ANYONE, *Deed}
    unsaid = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in {"static", "api-docs.openapi_json"}
        and not set(getattr(view, "audience", ())) & known
    ]
    assert unsaid == []


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_of_a_municipality_has_its_key(app, table: Table):
    assert (
        table.name in PEOPLE | {"jurisdiction", "known_municipality", "rate_limit", "public_change"}
        or not table.c.jurisdiction_id.nullable
    )


def test_flask_is_known_at_the_doors_only():
    knowing = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if "flask" in imported(path)
        and not FLASK_MAY_BE_KNOWN_TO.search(path.relative_to(ROOT).as_posix())
    ]
    assert knowing == []


def test_only_transaction_commits():
    committing = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if re.search(r"\.commit\(\)", path.read_text())
    ]
    assert committing == ["app/database.py"]


def test_every_package_says_what_it_owns():
    silent = [
        path.parent.name
        for path in (ROOT / "app").rglob("__init__.py")
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_is_too_long(path):
    assert len(path.read_text().splitlines()) <= 350


def test_templates_have_no_inline_style_or_script():
    guilty = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "templates").rglob("*.html")
        if "notifications" not in path.parts
        and re.search(
            r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|\|\s*safe\b", path.read_text()
        )
    ]
    assert guilty == []


def test_personal_data_stands_in_one_table():
    columns = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if re.search("email|phone|address|name$", column.name) and table.name not in PEOPLE
    ]
    of_residents = [
        name for name in columns if name.split(".")[0] in {"contact", "service_request", "delivery"}
    ]
    assert of_residents == ["contact.email", "contact.phone", "contact.name"]
