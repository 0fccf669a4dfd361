"""The file of mailboxes, and what `melde mailbox check` says."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from app import mailboxes
from app.cli import mailbox as cli
from app.settings import SettingsError

from .dovecot import PASSWORD, USER

WHOLE = """
mailboxes:
  - name: ksu
    jurisdiction: "1505"
    host: imap.example.org
    user: melding
    password_file: secret
    address: melding@example.org
"""


def read(tmp_path, text):
    path = tmp_path / "mailboxes.yaml"
    path.write_text(text)
    return mailboxes.read(path)


def test_what_is_left_out_has_a_safe_default(tmp_path):
    (box,) = read(tmp_path, WHOLE).values()
    assert (box.port, box.security, box.folder) == (993, "tls", "INBOX")
    assert (box.done_folder, box.trash_folder) == ("Melde-ferdig", "Melde-avvist")
    assert box.password_file == tmp_path / "secret"
    assert "secret" not in repr(box)
    assert mailboxes.read(None) == {}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("    port: 99999\n", "mailboxes.yaml:9: port"),
        ("    security: none\n", "mailboxes.yaml:9: security"),
        ("    security: ssl\n", "mailboxes.yaml:9: security"),
        ("    folder: Melde-ferdig\n", "mailboxes.yaml:9: folder"),
        ("    channel: web\n", "mailboxes.yaml:9: channel"),
        ("    pasword: x\n", "mailboxes.yaml:9: pasword"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, wrong, said):
    with pytest.raises(SettingsError, match="MELDE_MAILBOXES") as fault:
        read(tmp_path, WHOLE + wrong)
    assert said in str(fault.value)


def test_two_mailboxes_have_neither_name_nor_address_in_common(tmp_path):
    with pytest.raises(SettingsError) as fault:
        read(tmp_path, WHOLE + WHOLE.replace("\nmailboxes:\n", ""))
    assert "two mailboxes have this name" in str(fault.value)
    assert "two mailboxes have this address" in str(fault.value)


def test_the_first_mailbox_of_a_municipality_takes_its_answers(tmp_path):
    boxes = read(tmp_path, WHOLE)
    assert mailboxes.address_for(boxes, "1505") == "melding@example.org"
    assert mailboxes.address_for(boxes, "1554") is None


@pytest.fixture
def check(app, monkeypatch):
    """Run the command with the service of the tests."""
    monkeypatch.setattr(cli, "for_command", lambda: None)
    monkeypatch.setattr(cli, "create_app", lambda _: app)
    return lambda: CliRunner().invoke(cli.command, ["check"])


def test_check_says_what_is_in_the_mailbox_and_moves_nothing(check, box, server):
    server.deliver(b"From: a@example.org\r\nSubject: Hei\r\n\r\nhei\r\n")
    said = check()
    assert said.exit_code == 0
    assert "melding@kommune.example.org is read. Letters in INBOX: 1." in said.output
    assert server.count("INBOX") == 1


def test_check_says_in_plain_words_what_is_wrong(app, check, box, tmp_path):
    (tmp_path / "wrong").write_text("nonsense")
    app.extensions["mailboxes"] = {
        "one": replace(box, name="one", password_file=tmp_path / "wrong"),
        "two": replace(box, name="two", jurisdiction="9999"),
    }
    said = check()
    assert said.exit_code == 1
    assert f"one: 127.0.0.1:{box.port} refuses the user {USER}" in said.output
    assert "two: the municipality 9999 is not loaded here" in said.output
    assert PASSWORD not in said.output


def test_check_without_mailboxes_says_where_to_begin(app, check):
    app.extensions["mailboxes"] = {}
    said = check()
    assert said.exit_code == 1
    assert "MELDE_MAILBOXES is not set" in said.output
