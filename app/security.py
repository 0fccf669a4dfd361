"""Who is asking, and what they may see: identities, roles, passwords, CSRF, rate limits.

Every view says who may see it with `visible_to`; a test walks all of them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import (
    Flask,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    request,
    session,
    url_for,
)
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.wrappers import Response

from app.rate_limits import SCHEME, network_of
from app.roles import MUNICIPAL, Deed, Role, may
from app.web_addresses import is_host_of

View = TypeVar("View", bound=Callable[..., Any])


ANYONE = "anyone"
DOORS = {
    "fieldwork": Deed.FIELD_WORK,
    "desk": Deed.DESK,
    "register": Deed.REGISTER,
    "moderation": Deed.MODERATE,
    "administration": Deed.SET_UP,
    "labels": Deed.LABELS,
}
"""The rooms for staff, by the right that opens them."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A role in a municipality, for one department or, when `department_id` is None, for all."""

    jurisdiction_id: int
    department_id: int | None
    role: Role


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A signed-in person, without the account row. `session_id` changes when all sessions are ended."""

    account_id: int
    session_id: str
    display_name: str
    members: tuple[Member, ...]

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the session cookie carries."""
        return self.session_id

    def roles_in(self, jurisdiction_id: int) -> set[Role]:
        """The roles in one municipality."""
        return {member.role for member in self.members if member.jurisdiction_id == jurisdiction_id}

    def may(self, jurisdiction_id: int, deed: Deed) -> bool:
        """Whether this person has the right in the municipality, for some department or for all."""
        return may(self.roles_in(jurisdiction_id), deed)

    def reach(self, jurisdiction_id: int, deed: Deed) -> tuple[int, ...] | None:
        """The departments for which this person has the right; None means all, empty means none."""
        having = [
            member
            for member in self.members
            if member.jurisdiction_id == jurisdiction_id and may([member.role], deed)
        ]
        if any(member.department_id is None or member.role in MUNICIPAL for member in having):
            return None
        return tuple(dict.fromkeys(m.department_id for m in having if m.department_id is not None))

    def departments_in(self, jurisdiction_id: int) -> list[int]:
        """The departments whose reports this person works on."""
        return [
            member.department_id
            for member in self.members
            if member.jurisdiction_id == jurisdiction_id
            and member.department_id is not None
            and may([member.role], Deed.FIELD_WORK)
        ]

    def reaches(self, jurisdiction_id: int, deed: Deed, department_id: int) -> bool:
        """Whether this person has the right for a department's reports."""
        reach = self.reach(jurisdiction_id, deed)
        return reach is None or department_id in reach

    def roles_for(self, jurisdiction_id: int, department_id: int) -> set[Role]:
        """The roles that count for a department's reports: its own, and the first line's."""
        return {
            member.role
            for member in self.members
            if member.jurisdiction_id == jurisdiction_id
            and (member.department_id in {None, department_id} or member.role in MUNICIPAL)
        }


TRAP = "website"
"""The name of the form field that no person sees, but that programs like to fill in."""
DEVICE = "device"
"""What the session calls the device that it is bound to."""
PROVIDER, SINCE = "provider", "since"
"""What the session calls the provider that somebody came from, and when, in seconds since 1970."""
PROVIDER_SECONDS = 12 * 3600
"""So long a session from a provider counts: whoever left the municipality is out the day after, too."""
PASSED = "passed"
"""What the session calls whose password was right, while the code is missing."""
CODE_SECONDS = 10 * 60
RESIDENT_COOKIE = "resident"
"""The cookie of a resident's session."""


@dataclass(frozen=True, kw_only=True)
class Resident:
    """A resident who signed in at a provider. `subject` is `issuer|sub`; providers tell us no name."""

    subject: str
    provider: str
    name: str | None = None


SIGNING_IN = {"accounts.sign_in", "accounts.sign_in_submit"}
NO_AUTHORITY = {"csrf_token", "_flashes", "_permanent"}
"""What a session may hold without giving its browser any right that another site could misuse."""


class TokenWhereItMatters(CSRFProtect):  # type: ignore[misc]
    """Forged forms are refused in two ways.

    A session that gives rights, and signing in, need a token in the form. A visitor without such a session
    has no rights to misuse; there the browser's own word counts that the form stood on our page. So pages
    for everyone hold no token, set no cookie and can be cached, and a draft that is sent later is not refused.
    """

    def protect(self, apply_exemptions: bool = False) -> None:
        """Let the request through, or answer 400."""
        if needs_token() and not _began_before_signing_in():
            super().protect(apply_exemptions=apply_exemptions)
        elif not (apply_exemptions and self._is_exempt()) and _is_from_elsewhere():
            abort(400)


def _began_before_signing_in() -> bool:
    """Whether a resident sends a form from before the session, which has no token.

    The browser's own word that it stood on our page is enough there; for the rights of staff it is not.
    """
    has_token = bool(request.form.get("csrf_token")) or "X-CSRFToken" in request.headers
    is_resident_only = not session.keys() - NO_AUTHORITY and request.endpoint not in SIGNING_IN
    return (
        is_resident_only
        and not has_token
        and request.headers.get("Sec-Fetch-Site") == "same-origin"
    )


