"""Rows from the database, a few at a time: memory stays the same however many there are."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select

from app.database import db

AT_A_TIME = 1000


def stream(query: Select[*tuple[Any, ...]]) -> Iterator[Mapping[str, Any]]:
    """The rows through a cursor of the server, in a read-only transaction of its own: one moment's rows.

    The connection is taken when the first row is asked for and given back when the iterator ends or is closed.
    """
    engine = db.engine  # now: there may be no application left when the last row is sent
    return _rows(engine.connect, query)


def _rows(connect: Any, query: Select[*tuple[Any, ...]]) -> Iterator[Mapping[str, Any]]:
    with connect() as connection:
        reading = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True, yield_per=AT_A_TIME
        )
        for batch in reading.execute(query).mappings().partitions():
            yield from batch
