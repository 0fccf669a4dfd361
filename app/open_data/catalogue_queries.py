"""From when the catalogue's datasets tell something, as SQL."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.database import session
from app.jurisdictions.models import Jurisdiction
from app.open_data.ogc_queries import days_of_work, first_received
from app.statistics.models import HistoricCount


def beginnings(jurisdiction: Jurisdiction) -> dict[str, date]:
    """By dataset, the first day that it says anything about; what says nothing yet is left out."""
    received = first_received(jurisdiction.id)
    local = received.astimezone(ZoneInfo(jurisdiction.time_zone)).date() if received else None
    published = session().scalar(
        select(func.min(HistoricCount.year)).where(HistoricCount.jurisdiction_id == jurisdiction.id)
    )
    first_table = date(published, 1, 1) if published else local
    found = {
        "yearly": first_table,
        "figures": local,
        "satisfaction": local,
        "service-requests": local,
        "planned-work": days_of_work(jurisdiction.id)[0],
    }
    return {code: day for code, day in found.items() if day is not None}
