"""What pages, data and figures say of imported reports; an import whose process is killed."""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.database import session, transaction
from app.service_requests.models import ServiceRequest
from app.service_requests.status import Status
from app.statistics.queries import counted, plain_count
from app.yearbook.recount import recount

MELDE = Path(sys.executable).with_name("melde")
MAPPING = """
source: old
position: {x: x, y: y}
requested_at: {column: day, format: "%Y-%m-%d", time_zone: Europe/Oslo}
service: {column: kind, values: {hole: ROAD-POTHOLE, lamp: LIGHT-DARK}}
status: {column: state, values: {open: received, none: no_action}, otherwise: unknown}
"""
NO_WORD, NO_ACTION, OPEN = 7, 2, 1


@pytest.fixture
def files(tmp_path):
    """Write a file of rows, and the mapping, and give the words of the command that imports it."""

    def write(states: list[str]) -> list[str]:
        dice = random.Random(5)
        with (tmp_path / "old.csv").open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["x", "y", "day", "kind", "state"])
            for state in states:
                x, y = 7.72 + dice.random() / 50, 63.108 + dice.random() / 100
                kind = dice.choice(["hole", "lamp"])
                writer.writerow([f"{x:.6f}", f"{y:.6f}", "2024-05-03", kind, state])
        (tmp_path / "mapping.yaml").write_text(MAPPING)
        mapped = ["--mapping", str(tmp_path / "mapping.yaml")]
        return ["import", "requests", str(tmp_path / "old.csv"), *mapped]

    return write


@pytest.fixture
def imported(melde, files):
    """Seven reports of which nothing is told, two that led to nothing, one that is open."""
    done = melde(*files(["?"] * NO_WORD + ["none"] * NO_ACTION + ["open"] * OPEN))
    assert "10 imported" in done.output
    session().rollback()
    return session().scalars(select(ServiceRequest).order_by(ServiceRequest.id)).all()


WORD = {"nb": "Ikke kjent", "nn": "Ikkje kjend", "en": "Not known"}


@pytest.mark.parametrize("language", WORD)
def test_list_and_page_say_that_it_is_not_known(client, imported, language):
    client.set_cookie("language", language)
    closed = next(report for report in imported if report.status == "unknown")
    for path in ("/meldinger", "/meldinger?status=unknown", f"/meldinger/{closed.number}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert WORD[language] in answer.text, path


def test_the_list_is_chosen_by_it(client, imported):
    listed = client.get("/api/v1/service-requests?status=unknown").json["features"]
    wanted = {report.number for report in imported if report.status == "unknown"}
    assert {one["properties"]["number"] for one in listed} == wanted
    assert {one["properties"]["phase"] for one in listed} == {"closed"}
    assert len(wanted) == NO_WORD


def test_its_page_promises_nothing_and_asks_nothing(client, imported):
    closed = next(report for report in imported if report.status == "unknown")
    page = client.get(f"/meldinger/{closed.number}").text
    assert "Svar innen" not in page
    assert client.get(f"/m/{closed.token}").status_code == 200


def test_the_interface_for_machines_says_that_there_is_such_a_status(client):
    said = client.get("/api/v1/openapi.json").json
    statuses = said["components"]["schemas"]["ServiceRequest"]["properties"]["status"]["enum"]
    assert statuses == list(Status)
    asked = said["paths"]["/api/v1/service-requests"]["get"]["parameters"]
    assert "unknown" in next(one["description"] for one in asked if one["name"] == "status")
    allowed = client.get("/api/v1/service-requests?status=nonsense")
    assert allowed.status_code == 400
    assert "unknown" in allowed.text


def test_the_page_of_figures_tells_how_many_and_leaves_them_out_of_the_share(client, imported):
    page = client.get("/statistikk").text
    assert "2024: vi vet ikke hva som ble av 7 av henvendelsene" in page
    values = figures_of(client, "year=2024")
    assert values["received"] == NO_WORD + NO_ACTION + OPEN
    assert values["led_to_improvement"] == 0
    assert values["improvement_share"] == 0
    assert values["still_open"] == OPEN
    unknown = figures_of(client, "year=2024&status=unknown")
    assert unknown["received"] == NO_WORD
    assert unknown["improvement_share"] is None
    assert unknown["answered_in_time_share"] is None


def figures_of(client, query: str):
    """The measures of 2024."""
    rows = client.get(f"/api/v1/statistics/figures?{query}").json["figures"]
    return next(row["values"] for row in rows if row["period"] == "2024")


@pytest.mark.parametrize(
    "path",
    [
        "/statistikk/diagrammer",
        "/statistikk/tabell?by=service",
        "/statistikk/sammenlign",
        "/statistikk/arsrapport/2024",
        "/statistikk/meldinger?year=2024",
        "/oppdrag",
    ],
)
def test_other_pages_hold_them(client, imported, path):
    assert client.get(path).status_code in {200, 303}


def waits_until(happens, seconds=60):
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def running(statement: str) -> bool:
    session().rollback()
    asked = text(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND state = 'active' AND query ~ :statement)"
    )
    return bool(session().scalar(asked, {"statement": statement}))


@pytest.mark.parametrize("statement", ["^\\s*COPY staged", "INSERT INTO service_request\\s"])
def test_an_import_that_is_killed_has_brought_nothing_and_the_next_one_brings_all(
    app, melde, files, jurisdiction, statement
):
    rows = 3000
    words = files(["?"] * rows)
    database = {"MELDE_DATABASE_URL": app.config["SETTINGS"].database_url}
    process = subprocess.Popen(
        [MELDE, *words], env=os.environ | database, stdout=subprocess.DEVNULL
    )
    try:
        waits_until(lambda: running(statement))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    waits_until(lambda: not running("staged|service_request\\s"))
    assert session().scalar(text("SELECT count(*) FROM service_request")) == 0
    assert session().scalar(text("SELECT count(*) FROM history_entry")) == 0
    assert counted(jurisdiction.id) == []
    assert f"{rows} imported, 0 here already" in melde(*words).output
    session().rollback()
    assert session().scalar(text("SELECT count(DISTINCT number) FROM service_request")) == rows
    assert counted(jurisdiction.id) == plain_count(jurisdiction.id)
    with transaction():
        assert recount().wrong == 0
