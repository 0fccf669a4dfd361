"""A stop of a round is done when its job is: closed, with another department, or back at the desk."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FUNCTION = """
CREATE FUNCTION tick_stops() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.department_id <> OLD.department_id
        OR NEW.status NOT IN ('received', 'assessing', 'assigned', 'planned', 'in_progress')
        OR (NEW.status = 'assessing' AND OLD.status IN ('assigned', 'planned', 'in_progress'))
    THEN
        UPDATE round_stop SET state = 'done', ticked_at = NEW.updated_at, ticked_by_id = NULL
            WHERE service_request_id = NEW.id AND state = 'waiting';
    END IF;
    RETURN NULL;
END
$$;
"""

TRIGGER = """
CREATE TRIGGER tick_stops AFTER UPDATE OF status, department_id ON service_request FOR EACH ROW
    WHEN (OLD.status <> NEW.status OR OLD.department_id <> NEW.department_id)
    EXECUTE FUNCTION tick_stops();
"""


def upgrade() -> None:
    """Make the trigger."""
    op.execute(FUNCTION)
    op.execute(TRIGGER)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TRIGGER tick_stops ON service_request; DROP FUNCTION tick_stops();")
