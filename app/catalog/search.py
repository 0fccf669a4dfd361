"""Finding a service by the words people use: full text with stemming, and trigrams against slips of the finger.

`service_term` holds every name, keyword and description in each language; `rebuild` fills it from the
catalogue. Bokmål and nynorsk are stemmed as Norwegian and found by each other's words.
"""

import re
from dataclasses import dataclass

from sqlalchemy import text

from app.database import session
from app.i18n import localised

MOST_WORDS = 40
"""So many words of a long description are looked at."""
LEAST_SIMILAR = 0.4
LEAST_SCORE = 0.05
"""Weaker than this is chance."""

_REBUILD = (
    text("DELETE FROM service_term WHERE jurisdiction_id = :jurisdiction_id"),
    text("""
INSERT INTO service_term (jurisdiction_id, service_id, language, weight, term)
SELECT service.jurisdiction_id, service.id, told.language, told.weight, lower(told.term)
  FROM service
  JOIN service_group ON service_group.id = service.group_id
 CROSS JOIN LATERAL (
       SELECT name.key AS language, 1.0 AS weight, name.value AS term
         FROM jsonb_each_text(service.name) AS name
    UNION ALL
       SELECT words.key, 0.9, word.value
         FROM jsonb_each(service.keywords) AS words
        CROSS JOIN LATERAL jsonb_array_elements_text(words.value) AS word
    UNION ALL
       SELECT said.key, 0.4, said.value FROM jsonb_each_text(service.description) AS said
    UNION ALL
       SELECT named.key, 0.5, named.value FROM jsonb_each_text(service_group.name) AS named) AS told
 WHERE service.jurisdiction_id = :jurisdiction_id
"""),
)

_SEARCH = text("""
WITH asked AS MATERIALIZED (
     SELECT word, at, CASE WHEN :language = 'en' THEN english ELSE norwegian END AS own,
            english, norwegian
       FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS given (word, at)
      CROSS JOIN LATERAL (SELECT plainto_tsquery('english', word) AS english,
                                 plainto_tsquery('norwegian', word) AS norwegian) AS query),
found AS (
     SELECT asked.word, term.service_id,
            max(term.weight
                * CASE WHEN term.language = :language THEN 1 ELSE 0.8 END
                * CASE WHEN term.words @@ CASE term.language WHEN 'en' THEN asked.english
                                                             ELSE asked.norwegian END THEN 1
                       ELSE 0.75 * word_similarity(asked.word, term.term) END) AS score
       FROM asked
       JOIN service_term AS term
         ON term.words @@ asked.norwegian OR term.words @@ asked.english OR term.term %> asked.word
      WHERE term.jurisdiction_id = :jurisdiction_id AND numnode(asked.own) > 0
      GROUP BY asked.word, term.service_id),
weighed AS (
     SELECT service_id, score / power(count(*) OVER (PARTITION BY word), 0.75) AS score FROM found)
SELECT service.code, service.name, service.description, service_group.code AS group_code,
       service_group.name AS group_name, sum(weighed.score) AS score
  FROM weighed
  JOIN service ON service.id = weighed.service_id AND service.is_active
  JOIN service_group ON service_group.id = service.group_id
 GROUP BY service.id, service_group.id
HAVING sum(weighed.score) > :least
 ORDER BY sum(weighed.score) DESC, service_group.rank, service.rank
 LIMIT :limit
""")


@dataclass(frozen=True, kw_only=True)
class Match:
    """A service that fits, in the language in use. A higher score fits better."""

    code: str
    name: str
    description: str
    group_code: str
    group_name: str
    score: float


def services_for(jurisdiction_id: int, words: str, language: str, limit: int = 5) -> list[Match]:
    """The services in use that fit a few words or a whole description, best first."""
    asked = list(dict.fromkeys(re.findall(r"[^\W_]{2,}", words.lower())))[:MOST_WORDS]
    if not asked:
        return []
    similar = text("SELECT set_config('pg_trgm.word_similarity_threshold', :least, true)")
    session().execute(similar, {"least": str(LEAST_SIMILAR)})
    values = {
        "words": asked,
        "jurisdiction_id": jurisdiction_id,
        "language": language,
        "least": LEAST_SCORE,
        "limit": limit,
    }
    return [
        Match(
            code=row.code,
            name=localised(row.name),
            description=localised(row.description),
            group_code=row.group_code,
            group_name=localised(row.group_name),
            score=float(row.score),
        )
        for row in session().execute(_SEARCH, values)
    ]


def rebuild(jurisdiction_id: int) -> None:
    """Fill the table of terms from the catalogue as it is now."""
    session().flush()
    for statement in _REBUILD:
        session().execute(statement, {"jurisdiction_id": jurisdiction_id})
