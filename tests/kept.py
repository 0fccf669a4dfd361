"""What tests change of the set-up and put back: the other tests count on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, insert, select

from app.database import Base, session, transaction


@contextmanager
def put_back(*models: type[Base]) -> Iterator[None]:
    """Whatever happens to the rows of these tables within: afterwards they are as before.

    :param models: those that others refer to first.
    """
    tables = [model.__table__ for model in models]
    rows = {table: session().execute(select(table)).mappings().all() for table in tables}
    session().rollback()
    try:
        yield
    finally:
        session().rollback()
        with transaction() as current:
            for table in reversed(tables):
                current.execute(delete(table))
            for table in tables:
                if rows[table]:
                    current.execute(insert(table), [dict(row) for row in rows[table]])
