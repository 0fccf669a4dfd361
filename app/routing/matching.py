"""What rules, roads and areas mean in SQL, written once.

Each piece is an SQL text for one row `fact` (what is known of a report and its place) and one row `rule`: the
decision about one report, the facts stored with reports and the try-out of a draft are all put together from
them, so that they cannot differ.
"""

FAR_METRES = 100
"""No road farther away than this has to do with a report."""
LAMP_METRES = 30
"""A lamp that was not picked is taken for the one meant within this distance."""

MATCHES = """
    (rule.service_id IS NULL OR rule.service_id = fact.service_id)
AND (rule.service_group_id IS NULL OR rule.service_group_id = fact.service_group_id)
AND (rule.channel IS NULL OR rule.channel = fact.channel)
AND (rule.is_acute IS NULL OR rule.is_acute = fact.is_acute)
AND (rule.road_categories IS NULL OR fact.road_category = ANY (rule.road_categories))
AND (rule.road_manager IS NULL OR rule.road_manager = fact.road_manager)
AND (rule.asset_owner IS NULL OR rule.asset_owner = fact.asset_owner)
AND (rule.season_from IS NULL
     OR CASE WHEN rule.season_from <= rule.season_to THEN fact.day BETWEEN rule.season_from AND rule.season_to
             ELSE fact.day >= rule.season_from OR fact.day <= rule.season_to END)
AND (rule.area_id IS NULL OR rule.area_id = ANY (fact.area_ids))
"""
"""Whether every condition of `rule` holds for `fact`. `day` is month × 100 + day."""

NEAREST_ROAD = f"""
SELECT road_segment.category, road_segment.number, road_segment.manager, road_segment.street_name,
       ST_Distance(road_segment.line, fact.place) AS metres
  FROM road_segment
 WHERE road_segment.jurisdiction_id = fact.jurisdiction_id
   AND ST_DWithin(road_segment.line, fact.place, {FAR_METRES})
   AND coalesce(road_segment.road_type, '') NOT ILIKE '%ferje'
 ORDER BY round(ST_Distance(road_segment.line, fact.place)),
          array_position('{{E,R,F,K,P,S,U}}'::text[], road_segment.category), road_segment.id
 LIMIT 1
"""  # noqa: S608
"""The nearest road of `fact.place` (geography), no ferry line; within the same metre the higher category."""

NEAREST_LAMP = f"""
SELECT asset.owner, asset.operator, asset.number
  FROM (SELECT picked.* FROM asset AS picked WHERE picked.id = ANY (fact.asset_ids)
         UNION ALL
        SELECT near.* FROM asset AS near
         WHERE fact.needs_lamp AND cardinality(fact.asset_ids) = 0
           AND near.jurisdiction_id = fact.jurisdiction_id AND near.kind = 'lamp' AND near.is_active
           AND ST_DWithin(near.position, fact.place, {LAMP_METRES})) AS asset
 ORDER BY ST_Distance(asset.position, fact.place), asset.id
 LIMIT 1
"""  # noqa: S608
"""The nearest of the lamps picked (`fact.asset_ids`); without a pick the nearest lamp, if `fact.needs_lamp`."""

AREAS = """
SELECT coalesce(array_agg(area.id), '{}')
  FROM area
 WHERE area.jurisdiction_id = fact.jurisdiction_id AND ST_Covers(area.boundary, fact.position)
"""
"""The keys of the areas that cover `fact.position` (geometry, EPSG:4326)."""

RULE_COLUMNS = """
id integer, rank integer, name text, service_id integer, service_group_id integer, area_id integer,
channel text, road_categories text[], road_manager text, asset_owner text, season_from integer,
season_to integer, is_acute boolean, department_id integer, is_active boolean
"""
"""The columns of a rule, for `jsonb_to_recordset` over a draft: the same names as the table's."""
