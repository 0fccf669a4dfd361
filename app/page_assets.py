"""Which files a page needs to be whole: those it names, and those that they name in turn."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
IN_PAGE = re.compile(r'(?:href|src)="([^"]+)"')
IN_SHEET = re.compile(r"url\(\s*[\"']?([^)\"'\s]+)")
IN_SCRIPT = re.compile(r'(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"')
COMMENT = re.compile(r"/\*\*.*?\*/", re.DOTALL)
"""Where types are named: what is imported there is for reading, not for running."""
MODULE = re.compile(r'data-module="([\w-]+)"')


def assets_of(page: str, static_folder: Path, static_path: str) -> list[str]:
    """The addresses under `static_path` that an HTML page needs, without fragments, in a steady order.

    :param static_folder: where the files lie.
    :param static_path: the path under which they are served, `/static/`.
    """
    found: dict[str, None] = {}
    named = [*IN_PAGE.findall(page), *_modules(page, static_path)]
    waiting = [address for address in named if address.startswith(static_path)]
    while waiting:
        address = waiting.pop(0).split("#")[0]
        if address in found:
            continue
        path = urlsplit(address).path
        file = static_folder / path.removeprefix(static_path)
        if not file.is_file():
            log.error("A page names %s, which is not there.", path)
            continue
        found[address] = None
        waiting += [f"{static_path}{name}" for name in _named_in(file, static_folder)]
    return list(found)


def _modules(page: str, static_path: str) -> list[str]:
    """What `main.js` imports by the name on an element."""
    return [f"{static_path}js/pages/{name}.js" for name in MODULE.findall(page)]


def _named_in(file: Path, static_folder: Path) -> Iterator[str]:
    """Paths below the static folder that a sheet or a script names."""
    pattern = {".css": IN_SHEET, ".js": IN_SCRIPT}.get(file.suffix)
    if pattern is None:
        return
    text = file.read_text(encoding="utf-8")
    for name in pattern.findall(COMMENT.sub("", text) if file.suffix == ".js" else text):
        if not name.startswith(("data:", "http:", "https:", "#", "/")):
            yield _joined(file.parent.relative_to(static_folder), name.split("#")[0])


def _joined(folder: Path, name: str) -> str:
    parts: list[str] = list(folder.parts)
    for part in PurePosixPath(name).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
