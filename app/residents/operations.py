"""Sessions of residents: opening, finding, ending; sending the link; joining an address to a sign-in."""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from app import jobs
from app.database import session
from app.openid.flow import Person
from app.residents import links, queries
from app.residents.links import Opened
from app.residents.models import ResidentSession
from app.residents.sealing import Visit, key_of, new_secret, seal, unseal

IDLE = timedelta(minutes=30)
LONGEST = timedelta(minutes=120)
NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is noted when a session was last used: not every page is a write."""
JOB = "residents.send_link"
NOBODY = 0


def order_link(jurisdiction_id: int, email: str, language: str) -> None:
    """Order the letter with the link, if someone has reported with this address.

    The job is ordered either way, so that the time it takes tells nobody whether the address is known. It names
    the row of `contact`, never the address.
    """
    contact_id = queries.contact_to_write_to(jurisdiction_id, email) or NOBODY
    jobs.defer(JOB, contact_id=contact_id, language=language, letter=secrets.token_hex(8))


def begin_by_link(
    opened: Opened, visit: Visit | None, old_secret: str | None, *, now: datetime
) -> str:
    """Open a session for the link's address; the secret for the cookie. Works once.

    Someone who is signed in stays so, in a session with a new secret.

    :raises LinkExpired: the link was used, or the address is gone.
    """
    row = queries.contact(opened.contact_id)
    if row is None or row.email is None:
        raise links.too_late()
    known = _end(old_secret, now=now) if visit else None
    shown = replace(visit or Visit(), email=row.email)
    started_at = known.started_at if known else now
    return _open(
        shown,
        opened.jurisdiction_id,
        started_at=started_at,
        now=now,
        provider_session=known.provider_session if known else None,
        link=opened.fingerprint,
    )


def begin_by_provider(
    person: Person,
    provider: str,
    jurisdiction_id: int,
    *,
    visit: Visit | None,
    old_secret: str | None,
    issuer: str,
    now: datetime,
) -> str:
    """Open a session for who came back from a provider; the secret for the cookie. Ends the browser's old one.

    An address that was shown to be theirs in the old session stays shown.
    """
    _end(old_secret, now=now)
    shown = Visit(
        subject=person.subject,
        provider=provider,
        id_token=person.id_token,
        email=visit.email if visit else None,
    )
    key = provider_session_key(issuer, person.session) if person.session else None
    return _open(shown, jurisdiction_id, started_at=now, now=now, provider_session=key, link=None)


def _open(
    visit: Visit,
    jurisdiction_id: int,
    *,
    started_at: datetime,
    now: datetime,
    provider_session: bytes | None,
    link: bytes | None,
) -> str:
    secret = new_secret()
    statement = (
        insert(ResidentSession)
        .values(
            key=key_of(secret),
            jurisdiction_id=jurisdiction_id,
            provider_session=provider_session,
            link=link,
            sealed=seal(visit, secret),
            started_at=started_at,
            seen_at=now,
        )
        .on_conflict_do_nothing(index_elements=["link"])
        .returning(ResidentSession.key)
    )
    if session().scalar(statement) is None:
        raise links.too_late()
    return secret


def find(secret: str, jurisdiction_id: int, *, now: datetime) -> tuple[Visit, bool] | None:
    """Who the session is about, and whether its use should be noted; None when it is over."""
    row = queries.session_by_key(key_of(secret))
    if row is None or row.jurisdiction_id != jurisdiction_id or row.sealed is None:
        return None
    if now - row.seen_at > IDLE or now - row.started_at > LONGEST:
        return None
    visit = unseal(row.sealed, secret)
    return (visit, now - row.seen_at > NOTED_EVERY) if visit else None


def note_use(secret: str, *, now: datetime) -> None:
    """Remember that the session was used now."""
    statement = update(ResidentSession).where(ResidentSession.key == key_of(secret))
    session().execute(statement.values(seen_at=now))


def end(secret: str, *, now: datetime) -> None:
    """End this browser's session."""
    _end(secret, now=now)


def _end(secret: str | None, *, now: datetime) -> ResidentSession | None:
    row = queries.session_by_key(key_of(secret)) if secret else None
    if row is not None and row.ended_at is None:
        row.ended_at, row.sealed = now, None
        session().flush()
    return row


def end_by_provider(issuer: str, provider_session: str, *, now: datetime) -> int:
    """End all sessions that hang on a provider's session, in whatever browser; how many there were."""
    key = provider_session_key(issuer, provider_session)
    statement = (
        update(ResidentSession)
        .where(ResidentSession.provider_session == key, ResidentSession.ended_at.is_(None))
        .values(ended_at=now, sealed=None)
        .returning(ResidentSession.key)
    )
    return len(session().scalars(statement).all())


def provider_session_key(issuer: str, provider_session: str) -> bytes:
    """Under which a provider's session is known here."""
    return hashlib.sha256(f"{issuer}|{provider_session}".encode()).digest()


def claim(jurisdiction_id: int, visit: Visit) -> int:
    """Give the reports of the address that was shown to the one who signed in; how many they were."""
    rows = queries.unclaimed(jurisdiction_id, visit)
    for row in rows:
        row.subject = visit.subject
    session().flush()
    return len(rows)


def forget_old(*, now: datetime) -> None:
    """Remove what no session can come back from."""
    session().execute(delete(ResidentSession).where(ResidentSession.started_at < now - LONGEST))
