"""The statements of an import: two tables that last as long as the transaction, and what is done with them."""

from sqlalchemy import text

from app.routing.matching import AREAS, MATCHES, NEAREST_LAMP, NEAREST_ROAD

COMPARED = (
    "service",
    "position",
    "requested_at",
    "status",
    "closed_at",
    "improvement",
    "description",
)

WAIT = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
STAGED = text("""
CREATE TEMPORARY TABLE staged (
    line bigint NOT NULL, identity text, external_id text, fingerprint bytea NOT NULL,
    service_id integer NOT NULL, department_code text, longitude double precision NOT NULL,
    latitude double precision NOT NULL, description text NOT NULL, status text NOT NULL,
    led_to_improvement boolean NOT NULL, requested_at timestamptz NOT NULL, received_year integer NOT NULL,
    day integer NOT NULL, closed_at timestamptz, first_response_at timestamptz,
    answer_due timestamptz NOT NULL, fix_due timestamptz, channel text NOT NULL, place_text text,
    token text NOT NULL, raw text,
    key text, earlier bigint
) ON COMMIT DROP
""")
REFUSED = text(
    "CREATE TEMPORARY TABLE refused (line bigint NOT NULL, reason text NOT NULL, raw text) ON COMMIT DROP"
)
COPY_STAGED = (
    "COPY staged (line, identity, external_id, fingerprint, service_id, department_code, longitude, latitude,"
    " description, status, led_to_improvement, requested_at, received_year, day, closed_at, first_response_at,"
    " answer_due, fix_due, channel, place_text, token, raw) FROM STDIN"
)
COPY_REFUSED = "COPY refused (line, reason, raw) FROM STDIN"

SORT_OUT = (
    "ANALYZE staged",
    """
    WITH gone AS (
         DELETE FROM staged USING jurisdiction
          WHERE jurisdiction.id = :jurisdiction_id
            AND NOT ST_Covers(jurisdiction.boundary, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326))
         RETURNING line, raw)
    INSERT INTO refused SELECT line, 'outside', raw FROM gone
    """,
    """
    WITH twice AS (
         SELECT line, row_number() OVER (PARTITION BY external_id ORDER BY line) AS place
           FROM staged WHERE external_id IS NOT NULL),
    gone AS (
         DELETE FROM staged USING twice WHERE staged.line = twice.line AND twice.place > 1
         RETURNING staged.line, raw)
    INSERT INTO refused SELECT line, 'id_twice', raw FROM gone
    """,
    # Rows that are alike are counted, in an order that another order of the file does not change.
    """
    WITH counted AS (
         SELECT line, row_number() OVER (PARTITION BY identity, external_id ORDER BY fingerprint, line) AS place
           FROM staged)
    UPDATE staged
       SET key = :prefix || coalesce('id:' || external_id, identity || ':' || place)
      FROM counted WHERE counted.line = staged.line
    """,
    """
    UPDATE staged SET earlier = request.id
      FROM service_request AS request
     WHERE request.jurisdiction_id = :jurisdiction_id AND request.idempotency_key = staged.key
    """,
)

REFUSALS = text("""
SELECT reason, count(*), (array_agg(line ORDER BY line))[1:cast(:shown AS integer)]
  FROM refused GROUP BY reason ORDER BY count(*) DESC, reason
""")
_DIFFERS = """
  FROM staged JOIN service_request AS request ON request.id = staged.earlier
 WHERE request.idempotency_fingerprint <> staged.fingerprint
"""
SAME = text("""
SELECT count(*) FROM staged JOIN service_request AS request ON request.id = staged.earlier
 WHERE request.idempotency_fingerprint IS NOT DISTINCT FROM staged.fingerprint
    OR request.idempotency_fingerprint IS NULL
""")
DIFFERING = text(f"SELECT count(*) {_DIFFERS}")
DIFFERENCES = text(f"""
SELECT line, request.number, request.service_id <> staged.service_id AS service_differs,
       NOT ST_DWithin(request.position, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 0.000001)
           AS position_differs,
       request.requested_at <> staged.requested_at AS requested_at_differs,
       request.status <> staged.status AS status_differs,
       request.closed_at IS DISTINCT FROM staged.closed_at AS closed_at_differs,
       request.led_to_improvement <> staged.led_to_improvement AS improvement_differs,
       request.description <> staged.description AS description_differs
{_DIFFERS}
 ORDER BY line LIMIT :shown
""")  # noqa: S608
MISSING = text("""
SELECT count(*) FROM service_request AS request
 WHERE request.jurisdiction_id = :jurisdiction_id AND starts_with(request.idempotency_key, :prefix)
   AND NOT EXISTS (SELECT FROM staged WHERE staged.earlier = request.id)
""")

