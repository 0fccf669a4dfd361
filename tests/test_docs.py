"""What the documentation says is there."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from app.cli import COMMANDS, main

from .conftest import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("municipalities/*/*.md")]
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"\bmelde ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def direct_dependencies() -> list[str]:
    wanted = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
        *PROJECT["build-system"]["requires"],
    ]
    return sorted(re.split(r"[\[<>=!~ ;]", requirement)[0] for requirement in wanted)


def commands_in(text: str) -> set[tuple[str, str]]:
    """Every `melde …` in code, with the word after it; in prose «melde» is a Norwegian verb."""
    return {found for code in CODE.findall(text) for found in COMMAND.findall(code)}


def exists(name: str, second: str) -> bool:
    command = main.get_command(click.Context(main), name)
    if not isinstance(command, click.Group) or not second:
        return command is not None
    return second in command.commands


def headings(text: str) -> set[str]:
    """The anchors of a page's headings."""
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_every_direct_dependency_is_explained_and_no_other():
    text = read(ROOT / "docs/dependencies.md")
    parts = text.split("\n## ")[1:3]
    explained = [
        name for part in parts for name in re.findall(r"^\| `([^`]+)`", part, re.MULTILINE)
    ]
    assert sorted(explained) == direct_dependencies()


def test_every_vendored_package_is_explained():
    versions = read(ROOT / "static/vendor/VERSIONS.md")
    vendored = set(re.findall(r"^\| (@?[\w./-]+).*vendor/", versions, re.MULTILINE))
    text = read(ROOT / "docs/dependencies.md")
    assert vendored
    assert [name for name in sorted(vendored) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_what_is_there(page):
    broken = []
    for link in LINK.findall(read(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if re.match(r"https?:|mailto:", link):
            continue
        if not target.exists() or (anchor and anchor not in headings(read(target))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_are_there(page):
    assert [found for found in sorted(commands_in(read(page))) if not exists(*found)] == []


def test_the_readme_names_every_command():
    named = commands_in(read(ROOT / "README.md"))
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        wanted = command.commands if isinstance(command, click.Group) else [""]
        assert {(name, second) for second in wanted} <= named | {(first, "") for first, _ in named}


def test_the_drawn_layers_are_those_that_are_checked():
    text = read(ROOT / "docs/architecture.md")
    for contract in PROJECT["tool"]["importlinter"]["contracts"]:
        drawn = f"**{contract['name'].split(':')[0]}**"
        assert drawn in text
        assert "```text\n" + "\n".join(contract["layers"]) + "\n```" in text


def test_decisions_are_numbered_and_listed():
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    listed = re.findall(
        r"^- \[(\d{4})\]\(decisions/(\S+)\): ", read(ROOT / "docs/architecture.md"), re.MULTILINE
    )
    assert listed == [(f"{at:04}", page.name) for at, page in enumerate(decisions, 1)]
    for page in decisions:
        assert read(page).startswith(f"# {page.name[:4]} ")
