"""Reading pages the way a browser without JavaScript does."""

from html.parser import HTMLParser

FORM_FIELDS = {"input", "textarea", "select"}


class Fields(HTMLParser):
    """The values that a page's forms would send, and what is visible of it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.actions: list[str] = []
        self._open: str | None = None
        self._select: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        self.actions += [values[key] for key in ("action", "formaction") if values.get(key)]
        if tag == "textarea":
            self._open, self.values[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in values:
            self.values[self._select] = values.get("value", "")
        elif tag == "input" and name and self._is_sent(values):
            self.values[name] = values.get("value", "")

    def _is_sent(self, values: dict[str, str]) -> bool:
        if "disabled" in values:
            return False
        return values.get("type") not in {"radio", "checkbox"} or "checked" in values

    def handle_data(self, data: str) -> None:
        if self._open:
            self.values[self._open] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._open = None
        elif tag == "select":
            self._select = None


def fields(page: str) -> dict[str, str]:
    """The fields of the page's forms with their values."""
    return Fields(page).values


def actions(page: str) -> list[str]:
    """Where the page's forms and buttons lead."""
    return Fields(page).actions
