"""Which files the desk may attach: told by their bytes, and only then by their names. Pure."""

import re

LARGEST_BYTES = 15_000_000
MOST = 20
"""Files of one report."""
LONGEST_NAME = 120
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BY_BYTES = {
    b"%PDF-": {"pdf": "application/pdf"},
    b"\xff\xd8\xff": {"jpg": "image/jpeg", "jpeg": "image/jpeg"},
    b"\x89PNG\r\n\x1a\n": {"png": "image/png"},
    ZIP: {
        "docx": f"{OFFICE}wordprocessingml.document",
        "xlsx": f"{OFFICE}spreadsheetml.sheet",
        "odt": f"{OPEN}text",
        "ods": f"{OPEN}spreadsheet",
    },
    OLE: {
        "doc": "application/msword",
        "xls": "application/vnd.ms-excel",
        "msg": "application/vnd.ms-outlook",
    },
}
TEXT = {"txt": "text/plain", "csv": "text/csv", "eml": "message/rfc822"}
NAMES = sorted({name for kinds in BY_BYTES.values() for name in kinds} | TEXT.keys())
"""The endings that are taken, for people."""
MACROS = b"vbaProject"
UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]")


def media_type(name: str, content: bytes) -> str | None:
    """What the file is; None when it is none that is taken, or not what its name says."""
    ending = name.rpartition(".")[2].lower()
    for begins, kinds in BY_BYTES.items():
        if content.startswith(begins):
            holds_macros = begins == ZIP and MACROS in content
            return None if holds_macros else kinds.get(ending)
    if ending in TEXT and b"\0" not in content and _is_text(content):
        return TEXT[ending]
    return None


def shown_name(name: str) -> str:
    """The name without path and signs that mislead, and not too long; its ending stays."""
    last = re.split(r"[/\\]", name)[-1]
    clean = " ".join(UNSAFE.sub(" ", last).split()).strip(". ") or "fil"
    if len(clean) <= LONGEST_NAME:
        return clean
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
