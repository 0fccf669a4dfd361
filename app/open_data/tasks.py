"""The job that keeps the changes of public data in one row."""

from app import jobs
from app.database import transaction
from app.open_data import versions


@jobs.task("open_data.fold_changes", cron="*/10 * * * *")
def fold_changes() -> None:
    """Every ten minutes: a reader then has few rows to add."""
    with transaction():
        versions.fold()
