"""A mail server of one's own: Dovecot without rights, on a free port, with one mailbox."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER = "melding"
PASSWORD = "a-password-of-the-tests"
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {me}
first_valid_uid = 0
last_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{home}/mail
mail_uid = {uid}
mail_gid = {gid}
stats_writer_socket_path =
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
namespace inbox {{
  inbox = yes
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@dataclass(frozen=True, kw_only=True)
class Server:
    """The running server. Letters are put into its mailbox as a mail server does, and looked at."""

    port: int
    home: Path

    def deliver(self, content: bytes, folder: str = "INBOX") -> None:
        with self._connection() as imap:
            imap.append(folder, "", imaplib.Time2Internaldate(time.time()), content)

    def count(self, folder: str) -> int:
        with self._connection() as imap:
            answer, found = imap.select(folder, readonly=True)
            return int(found[0] or 0) if answer == "OK" else 0

    def empty(self) -> None:
        with self._connection() as imap:
            for folder in ("INBOX", "Melde-ferdig", "Melde-avvist"):
                answer, found = imap.select(folder)
                if answer == "OK" and int(found[0] or 0):
                    imap.store("1:*", "+FLAGS", "\\Deleted")
                    imap.expunge()

    @contextmanager
    def _connection(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, 10) as imap:
            imap.login(USER, PASSWORD)
            yield imap


@contextmanager
def dovecot() -> Iterator[Server]:
    """The server, until the block ends. It never runs as root."""
    assert DOVECOT, "Dovecot is not installed; bin/test brings it"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    me = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))
    for name in ("mail", "run", "state"):
        (home / name).mkdir()
    config = home / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            home=home,
            port=port,
            me=me.pw_name,
            group=grp.getgrgid(me.pw_gid).gr_name,
            uid=me.pw_uid,
            gid=me.pw_gid,
            password=PASSWORD,
        )
    )
    other = {}
    if os.getuid() == 0:
        for path in (home, *home.iterdir()):
            os.chown(path, me.pw_uid, me.pw_gid)
        other = {"user": me.pw_uid, "group": me.pw_gid, "extra_groups": []}
    running = subprocess.Popen([DOVECOT, "-F", "-c", str(config)], **other)
    try:
        _wait(port, home / "log", running)
        yield Server(port=port, home=home)
    finally:
        running.terminate()
        running.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def _wait(port: int, log: Path, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and running.poll() is None:
        try:
            with imaplib.IMAP4("127.0.0.1", port, 2) as imap:
                imap.login(USER, PASSWORD)
                return
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.1)
    said = log.read_text() if log.exists() else ""
    raise AssertionError(f"Dovecot did not start: {said}")
