"""The licence of a municipality's open data."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE jurisdiction
    ADD COLUMN licence text NOT NULL DEFAULT 'NLOD-2.0',
    ADD CONSTRAINT ck_jurisdiction_licence CHECK (licence IN ('NLOD-2.0', 'CC-BY-4.0'));
ALTER TABLE jurisdiction ALTER COLUMN licence DROP DEFAULT;
"""

DOWNGRADE = """
ALTER TABLE jurisdiction DROP COLUMN licence;
"""


def upgrade() -> None:
    """Add the column."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drop it."""
    op.execute(DOWNGRADE)
