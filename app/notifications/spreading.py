"""From what happened to who is to be told: followers and webhooks, each row of history once."""

from datetime import datetime

from sqlalchemy import text

from app.database import session

BATCH = 500
MORNING = "7 hours"
"""Daily and weekly letters come at seven; weekly ones on Mondays."""

NEXT = f"""
CASE {{frequency}}
    WHEN 'daily' THEN (date_trunc('day', {{now}} AT TIME ZONE j.time_zone - interval '{MORNING}')
        + interval '1 day {MORNING}') AT TIME ZONE j.time_zone
    WHEN 'weekly' THEN (date_trunc('week', {{now}} AT TIME ZONE j.time_zone - interval '{MORNING}')
        + interval '7 days {MORNING}') AT TIME ZONE j.time_zone
    ELSE {{now}} + :window END
"""

TAKE = text("""
DELETE FROM news WHERE history_entry_id IN (
    SELECT history_entry_id FROM news ORDER BY history_entry_id LIMIT :batch FOR UPDATE SKIP LOCKED)
RETURNING history_entry_id
""")

TELL_FOLLOWERS = text(f"""
INSERT INTO delivery (jurisdiction_id, service_request_id, history_entry_id, contact_id, subscription_id,
                      kind, channel, due_at, attempts)
SELECT r.jurisdiction_id, r.id, e.id, c.id, s.id, 'update', 'email',
       {NEXT.format(frequency="s.frequency", now="CAST(:now AS timestamptz)")}, 0
  FROM history_entry AS e
  JOIN service_request AS r ON r.id = e.service_request_id
  JOIN service ON service.id = r.service_id
  JOIN jurisdiction AS j ON j.id = r.jurisdiction_id
  JOIN subscription AS s ON s.jurisdiction_id = r.jurisdiction_id
   AND s.confirmed_at <= e.occurred_at
   AND CASE s.kind
         WHEN 'request' THEN s.service_request_id = r.id
         WHEN 'service' THEN s.service_group_id = service.group_id
         WHEN 'everything' THEN true
         ELSE ST_Covers(s.area, r.public_position) END
  JOIN contact AS c ON c.id = s.contact_id
   AND c.wants_messages AND c.stopped_at IS NULL AND c.email IS NOT NULL
 WHERE e.id = ANY(:entries)
   AND r.status <> 'rejected' AND NOT r.is_demo
   AND CASE e.kind
         WHEN 'received' THEN s.kind <> 'request'
         WHEN 'message' THEN s.kind = 'request' AND e.visibility = 'public' AND e.actor <> 'reporter'
         WHEN 'refused' THEN e.status IS NOT NULL
         ELSE e.kind IN ('status', 'accepted', 'rerouted') END
 ORDER BY e.id, c.id
ON CONFLICT (history_entry_id, contact_id, kind) DO NOTHING
""")  # noqa: S608 - put together from constants

TELL_WEBHOOKS = text("""
INSERT INTO webhook_post (jurisdiction_id, webhook_id, history_entry_id, event)
SELECT e.jurisdiction_id, w.id, e.id, happened.event
  FROM history_entry AS e
  JOIN service_request AS r ON r.id = e.service_request_id
 CROSS JOIN LATERAL (SELECT CASE
         WHEN e.kind = 'received' THEN 'service_request.created'
         WHEN e.kind IN ('routed', 'rerouted') THEN 'service_request.assigned'
         WHEN e.kind IN ('status', 'refused') AND e.status IS NOT NULL
              THEN 'service_request.status_changed' END AS event) AS happened
  JOIN webhook AS w ON w.jurisdiction_id = e.jurisdiction_id AND w.disabled_at IS NULL
   AND w.created_at <= e.occurred_at AND happened.event = ANY(w.events)
 WHERE e.id = ANY(:entries) AND NOT r.is_demo
   AND (r.status <> 'rejected' OR e.status = 'rejected')
 ORDER BY e.id
ON CONFLICT (webhook_id, history_entry_id) DO NOTHING
RETURNING webhook_id
""")

RESCHEDULE = text(f"""
UPDATE delivery SET due_at = {NEXT.format(frequency=":frequency", now="CAST(:now AS timestamptz)")}
  FROM jurisdiction AS j
 WHERE j.id = delivery.jurisdiction_id AND delivery.subscription_id = :subscription
   AND delivery.sent_at IS NULL AND delivery.given_up_at IS NULL AND delivery.message_id IS NULL
""")  # noqa: S608 - put together from constants


def spread(*, window: object, now: datetime) -> tuple[int, set[int]]:
    """Note for one batch of news who is to be told; how many rows it was, and the webhooks that wait now.

    All or nothing, in the caller's transaction: news is gone exactly when its deliveries are there.

    :param window: a timedelta that news waits for more.
    """
    taken = list(session().scalars(TAKE, {"batch": BATCH}))
    if not taken:
        return 0, set()
    values = {"entries": taken, "now": now, "window": window}
    session().execute(TELL_FOLLOWERS, values)
    webhooks = session().scalars(TELL_WEBHOOKS, {"entries": taken})
    return len(taken), set(webhooks)


def reschedule(subscription_id: int, frequency: str, *, window: object, now: datetime) -> None:
    """Move what waits for a follower to the time that their new choice says."""
    values = {
        "subscription": subscription_id,
        "frequency": frequency,
        "window": window,
        "now": now,
    }
    session().execute(RESCHEDULE, values)
