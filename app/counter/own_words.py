"""What someone wrote themselves in a letter: without what it answers to, and without HTML. Pure."""

import re
from html.parser import HTMLParser

WROTE = re.compile(
    r"^\s*>*\s*(on|den|på|am)\b.{4,250}\b(wrote|skrev|skreiv|schrieb)\b.{0,120}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
RULED = re.compile(
    r"^\s*[-_ ]*-{2,}\s*(original message|opprinnelig melding|opphavleg melding"
    r"|videresendt melding|forwarded message)\s*-{2,}",
    re.IGNORECASE,
)
HEAD = re.compile(r"^\s*\**(from|fra|frå)\s*:\**\s+\S.*$", re.IGNORECASE)
HEAD_AFTER = re.compile(
    r"^\s*\**(sent|sendt|date|dato|to|til|subject|emne)\s*:\**\s*\S?", re.IGNORECASE
)
PASSED_ON = re.compile(
    r"^\s*\**(from|fra|frå|sent|sendt|date|dato|to|til|cc|kopi|subject|emne|reply-to)\s*:\**(\s|$)",
    re.IGNORECASE,
)
RULE = re.compile(r"^\s*_{20,}\s*$")
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr"}
UNSEEN = {"style", "script", "head", "title"}
QUOTES = ("gmail_quote", "moz-cite-prefix", "yahoo_quoted", "divrplyfwdmsg", "appendonsend")


def without_quotes(text: str) -> str:
    """The text until what it answers to begins, without lines marked as quoted."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for at, line in enumerate(lines):
        if _begins_quote(lines, at):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return tidy("\n".join(kept))


def _begins_quote(lines: list[str], at: int) -> bool:
    line = lines[at]
    if RULED.match(line) or WROTE.match(line):
        return True
    if WROTE.match(" ".join(lines[at : at + 2])) and not lines[at].rstrip().endswith("."):
        return bool(re.match(r"^\s*(on|den|på|am)\b.*\d", line, re.IGNORECASE))
    if HEAD.match(line):
        return any(HEAD_AFTER.match(other) for other in lines[at + 1 : at + 4])
    return bool(RULE.match(line)) and any(HEAD.match(other) for other in lines[at + 1 : at + 3])


def of_forwarded(text: str) -> str:
    """A letter that was passed on, with what stands over it: without who had sent it to whom and when."""
    lines = [
        re.sub(r"^[> ]+", "", line).rstrip()
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    kept: list[str] = []
    is_head = False
    for at, line in enumerate(lines):
        is_head = (is_head and (not line or bool(PASSED_ON.match(line)))) or _begins_quote(
            lines, at
        )
        kept.append("" if is_head else line)
    return tidy("\n".join(kept))


def without_signature(text: str) -> str:
    """The text until the line «-- » that mail programs put before a signature."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if line.rstrip() == "--":
            return tidy("\n".join(lines[:at]))
    return tidy(text)


def tidy(text: str) -> str:
    """Without blanks around it and without more than one empty line in a row."""
    visible = "".join(sign for sign in text if sign in "\n\t" or sign.isprintable())
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", visible).strip()


class _Words(HTMLParser):
    """Collects the text that people see, line by line, and not what is quoted."""

    def __init__(self, *, keeps_quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._keeps_quotes = keeps_quotes
        self._unseen: list[str] = []
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, or begin to leave out."""
        given = dict(attrs)
        marks = f"{given.get('class') or ''} {given.get('id') or ''}".lower()
        is_quote = tag == "blockquote" or any(mark in marks for mark in QUOTES)
        if is_quote and not self._keeps_quotes:
            self._ended = True
        if tag in UNSEEN:
            self._unseen.append(tag)
        if tag in BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a line, or leave out no more."""
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()
        if tag in BLOCKS - {"br", "hr"}:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if not self._unseen and not self._ended:
            self.found.append(re.sub(r"\s+", " ", data))


def of_html(html: str, *, keeps_quotes: bool) -> str:
    """The words of an HTML letter. What an answer quotes comes last and is left out with all after it."""
    reader = _Words(keeps_quotes=keeps_quotes)
    reader.feed(html[:500_000])
    reader.close()
    lines = (line.strip() for line in "".join(reader.found).split("\n"))
    return tidy("\n".join(lines))
