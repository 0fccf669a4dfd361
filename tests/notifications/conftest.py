"""What the tests of telling share: a mail server, a way out through it, and the running of what is due."""

from datetime import timedelta

import pytest
from flask import render_template
from sqlalchemy import text

from app.database import session, transaction
from app.notifications import operations, queries, sending, tasks
from app.notifications.gateway import Gateway
from app.notifications.links import Signer
from app.notifications.post import Post
from app.notifications.spreading import spread
from app.notifications.subscriptions import Wish, ask, confirm
from app.roles import Role

from ..conftest import KEY
from ..factories import actor, staff
from ..servers import mail_server

URL = "https://melde.example.org"
SIGNER = Signer(secret=KEY)


@pytest.fixture
def server():
    with mail_server() as running:
        yield running


@pytest.fixture
def desk(jurisdiction):
    return actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE))


@pytest.fixture
def post(server):
    return post_by(server)


def post_by(server=None, **values):
    return Post(
        **{
            "sender": "Melde feil <no-reply@example.org>",
            "smtp_url": server.url if server else None,
            "folder": None,
            "base_url": URL,
            "render": render_template,
            "signer": SIGNER,
            "gateway": Gateway(),
        }
        | values
    )


def write(post, *, now):
    """Send all that is due, as the jobs do, until nothing is; letter by letter."""
    with transaction():
        receivers = queries.due(now)
    for contact_id, channel in receivers:
        while True:
            with transaction():
                message_id = sending.claim(contact_id, channel, post, now=now)
            if message_id is None or not tasks._deliver(message_id, post, now):
                break


def receipt(request, post, *, now):
    with transaction():
        operations.acknowledge(request.id, post, now=now)
    write(post, now=now)


def tell(request, post, *, now):
    """Note all of a report's history for the one who reported, and for those who follow."""
    with transaction():
        for entry in request.history:
            operations.tell_reporter(entry.id, post, now=now)
        spread(window=post.window, now=now)


def follower(jurisdiction, kind, *, now, email="follower@example.org", **values):
    """Someone who follows and has confirmed it."""
    with transaction():
        wish = Wish(**{"kind": kind, "email": email, "language": "nb"} | values)
        made = confirm(ask(jurisdiction.id, wish, now=now), now=now)
        session().execute(text("DELETE FROM delivery WHERE kind = 'confirmation'"))
        session().execute(text("DELETE FROM procrastinate_jobs"))
    return made


def plain(message):
    return message.get_body(("plain",)).get_content()


def html(message):
    return message.get_body(("html",)).get_content()


def rows(**where):
    conditions = " AND ".join(f"{name} = :{name}" for name in where) or "true"
    query = text(f"SELECT * FROM delivery WHERE {conditions} ORDER BY id")
    return session().execute(query, where).mappings().all()


WINDOW = timedelta(minutes=5)
