"""The addresses of the datasets: pages, versions, compression, and transfers that break."""

import csv
import gzip
import io
import json
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from sqlalchemy import text

from app.database import db, session, transaction
from app.open_data import sending, streaming, versions
from app.open_data.datasets import DATASETS
from app.service_requests.status import Status
from app.statistics.models import FigureRevision, SealedYear
from tests.factories import GRIP, HARBOUR, TOWN, actor, changed, staff, submitted

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
BASE = "/api/v1/datasets"
REPORTS = f"{BASE}/service-requests"


def lines(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


def numbers(answer) -> list[str]:
    return [line["number"] for line in lines(answer)]


@pytest.fixture
def seven(jurisdiction):
    places = (TOWN, HARBOUR, GRIP)
    return [
        submitted(jurisdiction, now=NOW - timedelta(days=at), position=places[at % 3]).number
        for at in range(7)
    ]


def test_the_list_names_every_dataset_and_format(client):
    answer = client.get(BASE)
    found = {item["code"]: item for item in answer.json["datasets"]}
    assert list(found) == list(DATASETS)
    for code, dataset in DATASETS.items():
        assert [item["format"] for item in found[code]["formats"]] == list(dataset.formats)
        for item in found[code]["formats"]:
            answer = client.get(item["file"])
            assert (answer.status_code, bool(answer.data)) == (200, True)


def test_a_description_has_all_columns_and_codes(client):
    answer = client.get(REPORTS)
    columns = {column["code"]: column for column in answer.json["columns"]}
    assert columns["status"]["codes"]["fixed"] == "Utført"
    assert columns["position"]["csv"] == ["longitude", "latitude"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("ending", ["csv", "json", "geojson", "parquet", "gpkg"])
def test_a_whole_file_has_every_report(client, seven, ending):
    answer = client.get(f"{REPORTS}.{ending}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    for number in seven:
        assert ending == "parquet" or number.encode() in answer.data


def test_pages_by_key_give_the_same_rows_while_reports_come_in(client, jurisdiction, seven):
    at_once = numbers(client.get(f"{REPORTS}.csv"))
    assert at_once == sorted(seven)
    found, address = [], f"{REPORTS}.csv?limit=2"
    while address:
        answer = client.get(address)
        found += numbers(answer)
        links = [link for link in answer.headers.getlist("Link") if 'rel="next"' in link]
        address = links[0][1:].partition(">")[0] if links else ""
        if len(found) == 2:
            submitted(jurisdiction, now=NOW)
    assert found[: len(at_once)] == at_once
    assert len(found) == len(at_once) + 1


@pytest.mark.parametrize(
    ("code", "page"), [("yearly", 7), ("services", 5), ("figures", 3), ("departments", 1)]
)
def test_small_tables_are_resumed_by_key_too(client, seven, code, page):
    whole = client.get(f"{BASE}/{code}.json").json["rows"]
    found, address = [], f"{BASE}/{code}.json?limit={page}"
    while address:
        answer = client.get(address)
        found += answer.json["rows"]
        links = [link for link in answer.headers.getlist("Link") if 'rel="next"' in link]
        address = links[0][1:].partition(">")[0] if links else ""
    assert found == whole


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?colour=red", "colour"),
        ("?limit=0", "limit"),
        ("?limit=many", "limit"),
        ("?after=a,b", "after"),
        ("?service=NOTHING", "service"),
        ("?channel=web", "channel"),
        ("?dialekt=french", "dialekt"),
        ("?from=2026-05-01&to=2026-04-01", "to"),
        ("?bbox=1,2", "bbox"),
    ],
)
def test_what_has_no_meaning_is_said_before_the_first_byte(client, query, names):
    answer = client.get(f"{REPORTS}.csv{query}")
    assert answer.status_code == 400
    assert names in answer.json["errors"]
    assert answer.content_type == "application/problem+json"


def test_what_is_not_there_is_named(client):
    assert "yearly" in client.get(f"{BASE}/nothing.csv").json["detail"]
    answer = client.get(f"{BASE}/yearly.geojson")
    assert answer.status_code == 404
    assert "jsonstat" in answer.json["detail"]


def test_filters_choose_the_same_as_the_lists_do(client, jurisdiction, seven):
    crew = actor(staff(jurisdiction))
    fixed = submitted(jurisdiction, now=NOW)
    changed(fixed, Status.FIXED, crew, led_to_improvement=True)
    assert numbers(client.get(f"{REPORTS}.csv?status=fixed")) == [fixed.number]
    assert numbers(client.get(f"{REPORTS}.csv?improved=true")) == [fixed.number]
    assert numbers(client.get(f"{REPORTS}.csv?bbox=7.59,63.21,7.60,63.23")) == [seven[2], seven[5]]
    assert numbers(client.get(f"{REPORTS}.csv?from=2026-06-15")) == sorted([seven[0], fixed.number])


def test_who_has_the_newest_version_is_told_so_until_something_changes(client, jurisdiction, seven):
    first = client.get(f"{REPORTS}.csv")
    tag = first.headers["ETag"]
    same = client.get(f"{REPORTS}.csv", headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == tag
    with transaction():
        versions.fold()
    assert client.get(f"{REPORTS}.csv", headers={"If-None-Match": tag}).status_code == 304
    submitted(jurisdiction, now=NOW)
    newer = client.get(f"{REPORTS}.csv", headers={"If-None-Match": tag})
    assert newer.status_code == 200
    assert len(lines(newer)) == 8
    client.set_cookie("language", "en")
    other = client.get(f"{REPORTS}.csv", headers={"If-None-Match": newer.headers["ETag"]})
    assert other.status_code == 200


def test_a_304_costs_no_look_at_the_rows(client, seven, statements):
    tag = client.get(f"{REPORTS}.csv").headers["ETag"]
    statements.clear()
    client.get(f"{REPORTS}.csv", headers={"If-None-Match": tag})
    assert not [said for said in statements if "service_request" in said]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE service SET rank = rank",
        "DELETE FROM historic_count WHERE false",
        "UPDATE department SET code = code",
        "UPDATE district SET rank = rank",
    ],
)
def test_the_version_grows_with_what_is_committed_alone(app, change):
    before = versions.version()
    session().rollback()
    with db.engine.connect() as other:
        other.execute(text(change))
        assert versions.version() == before
        session().rollback()
        other.rollback()
        assert versions.version() == before
        session().rollback()
        other.execute(text(change))
        other.get_transaction().commit()
    assert versions.version() > before


