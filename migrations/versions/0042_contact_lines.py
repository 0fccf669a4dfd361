"""Opening hours and numbers to call."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE jurisdiction
    ADD COLUMN opening_hours jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN preliminary_days integer DEFAULT 21,
    ADD COLUMN contact_version integer NOT NULL DEFAULT 1;
"""

DOWNGRADE = """
ALTER TABLE jurisdiction
    DROP COLUMN contact_version,
    DROP COLUMN preliminary_days,
    DROP COLUMN opening_hours;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
