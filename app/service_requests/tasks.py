"""The jobs of reports."""

import logging
from datetime import UTC, datetime

from flask import current_app

from app import jobs
from app.database import transaction
from app.geo.kartverket import KartverketAway
from app.places.operations import Source
from app.service_requests import place_texts
from app.settings import Settings

log = logging.getLogger(__name__)


@jobs.task(place_texts.JOB, retry=jobs.PATIENT, line=jobs.OUTSIDE)
def find_place_text(service_request_id: int) -> None:
    """Give a report its place in words; tried again for a day, whatever is in the way."""
    settings: Settings = current_app.config["SETTINGS"]
    source = Source(url=settings.kartverket_url, now=datetime.now(UTC))
    try:
        with transaction():
            place_texts.find(service_request_id, source)
    except Exception as fault:
        with transaction():
            is_worth_waiting = place_texts.is_young(service_request_id, source.now)
        if is_worth_waiting:
            raise
        if not isinstance(fault, KartverketAway):
            log.error("no place in words was found: %s", type(fault).__name__)
