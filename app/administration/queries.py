"""What the administrators' pages read of the reports: how often people overrode a rule."""

from datetime import datetime

from sqlalchemy import text

from app.database import session

_OVERRIDES = text("""
SELECT CAST(history_entry.data ->> 'rule' AS integer) AS rule_id,
       count(*) FILTER (WHERE history_entry.kind = 'routed') AS decided,
       count(*) FILTER (WHERE history_entry.kind <> 'routed') AS overridden
  FROM history_entry
 WHERE history_entry.jurisdiction_id = :jurisdiction_id AND history_entry.occurred_at >= :since
   AND history_entry.kind IN ('routed', 'rerouted', 'refused')
   AND history_entry.data ->> 'rule' IS NOT NULL
 GROUP BY 1
""")


def override_shares(jurisdiction_id: int, since: datetime) -> dict[int, tuple[int, int]]:
    """By rule: how many reports it has sent somewhere since then, and how many times people undid that,
    by sending a report elsewhere or refusing it. Rules that did nothing are not there.
    """
    values = {"jurisdiction_id": jurisdiction_id, "since": since}
    return {
        row.rule_id: (row.decided, row.overridden) for row in session().execute(_OVERRIDES, values)
    }
