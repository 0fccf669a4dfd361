"""Sending a photo: by itself as JSON's companion, and fetching it again."""

import io
from typing import Any

import pytest

from app.database import session
from app.photos.images import MAX_BYTES, SIZES
from app.photos.models import Photo
from app.photos.views import MAX_FORM_BYTES, SomeRefused, taken

from .samples import MARKS, jpeg

URL = "/api/v1/photos"


def sent(client, content: bytes | None = None, name: str = "IMG_1.HEIC") -> Any:
    return client.post(URL, data={"photo": (io.BytesIO(content or jpeg()), name)})


def test_a_photo_is_kept_and_can_be_fetched_in_every_size(client):
    answer = sent(client)
    assert answer.status_code == 201
    body = answer.json
    assert (body["width"], body["height"]) == (60, 40)
    assert len(body["key"]) == 40
    assert body["url"] == f"/bilder/{body['key']}/320.webp"
    for size, media_type in SIZES.items():
        file = client.get(f"/bilder/{body['key']}/{size}")
        assert (file.status_code, file.content_type) == (200, media_type)
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in file.headers["Cache-Control"]
        is_for_letters = size == "960.jpg"
        assert is_for_letters is ("Cross-Origin-Resource-Policy" not in file.headers)
        assert [mark for mark in MARKS if mark in file.data] == []


def test_who_has_the_photo_is_spared_the_bytes(client):
    url = sent(client).json["url"]
    etag = client.get(url).headers["ETag"]
    again = client.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("size", ["9999.webp", "320.png", "..%2f320.webp"])
def test_no_other_size_is_there(client, size):
    key = sent(client).json["key"]
    assert client.get(f"/bilder/{key}/{size}").status_code == 404


def test_a_key_that_nobody_has_is_not_there(client):
    assert client.get(f"/bilder/{'a' * 40}/320.webp").status_code == 404


def test_a_photo_whose_file_is_gone_is_not_there(client, whole_app):
    body = sent(client).json
    for file in (whole_app.config["SETTINGS"].instance / "photos").glob(f"*/*/{body['key']}/*"):
        file.unlink()
    assert client.get(body["url"]).status_code == 404


def test_what_is_no_photo_is_refused_in_words(client):
    answer = sent(client, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.jpg")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert "JPEG" in answer.json["errors"]["photo"][0]
    assert session().query(Photo).count() == 0


def test_a_form_without_a_photo_is_told_so(client):
    answer = client.post(URL, data={"other": "x"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "photo" in answer.json["errors"]


def test_json_is_refused(client):
    answer = client.post(URL, json={"photo": "x"})
    assert answer.status_code == 415
    assert "multipart" in answer.json["detail"]


def test_too_large_a_body_is_refused_in_words(client):
    answer = sent(client, b"\xff\xd8\xff" + bytes(MAX_BYTES + 300 * 1024))
    assert answer.status_code == 413
    assert "15 MB" in answer.json["detail"]


def test_too_many_photos_from_one_address_are_refused(client, app, monkeypatch):
    from dataclasses import replace

    few = replace(app.config["SETTINGS"], photo_limit="2 per minute")
    monkeypatch.setitem(app.config, "SETTINGS", few)
    assert [sent(client).status_code for _ in range(3)] == [201, 201, 429]


class File:
    def __init__(self, content: bytes, name: str = "a.jpg") -> None:
        self.filename: str | None = name
        self.content = content

    def read(self) -> bytes:
        return self.content


@pytest.fixture
def visiting(app, jurisdiction):
    """Within a request to the municipality."""
    with app.test_request_context("/"):
        app.preprocess_request()
        yield


@pytest.mark.usefixtures("visiting")
def test_a_form_names_photos_and_brings_some():
    first = taken("", [File(jpeg())])
    both = taken(",".join(first), [File(jpeg()), File(b"", "")])
    assert both[0] == first[0]
    assert len(both) == 2
    assert taken(",".join(both), [], removed=[both[0]]) == both[1:]


@pytest.mark.usefixtures("visiting")
def test_what_is_good_among_a_forms_photos_is_kept():
    with pytest.raises(SomeRefused) as caught:
        taken("", [File(jpeg()), File(b"text", "notes.txt")])
    assert "notes.txt" in caught.value.errors["photos"]
    assert taken(",".join(caught.value.keys), []) == caught.value.keys != ()


@pytest.mark.usefixtures("visiting")
def test_a_form_takes_five_photos_and_says_so():
    five = taken("", [File(jpeg()) for _ in range(5)])
    assert len(five) == 5
    with pytest.raises(SomeRefused) as caught:
        taken(",".join(five), [File(jpeg())])
    assert "5" in caught.value.errors["photos"]
    assert caught.value.keys == five


@pytest.mark.usefixtures("visiting")
def test_keys_that_nobody_has_are_left_out_and_spoken_of():
    (kept,) = taken("", [File(jpeg())])
    with pytest.raises(SomeRefused) as caught:
        taken(f"nonsense,<script>,{kept},", [])
    assert caught.value.keys == (kept,)


def test_five_large_photos_fit_one_form():
    assert MAX_FORM_BYTES > 5 * MAX_BYTES
