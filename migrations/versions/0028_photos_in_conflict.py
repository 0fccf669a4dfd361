"""A photo may be kept longer than others before it belongs to a report: while a conflict is decided."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE photo ADD COLUMN kept_until timestamptz")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE photo DROP COLUMN kept_until")
