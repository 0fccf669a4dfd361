"""The desk's addresses, and who asks."""

from flask import Blueprint

from app.errors import NotFound
from app.i18n import gettext
from app.security import Identity, identity

blueprint = Blueprint("casework", __name__, url_prefix="/innboks")


def signed_in() -> Identity:
    """Who asks. :raises NotFound: nobody, which the view's audience rules out."""
    who = identity()
    if who is None:
        raise NotFound(gettext("Sign in and try again."))
    return who
