"""The providers that people may sign in at, read once from a YAML file; every fault is named with its line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from app.i18n import LANGUAGES
from app.jurisdictions.setup_files import BrokenSetup, SetupFile, Texts, read_yaml
from app.settings import SettingsError

SETTING = "MELDE_OPENID_PROVIDERS"
NATIONAL_IDENTITY_NUMBER = "pid"
"""ID-porten's claim. It is never read, so that it can be stored nowhere."""
STAFF_CLAIMS = {"subject", "email", "name", "roles"}


class Audience(StrEnum):
    """Whom a provider is for."""

    RESIDENT = "resident"
    STAFF = "staff"


class AuthMethod(StrEnum):
    """How we prove to the provider who we are."""

    SECRET_BASIC = "client_secret_basic"  # noqa: S105
    SECRET_POST = "client_secret_post"  # noqa: S105
    PRIVATE_KEY_JWT = "private_key_jwt"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider, and what we agreed with it."""

    key: str
    audience: Audience
    label: Mapping[str, str]
    issuer: str
    client_id: str
    auth_method: AuthMethod
    secret: str | None = field(repr=False)
    private_key: RSAKey | ECKey | None = field(repr=False)
    key_id: str | None
    key_algorithm: str
    assertion_audience: str
    """`issuer` or `token_endpoint`: whom the assertion of `private_key_jwt` is addressed to."""
    scopes: tuple[str, ...]
    acr_values: tuple[str, ...]
    accepted_acr: tuple[str, ...]
    """Empty: any. Else the token must have one of these."""
    ui_locales: tuple[str, ...]
    authorization_details: tuple[Mapping[str, Any], ...]
    """What is asked for beyond scopes (RFC 9396), as Ansattporten wants it; empty: nothing."""
    claims: Mapping[str, str]
    """Our word → the provider's claim. `subject` is always there."""


class _ProviderSchema(Schema):
    class Meta:
        unknown = RAISE

    key = fields.String(
        required=True,
        validate=validate.Regexp(
            r"^[a-z][a-z0-9-]{0,30}$",
            error="use small letters, digits and -, letter first: it is a part of addresses",
        ),
    )
    audience = fields.Enum(Audience, by_value=True, required=True)
    label = Texts(required=True)
    issuer = fields.String(required=True)
    client_id = fields.String(required=True, validate=validate.Length(min=1))
    auth_method = fields.Enum(AuthMethod, by_value=True, required=True)
    client_secret_file = fields.String(load_default=None)
    client_secret_env = fields.String(load_default=None)
    key_file = fields.String(load_default=None)
    key_id = fields.String(load_default=None)
    key_algorithm = fields.String(load_default="RS256", validate=validate.OneOf(["RS256", "ES256"]))
    assertion_audience = fields.String(
        load_default="issuer", validate=validate.OneOf(["issuer", "token_endpoint"])
    )
    scopes = fields.List(fields.String(), load_default=lambda: ["openid"])
    acr_values = fields.List(fields.String(), load_default=list)
    accepted_acr = fields.List(fields.String(), load_default=list)
    ui_locales = fields.List(fields.String(), load_default=lambda: list(LANGUAGES))
    authorization_details = fields.List(fields.Dict(keys=fields.String()), load_default=list)
    claims = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)

    @validates_schema
    def _fits_together(self, data: dict[str, Any], **_: Any) -> None:
        faults = {}
        if not _is_safe_address(data["issuer"]):
            faults["issuer"] = ["write https://… without a query; http only on this machine"]
        secrets = [name for name in ("client_secret_file", "client_secret_env") if data[name]]
        if data["auth_method"] == AuthMethod.PRIVATE_KEY_JWT:
            if not data["key_file"]:
                faults["key_file"] = ["private_key_jwt needs a file with a private key in PEM"]
        elif len(secrets) != 1:
            faults["auth_method"] = ["give client_secret_file or client_secret_env, one of the two"]
        if "openid" not in data["scopes"]:
            faults["scopes"] = ["openid must be one of them"]
        if NATIONAL_IDENTITY_NUMBER in data["claims"].values():
            faults["claims"] = ["pid is the national identity number, which is never read here"]
        elif data["audience"] == Audience.RESIDENT and set(data["claims"]) - {"subject"}:
            faults["claims"] = ["of residents only the subject is read"]
        elif set(data["claims"]) - STAFF_CLAIMS:
            faults["claims"] = [f"of staff only these are read: {', '.join(sorted(STAFF_CLAIMS))}"]
        if faults:
            raise ValidationError(faults)


