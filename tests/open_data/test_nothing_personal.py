"""Personal data goes in by every door and comes out of none: all public addresses, files, letters and logs."""

import io
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.database import session, transaction
from app.geo.positions import Position, position_of
from app.jurisdictions.models import Jurisdiction
from app.notifications import webhooks
from app.notifications.spreading import spread
from app.open_data.nights import make
from app.roles import Role
from app.service_requests import pictures
from app.service_requests.kinds import ModerationState, Visibility
from app.service_requests.models import ServiceRequest
from app.service_requests.queries import by_number
from app.service_requests.status import Status
from app.storage import store_of
from app.yearbook.operations import seal

from ..conftest import KEY
from ..factories import TOWN, actor, changed, do_jobs, lamp, near, road, staff, submitted
from ..kartverket import address, kartverket
from ..notifications.conftest import URL, follower, post_by, write
from ..photos import samples
from ..reporting.test_form import WHOLE, sent_report
from ..servers import mail_server, receiver
from .addresses import ONE_PERSONS, Facts, addresses, public_rules
from .leaks import BROWSER, EMAIL, HOUSE_NUMBER, NAME, NETWORK, PHONE, STREET, WORDS, Secrets

HOUSE = near(TOWN, east=13, north=161)
"""So far from the street that no other report is told to be at its address."""
NOW = datetime.now(UTC)
LAST_YEAR = NOW.year - 1
CONTACT = {"email": EMAIL, "phone": PHONE, "name": NAME}
LAMP = "D-4"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was told through the doors, and what of it nobody else may find."""

    private: str
    open: str
    tokens: tuple[str, ...]
    facts: Facts
    secrets: Secrets
    hook: Any
    mail: Any


def secret(where: str) -> str:
    return f"{WORDS} i {where}: {NAME}, {EMAIL}, {PHONE}, {STREET} {HOUSE_NUMBER}"


@pytest.fixture
def talkative(jurisdiction):
    """The municipality takes comments, and shows them when someone has read them."""
    change = update(Jurisdiction).where(Jurisdiction.id == jurisdiction.id)
    before = jurisdiction.comments
    with transaction():
        session().execute(change.values(comments="after_approval"))
    yield
    session().rollback()
    with transaction():
        session().execute(change.values(comments=before))


@pytest.fixture
def world(app, jurisdiction, talkative, monkeypatch):
    """Kartverket, a mail server and somebody's webhook; a street with a lamp."""
    at = {"lat": HOUSE.latitude, "lon": HOUSE.longitude}
    with (
        kartverket(addresses=[address(STREET, HOUSE_NUMBER, **at)]) as register,
        mail_server() as mail,
        receiver() as hook,
    ):
        settings = replace(app.config["SETTINGS"], kartverket_url=register.url)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        with transaction():
            session().execute(text("DELETE FROM webhook"))
            road(jurisdiction, "K", near(TOWN, east=-210), near(TOWN, east=190), street_name=STREET)
            lamp(jurisdiction, LAMP, near(TOWN, east=-90))
            earlier = NOW - timedelta(days=1)
            made = webhooks.add(jurisdiction.id, hook.url, webhooks.EVENTS, now=earlier)
            key = made.id
        follower(jurisdiction, "everything", now=earlier, email="follower@example.org")
        yield mail, hook, key
        session().rollback()
        with transaction():
            session().execute(text("DELETE FROM webhook"))


