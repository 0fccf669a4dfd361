"""The pages of charts and of comparison, and the pictures."""

import io
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from geoalchemy2.shape import from_shape
from PIL import Image
from shapely import MultiPolygon, box
from sqlalchemy import delete, select, text

from app.charts.page import NAMES
from app.database import session, transaction
from app.jurisdictions.models import District
from app.roles import Role
from app.service_requests.status import Status
from app.statistics.models import POPULATION, Indicator, IndicatorSeries
from tests.factories import GRIP, TOWN, actor, changed, staff, submitted

NOW = datetime.now(UTC)
SVG = "{http://www.w3.org/2000/svg}"


def days_ago(days):
    return NOW - timedelta(days=days)


@pytest.fixture
def reports(jurisdiction):
    """Forty about roads and two about lamps, through two years; ten of them fixed."""
    crew = actor(staff(jurisdiction))
    made = [
        submitted(jurisdiction, now=days_ago(5 + 15 * at), position=TOWN if at % 2 else GRIP)
        for at in range(40)
    ]
    for at in range(2):
        submitted(jurisdiction, now=days_ago(9 + at), service_code="LIGHT-DARK")
    return made, crew


def drawn(client, url):
    """The picture's root, its labels, and that it needs nothing from elsewhere."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text[:300]
    root = ElementTree.fromstring(answer.data)
    outside = [name for name in re.findall(rb'(?:href|src)="([^"]*)"|url\(', answer.data) if name]
    assert not outside
    assert b"http" not in answer.data.replace(b"http://www.w3.org/2000/svg", b"")
    return root, [label.text for label in root.iter(f"{SVG}text")]


def table_of(page, code):
    """The table's lines, cell by cell, as they are read."""
    part = page[page.index(f'id="{code}-caption"') :]
    part = part[part.index("<tbody>") : part.index("</tbody>")]
    plain = re.compile(r"<[^>]+>")
    return [
        [plain.sub("", cell).strip() for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", line, re.S)]
        for line in re.findall(r"<tr.*?</tr>", part, re.S)
    ]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"kart", "svartid"}])
def test_every_chart_is_a_picture_that_stands_alone(client, reports, name):
    made, crew = reports
    for one in made[:10]:
        changed(one, Status.IN_PROGRESS, crew, now=NOW)
    for one in made[:10]:
        session().refresh(one)
        changed(one, Status.FIXED, crew, led_to_improvement=True, now=NOW)
    root, labels = drawn(client, f"/statistikk/diagram/{name}.svg")
    assert root.find(f"{SVG}title").text in " ".join(labels).replace("… ", "")
    assert len(root.find(f"{SVG}desc").text) > 40
    assert any("Kristiansund" in label for label in labels)
    width, height = float(root.get("width")), float(root.get("height"))
    answer = client.get(f"/statistikk/diagram/{name}.png")
    assert answer.headers["Content-Type"] == "image/png"
    assert f'filename="{name}-kristiansund-' in answer.headers["Content-Disposition"]
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.format == "PNG"
        assert picture.width == 2 * width
        assert abs(picture.height - 2 * height) <= 2
        assert len(picture.getcolors(maxcolors=100_000)) > 10
        assert picture.getpixel((2, 2))[:3] == (255, 255, 255)


@pytest.mark.parametrize("code", ["ar", "kategorier", "sesong", "for-og-etter"])
def test_the_drawing_has_the_numbers_of_its_table(client, reports, code):
    page = client.get("/statistikk/diagrammer").text
    _, labels = drawn(client, f"/statistikk/diagram/{code}.svg")
    first = 1 if code != "sesong" else 12
    words = {word for label in labels for word in label.split(", ")} | set(labels)
    for name, *cells in table_of(page, code):
        assert name.rstrip("*") in " ".join(labels)
        for cell in cells[:first]:
            assert not cell or cell in words


def test_the_tables_count_what_is_there(client, reports):
    page = client.get("/statistikk/diagrammer").text
    years = {line[0].rstrip("*"): line for line in table_of(page, "ar")}
    assert years["2018"][1:3] == ["321", "264"]
    counted = sum(int(line[1]) for year, line in years.items() if int(year) > 2020)
    assert counted == 42
    months = [cell for line in table_of(page, "sesong") for cell in line[1:] if cell]
    assert sum(map(int, months)) == 42


