"""One frozen value with every setting, read once from the environment.

All faults are named at once, one a line, each with what to write instead. Nothing here looks at
the process's own environment: the caller hands it in. `docs/settings.md` is the table for people.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from limits import parse_many
from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length, Range
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "MELDE_"
SECRET_KEY_LENGTH = 32
KEY_COMMAND = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
GREY_TILES = (
    "https://cache.kartverket.no/v1/wmts/1.0.0/topograatone/default/webmercator/{z}/{y}/{x}.png"
)

ATTRIBUTION = '<a href="https://www.kartverket.no/">© Kartverket</a>'


class SettingsError(Exception):
    """One or more settings are wrong. `faults` and the text hold one sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator can choose. Paths are absolute; addresses have no slash at the end."""

    instance: Path
    database_url: str | None = field(repr=False)
    """SQLAlchemy's form, `postgresql+psycopg://…`; None: the embedded cluster of `melde up`."""
    secret_key: str | None = field(repr=False)
    base_url: str
    host: str
    port: int
    workers: int
    tile_url: str
    tile_attribution: str
    """HTML, shown in a corner of every map."""
    tile_max_native_zoom: int
    smtp_url: str | None = field(repr=False)
    mail_folder: Path | None
    mail_from: str
    kommuneinfo_url: str
    nvdb_url: str
    nvdb_contact: str | None
    trusted_proxies: int
    submit_limit: str
    sign_in_limit: str
    answer_link_days: int

    def for_production(self) -> "Settings":
        """These settings.

        :raises SettingsError: when what has no safe default is missing.
        """
        faults = []
        if not self.database_url:
            faults.append(
                "MELDE_DATABASE_URL: missing. Write postgresql://user:password@host/database."
            )
        if not self.secret_key:
            faults.append(f"MELDE_SECRET_KEY: missing. Write a key from: {KEY_COMMAND}")
        if faults:
            raise SettingsError(faults)
        return self


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`; an empty value counts as not given.

    :raises SettingsError: naming every fault.
    """
    given, faults = _with_files(environ)
    faults += _unknown(environ)
    schema = _Environment()
    try:
        values: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        for name, sentences in error.messages_dict.items():
            faults += [f"{name}: {sentence}" for sentence in sentences]
    if faults:
        raise SettingsError(sorted(faults))
    values["base_url"] = values["base_url"] or _own_address(values["host"], values["port"])
    return Settings(**values)


def setting_names() -> list[str]:
    """The names of all environment variables that are read."""
    names = []
    for name, setting in _Environment().fields.items():
        key = setting.data_key or name
        names += [key, f"{key}_FILE"] if setting.metadata.get("secret") else [key]
    return names


def _with_files(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The known settings' values, secrets read from `NAME_FILE`, and what is wrong with those."""
    given = {}
    faults = []
    for name in setting_names():
        text = environ.get(name, "").strip()
        if not text:
            continue
        target = name.removesuffix("_FILE")
        if target in given:
            faults.append(f"{name}: {target} is given as well. Write only one of the two.")
        elif target == name:
            given[name] = text
        else:
            try:
                given[target] = Path(text).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "not a text file"
                faults.append(
                    f"{name}: cannot read {text} ({reason}). Write the path of a text file."
                )
    return given, faults


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = setting_names()
    faults = []
    for name in environ:
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.75)
            advice = (
                f"Did you mean {near[0]}?" if near else "See docs/settings.md for those that are."
            )
            faults.append(f"{name}: is not a setting. {advice}")
    return faults


def _own_address(host: str, port: int) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _database_url(text: str) -> str:
    scheme, colon, rest = text.partition("://")
    if not colon or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError
    url = make_url(f"postgresql+psycopg://{rest}")
    if not url.database:
        raise ValueError
    return url.render_as_string(hide_password=False)


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return text.rstrip("/")


def _tile_url(text: str) -> str:
    if not text.startswith(("https://", "http://", "/")):
        raise ValueError
    if not all(part in text for part in ("{z}", "{x}", "{y}")):
        raise ValueError
    return text


def _smtp_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtp+starttls", "smtps"} or not parts.hostname:
        raise ValueError
    if parts.port == 0 or not unquote(f"{parts.username}{parts.password}").isascii():
        raise ValueError
    return text


def _sender(text: str) -> str:
    if "@" not in parseaddr(text)[1]:
        raise ValueError
    return text


def _contact(text: str) -> str:
    if not text.isascii() or not text.isprintable():  # it becomes a header
        raise ValueError
    return _sender(text)


def _limit(text: str) -> str:
    parse_many(text)
    return text


class _Read(fields.String):
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


def _whole(name: str, default: int, lowest: int, highest: int) -> fields.Integer:
    message = f"is not a whole number from {lowest} to {highest}. Write for example {default}."
    return fields.Integer(
        data_key=name,
        load_default=default,
        validate=Range(lowest, highest, error=message),
        error_messages={"invalid": message, "too_large": message},
    )


class _Environment(Schema):
    """Variable by variable: name, default, how it is read and what to write when it cannot be."""

    class Meta:
        unknown = RAISE

    instance = _Read(
        "MELDE_INSTANCE", _path, write="a folder", load_default=lambda: _path("instance")
    )
    host = fields.String(data_key="HOST", load_default="127.0.0.1")
    port = _whole("PORT", 8000, 1, 65535)
    base_url = _Read(
        "MELDE_BASE_URL", _web_address, write="https://the.public.address", load_default=None
    )
    database_url = _Read(
        "MELDE_DATABASE_URL",
        _database_url,
        write="postgresql://user:password@host/database",
        load_default=None,
        metadata={"secret": True},
    )
    secret_key = fields.String(
        data_key="MELDE_SECRET_KEY",
        load_default=None,
        validate=Length(
            min=SECRET_KEY_LENGTH,
            error=f"is shorter than {SECRET_KEY_LENGTH} characters. Take one from: {KEY_COMMAND}",
        ),
        metadata={"secret": True},
    )
    workers = _whole("MELDE_WORKERS", 2, 1, 64)
    trusted_proxies = _whole("MELDE_TRUSTED_PROXIES", 0, 0, 10)
    submit_limit = _Read(
        "MELDE_SUBMIT_LIMIT",
        _limit,
        write="a limit such as 30 per minute",
        load_default="30 per minute",
    )
    sign_in_limit = _Read(
        "MELDE_SIGN_IN_LIMIT",
        _limit,
        write="a limit such as 10 per minute",
        load_default="10 per minute",
    )
    answer_link_days = _whole("MELDE_ANSWER_LINK_DAYS", 90, 1, 730)
    smtp_url = _Read(
        "MELDE_SMTP_URL",
        _smtp_url,
        write="smtp://user:password@host:port, or the same with smtp+starttls:// or smtps://",
        load_default=None,
        metadata={"secret": True},
    )
    mail_folder = _Read("MELDE_MAIL_FOLDER", _path, write="a folder", load_default=None)
    mail_from = _Read(
        "MELDE_MAIL_FROM",
        _sender,
        write='"A name <address@example.org>"',
        load_default="Melde feil i gata mi <no-reply@localhost>",
    )
    tile_url = _Read(
        "MELDE_TILE_URL",
        _tile_url,
        write="an address with {z}, {x} and {y}",
        load_default=GREY_TILES,
    )
    tile_attribution = fields.String(data_key="MELDE_TILE_ATTRIBUTION", load_default=ATTRIBUTION)
    tile_max_native_zoom = _whole("MELDE_TILE_MAX_NATIVE_ZOOM", 18, 1, 22)
    kommuneinfo_url = _Read(
        "MELDE_KOMMUNEINFO_URL",
        _web_address,
        write="the address of Kartverket's kommuneinfo, without a slash at the end",
        load_default="https://api.kartverket.no/kommuneinfo/v1",
    )
    nvdb_url = _Read(
        "MELDE_NVDB_URL",
        _web_address,
        write="the address of NVDB's API, without a slash at the end",
        load_default="https://nvdbapiles.atlas.vegvesen.no",
    )
    nvdb_contact = _Read(
        "MELDE_NVDB_CONTACT", _contact, write="an e-mail address", load_default=None
    )
