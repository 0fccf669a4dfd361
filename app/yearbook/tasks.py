"""The job that seals last year by the clock."""

import logging
from datetime import UTC, datetime

from app import jobs
from app.database import transaction
from app.jurisdictions.queries import all_jurisdictions
from app.yearbook import operations

log = logging.getLogger(__name__)


@jobs.task("yearbook.seal_due", cron="7 * * * *")
def seal_due() -> None:
    """Every hour, since days begin by each municipality's own clock. A year is sealed once.

    One municipality that fails keeps no other waiting; the job fails at the end, and is tried again.

    :raises ExceptionGroup: what went wrong, when everyone had their turn.
    """
    with transaction():
        jurisdictions = [(one.number, one) for one in all_jurisdictions()]
    faults = []
    for number, jurisdiction in jurisdictions:
        try:
            with transaction():
                made = operations.seal_due(jurisdiction, now=datetime.now(UTC))
        except Exception as fault:
            log.exception("last year of %s was not sealed", number)
            faults.append(fault)
        else:
            if made is not None:
                log.info("sealed %d of %s: %s", made.year, number, made.digest)
    if faults:
        raise ExceptionGroup("years were not sealed", faults)
