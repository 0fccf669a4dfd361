from datetime import UTC, datetime

import pytest

from app.catalog.queries import service_by_code
from app.database import session
from app.errors import OutsideJurisdiction
from app.routing.models import RoutingRule
from app.routing.operations import Case, decide

from ..factories import AVEROY, GRIP, HARBOUR, TOWN, rule

MARCH = datetime(2026, 3, 3, 8, tzinfo=UTC)


def department_for(jurisdiction, code, position=TOWN, channel="web", **more):
    return decision_for(jurisdiction, code, position, channel, **more).department_name["nb"]


def decision_for(jurisdiction, code, position=TOWN, channel="web", at=MARCH, **more):
    case = Case(
        service=service_by_code(jurisdiction.id, code),
        position=position,
        channel=channel,
        at=at,
        time_zone=jurisdiction.time_zone,
        **more,
    )
    return decide(case, languages=jurisdiction.languages)


@pytest.mark.parametrize(
    ("code", "position", "department"),
    [
        ("ROAD-POTHOLE", TOWN, "Kommunalteknikk – vei"),
        ("LIGHT-DARK", TOWN, "Kommunalteknikk – gatelys"),
        ("WATER-LEAK", TOWN, "Kommunalteknikk – vann og avløp"),
        ("WASTE-LITTER-BIN", TOWN, "Park, idrett og miljø"),  # a service before its group
        ("WASTE-CONTAINER", TOWN, "Renovasjon"),
        ("WASTE-DUMPED", TOWN, "Renovasjon"),
        ("WASTE-DUMPED", HARBOUR, "Park, idrett og miljø"),  # in the area
        ("ENVIRONMENT-VEHICLE", TOWN, "Kommunalteknikk – vei"),
        ("ROAD-POTHOLE", GRIP, "Servicetorget"),  # the area before everything
        ("OTHER-ANYTHING", TOWN, "Servicetorget"),  # no rule
    ],
)
def test_kristiansunds_rules_send_reports_where_the_folder_says(
    jurisdiction, code, position, department
):
    assert department_for(jurisdiction, code, position) == department


def test_the_lowest_rank_that_fits_decides(jurisdiction):
    rule(jurisdiction, "waste", rank=2, group="road")
    rule(jurisdiction, "street_lights", rank=1, service="ROAD-POTHOLE")
    assert department_for(jurisdiction, "ROAD-POTHOLE") == "Kommunalteknikk – gatelys"
    assert department_for(jurisdiction, "ROAD-SIGN") == "Renovasjon"


def test_a_group_before_a_service_wins_by_its_rank(jurisdiction):
    rule(jurisdiction, "waste", rank=1, group="road")
    rule(jurisdiction, "street_lights", rank=2, service="ROAD-POTHOLE")
    assert department_for(jurisdiction, "ROAD-POTHOLE") == "Renovasjon"


def test_a_rule_out_of_use_is_passed_over(jurisdiction):
    rule(jurisdiction, "waste", rank=1, service="ROAD-POTHOLE", is_active=False)
    assert department_for(jurisdiction, "ROAD-POTHOLE") == "Kommunalteknikk – vei"


def test_every_condition_of_a_rule_must_hold(jurisdiction):
    rule(jurisdiction, "waste", rank=1, service="ROAD-POTHOLE", area="harbour", channel="api")
    roads = "Kommunalteknikk – vei"
    assert department_for(jurisdiction, "ROAD-POTHOLE", HARBOUR, "api") == "Renovasjon"
    assert department_for(jurisdiction, "ROAD-POTHOLE", HARBOUR, "web") == roads
    assert department_for(jurisdiction, "ROAD-POTHOLE", TOWN, "api") == roads
    assert department_for(jurisdiction, "ROAD-SIGN", HARBOUR, "api") == roads


def test_a_rule_without_conditions_takes_everything(jurisdiction):
    rule(jurisdiction, "waste", rank=1)
    decision = decision_for(jurisdiction, "OTHER-ANYTHING")
    assert decision.reason["en"] == "Waste collection answers for such reports here (rule 1)."


def test_without_rules_the_first_line_takes_everything(jurisdiction):
    session().query(RoutingRule).update({"is_active": False})
    decision = decision_for(jurisdiction, "ROAD-POTHOLE")
    assert decision.department_name["nb"] == "Servicetorget"
    assert decision.rule_id is decision.rule_rank is None


@pytest.mark.parametrize("code", ["ROAD-POTHOLE", "WASTE-DUMPED", "OTHER-ANYTHING"])
@pytest.mark.parametrize("position", [TOWN, GRIP, HARBOUR])
def test_the_reason_stands_in_every_language_and_names_the_department(jurisdiction, code, position):
    decision = decision_for(jurisdiction, code, position)
    assert list(decision.reason) == ["nb", "nn", "en"]
    assert len(set(decision.reason.values())) == 3
    for language, sentence in decision.reason.items():
        assert decision.department_name[language] in sentence


def test_the_reason_names_the_service_the_group_or_the_area(jurisdiction):
    by_group = decision_for(jurisdiction, "ROAD-POTHOLE").reason["en"]
    by_service = decision_for(jurisdiction, "WASTE-LITTER-BIN").reason["en"]
    by_area = decision_for(jurisdiction, "ROAD-POTHOLE", GRIP).reason["en"]
    by_both = decision_for(jurisdiction, "WASTE-DUMPED", HARBOUR).reason["en"]
    assert by_group == "Technical services – roads answers for reports about «Road» (rule 11)."
    assert "«Full litter bin»" in by_service
    assert by_area == "Service desk answers for reports in the area Grip (rule 1)."
    assert by_both.endswith("in the area The harbour basin (rule 2).")


def test_a_place_outside_the_boundary_is_refused(jurisdiction):
    with pytest.raises(OutsideJurisdiction) as refused:
        decision_for(jurisdiction, "ROAD-POTHOLE", AVEROY)
    assert refused.value.errors == {
        "position": "Stedet ligger utenfor kommunen. Vi kan ikke ta imot meldingen."
    }
