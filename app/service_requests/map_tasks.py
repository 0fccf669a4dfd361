"""The jobs that keep the map: folding the ledger, letting old reports leave, and places after new roads."""

import logging

from app import jobs
from app.database import transaction
from app.service_requests import public_places, tiles

log = logging.getLogger(__name__)


@jobs.task("service_requests.fold_map", cron="* * * * *")
def fold_map() -> None:
    """Every minute: a tile then has at most a minute's changes to add."""
    with transaction():
        taken = tiles.fold()
    log.debug("folded %d ledger rows of the map", taken)


@jobs.task("service_requests.leave_map", cron="*/5 * * * *")
def leave_map() -> None:
    """Every five minutes: at a municipality's midnight a day's closed reports leave its map."""
    with transaction():
        left = tiles.leave_map()
    if left:
        log.info("%d reports left the map", left)


@jobs.task(public_places.JOB)
def renew_public_places(jurisdiction_id: int) -> None:
    """After new roads: the public places of reports at private addresses, some at a time."""
    last: int | None = 0
    while last is not None:
        with transaction():
            last = public_places.renew_some(jurisdiction_id, last)
