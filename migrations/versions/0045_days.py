"""Days as a service counts them, and those that were waited for an answer."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE service ADD COLUMN counts_calendar_days boolean NOT NULL DEFAULT false;
ALTER TABLE service_request ADD COLUMN waited_days smallint NOT NULL DEFAULT 0;
"""

DOWNGRADE = """
ALTER TABLE service_request DROP COLUMN waited_days;
ALTER TABLE service DROP COLUMN counts_calendar_days;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
