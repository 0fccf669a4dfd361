"""The two kinds of store, the bucket on a real S3 server over HTTP on this machine."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from app.settings import read_settings
from app.storage import Store, store_of

KEYS = {"MELDE_PHOTO_STORE_KEY": "key", "MELDE_PHOTO_STORE_SECRET": "secret"}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return store_of(read_settings({"MELDE_PHOTO_STORE": str(tmp_path / "photos")}))
    address, bucket = request.getfixturevalue("s3"), f"bucket-{time.monotonic_ns()}"
    assert httpx.put(f"{address}/{bucket}").status_code == 200
    given = {"MELDE_PHOTO_STORE": f"s3://{bucket}/melde", "MELDE_PHOTO_STORE_ENDPOINT": address}
    return store_of(read_settings(given | KEYS))
