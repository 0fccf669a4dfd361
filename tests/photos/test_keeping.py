"""Photos in the store: files before the row, and after it."""

from datetime import UTC, datetime, timedelta

from app.database import session, transaction
from app.photos.images import SIZES, Cleaned
from app.photos.models import Photo
from app.photos.operations import file_name, keep_cleaned, remove_files, remove_orphans
from app.storage import Store
from tests import stores

s3, store = stores.s3, stores.store
SMALL = Cleaned(width=2, height=1, files={size: b"picture " + size.encode() for size in SIZES})


def names(store: Store) -> list[str]:
    return sorted(kept.name for kept in store.kept())


def test_a_crash_between_files_and_row_leaves_only_what_the_job_removes(app, jurisdiction, store):
    now = datetime.now(UTC)
    keep_cleaned(SMALL, store, jurisdiction.id, now=now)
    session().rollback()  # the process ends here
    assert len(names(store)) == len(SIZES)
    assert session().query(Photo).count() == 0

    with transaction():
        kept = keep_cleaned(SMALL, store, jurisdiction.id, now=now)
    assert remove_orphans(store, now=now) == 0, "somebody may be about to commit"
    assert remove_orphans(store, now=now + timedelta(hours=25)) == 1
    assert names(store) == sorted(file_name(kept.key, size) for size in SIZES)


def test_the_files_of_a_photo_are_removed(app, jurisdiction, store):
    with transaction():
        kept = keep_cleaned(SMALL, store, jurisdiction.id, now=datetime.now(UTC))
    remove_files(store, [kept.key])
    remove_files(store, [kept.key])
    assert names(store) == []


def test_files_that_are_no_photos_are_left_alone(app, jurisdiction, store):
    store.write("open-data/1505/2026-11-22/yearly.csv", b"year", "text/csv")
    assert remove_orphans(store, now=datetime.now(UTC) + timedelta(days=9)) == 0
    assert names(store) == ["open-data/1505/2026-11-22/yearly.csv"]
