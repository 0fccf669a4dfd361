"""When a municipality seals its years."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE jurisdiction ADD COLUMN sealing jsonb;
"""

DOWNGRADE = """
ALTER TABLE jurisdiction DROP COLUMN sealing;
"""


def upgrade() -> None:
    """Add the column."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drop it."""
    op.execute(DOWNGRADE)
