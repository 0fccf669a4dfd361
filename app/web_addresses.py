"""Addresses that come from outside, told apart: a path on this site, an origin that is ours. Pure."""

from urllib.parse import urlsplit


def own_path(target: str) -> str:
    """A path on this site, to go to later; nothing when it is anything else."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    is_path = target.startswith("/") and target[1:2] not in {"/", "\\"} and not parts.netloc
    return target if is_path and target.isprintable() else ""


def is_host_of(origin: str, host: str) -> bool:
    """Whether a page of this origin (RFC 6454) is on the host, with its port."""
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False