@pytest.fixture
def told(app, jurisdiction, client, world, caplog):
    """Everything said through the doors that people use, and all that follows from it."""
    caplog.set_level(logging.DEBUG, "app")
    caplog.set_level(logging.INFO)
    mail, hook, webhook = world
    client.environ_base |= {"REMOTE_ADDR": NETWORK, "HTTP_USER_AGENT": BROWSER}
    keys = [_photo(client) for _ in range(2)]
    private = _by_json(client, "WATER-NONE", photos=keys[:1])
    answers = {"vehicle": "car", "marks": secret("svar")}
    vehicle = _by_json(client, "ENVIRONMENT-VEHICLE", answers, at=near(TOWN, east=-300))
    open_ = _by_form(client, keys[1])
    submitted(
        jurisdiction,
        now=datetime(LAST_YEAR, 5, 3, 10, tzinfo=UTC),
        service_code="WATER-QUALITY",
        position=HOUSE,
        description=secret("fjoråret"),
        **CONTACT,
    )
    do_jobs(app)  # finds the place's words
    _talk(client, private)
    _talk(client, open_)
    _work(jurisdiction, private, open_, keys[1])
    _rate(client, private)
    with transaction():
        seal(jurisdiction, LAST_YEAR, public_from=None, by=None, now=NOW)
    do_jobs(app)
    post = post_by(mail)
    with transaction():
        spread(window=timedelta(0), now=NOW + timedelta(hours=2))
    write(post, now=NOW + timedelta(hours=2))
    _send(webhook)
    store = store_of(app.config["SETTINGS"])
    night = make(jurisdiction, store, now=NOW)
    requests = session().scalars(select(ServiceRequest)).all()
    exact = [position_of(one.position) for one in requests if one.number != open_]
    shown = [position_of(one.public_position) for one in requests]
    exact = [at for at in exact if at not in shown]
    assert exact, "the private addresses are told by their street"
    yield Told(
        private=private,
        open=open_,
        tokens=tuple(one.token for one in requests),
        facts=Facts(
            numbers=(private, open_, vehicle),
            photos=keys,
            places=[HOUSE, *shown],
            lamp=LAMP,
            night=night.date,
            night_files=[*(file.name for file in night.files), "manifest.json", "SHA256SUMS"],
            sealed_year=LAST_YEAR,
        ),
        secrets=Secrets(places=exact),
        hook=hook,
        mail=mail,
    )
    store.remove([kept.name for kept in store.kept("open-data")])


