"""Kartverket's addresses (`adresser` v1) and place names (`stedsnavn` v1), CC BY 4.0, © Kartverket.

Answers are asked for in EPSG:4258, which is within a metre of EPSG:4326. A service that is slow, fails or
answers in another shape is away; after two failures in a row nobody waits for it for a minute. What was
asked is never logged: people type their own address.
"""

import hashlib
import json
import logging
import re
import time
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.geo.breaker import PAUSE_SECONDS, Breaker
from app.geo.positions import Position

log = logging.getLogger(__name__)
HEADERS = {
    "User-Agent": "melde-feil (a municipality's fault reports)",
    "Accept": "application/json",
}
DEADLINE_SECONDS = 2.5
"""For a whole answer, however slowly it comes."""
MOST_BYTES = 512 * 1024
MOST_LETTERS = 100
PER_PAGE = 8
NOT_SEARCHED_FOR = re.compile(r"[^\w .,'/-]+")


class KartverketAway(Exception):
    """No answer that can be used. The message says what happened, never what was asked."""


class HitKind(StrEnum):
    """What was found."""

    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An address or a name. EPSG:4326, degrees. Plain values: it is stored as JSON."""

    kind: str
    text: str
    """«Vågeveien 12B», «Kvernberget»."""
    longitude: float
    latitude: float
    street: str | None = None
    number: int | None = None
    area: str | None = None
    """The post town of an address, the kind of thing that has a name."""

    @property
    def position(self) -> Position:
        """Where it is."""
        return Position(longitude=self.longitude, latitude=self.latitude)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: a path, its query, and the municipality that answers must be in."""

    path: str
    query: tuple[tuple[str, str], ...]
    municipality: str

    def key(self) -> bytes:
        """SHA-256 of the question, so that answers can be kept without what people typed."""
        told = json.dumps([self.path, self.query, self.municipality], ensure_ascii=False)
        return hashlib.sha256(told.casefold().encode()).digest()


def tidy(text: str) -> str:
    """What people type as it is searched for: letters, digits, and the signs that names have."""
    plain = NOT_SEARCHED_FOR.sub(" ", unicodedata.normalize("NFC", text))
    return " ".join(plain.split())[:MOST_LETTERS].strip()


def addresses_like(text: str, municipality: str) -> Question:
    """Addresses that begin with, or look like, a tidy text."""
    return _question(
        "/adresser/v1/sok",
        municipality,
        sok=f"{text}*",
        fuzzy="true",
        kommunenummer=municipality,
        utkoordsys="4258",
        treffPerSide=str(PER_PAGE),
    )


def addresses_near(position: Position, municipality: str, *, metres: int) -> Question:
    """Addresses around a position, taken to about a metre."""
    return _question(
        "/adresser/v1/punktsok",
        municipality,
        lat=f"{position.latitude:.5f}",
        lon=f"{position.longitude:.5f}",
        radius=str(metres),
        koordsys="4258",
        utkoordsys="4258",
        treffPerSide=str(PER_PAGE),
    )


def names_like(text: str, municipality: str) -> Question:
    """Place names that begin with, or look like, a tidy text."""
    return _question(
        "/stedsnavn/v1/navn",
        municipality,
        sok=f"{text}*",
        fuzzy="true",
        knr=municipality,
        utkoordsys="4258",
        treffPerSide=str(PER_PAGE),
        side="1",
    )


def names_near(position: Position, municipality: str, *, metres: int) -> Question:
    """Place names around a position, taken to about a metre."""
    return _question(
        "/stedsnavn/v1/punkt",
        municipality,
        nord=f"{position.latitude:.5f}",
        ost=f"{position.longitude:.5f}",
        koordsys="4258",
        utkoordsys="4258",
        radius=str(metres),
        treffPerSide=str(PER_PAGE),
        side="1",
    )


def _question(path: str, municipality: str, **query: str) -> Question:
    return Question(path=path, query=tuple(query.items()), municipality=municipality)


# --- asking -----------------------------------------------------------------------------------------


_breakers: dict[str, Breaker] = {}
_client = httpx.Client(headers=HEADERS, follow_redirects=True)


def ask(
    base_url: str, question: Question, *, deadline_seconds: float = DEADLINE_SECONDS
) -> list[Hit]:
    """What Kartverket has in the municipality, best first.

    :raises KartverketAway: no answer in time, an error, another shape, or a pause after failures.
    """
    breaker = _breakers.setdefault(base_url, Breaker())
    if not breaker.lets_through():
        raise KartverketAway("not asked, since it has just failed")
    try:
        body = _fetch(base_url + question.path, dict(question.query), deadline_seconds)
        hits = _read(question, body)
    except _Refused as fault:
        breaker.failed(pause_seconds=fault.seconds)
        log.warning("Kartverket %s is away: %s", question.path, fault)
        raise KartverketAway(str(fault)) from None
    except (httpx.HTTPError, KartverketAway) as fault:
        breaker.failed()
        said = str(fault) if isinstance(fault, KartverketAway) else type(fault).__name__
        log.warning("Kartverket %s is away: %s", question.path, said)
        raise KartverketAway(said) from None
    breaker.worked()
    return hits


