"""Who acts on a report, and what they want to do with it."""

from dataclasses import dataclass, field
from typing import Any

from app.geo.positions import Position
from app.roles import Role
from app.service_requests.status import Party


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Someone on the staff with the roles that count for this report, or a party without an account."""

    account_id: int | None
    roles: frozenset[Role | Party]
    department_id: int | None

    @property
    def kind(self) -> str:
        """Who history says acted: staff, system, outside or reporter."""
        return next((role.value for role in self.roles if isinstance(role, Party)), "staff")


SYSTEM = Actor(account_id=None, roles=frozenset({Party.SYSTEM}), department_id=None)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What someone on the staff wants to do, and the version of the report that they saw."""

    version: int
    message: str | None = None
    led_to_improvement: bool | None = None
    original_number: str | None = None
    department_id: int | None = None
    assignee_id: int | None = None
    """Who on the staff is to have it."""
    service_code: str | None = None
    position: Position | None = None
    """Where it really is."""
    text: str | None = None
    """The words of a part that becomes a report of its own."""
    data: dict[str, Any] = field(default_factory=dict)
    """What history keeps with the change of status, for staff."""
