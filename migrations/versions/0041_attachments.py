"""Files that the desk adds to a report."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE attachment (
    id bigserial NOT NULL,
    jurisdiction_id integer NOT NULL REFERENCES jurisdiction (id),
    service_request_id bigint NOT NULL REFERENCES service_request (id) ON DELETE CASCADE,
    key uuid NOT NULL,
    file_name text NOT NULL,
    media_type text NOT NULL,
    size_bytes integer NOT NULL,
    sha256 bytea NOT NULL,
    added_at timestamptz NOT NULL,
    account_id integer REFERENCES account (id) ON DELETE SET NULL,
    CONSTRAINT pk_attachment PRIMARY KEY (id),
    CONSTRAINT uq_attachment_key UNIQUE (key)
);
CREATE INDEX ix_attachment_service_request_id ON attachment (service_request_id);
"""

DOWNGRADE = """
DROP TABLE attachment;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
