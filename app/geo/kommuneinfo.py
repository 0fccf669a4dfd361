"""Kartverket's register of municipalities, `kommuneinfo` v1 (CC BY 4.0, © Kartverket).

Its parameters are `nord`, `ost` and `koordsys`; EPSG:4258 is within a metre of EPSG:4326.
"""

from typing import Any

import httpx

from app.geo.positions import Position


class RegisterAway(Exception):
    """The register did not answer as expected; the message says what happened."""


def fetch_boundary(base_url: str, number: str, *, timeout_seconds: float = 30) -> dict[str, Any]:
    """The municipality's area, sea included, as a GeoJSON geometry in EPSG:4326.

    :raises RegisterAway: no answer, an error, or something else than an area.
    """
    answer = _get(f"{base_url}/kommuner/{number}/omrade", {"utkoordsys": "4258"}, timeout_seconds)
    area = answer.get("omrade") if isinstance(answer, dict) else None
    if not isinstance(area, dict) or "coordinates" not in area:
        raise RegisterAway(
            f"{base_url} answered without an area («omrade») for municipality {number}"
        )
    return {"type": area.get("type"), "coordinates": area["coordinates"]}


def municipality_name_at(
    base_url: str, position: Position, *, timeout_seconds: float = 1.5
) -> str | None:
    """The name of the municipality at a position, or None at sea or when the register is away."""
    query = {"nord": str(position.latitude), "ost": str(position.longitude), "koordsys": "4258"}
    try:
        answer = _get(f"{base_url}/punkt", query, timeout_seconds)
    except RegisterAway:
        return None
    name = answer.get("kommunenavn") if isinstance(answer, dict) else None
    return name if isinstance(name, str) else None


def _get(url: str, query: dict[str, str], timeout_seconds: float) -> Any:
    try:
        response = httpx.get(url, params=query, timeout=timeout_seconds, follow_redirects=True)
        response.raise_for_status()
        return response.json()
    except (httpx.HTTPError, ValueError) as fault:
        raise RegisterAway(f"{url} did not answer as expected: {fault}") from fault
