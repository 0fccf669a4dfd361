"""A report as one file for the archive: the whole case as PDF, the photos, and XML with Noark 5's words.

The XML names what is in the bundle with a SHA-256 for each file. It is a small form of our own with the words
of Noark 5 for titles, dates and documents; an archive takes them from there.
"""

import hashlib
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from xml.etree import ElementTree as ET

from app.service_requests.models import Contact, HistoryEntry, ServiceRequest

NAMESPACE = "urn:melde-feil:archive:1"
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the bundle: the same case gives the same bytes but for what changed."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file of the bundle."""

    name: str
    media_type: str
    title: str
    content: bytes


def bundle(
    report: ServiceRequest,
    contact: Contact | None,
    documents: Sequence[Document],
    *,
    title: str,
    organisation: str,
    now: datetime,
) -> bytes:
    """The ZIP: the documents, and `sak.xml` that describes them."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for document in documents:
            _put(archive, document.name, document.content)
        described = describe(
            report, contact, documents, title=title, organisation=organisation, now=now
        )
        _put(archive, "sak.xml", described)
    return packed.getvalue()


def describe(
    report: ServiceRequest,
    contact: Contact | None,
    documents: Sequence[Document],
    *,
    title: str,
    organisation: str,
    now: datetime,
) -> bytes:
    """The case in XML: what it is, who reported, what happened, and the files with their checksums."""
    ET.register_namespace("", NAMESPACE)
    root = _in(None, "saksmappe")
    _in(root, "mappeID", report.number)
    _in(root, "tittel", title)
    _in(root, "opprettetDato", _time(report.requested_at))
    _in(root, "avsluttetDato", _time(report.closed_at) if report.closed_at else None)
    _in(root, "saksstatus", report.status)
    _in(root, "virksomhet", organisation)
    _in(root, "administrativEnhet", report.department.code)
    _in(root, "arkivertDato", _time(now))
    if contact is not None:
        party = _in(root, "part")
        _in(party, "partNavn", contact.name)
        _in(party, "epostadresse", contact.email)
        _in(party, "telefonnummer", contact.phone)
        _in(party, "partRolle", "melder")
    events = _in(root, "hendelser")
    for entry in report.history:
        _event(events, entry)
    for document in documents:
        described = _in(root, "dokumentbeskrivelse")
        _in(described, "tittel", document.title)
        stored = _in(described, "dokumentobjekt")
        _in(stored, "format", document.media_type)
        _in(stored, "referanseDokumentfil", document.name)
        _in(stored, "sjekksum", hashlib.sha256(document.content).hexdigest())
        _in(stored, "sjekksumAlgoritme", "SHA-256")
        _in(stored, "filstoerrelse", str(len(document.content)))
    ET.indent(root)
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _event(events: ET.Element, entry: HistoryEntry) -> None:
    event = _in(events, "hendelse")
    _in(event, "dato", _time(entry.occurred_at))
    _in(event, "type", entry.kind)
    _in(event, "utfoertAv", entry.actor)
    _in(event, "status", entry.status)
    _in(event, "beskrivelse", entry.message)


def _in(parent: ET.Element | None, name: str, text: str | None = "") -> ET.Element:
    """A new element; without text (None) it is left out of its parent."""
    made = ET.Element(f"{{{NAMESPACE}}}{name}")
    if text is not None and parent is not None:
        parent.append(made)
    made.text = _writable(text or "") or None
    return made


def _writable(text: str) -> str:
    """Without the signs that XML 1.0 cannot hold (§2.2)."""
    return UNWRITABLE.sub("", text)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
