"""The links in letters to staff: an invitation, or a new password. Each works once and for a time."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select, update

from app.accounts.models import Account, AccountKey, Purpose
from app.database import session
from app.errors import AppError, NotFound
from app.i18n import gettext

SALT = "accounts.key"
LASTS = {Purpose.INVITATION: timedelta(days=7), Purpose.RESET: timedelta(hours=1)}
MOST_AN_HOUR = 3
"""Letters of one kind to one account: nobody's post box is filled by pressing a button."""


class KeyExpired(AppError):
    """The link was ours, and its time is over, or it has been used."""

    status = 410


@dataclass(frozen=True, kw_only=True)
class Found:
    """The row of a link that works, and its account; both are locked."""

    key: AccountKey
    account: Account


def make(
    account: Account, jurisdiction_id: int, purpose: Purpose, language: str, *, now: datetime
) -> AccountKey | None:
    """A new key beside those there are; None when there were enough in the last hour."""
    same = AccountKey.account_id == account.id, AccountKey.purpose == purpose
    lately = select(func.count()).select_from(AccountKey)
    lately = lately.where(*same, AccountKey.created_at > now - timedelta(hours=1))
    if (session().scalar(lately) or 0) >= MOST_AN_HOUR:
        return None
    key = AccountKey(
        id=uuid4(),
        account_id=account.id,
        jurisdiction_id=jurisdiction_id,
        purpose=purpose,
        language=language,
        created_at=now,
        expires_at=now + LASTS[purpose],
    )
    session().add(key)
    session().flush()
    return key


def end(account_id: int, *purposes: Purpose, now: datetime) -> None:
    """Let the links of an account work no more."""
    session().execute(
        update(AccountKey)
        .where(
            AccountKey.account_id == account_id,
            AccountKey.purpose.in_(purposes),
            AccountKey.used_at.is_(None),
        )
        .values(used_at=now)
    )


def write(secret: str, key: UUID) -> str:
    """What stands in the link."""
    return str(_serializer(secret).dumps(key.hex))


def read(secret: str, token: str, purpose: Purpose, *, now: datetime) -> Found:
    """The row and the account that a link is for.

    :raises NotFound: it is not ours. :raises KeyExpired: it is used, too old, or the account is closed.
    """
    try:
        key_id = UUID(_serializer(secret).loads(token))
    except (BadSignature, ValueError) as fault:
        message = gettext("This link does not work. Copy the whole link from the e-mail.")
        raise NotFound(message) from fault
    locked = select(AccountKey, Account).join(Account, Account.id == AccountKey.account_id)
    row = session().execute(
        locked.where(AccountKey.id == key_id, AccountKey.purpose == purpose).with_for_update()
    )
    found = row.one_or_none()
    if found is None:
        raise NotFound(gettext("This link does not work. Copy the whole link from the e-mail."))
    key, account = found
    if key.used_at is not None or key.expires_at <= now or not account.is_active:
        raise KeyExpired(_too_late(purpose))
    return Found(key=key, account=account)


def _too_late(purpose: Purpose) -> str:
    if purpose == Purpose.INVITATION:
        return gettext(
            "The invitation works once, and for a week. Ask whoever sent it for a new one."
        )
    return gettext("The link works once, and for an hour. Ask for a new one.")


def _serializer(secret: str) -> URLSafeSerializer:
    stronger = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(secret, salt=SALT, signer_kwargs=stronger)
