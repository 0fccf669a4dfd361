"""Alerts about danger: which device has got which, and the language of those who asked for them."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE account ADD COLUMN alert_language text NOT NULL DEFAULT 'nb';
ALTER TABLE account ALTER COLUMN alert_language DROP DEFAULT;
CREATE TABLE alert_push (
    alert_id bigint NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
    device_id uuid NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    jurisdiction_id integer NOT NULL REFERENCES jurisdiction (id),
    tries integer NOT NULL,
    due_at timestamptz NOT NULL,
    sent_at timestamptz,
    given_up_at timestamptz,
    CONSTRAINT pk_alert_push PRIMARY KEY (alert_id, device_id)
);
CREATE INDEX ix_alert_push_device_id ON alert_push (device_id);
"""

DOWNGRADE = """
DROP TABLE alert_push;
ALTER TABLE account DROP COLUMN alert_language;
"""


def upgrade() -> None:
    """Make the table and the column."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drop them."""
    op.execute(DOWNGRADE)
