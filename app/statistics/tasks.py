"""The job that keeps the ledger short."""

import logging

from app import jobs
from app.database import transaction
from app.statistics import operations

log = logging.getLogger(__name__)


@jobs.task("statistics.fold_counts", cron="* * * * *")
def fold_counts() -> None:
    """Every minute: a reader then has at most a minute's changes to add."""
    with transaction():
        taken = operations.fold_counts()
    log.debug("folded %d ledger rows", taken)
