"""Alembic's entry: the URL comes from the caller, the tables from the models of every room."""

from alembic import context
from sqlalchemy import create_engine, pool

import app.accounts.models
import app.catalog.models
import app.departments.models
import app.fieldwork.models
import app.forwarding.models
import app.jurisdictions.models
import app.notifications.alert_models
import app.notifications.models
import app.photos.models
import app.places.models
import app.planned_work.models
import app.rate_limits
import app.residents.models
import app.routing.models
import app.service_requests.additions
import app.service_requests.models
import app.statistics.models
import app.texts.models  # noqa: F401
from app.database import Base

NOT_OURS = ("procrastinate_", "spatial_ref_sys", "yearly_count_pkey")


def _ours(_object: object, name: str | None, *_: object) -> bool:
    return not (name or "").startswith(NOT_OURS)


def run() -> None:
    """Migrate in one transaction a step, so that a failed step leaves nothing behind."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _run_on(given)
        return
    engine = create_engine(
        context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        _run_on(connection)


def _run_on(connection: object) -> None:
    context.configure(
        connection=connection,  # type: ignore[arg-type]
        target_metadata=Base.metadata,
        include_object=_ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
