"""The jobs: those that other rooms order by name, and those by the clock.

What is due stands in the table of deliveries; each minute a job looks there and orders the writing. So a job
that is lost loses nothing, and one that runs twice sends once.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from flask import current_app, render_template

from app import jobs
from app.database import transaction
from app.mail import AddressRefused
from app.notifications import bounces, operations, queries, sending, webhooks
from app.notifications.gateway import Gateway
from app.notifications.links import Signer
from app.notifications.models import DeliveryChannel
from app.notifications.operations import Receiver
from app.notifications.post import Post, window_of
from app.notifications.spreading import BATCH, spread
from app.settings import Settings

log = logging.getLogger(__name__)
WRITE = {DeliveryChannel.EMAIL: "notifications.write", DeliveryChannel.SMS: "notifications.text"}


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def the_post() -> Post:
    """How messages leave, from the settings."""
    settings = _settings()
    return Post(
        sender=settings.mail_from,
        smtp_url=settings.smtp_url,
        folder=settings.mail_folder,
        base_url=settings.base_url,
        render=render_template,
        signer=Signer(secret=settings.secret_key or ""),
        gateway=Gateway(
            url=settings.sms_url,
            method=settings.sms_method,
            headers=settings.sms_headers,
            body=settings.sms_body,
            folder=settings.mail_folder,
        ),
        bounce_address=settings.bounce_address,
        mailboxes=current_app.extensions["mailboxes"],
        window=window_of(settings.digest_minutes),
    )


@jobs.task("notifications.acknowledge")
def acknowledge(service_request_id: int) -> None:
    """Order the receipt for a new report, to be sent at once."""
    with transaction():
        to = operations.acknowledge(service_request_id, the_post(), now=datetime.now(UTC))
        _order(to)


@jobs.task("notifications.tell_reporter")
def tell_reporter(history_entry_id: int) -> None:
    """Note that the one who reported is to be told what happened, soon."""
    post = the_post()
    with transaction():
        to = operations.tell_reporter(history_entry_id, post, now=datetime.now(UTC))
        if not post.window:
            _order(to)


def _order(to: Receiver | None) -> None:
    if to is not None and not jobs.is_ordered(WRITE[to[1]], contact_id=to[0]):
        jobs.defer(WRITE[to[1]], contact_id=to[0])


@jobs.task("notifications.write")
def write(contact_id: int) -> None:
    """Send the letters that are due to the address of this contact."""
    _write(contact_id, DeliveryChannel.EMAIL)


@jobs.task("notifications.text", line=jobs.OUTSIDE)
def text(contact_id: int) -> None:
    """Send the text messages that are due to the number of this contact."""
    _write(contact_id, DeliveryChannel.SMS)


def _write(contact_id: int, channel: DeliveryChannel) -> None:
    """Letter by letter until none is due. What does not leave waits in its table, not in this job."""
    post = the_post()
    while True:
        now = datetime.now(UTC)
        with transaction():
            message_id = sending.claim(contact_id, channel, post, now=now)
        if message_id is None or not _deliver(message_id, post, now):
            return


def _deliver(message_id: str, post: Post, now: datetime) -> bool:
    """Whether it is gone, so that there may be more to send."""
    try:
        with transaction():
            return sending.deliver(message_id, post, now=now)
    except AddressRefused as refusal:
        with transaction():
            contact_id = sending.refused(message_id, refusal)
            if contact_id is not None:
                operations.stop_address(contact_id, str(refusal.code), now=now)
    except Exception as fault:
        with transaction():
            sending.put_off(message_id, fault, now=now)
        # An OSError's sentence is ours, and holds no address; other errors may hold anything.
        told = str(fault) if isinstance(fault, OSError) else type(fault).__name__
        log.warning("letter %s waits for another try: %s", message_id, told)
    return False


@jobs.task("notifications.look_round", cron="* * * * *")
def look_round() -> None:
    """Tell followers and webhooks what is new, and order the writing of what is due."""
    post = the_post()
    done = BATCH
    while done >= BATCH:
        with transaction():
            done, _ = spread(window=post.window, now=datetime.now(UTC))
    with transaction():
        due = queries.due(datetime.now(UTC))
        for channel, name in WRITE.items():
            _order_what_is_not(name, "contact_id", [key for key, way in due if way == channel])
        waiting = webhooks.with_something_waiting()
        _order_what_is_not("notifications.post", "webhook_id", waiting)


def _order_what_is_not(name: str, argument: str, keys: Iterable[int]) -> None:
    """Order the job for each key for which it neither waits nor runs: one look at the queue for all of them."""
    ordered = {arguments.get(argument) for arguments in jobs.arguments_ordered(name)}
    for key in keys:
        if key not in ordered:
            jobs.defer(name, **{argument: key})


@jobs.task("notifications.post", retry=jobs.PATIENT, line=jobs.OUTSIDE)
def post_events(webhook_id: int) -> None:
    """Send what waits for a webhook, in the order in which it happened."""
    settings = _settings()
    for _ in range(webhooks.AT_ONCE):
        now = datetime.now(UTC)
        try:
            with transaction():
                more = webhooks.send_next(
                    webhook_id,
                    base_url=settings.base_url,
                    secret=settings.secret_key or "",
                    now=now,
                )
        except webhooks.NotTaken as fault:
            with transaction():
                again = webhooks.failed(webhook_id, fault, now=now)
            if again:
                raise
            return
        if not more:
            return


@jobs.task("notifications.reply_preliminarily", cron="7 * * * *")
def reply_preliminarily() -> None:
    """Write to those whose report nobody has answered by the last day for it."""
    now = datetime.now(UTC)
    with transaction():
        keys = queries.unanswered(now, ahead=operations.AHEAD)
    for key in keys:
        with transaction():
            if key in queries.unanswered(now, ahead=operations.AHEAD, only=key):
                operations.reply_preliminarily(key, now=now)


@jobs.task("notifications.take_returned", cron="*/5 * * * *")
def take_returned() -> None:
    """Read the letters that came back, where a folder for them is set."""
    folder = _settings().bounce_folder
    if folder is not None:
        bounces.take_all(folder, the_post().signer, now=datetime.now(UTC))


@jobs.task("notifications.tidy", cron="40 3 * * *")
def tidy() -> None:
    """Forget those who never confirmed, and what was sent long ago."""
    with transaction():
        gone = operations.tidy(now=datetime.now(UTC))
    log.info("forgot %d who never confirmed", gone)
