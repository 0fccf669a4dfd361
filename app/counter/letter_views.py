"""Letters that wait for someone to decide."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.counter.views import blueprint
from app.roles import Deed
from app.security import visible_to


@blueprint.get("/brev")
@visible_to(Deed.REGISTER)
def letters() -> ResponseReturnValue:
    """The letters that wait, the oldest first."""
    return render_template("counter/letters.html", letters=[])
