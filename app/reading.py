"""How single settings are read from text: each function gives the value or raises ValueError."""

import json
import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from limits import parse_many
from marshmallow import ValidationError, fields
from marshmallow.validate import Range
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def path(text: str) -> Path:
    """An absolute path."""
    return Path(text).expanduser().absolute()


def database_url(text: str) -> str:
    """SQLAlchemy's form of a PostgreSQL address."""
    scheme, colon, rest = text.partition("://")
    if not colon or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError
    url = make_url(f"postgresql+psycopg://{rest}")
    if not url.database:
        raise ValueError
    return url.render_as_string(hide_password=False)


def web_address(text: str) -> str:
    """An address of the web, without a slash at the end."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return text.rstrip("/")


def tile_url(text: str) -> str:
    """An address with the three places of a tile."""
    if not text.startswith(("https://", "http://", "/")):
        raise ValueError
    if not all(part in text for part in ("{z}", "{x}", "{y}")):
        raise ValueError
    return text


def smtp_url(text: str) -> str:
    """How to reach a mail server."""
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtp+starttls", "smtps"} or not parts.hostname:
        raise ValueError
    if parts.port == 0 or not unquote(f"{parts.username}{parts.password}").isascii():
        raise ValueError
    return text


def photo_store(text: str) -> str:
    """A folder, or a bucket and the place in it: `s3://bucket/place`."""
    parts = urlsplit(text)
    if not parts.scheme:
        return str(path(text))
    if parts.scheme != "s3" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return text.rstrip("/")


def sender(text: str) -> str:
    """A name and an e-mail address."""
    if "@" not in parseaddr(text)[1]:
        raise ValueError
    return text


def contact(text: str) -> str:
    """An e-mail address that may stand in a header."""
    if not text.isascii() or not text.isprintable():  # it becomes a header
        raise ValueError
    return sender(text)


def bounce_address(text: str) -> str:
    """An address alone, to which a reference can be added after a plus sign."""
    local, _, domain = text.rpartition("@")
    if not local or not domain or not text.isascii() or any(sign in text for sign in ' +<>"'):
        raise ValueError
    return text


def sms_url(text: str) -> str:
    """An address of the web, encrypted or on this very machine."""
    parts = urlsplit(text)
    is_near = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_near)):
        raise ValueError
    return text


def sms_method(text: str) -> str:
    """How the gateway is called."""
    if text.upper() not in {"GET", "POST", "PUT"}:
        raise ValueError
    return text.upper()


def headers(text: str) -> dict[str, str]:
    """HTTP headers, one a line."""
    found = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, colon, value = line.partition(":")
        if not colon or not HEADER_NAME.fullmatch(name) or not value.strip().isascii():
            raise ValueError
        found[name] = value.strip()
    return found


def sms_body(text: str) -> str:
    """A form or JSON, with the places of number and text."""
    if text.lstrip().startswith(("{", "[")):
        json.loads(text)
    return text


def limit(text: str) -> str:
    """A limit as the library `limits` writes it."""
    parse_many(text)
    return text


class Setting(fields.String):
    """A text turned into a value by `read`, which raises ValueError; `write` says what to write."""

    def __init__(
        self, name: str, read: Callable[[str], Any], *, write: str, **options: Any
    ) -> None:
        super().__init__(data_key=name, **options)
        self.read = read
        self.write = write

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        try:
            return self.read(super()._deserialize(value, *args, **options))
        except (ValueError, ArgumentError) as error:
            raise ValidationError(f"cannot be read. Write {self.write}.") from error


def whole(name: str, default: int, lowest: int, highest: int) -> fields.Integer:
    """A whole number within two others."""
    message = f"is not a whole number from {lowest} to {highest}. Write for example {default}."
    return fields.Integer(
        data_key=name,
        load_default=default,
        validate=Range(lowest, highest, error=message),
        error_messages={"invalid": message, "too_large": message},
    )
