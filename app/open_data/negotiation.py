"""Which form of an answer a caller likes best, by Accept with its weights. Pure."""

from collections.abc import Sequence

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from app.errors import AppError


class NotAcceptable(AppError):
    """There is no form of this that the caller takes."""

    status = 406


def best(accept: str, offers: Sequence[str]) -> str:
    """The media type among the offers, first ones first where the caller does not mind.

    :param accept: the header; empty takes anything.
    :raises NotAcceptable: none of them is taken.
    """
    if not accept.strip():
        return offers[0]
    found = parse_accept_header(accept, MIMEAccept).best_match(offers)
    if found is None:
        raise NotAcceptable(f"Accept: use one of {', '.join(offers)}.")
    return found
