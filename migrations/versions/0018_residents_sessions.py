"""Sessions of residents, sealed with what only their browser holds."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE resident_session (
    key bytea NOT NULL,
    jurisdiction_id integer NOT NULL,
    provider_session bytea,
    link bytea,
    sealed text,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT pk_resident_session PRIMARY KEY (key),
    CONSTRAINT uq_resident_session_link UNIQUE (link),
    CONSTRAINT fk_resident_session_jurisdiction_id FOREIGN KEY(jurisdiction_id) REFERENCES jurisdiction (id)
);
CREATE INDEX ix_resident_session_provider_session ON resident_session (provider_session);
CREATE INDEX ix_resident_session_started_at ON resident_session (started_at);
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drop it: everyone signs in anew."""
    op.execute("DROP TABLE resident_session")