class _FileSchema(Schema):
    class Meta:
        unknown = RAISE

    providers = fields.List(fields.Nested(_ProviderSchema), required=True)


def _is_safe_address(address: str) -> bool:
    parts = urlsplit(address)
    is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return (
        bool(parts.hostname)
        and not parts.query
        and not parts.fragment
        and (parts.scheme == "https" or (parts.scheme == "http" and is_here))
    )


def read(path: Path | None, environ: Mapping[str, str]) -> dict[str, Provider]:
    """The providers by their keys, in the file's order; none without a file.

    :param path: files that it names are looked for beside it.
    :param environ: where `client_secret_env` is looked up.
    :raises SettingsError: naming every fault with file and line.
    """
    if path is None:
        return {}
    try:
        file = read_yaml(path, _FileSchema())
    except BrokenSetup as broken:
        raise SettingsError([f"{SETTING}: {fault}" for fault in broken.faults]) from broken
    found: dict[str, Provider] = {}
    faults: list[str] = []
    for place, entry in enumerate(file.content["providers"]):
        if entry["key"] in found:
            faults.append(file.fault("two providers have this key", "providers", place, "key"))
            continue
        try:
            found[entry["key"]] = _provider(file, place, entry, environ)
        except BrokenSetup as broken:
            faults += broken.faults
    if faults:
        raise SettingsError([f"{SETTING}: {fault}" for fault in faults])
    return found


def _provider(
    file: SetupFile, place: int, entry: dict[str, Any], environ: Mapping[str, str]
) -> Provider:
    values = dict(entry)
    secret_file, secret_env = values.pop("client_secret_file"), values.pop("client_secret_env")
    key_file = values.pop("key_file")
    secret = key = None
    if values["auth_method"] == AuthMethod.PRIVATE_KEY_JWT:
        key = _private_key(file, place, key_file, values["key_algorithm"])
    elif secret_file:
        secret = _text(file, place, "client_secret_file", secret_file)
    else:
        secret = environ.get(secret_env, "").strip()
    if not key and not secret:
        name = "client_secret_file" if secret_file else "client_secret_env"
        raise BrokenSetup([file.fault(f"{name}: there is nothing in it", "providers", place, name)])
    for name in ("scopes", "acr_values", "accepted_acr", "ui_locales", "authorization_details"):
        values[name] = tuple(values[name])
    values["accepted_acr"] = values["accepted_acr"] or values["acr_values"]
    values["claims"] = {"subject": "sub", **values["claims"]}
    return Provider(secret=secret, private_key=key, **values)


def _text(file: SetupFile, place: int, name: str, written: str) -> str:
    path = file.path.parent / Path(written).expanduser()
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        fault = file.fault(f"{name}: cannot read {written} ({reason})", "providers", place, name)
        raise BrokenSetup([fault]) from error


def _private_key(file: SetupFile, place: int, written: str, algorithm: str) -> RSAKey | ECKey:
    text = _text(file, place, "key_file", written)
    kind: type[RSAKey] | type[ECKey] = RSAKey if algorithm == "RS256" else ECKey
    wanted = {"RS256": "RSA key of 2048 bits or more", "ES256": "EC key on P-256"}[algorithm]
    try:
        key = kind.import_key(text)
        fits = key.is_private and _is_strong(key)
    except (JoseError, ValueError, TypeError) as error:
        raise BrokenSetup([_key_fault(file, place, written, algorithm, wanted)]) from error
    if not fits:
        raise BrokenSetup([_key_fault(file, place, written, algorithm, wanted)])
    return key


def _is_strong(key: RSAKey | ECKey) -> bool:
    if isinstance(key, ECKey):
        return key.curve_name == "P-256"
    return key.raw_value.key_size >= 2048


def _key_fault(file: SetupFile, place: int, written: str, algorithm: str, wanted: str) -> str:
    message = f"key_file: {written} holds no private {wanted} in PEM, which {algorithm} needs"
    return file.fault(message, "providers", place, "key_file")
