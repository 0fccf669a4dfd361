"""How single settings are read from text: each function gives the value or raises ValueError."""

import base64
import json
import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from limits import parse_many
from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Range
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PUSH_SERVICES = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
)
"""Those of Chrome and its kin, Firefox, Edge and Safari."""
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


def push_key(text: str) -> str:
    """The private key of push messages, as 32 bytes in base64url: from that, or from PEM."""
    if text.startswith("-----BEGIN"):
        key = load_pem_private_key(text.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError
        number = key.private_numbers().private_value
    else:
        number = int.from_bytes(_unpadded(text, 32))
        ec.derive_private_key(number, ec.SECP256R1())
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


def _unpadded(text: str, length: int) -> bytes:
    """So many bytes, from base64url without padding."""
    if not re.fullmatch(r"[\w-]+", text, re.ASCII):
        raise ValueError
    found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(found) != length:
        raise ValueError
    return found


def push_point(text: str) -> str:
    """A browser's public key, 65 bytes in base64url: a point on the curve P-256."""
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _unpadded(text.rstrip("="), 65))
    return text.rstrip("=")


def push_secret(text: str) -> str:
    """A browser's secret, 16 bytes in base64url."""
    _unpadded(text.rstrip("="), 16)
    return text.rstrip("=")


def push_subject(text: str) -> str:
    """Whom a push service writes to about us: an e-mail address with `mailto:` before it."""
    if not re.fullmatch(r"mailto:[^@\s<>\"]+@(localhost|[\w-]+(\.[\w-]+)+)", text, re.ASCII):
        raise ValueError
    return text


def hosts(text: str) -> tuple[str, ...]:
    """Names of machines, with a space between; `*.` before one stands for all below it."""
    names = tuple(text.lower().split())
    if not all(re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*", name) for name in names):
        raise ValueError
    return names


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


class PushEnvironment(Schema):
    """The settings of push messages, which belong together."""

    push_key = Setting(
        "MELDE_PUSH_KEY",
        push_key,
        write="the key that melde push-key makes: PEM, or 32 bytes in base64url",
        load_default=None,
        metadata={"secret": True},
    )
    push_subject = Setting(
        "MELDE_PUSH_SUBJECT",
        push_subject,
        write="mailto: and an e-mail address, such as mailto:drift@example.org",
        load_default=None,
    )
    push_hosts = Setting(
        "MELDE_PUSH_HOSTS",
        hosts,
        write="names of push services with a space between, such as *.push.apple.com",
        load_default=PUSH_SERVICES,
    )

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_whole(self, _values: dict[str, Any], given: dict[str, str], **_options: Any) -> None:
        """A key without a subject: push services ask whom to write to."""
        if "MELDE_PUSH_KEY" in given and "MELDE_PUSH_SUBJECT" not in given:
            fault = "missing beside MELDE_PUSH_KEY. Write mailto: and an e-mail address."
            raise ValidationError({"MELDE_PUSH_SUBJECT": [fault]})


class MailboxEnvironment(Schema):
    """The setting of the mailboxes that letters come to."""

    mailboxes = Setting("MELDE_MAILBOXES", path, write="the path of a YAML file", load_default=None)
