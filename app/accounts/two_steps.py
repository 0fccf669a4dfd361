"""The second step: codes of an app (TOTP, RFC 6238) and recovery codes. Flush; the caller commits."""

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import delete, func, select

from app.accounts.models import Account, RecoveryCode
from app.database import session

HEADER = {"alg": "dir", "enc": "A256GCM"}
SECONDS = 30
WINDOW = 1
"""Periods before and after now whose codes are taken: clocks differ."""
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that look alike."""


def is_on(account: Account) -> bool:
    """Whether a password is not enough."""
    return account.totp_since is not None


def begin(account: Account, secret_key: str) -> str:
    """A new secret for an app, in Base32; it counts when a code has proved it. The old one goes on till then.

    :raises ValueError: the second step is on; it must be switched off first.
    """
    if is_on(account):
        raise ValueError("the second step is on")
    secret = pyotp.random_base32()
    account.totp_sealed = jwe.encrypt_compact(HEADER, secret, _lock(secret_key))
    session().flush()
    return secret


def begun(account: Account, secret_key: str) -> str | None:
    """The secret that waits to be proved, if one does."""
    return None if is_on(account) else _secret(account, secret_key)


def address(secret: str, account: Account, issuer: str) -> str:
    """What the app reads from the QR code: an `otpauth://` address."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=issuer)


def prove(account: Account, code: str, secret_key: str, *, now: datetime) -> list[str] | None:
    """Switch the second step on with a code of the app; the recovery codes, which are never shown again.

    None: the code is not right.
    """
    if is_on(account) or not _takes(account, code, secret_key, now):
        return None
    account.totp_since = now
    return new_recovery_codes(account)


def code_matches(account: Account, code: str, secret_key: str, *, now: datetime) -> bool:
    """Whether this is a code of the app that was not used yet. It is used then."""
    return is_on(account) and _takes(account, code, secret_key, now)


def recovery_code_matches(account: Account, code: str, *, now: datetime) -> bool:
    """Whether this is a recovery code that was not used yet. It is used then."""
    found = session().scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == _hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    )
    if found is None or not is_on(account):
        return False
    found.used_at = now
    session().flush()
    return True


def new_recovery_codes(account: Account) -> list[str]:
    """Ten new codes instead of those there were."""
    _forget_recovery_codes(account)
    codes = [
        "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]
    session().add_all(RecoveryCode(account_id=account.id, code_hash=_hash(code)) for code in codes)
    session().flush()
    return codes


def recovery_codes_left(account_id: int) -> int:
    """How many codes were not used yet."""
    unused = RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    return session().scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def switch_off(account: Account) -> None:
    """A password is enough again; the app's secret and the recovery codes are forgotten."""
    account.totp_sealed = account.totp_since = None
    _forget_recovery_codes(account)


def _forget_recovery_codes(account: Account) -> None:
    session().execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session().flush()


def _takes(account: Account, code: str, secret_key: str, now: datetime) -> bool:
    secret = _secret(account, secret_key)
    digits = "".join(code.split())
    if secret is None or not (digits.isascii() and digits.isdecimal()):
        return False
    codes = pyotp.TOTP(secret, interval=SECONDS)
    this = int(now.timestamp()) // SECONDS
    for step in range(this - WINDOW, this + WINDOW + 1):
        is_right = hmac.compare_digest(codes.generate_otp(step), digits)
        if is_right and step > account.totp_last_step:
            account.totp_last_step = step
            session().flush()
            return True
    return False


def _secret(account: Account, secret_key: str) -> str | None:
    """None also when the service's key is another than the one it was sealed with."""
    if account.totp_sealed is None:
        return None
    try:
        opened = jwe.decrypt_compact(account.totp_sealed, _lock(secret_key)).plaintext
    except (JoseError, ValueError):
        return None
    return (opened or b"").decode()


def _lock(secret_key: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(b"accounts.totp:" + secret_key.encode()).digest())


def _hash(code: str) -> bytes:
    """The codes are random (15 of 31 signs), so that a plain hash will do. Spaces and dashes do not count."""
    signs = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(signs.encode()).digest()
