"""What is kept, and for how long."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE jurisdiction
    ADD COLUMN keep_contact_days integer DEFAULT 90,
    ADD COLUMN keep_photo_days integer DEFAULT 365,
    ADD COLUMN keep_text_days integer DEFAULT 730;
CREATE TABLE retention_run (
    id serial NOT NULL,
    jurisdiction_id integer NOT NULL REFERENCES jurisdiction (id),
    ran_at timestamptz NOT NULL,
    contacts integer NOT NULL,
    photos integer NOT NULL,
    texts integer NOT NULL,
    CONSTRAINT pk_retention_run PRIMARY KEY (id)
);
CREATE INDEX ix_retention_run_newest ON retention_run (jurisdiction_id, id);
CREATE INDEX ix_service_request_closed ON service_request (jurisdiction_id, closed_at)
    WHERE closed_at IS NOT NULL;
"""

DOWNGRADE = """
DROP INDEX ix_service_request_closed;
DROP TABLE retention_run;
ALTER TABLE jurisdiction
    DROP COLUMN keep_text_days,
    DROP COLUMN keep_photo_days,
    DROP COLUMN keep_contact_days;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
