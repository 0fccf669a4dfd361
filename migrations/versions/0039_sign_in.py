"""How people sign in, and who may."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE account
    ADD COLUMN name text NOT NULL DEFAULT '',
    ADD COLUMN totp_sealed text,
    ADD COLUMN totp_since timestamptz,
    ADD COLUMN totp_last_step bigint NOT NULL DEFAULT 0;
ALTER TABLE membership ADD COLUMN provider text;
CREATE TABLE account_key (
    id uuid NOT NULL,
    account_id integer NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    jurisdiction_id integer NOT NULL REFERENCES jurisdiction (id),
    purpose text NOT NULL,
    language text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT pk_account_key PRIMARY KEY (id),
    CONSTRAINT ck_account_key_purpose CHECK (purpose IN ('invitation', 'reset'))
);
CREATE INDEX ix_account_key_account_id ON account_key (account_id);
CREATE TABLE recovery_code (
    account_id integer NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    used_at timestamptz,
    CONSTRAINT pk_recovery_code PRIMARY KEY (account_id, code_hash)
);
CREATE TABLE account_identity (
    subject text NOT NULL,
    account_id integer NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    provider text NOT NULL,
    session text,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_account_identity PRIMARY KEY (subject)
);
CREATE INDEX ix_account_identity_account_id ON account_identity (account_id);
CREATE TABLE claim_role (
    id serial NOT NULL,
    jurisdiction_id integer NOT NULL REFERENCES jurisdiction (id),
    provider text NOT NULL,
    value text NOT NULL,
    department_id integer REFERENCES department (id),
    role text NOT NULL,
    CONSTRAINT pk_claim_role PRIMARY KEY (id),
    CONSTRAINT uq_claim_role_jurisdiction_id_provider_value_department_id_role
        UNIQUE NULLS NOT DISTINCT (jurisdiction_id, provider, value, department_id, role)
);
CREATE TABLE sign_in_event (
    id bigserial NOT NULL,
    account_id integer NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    way text NOT NULL,
    outcome text NOT NULL,
    device text NOT NULL,
    CONSTRAINT pk_sign_in_event PRIMARY KEY (id)
);
CREATE INDEX ix_sign_in_event_account_id ON sign_in_event (account_id, id);
CREATE INDEX ix_sign_in_event_at ON sign_in_event (at);
"""

DOWNGRADE = """
DROP TABLE sign_in_event;
DROP TABLE claim_role;
DROP TABLE account_identity;
DROP TABLE recovery_code;
DROP TABLE account_key;
ALTER TABLE membership DROP COLUMN provider;
ALTER TABLE account
    DROP COLUMN totp_last_step,
    DROP COLUMN totp_since,
    DROP COLUMN totp_sealed,
    DROP COLUMN name;
"""


def upgrade() -> None:
    """Make what is new."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Take it away."""
    op.execute(DOWNGRADE)
