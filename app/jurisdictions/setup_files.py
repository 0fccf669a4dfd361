"""A municipality's set-up folder, read file by file. What is wrong is named with file and line;
nothing is guessed.

YAML 1.2, RFC 4180 CSV in UTF-8 and GeoJSON. Pure: reads files, touches no database.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from app.i18n import LANGUAGES

CODE = validate.Regexp(
    r"^[A-Za-z][A-Za-z0-9_-]*$", error="use ASCII letters, digits, - and _, letter first"
)


class BrokenSetup(Exception):
    """The folder cannot be loaded. `faults` says where (`file:line`) and what to correct."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


class Texts(fields.Dict):
    """A text in every language: `{nb: …, nn: …, en: …}`, none empty."""

    def __init__(self, **options: Any) -> None:
        text = fields.String(required=True, validate=validate.Length(min=1))
        super().__init__(
            keys=fields.String(validate=validate.OneOf(list(LANGUAGES))), values=text, **options
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        texts: dict[str, str] = super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]
        missing = [code for code in LANGUAGES if code not in texts]
        if missing:
            raise ValidationError(f"the text is missing in {', '.join(missing)}")
        return texts


@dataclass(frozen=True, kw_only=True)
class SetupFile:
    """One file's checked content, and how to say where something in it is wrong."""

    path: Path
    content: Any
    raw: Any
    lines: Sequence[int] = ()
    """The line that each row of a CSV file ends on."""

    def fault(self, message: str, *place: str | int) -> str:
        """`services.yaml:12: message` for a place such as `(0, "services", 3, "code")`."""
        return f"{self.path.name}:{_line(self.raw, place)}: {message}"

    def row_fault(self, message: str, at: int) -> str:
        """`indicators.csv:12: message` for a row of a CSV file, counted from 0."""
        return f"{self.path.name}:{self.lines[at]}: {message}"


def read_yaml(path: Path, schema: Schema) -> SetupFile:
    """A YAML file that fits the schema. :raises BrokenSetup: missing, not YAML, or not as the schema says."""
    text = _text(path)
    try:
        raw = YAML().load(text)
    except MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise BrokenSetup([f"{path.name}:{line}: {fault.problem or 'not YAML'}"]) from fault
    except YAMLError as fault:  # a character that YAML does not allow
        line = text.count("\n", 0, getattr(fault, "position", 0)) + 1
        raise BrokenSetup([f"{path.name}:{line}: not YAML"]) from fault
    try:
        return SetupFile(path=path, raw=raw, content=schema.load(raw))
    except ValidationError as fault:
        places = sorted(
            (_line(raw, place), place, message) for place, message in _messages(fault.messages)
        )
        faults = [f"{path.name}:{line}: {_name(place)}{message}" for line, place, message in places]
        raise BrokenSetup(faults) from fault


def read_csv(path: Path, schema: Schema) -> SetupFile:
    """A CSV file with a header, each row as the schema says; an empty cell is None.

    Between cells stands a comma, or a semicolon, as in files of a Norwegian spreadsheet.

    :raises BrokenSetup: missing, other columns, or rows that do not fit.
    """
    text = _text(path)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise BrokenSetup([f"{path.name}:{line}: a character that cannot be stored"])
    header = text.partition("\n")[0]
    delimiter = ";" if ";" in header and "," not in header else ","
    reader = csv.DictReader(StringIO(text, newline=""), strict=True, delimiter=delimiter)
    wanted, rows, lines, faults = set(schema.fields), [], [], []
    try:
        if set(reader.fieldnames or ()) != wanted:
            raise BrokenSetup([f"{path.name}:1: the columns must be {','.join(schema.fields)}"])
        for row in reader:
            try:
                rows.append(schema.load({name: cell or None for name, cell in row.items()}))
                lines.append(reader.line_num)
            except ValidationError as fault:
                where = f"{path.name}:{reader.line_num}: "
                faults += [
                    f"{where}{_name(place)}{message}"
                    for place, message in _messages(fault.messages)
                ]
    except csv.Error as fault:
        faults.append(f"{path.name}:{reader.reader.line_num}: {fault}")
    if faults:
        raise BrokenSetup(faults)
    return SetupFile(path=path, content=rows, raw=rows, lines=lines)


def read_geojson(path: Path) -> Mapping[str, Any]:
    """A JSON object. :raises BrokenSetup: missing, or not JSON."""
    try:
        content = json.loads(_text(path))
    except json.JSONDecodeError as fault:
        raise BrokenSetup([f"{path.name}:{fault.lineno}: {fault.msg}"]) from fault
    if not isinstance(content, dict):
        raise BrokenSetup([f"{path.name}:1: a GeoJSON object is needed"])
    return content


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as fault:
        raise BrokenSetup([f"{path.name}: the file is missing in {path.parent}"]) from fault
    except UnicodeDecodeError as fault:
        raise BrokenSetup([f"{path.name}: the file is not UTF-8"]) from fault


def _messages(
    messages: Any, place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """marshmallow's nested messages, flat: (place, message)."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _messages(inner, place if key == "_schema" else (*place, key))
    elif isinstance(messages, list):
        for message in messages:
            yield from _messages(message, place)
    else:
        yield place, str(messages)


def _line(raw: Any, place: Sequence[str | int]) -> int:
    """The line of the deepest part of the place that exists in the YAML."""
    line = getattr(getattr(raw, "lc", None), "line", None)
    found = 1 if line is None else line + 1
    for key in place:
        try:
            mark = raw.lc.item(key) if isinstance(key, int) else raw.lc.key(key)
            found, raw = mark[0] + 1, raw[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return found


def _name(place: Sequence[str | int]) -> str:
    """The field's name; `key` and `value` within it are marshmallow's words for a mapping's parts."""
    names = [
        part
        for at, part in enumerate(place)
        if isinstance(part, str) and not (at and part in {"key", "value"})
    ]
    return f"{names[-1]}: " if names else ""