def _photo(client) -> str:
    sent = {"photo": (io.BytesIO(samples.jpeg()), f"{WORDS}.jpg")}
    answer = client.post("/api/v1/photos", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.text
    return answer.json["key"]


def _by_json(client, service: str, answers=None, at: Position = HOUSE, **more: Any) -> str:
    report = {
        "service_code": service,
        "position": {"type": "Point", "coordinates": [at.longitude, at.latitude]},
        "description": secret("beskrivelse"),
        "contact": CONTACT,
        "answers": answers or {},
        **more,
    }
    answer = client.post("/api/v1/service-requests", json=report)
    assert answer.status_code == 201, answer.text
    return answer.json["number"]


def _by_form(client, photo: str) -> str:
    form = WHOLE | CONTACT | {"description": secret("skjema"), "photos": photo}
    return sent_report(client.post("/meld/send", data=form)).number


def _talk(client, number: str) -> None:
    """What the one who reported adds, and what passers-by say."""
    token = by_number(session().scalars(select(Jurisdiction.id)).first(), number).token
    added = client.post(f"/m/{token}/legg-til", data={"message": secret("tillegg")})
    assert added.status_code == 303, added.text
    said = client.post(f"/meldinger/{number}/kommentar", data={"comment": secret("kommentar")})
    assert said.status_code == 303, said.text
    assert client.post(f"/meldinger/{number}/jeg-ogsa").status_code == 303
    followed = client.post(f"/meldinger/{number}/folg", data={"email": EMAIL})
    assert followed.status_code == 303, followed.text


def _work(jurisdiction, private: str, open_: str, photo: str) -> None:
    """Staff note what is theirs alone, show a photo, and close."""
    who = staff(jurisdiction, "service_desk", Role.FIRST_LINE)
    desk = actor(who)
    for number in (private, open_):
        found = by_number(jurisdiction.id, number)
        found = changed(
            found,
            Status.ASSESSING,
            desk,
            message=secret("internt notat"),
            visibility=Visibility.INTERNAL,
        )
        found = changed(found, Status.IN_PROGRESS, desk)
        changed(found, Status.FIXED, desk, led_to_improvement=True, message="Rettet.")
    with transaction():
        found = by_number(jurisdiction.id, open_)
        pictures.decide(
            found, photo, ModerationState.SHOWN, account_id=who.account_id, now=datetime.now(UTC)
        )


def _rate(client, number: str) -> None:
    token = by_number(session().scalars(select(Jurisdiction.id)).first(), number).token
    said = secret("tilfredshet")
    answer = client.post(f"/m/{token}/gi-karakter", data={"score": "2", "words": said})
    assert answer.status_code == 303, answer.text


def _send(webhook: int) -> None:
    for _ in range(100):
        with transaction():
            now = NOW + timedelta(hours=2)
            if not webhooks.send_next(webhook, base_url=URL, secret=KEY, now=now):
                return


def test_no_public_address_tells_anything_personal(app, told, jurisdiction):
    """Walks the map of addresses. A new public one must lead somewhere here, or stand in ONE_PERSONS."""
    stranger = app.test_client()
    secrets = replace(told.secrets, texts=[*told.secrets.texts, *told.tokens])
    leaks, uncovered, broken = [], [], []
    for rule in public_rules(app):
        if rule.endpoint in ONE_PERSONS:
            continue
        reached = False
        for url in addresses(app, rule, told.facts):
            answer = stranger.get(url)
            if answer.status_code >= 500:
                broken.append(f"{url}: {answer.status_code}")
            reached = reached or answer.status_code < 400
            for found in secrets.found_in(answer.data, answer.mimetype):
                leaks.append(f"{url}: {found}")
            for name, value in answer.headers:
                if secrets.found_in(value.encode()):
                    leaks.append(f"{url}: header {name}")
        if not reached and rule.endpoint != "ogc.nothing":
            uncovered.append(f"{rule.endpoint} {rule}")
    assert not leaks, "\n".join(leaks)
    assert broken == []
    assert uncovered == [], "give addresses.py parameters that lead somewhere"


def test_what_is_said_to_be_one_persons_is_still_there(app):
    assert set(ONE_PERSONS) <= {rule.endpoint for rule in public_rules(app)}


def test_neither_the_exact_place_nor_a_waiting_photo_can_be_had_by_asking(told, app, client):
    """The personal page shows all of it, so a search that found nothing there would be blind."""
    token = by_number(session().scalars(select(Jurisdiction.id)).first(), told.private).token
    page = client.get(f"/m/{token}")
    found = told.secrets.found_in(page.data, page.mimetype)
    assert {WORDS, EMAIL, PHONE, f"{STREET} {HOUSE_NUMBER}"} <= set(found)
    assert any(one.startswith("place") for one in found)

    stranger, at = app.test_client(), HOUSE
    box = f"{at.longitude - 2e-4},{at.latitude - 1e-4},{at.longitude + 2e-4},{at.latitude + 1e-4}"
    for url in (
        f"/api/v1/service-requests?bbox={box}",
        f"/feed?bbox={box}",
        f"/api/v1/datasets/service-requests.csv?bbox={box}",
        f"/ogc/collections/service-requests/items?bbox={box}&f=json",
        f"/api/v1/service-requests?q={STREET}+{HOUSE_NUMBER}",
    ):
        answer = stranger.get(url)
        assert answer.status_code == 200, url
        assert told.private not in answer.text, url
    asked = f"?service=WATER-NONE&latitude={at.latitude}&longitude={at.longitude}"
    hints = stranger.get(f"/api/v1/service-requests/near{asked}").json
    assert told.private in {hint["number"] for hint in hints}
    assert all(hint["metres"] % 100 == 0 for hint in hints), "about how far its street's middle is"

    waiting, approved = told.facts.photos
    assert stranger.get(f"/bilder/{waiting}/960.jpg").status_code == 404
    shown = stranger.get(f"/bilder/{approved}/960.jpg")
    assert shown.status_code == 200
    assert not [mark for mark in samples.MARKS if mark in shown.data]


def test_webhooks_letters_to_others_and_logs_tell_nothing_personal(told, caplog):
    assert told.hook.taken
    for _, body in told.hook.taken:
        assert told.secrets.found_in(body, "application/json") == []
    others = [letter for letter in told.mail.taken if letter["To"] == "follower@example.org"]
    assert others
    for letter in others:
        assert told.secrets.found_in(str(letter["Subject"]).encode()) == []
        for part in letter.walk():
            assert told.secrets.found_in(part.get_payload(decode=True) or b"") == []
    records = [*caplog.get_records("setup"), *caplog.records]
    said = "\n".join(one.getMessage() for one in records if _is_ours(one))
    assert "photo" in said, "something was logged"
    assert told.secrets.found_in(said.encode()) == []
    assert not [token for token in told.tokens if token in said]


def _is_ours(record: logging.LogRecord) -> bool:
    """Not the tests' own mail server, nor the addresses that httpx tells and the service turns off."""
    return record.name != "mail.log" and (record.name != "httpx" or record.levelno > logging.INFO)
