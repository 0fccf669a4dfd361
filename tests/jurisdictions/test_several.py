"""Two municipalities in one installation: each has its own house, and nobody hears through the wall."""

from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import current_app, url_for
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon
from shapely import box as box_of
from sqlalchemy import delete, select, update

from app.accounts.models import Membership
from app.cli.jurisdiction import load_folder
from app.database import db, session, transaction
from app.embedded import Cluster
from app.factory import create_app
from app.jurisdictions.models import Jurisdiction, KnownMunicipality
from app.jurisdictions.queries import address_of, by_number
from app.open_data.nights import make
from app.roles import Role
from app.routing.models import RoutingRule
from app.security import ANYONE
from app.statistics.queries import counted, plain_count
from app.storage import store_of
from app.yearbook.operations import seal

from ..conftest import Browser, settings_for
from ..factories import AVEROY, PASSWORD, TOWN, near, staff, submitted
from ..open_data.addresses import ONE_PERSONS, Facts, addresses, public_rules
from ..open_data.leaks import Secrets
from ..pages import fields
from ..second_municipality import HOST, NUMBER, OTHER_HOST, PREFIX, folder_of

NOW = datetime.now(UTC)
LAST_YEAR = NOW.year - 1
OLD = datetime(LAST_YEAR, 5, 3, 10, tzinfo=UTC)
OURS = (
    "Kristiansund kommune",
    "Kristiansund municipality",
    "KSU-",
    "Nordlandet",
    "Kommunalteknikk",
    "LIGHT-DARK",
    "Byfeil",
)
THEIRS = (
    "Averøy kommune",
    "Averøy municipality",
    "AVE-",
    "averoyposten",
    "Øyskranken",
    "Øyvegane",
    "ISLAND-",
    "Øyhol",
    "Øygrenda",
    "Øyhamna",
    "Øyrapporten",
    "31313",
    "Øyfeil",
)
BESIDE_EACH_OTHER = {"charts.compare", "places.near"}
"""What names another municipality on purpose: the comparison, and whose a place outside is."""
WALKED = {
    "reporting.index",
    "reporting.show",
    "api.index",
    "api.show",
    "statistics.show",
    "statistics.table",
    "statistics_api.figures",
    "charts.show",
    "yearbook.report",
    "yearbook.sealed_year",
    "datasets.file",
    "open_data_files.file",
    "ogc.items",
    "ogc.item",
    "notifications.feed",
}
"""Some of what must have answered, so that the walk has not been outside only."""


class Visitor(Browser):
    """A browser at one of the addresses."""

    host = "localhost"

    def open(self, *args, **options):
        return super().open(*args, **{"base_url": f"http://{self.host}"} | options)


@dataclass(frozen=True, kw_only=True)
class Home:
    """A municipality's address, its reports, what to ask for, and what only its own pages may say."""

    number: str
    host: str
    reports: tuple[str, ...]
    tokens: tuple[str, ...]
    facts: Facts
    words: tuple[str, ...]

    def browser(self, app):
        browser = app.test_client()
        browser.host = self.host
        return browser


@pytest.fixture(scope="module")
def two_app(cluster: Cluster, template: str, tmp_path_factory):
    """A service with two municipalities in a database of its own."""
    folder = tmp_path_factory.mktemp("two")
    url = cluster.create_database("two_municipalities", template=template)
    app = create_app(settings_for(url, folder, MELDE_BASE_URL=f"http://{HOST}"))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Visitor
    load_folder(app, folder_of(folder, host_names=[OTHER_HOST]))
    with app.app_context(), transaction():
        session().execute(
            update(Jurisdiction).where(Jurisdiction.number == "1505").values(host_names=[HOST])
        )
    yield app
    with app.app_context():
        db.engine.dispose()
    cluster.drop_database("two_municipalities")


def _home(number, host, place, services, words, *, mark) -> Home:
    jurisdiction = by_number(number)
    reports = [
        submitted(
            jurisdiction,
            now=moment,
            service_code=services[at % len(services)],
            position=near(place, north=37, east=60 * at),
            description=f"{mark} nummer {at}",
        )
        for at, moment in enumerate((OLD, OLD, NOW, NOW))
    ]
    with transaction():
        seal(jurisdiction, LAST_YEAR, public_from=None, by=None, now=NOW)
    night = make(jurisdiction, store_of(_settings()), now=NOW)
    session().rollback()
    return Home(
        number=number,
        host=host,
        reports=tuple(one.number for one in reports),
        tokens=tuple(one.token for one in reports),
        facts=Facts(
            numbers=tuple(one.number for one in reports),
            photos=("no-such-photo",),
            places=[near(place, north=37, east=60 * at) for at in range(4)],
            lamp="none",
            night=night.date,
            night_files=[*(file.name for file in night.files), "manifest.json", "SHA256SUMS"],
            sealed_year=LAST_YEAR,
        ),
        words=words,
    )


