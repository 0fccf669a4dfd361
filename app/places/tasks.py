"""The job that removes old answers."""

from datetime import UTC, datetime

from app import jobs
from app.database import transaction
from app.places import operations


@jobs.task("places.forget_old", cron="40 2 * * *")
def forget_old() -> None:
    """Remove the answers of Kartverket that are more than 30 days old."""
    with transaction():
        operations.forget_old(datetime.now(UTC))
