"""The letter with the link to «Mine meldinger»."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from app.database import session
from app.i18n import force_locale, gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.mail import Letter, compose, send
from app.residents import links, queries


@dataclass(frozen=True, kw_only=True)
class Office:
    """How letters leave."""

    sender: str
    smtp_url: str | None = field(repr=False)
    folder: Path | None
    base_url: str
    secret: str = field(repr=False)
    render: Callable[..., str]


def send_link(contact_id: int, language: str, letter: str, office: Office) -> bool:
    """Send the link to the address of a row of `contact`; whether a letter went out.

    :param letter: the same for each try, so that a repeated letter can be told.
    :raises OSError: the mail server did not take it.
    """
    row = queries.contact(contact_id)
    if row is None or row.email is None:
        return False
    jurisdiction = session().get_one(Jurisdiction, row.jurisdiction_id)
    token = links.write(office.secret, contact_id=row.id, jurisdiction_id=row.jurisdiction_id)
    url = jurisdiction.public_url(office.base_url)
    with force_locale(language):
        context = {
            "language": language,
            "jurisdiction_name": localised(jurisdiction.name),
            "link_url": f"{url}/mine-meldinger/lenke/{token}",
            "minutes": links.MINUTES,
        }
        message = Letter(
            recipient=row.email,
            subject=gettext("Your link to «My reports»"),
            text=office.render("notifications/my_reports.txt", **context),
            html=office.render("notifications/my_reports.html", **context),
            language=language,
            message_id=f"<link.{letter}@{urlsplit(url).hostname}>",
        )
    try:
        send(compose(message, office.sender), smtp_url=office.smtp_url, folder=office.folder)
    except smtplib.SMTPException as fault:
        code = getattr(fault, "smtp_code", None)
        told = f"the mail server did not take the letter: {type(fault).__name__}, code {code}"
        raise OSError(told) from None
    return True