def _settings():
    return current_app.config["SETTINGS"]


@pytest.fixture(scope="module")
def homes(two_app) -> tuple[Home, Home]:
    """Both with four reports, two of them from last year, which is sealed."""
    made = []

    def fill() -> None:
        with two_app.app_context():
            ours = ["ROAD-POTHOLE", "OTHER-GRAFFITI"]
            made.append(_home("1505", HOST, TOWN, ours, OURS, mark="Byfeil"))
            theirs = ["ISLAND-HOLE", "ISLAND-SIGN"]
            made.append(_home(NUMBER, OTHER_HOST, AVEROY, theirs, THEIRS, mark="Øyfeil"))
            for number, department, email in (
                ("1505", "roads", "ours@example.org"),
                (NUMBER, "island_roads", "theirs@example.org"),
            ):
                for role in (Role.CREW, Role.CASE_HANDLER, Role.ADMINISTRATOR):
                    place = by_number(number)
                    who = staff(place, department, role, email=f"{role}-{email}")
                    assert who
            session().rollback()

    Context().run(fill)
    return made[0], made[1]


def secrets_of(home: Home) -> Secrets:
    return Secrets(texts=[*home.words, *home.tokens], places=list(home.facts.places))


def pairs(homes):
    ours, theirs = homes
    return ((ours, theirs), (theirs, ours))


@pytest.mark.parametrize("at", [0, 1], ids=["kristiansund", "averoy"])
def test_no_public_page_file_or_tile_of_one_tells_of_the_other(two_app, homes, at):
    here, there = pairs(homes)[at]
    secrets, stranger = secrets_of(there), here.browser(two_app)
    leaks, reached = [], set()
    for rule in public_rules(two_app):
        if rule.endpoint in ONE_PERSONS:
            continue
        for url in addresses(two_app, rule, here.facts):
            answer = stranger.get(url)
            assert answer.status_code < 500, url
            if answer.status_code < 400:
                reached.add(rule.endpoint)
            if rule.endpoint not in BESIDE_EACH_OTHER:
                found = secrets.found_in(answer.data, answer.mimetype)
                leaks += [f"{url}: {one}" for one in found]
    assert not leaks, "\n".join(leaks)
    assert reached >= WALKED
    said = stranger.get("/meldinger").text + stranger.get("/api/v1/services").text
    assert {*secrets_of(here).found_in(said.encode())} & {*here.words}, "the search is not blind"


@pytest.mark.parametrize("at", [0, 1], ids=["kristiansund", "averoy"])
def test_a_report_of_one_is_not_found_at_the_other(two_app, homes, at):
    here, there = pairs(homes)[at]
    stranger, asked = here.browser(two_app), 0
    for rule in public_rules(two_app):
        if {"number", "key"} & rule.arguments and not rule.endpoint.startswith("entrances."):
            for url in addresses(two_app, rule, there.facts):
                if any(number in url for number in there.reports):
                    asked += 1
                    assert stranger.get(url).status_code == 404, url
    assert asked >= 5 * len(there.reports)
    for token in there.tokens:
        for path in (f"/m/{token}", f"/m/{token}/kvittering", f"/m/{token}/slett"):
            assert stranger.get(path).status_code == 404, path
            assert there.browser(two_app).get(path).status_code < 400, path
        assert stranger.post(f"/m/{token}/purr").status_code == 404


@pytest.mark.parametrize("at", [0, 1], ids=["kristiansund", "averoy"])
def test_counts_and_numbers_are_each_ones_own(two_app, homes, at):
    home = homes[at]
    browser = home.browser(two_app)
    prefix = ("KSU", PREFIX)[at]
    assert all(number.startswith(f"{prefix}-") for number in home.reports)
    listed = browser.get("/api/v1/service-requests").json["features"]
    assert {one["properties"]["number"] for one in listed} == set(home.reports)
    items = browser.get("/ogc/collections/service-requests/items?f=json").json
    assert items["numberMatched"] == len(home.reports)
    cells = browser.get("/api/v1/tiles/0/0/0.json").json["cells"]
    assert sum(sum(cell["counts"]) for cell in cells) == len(home.reports)
    with two_app.app_context():
        place = by_number(home.number)
        assert sum(row.received for row in counted(place.id)) == len(home.reports)
        assert counted(place.id) == plain_count(place.id)
        session().rollback()


