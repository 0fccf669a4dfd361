"""Letters that come back, and addresses that a mail server refuses."""

import mailbox
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import main
from app.database import session, transaction
from app.notifications import bounces, operations, tasks
from app.notifications.links import Signer
from app.service_requests.kinds import EntryKind
from app.service_requests.models import Contact
from app.service_requests.status import Status

from ..conftest import KEY
from ..factories import changed, submitted
from .conftest import SIGNER, follower, post_by, receipt, rows, tell, write

NOW = datetime.now(UTC)
RETURN = "retur@example.org"


def report_of(contact_id, status="5.1.1", *, action="failed", to=None, signer=SIGNER):
    """A delivery status notification as mail servers write them (RFC 3464)."""
    address = to or signer.return_path(RETURN, contact_id)
    told = MIMEMultipart("report", report_type="delivery-status")
    told["From"] = "MAILER-DAEMON@mx.example.org"
    told["To"] = address
    told["Subject"] = "Undelivered Mail Returned to Sender"
    told.attach(MIMEText("I am sorry to have to inform you …"))
    for_all, for_one = Message(), Message()
    for_all["Reporting-MTA"] = "dns; mx.example.org"
    for_one["Final-Recipient"] = "rfc822; reporter@example.org"
    for_one["Action"] = action
    for_one["Status"] = status
    for_one["Diagnostic-Code"] = f"smtp; 550 {status} no such user"
    part = Message()
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([for_all, for_one])
    told.attach(part)
    sent = EmailMessage()
    sent["From"] = "no-reply@example.org"
    sent["Subject"] = "Vi har fått meldingen din"
    sent.set_content("…")
    told.attach(MIMEMessage(sent))
    return told.as_bytes()


@pytest.fixture
def report(jurisdiction):
    return submitted(jurisdiction, email="reporter@example.org", language="nb")


def contact_of(report):
    query = select(Contact).where(Contact.service_request_id == report.id)
    return session().scalars(query).one()


def test_the_return_address_says_whom_it_was_for_and_holds_no_address(report, post, server):
    receipt(report, replace(post, bounce_address=RETURN), now=NOW)
    (sender,) = server.senders
    assert sender.startswith("retur+")
    assert "reporter" not in sender
    assert len(sender.partition("@")[0]) <= 64
    assert SIGNER.returned_from(sender.upper()) == contact_of(report).id


def test_an_address_that_does_not_exist_is_stopped_and_the_desk_is_told(
    jurisdiction, report, desk, post, server
):
    other = submitted(jurisdiction, email="Reporter@example.org")
    follower(jurisdiction, "everything", now=NOW, email="reporter@example.org")
    found = bounces.take(report_of(contact_of(report).id), SIGNER, now=NOW)
    assert found.is_final
    session().expire_all()
    for one in (report, other):
        assert (contact_of(one).stopped_at, contact_of(one).stop_reason) == (NOW, "5.1.1")
        entry = one.history[-1]
        assert (entry.kind, entry.visibility) == (EntryKind.UNREACHABLE, "internal")
        assert "5.1.1" in entry.message
        assert "reporter" not in entry.message
    assert len(session().scalars(select(Contact)).all()) == 2
    changed(report, Status.IN_PROGRESS, desk)
    tell(report, post, now=NOW)
    write(post, now=NOW)
    assert server.taken == []
    bounces.take(report_of(contact_of(report).id), SIGNER, now=NOW)
    assert [entry.kind for entry in report.history].count(EntryKind.UNREACHABLE) == 1


@pytest.mark.parametrize("status", ["4.4.1", "4.2.2", "5.2.2", "5.7.1", "5.7.26", "5.3.4", "5.6.1"])
def test_what_is_not_about_the_address_stops_nothing(report, status):
    found = bounces.take(report_of(contact_of(report).id, status), SIGNER, now=NOW)
    assert found is None or not found.is_final
    assert contact_of(report).stopped_at is None


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_only_what_failed_counts(report, action):
    message = report_of(contact_of(report).id, action=action)
    assert bounces.take(message, SIGNER, now=NOW) is None


def test_a_reference_that_is_not_signed_by_us_stops_nobody(report):
    stranger = Signer(secret="another secret, long enough to be one")
    message = report_of(contact_of(report).id, signer=stranger)
    assert bounces.read(message, SIGNER) is None
    assert bounces.read(report_of(0, to="retur+1-aaaaaaaaaaaaaaaa@example.org"), SIGNER) is None


