"""Markdown to HTML that is safe to show: no raw HTML goes in, and only harmless HTML comes out. Pure."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    *("h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote"),
    *("a", "br", "hr", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}}
SCHEMES = {"http", "https", "mailto", "tel"}
_reader = MarkdownIt("commonmark", {"html": False}).enable("table")


def to_html(text: str) -> Markup:
    """The text as HTML. Links may lead to pages, e-mail addresses and telephone numbers only."""
    html = _reader.render(text).replace("<th>", '<th scope="col">')
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener"
    )
    return Markup(clean)  # noqa: S704 -- cleaned in the line above


def split_title(text: str) -> tuple[str, str]:
    """The heading of the first line, without its mark, and the rest. No heading: empty."""
    first, _, rest = text.strip().partition("\n")
    return (first[2:].strip(), rest.strip()) if first.startswith("# ") else ("", text.strip())
