"""What the administrators' pages read of the reports: how often people overrode a rule, and where a draft of
the rules would have sent each report.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, text

from app.accounts.models import Account
from app.database import session
from app.routing.matching import MATCHES, RULE_COLUMNS
from app.routing.models import RoutingRule

_OVERRIDES = text("""
WITH decision AS (
     SELECT service_request_id, CAST(data ->> 'rule' AS integer) AS rule_id,
            min(id) FILTER (WHERE kind = 'routed') AS made, max(id) FILTER (WHERE kind <> 'routed') AS undone
       FROM history_entry
      WHERE jurisdiction_id = :jurisdiction_id AND occurred_at >= :since
        AND kind IN ('routed', 'rerouted', 'refused')
      GROUP BY 1, 2)
SELECT decision.rule_id, count(*) AS decided,
       count(*) FILTER (WHERE decision.undone > decision.made) AS overridden
  FROM decision
  JOIN service_request AS request ON request.id = decision.service_request_id
 WHERE decision.rule_id IS NOT NULL AND decision.made IS NOT NULL
   AND NOT request.is_demo AND request.status <> 'rejected'
 GROUP BY 1
""")


def override_shares(jurisdiction_id: int, since: datetime) -> dict[int, tuple[int, int]]:
    """By rule: how many reports it has sent somewhere since then, and of how many of these people undid that,
    by sending the report elsewhere or refusing it. Rules that did nothing are not there; demo reports and
    rejected ones do not count.
    """
    values = {"jurisdiction_id": jurisdiction_id, "since": since}
    return {
        row.rule_id: (row.decided, row.overridden) for row in session().execute(_OVERRIDES, values)
    }


def _first_fit(rules: str) -> str:
    """The first of these rules that fits `fact`."""
    return f"""
       SELECT rule.id, rule.department_id
         FROM {rules} AS rule
        WHERE {MATCHES}
        ORDER BY rule.rank, rule.id
        LIMIT 1"""  # noqa: S608


# Equal facts are matched once: few of the reports differ in what rules can ask about. A day counts only by
# where it lies between the seasons' ends, and an area only if a rule names it.
_TRY = text(f"""
WITH draft AS MATERIALIZED (
     SELECT rule.*
       FROM routing_draft
      CROSS JOIN LATERAL jsonb_to_recordset(routing_draft.rules) AS rule({RULE_COLUMNS})
      WHERE routing_draft.jurisdiction_id = :jurisdiction_id),
current_rule AS MATERIALIZED (
     SELECT rule.*
       FROM routing_rule AS rule
       JOIN department AS taker ON taker.id = rule.department_id AND taker.is_active
      WHERE rule.jurisdiction_id = :jurisdiction_id AND rule.is_active AND NOT rule.is_removed),
draft_rule AS MATERIALIZED (
     SELECT rule.*
       FROM draft AS rule
       JOIN department AS taker ON taker.id = rule.department_id AND taker.is_active
        AND taker.jurisdiction_id = :jurisdiction_id
      WHERE rule.is_active),
used AS MATERIALIZED (
     SELECT area_id, season_from, season_to FROM current_rule
      UNION SELECT area_id, season_from, season_to FROM draft_rule),
season AS MATERIALIZED (
     SELECT array_agg(DISTINCT edge ORDER BY edge) AS edges
       FROM used, unnest(ARRAY[0, used.season_from, used.season_to + 1]) AS edge
      WHERE edge IS NOT NULL),
within AS MATERIALIZED (
     SELECT request.id, array_agg(area.id ORDER BY area.id) AS area_ids
       FROM area
       JOIN service_request AS request ON request.position && area.boundary
        AND ST_Covers(area.boundary, request.position)
      WHERE area.id IN (SELECT area_id FROM used) AND area.jurisdiction_id = :jurisdiction_id
        AND request.jurisdiction_id = :jurisdiction_id
        AND request.requested_at >= :start AND request.requested_at < :end
      GROUP BY request.id),
