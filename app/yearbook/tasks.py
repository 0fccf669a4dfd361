"""Jobs by the clock: sealing last year, and telling when a sealed year becomes public."""

import logging
from datetime import UTC, datetime

from app import jobs
from app.database import transaction
from app.jurisdictions.queries import all_jurisdictions
from app.yearbook import operations

log = logging.getLogger(__name__)


@jobs.task("yearbook.seal_due", cron="7 * * * *")
def seal_due() -> None:
    """Every hour, since days begin by each municipality's own clock. A year is sealed once."""
    with transaction():
        jurisdictions = list(all_jurisdictions())
    for jurisdiction in jurisdictions:
        with transaction():
            made = operations.seal_due(jurisdiction, now=datetime.now(UTC))
            if made is not None:
                log.info("sealed %d of %s: %s", made.year, jurisdiction.number, made.digest)


@jobs.task("yearbook.announce", cron="12 * * * *")
def announce() -> None:
    """Every hour: what is made of published figures is renewed when a sealed year becomes public."""
    with transaction():
        years = operations.announce(now=datetime.now(UTC))
    if years:
        log.info("sealed years became public: %s", years)
