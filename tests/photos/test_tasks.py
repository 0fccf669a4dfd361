"""The jobs that remove files, as the worker runs them."""

import os
import time
from datetime import UTC, datetime, timedelta

from app.database import session, transaction
from app.jobs import defer
from app.photos.images import SIZES, Cleaned
from app.photos.models import Photo
from app.photos.operations import file_name, keep_cleaned
from app.storage import store_of
from tests.factories import do_jobs

SMALL = Cleaned(width=2, height=1, files=dict.fromkeys(SIZES, b"picture"))


def test_what_nobody_sent_is_gone_after_the_night(app, jurisdiction):
    store = store_of(app.config["SETTINGS"])
    with transaction():
        long_ago = datetime.now(UTC) - timedelta(days=9)
        key = keep_cleaned(SMALL, store, jurisdiction.id, now=long_ago).key
        young = keep_cleaned(SMALL, store, jurisdiction.id, now=datetime.now(UTC)).key
        defer("service_requests.remove_unused_photos")
    do_jobs(app)
    assert session().query(Photo.key).all() == [(young,)]
    assert store.read(file_name(key, "960.jpg")) is None
    assert store.read(file_name(young, "960.jpg")) == b"picture"


def test_files_without_a_row_are_gone_after_the_night(app, jurisdiction):
    settings = app.config["SETTINGS"]
    store = store_of(settings)
    store.write(file_name("ab" * 20, "960.jpg"), b"left over", "image/jpeg")
    yesterday = time.time() - 25 * 3600
    os.utime(settings.instance / "photos" / file_name("ab" * 20, "960.jpg"), (yesterday, yesterday))
    with transaction():
        defer("photos.remove_orphans")
    do_jobs(app)
    assert store.read(file_name("ab" * 20, "960.jpg")) is None
