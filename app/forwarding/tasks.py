"""The job that hands a report over."""

import logging
from datetime import UTC, datetime

from flask import current_app, render_template

from app import jobs
from app.database import transaction
from app.forwarding import operations, queries, withdrawal
from app.forwarding.links import Signature
from app.forwarding.models import ForwardingState
from app.forwarding.ways import Office
from app.settings import Settings

log = logging.getLogger(__name__)


def office() -> Office:
    """How things leave, from the settings."""
    settings: Settings = current_app.config["SETTINGS"]
    return Office(
        sender=settings.mail_from,
        smtp_url=settings.smtp_url,
        folder=settings.mail_folder,
        base_url=settings.base_url,
        render=render_template,
        signature=Signature(secret=settings.secret_key or "", days=settings.answer_link_days),
    )


@jobs.task(queries.JOB, retry=jobs.PATIENT, line=jobs.OUTSIDE)
def forward(history_entry_id: int) -> None:
    """Hand a report over: three short transactions, so that a failed try is seen and tried again."""
    now = datetime.now(UTC)
    with transaction():
        key = operations.begin(history_entry_id, now=now)
    if key is None:
        return
    try:
        with transaction():
            operations.forward(key, office(), now=now)
    except Exception as fault:
        with transaction():
            state = operations.record_failure(key, fault, now=now)
        if state == ForwardingState.WAITING:
            raise
        if state == ForwardingState.FAILED:
            log.error("handing over %s was given up: %s", key, type(fault).__name__)


@jobs.task("forwarding.tell_withdrawn", retry=jobs.PATIENT, line=jobs.OUTSIDE)
def tell_withdrawn(history_entry_id: int) -> None:
    """Tell the outside body that has a report that it was withdrawn; after three days the desk is told."""
    now = datetime.now(UTC)
    try:
        with transaction():
            withdrawal.tell(history_entry_id, office(), now=now)
    except Exception as fault:
        with transaction():
            is_over = withdrawal.give_up(history_entry_id, now=now)
        if not is_over:
            raise
        log.error("telling of a withdrawal was given up: %s", type(fault).__name__)
