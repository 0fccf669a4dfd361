"""Text messages through an HTTP gateway: address, headers and body are the operator's to say."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx

from app.outgoing import post

TIMEOUT_SECONDS = 20
PLACE = re.compile(r"\{(to|text)\}")


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """How text messages leave: through `url`, or as files in a folder when there is none."""

    url: str | None = field(default=None, repr=False)
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: str = field(default="", repr=False)
    folder: Path | None = None

    @property
    def is_there(self) -> bool:
        """Whether text messages can be sent at all."""
        return self.url is not None or self.folder is not None

    def send(self, to: str, text: str, reference: str) -> None:
        """Hand a message over. :raises OSError: it was not taken; the sentence holds no number.

        :param to: E.164. :param reference: the file's name in a folder.
        """
        if self.url is None:
            self._write(to, text, reference)
            return
        try:
            answer = post(
                filled(self.url, to, text, "url"),
                b"" if self.method == "GET" else filled(self.body, to, text, self._kind).encode(),
                {"User-Agent": "melde-feil"} | self._typed(),
                timeout_seconds=TIMEOUT_SECONDS,
                method=self.method,
            )
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as fault:
            # Without its cause: the address may hold the number and a key.
            raise OSError(f"the SMS gateway was not reached: {type(fault).__name__}") from None
        if not answer.is_success:
            raise OSError(f"the SMS gateway answered with the status {answer.status}")

    @property
    def _kind(self) -> str:
        return "json" if self.body.lstrip().startswith(("{", "[")) else "form"

    def _typed(self) -> dict[str, str]:
        if self.method == "GET" or any(name.lower() == "content-type" for name in self.headers):
            return self.headers
        kinds = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
        return {"Content-Type": kinds[self._kind]} | self.headers

    def _write(self, to: str, text: str, reference: str) -> None:
        if self.folder is None:
            raise OSError("there is no SMS gateway: set MELDE_SMS_URL")
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{reference}.tmp"
        unfinished.write_text(f"{to}\n{text}\n", encoding="utf-8")
        unfinished.rename(self.folder / f"{reference}.sms.txt")


def filled(template: str, to: str, text: str, kind: str) -> str:
    """The template with number and text in it, written so that neither can change its form.

    :param kind: json, form or url.
    """
    if kind == "json":
        values = {"to": json.dumps(to)[1:-1], "text": json.dumps(text, ensure_ascii=False)[1:-1]}
    elif kind == "form":
        values = {"to": quote_plus(to), "text": quote_plus(text)}
    else:
        values = {"to": quote(to, safe=""), "text": quote(text, safe="")}
    # In one pass: what was filled in is not looked at again.
    return PLACE.sub(lambda found: values[found[1]], template)
