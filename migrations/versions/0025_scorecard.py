"""Indicators: from where a value is close to its band, and what goes on where a series ends."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE indicator_series
    ADD COLUMN target_near numeric,
    ADD COLUMN measured_by text;
"""

DOWNGRADE = """
ALTER TABLE indicator_series DROP COLUMN target_near, DROP COLUMN measured_by;
"""


def upgrade() -> None:
    """Add the columns."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drop them."""
    op.execute(DOWNGRADE)