@pytest.mark.parametrize("at", [0, 1], ids=["kristiansund", "averoy"])
def test_what_is_near_or_like_it_is_sought_at_home_only(two_app, homes, at):
    here, there = pairs(homes)[at]
    place, far = here.facts.places[0], there.facts.places[0]
    browser = here.browser(two_app)
    service = ("ROAD-POTHOLE", "ISLAND-HOLE")[at]
    near_it = browser.get(
        "/api/v1/service-requests/near",
        query_string={
            "service": service,
            "latitude": place.latitude,
            "longitude": place.longitude,
        },
    ).json
    assert {hint["number"] for hint in near_it} & set(here.reports)
    elsewhere = browser.get(
        "/api/v1/service-requests/near",
        query_string={"service": service, "latitude": far.latitude, "longitude": far.longitude},
    )
    assert not [number for number in there.reports if number in elsewhere.text]
    mark = ("Byfeil", "Øyfeil")
    for path in ("/meldinger", "/api/v1/service-requests", "/feed"):
        answer = browser.get(path, query_string={"q": mark[1 - at]})
        assert not [number for number in there.reports if number in answer.text], path


NO_ID = "00000000-0000-4000-8000-000000000000"
"""Nobody's: who may not enter is not told so."""


def sign_in(two_app, home: Home, role: Role, email: str):
    browser = home.browser(two_app)
    sent = {"email": f"{role}-{email}", "password": PASSWORD}
    assert browser.post("/logg-inn", data=sent).status_code == 303
    return browser


def staff_rules(app):
    """What only staff may see, by rule."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if ANYONE not in getattr(app.view_functions[rule.endpoint], "audience", (ANYONE,))
    ]


def paths_of(app, rule, home: Home) -> list[str]:
    with app.app_context(), app.test_request_context(base_url=f"http://{home.host}"):
        place = by_number(home.number)
        keys = session().scalars(
            select(RoutingRule.id).where(RoutingRule.jurisdiction_id == place.id)
        )
        key = str(keys.first())
        people = select(Membership.account_id).where(Membership.jurisdiction_id == place.id)
        person = session().scalars(people).first() or 1
        session().rollback()
        known = {
            "key": NO_ID if "<uuid:key>" in rule.rule else key,
            "code": "about" if "language" in rule.arguments else "island",
            "language": "nb",
            "verb": "av",
            "comment_id": 1,
            "link_id": 1,
            "person_id": person,
            "claim_id": 1,
            "letter_id": 1,
            "question": "amount",
            "way": "opp",
            "photo_id": NO_ID,
            "decision": "vis",
            "year": LAST_YEAR,
        }
        return [
            url_for(rule.endpoint, **{"number": number} | known)
            if "number" in rule.arguments
            else url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})
            for number in (home.reports if "number" in rule.arguments else home.reports[:1])
        ]


@pytest.mark.parametrize("role", [Role.CREW, Role.CASE_HANDLER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("at", [0, 1], ids=["kristiansund", "averoy"])
def test_staff_of_one_are_nobody_at_the_other(two_app, homes, at, role):
    _, there = pairs(homes)[at]
    email = ("ours@example.org", "theirs@example.org")[at]
    abroad = sign_in(two_app, there, role, email)
    for rule in staff_rules(two_app):
        for path in paths_of(two_app, rule, there):
            for method in rule.methods & {"GET", "POST"}:
                sent = {"json": {}} if path.startswith("/api/") and method == "POST" else {}
                answer = abroad.open(path, method=method, **sent)
                assert answer.status_code == 403, (method, path)


@pytest.mark.parametrize("role", [Role.CREW, Role.CASE_HANDLER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("at", [0, 1], ids=["kristiansund", "averoy"])
def test_staff_at_home_see_nothing_of_the_other(two_app, homes, at, role):
    here, there = pairs(homes)[at]
    email = ("ours@example.org", "theirs@example.org")[at]
    at_home, secrets = sign_in(two_app, here, role, email), secrets_of(there)
    seen = 0
    for rule in staff_rules(two_app):
        if "GET" not in rule.methods:
            continue
        for home in (here, there):
            for path in paths_of(two_app, rule, home):
                answer = at_home.get(path)
                seen += answer.status_code == 200
                leaks = [
                    found
                    for found in secrets.found_in(answer.data, answer.mimetype)
                    if found not in path
                ]
                assert not leaks, (path, leaks)
                if home is there and "number" in rule.arguments:
                    assert answer.status_code in {403, 404}, path
    assert seen >= 2


LIST = {
    "Kristiansund kommune": f"http://{HOST}/",
    "Averøy kommune": f"http://{OTHER_HOST}/",
}


@pytest.fixture
def lost(two_app, homes):
    """A browser at an address that is no municipality's."""
    browser = two_app.test_client()
    browser.host = "melde.example.org"
    browser.set_cookie("language", "nb", domain=browser.host)
    return browser


