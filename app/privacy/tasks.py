"""The jobs of this room."""

import logging
from datetime import UTC, datetime

from app import jobs
from app.database import transaction
from app.jurisdictions.models import Jurisdiction
from app.jurisdictions.queries import all_jurisdictions
from app.privacy import retention
from app.privacy.retention import Removed

log = logging.getLogger(__name__)


@jobs.task("privacy.remove_what_is_due", cron="20 2 * * *")
def remove_what_is_due() -> None:
    """Remove what no municipality keeps any longer."""
    with transaction():
        places = list(all_jurisdictions())
    for place in places:
        total = remove(place, now=datetime.now(UTC))
        log.info("%s: %s", place.number, total)


def remove(place: Jurisdiction, *, now: datetime) -> Removed:
    """Batch by batch, each in a transaction of its own, so that nobody waits for a report for long."""
    total = Removed(contacts=0, photos=0, texts=0)
    while True:
        with transaction() as current:
            some = retention.remove_some(current.merge(place, load=True), now=now)
        total = Removed(
            contacts=total.contacts + some.contacts,
            photos=total.photos + some.photos,
            texts=total.texts + some.texts,
        )
        if some == Removed(contacts=0, photos=0, texts=0):
            break
    with transaction():
        retention.note_run(place, total, now=now)
    return total
