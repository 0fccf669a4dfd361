"""What residents say about the demo reports, so that comments and «me too» can be seen."""

import random
import secrets
from datetime import UTC, datetime

from sqlalchemy import select

from app.database import session
from app.jurisdictions.models import Jurisdiction, Openness
from app.service_requests import talk
from app.service_requests.models import ServiceRequest
from app.service_requests.status import OPEN

SAID = (
    "[Demo] Det samme gjelder litt lenger opp i gata.",
    "[Demo] Her går mange skolebarn.",
    "[Demo] Det er verst når det regner.",
)
ANSWERED = "[Demo] Takk. Vi tar det med når vi er på stedet."
WITH_TALK = 6


def open_comments(jurisdiction: Jurisdiction) -> None:
    """Take comments, after approval, whatever the folder says: it is a demo."""
    jurisdiction.comments = Openness.AFTER_APPROVAL


def make_talk(jurisdiction: Jurisdiction) -> None:
    """Comments on the newest open demo reports: some shown, the last one waiting; and «me too»."""
    chance = random.Random(1505)  # noqa: S311
    now = datetime.now(UTC)
    query = (
        select(ServiceRequest)
        .where(ServiceRequest.is_demo, ServiceRequest.status.in_(OPEN))
        .order_by(ServiceRequest.id.desc())
        .limit(WITH_TALK)
    )
    reports = session().scalars(query).all()
    for at, report in enumerate(reports):
        for _ in range(chance.randint(0, 9)):
            talk.support(report, secrets.token_urlsafe(24), now=now)
        said = talk.comment(report, jurisdiction, SAID[at % len(SAID)], author="resident", now=now)
        if at == 0:
            continue  # this one waits to be looked at
        said.state, said.decided_at = "shown", now
        if at % 2:
            talk.comment(report, jurisdiction, ANSWERED, author=talk.MUNICIPALITY, now=now)
