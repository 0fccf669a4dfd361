"""HTTP to other people's machines: one deadline for all of it, short answers, and a signature.

The signature is that of Standard Webhooks 1.0. Knows nothing of reports.
"""

import asyncio
import base64
import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import httpx

MAX_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back. `content` is None when it was too long, or did not end in time."""

    host: str
    status: int
    content: bytes | None
    retry_after: str | None = None
    """What the header of that name says."""

    @property
    def is_success(self) -> bool:
        """Any 2xx: it was taken."""
        return 200 <= self.status < 300


def post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    timeout_seconds: float,
    method: str = "POST",
) -> Answer:
    """Send it; redirects are not followed.

    :raises TimeoutError, httpx.TimeoutException: no status by the deadline.
    :raises httpx.HTTPError, httpx.InvalidURL: it could not be reached.
    """
    sending = _send(method, url, body, headers, timeout_seconds)
    with ThreadPoolExecutor(1) as thread:  # whoever calls may have a loop of their own
        return thread.submit(asyncio.run, sending).result()


async def _send(
    method: str, url: str, body: bytes, headers: dict[str, str], seconds: float
) -> Answer:
    async with httpx.AsyncClient(timeout=seconds, follow_redirects=False) as client:
        until = asyncio.get_running_loop().time() + seconds
        asked = client.build_request(method, url, content=body or None, headers=headers)
        async with asyncio.timeout_at(until):
            response = await client.send(asked, stream=True)
        try:
            content = await _content(response, until)
        finally:
            await response.aclose()
        return Answer(
            host=response.url.host,
            status=response.status_code,
            content=content,
            retry_after=response.headers.get("Retry-After"),
        )


async def _content(response: httpx.Response, until: float) -> bytes | None:
    """The body. What has a status has been taken or not, whatever becomes of the rest."""
    read = b""
    try:
        async with asyncio.timeout_at(until):
            async for chunk in response.aiter_bytes():
                read += chunk
                if len(read) > MAX_ANSWER_BYTES:
                    return None
    except (httpx.HTTPError, TimeoutError):
        return None
    return read


def signing_secret(secret: str, purpose: bytes) -> str:
    """A secret of its own for each purpose, from the service's: `whsec_` and 32 bytes in Base64."""
    key = hmac.new(secret.encode(), purpose, hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(key).decode()}"


def signed_headers(key: str, now: datetime, body: bytes, secret: str) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0: id, time and the signature over both and the body."""
    stamp = str(int(now.timestamp()))
    signed = f"{key}.{stamp}.".encode() + body
    private = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(private, signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "melde-feil",
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{digest}",
    }
