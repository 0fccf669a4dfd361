"""OpenID providers to sign in at: a real one (npm's oidc-provider), and one that can lie."""

import json
import socket
import subprocess
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

SERVER = Path(__file__).parent / "provider" / "server.mjs"
SECRET = "a secret & that needs: encoding%"
CLIENT_ID = "melde"
KEY = RSAKey.generate_key(2048, parameters={"kid": "ours"})
EC_KEY = ECKey.generate_key("P-256", parameters={"kid": "ours"})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def registered(base: str, method: str = "client_secret_basic", **more: Any) -> dict[str, Any]:
    """What we register with the real provider under the key `idp`."""
    client: dict[str, Any] = {
        "client_id": CLIENT_ID,
        "redirect_uris": [f"{base}/openid/idp/tilbake"],
        "post_logout_redirect_uris": [f"{base}/mine-meldinger/logget-ut"],
        "frontchannel_logout_uri": f"{base}/openid/idp/utlogging",
        "token_endpoint_auth_method": method,
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "subject_type": "pairwise",
    }
    if method == "private_key_jwt":
        key = EC_KEY if more.get("token_endpoint_auth_signing_alg") == "ES256" else KEY
        client["jwks"] = {"keys": [key.as_dict(private=False)]}
    else:
        client["client_secret"] = SECRET
    return client | more


@contextmanager
def real_provider(
    *clients: dict[str, Any], require_pushed: bool = False, host: str = "127.0.0.1"
) -> Iterator[str]:
    """The issuer of a running provider."""
    port = free_port()
    told = {"host": host, "port": port, "clients": clients, "requirePushed": require_pushed}
    running = subprocess.Popen(
        ["node", SERVER, json.dumps(told)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        assert "ready" in running.stdout.readline()
        yield f"http://{host}:{port}"
    finally:
        running.terminate()
        running.wait(10)


def at_provider(browser: httpx.Client, address: str, **form: str) -> str:
    """What a person does at the real provider; the address of our own that the browser is sent back to."""
    origin = address.split("/", 3)[:3]
    answer = browser.get(address)
    for _ in range(8):
        if answer.is_redirect:
            onward = urljoin(str(answer.url), answer.headers["location"])
            if onward.split("/", 3)[:3] != origin:
                return onward
            answer = browser.get(onward)
        elif "/interaction/" in str(answer.url) and answer.request.method == "GET":
            fields = {"login": "Kari", "level": "substantial"} | form
            answer = browser.post(str(answer.url), data=fields)
        else:
            raise AssertionError(f"{answer.status_code} {answer.url} {answer.text[:300]}")
    raise AssertionError("the provider goes round in circles")


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def provider_file(folder: Path, issuer: str, **changes: Any) -> Path:
    """A file of providers with one, `idp`, and its secrets beside it."""
    (folder / "secret").write_text(SECRET + "\n")
    (folder / "key.pem").write_bytes(KEY.as_pem(private=True))
    (folder / "ec.pem").write_bytes(EC_KEY.as_pem(private=True))
    values: dict[str, Any] = {
        "key": "idp",
        "audience": "resident",
        "label": {"nb": "ID-porten", "nn": "ID-porten", "en": "ID-porten"},
        "issuer": issuer,
        "client_id": CLIENT_ID,
        "auth_method": "client_secret_basic",
        "client_secret_file": "secret",
        "acr_values": ["substantial"],
        "accepted_acr": ["substantial", "high"],
    } | changes
    given = {name: value for name, value in values.items() if value is not None}
    path = folder / "providers.yaml"
    path.write_text(json.dumps({"providers": [given]}))  # JSON is YAML
    return path


def half_hash(text: str) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()[:16]).decode().rstrip("=")


@dataclass
class Liar:
    """A provider that speaks the protocol rightly, but for what it is told to do wrong."""

    issuer: str = ""
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"})
    )
    published: list[RSAKey] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    """Laid over the right ones; None takes a claim away."""
    header: dict[str, Any] = field(default_factory=dict)
    signed_with: Any = None
    token: str | None = None
    """Sent instead of a signed one."""
    status: int = 200
    asked: list[str] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout",
        } | self.metadata

    def code_for(self, address: str) -> str:
        """Sign someone in who was sent to this address; the query of the callback."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return urlencode({"code": code, "state": asked["state"]})

    def answer(self, method: str, path: str, form: dict[str, str]) -> tuple[int, Any]:
        self.asked.append(path)
        if self.status != 200:
            return self.status, {"error": "server_error"}
        match path:
            case "/.well-known/openid-configuration":
                return 200, self.description()
            case "/jwks":
                keys = self.published or [self.key]
                return 200, {"keys": [key.as_dict(private=False) for key in keys]}
            case "/token":
                return self._tokens(form)
        return 404, {}

    def _tokens(self, form: dict[str, str]) -> tuple[int, Any]:
        self.requests.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "access",
            "token_type": "Bearer",
            "id_token": self.token or self.signed(asked["nonce"]),
        }

    def signed(self, nonce: str) -> str:
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "pairwise-1",
            "pid": "00000000000",
            "acr": "substantial",
            "nonce": nonce,
            "iat": now,
            "exp": now + 120,
            "sid": "session-1",
            "at_hash": half_hash("access"),
        }
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        header = {"alg": "RS256", "kid": "one"} | self.header
        return jwt.encode(header, claims, self.signed_with or self.key, algorithms=[header["alg"]])


@contextmanager
def liar(**values: Any) -> Iterator[Liar]:
    told = Liar(**values)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, content = told.answer(self.command, urlsplit(self.path).path, form)
            sent = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Keep the test's output to itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.issuer = f"http://127.0.0.1:{server.server_port}"
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
