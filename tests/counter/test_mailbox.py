"""Letters by e-mail, through a real IMAP server: what they become, once, and what is kept out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.counter import letters, tasks
from app.counter.imap import Found, MailboxAway, Verdict, look, read_all
from app.counter.models import IncomingLetter, LetterState, Reason
from app.database import session, transaction
from app.notifications.links import Signer
from app.service_requests import by_reporter, pictures
from app.service_requests.added import contact_of
from app.service_requests.kinds import EntryKind
from app.service_requests.models import Contact, HistoryEntry, ServiceRequest

from ..conftest import KEY
from ..factories import orders, submitted
from ..journeys.conftest import grey_png
from .conftest import ADDRESS, letter, read


def reports():
    session().rollback()
    return session().scalars(select(ServiceRequest).order_by(ServiceRequest.id)).all()


def words_added(request):
    query = select(HistoryEntry.message).where(
        HistoryEntry.service_request_id == request.id,
        HistoryEntry.kind == EntryKind.MESSAGE,
        HistoryEntry.actor == "reporter",
    )
    return session().scalars(query).all()


def test_a_letter_that_says_what_and_where_becomes_a_report(app, box, server):
    server.deliver(letter().as_bytes())
    (row,) = read(app)
    (made,) = reports()
    assert (row.state, row.service_request_id) == (LetterState.REPORT, made.id)
    assert (made.channel, made.service.code) == ("email", "ROAD-POTHOLE")
    assert "dypt hull" in made.description
    assert contact_of(made.id).email == "melder@example.org"
    assert ("notifications.acknowledge", {"service_request_id": made.id}) in orders()
    assert (server.count("INBOX"), server.count("Melde-ferdig")) == (0, 1)


def test_what_was_decided_keeps_neither_words_nor_sender_with_the_letter(app, box, server):
    server.deliver(letter().as_bytes())
    (row,) = read(app)
    assert (row.words, row.subject, row.message_id, row.contact_id) == (None, None, None, None)
    assert b"melder@example.org" not in row.sender_mark


def test_a_crash_between_saving_and_moving_makes_nothing_twice(app, box, server):
    server.deliver(letter().as_bytes())

    def crash(found):
        tasks._deal_with(found, box)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_all(box, crash)
    assert server.count("INBOX") == 1
    assert len(reports()) == 1
    read(app)
    assert len(reports()) == 1
    assert (server.count("INBOX"), server.count("Melde-ferdig")) == (0, 1)


def test_the_same_letter_delivered_twice_is_one_report(app, box, server):
    server.deliver(letter().as_bytes())
    server.deliver(b"Received: by another way\r\n" + letter().as_bytes())
    assert len(read(app)) == 1
    assert len(reports()) == 1
    assert server.count("Melde-ferdig") == 2


def test_another_letter_with_a_message_id_that_was_used_is_not_lost(app, box, server):
    server.deliver(letter().as_bytes())
    server.deliver(letter("Noe helt annet", sender="annen@example.org").as_bytes())
    assert [row.state for row in read(app)] == [LetterState.REPORT, LetterState.WAITING]


def test_a_fault_before_saving_leaves_the_letter_for_someone_to_look_at(
    app, box, server, monkeypatch
):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr(letters, "take", fail)
    server.deliver(letter().as_bytes())
    (row,) = read(app)
    assert (row.state, row.reason) == (LetterState.WAITING, Reason.UNREADABLE)
    assert reports() == []


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("Det er et hull i veien utenfor huset mitt, Storgata 4", "Hull i veien"),
        ("Hull her: 59.9139, 10.7522", "Hull i veien"),
    ],
)
def test_a_letter_without_a_place_of_ours_waits(app, box, server, words, subject):
    server.deliver(letter(words, subject=subject).as_bytes())
    (row,) = read(app)
    assert (row.state, row.reason) == (LetterState.WAITING, Reason.NO_PLACE)
    assert row.contact.email == "melder@example.org"
    assert reports() == []
    assert server.count("Melde-ferdig") == 1


def test_an_answer_from_the_reporter_is_added_without_what_it_quotes(
    app, box, server, jurisdiction
):
    there = submitted(jurisdiction, email="Melder@example.org")
    words = "Det er verre nå.\n\nMan. 23. nov. 2026 skrev Kommunen:\n> Vi har fått meldingen din"
    words = words.replace("Man. 23.", "Den man. 23.")
    subject = f"SV: {there.number}, Hull i veien: Mottatt"
    server.deliver(letter(words, subject=subject).as_bytes())
    (row,) = read(app)
    assert (row.state, row.service_request_id) == (LetterState.ADDED, there.id)
    assert words_added(there) == ["Det er verre nå."]
    assert len(reports()) == 1


def test_the_number_alone_lets_nobody_else_speak_for_the_reporter(app, box, server, jurisdiction):
    there = submitted(jurisdiction, email="melder@example.org")
    server.deliver(
        letter("Bare lukk den.", subject=there.number, sender="other@example.org").as_bytes()
    )
    (row,) = read(app)
    assert (row.state, row.reason) == (LetterState.WAITING, Reason.NOT_THE_REPORTER)
    assert words_added(there) == []


def test_a_signed_reply_address_speaks_for_itself_and_a_forged_one_does_not(
    app, box, server, jurisdiction
):
    there = submitted(jurisdiction, email="melder@example.org")
    contact = contact_of(there.id)
    ours = Signer(secret=KEY).reply_address(ADDRESS, contact.id)
    forged = Signer(secret="another key, long enough").reply_address(ADDRESS, contact.id)
    bounce = Signer(secret=KEY).return_path(ADDRESS, contact.id)
    for number, to in enumerate((ours, forged, bounce)):
        made = letter(
            f"Svar {number}",
            subject="Takk",
            to=to,
            sender="jobb@example.org",
            message_id=f"<{number}@example.org>",
        )
        server.deliver(made.as_bytes())
    states = [row.state for row in read(app)]
    assert states == [LetterState.ADDED, LetterState.WAITING, LetterState.WAITING]
    assert words_added(there) == ["Svar 0"]


def test_an_address_signed_before_the_reporter_was_erased_opens_nothing(
    app, box, server, jurisdiction
):
    there = submitted(jurisdiction, email="melder@example.org")
    to = Signer(secret=KEY).reply_address(ADDRESS, contact_of(there.id).id)
    with transaction():
        by_reporter.erase(there.id, now=there.requested_at)
    server.deliver(letter("Hei", subject="Takk", to=to).as_bytes())
    (row,) = read(app)
    assert row.state == LetterState.WAITING
    assert words_added(there) == []


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, Reason.AUTOMATIC),
        ({"Auto_Submitted": "no", "X_Spam_Flag": "YES"}, Reason.SPAM),
        ({"Precedence": "bulk"}, Reason.LIST),
        ({"Precedence": "auto_reply"}, Reason.AUTOMATIC),
        ({"List_Id": "<news.example.org>"}, Reason.LIST),
        ({"X_Auto_Response_Suppress": "All"}, Reason.AUTOMATIC),
        ({"X_Autoreply": "yes"}, Reason.AUTOMATIC),
        ({"Return_Path": "<>"}, Reason.AUTOMATIC),
        ({"sender": f"Oss <{ADDRESS.upper()}>"}, Reason.OURS),
        ({"sender": "no-reply@localhost"}, Reason.NO_SENDER),
        ({"sender": "MAILER-DAEMON@example.org"}, Reason.AUTOMATIC),
    ],
)
def test_machines_lists_and_ourselves_are_kept_out(app, box, server, headers, reason):
    server.deliver(letter(**headers).as_bytes())
    (row,) = read(app)
    assert (row.state, row.reason) == (LetterState.KEPT_OUT, reason)
    assert session().scalar(select(func.count()).select_from(Contact)) == 0
    assert reports() == []
    assert (server.count("INBOX"), server.count("Melde-avvist")) == (0, 1)


def test_a_letter_that_says_it_is_not_automatic_is_taken(app, box, server):
    server.deliver(letter(Auto_Submitted="no").as_bytes())
    (row,) = read(app)
    assert row.state == LetterState.REPORT


def test_a_sender_who_sends_too_many_within_an_hour_is_held_back(app, box, server, monkeypatch):
    monkeypatch.setattr(letters, "MOST_AN_HOUR", 2)
    for number in range(4):
        server.deliver(letter(f"Hei {number}", message_id=f"<{number}@example.org>").as_bytes())
    assert [row.state for row in read(app)] == ["waiting", "waiting", "kept_out", "kept_out"]


def test_photos_are_kept_and_other_files_are_told_of(app, box, server):
    made = letter()
    made.add_attachment(grey_png(), maintype="image", subtype="png", filename="hull.png")
    made.add_attachment(b"not a picture", maintype="image", subtype="jpeg", filename="rar.jpg")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="kart.pdf")
    server.deliver(made.as_bytes())
    read(app)
    (report,) = reports()
    assert len(pictures.shown(report, personal=True)) == 1
    notes = select(HistoryEntry).where(HistoryEntry.kind == EntryKind.NOTE)
    (note,) = session().scalars(notes).all()
    assert note.visibility == "internal"
    assert "kart.pdf" in note.message
    assert "rar.jpg" in note.message


def test_a_letter_that_is_too_large_is_not_fetched_but_waits(app, box, server, monkeypatch):
    monkeypatch.setattr("app.counter.imap.MOST_BYTES", 1000)
    server.deliver(letter("x" * 3000).as_bytes())
    (row,) = read(app)
    assert (row.state, row.reason, row.subject) == ("waiting", Reason.TOO_LARGE, "Hull i veien")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"From: a@example.org\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xe6\xf8\xe5",
        b"From: =?utf-8?q?broken\r\nSubject: =?x?\r\n\r\nhei",
        b"From: a@example.org\r\nSubject: \x00 null\r\n\r\nhei \x00",
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nno parts",
    ],
)
def test_whatever_comes_is_dealt_with_and_stops_nothing(app, box, server, content):
    found = Found(content=content, is_whole=True)
    assert tasks._deal_with(found, box) in {Verdict.DONE, Verdict.TRASH}
    server.deliver(letter().as_bytes())
    assert read(app)[-1].state == LetterState.REPORT


def test_what_is_wrong_with_a_mailbox_is_said_in_plain_words(box, server, tmp_path):
    assert look(box).waiting == 0
    wrong = tmp_path / "wrong"
    wrong.write_text("nonsense")
    cases = {
        "refuses the user melding": replace(box, password_file=wrong),
        "cannot be read": replace(box, password_file=tmp_path / "none"),
        "no folder": replace(box, folder="Nowhere"),
        "does not answer": replace(box, port=1),
        "no server called": replace(box, host="nowhere.invalid"),
    }
    for said, broken in cases.items():
        with pytest.raises(MailboxAway, match=said) as fault:
            look(broken)
        assert "nonsense" not in str(fault.value)


def test_each_minute_each_mailbox_is_ordered_once(app, box):
    tasks.read_mailboxes()
    tasks.read_mailboxes()
    session().rollback()
    assert [job for job in orders() if job[0] == "counter.read_mailbox"] == [
        ("counter.read_mailbox", {"mailbox": "ksu"})
    ]


def test_who_sent_what_is_forgotten_after_two_days(app, box, server, jurisdiction):
    server.deliver(letter().as_bytes())
    read(app)
    with transaction():
        letters.tidy(datetime.now(UTC) + timedelta(days=3))
    (row,) = session().scalars(select(IncomingLetter)).all()
    assert row.sender_mark is None
    with transaction():
        assert letters.tidy(datetime.now(UTC) + timedelta(days=401)) == 1
