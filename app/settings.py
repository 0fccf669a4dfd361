"""One frozen value with every setting, read once from the environment.

All faults are named at once, one a line, each with what to write instead. Nothing here looks at
the process's own environment: the caller hands it in. `docs/settings.md` is the table for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from marshmallow import RAISE, ValidationError, fields
from marshmallow.validate import Length

from app import reading

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
    bounce_address: str | None
    bounce_folder: Path | None
    mailboxes: Path | None
    crew_keep_hours: int
    push_key: str | None = field(repr=False)
    """The private key of push messages, base64url; without it alerts go by e-mail."""
    push_subject: str | None
    push_hosts: tuple[str, ...]
    digest_minutes: int
    follow_limit: str
    sms_url: str | None = field(repr=False)
    sms_method: str
    sms_headers: dict[str, str] = field(repr=False)
    sms_body: str = field(repr=False)
    kommuneinfo_url: str
    kartverket_url: str
    nvdb_url: str
    nvdb_contact: str | None
    trusted_proxies: int
    submit_limit: str
    form_seconds: int
    """Nobody reads and answers the second and the third step of the form faster; 0 takes any form."""
    sign_in_limit: str
    answer_link_days: int
    openid_providers: Path | None
    """The file of the providers that people may sign in at."""
    photo_store: str | None
    """A folder or `s3://bucket/place`; None: `photos` in the instance folder."""
    photo_store_endpoint: str | None
    photo_store_region: str
    photo_store_key: str | None = field(repr=False)
    photo_store_secret: str | None = field(repr=False)
    photo_limit: str

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
        is_bucket = bool(self.photo_store and self.photo_store.startswith("s3://"))
        if is_bucket and not (self.photo_store_key and self.photo_store_secret):
            faults.append(
                "MELDE_PHOTO_STORE_KEY and MELDE_PHOTO_STORE_SECRET: missing. Write the bucket's."
            )
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


class _Environment(reading.PushEnvironment, reading.MailboxEnvironment):
    """Variable by variable: name, default, how it is read and what to write when it cannot be."""

    class Meta:
        unknown = RAISE

    instance = reading.Setting(
        "MELDE_INSTANCE",
        reading.path,
        write="a folder",
        load_default=lambda: reading.path("instance"),
    )
    host = fields.String(data_key="HOST", load_default="127.0.0.1")
    port = reading.whole("PORT", 8000, 1, 65535)
    base_url = reading.Setting(
        "MELDE_BASE_URL", reading.web_address, write="https://the.public.address", load_default=None
    )
    database_url = reading.Setting(
        "MELDE_DATABASE_URL",
        reading.database_url,
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
    workers = reading.whole("MELDE_WORKERS", 2, 1, 64)
    trusted_proxies = reading.whole("MELDE_TRUSTED_PROXIES", 0, 0, 10)
    form_seconds = reading.whole("MELDE_FORM_SECONDS", 3, 0, 60)
    submit_limit = reading.Setting(
        "MELDE_SUBMIT_LIMIT",
        reading.limit,
        write="a limit such as 30 per minute",
        load_default="30 per minute",
    )
    sign_in_limit = reading.Setting(
        "MELDE_SIGN_IN_LIMIT",
        reading.limit,
        write="a limit such as 10 per minute",
        load_default="10 per minute",
    )
    answer_link_days = reading.whole("MELDE_ANSWER_LINK_DAYS", 90, 1, 730)
    openid_providers = reading.Setting(
        "MELDE_OPENID_PROVIDERS", reading.path, write="the path of a YAML file", load_default=None
    )
    photo_store = reading.Setting(
        "MELDE_PHOTO_STORE",
        reading.photo_store,
        write="a folder, or s3://bucket/place",
        load_default=None,
    )
    photo_store_endpoint = reading.Setting(
        "MELDE_PHOTO_STORE_ENDPOINT",
        reading.web_address,
        write="the object store's address, without a slash at the end",
        load_default=None,
    )
    photo_store_region = fields.String(
        data_key="MELDE_PHOTO_STORE_REGION", load_default="us-east-1"
    )
    photo_store_key = fields.String(
        data_key="MELDE_PHOTO_STORE_KEY", load_default=None, metadata={"secret": True}
    )
    photo_store_secret = fields.String(
        data_key="MELDE_PHOTO_STORE_SECRET", load_default=None, metadata={"secret": True}
    )
    photo_limit = reading.Setting(
        "MELDE_PHOTO_LIMIT",
        reading.limit,
        write="a limit such as 60 per minute",
        load_default="60 per minute",
    )
    smtp_url = reading.Setting(
        "MELDE_SMTP_URL",
        reading.smtp_url,
        write="smtp://user:password@host:port, or the same with smtp+starttls:// or smtps://",
        load_default=None,
        metadata={"secret": True},
    )
    mail_folder = reading.Setting(
        "MELDE_MAIL_FOLDER", reading.path, write="a folder", load_default=None
    )
    mail_from = reading.Setting(
        "MELDE_MAIL_FROM",
        reading.sender,
        write='"A name <address@example.org>"',
        load_default="Melde feil i gata mi <no-reply@localhost>",
    )
    bounce_address = reading.Setting(
        "MELDE_BOUNCE_ADDRESS",
        reading.bounce_address,
        write="an e-mail address whose mail reaches melde bounce, also with +something before the @",
        load_default=None,
    )
    bounce_folder = reading.Setting(
        "MELDE_BOUNCE_FOLDER", reading.path, write="a Maildir", load_default=None
    )
    crew_keep_hours = reading.whole("MELDE_CREW_KEEP_HOURS", 72, 1, 744)
    digest_minutes = reading.whole("MELDE_DIGEST_MINUTES", 5, 0, 1440)
    follow_limit = reading.Setting(
        "MELDE_FOLLOW_LIMIT",
        reading.limit,
        write="a limit such as 20 per hour",
        load_default="20 per hour",
    )
    sms_url = reading.Setting(
        "MELDE_SMS_URL",
        reading.sms_url,
        write="the gateway's https:// address; {to} and {text} may stand in its query",
        load_default=None,
        metadata={"secret": True},
    )
    sms_method = reading.Setting(
        "MELDE_SMS_METHOD", reading.sms_method, write="POST, PUT or GET", load_default="POST"
    )
    sms_headers = reading.Setting(
        "MELDE_SMS_HEADERS",
        reading.headers,
        write="one «Name: value» a line",
        load_default=dict,
        metadata={"secret": True},
    )
    sms_body = reading.Setting(
        "MELDE_SMS_BODY",
        reading.sms_body,
        write='a form such as to={to}&text={text}, or JSON such as {"to": "{to}", "text": "{text}"}',
        load_default="to={to}&text={text}",
        metadata={"secret": True},
    )
    tile_url = reading.Setting(
        "MELDE_TILE_URL",
        reading.tile_url,
        write="an address with {z}, {x} and {y}",
        load_default=GREY_TILES,
    )
    tile_attribution = fields.String(data_key="MELDE_TILE_ATTRIBUTION", load_default=ATTRIBUTION)
    tile_max_native_zoom = reading.whole("MELDE_TILE_MAX_NATIVE_ZOOM", 18, 1, 22)
    kommuneinfo_url = reading.Setting(
        "MELDE_KOMMUNEINFO_URL",
        reading.web_address,
        write="the address of Kartverket's kommuneinfo, without a slash at the end",
        load_default="https://api.kartverket.no/kommuneinfo/v1",
    )
    kartverket_url = reading.Setting(
        "MELDE_KARTVERKET_URL",
        reading.web_address,
        write="the address of Kartverket's services, without a slash at the end",
        load_default="https://api.kartverket.no",
    )
    nvdb_url = reading.Setting(
        "MELDE_NVDB_URL",
        reading.web_address,
        write="the address of NVDB's API, without a slash at the end",
        load_default="https://nvdbapiles.atlas.vegvesen.no",
    )
    nvdb_contact = reading.Setting(
        "MELDE_NVDB_CONTACT", reading.contact, write="an e-mail address", load_default=None
    )
