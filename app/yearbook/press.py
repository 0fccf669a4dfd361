"""PDF from HTML: tagged (PDF/UA), with our own font, without the network, one at a time, and kept.

Laying out a page costs a processor a second or more. So a process makes one at a time, those who wait too long
are told to come again, and what was made once is answered from memory for as long as its HTML is the same.
"""

import hashlib
import logging
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from app.errors import TooMany
from app.i18n import gettext

HOME = "https://own.invalid/"
"""Where the HTML seems to come from; nothing is ever fetched from there or anywhere else."""
KEPT = 24
WAIT_SECONDS = 15
TYPES = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}

logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


def fingerprint(html: str) -> str:
    """What tells one PDF from another without making it."""
    return hashlib.sha256(html.encode()).hexdigest()[:32]


class Press:
    """Makes PDFs, and keeps the last ones. Safe for threads.

    :param static: the folder of the style sheets and fonts; only these are read.
    """

    def __init__(self, static: Path) -> None:
        self._static = static.resolve()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._busy = Lock()

    def pdf(self, html: str) -> bytes:
        """The PDF of a whole HTML document. :raises TooMany: others are being made; come again."""
        key = fingerprint(html)
        if (found := self._kept.get(key)) is not None:
            return found
        if not self._busy.acquire(timeout=WAIT_SECONDS):
            raise TooMany(gettext("Many reports are being made just now. Try again in a minute."))
        try:
            made = self._kept.get(key) or self._make(html)
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return made
        finally:
            self._busy.release()

    def _make(self, html: str) -> bytes:
        from weasyprint import HTML  # it takes a second to load, and most processes never need it

        document = HTML(string=html, base_url=HOME, url_fetcher=_own_files(self._static))
        made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
        return made


def _own_files(static: Path) -> Any:
    """What WeasyPrint asks for files: those under /static/, and nothing else."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            parts = urlsplit(url)
            wanted = (static / parts.path.removeprefix("/static/")).resolve()
            is_ours = url.startswith(f"{HOME}static/") and wanted.is_relative_to(static)
            if not is_ours or wanted.suffix not in TYPES:
                raise FatalURLFetchingError(f"not one of our own files: {parts.path}")
            kind = {"Content-Type": TYPES[wanted.suffix]}
            return URLFetcherResponse(url, wanted.read_bytes(), kind)

    return OwnFiles()
