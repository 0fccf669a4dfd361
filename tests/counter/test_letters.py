"""Letters that wait: a report is made of them, or they are kept with one, answered or put away."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from app.counter.models import IncomingLetter, LetterState
from app.database import session, transaction
from app.photos.models import Photo
from app.privacy import person
from app.roles import Role
from app.service_requests import pictures
from app.service_requests.added import contact_of
from app.service_requests.kinds import EntryKind
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest

from ..factories import TOWN, do_jobs, staff, submitted
from ..journeys.conftest import grey_png
from .conftest import ADDRESS, letter, read
from .test_register import FORM, signed_in

VAGUE = "Kan noen se på dette? Det er skrekkelig."


@pytest.fixture
def desk(client, jurisdiction):
    return signed_in(client, staff(jurisdiction, "service_desk", Role.FIRST_LINE, "d@example.org"))


@pytest.fixture
def waiting(app, box, server):
    made = letter(VAGUE, subject="Til kommunen")
    made.add_attachment(grey_png(), maintype="image", subtype="png", filename="bilde.png")
    server.deliver(made.as_bytes())
    (row,) = read(app)
    assert row.state == LetterState.WAITING
    return row.id


def row_of(key):
    session().rollback()
    session().expire_all()
    return session().get_one(IncomingLetter, key)


def contacts():
    return session().scalar(select(func.count()).select_from(Contact))


def test_the_list_and_the_letter_show_the_words_and_never_the_address(client, desk, waiting):
    for address in ("/registrer/brev", f"/registrer/brev/{waiting}"):
        page = client.get(address).get_data(as_text=True)
        assert VAGUE in page
        assert "melder@example.org" not in page
    assert "(1)" in client.get("/registrer").get_data(as_text=True)


def test_the_first_line_gives_place_and_kind_and_the_letter_is_a_report(client, desk, waiting):
    page = client.get(f"/registrer?brev={waiting}").get_data(as_text=True)
    assert VAGUE in page
    assert "melder@example.org" not in page
    form = FORM | {"brev": str(waiting), "channel": "email", "description": VAGUE}
    assert client.post("/registrer", data=form).status_code == 303
    made = session().scalars(select(ServiceRequest)).one()
    assert (made.channel, contact_of(made.id).email) == ("email", "melder@example.org")
    row = row_of(waiting)
    assert (row.state, row.service_request_id, row.words) == (LetterState.REPORT, made.id, None)
    assert contacts() == 1
    assert client.post("/registrer", data=form).status_code == 409
    assert session().scalar(select(func.count()).select_from(ServiceRequest)) == 1


def test_a_letter_is_kept_with_a_report_among_staff(client, desk, waiting, jurisdiction):
    there = submitted(jurisdiction)
    wrong = client.post(f"/registrer/brev/{waiting}/legg-til", data={"number": "KSU-2026-999999"})
    assert wrong.status_code == 422
    data = {"number": there.number.lower()}
    assert client.post(f"/registrer/brev/{waiting}/legg-til", data=data).status_code == 303
    notes = select(HistoryEntry).where(HistoryEntry.kind == EntryKind.NOTE)
    (note,) = session().scalars(notes).all()
    assert (note.visibility, note.account_id) == ("internal", desk.account_id)
    assert VAGUE in note.message
    assert row_of(waiting).state == LetterState.ADDED
    assert contacts() == 0


def test_an_answer_goes_to_the_one_who_wrote_and_is_then_forgotten(
    app, client, desk, waiting, tmp_path
):
    empty = client.post(f"/registrer/brev/{waiting}/svar", data={"answer": " "})
    assert empty.status_code == 422
    data = {"answer": "Hvor er dette?\nSkriv adressen."}
    assert client.post(f"/registrer/brev/{waiting}/svar", data=data).status_code == 303
    do_jobs(app)
    folder = app.config["SETTINGS"].mail_folder
    (sent,) = list(folder.glob("letter.*.eml"))
    said = sent.read_text()
    sent.unlink()
    assert "To: melder@example.org" in said
    assert "In-Reply-To: <one@example.org>" in said
    assert "Content-Language: nb" in said
    assert "Auto-Submitted: auto-replied" in said
    assert f"Reply-To: {ADDRESS}" in said
    assert "Skriv adressen." in said
    row = row_of(waiting)
    assert (row.state, row.answer, row.contact_id) == (LetterState.ANSWERED, None, None)
    assert contacts() == 0


def test_a_letter_is_put_away_once(client, desk, waiting):
    assert client.post(f"/registrer/brev/{waiting}/forkast").status_code == 303
    assert row_of(waiting).state == LetterState.DISCARDED
    assert contacts() == 0
    assert client.post(f"/registrer/brev/{waiting}/forkast").status_code == 409
    assert client.get(f"/registrer/brev/{waiting}").status_code == 409


def test_letters_are_the_first_lines_alone(client, waiting, jurisdiction):
    signed_in(client, staff(jurisdiction, "roads", Role.CASE_HANDLER, "c@example.org"))
    for address in ("/registrer/brev", f"/registrer/brev/{waiting}", f"/registrer?brev={waiting}"):
        assert client.get(address).status_code == 404
    assert client.post(f"/registrer/brev/{waiting}/forkast").status_code == 404
    form = FORM | {"brev": str(waiting)}
    assert client.post("/registrer", data=form).status_code == 404
    assert row_of(waiting).state == LetterState.WAITING


def test_a_letter_that_is_not_there_is_not_found(client, desk):
    for key in ("999999", "nonsense", "9" * 30):
        assert client.get(f"/registrer?brev={key}").status_code == 404
    assert client.get("/registrer/brev/999999").status_code == 404


def test_letters_to_reporters_ask_for_answers_at_a_signed_address(app, box, jurisdiction):
    there = submitted(jurisdiction, email="melder@example.org", position=TOWN)
    do_jobs(app)
    folder = app.config["SETTINGS"].mail_folder
    (sent,) = list(folder.glob(f"{there.number}.*receipt.eml"))
    local, _, domain = ADDRESS.partition("@")
    line = next(line for line in sent.read_text().splitlines() if line.startswith("Reply-To:"))
    sent.unlink()
    assert line.startswith(f"Reply-To: {local}+s{contact_of(there.id).id}-")
    assert line.endswith(f"@{domain}")


def test_the_photos_of_a_letter_are_kept_while_it_waits(client, desk, waiting):
    later = datetime.now(UTC) + timedelta(days=30)
    with transaction():
        assert pictures.remove_unused(now=later) == 0
    assert client.post(f"/registrer/brev/{waiting}/forkast").status_code == 303
    with transaction():
        assert pictures.remove_unused(now=later) == 1


def test_a_letter_whose_photos_are_gone_still_becomes_something(
    client, desk, waiting, jurisdiction
):
    with transaction():
        session().execute(delete(Photo))
    there = submitted(jurisdiction)
    data = {"number": there.number}
    assert client.post(f"/registrer/brev/{waiting}/legg-til", data=data).status_code == 303
    notes = select(HistoryEntry.message).where(HistoryEntry.kind == EntryKind.NOTE)
    assert any("bilder som ikke er lagret lenger" in said for said in session().scalars(notes))
    assert row_of(waiting).state == LetterState.ADDED


def test_keeping_a_letter_is_done_wholly_or_not_at_all(
    client, desk, waiting, jurisdiction, monkeypatch
):
    there = submitted(jurisdiction)
    monkeypatch.setattr(pictures, "MOST", 0)
    data = {"number": there.number}
    assert client.post(f"/registrer/brev/{waiting}/legg-til", data=data).status_code == 422
    notes = select(func.count()).select_from(HistoryEntry).where(HistoryEntry.kind == "note")
    assert session().scalar(notes) == 0
    assert row_of(waiting).state == LetterState.WAITING


def test_a_letter_is_added_to_what_is_reported_nearby(client, desk, waiting, jurisdiction):
    there = submitted(jurisdiction)
    form = FORM | {"brev": str(waiting), "number": there.number, "description": VAGUE}
    assert client.post("/registrer/legg-til", data=form).status_code == 303
    assert row_of(waiting).state == LetterState.ADDED
    assert row_of(waiting).service_request_id == there.id


def test_a_letter_that_cannot_be_is_not_found_when_sent(client, desk):
    assert client.post("/registrer", data=FORM | {"brev": "abc"}).status_code == 404


def test_erasing_a_person_takes_their_waiting_letter_along(client, desk, waiting, jurisdiction):
    found = person.contacts(jurisdiction.id, "melder@example.org")
    with transaction():
        person.erase(found, desk.account_id, now=datetime.now(UTC))
    row = row_of(waiting)
    assert (row.state, row.words, row.subject, row.photos) == (
        LetterState.DISCARDED,
        None,
        None,
        [],
    )
    assert contacts() == 0
    with transaction():
        assert pictures.remove_unused(now=datetime.now(UTC) + timedelta(days=9)) == 1
