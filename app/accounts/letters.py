"""Letters to staff: an invitation, or the link to a new password."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from app.accounts import keys
from app.accounts.models import Account, AccountKey, Purpose
from app.database import session
from app.i18n import force_locale, gettext, localised
from app.jurisdictions.models import Jurisdiction
from app.mail import Letter, compose, send

PATHS = {Purpose.INVITATION: "invitasjon", Purpose.RESET: "nytt-passord"}


@dataclass(frozen=True, kw_only=True)
class Office:
    """How letters leave."""

    sender: str
    smtp_url: str | None = field(repr=False)
    folder: Path | None
    base_url: str
    secret: str = field(repr=False)
    render: Callable[..., str]


def send_key(key_id: UUID, office: Office) -> bool:
    """Send the link of a key; whether a letter went out. A used key sends nothing.

    :raises OSError: the mail server did not take it.
    """
    key = session().get(AccountKey, key_id)
    account = session().get(Account, key.account_id) if key else None
    if key is None or account is None or key.used_at is not None or not account.is_active:
        return False
    jurisdiction = session().get_one(Jurisdiction, key.jurisdiction_id)
    url = jurisdiction.public_url(office.base_url)
    purpose = Purpose(key.purpose)
    with force_locale(key.language):
        place = localised(jurisdiction.name)
        context = {
            "language": key.language,
            "jurisdiction_name": place,
            "link_url": f"{url}/{PATHS[purpose]}/{keys.write(office.secret, key.id)}",
            "is_invitation": purpose == Purpose.INVITATION,
            "has_account": account.password_hash is not None,
        }
        if purpose == Purpose.INVITATION:
            subject = gettext("You are invited to work with the reports of %(place)s", place=place)
        else:
            subject = gettext("Choose a new password")
        message = Letter(
            recipient=account.email,
            subject=subject,
            text=office.render("notifications/account_key.txt", subject=subject, **context),
            html=office.render("notifications/account_key.html", subject=subject, **context),
            language=key.language,
            message_id=f"<account.{key.id}@{urlsplit(url).hostname}>",
        )
    try:
        send(compose(message, office.sender), smtp_url=office.smtp_url, folder=office.folder)
    except smtplib.SMTPException as fault:
        code = getattr(fault, "smtp_code", None)
        told = f"the mail server did not take the letter: {type(fault).__name__}, code {code}"
        raise OSError(told) from None
    return True
