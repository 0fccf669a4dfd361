"""Public places: streets without house numbers, and distances from what anyone may know."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UPGRADE = """
-- The words of a place without the house: the street of an address, a street or one of the municipality's own
-- place names as they are. Of any other name (a farm, a house) nothing is left.
CREATE FUNCTION street_words(jurisdiction integer, words text, near geometry) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN $2 ~ '\\s\\d+\\s*[[:alpha:]]?$' THEN regexp_replace($2, '\\s+\\d+\\s*[[:alpha:]]?$', '')
        WHEN EXISTS (SELECT FROM place WHERE jurisdiction_id = $1 AND name = $2)
          OR EXISTS (SELECT FROM road_segment WHERE jurisdiction_id = $1 AND street_name = $2
                        AND ST_DWithin(line, $3::geography, 2000)) THEN $2
        END
$$;

ALTER TABLE service_request ADD COLUMN public_place_text text;

-- Runs after place_on_map, by its name.
CREATE FUNCTION public_words() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT position_precision FROM service WHERE id = NEW.service_id) = 'street' THEN
        NEW.public_place_text := street_words(NEW.jurisdiction_id, NEW.place_text, NEW.public_position);
    ELSE
        NEW.public_place_text := NEW.place_text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER public_words
    BEFORE INSERT OR UPDATE OF place_text, public_place_text, position, public_position, jurisdiction_id, service_id
    ON service_request FOR EACH ROW EXECUTE FUNCTION public_words();
UPDATE service_request SET public_place_text = NULL WHERE place_text IS NOT NULL;

DROP INDEX ix_service_request_near;
CREATE INDEX ix_service_request_near ON service_request USING gist ((public_position::geography)) WHERE on_map;
"""

DOWNGRADE = """
DROP INDEX ix_service_request_near;
CREATE INDEX ix_service_request_near ON service_request USING gist ((position::geography)) WHERE on_map;
DROP TRIGGER public_words ON service_request;
DROP FUNCTION public_words;
ALTER TABLE service_request DROP COLUMN public_place_text;
DROP FUNCTION street_words;
"""


def upgrade() -> None:
    """Create the words, and the index over public places."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Drop them."""
    op.execute(DOWNGRADE)
