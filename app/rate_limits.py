"""Where rate limits are counted: a table that all web processes share, for the library `limits`.

Nobody can read from it who asked: the keys are keyed hashes that change every day. The table is not written
to PostgreSQL's log, so a count costs little; after a crash of the database all counts begin anew.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import Any, ClassVar

from limits.storage import Storage
from sqlalchemy import Connection, Double, Engine, Index, LargeBinary, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, db

SCHEME = "melde-database"
COUNT = text("""
INSERT INTO rate_limit AS kept (key, hits, ends_at) VALUES (:key, :amount, :now + :seconds)
ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN kept.ends_at <= :now THEN 0 ELSE kept.hits END + :amount,
    ends_at = CASE WHEN kept.ends_at <= :now THEN :now + :seconds ELSE kept.ends_at END
RETURNING hits
""")
READ = text("SELECT hits, ends_at FROM rate_limit WHERE key = :key AND ends_at > :now")
FORGET = text("DELETE FROM rate_limit WHERE ends_at <= :now")


class RateLimit(Base):
    """How often something was asked for in the time that ends at `ends_at` (seconds since 1970)."""

    __tablename__ = "rate_limit"
    __table_args__ = (Index("ix_rate_limit_ends_at", "ends_at"), {"prefixes": ["UNLOGGED"]})

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hits: Mapped[int]
    ends_at: Mapped[float] = mapped_column(Double)


class DatabaseStorage(Storage):
    """Fixed windows, counted in one statement on a connection of its own.

    A request that fails is counted too. Outside of an app context only the making of it works.
    """

    STORAGE_SCHEME: ClassVar[list[str]] = [SCHEME]  # type: ignore[misc]

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,
        *,
        secret: str = "",
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._secret = secret.encode()
        self._clock = clock

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and give the count of this window."""
        now = self._clock()
        values = {"key": self.blurred(key), "amount": amount, "now": now, "seconds": expiry}
        with _engine().begin() as connection:
            return int(connection.execute(COUNT, values).scalar_one())

    def get(self, key: str) -> int:
        """The count of this window."""
        return int(self._read(key)[0])

    def get_expiry(self, key: str) -> float:
        """When this window ends, seconds since 1970."""
        return float(self._read(key)[1])

    def check(self) -> bool:
        """Whether the database answers."""
        with _engine().connect() as connection:
            connection.execute(text("SELECT 1"))
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        return _changed("DELETE FROM rate_limit", {})

    def clear(self, key: str) -> None:
        """Forget one count."""
        _changed("DELETE FROM rate_limit WHERE key = :key", {"key": self.blurred(key)})

    def blurred(self, key: str) -> bytes:
        """The key as it is stored: only the secret key could tell whose it is, and tomorrow it is another."""
        day = datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
        return hmac.new(self._secret, f"{day} {key}".encode(), hashlib.sha256).digest()[:16]

    def _read(self, key: str) -> tuple[int, float]:
        now = self._clock()
        with _engine().connect() as connection:
            values = {"key": self.blurred(key), "now": now}
            found = connection.execute(READ, values).first()
        return (found.hits, found.ends_at) if found else (0, now)


def forget_old(connection: Connection, now: float) -> int:
    """Remove the counts whose time is over; how many."""
    return connection.execute(FORGET, {"now": now}).rowcount


def network_of(address: str) -> str:
    """Who asks, as limits count them: an IPv4 address, or the /64 of an IPv6 one, which is one household."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> 64 << 64)}/64"


def _engine() -> Engine:
    return db.engine


def _changed(statement: str, values: dict[str, Any]) -> int:
    with _engine().begin() as connection:
        return connection.execute(text(statement), values).rowcount