@pytest.mark.parametrize(("name", "open_"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
@pytest.mark.parametrize("path", [f"{REPORTS}.csv", f"{REPORTS}.geojson", f"{BASE}/yearly.json"])
def test_data_is_compressed_for_who_can_read_it(client, seven, name, open_, path):
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": name})
    assert packed.headers["Content-Encoding"] == name
    without = _timeless(plain.get_data(as_text=True))
    assert _timeless(open_(packed.data).decode()) == without
    assert "Accept-Encoding" in packed.headers["Vary"]
    again = client.get(
        path, headers={"Accept-Encoding": name, "If-None-Match": packed.headers["ETag"]}
    )
    assert again.status_code == 304


def _timeless(text_: str) -> str:
    if not text_.startswith("{"):
        return text_
    found = json.loads(text_)
    found.pop("made_at")
    return json.dumps(found)


@pytest.mark.parametrize("ending", ["parquet", "gpkg"])
def test_what_is_compressed_within_is_not_compressed_again(client, seven, ending):
    packed = client.get(f"{REPORTS}.{ending}", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in packed.headers


def test_scripts_of_other_sites_may_read(client):
    for answer in (client.get(f"{BASE}/yearly.csv"), client.get(f"{BASE}/yearly.csv?x=1")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    before = client.options(f"{BASE}/yearly.csv")
    assert before.status_code == 200
    assert before.headers["Access-Control-Allow-Headers"] == "If-None-Match"


@pytest.mark.parametrize("path", [f"{REPORTS}.csv", f"{REPORTS}.gpkg", f"{BASE}/yearly.csv"])
def test_head_says_what_get_would(client, seven, path):
    whole, head = client.get(path), client.head(path)
    assert head.data == b""
    for name in ("ETag", "Content-Type", "Content-Disposition"):
        assert head.headers[name] == whole.headers[name]


def test_excel_gets_a_mark_semicolons_commas_local_days_and_names(client, jurisdiction, seven):
    crew = actor(staff(jurisdiction))
    fixed = submitted(jurisdiction, now=datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    changed(fixed, Status.FIXED, crew, led_to_improvement=True)
    raw = client.get(f"{REPORTS}.csv?dialekt=excel").data
    assert raw.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))
    line = next(line for line in found if line["Meldingsnummer"] == fixed.number)
    assert line["Status"] == "Utført"
    assert line["Mottatt, dag"] == "01.07.2026"  # half past midnight in Kristiansund
    assert line["Førte til forbedring"] == "Ja"
    assert "7,7279" in line.values()


def test_an_error_on_the_way_is_said_instead_of_a_short_file(
    client, jurisdiction, seven, monkeypatch
):
    monkeypatch.setattr("app.open_data.extract.BATCH", 2)
    monkeypatch.setattr("app.open_data.csv_writer.CHUNK", 10)
    whole = streaming._rows

    def broken(*given):
        for at, row in enumerate(whole(*given)):
            if at == 5:
                raise RuntimeError("the database went away")
            yield row

    monkeypatch.setattr(streaming, "_rows", broken)
    for _ in range(sending.AT_ONCE + 2):
        answer = client.get(f"{REPORTS}.csv")
        assert answer.status_code == 500
        assert answer.content_type == "application/problem+json"
    monkeypatch.setattr(streaming, "_rows", whole)
    assert client.get(f"{REPORTS}.csv").status_code == 200
    assert db.engine.pool.checkedout() <= 1


def test_slow_readers_hold_nobody_up(client, seven):
    slow = [sending.Parts(lambda: iter([b"a", b"b"])) for _ in range(sending.AT_ONCE)]
    assert client.get(f"{REPORTS}.csv").status_code == 200
    assert [b"".join(parts) for parts in slow] == [b"ab"] * sending.AT_ONCE


def test_no_more_large_files_are_made_at_once_than_there_are_slots(client, seven):
    codes = []

    def making(depth):
        if depth == sending.AT_ONCE:
            codes.append(client.get(f"{REPORTS}.csv").status_code)
        else:
            sending.Parts(lambda: making(depth + 1)).close()
        yield b"a"

    sending.Parts(lambda: making(1)).close()
    assert codes == [429]
    assert client.get(f"{REPORTS}.csv").status_code == 200


def test_more_large_files_than_there_is_room_for_wait(client, seven):
    taken = [sending.Parts(lambda: iter([b"a", b"b"])) for _ in range(sending.OPEN)]
    try:
        answer = client.get(f"{REPORTS}.csv")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "30"
        assert client.get(f"{REPORTS}.csv?limit=5").status_code == 200
    finally:
        for parts in taken:
            parts.close()
    assert client.get(f"{REPORTS}.csv").status_code == 200


def test_whoever_takes_too_many_large_files_waits(client, seven):
    codes = []
    for _ in range(22):
        with client.get(f"{REPORTS}.csv") as answer:
            codes.append(answer.status_code)
    assert codes == [200] * 20 + [429] * 2
    assert client.get(f"{REPORTS}.csv?limit=3").status_code == 200


def test_rejected_reports_are_in_no_format(client, jurisdiction, seven):
    desk = actor(staff(jurisdiction, role="first_line", email="desk@example.org"))
    spam = submitted(jurisdiction, now=NOW)
    changed(spam, Status.REJECTED, desk, message="Søppel")
    for ending in ("csv", "json", "geojson"):
        assert spam.number not in client.get(f"{REPORTS}.{ending}").get_data(as_text=True)


def test_revisions_are_read_page_by_page_in_the_database(client, jurisdiction, seven, statements):
    with transaction() as current:
        service = current.scalar(text("SELECT min(id) FROM service"))
        current.add(
            SealedYear(
                jurisdiction_id=jurisdiction.id,
                year=2025,
                sealed_at=NOW,
                public_from=NOW,
                content={},
                digest="ab" * 32,
            )
        )
        for _ in range(5):
            current.add(
                FigureRevision(
                    jurisdiction_id=jurisdiction.id,
                    year=2025,
                    service_id=service,
                    received=1,
                    led_to_improvement=0,
                    outcome_unknown=0,
                    reason="added",
                    number="1",
                    occurred_at=NOW,
                )
            )
    whole = [row["revision"] for row in client.get(f"{BASE}/revisions.json").json["rows"]]
    assert whole == sorted(whole)
    assert len(whole) == 5
    statements.clear()
    page = client.get(f"{BASE}/revisions.json?limit=2&after={whole[1]}").json["rows"]
    assert [row["revision"] for row in page] == whole[2:4]
    asked = [said for said in statements if "figure_revision" in said]
    assert "figure_revision.id >" in asked[-1]
    assert "ORDER BY" in asked[-1]
