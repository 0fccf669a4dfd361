"""When a municipality seals its years, and whether it was told that a sealed year became public."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE jurisdiction ADD COLUMN sealing jsonb;
ALTER TABLE sealed_year ADD COLUMN announced_at timestamp with time zone;
"""

DOWNGRADE = """
ALTER TABLE sealed_year DROP COLUMN announced_at;
ALTER TABLE jurisdiction DROP COLUMN sealing;
"""


def upgrade() -> None:
    """Add the columns."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drop them."""
    op.execute(DOWNGRADE)
