"""Words of categories that can be changed in the browser."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE service_group
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN is_edited boolean NOT NULL DEFAULT false;
"""

DOWNGRADE = """
ALTER TABLE service_group DROP COLUMN is_edited, DROP COLUMN version;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