def test_published_years_are_left_out_of_a_selection(client, reports):
    page = client.get("/statistikk/diagrammer?group=road").text
    years = table_of(page, "ar")
    assert all(int(line[0].rstrip("*")) > 2020 for line in years)
    assert sum(int(line[1]) for line in years) == 40
    assert "Veg" in page or "Vei" in page


def test_the_selection_stands_in_the_picture(client, reports):
    _, labels = drawn(client, f"/statistikk/diagram/sesong.svg?group=road&year={NOW.year}")
    assert any(str(NOW.year) in label and ":" in label for label in labels)


def test_nothing_at_all_is_said_in_words(client):
    page = client.get("/statistikk/diagrammer?year=1999")
    assert page.status_code == 200
    assert re.findall(r'<svg class="drawing.*labelledby="(\S+)', page.text) == []
    assert client.get("/statistikk/diagram/ar.svg?year=1999").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "measure=nonsense",
        "date=31.12.2024",
        "date=2999-01-01",
        "group=nonsense",
        "year=abc",
        "unknown=1",
        "from=2025-01-02&to=2025-01-01",
        "district=atlantis",
        "bbox=1,2,3",
    ],
)
def test_a_bad_query_is_answered_with_what_is_wrong(client, query):
    answer = client.get(f"/statistikk/diagrammer?{query}")
    assert answer.status_code == 400
    assert client.get(f"/statistikk/diagram/kategorier.png?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["by=planet", "measure=nonsense", "by=municipality&district=none"]
)
def test_a_bad_comparison_is_answered_with_what_is_wrong(client, query):
    assert client.get(f"/statistikk/sammenlign?{query}").status_code == 400


@pytest.mark.parametrize("width", ["319", "2401", "-1", "abc"])
def test_the_width_of_pictures_is_bounded(client, reports, width):
    assert client.get(f"/statistikk/diagram/ar.png?width={width}").status_code == 400


def test_a_picture_can_be_had_in_another_width(client, reports):
    with Image.open(io.BytesIO(client.get("/statistikk/diagram/ar.png?width=400").data)) as picture:
        assert picture.width == 400
    root, _ = drawn(client, "/statistikk/diagram/ar.svg?width=400")
    assert root.get("width") == "400"


def test_an_unknown_chart_is_not_found(client):
    assert client.get("/statistikk/diagram/kake.svg").status_code == 404
    assert client.get("/statistikk/diagram/ar.gif").status_code == 404


