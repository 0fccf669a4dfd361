"""Who works on a report, and since when it waits for its reporter."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE service_request ADD COLUMN assignee_id integer REFERENCES account (id) ON DELETE SET NULL;
ALTER TABLE service_request ADD COLUMN waiting_since timestamptz;
CREATE INDEX ix_service_request_assignee ON service_request (assignee_id) WHERE assignee_id IS NOT NULL;
"""

DOWNGRADE = """
DROP INDEX ix_service_request_assignee;
ALTER TABLE service_request DROP COLUMN waiting_since;
ALTER TABLE service_request DROP COLUMN assignee_id;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
