"""The jobs that tell crews of danger at once. News of it comes up from reports as a job's name."""

from datetime import UTC, datetime

from flask import current_app

from app import jobs
from app.database import transaction
from app.notifications import alerts
from app.notifications.alerts import Ways
from app.notifications.push import Sender
from app.notifications.tasks import the_post
from app.settings import Settings


def the_sender() -> Sender | None:
    """Who we are to push services, from the settings; None without a key."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.push_key or not settings.push_subject:
        return None
    return Sender(key=settings.push_key, subject=settings.push_subject, hosts=settings.push_hosts)


@jobs.task("notifications.alert_acute")
def alert_acute(history_entry_id: int, department_id: int) -> None:
    """Note whom a dangerous report's department wants told, and order the telling of each."""
    with transaction():
        for alert_id in alerts.begin(history_entry_id, department_id, now=datetime.now(UTC)):
            jobs.defer("notifications.alert", alert_id=alert_id)


@jobs.task(
    "notifications.alert",
    retry=jobs.AsTold(first_seconds=30, longest_seconds=3600),
    line=jobs.OUTSIDE,
)
def alert(alert_id: int) -> None:
    """Bring one alert to one person, until a phone or a mail server has taken it."""
    ways = Ways(post=the_post(), sender=the_sender())
    while True:
        with transaction():
            left = alerts.step(alert_id, ways, now=datetime.now(UTC))
        if left.is_done:
            return
        if left.wait_seconds is not None:
            raise jobs.Later(left.wait_seconds)