class _Refused(Exception):
    """Too many questions; leave it alone for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many questions, asked to wait {seconds:.0f} s")
        self.seconds = seconds


def _fetch(url: str, query: dict[str, str], deadline_seconds: float) -> bytes:
    """The answer's body, within the deadline and of a size that can be."""
    until = time.monotonic() + deadline_seconds
    with _client.stream("GET", url, params=query, timeout=deadline_seconds) as response:
        if response.status_code == 429:
            told = response.headers.get("Retry-After", "")
            raise _Refused(float(told) if told.isdigit() else PAUSE_SECONDS)
        if response.status_code != 200:
            raise KartverketAway(f"status {response.status_code}")
        body = b""
        for part in response.iter_bytes():
            body += part
            if time.monotonic() > until:
                raise KartverketAway("too slow")
            if len(body) > MOST_BYTES:
                raise KartverketAway("too large")
        return body


# --- reading ----------------------------------------------------------------------------------------


class _Part(Schema):
    class Meta:
        unknown = EXCLUDE


_NAME = validate.Length(1, 200)
_LATITUDE, _LONGITUDE = validate.Range(-90, 90), validate.Range(-180, 180)


class _AddressPoint(_Part):
    lat = fields.Float(required=True, validate=_LATITUDE)
    lon = fields.Float(required=True, validate=_LONGITUDE)


class _Address(_Part):
    adressetekst = fields.String(required=True, validate=_NAME)
    adressenavn = fields.String(load_default=None, allow_none=True)
    nummer = fields.Integer(load_default=None, allow_none=True)
    kommunenummer = fields.String(required=True)
    objtype = fields.String(load_default="Vegadresse")
    poststed = fields.String(load_default=None, allow_none=True)
    representasjonspunkt = fields.Nested(_AddressPoint, required=True)


class _Addresses(_Part):
    adresser = fields.List(fields.Nested(_Address), required=True)


class _NamePoint(_Part):
    nord = fields.Float(required=True, validate=_LATITUDE)
    east = fields.Float(required=True, data_key="øst", validate=_LONGITUDE)


class _Spelling(_Part):
    spelling = fields.String(required=True, data_key="skrivemåte", validate=_NAME)


class _Municipality(_Part):
    kommunenummer = fields.String(required=True)


class _Name(_Part):
    """In `/navn` each row is one spelling; in `/punkt` a place has a list of them."""

    spelling = fields.String(data_key="skrivemåte", load_default=None, validate=_NAME)
    stedsnavn = fields.List(fields.Nested(_Spelling), load_default=list)
    navneobjekttype = fields.String(load_default=None, allow_none=True)
    kommuner = fields.List(fields.Nested(_Municipality), load_default=list)
    representasjonspunkt = fields.Nested(_NamePoint, required=True)


class _Names(_Part):
    navn = fields.List(fields.Nested(_Name), required=True)


def _read(question: Question, body: bytes) -> list[Hit]:
    """The hits in the municipality. :raises KartverketAway: it is not what Kartverket answers."""
    try:
        content: Any = json.loads(body)
        if question.path.startswith("/adresser"):
            rows = _Addresses().load(content)["adresser"]
            return [_address(row) for row in rows if row["kommunenummer"] == question.municipality]
        names = _Names().load(content)["navn"]
    except (ValueError, RecursionError, ValidationError):
        raise KartverketAway("an answer in another shape") from None
    found = [_name(row) for row in names if _is_in(row, question.municipality)]
    return [hit for hit in found if hit is not None]


def _address(row: dict[str, Any]) -> Hit:
    is_street = row["objtype"] == "Vegadresse"
    return Hit(
        kind=HitKind.ADDRESS,
        text=row["adressetekst"],
        longitude=row["representasjonspunkt"]["lon"],
        latitude=row["representasjonspunkt"]["lat"],
        street=row["adressenavn"] if is_street else None,
        number=row["nummer"] if is_street else None,
        area=row["poststed"],
    )


def _is_in(row: dict[str, Any], municipality: str) -> bool:
    numbers = [item["kommunenummer"] for item in row["kommuner"]]
    return not numbers or municipality in numbers


def _name(row: dict[str, Any]) -> Hit | None:
    text = row["spelling"] or next((item["spelling"] for item in row["stedsnavn"]), None)
    if text is None:
        return None
    point = row["representasjonspunkt"]
    return Hit(
        kind=HitKind.NAME,
        text=text,
        longitude=point["east"],
        latitude=point["nord"],
        area=row["navneobjekttype"],
    )
