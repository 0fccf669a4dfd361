"""Commands against the tests' own database."""

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from app.cli import main
from app.database import session, transaction
from app.jurisdictions.models import Jurisdiction
from app.routing.models import Asset, GroundImport, RoadSegment


@pytest.fixture
def melde(app):
    """Run a command line on the service's database; the session then sees what it did."""

    def run(*words: object, input: str | None = None, **more: str):
        session().rollback()
        environ = {"MELDE_DATABASE_URL": app.config["SETTINGS"].database_url, **more}
        done = CliRunner().invoke(main, [str(word) for word in words], env=environ, input=input)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert "Traceback" not in done.output
        return done

    return run


@pytest.fixture
def other_jurisdiction(app):
    """The key of a second municipality, which goes again with all that it got."""
    columns = [column.name for column in Jurisdiction.__table__.columns if column.name != "id"]
    with transaction():
        own = session().scalars(select(Jurisdiction).where(Jurisdiction.number == "1505")).one()
        values = {name: getattr(own, name) for name in columns}
        other = Jurisdiction(**values | dict.fromkeys(("number", "slug", "number_prefix"), "1554"))
        session().add(other)
    key = other.id
    yield key
    session().rollback()
    with transaction():
        for table in (RoadSegment, Asset, GroundImport):
            session().execute(delete(table).where(table.jurisdiction_id == key))
        session().execute(delete(Jurisdiction).where(Jurisdiction.id == key))
