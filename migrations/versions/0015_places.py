"""Answers of Kartverket that are kept for a while."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE place_answer (
    jurisdiction_id integer NOT NULL,
    question bytea NOT NULL,
    hits jsonb NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT pk_place_answer PRIMARY KEY (jurisdiction_id, question),
    CONSTRAINT fk_place_answer_jurisdiction_id FOREIGN KEY(jurisdiction_id) REFERENCES jurisdiction (id)
);
CREATE INDEX ix_place_answer_asked_at ON place_answer (asked_at);
"""

DOWNGRADE = "DROP TABLE place_answer;"


def upgrade() -> None:
    """Create the table."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drop it."""
    op.execute(DOWNGRADE)
