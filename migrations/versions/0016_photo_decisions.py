"""Who of the staff showed or hid a photo, and when."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE service_request_photo
    ADD COLUMN decided_at timestamptz,
    ADD COLUMN account_id integer,
    ADD CONSTRAINT fk_service_request_photo_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE SET NULL;
"""

DOWNGRADE = "ALTER TABLE service_request_photo DROP COLUMN decided_at, DROP COLUMN account_id;"


def upgrade() -> None:
    """Add the columns."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drop them."""
    op.execute(DOWNGRADE)
