"""The pages of open data, and Kristiansund's table as it was published."""

import csv
import io
import json
import os
import time

import pytest
from pyjstat import pyjstat

from app.i18n import force_locale
from app.open_data import codes, tasks
from app.open_data.datasets import DATASETS
from app.statistics.names import names_of
from app.statistics.questions import Dimension

PUBLISHED = {
    "total": (722, 813, 705, 398, 321),
    "water": (12, 1, 46, 4, 22),
    "sewage": (19, 2, 0, 12, 10),
    "waste": (0, 2, 1, 0, 3),
    "road": (256, 230, 227, 120, 135),
    "environment": (1, 0, 7, 1, 1),
    "street_light": (355, 510, 346, 260, 135),
    "other": (79, 68, 78, 0, 15),
}
IMPROVED = (643, 645, 628, 280, 264)
YEARS = (2014, 2015, 2016, 2017, 2018)


def test_the_published_table_stands_in_the_csv_as_it_was_printed(client):
    answer = client.get("/api/v1/datasets/yearly.csv")
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))
    found = {(int(line["year"]), line["category"]): line for line in lines}
    for category, figures in PUBLISHED.items():
        for year, figure in zip(YEARS, figures, strict=True):
            line = found[year, category]
            assert line["received"] == str(figure)
            assert line["kind"] == "imported"
            if category != "total":
                assert line["led_to_improvement"] == ""  # missing, never zero
    for year, figure in zip(YEARS, IMPROVED, strict=True):
        assert found[year, "total"]["led_to_improvement"] == str(figure)


def test_the_published_table_stands_in_the_json_stat_as_it_was_printed(client):
    said = client.get("/api/v1/datasets/yearly.jsonstat").get_data(as_text=True)
    frame = pyjstat.Dataset.read(said).write("dataframe", naming="id")
    cells = frame.set_index(["year", "category", "measure"])["value"]
    for category, figures in PUBLISHED.items():
        for year, figure in zip(YEARS, figures, strict=True):
            assert cells[str(year), category, "received"] == figure
    for year, figure in zip(YEARS, IMPROVED, strict=True):
        assert cells[str(year), "total", "led_to_improvement"] == figure
    whole = json.loads(said)
    assert whole["role"] == {"time": ["year"], "metric": ["measure"]}
    assert ".." in whole["status"].values()
    assert ":" not in whole["status"].values()


@pytest.mark.parametrize("tongue", ["nb", "nn", "en"])
def test_the_list_leads_to_every_dataset_and_file(client, tongue):
    client.set_cookie("language", tongue)
    page = client.get("/apne-data").get_data(as_text=True)
    for code, dataset in DATASETS.items():
        assert f'href="/apne-data/{code}"' in page
        for wanted in dataset.formats:
            assert f'href="/api/v1/datasets/{code}.{wanted}"' in page


@pytest.mark.parametrize("code", DATASETS)
@pytest.mark.parametrize("tongue", ["nb", "nn", "en"])
def test_every_dictionary_explains_every_column(client, code, tongue):
    client.set_cookie("language", tongue)
    answer = client.get(f"/apne-data/{code}")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    for column in DATASETS[code].columns:
        assert f"<code>{column.code}</code>" in page
    for name in DATASETS[code].filters:
        assert f"<code>{name}</code>" in page


def test_a_dataset_that_is_not_there_is_told_of(client):
    assert client.get("/apne-data/nothing").status_code == 404


def test_the_old_addresses_stay(client):
    old = client.get("/statistikk.csv").get_data(as_text=True)
    assert old.startswith("kommunenummer,aar,kategori_kode,kategori,antall,forbedret")
    assert client.get("/api/v1/statistics/yearly").status_code == 200


def test_codes_are_called_the_same_in_files_and_in_figures(app, jurisdiction):
    with force_locale("nb"):
        for found, dimension in (
            (codes.services, Dimension.SERVICE),
            (codes.groups, Dimension.GROUP),
            (codes.departments, Dimension.DEPARTMENT),
            (codes.districts, Dimension.DISTRICT),
            (codes.roads, Dimension.ROAD),
        ):
            named = dict(found(jurisdiction))
            assert named
            assert named == {code: names_of(jurisdiction, dimension)[code] for code in named}
            assert "none" not in named


def test_what_killed_processes_left_is_removed_after_a_day(app, tmp_path, monkeypatch):
    monkeypatch.setattr("app.open_data.geopackage_writer.gettempdir", lambda: str(tmp_path))
    for name, days in (("melde-geopackage-old", 2), ("melde-geopackage-new", 0), ("other", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "services.gpkg").write_bytes(b"half of a file")
        since = time.time() - days * 86400
        os.utime(tmp_path / name, (since, since))
    for _ in range(2):
        tasks.remove_left_files()
        assert {path.name for path in tmp_path.iterdir()} == {"melde-geopackage-new", "other"}
