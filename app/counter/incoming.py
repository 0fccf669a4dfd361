"""A letter read: who sent it, what they say, what came with it, and whether a person wrote it. Pure."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import getaddresses

from app.counter.models import Reason
from app.counter.own_words import of_forwarded, of_html, tidy, without_quotes, without_signature

MOST_WORDS = 4000
MOST_SUBJECT = 200
MOST_FILES = 20
TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
ANSWERS = re.compile(r"^\s*((re|sv|vs|aw|fw|fwd)\s*(\[\d+\])?:\s*)+", re.IGNORECASE)
FORWARDED = re.compile(r"^\s*(vs|fw|fwd)\s*:", re.IGNORECASE)
ADDRESS = re.compile(r"^[^@\s<>,;\"()\[\]]+@[^@\s<>,;\"()\[\]]+\.[^@\s<>,;\"()\[\]]+$")
PICTURES = {"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"}
LEAST_PICTURE = 6_000
"""Bytes; what stands in the text and is smaller is a logo."""


@dataclass(frozen=True, kw_only=True)
class File:
    """Something that came with a letter."""

    name: str
    media_type: str
    content: bytes
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A letter. `refusal` says why no person wrote it to us."""

    key: bytes
    message_id: str | None
    sender: str | None
    sender_name: str | None
    to: str
    """All addresses that it came to, as written."""
    subject: str
    """Without Re: and the like."""
    words: str
    """What they wrote themselves."""
    is_answer: bool
    photos: tuple[File, ...]
    files: tuple[File, ...]
    refusal: Reason | None


def read(content: bytes, *, ours: Collection[str]) -> Incoming:
    """The letter in these bytes.

    :param ours: addresses that we write from, in small letters.
    :raises ValueError: it is no letter that can be read.
    """
    try:
        message = message_from_bytes(content, policy=default)
        if not isinstance(message, EmailMessage):
            raise ValueError("not a letter")
        return _read(message, ours)
    except (LookupError, AttributeError, TypeError, IndexError) as fault:  # odd headers or charsets
        raise ValueError(f"the letter cannot be read: {type(fault).__name__}") from None


def _read(message: EmailMessage, ours: Collection[str]) -> Incoming:
    name, sender = _sender(message)
    subject = tidy(_header(message, "Subject").replace("\n", " "))[:MOST_SUBJECT]
    is_forwarded = FORWARDED.match(subject) is not None
    is_answer = bool(message["In-Reply-To"] or message["References"] or ANSWERS.match(subject))
    is_answer = is_answer and not is_forwarded
    words = _words(message, is_answer=is_answer, is_forwarded=is_forwarded)
    message_id = _header(message, "Message-ID").strip() or None
    photos: list[File] = []
    files: list[File] = []
    for file in _files(message):
        is_picture = file.media_type in PICTURES
        if is_picture and file.is_inline and len(file.content) < LEAST_PICTURE:
            continue
        (photos if is_picture else files).append(file)
    told = "\0".join([message_id or _header(message, "Date"), sender or "", subject, words])
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass"))
    for file in [*photos, *files]:
        digest.update(hashlib.sha256(file.content).digest())
    return Incoming(
        key=digest.digest(),
        message_id=message_id[:400] if message_id else None,
        sender=sender,
        sender_name=name,
        to=" ".join(_header(message, header) for header in TO),
        subject=ANSWERS.sub("", subject).strip(),
        words=words[:MOST_WORDS],
        is_answer=is_answer,
        photos=tuple(photos),
        files=tuple(files),
        refusal=refusal_of(message, sender, ours),
    )


def _header(message: EmailMessage, name: str) -> str:
    """All values of a header, in one text; a broken one is empty."""
    try:
        return " ".join(str(value) for value in message.get_all(name, []))
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""


def _sender(message: EmailMessage) -> tuple[str | None, str | None]:
    """Name and address that the letter says it is from."""
    try:
        given: tuple[Address, ...] = message["From"].addresses if message["From"] else ()
        pairs = [(one.display_name, one.addr_spec) for one in given]
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        pairs = getaddresses([_header(message, "From")])
    for name, address in pairs:
        if len(address) <= 254 and ADDRESS.match(address) and address.isprintable():
            clean = " ".join("".join(c for c in name if c.isprintable()).split())
            return clean[:200] or None, address
    return None, None


def refusal_of(message: EmailMessage, sender: str | None, ours: Collection[str]) -> Reason | None:
    """Why this is not a letter that a person wrote to us; None when it is (RFC 3834, RFC 2919)."""
    if sender is None or _header(message, "Return-Path").strip() == "<>":
        return Reason.NO_SENDER if sender is None else Reason.AUTOMATIC
    if sender.lower() in ours:
        return Reason.OURS
    automatic = _header(message, "Auto-Submitted").strip().lower()
    if automatic and not automatic.startswith("no"):
        return Reason.AUTOMATIC
    if _is_from_machine(message):
        return Reason.AUTOMATIC
    precedence = _header(message, "Precedence").strip().lower()
    is_list = any(message[name] for name in ("List-Id", "List-Post", "List-Unsubscribe"))
    if is_list or precedence in {"bulk", "list", "junk"}:
        return Reason.LIST
    flag = _header(message, "X-Spam-Flag").strip().lower()
    status = _header(message, "X-Spam-Status").strip().lower()
    return Reason.SPAM if flag.startswith("yes") or status.startswith("yes") else None


def _is_from_machine(message: EmailMessage) -> bool:
    """An answering machine, or a report about a letter that could not be delivered."""
    kind = message.get_content_type()
    robots = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "X-Loop")
    who = _header(message, "From").lower()
    return (
        kind in {"multipart/report", "message/delivery-status"}
        or any(_header(message, name).strip() for name in robots)
        or _header(message, "Precedence").strip().lower() == "auto_reply"
        or "mailer-daemon@" in who
    )


def _words(message: EmailMessage, *, is_answer: bool, is_forwarded: bool) -> str:
    plain = message.get_body(preferencelist=("plain",))
    text = _text(plain).strip() if plain else ""
    if not text:
        html = message.get_body(preferencelist=("html",))
        text = of_html(_text(html), keeps_quotes=not is_answer) if html else ""
    if is_forwarded:
        text = of_forwarded(text)
    text = without_quotes(text) if is_answer else tidy(text.replace("\r\n", "\n"))
    return without_signature(text)


def _text(part: MIMEPart) -> str:
    """A part's text; an unknown character set is read as well as it can be."""
    try:
        return str(part.get_content())
    except (LookupError, ValueError, AttributeError, TypeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _files(message: EmailMessage) -> Iterator[File]:
    """What came with it; the text itself is none of it. Letters within the letter are files too."""
    body = {id(message.get_body(preferencelist=(kind,))) for kind in ("plain", "html")}
    parts = list(message.walk()) if message.is_multipart() else []
    left = MOST_FILES
    for part in parts:
        if part.is_multipart() or id(part) in body or not left:
            continue
        disposition = part.get_content_disposition()
        kind = part.get_content_type()
        if disposition is None and kind in {"text/plain", "text/html"}:
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload:
            continue
        left -= 1
        name = " ".join((part.get_filename() or kind).split())[:120]
        is_inline = disposition == "inline" or bool(part["Content-ID"])
        yield File(name=name, media_type=kind, content=payload, is_inline=is_inline)
