"""Deciding who answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.catalog.models import Service
from app.errors import OutsideJurisdiction
from app.geo.positions import Position
from app.i18n import gettext, in_languages, localised
from app.routing import queries


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who answers and why. `reason` is a sentence in each language;
    `rule_id` None means the first-line desk.
    """

    department_id: int
    department_name: dict[str, str]
    rule_id: int | None
    rule_rank: int | None
    reason: dict[str, str]


def decide(
    service: Service, position: Position, *, channel: str, languages: Sequence[str]
) -> Decision:
    """The department that answers for such a report here.

    :param position: EPSG:4326, longitude before latitude.
    :raises OutsideJurisdiction: when the municipality does not cover the position.
    """
    facts = queries.Facts(
        jurisdiction_id=service.jurisdiction_id,
        service_id=service.id,
        service_group_id=service.group_id,
        position=position,
        channel=channel,
    )
    row = queries.decide(facts)
    if not row["is_covered"]:
        raise OutsideJurisdiction({"position": outside_sentence(localised(row["other_name"]))})

    def say() -> str:
        return _reason(
            department=localised(row["department_name"]),
            what=localised(
                service.name
                if row["by_service"]
                else service.group.name
                if row["by_group"]
                else None
            ),
            area=localised(row["area_name"]),
            has_rule=row["rule_id"] is not None,
        )

    return Decision(
        department_id=row["department_id"],
        department_name=row["department_name"],
        rule_id=row["rule_id"],
        rule_rank=row["rule_rank"],
        reason=in_languages(languages, say),
    )


def outside_sentence(municipality: str | None) -> str:
    """What to tell someone who points outside the municipality."""
    if municipality:
        return gettext(
            "The place is in %(municipality)s. We cannot take the report.",
            municipality=municipality,
        )
    return gettext("The place is outside the municipality. We cannot take the report.")


def _reason(*, department: str, what: str, area: str, has_rule: bool) -> str:
    facts = {"department": department, "what": what, "area": area}
    if not has_rule:
        return gettext(
            "This kind of report has no department of its own, so %(department)s finds the right one.",
            **facts,
        )
    if area and what:
        return gettext(
            "%(department)s answers for reports about «%(what)s» in the area %(area)s.", **facts
        )
    if area:
        return gettext("%(department)s answers for reports in the area %(area)s.", **facts)
    if what:
        return gettext("%(department)s answers for reports about «%(what)s».", **facts)
    return gettext("%(department)s answers for all reports.", **facts)
