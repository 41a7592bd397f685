"""A Postfix of our own on loop-back: submission with STARTTLS and a login, mailboxes in folders; the system's own is not touched.

It stands in for the town's mail server, because it shares nothing with our code nor with our simulator.
"""

import base64
import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Self

import trustme

COMMAND = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
USER, PASSWORD = "publisher", "été comme hiver"
NOBODY = 65534
PATIENCE = 30.0  # seconds

MAIN = """
compatibility_level = 3.6
queue_directory = {work}/spool
data_directory = {work}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
syslog_name = publisher-test
maillog_file = {work}/log
maillog_file_prefixes = {work}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.valmont.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
relay_domains =
smtp_dns_support_level = disabled
default_transport = error:5.4.4 this server has no way out
virtual_mailbox_domains = presse.example, journal.example
virtual_mailbox_maps = texthash:{work}/etc/mailboxes
virtual_mailbox_base = {work}/mail
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
message_size_limit = 100000
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{login}
smtpd_tls_cert_file = {work}/etc/server.pem
smtpd_tls_key_file = {work}/etc/server.pem
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access texthash:{work}/etc/recipients, permit_sasl_authenticated, reject
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_tls_auth_only=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_reject_unlisted_recipient=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Login(socketserver.StreamRequestHandler):
    """Whom Postfix asks about passwords: the protocol of Dovecot, as far as PLAIN and LOGIN need it."""

    def handle(self) -> None:
        self.wfile.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n")
        for line in self.rfile:
            words = line.decode().rstrip("\n").split("\t")
            if words[0] == "AUTH":
                answer = next(word.removeprefix("resp=") for word in words if word.startswith("resp="))
                right = base64.b64decode(answer) == f"\0{USER}\0{PASSWORD}".encode()
                self.wfile.write(f"{'OK' if right else 'FAIL'}\t{words[1]}\tuser={USER}\n".encode())


class Postfix:
    """A mail server from the beginning to the end of a block; `authority` vouches for it."""

    def __init__(self, authority: trustme.CA) -> None:
        self.work = Path(tempfile.mkdtemp(prefix="publisher-postfix-"))
        self.host, self.port = "127.0.0.1", free_port()
        self._login = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Login)
        self._login.daemon_threads = True
        self._write(authority)

    def __enter__(self) -> Self:
        Thread(target=self._login.serve_forever, daemon=True).start()
        self._postfix("check")
        self._postfix("start")
        self._wait_for_port()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(subprocess.SubprocessError):
            self._postfix("stop")
        self._login.shutdown()
        self._login.server_close()
        shutil.rmtree(self.work)

    def received(self, mailbox: str) -> list[bytes]:
        """What is in a mailbox by now."""
        return [file.read_bytes() for file in sorted((self.work / "mail" / mailbox / "new").glob("*"))]

    def wait_for(self, mailbox: str, count: int = 1) -> list[bytes]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if len(found := self.received(mailbox)) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError((self.work / "log").read_text())

    def _write(self, authority: trustme.CA) -> None:
        etc, mail, data = (self.work / name for name in ("etc", "mail", "data"))
        for folder in (self.work, etc, mail, data, self.work / "spool"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        shutil.chown(data, "postfix")
        os.chown(mail, NOBODY, NOBODY)
        values = {"work": self.work, "port": self.port, "login": self._login.server_address[1], "nobody": NOBODY}
        (etc / "main.cf").write_text(MAIN.format(**values))
        (etc / "master.cf").write_text(MASTER.format(**values))
        (etc / "mailboxes").write_text(
            "ada@presse.example ada/\neve@presse.example eve/\ngris@presse.example gris/\n@journal.example journal/\n"
        )
        (etc / "recipients").write_text("gris@presse.example 451 4.7.1 Greylisted\n")
        authority.issue_cert(self.host).private_key_and_cert_chain_pem.write_to_path(str(etc / "server.pem"))
        (etc / "server.pem").chmod(0o600)

    def _postfix(self, verb: str) -> None:
        done = subprocess.run([COMMAND, "-c", self.work / "etc", verb], capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, (verb, done.stdout, done.stderr)

    def _wait_for_port(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
                return
            time.sleep(0.05)
        raise AssertionError((self.work / "log").read_text())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
