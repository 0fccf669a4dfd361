"""One family of errors. An operation raises the narrowest; `web.py` maps the family once to an answer."""

from collections.abc import Mapping


class AppError(Exception):
    """Something the caller can act on. `detail` is a finished sentence in the caller's language."""

    status = 400

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(AppError):
    """There is nothing at this address, or nothing that the caller may see."""

    status = 404


class MalformedQuery(AppError):
    """A query parameter cannot be read."""

    status = 400

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


class NotAllowed(AppError):
    """The caller is known but may not do this."""

    status = 403


class Invalid(AppError):
    """The content of fields is wrong; `errors` maps each field to one sentence."""

    status = 422

    def __init__(self, errors: Mapping[str, str], detail: str = "") -> None:
        super().__init__(detail or " ".join(errors.values()))
        self.errors = dict(errors)


class OutsideJurisdiction(Invalid):
    """The position lies outside the municipality."""


class TooMany(AppError):
    """More than one person needs: wait."""

    status = 429


class Conflict(AppError):
    """The thing has changed since the caller saw it, or is not in a state that allows this."""

    status = 409


class OutdatedVersion(Conflict):
    """The caller's page shows an older version."""

    def __init__(self, detail: str, *, expected: int, actual: int) -> None:
        super().__init__(detail)
        self.expected = expected
        self.actual = actual


class ChangeNotAllowed(Conflict):
    """The status table has no such change for this role."""
