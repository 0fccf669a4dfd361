"""What anyone may know of the places of reports at private addresses, after the roads have changed."""

from sqlalchemy import text

from app.database import session

JOB = "service_requests.renew_public_places"
AT_ONCE = 1000

_RENEW = text("""
WITH looked AS (
    SELECT request.id, request.public_position, request.public_place_text,
           street_place(request.jurisdiction_id, request.position) AS place
      FROM service_request AS request
      JOIN service ON service.id = request.service_id AND service.position_precision = 'street'
     WHERE request.jurisdiction_id = :jurisdiction AND request.id > :after
     ORDER BY request.id LIMIT :number),
renewed AS (
    UPDATE service_request AS request SET public_position = NULL
      FROM looked
     WHERE request.id = looked.id AND (looked.public_position IS DISTINCT FROM looked.place
        OR looked.public_place_text IS DISTINCT FROM
           street_words(request.jurisdiction_id, request.place_text, looked.place)))
SELECT max(id) FROM looked
""")


def renew_some(jurisdiction_id: int, after: int) -> int | None:
    """Renew the public places of some reports past this key; the last one's key, None when there are no more.

    A trigger finds the place. Reports whose place stays are not touched.
    """
    values = {"jurisdiction": jurisdiction_id, "after": after, "number": AT_ONCE}
    last: int | None = session().scalar(_RENEW, values)
    return last
