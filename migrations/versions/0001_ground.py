"""PostGIS, and the job queue's own tables (procrastinate 3.10)."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DROP_QUEUE = """
DO $$
DECLARE thing record;
BEGIN
    FOR thing IN SELECT oid::regclass AS name FROM pg_class
                  WHERE relkind = 'r' AND relname LIKE 'procrastinate\\_%' AND relnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP TABLE %s CASCADE', thing.name); END LOOP;
    FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc
                  WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP FUNCTION %s CASCADE', thing.name); END LOOP;
    FOR thing IN SELECT oid::regtype AS name FROM pg_type
                  WHERE typtype IN ('e', 'c') AND typname LIKE 'procrastinate\\_%'
                    AND typnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP TYPE IF EXISTS %s CASCADE', thing.name); END LOOP;
END $$
"""


def upgrade() -> None:
    """PostGIS first: the installation may have made the extension already."""
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    connection = op.get_bind().connection.driver_connection
    connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    """Drop the queue. The extension stays: others may use it."""
    op.execute(DROP_QUEUE)
