"""Areas to draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.database import session
from app.i18n import localised
from app.jurisdictions.models import District

DETAILS = 800
"""A picture shows about this many details across: a finer outline cannot be seen."""
DECIMALS = 5
"""Of a degree: about a metre."""


@dataclass(frozen=True, kw_only=True)
class DistrictShape:
    """A district in so many points as a picture can show. EPSG:4326, longitude before latitude.

    `label_at` lies within it.
    """

    code: str
    name: str
    geometry: Mapping[str, Any]
    label_at: tuple[float, float]


def district_shapes(jurisdiction_id: int) -> list[DistrictShape]:
    """The municipality's districts, in their order. Neighbours keep their common border."""
    query = (
        select(District)
        .where(District.jurisdiction_id == jurisdiction_id)
        .options(undefer(District.area))
        .order_by(District.rank, District.code)
    )
    districts = session().scalars(query).all()
    areas = [to_shape(district.area) for district in districts]
    if not areas:
        return []
    west, south, east, north = shapely.total_bounds(areas)
    simple = shapely.coverage_simplify(areas, max(east - west, north - south) / DETAILS)
    return [
        _shape(district, shapely.set_precision(area, 10**-DECIMALS))
        for district, area in zip(districts, simple, strict=True)
    ]


def _shape(district: District, area: Any) -> DistrictShape:
    inner = area.representative_point()
    return DistrictShape(
        code=district.code,
        name=localised(district.name),
        geometry=shapely.geometry.mapping(area),
        label_at=(round(inner.x, DECIMALS), round(inner.y, DECIMALS)),
    )
