"""Who has a report open now."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE presence (
    service_request_id bigint NOT NULL REFERENCES service_request (id) ON DELETE CASCADE,
    account_id integer NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    jurisdiction_id integer NOT NULL REFERENCES jurisdiction (id),
    seen_at timestamptz NOT NULL,
    is_writing boolean NOT NULL,
    CONSTRAINT pk_presence PRIMARY KEY (service_request_id, account_id)
);
CREATE INDEX ix_presence_account_id ON presence (account_id);
CREATE INDEX ix_presence_seen_at ON presence (seen_at);
"""

DOWNGRADE = """
DROP TABLE presence;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
