"""What is imported is no news: nobody is told of what happened elsewhere."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

UPGRADE = """
DROP TRIGGER note_news ON history_entry;
CREATE TRIGGER note_news AFTER INSERT ON history_entry
    FOR EACH ROW WHEN (NEW.occurred_at > now() - interval '2 days' AND NOT NEW.data ? 'import')
    EXECUTE FUNCTION note_news();
"""

DOWNGRADE = """
DROP TRIGGER note_news ON history_entry;
CREATE TRIGGER note_news AFTER INSERT ON history_entry
    FOR EACH ROW WHEN (NEW.occurred_at > now() - interval '2 days') EXECUTE FUNCTION note_news();
"""


def upgrade() -> None:
    """Leave imported rows of history out."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Note every row again."""
    op.execute(DOWNGRADE)