def test_a_picture_that_has_not_changed_is_not_sent_again(client, reports):
    first = client.get("/statistikk/diagram/ar.svg")
    again = client.get(
        "/statistikk/diagram/ar.svg", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert "public" in first.headers["Cache-Control"]


def test_too_many_pictures_have_to_wait(client, reports):
    answers = [
        client.get(f"/statistikk/diagram/kategorier.svg?width={400 + at}").status_code
        for at in range(61)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429


# --- the map of districts -----------------------------------------------------------------------------


@pytest.fixture
def districts(jurisdiction):
    """Two districts: the town and Grip. Those that were there come back."""
    columns = ("jurisdiction_id", "code", "rank", "name", "source", "area")
    before = [
        {column: getattr(row, column) for column in columns}
        for row in session().scalars(
            select(District).where(District.jurisdiction_id == jurisdiction.id)
        )
    ]
    _replace(
        jurisdiction,
        [
            _district(jurisdiction, 1, "town", "Byen", box(7.69, 63.05, 7.80, 63.14)),
            _district(jurisdiction, 2, "grip", "Grip", box(7.55, 63.19, 7.65, 63.24)),
        ],
    )
    yield
    with transaction():
        session().execute(
            text("DELETE FROM indicator_series WHERE jurisdiction_id = :id AND rank = 99"),
            {"id": jurisdiction.id},
        )
    _replace(jurisdiction, before)


def _district(jurisdiction, rank, code, name, area):
    return {
        "jurisdiction_id": jurisdiction.id,
        "code": code,
        "rank": rank,
        "name": {"nb": name, "nn": name, "en": name},
        "source": "drawn for the tests",
        "area": from_shape(MultiPolygon([area]), srid=4326),
    }


def _replace(jurisdiction, rows):
    with transaction():
        session().execute(delete(District).where(District.jurisdiction_id == jurisdiction.id))
        session().add_all(District(**row) for row in rows)


def people(jurisdiction, **districts):
    with transaction():
        series = session().scalar(
            select(IndicatorSeries).where(
                IndicatorSeries.jurisdiction_id == jurisdiction.id,
                IndicatorSeries.code == POPULATION,
            )
        )
        if series is None:
            series = IndicatorSeries(
                jurisdiction_id=jurisdiction.id,
                code=POPULATION,
                rank=99,
                name={"nb": "Innbyggere"},
                unit="people",
            )
            session().add(series)
            session().flush()
        for code, value in districts.items():
            session().add(
                Indicator(
                    jurisdiction_id=jurisdiction.id,
                    series_id=series.id,
                    year=NOW.year,
                    district_code=code,
                    value=value,
                    source="made up",
                )
            )


def test_the_map_without_inhabitants_shows_plain_counts_and_says_so(client, reports, districts):
    page = client.get("/statistikk/diagrammer").text
    lines = dict(line[:2] for line in table_of(page, "kart"))
    assert int(lines["Byen"]) + int(lines["Grip"]) == 26
    assert 'data-module="choropleth"' in page
    _, labels = drawn(client, "/statistikk/diagram/kart.svg")
    assert lines["Byen"] in labels
    assert "Grip" in labels


def test_the_map_with_inhabitants_shows_rates(client, reports, districts, jurisdiction):
    people(jurisdiction, town=2000, grip=500)
    page = client.get("/statistikk/diagrammer").text
    for _, rate, received, inhabitants in table_of(page, "kart"):
        expected = int(received) / int(inhabitants.replace("\u00a0", "")) * 1000
        assert rate == f"{expected:.1f}".replace(".", ",")


def test_the_map_shows_the_measure_that_is_chosen(client, reports, districts):
    root, labels = drawn(client, "/statistikk/diagram/kart.svg?measure=improvement_share")
    assert "0,0\u00a0%" in labels
    assert len(root.findall(f".//{SVG}path[@data-key]")) == 2


# --- the comparison -----------------------------------------------------------------------------------


def test_years_stand_beside_each_other_published_ones_apart(client):
    page = client.get("/statistikk/sammenlign?by=year&measure=improvement_share").text
    lines = {line[0]: line[1:] for line in table_of(page, "sammenligning")}
    assert lines["2018"] == ["82,2\u00a0%", "321"]
    assert lines["2014"] == ["89,1\u00a0%", "722"]


def test_few_reports_are_drawn_dashed_and_not_ranked(client, reports, districts):
    submitted_line = client.get("/statistikk/sammenlign?by=department&measure=received").text
    assert 'class="m-few"' in submitted_line
    root, _ = drawn(client, "/statistikk/diagram/sammenligning.svg?by=department&measure=received")
    title = root.find(f"{SVG}title").text
    assert not re.search(r"\d", title)


def test_one_municipality_alone_says_so(client, reports):
    page = client.get("/statistikk/sammenlign?by=municipality")
    assert page.status_code == 200
    assert len(table_of(page.text, "sammenligning")) == 1


def test_rejected_reports_are_not_drawn(client, reports, jurisdiction):
    made, _ = reports
    desk = actor(staff(jurisdiction, "service_desk", Role.FIRST_LINE, email="desk@example.org"))
    before = table_of(client.get("/statistikk/diagrammer").text, "kategorier")
    changed(made[0], Status.REJECTED, desk, message="Søppelpost")
    after = table_of(client.get("/statistikk/diagrammer").text, "kategorier")
    assert int(before[0][1]) - int(after[0][1]) == 1


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_alternative_text_says_the_range_in_each_language(client, reports, language):
    client.set_cookie("language", language)
    root, _ = drawn(client, "/statistikk/diagram/kategorier.svg")
    said = root.find(f"{SVG}desc").text
    assert re.search(r"\d", said)
    assert root.get("lang") == language
