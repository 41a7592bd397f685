"""How many messages a second go over a few connections to the simulated mail server, and what each costs on either side.

    python benchmarks/mail_sessions.py [MESSAGES [CONNECTIONS]]

The server is a process of its own. Promise: one core of it receives 3,000 a second, that is at most 333 µs of processor time a message.
"""

import json
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

from hall import verdict

from publisher.adapters.base import Message
from publisher.adapters.email import Config, Email, Mailing
from publisher.adapters.waiting import finish
from publisher.clock import SystemClock
from publisher.config import Secret
from publisher.testing.email import PASSWORD, USER, Mail
from publisher.testing.smtp import SmtpServer

PROMISE = 3000  # messages a second
TEXT = "L’été à Valmont\u00a0: c’est parti. " * 100


def serve(folder: str, told: Connection) -> None:
    with SmtpServer(Mail(SystemClock().now, Path(folder) / "email.jsonl")) as server:
        told.send(server.port)
        told.recv()
        told.send(time.process_time())
        told.recv()
        told.send(time.process_time())


def send(mailing: Mailing, recipients: range) -> None:
    session = mailing.open()
    for number in recipients:
        recipient = f"ada.{number}@presse.example"
        values = {
            "{recipient}": recipient,
            "{message_id}": f"<d-23456789.{number}@valmont.example>",
            "{date}": "Tue, 24 Nov 2026 09:00:00 +0100",
        }
        finish(session.send("message", recipient, mailing.content(values)))
    session.close()


def main(messages: int, connections: int) -> None:
    here, there = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        server = multiprocessing.Process(target=serve, args=(folder, there), daemon=True)
        server.start()
        login = {"user": Secret(USER), "password": Secret(PASSWORD), "messages_per_connection": messages}
        settings = Config(adapter="email", account="presse@valmont.example", host="127.0.0.1", port=here.recv(), security="none", **login)
        mail = Email(settings)
        parts = {"prefix": "", "text": TEXT, "html": f"<p>{TEXT}</p>"}
        mailing = mail.mailing(mail.prepare(Message("email", "communique", "L’été", parts=parts)).steps[0])
        here.send("begin")
        before, ours, start = here.recv(), time.process_time(), time.perf_counter()
        with ThreadPoolExecutor(connections) as pool:
            list(pool.map(send, [mailing] * connections, [range(first, messages, connections) for first in range(connections)]))
        taken, ours = time.perf_counter() - start, time.process_time() - ours
        here.send("end")
        theirs = here.recv() - before
        server.join()
        lines = [json.loads(line) for line in (Path(folder) / "email.jsonl").read_text().splitlines()]
    once = {line["id"] for line in lines if line["event"] == "accepted"}
    if len(once) != messages:
        raise SystemExit(f"{len(once)} messages were accepted, of {messages}")
    print(f"{messages} messages over {connections} connections: {messages / taken:.0f} a second")
    print(f"processor time a message: the server {theirs / messages * 1e6:.0f} µs, the sender {ours / messages * 1e6:.0f} µs")
    received = messages / theirs
    verdict("mail sessions", f"{received:.0f} messages a second of one core", f"≥ {PROMISE}", kept=received >= PROMISE)


if __name__ == "__main__":
    main(*(int(word) for word in [*sys.argv[1:], *("5000", "10")[len(sys.argv) - 1 :]]))
