"""The client of NVDB against a local server that pages, and breaks, like it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.geo import nvdb as client
from app.geo.nvdb import ATTEMPTS, NvdbAway, fetch

from ..servers import nvdb


def fetched(database, **options):
    """What came, and how long was waited before each further attempt."""
    waited: list[float] = []
    pages = fetch(database.url, "1505", sleep=waited.append, **options)
    return [item for page in pages for item in page.objects], waited


def test_all_pages_come_in_order_until_an_empty_one():
    with nvdb(segments=[1, 2, 3, 4, 5]) as database:
        assert fetched(database) == ([1, 2, 3, 4, 5], [])
    assert [query.get("start") for _, query, _ in database.asked] == [None, ["2"], ["4"], ["6"]]


def test_nvdb_is_told_who_asks_and_for_what():
    with nvdb(segments=[1]) as database:
        fetched(database, contact="drift@example.org")
    path, query, headers = database.asked[0]
    assert path == "/vegnett/api/v4/veglenkesekvenser/segmentert"
    assert query["kommune"] == ["1505"]
    assert query["srid"] == ["5973"]
    assert headers["X-Client"] == "melde-feil-i-gata-mi"
    assert headers["X-Kontaktperson"] == "drift@example.org"
    assert headers["Accept"] == "application/json"


def test_without_a_contact_none_is_sent():
    with nvdb(segments=[1]) as database:
        fetched(database)
    assert "X-Kontaktperson" not in database.asked[0][2]


@pytest.mark.parametrize("fault", ["500", "503", "408", "cut", "hang up", "html"])
def test_a_broken_page_is_asked_for_again_and_again_later(fault):
    with nvdb(segments=[1, 2, 3], faults={1: [fault, fault]}) as database:
        assert fetched(database) == ([1, 2, 3], [1, 2])


def test_too_many_requests_waits_as_long_as_asked():
    with nvdb(segments=[1, 2, 3], faults={0: ["429"]}) as database:
        assert fetched(database) == ([1, 2, 3], [7])


def test_a_page_that_stays_broken_ends_it_with_what_happened():
    with (
        nvdb(segments=[1, 2, 3], faults={1: ["500"] * ATTEMPTS}) as database,
        pytest.raises(NvdbAway, match=r"answered 500 \(5 attempts\)"),
    ):
        fetched(database)


def test_a_refusal_is_not_repeated():
    with (
        nvdb(segments=[1], faults={0: ["400"]}) as database,
        pytest.raises(NvdbAway, match=r"answered 400: .*Noe gikk galt"),
    ):
        fetched(database)
    assert len(database.asked) == 1


def test_nobody_there_is_told():
    with pytest.raises(NvdbAway, match="did not answer"):
        list(fetch("http://127.0.0.1:9", "1505", sleep=lambda seconds: None))


def test_pages_that_lead_in_circles_end():
    with (
        nvdb(segments=[1, 2, 3], repeats_itself=True) as database,
        pytest.raises(NvdbAway, match="repeats itself"),
    ):
        fetched(database)
    assert len(database.asked) < 5


def test_fewer_segments_than_announced_are_refused():
    with (
        nvdb(segments=[1, 2, 3], announced=100) as database,
        pytest.raises(NvdbAway, match="announced 100 segments and sent only 3"),
    ):
        fetched(database)


@pytest.mark.parametrize(("written", "seconds"), [("12", 12), ("", None), ("soon", None)])
def test_retry_after_is_read(written, seconds):
    response = client.httpx.Response(429, headers={"Retry-After": written})
    assert client._retry_after(response) == seconds


def test_retry_after_may_be_a_date():
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=60))
    response = client.httpx.Response(429, headers={"Retry-After": moment})
    assert client._retry_after(response) == pytest.approx(60, abs=5)