def test_an_address_of_nobody_lets_the_visitor_choose(lost):
    answer = lost.get("/")
    assert answer.status_code == 200
    for name, url in LIST.items():
        assert f'<a href="{url}">{name}</a>' in answer.text
    header = answer.text.split("<main")[0].split("<body")[1]
    assert "Kristiansund kommune" not in header
    assert "Averøy" not in header


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_choice_is_there_in_three_languages_and_remembers_them(lost, language):
    answer = lost.get(f"/sprak/{language}?til=/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    page = lost.get("/")
    assert f'<html lang="{language}"' in page.text


@pytest.mark.parametrize("path", ["/meldinger", "/statistikk", "/m/no-such-token", "/nothing"])
def test_every_other_page_there_is_not_found_and_leads_to_the_choice(lost, path):
    answer = lost.get(path)
    assert answer.status_code == 404
    assert all(f'href="{url}"' in answer.text for url in LIST.values())


def test_machines_are_told_the_addresses(lost):
    answer = lost.get("/api/v1/service-requests")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    listed = {one["number"]: one["url"] for one in answer.json["municipalities"]}
    assert listed == {"1505": f"http://{HOST}", NUMBER: f"http://{OTHER_HOST}"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "said"),
    [
        ("63,1104", "7,7279", f'<a href="http://{HOST}/">Gå til Kristiansund kommune</a>'),
        ("62.95", "7.60", f'<a href="http://{OTHER_HOST}/">Gå til Averøy kommune</a>'),
        ("0", "0", "Ingen av disse kommunene dekker stedet"),
    ],
)
def test_a_place_finds_its_municipality_without_scripts(lost, latitude, longitude, said):
    sent = {"latitude": latitude, "longitude": longitude}
    assert fields(lost.get("/velg-kommune").text).keys() >= sent.keys()
    answer = lost.post("/velg-kommune", data=sent)
    assert answer.status_code == 200
    assert said in answer.text


@pytest.mark.parametrize(
    ("latitude", "longitude", "wrong"),
    [
        ("", "", {"latitude", "longitude"}),
        ("nan", "7", {"latitude"}),
        ("63", "inf", {"longitude"}),
        ("91", "7", {"latitude"}),
    ],
)
def test_what_is_no_position_is_told_at_its_field(lost, latitude, longitude, wrong):
    answer = lost.post("/velg-kommune", data={"latitude": latitude, "longitude": longitude})
    assert answer.status_code == 422
    assert {name for name in fields(answer.text) if f'id="{name}-error"' in answer.text} == wrong


def test_a_municipality_named_elsewhere_is_told_by_name(two_app, lost):
    box = from_shape(MultiPolygon([box_of(10, 63, 11, 64)]), srid=4326)
    with two_app.app_context(), transaction():
        session().add(
            KnownMunicipality(number="5001", name="Trondheim", boundary=box, source="test")
        )
    answer = lost.post("/velg-kommune", data={"latitude": "63.5", "longitude": "10.5"})
    assert "Stedet er i Trondheim" in answer.text
    with two_app.app_context(), transaction():
        session().execute(delete(KnownMunicipality))


def test_a_municipalitys_own_address_has_no_choice(two_app, homes):
    browser = homes[0].browser(two_app)
    for answer in (browser.get("/velg-kommune"), browser.post("/velg-kommune")):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_on_ones_own_machine_each_has_an_address_of_its_slug(two_app, homes):
    for home, slug in zip(homes, ("kristiansund", "averoy"), strict=True):
        browser = two_app.test_client()
        browser.host = f"{slug}.localhost:8000"
        assert browser.get("/kart/grense.geojson").json["properties"]["number"] == home.number


def test_without_host_names_the_choice_leads_to_localhost_only_on_ones_own_machine(jurisdiction):
    assert jurisdiction.host_names == []
    local = address_of(jurisdiction, "http://127.0.0.1:8000")
    assert local == "http://kristiansund.localhost:8000"
    assert address_of(jurisdiction, "https://melde.example.org") is None
