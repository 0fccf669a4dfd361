"""Whether somebody has shown that an account's address is theirs; the words of letters kept as notes can go."""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE account ADD COLUMN has_proved_address boolean NOT NULL DEFAULT true;
UPDATE account
   SET has_proved_address = false
 WHERE password_hash IS NULL
   AND EXISTS (SELECT FROM account_identity AS tie WHERE tie.account_id = account.id)
   AND NOT EXISTS (SELECT FROM account_key AS key
                    WHERE key.account_id = account.id AND key.purpose = 'invitation');
DROP INDEX uq_account_email;
CREATE UNIQUE INDEX uq_account_email ON account (lower(email)) WHERE has_proved_address;
CREATE OR REPLACE FUNCTION refuse_change_of_history() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.account_id IS NULL
       AND to_jsonb(NEW) - 'account_id' = to_jsonb(OLD) - 'account_id' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.actor = 'reporter' OR OLD.data ->> 'told_by' = 'reporter') AND NEW.message IS NULL
       AND to_jsonb(NEW) - 'message' = to_jsonb(OLD) - 'message' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
"""

DOWNGRADE = """
DROP INDEX uq_account_email;
CREATE UNIQUE INDEX uq_account_email ON account (lower(email));
ALTER TABLE account DROP COLUMN has_proved_address;
CREATE OR REPLACE FUNCTION refuse_change_of_history() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.account_id IS NULL
       AND to_jsonb(NEW) - 'account_id' = to_jsonb(OLD) - 'account_id' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.actor = 'reporter' AND NEW.message IS NULL
       AND to_jsonb(NEW) - 'message' = to_jsonb(OLD) - 'message' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
