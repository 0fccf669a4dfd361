"""Words that anyone reads only when someone has looked."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE service ADD COLUMN description_needs_look boolean NOT NULL DEFAULT false;
ALTER TABLE service_request
    ADD COLUMN description_state text NOT NULL DEFAULT 'waiting',
    ADD COLUMN description_decided_at timestamptz,
    ADD COLUMN description_decided_by_id integer REFERENCES account (id) ON DELETE SET NULL,
    ADD CONSTRAINT ck_service_request_description_state
        CHECK (description_state IN ('waiting', 'shown', 'hidden'));
-- What everybody could read until now stays so.
UPDATE service_request SET description_state = 'shown'
FROM service WHERE service.id = service_request.service_id AND service.description_is_public;
"""

DOWNGRADE = """
ALTER TABLE service_request
    DROP CONSTRAINT ck_service_request_description_state,
    DROP COLUMN description_decided_by_id,
    DROP COLUMN description_decided_at,
    DROP COLUMN description_state;
ALTER TABLE service DROP COLUMN description_needs_look;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
