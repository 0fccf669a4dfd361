"""Letters that came in."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE incoming_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    jurisdiction_id integer NOT NULL REFERENCES jurisdiction (id),
    mailbox text NOT NULL,
    key bytea NOT NULL,
    sender_mark bytea,
    received_at timestamptz NOT NULL,
    state text NOT NULL,
    reason text,
    contact_id bigint REFERENCES contact (id) ON DELETE SET NULL,
    service_request_id bigint REFERENCES service_request (id) ON DELETE SET NULL,
    message_id text,
    subject text,
    words text,
    photos text[] NOT NULL,
    left_out text[] NOT NULL,
    answer text,
    decided_at timestamptz,
    account_id integer REFERENCES account (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX ux_incoming_letter_key ON incoming_letter (jurisdiction_id, key);
CREATE INDEX ix_incoming_letter_waiting ON incoming_letter (jurisdiction_id, id) WHERE state = 'waiting';
CREATE INDEX ix_incoming_letter_sender ON incoming_letter (jurisdiction_id, sender_mark, received_at);
CREATE INDEX ix_incoming_letter_contact ON incoming_letter (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX ix_incoming_letter_request ON incoming_letter (service_request_id)
    WHERE service_request_id IS NOT NULL;
CREATE INDEX ix_incoming_letter_received ON incoming_letter (received_at);
"""

DOWNGRADE = """
DROP TABLE incoming_letter;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