def needs_token() -> bool:
    """Whether forms of this browser need a token."""
    has_rights = bool(session.keys() - NO_AUTHORITY) or RESIDENT_COOKIE in request.cookies
    return request.endpoint in SIGNING_IN or has_rights


def _is_from_elsewhere() -> bool:
    """Whether the browser says that another site's page sent this; other programs say nothing."""
    if request.method not in current_app.config["WTF_CSRF_METHODS"]:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and not is_host_of(origin, request.host)


def form_token() -> str:
    """The token for a form; empty, and without a session, where none is needed."""
    return str(generate_csrf()) if needs_token() else ""


def asking_network() -> str:
    """Who asks, for rate limits."""
    return network_of(get_remote_address())


def asking_person() -> str:
    """Who is counted at work: the person, since a whole office may stand behind one address."""
    who = identity()
    return f"account {who.account_id}" if who else asking_network()


login_manager = LoginManager()
csrf = TokenWhereItMatters()
limiter = Limiter(asking_network, storage_uri=f"{SCHEME}://")


def start(app: Flask) -> None:
    """Switch on sessions, CSRF and rate limits."""
    login_manager.init_app(app)
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = form_token  # for macros, which have no context
    app.context_processor(lambda: {"csrf_token": form_token})
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"secret": app.config["SECRET_KEY"]}
    limiter.init_app(app)


def identity() -> Identity | None:
    """Who is signed in, if anyone."""
    found = current_user._get_current_object()
    return found if isinstance(found, Identity) else None


def resident() -> Resident | None:
    """The resident who is signed in, if anyone is. Staff and residents sign in apart; both may be."""
    found = g.get("resident") if has_request_context() else None
    return found if isinstance(found, Resident) else None


def is_trapped() -> bool:
    """Whether a program has filled in the field that no person sees."""
    return bool(request.form.get(TRAP))


def doors() -> set[str]:
    """The rooms that open for the one who asks, here: the jobs, the rules."""
    who = identity()
    roles = who.roles_in(g.jurisdiction_id) if who and "jurisdiction_id" in g else set()
    return {door for door, deed in DOORS.items() if may(roles, deed)}


def is_crew_only() -> bool:
    """Whether the one who asks works in the field here, and nothing else."""
    who = identity()
    roles = who.roles_in(g.jurisdiction_id) if who and "jurisdiction_id" in g else set()
    return roles == {Role.CREW}


def sign_in(who: Identity, *, provider: str | None = None) -> None:
    """Start a session. It is bound to no device yet, whatever the last one was."""
    for name in (DEVICE, PROVIDER, SINCE, PASSED):
        session.pop(name, None)
    if provider:
        session[PROVIDER], session[SINCE] = provider, int(time.time())
    login_user(who)


def renew(who: Identity) -> None:
    """Go on in the same session after what ended the others: on the same device, and by the same clock."""
    login_user(who)


def session_provider() -> str | None:
    """The key of the provider that this session came from, if any."""
    return session.get(PROVIDER)


def is_stale() -> bool:
    """Whether the provider should be asked again who this is. Devices that are known go on."""
    is_old = session.get(SINCE, 0) + PROVIDER_SECONDS < time.time()
    return PROVIDER in session and DEVICE not in session and is_old


def ask_for_code(who: Identity, target: str) -> None:
    """Remember whose password was right, until the code comes."""
    session[PASSED] = {"who": who.session_id, "til": target, "at": int(time.time())}


def waits_for_code() -> tuple[str, str] | None:
    """The session id of whose password was right lately, and where they want to go; None: nobody's."""
    found = session.get(PASSED)
    if not found or found["at"] + CODE_SECONDS < time.time():
        return None
    return found["who"], found["til"]


def bind_to_device(device_id: UUID) -> None:
    """Let this session count only as long as the device does, also when the browser was closed meanwhile.

    Each time the session is sent anew, so that its time runs from here on.
    """
    session[DEVICE] = str(device_id)
    session.permanent = session.modified = True


def session_device() -> UUID | None:
    """The device that this session is bound to, if any."""
    found = session.get(DEVICE)
    return UUID(found) if found else None


def sign_out() -> None:
    """End the session of this browser."""
    for name in (DEVICE, PROVIDER, SINCE, PASSED):
        session.pop(name, None)
    session.permanent = False
    logout_user()


def visible_to(*audience: Deed | str) -> Callable[[View], View]:
    """State who may see a view, and see to it: sign in first (401 for machines), else 403."""

    def state(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refusal = None if ANYONE in audience else _refusal(set(audience))
            return refusal or current_app.ensure_sync(view)(*args, **kwargs)

        guarded.audience = audience  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return state


def _refusal(audience: set[Deed | str]) -> Response | None:
    who = identity()
    if who is None:
        if request.path.startswith("/api/"):
            abort(401)
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", til=back), 303)
    roles = who.roles_in(g.jurisdiction_id)
    if not any(isinstance(deed, Deed) and may(roles, deed) for deed in audience):
        abort(403)
    return None
