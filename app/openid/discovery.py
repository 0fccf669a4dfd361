"""What providers say of themselves (OpenID Connect Discovery 1.0) and their keys, kept for a day."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.openid.faults import NotTrusted, ProviderAway
from app.openid.providers import Provider

log = logging.getLogger(__name__)
KEPT_SECONDS = 24 * 3600
LOOK_AGAIN_SECONDS = 60
"""Not more often than this a provider is asked for keys because a token names one that we do not know."""
TIMEOUT_SECONDS = 8.0
LARGEST_BYTES = 1_000_000
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The parts of a provider's description that we use."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    pushed_authorization_request_endpoint: str | None
    requires_pushed_requests: bool
    sends_issuer: bool
    """Whether each answer names its issuer (RFC 9207)."""


@dataclass(frozen=True)
class _Kept(Generic[T]):
    value: T
    at: float


class Discovery:
    """Descriptions and keys of providers. One for each process; safe to share between threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._metadata: dict[str, _Kept[Metadata]] = {}
        self._keys: dict[str, _Kept[KeySet]] = {}

    def metadata(self, provider: Provider) -> Metadata:
        """What the provider says of itself, at most a day old, or older while it cannot be asked.

        :raises ProviderAway: it has never answered, or says that it is another.
        """
        return self._fresh(self._metadata, provider, KEPT_SECONDS, self._ask)

    def keys(self, provider: Provider, key_id: str | None) -> KeySet:
        """The provider's keys for signatures with this id. An unknown one makes us ask anew.

        :raises ProviderAway: as for `metadata`. :raises NotTrusted: there is no such key.
        """
        found = self._fresh(self._keys, provider, KEPT_SECONDS, self._ask_for_keys)
        fitting = _with_id(found, key_id)
        if not fitting:
            found = self._fresh(self._keys, provider, LOOK_AGAIN_SECONDS, self._ask_for_keys)
            fitting = _with_id(found, key_id)
        if not fitting:
            raise NotTrusted("the token is signed with a key that the provider does not have")
        return KeySet(fitting)

    def _fresh(
        self,
        kept: dict[str, _Kept[T]],
        provider: Provider,
        seconds: float,
        ask: Callable[[Provider], T],
    ) -> T:
        now = self._clock()
        with self._lock:
            known = kept.get(provider.key)
        if known and now - known.at < seconds:
            return known.value
        try:
            value = ask(provider)
        except ProviderAway as fault:
            if known is None:
                raise
            log.warning("%s: %s; going on with what is known", provider.key, fault)
            return known.value
        with self._lock:
            kept[provider.key] = _Kept(value, now)
        return value

    def _ask(self, provider: Provider) -> Metadata:
        address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        told = get_json(address)
        if told.get("issuer") != provider.issuer:
            raise ProviderAway("the description is another issuer's than the file names")
        metadata = Metadata(
            authorization_endpoint=_address(told, "authorization_endpoint", provider),
            token_endpoint=_address(told, "token_endpoint", provider),
            jwks_uri=_address(told, "jwks_uri", provider),
            end_session_endpoint=_address(told, "end_session_endpoint", provider, optional=True)
            or None,
            pushed_authorization_request_endpoint=_address(
                told, "pushed_authorization_request_endpoint", provider, optional=True
            )
            or None,
            requires_pushed_requests=told.get("require_pushed_authorization_requests") is True,
            sends_issuer=told.get("authorization_response_iss_parameter_supported") is True,
        )
        if metadata.requires_pushed_requests and not metadata.pushed_authorization_request_endpoint:
            raise ProviderAway("the description demands pushed requests and does not say where")
        return metadata

    def _ask_for_keys(self, provider: Provider) -> KeySet:
        told = get_json(self.metadata(provider).jwks_uri)
        try:
            return KeySet.import_key_set(told)  # type: ignore[arg-type]
        except (JoseError, KeyError, TypeError, ValueError) as fault:
            raise ProviderAway("the provider's keys cannot be read") from fault


def _with_id(keys: KeySet, key_id: str | None) -> list[Any]:
    signing = [key for key in keys.keys if key.as_dict().get("use", "sig") == "sig"]
    return [key for key in signing if key_id is None or key.kid == key_id]


def get_json(address: str) -> dict[str, Any]:
    """The JSON object at an address. :raises ProviderAway: there is none."""
    try:
        answer = httpx.get(address, timeout=TIMEOUT_SECONDS, headers={"Accept": "application/json"})
    except httpx.HTTPError as fault:
        raise ProviderAway(f"no answer ({type(fault).__name__})") from None
    if answer.status_code != 200 or len(answer.content) > LARGEST_BYTES:
        raise ProviderAway(f"answer {answer.status_code}, {len(answer.content)} bytes")
    try:
        told = answer.json()
    except ValueError:
        raise ProviderAway("the answer is not JSON") from None
    if not isinstance(told, dict):
        raise ProviderAway("the answer is no JSON object")
    return told


def _address(told: dict[str, Any], name: str, provider: Provider, *, optional: bool = False) -> str:
    """An endpoint: with TLS whenever the issuer has it."""
    address = told.get(name)
    if optional and address is None:
        return ""
    secure = ("https://",) if provider.issuer.startswith("https://") else ("https://", "http://")
    if not isinstance(address, str) or not address.startswith(secure):
        raise ProviderAway(f"the description has no usable {name}")
    return address