_DECIDED = f"""
CREATE TEMPORARY TABLE decided ON COMMIT DROP AS
WITH fact AS MATERIALIZED (
     SELECT fact.*, road.category AS road_category, road.manager AS road_manager,
            lamp.owner AS asset_owner, ({AREAS}) AS area_ids
       FROM (SELECT line, department_code, service_id, service.group_id AS service_group_id, channel, day,
                    false AS is_acute, service.needs = 'lamp' AS needs_lamp,
                    cast('{{}}' AS bigint[]) AS asset_ids,
                    cast(:jurisdiction_id AS integer) AS jurisdiction_id,
                    ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS position,
                    ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geography AS place
               FROM staged JOIN service ON service.id = staged.service_id) AS fact
       LEFT JOIN LATERAL ({NEAREST_ROAD}) AS road ON true
       LEFT JOIN LATERAL ({NEAREST_LAMP}) AS lamp ON true)
SELECT fact.line, rule.id AS rule_id, fact.road_category, fact.road_manager, fact.asset_owner,
       department.id AS department_id, department.kind = 'external' AS is_external
  FROM fact
  LEFT JOIN LATERAL (
       SELECT rule.id, rule.department_id
         FROM routing_rule AS rule
         JOIN department AS taker ON taker.id = rule.department_id AND taker.is_active
        WHERE rule.jurisdiction_id = fact.jurisdiction_id AND rule.is_active
          AND :by_rules AND {MATCHES}
        ORDER BY rule.rank, rule.id
        LIMIT 1) AS rule ON true
  JOIN department ON department.jurisdiction_id = fact.jurisdiction_id
   AND CASE WHEN rule.id IS NOT NULL THEN department.id = rule.department_id
            WHEN :by_rules OR :first_line THEN department.is_first_line
            ELSE department.code = fact.department_code END
"""  # noqa: S608

TAKE_OVER = (
    _DECIDED,
    "ANALYZE decided",
    """
    INSERT INTO service_request
           (jurisdiction_id, number, token, service_id, department_id, position, description, status,
            led_to_improvement, requested_at, received_year, updated_at, first_response_due_at, due_at,
            first_response_at, closed_at, channel, device_class, language, routing_rule_id, routing_reason,
            is_acute, road_category, road_manager, asset_owner, refusals, answers, place_text, version, is_demo,
            idempotency_key, idempotency_fingerprint)
    SELECT :jurisdiction_id,
           cast(:number_prefix AS text) || '-' || received_year || '-'
               || to_char(next_service_request_number(:jurisdiction_id, received_year), 'FM9999000000'),
           token, service_id, department_id, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), description,
           status, led_to_improvement, requested_at, received_year,
           greatest(requested_at, closed_at, first_response_at), answer_due,
           CASE WHEN NOT is_external THEN fix_due END, first_response_at, closed_at, channel, 'unknown',
           :language, rule_id, cast(:reasons AS jsonb) -> department_id::text, false, road_category,
           road_manager, asset_owner, 0, '{}', place_text, 1, false, key, fingerprint
      FROM (SELECT * FROM staged JOIN decided USING (line) ORDER BY requested_at, line) AS ordered
    """,
    # What the report's figures can be told from: receipt, department, first answer, what had become of it.
    """
    INSERT INTO history_entry
           (jurisdiction_id, service_request_id, kind, occurred_at, actor, department_id, status, visibility,
            data)
    SELECT :jurisdiction_id, request.id, step.kind, step.occurred_at, 'import', step.department_id, step.status,
           'public', jsonb_strip_nulls(step.data || jsonb_build_object('import', cast(:source AS text)))
      FROM staged
      JOIN service_request AS request
        ON request.jurisdiction_id = :jurisdiction_id AND request.idempotency_key = staged.key
      JOIN service ON service.id = request.service_id
     CROSS JOIN LATERAL (
           VALUES (1, 'received', request.requested_at, 'received', NULL,
                   jsonb_build_object('service', service.code, 'external_id', staged.external_id)),
                  (2, 'routed', request.requested_at, NULL, request.department_id, '{}'),
                  (3, 'message', request.first_response_at, NULL, request.department_id, '{}'),
                  (4, 'status', coalesce(request.closed_at, request.first_response_at, request.requested_at),
                   request.status, request.department_id,
                   jsonb_build_object('department', request.department_id,
                                      'led_to_improvement', request.led_to_improvement)))
           AS step (place, kind, occurred_at, status, department_id, data)
     WHERE step.occurred_at IS NOT NULL
     ORDER BY request.id, step.place
    """,
)