@pytest.mark.parametrize("message", [b"", b"\xff\xfe", b"Subject: hi\n\nI am away.", b"To: x\n"])
def test_other_mail_is_passed_over(app, message):
    assert bounces.take(message, SIGNER, now=NOW) is None


def test_a_folder_of_returned_mail_is_read_and_emptied(report, tmp_path):
    box = mailbox.Maildir(tmp_path / "retur", create=True)
    box.add(report_of(contact_of(report).id))
    box.add(b"Subject: spam\n\nBuy.")
    assert bounces.take_all(tmp_path / "retur", SIGNER, now=NOW) == 2
    assert len(mailbox.Maildir(tmp_path / "retur")) == 0
    session().expire_all()
    assert contact_of(report).stopped_at == NOW
    assert bounces.take_all(tmp_path / "retur", SIGNER, now=NOW) == 0


@pytest.mark.parametrize("header", [b'To: "', b"To: <a@[", b"To: " + b"(" * 20_000])
def test_a_hostile_message_is_set_aside_and_the_others_are_read(report, tmp_path, caplog, header):
    box = mailbox.Maildir(tmp_path / "retur", create=True)
    box.add(header + b"\n\nhi")
    box.add(report_of(contact_of(report).id))
    box.add(header + b"\n\nhi")
    assert bounces.take_all(tmp_path / "retur", SIGNER, now=NOW) == 3
    again = mailbox.Maildir(tmp_path / "retur")
    assert (len(again), len(again.get_folder(bounces.UNREADABLE))) == (0, 2)
    assert "cannot be read" in caplog.text
    session().expire_all()
    assert contact_of(report).stopped_at == NOW


def test_the_mail_servers_pipe_stops_the_address(app, report, monkeypatch):
    monkeypatch.setenv("MELDE_DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv("MELDE_SECRET_KEY", KEY)
    message = report_of(contact_of(report).id)
    done = CliRunner().invoke(main, ["bounce"], input=message)
    assert done.exit_code == 0, done.output
    assert "no more is sent there" in done.output
    session().rollback()
    assert contact_of(report).stop_reason == "5.1.1"
    passed = CliRunner().invoke(main, ["bounce"], input=b"Subject: hi\n\nhi")
    assert (passed.exit_code, passed.output) == (0, "no report about a letter of ours\n")


# --- refused while it is being sent -----------------------------------------------------------------


def test_a_server_that_knows_no_such_user_stops_the_address(report, post, server, caplog):
    server.refused_recipient = "550 5.1.1 no such user reporter@example.org"
    receipt(report, post, now=NOW)
    session().expire_all()
    assert contact_of(report).stop_reason == "550"
    assert report.history[-1].kind == EntryKind.UNREACHABLE
    assert "reporter@example.org" not in caplog.text
    server.refused_recipient = None
    write(post, now=NOW)
    assert server.taken == []


@pytest.mark.parametrize(
    "answer",
    [
        "450 4.2.0 later",
        "550 5.7.1 relaying denied",
        "554 5.7.1 no",
        "550 not today",
        "550 5.0.0 blocked by our list",
        "550 unknown user of the sender",
        "553 5.3.0 not taken",
    ],
)
def test_a_server_that_refuses_us_stops_no_address(report, post, server, answer):
    server.refused_recipient = answer
    receipt(report, post, now=NOW)
    session().expire_all()
    assert contact_of(report).stopped_at is None
    assert rows()[0]["attempts"] == 1


@pytest.mark.parametrize(
    "answer", ["550 No such user here", "550 5.0.0 User unknown", "553 5.1.3 x"]
)
def test_words_say_that_there_is_no_such_address(report, post, server, answer):
    server.refused_recipient = answer
    receipt(report, post, now=NOW)
    session().expire_all()
    assert contact_of(report).stop_reason == answer[:3]


def test_a_stopped_address_gets_no_receipt(report, server):
    with transaction():
        operations.stop_address(contact_of(report).id, "5.1.1", now=NOW)
        assert operations.acknowledge(report.id, post_by(server), now=NOW) is None


def test_the_job_reads_the_folder(app, report, tmp_path, monkeypatch):
    settings = replace(app.config["SETTINGS"], bounce_folder=tmp_path / "retur")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    mailbox.Maildir(tmp_path / "retur", create=True).add(report_of(contact_of(report).id))
    tasks.take_returned()
    session().expire_all()
    assert contact_of(report).stopped_at is not None
