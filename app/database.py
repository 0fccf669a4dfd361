"""The database: the declarative base, the session and the only place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ARRAY, DateTime, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, registry

type_map: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    str: Text(),
    list[str]: ARRAY(Text()),
    dict[str, str]: JSONB(),
    dict[str, Any]: JSONB(),
    dict[str, list[str]]: JSONB(),
    list[dict[str, Any]]: JSONB(),
}


class Base(DeclarativeBase):
    """Parent of every table. Datetimes are aware; texts in several languages are JSONB `{language: text}`."""

    registry: ClassVar[registry] = registry(
        type_annotation_map=type_map,
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def session() -> Session:
    """The session of this request, job or command."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: commit when the block ends well, else roll back and pass the error on."""
    current = session()
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise


def driver_connection() -> psycopg.Connection[Any]:
    """The psycopg connection on which the session's open transaction runs."""
    connection = session().connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("the session does not run on psycopg 3")
    return connection
