"""The mailboxes that letters come to, read once from a YAML file; every fault is named with its line.

Knows nothing of reports, and opens no connection.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from app.jurisdictions.setup_files import BrokenSetup, SetupFile, read_yaml
from app.settings import SettingsError

SETTING = "MELDE_MAILBOXES"
ADDRESS = validate.Regexp(
    r"^[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]+@[A-Za-z0-9.-]+$",
    error="write an e-mail address without +, such as melding@example.org",
)
ON_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class Security(StrEnum):
    """How the connection is kept secret."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """One mailbox, and whose letters come there."""

    name: str
    jurisdiction: str
    """The municipality's number."""
    host: str
    port: int
    security: Security
    user: str
    password_file: Path = field(repr=False)
    folder: str
    done_folder: str
    """Where letters go that became something."""
    trash_folder: str
    """Where letters go that were kept out."""
    address: str
    channel: str
    """How reports from here have come in, as `Channel` has it."""

    def password(self) -> str:
        """The password as it is now. :raises OSError: the file cannot be read."""
        return self.password_file.read_text("utf-8").strip()


class _MailboxSchema(Schema):
    class Meta:
        unknown = RAISE

    name = fields.String(
        required=True,
        validate=validate.Regexp(
            r"^[a-z][a-z0-9-]{0,30}$", error="use small letters, digits and -, letter first"
        ),
    )
    jurisdiction = fields.String(
        required=True,
        validate=validate.Regexp(
            r"^\d{4}$", error='write the municipality\'s number with quotes, such as "1505"'
        ),
    )
    host = fields.String(required=True, validate=validate.Length(min=1))
    port = fields.Integer(load_default=None, validate=validate.Range(1, 65535))
    security = fields.Enum(Security, by_value=True, load_default=Security.TLS)
    user = fields.String(required=True, validate=validate.Length(min=1))
    password_file = fields.String(required=True, validate=validate.Length(min=1))
    folder = fields.String(load_default="INBOX", validate=validate.Length(min=1))
    done_folder = fields.String(load_default="Melde-ferdig", validate=validate.Length(min=1))
    trash_folder = fields.String(load_default="Melde-avvist", validate=validate.Length(min=1))
    address = fields.String(required=True, validate=ADDRESS)
    channel = fields.String(load_default="email", validate=validate.OneOf(["email", "letter"]))

    @validates_schema
    def _fits_together(self, data: dict[str, Any], **_: Any) -> None:
        faults = {}
        folders = Counter(data[name] for name in ("folder", "done_folder", "trash_folder"))
        if max(folders.values()) > 1:
            faults["folder"] = ["folder, done_folder and trash_folder must be three folders"]
        if data["security"] == Security.NONE and data["host"] not in ON_THIS_MACHINE:
            faults["security"] = ["none is for a server on this machine; write tls or starttls"]
        if faults:
            raise ValidationError(faults)


class _FileSchema(Schema):
    class Meta:
        unknown = RAISE

    mailboxes = fields.List(fields.Nested(_MailboxSchema), required=True)


def read(path: Path | None) -> Mapping[str, Mailbox]:
    """The mailboxes by their names, in the file's order; none without a file.

    :param path: files that it names are looked for beside it.
    :raises SettingsError: naming every fault with file and line.
    """
    if path is None:
        return {}
    try:
        file = read_yaml(path, _FileSchema())
    except BrokenSetup as broken:
        raise SettingsError([f"{SETTING}: {fault}" for fault in broken.faults]) from broken
    found: dict[str, Mailbox] = {}
    faults = list(_twice(file))
    for entry in file.content["mailboxes"]:
        port = entry.pop("port") or PORTS[entry["security"]]
        password = file.path.parent / Path(entry.pop("password_file")).expanduser()
        found[entry["name"]] = Mailbox(port=port, password_file=password, **entry)
    if faults:
        raise SettingsError([f"{SETTING}: {fault}" for fault in faults])
    return found


def _twice(file: SetupFile) -> list[str]:
    faults = []
    for what in ("name", "address"):
        seen: set[str] = set()
        for place, entry in enumerate(file.content["mailboxes"]):
            if entry[what].lower() in seen:
                faults.append(
                    file.fault(f"two mailboxes have this {what}", "mailboxes", place, what)
                )
            seen.add(entry[what].lower())
    return faults


def address_for(mailboxes: Mapping[str, Mailbox], jurisdiction: str) -> str | None:
    """The address that answers of a municipality's letters can go to: that of its first mailbox."""
    found = (box.address for box in mailboxes.values() if box.jurisdiction == jurisdiction)
    return next(found, None)
