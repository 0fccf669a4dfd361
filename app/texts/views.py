"""The pages of running text, as everyone reads them."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.cookies import COOKIES
from app.i18n import gettext, language, lazy_gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.views import current_jurisdiction
from app.security import ANYONE, visible_to
from app.texts.markdown import split_title, to_html
from app.texts.models import PageCode
from app.texts.queries import shown

blueprint = Blueprint("texts", __name__)
NAMES = {
    PageCode.ABOUT: lazy_gettext("About the service"),
    PageCode.HELP: lazy_gettext("Help"),
    PageCode.PRIVACY: lazy_gettext("Privacy"),
    PageCode.COOKIES: lazy_gettext("Cookies"),
    PageCode.ACCESSIBILITY: lazy_gettext("Accessibility"),
}
"""As they stand in the footer."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A text as it is shown."""

    title: str
    body: Markup


@blueprint.app_context_processor
def _footer() -> dict[str, object]:
    return {"text_pages": NAMES}


@blueprint.get("/om", defaults={"code": PageCode.ABOUT.value})
@blueprint.get("/hjelp", defaults={"code": PageCode.HELP.value})
@blueprint.get("/personvern", defaults={"code": PageCode.PRIVACY.value})
@blueprint.get("/informasjonskapsler", defaults={"code": PageCode.COOKIES.value})
@blueprint.get("/tilgjengelighet", defaults={"code": PageCode.ACCESSIBILITY.value})
@visible_to(ANYONE)
def show(code: str) -> ResponseReturnValue:
    """One page, with the municipality's name and contact filled in."""
    jurisdiction = current_jurisdiction()
    text = shown(jurisdiction.id, PageCode(code), language())
    return render_template("texts/page.html", page=rendered(jurisdiction, text))


def rendered(jurisdiction: Jurisdiction, text: str) -> Rendered:
    """The text with what stands in braces filled in: municipality, contact, cookies, statement."""
    title, body = split_title(text)
    for name, value in _values(jurisdiction).items():
        title, body = title.replace(name, value), body.replace(name, value)
    return Rendered(title=title, body=to_html(body))


def _values(jurisdiction: Jurisdiction) -> dict[str, str]:
    return {
        "{municipality}": localised(jurisdiction.name),
        "{contact}": _contact(jurisdiction),
        "{cookies}": _cookies(),
        "{statement}": _statement(jurisdiction),
    }


def _contact(jurisdiction: Jurisdiction) -> str:
    email, phone = jurisdiction.contact_email, jurisdiction.contact_phone
    parts = [f"[{email}](mailto:{email})"] if email else []
    parts += [f"[{phone}](tel:{phone.replace(' ', '')})"] if phone else []
    return " · ".join(parts) or gettext("the municipality's service desk")


def _cookies() -> str:
    """A table in Markdown."""
    names = gettext("Name"), gettext("What it is for"), gettext("How long")
    head = f"| {' | '.join(names)} |\n|---|---|---|"
    return "\n".join(
        [head, *(f"| `{item.name}` | {item.purpose} | {item.lifetime} |" for item in COOKIES)]
    )


def _statement(jurisdiction: Jurisdiction) -> str:
    if not jurisdiction.accessibility_url:
        return gettext("The municipality has not yet published an accessibility statement.")
    words = gettext("Accessibility statement at uustatus.no")
    return f"[{words}]({jurisdiction.accessibility_url})"
