"""Jobs by the clock that tidy up after the ground floor."""

import logging
import time

from app import jobs
from app.database import session, transaction
from app.rate_limits import forget_old

log = logging.getLogger(__name__)


@jobs.task("housekeeping.forget_counts", cron="*/5 * * * *")
def forget_counts() -> None:
    """Remove counts of rate limits whose time is over, so that the table stays as small as the last minutes."""
    with transaction():
        gone = forget_old(session().connection(), time.time())
    log.debug("forgot %d counts of rate limits", gone)