report AS (
     SELECT request.id, request.service_id, service.group_id AS service_group_id, request.channel,
            request.is_acute, request.road_category, request.road_manager, request.asset_owner,
            coalesce(within.area_ids, '{{}}') AS area_ids,
            request.requested_at AT TIME ZONE :time_zone AS local_time
       FROM service_request AS request
       JOIN service ON service.id = request.service_id
       LEFT JOIN within ON within.id = request.id
      WHERE request.jurisdiction_id = :jurisdiction_id AND request.status <> 'rejected'
        AND request.requested_at >= :start AND request.requested_at < :end),
fact AS MATERIALIZED (
     SELECT service_id, service_group_id, channel, is_acute, road_category, road_manager, asset_owner, area_ids,
            season.edges[width_bucket(to_char(local_time, 'MMDD')::integer, season.edges)] AS day,
            array_agg(report.id) AS reports
       FROM report, season
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9),
decided AS MATERIALIZED (
     SELECT fact.reports, before.id AS rule_before, after.id AS rule_after,
            coalesce(before.department_id, desk.id) AS department_before,
            coalesce(after.department_id, desk.id) AS department_after
       FROM fact
       JOIN department AS desk ON desk.jurisdiction_id = :jurisdiction_id AND desk.is_first_line
       LEFT JOIN LATERAL ({_first_fit("current_rule")}) AS before ON true
       LEFT JOIN LATERAL ({_first_fit("draft_rule")}) AS after ON true),
moved AS (
     SELECT request.number, round(ST_X(request.position)::numeric, 6)::float AS longitude,
            round(ST_Y(request.position)::numeric, 6)::float AS latitude,
            decided.department_before, decided.department_after
       FROM decided
      CROSS JOIN LATERAL unnest(decided.reports) AS report_id
       JOIN service_request AS request ON request.id = report_id
      WHERE decided.department_before <> decided.department_after
      ORDER BY request.requested_at DESC, request.id DESC
      LIMIT :points),
flow AS (
     SELECT rule_before, department_before, rule_after, department_after,
            sum(cardinality(reports))::integer AS reports
       FROM decided
      GROUP BY 1, 2, 3, 4)
SELECT (SELECT version FROM routing_draft WHERE jurisdiction_id = :jurisdiction_id) AS version,
       (SELECT coalesce(jsonb_agg(flow), '[]') FROM flow) AS flows,
       (SELECT coalesce(jsonb_agg(moved), '[]') FROM moved) AS moved,
       (SELECT coalesce(jsonb_agg(rule ORDER BY rule.rank, rule.id), '[]')
          FROM (SELECT id, rank, name, department_id FROM current_rule) AS rule) AS current_rules,
       (SELECT coalesce(jsonb_agg(rule ORDER BY rule.rank, rule.id), '[]')
          FROM (SELECT id, rank, name, department_id FROM draft_rule) AS rule) AS draft_rules
""")  # noqa: S608


def try_draft(
    jurisdiction_id: int,
    *,
    start: datetime,
    end: datetime,
    time_zone: str,
    points: int,
    timeout_seconds: int,
) -> RowMapping:
    """Where the rules in force and the draft would send the reports of a period, by the facts stored with them.

    One statement, so one moment: the rules that can decide in each set, how many reports go from rule and
    department to rule and department, and the newest that would move, EPSG:4326. `version` None: no draft.

    :raises OperationalError: it took longer than the timeout.
    """
    # Compiling this statement takes longer than running it.
    limits = (
        "SELECT set_config('statement_timeout', :timeout, true), set_config('jit', 'off', true)"
    )
    session().execute(text(limits), {"timeout": f"{timeout_seconds}s"})
    values: dict[str, Any] = {"jurisdiction_id": jurisdiction_id, "start": start, "end": end}
    values |= {"time_zone": time_zone, "points": points}
    return session().execute(_TRY, values).mappings().one()


def emails_of(account_ids: Collection[int]) -> dict[int, str]:
    """The addresses of these accounts."""
    query = select(Account.id, Account.label).where(Account.id.in_(account_ids))
    return dict(session().execute(query).all())


def rules_that_name(jurisdiction_id: int, department_id: int) -> list[str]:
    """The names of the rules in use that send reports to the department."""
    query = (
        select(RoutingRule.name)
        .where(
            RoutingRule.jurisdiction_id == jurisdiction_id,
            RoutingRule.department_id == department_id,
            RoutingRule.is_active,
        )
        .order_by(RoutingRule.rank)
    )
    return list(session().scalars(query))
