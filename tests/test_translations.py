"""Every text a person can see is translated into bokmål and nynorsk, with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None, "N_": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")
JINJA = re.compile(
    r"{#.*?#}"
    r"|{%-?\s*trans\b.*?endtrans\s*-?%}"
    r"|{%-?\s*block \w*class\b.*?endblock.*?%}"
    r"|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
SILENT_ATTRIBUTES = re.compile(r'aria-(?:describedby|invalid)="[^"]*"')
LETTERS = re.compile(r"[^\W\d_]{2,}")
SPOKEN_ATTRIBUTES = {"alt", "aria-description", "aria-label", "placeholder", "title"}
GETTEXT_NAMES = {"_", "gettext", "lazy_gettext", "ngettext"}
OWN_NAMES = {"Bokmål", "Nynorsk", "English", "Excel", "SHA-256"}


@cache
def extracted() -> Catalog:
    """Every message of the code and the templates, as `babel.cfg` finds them."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    found = Catalog()
    for folder in ("app", "templates"):
        for name, line, text, _, context in extract_from_dir(
            ROOT / folder,
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods],
            {pattern.removeprefix(f"{folder}/"): kept for pattern, kept in options.items()},
            keywords=KEYWORDS,
        ):
            found.add(text, None, [(f"{folder}/{name}", line)], context=context)
    return found


@cache
def translated(language: str) -> Catalog:
    """The committed catalogue of the language."""
    path = ROOT / "app" / "translations" / language / "LC_MESSAGES" / "messages.po"
    return read_po(path.open("rb"), locale=language)


def forms(message: Message) -> tuple[str, ...]:
    """The translation's forms: one, or singular and plural."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def placeholders(text: str) -> set[str]:
    """The names of the values that are put into the text."""
    return {named or braced for named, braced in PLACEHOLDER.findall(text)}


class VisibleText(HTMLParser):
    """Collects what a person would see or hear of a template whose Jinja is taken out, but for code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style", "code"}
        self.found += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style", "code"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def visible_texts(path: Path) -> Iterator[str]:
    """Words that stand in the template itself, outside of every Jinja block."""
    source = JINJA.sub("", path.read_text(encoding="utf-8"))
    if path.suffix == ".html":
        parser = VisibleText()
        parser.feed(source)
        source = SILENT_ATTRIBUTES.sub("", "\n".join(parser.found))
    for line in source.splitlines():
        if LETTERS.search(line) and line.strip() not in OWN_NAMES:
            yield line.strip()


def templates() -> list[Path]:
    """Every template, of pages and of e-mail."""
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def hidden_calls(path: Path) -> Iterator[int]:
    """Lines with a gettext call inside an f-string, where extraction does not look."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    for name in (node for string in strings for node in ast.walk(string)):
        if isinstance(name, ast.Name) and name.id in GETTEXT_NAMES:
            yield name.lineno


def test_no_message_hides_inside_an_f_string() -> None:
    found = [(path, line) for path in (ROOT / "app").rglob("*.py") for line in hidden_calls(path)]

    assert [f"{path.relative_to(ROOT)}:{line}" for path, line in found] == []


def test_there_is_something_to_translate() -> None:
    assert len(extracted()) > 50


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_every_message_is_translated(language: str) -> None:
    catalogue = translated(language)
    missing = [
        message.id
        for message in extracted()
        if message.id
        and (
            (found := catalogue.get(message.id, message.context)) is None
            or found.fuzzy
            or not all(forms(found))
        )
    ]

    assert missing == []


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_translation_is_left_over(language: str) -> None:
    known = extracted()
    left = [m.id for m in translated(language) if m.id and known.get(m.id, m.context) is None]

    assert left == []
    assert not translated(language).obsolete


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_placeholders_survive_translation(language: str) -> None:
    for message in translated(language):
        if message.id and all(forms(message)):
            sources = (message.id,) if isinstance(message.id, str) else message.id
            wanted = set().union(*map(placeholders, sources))
            for form in forms(message):
                assert placeholders(form) <= wanted, message.id
            assert placeholders(forms(message)[-1]) == placeholders(sources[-1]), message.id


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_translations_keep_to_the_voice(language: str) -> None:
    for message in translated(language):
        for form in forms(message) if message.id else ():
            assert "vennligst" not in form.lower(), message.id
            assert "!" not in form, message.id


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_has_no_text_outside_gettext(path: Path) -> None:
    assert list(visible_texts(path)) == []
