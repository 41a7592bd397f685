"""How long the bytes for one recipient take, of a message of 12 kB. Promise: at most 60 µs.

python benchmarks/mail_content.py [ROUNDS]
"""

import statistics
import sys
import time

from hall import verdict

from publisher.adapters.base import Message
from publisher.adapters.email import Config, Email
from publisher.adapters.mail_message import MessageForm

PROMISE = 60e-6  # seconds
LARGE = 12_000  # bytes
VALUES = {
    "{recipient}": "ada.morel@presse.example",
    "{message_id}": "<d-23456789.k7Qz-_b1@valmont.example>",
    "{date}": "Tue, 24 Nov 2026 09:00:00 +0100",
    "{unsubscribe}": "https://presse.valmont.example/d/3f9a8c7e6b5d4a39",
    "{permalink}": "https://www.valmont.example/presse/2026-11-24-le-marche-change-de-place/",
}
TEXT = "L’été à Valmont\u00a0: c’est parti. " * 90 + "\n\nEn ligne\u00a0: {permalink}\n\n--\x20\n{unsubscribe}\n"


def main(rounds: int) -> None:
    mail = Email(Config(adapter="email", account="presse@valmont.example", name="Ville de Valmont", host="localhost"))
    message = Message("email", "communique", "L’été", parts={"prefix": "[CP]", "text": TEXT, "html": f"<p>{TEXT}</p>"})
    form = MessageForm(mail.prepare(message).steps[0].content)
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        content = form.fill(VALUES)
        times.append(time.perf_counter() - start)
    if len(content) < LARGE:
        raise SystemExit("the message is too small to prove anything")
    taken = statistics.median(times)
    verdict("mail content", f"{taken * 1e6:.0f} µs for {len(content)} bytes", f"≤ {PROMISE * 1e6:.0f} µs", kept=taken <= PROMISE)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
