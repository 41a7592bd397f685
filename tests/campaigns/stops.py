"""The service stopped again and again at random moments while a mailing, and posts, are under way; the simulators' logs judge.

    python -m tests.campaigns.stops kill [--moments 200] [--recipients 2000] [--seed N]     SIGKILL, a mailing
    python -m tests.campaigns.stops stop [--moments 200] [--recipients 2000] [--seed N]     SIGTERM, a mailing and posts

Each life is the whole service in a forked process, on a real disk, with the real adapters. The last line is the result, in JSON;
the exit code is 1 if anything in it is not as promised.
"""

import argparse
import json
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.hall import FACEBOOK, MAIL, Hall, Office, entries, folder_on_disk, simulators
from tests import lifeline

CONNECTIONS = 8
LONGEST = {"kill": 0.6, "stop": 1.5}  # seconds of a life, counted from the moment at which the service is ready
POSTS = 10
SPARED = 4
"""One life in so many is not stopped before it has called somebody: that is when the next claim comes."""
PATIENCE = 30.0
MOST = 30.0
"""Seconds until a stopped service has ended, and until the next claim after a kill."""


@dataclass
class Result:
    """What happened; everything below `next_claim` is to be zero, or as small as said there."""

    campaign: str
    seed: int
    moments: int
    recipients: int
    sent: int = 0
    in_doubt: int = 0
    posts: int = 0
    resumed: int = 0
    """How often three kills in a row without progress left it to a person, who let it go on."""
    slowest_end: float = 0.0
    next_claim: float = 0.0
    most_in_doubt_at_once: int = 0
    twice: int = 0
    lost: int = 0
    forgotten: int = 0
    unlisted: int = 0
    bad_exits: int = 0

    @property
    def kept(self) -> bool:
        """Whether all is as promised."""
        none = not (self.twice or self.lost or self.forgotten or self.unlisted or self.bad_exits)
        doubts = self.most_in_doubt_at_once <= CONNECTIONS if self.campaign == "kill" else not self.in_doubt
        return none and doubts and max(self.slowest_end, self.next_claim) < MOST


class Campaign:
    """One installation whose service is stopped so many times."""

    def __init__(self, folder: Path, office: Office, result: Result) -> None:
        self.folder, self.office, self.result = folder, office, result
        self.kills: list[datetime] = []
        self._random = random.Random(result.seed)

    def run(self) -> None:
        """Stop it at random moments; then let it end its work, and judge."""
        from publisher.worker import embedded  # noqa: F401 - before the first fork: every life runs the same code

        for number in range(self.result.moments):
            self._give_work()
            with self._life() as pid:
                if self.kills and number % SPARED == 0:
                    self._time_the_next_claim()
                time.sleep(self._random.uniform(0, LONGEST[self.result.campaign]))
                self._stop(pid)
            if number % 20 == 19:
                print(f"{number + 1} of {self.result.moments}", file=sys.stderr, flush=True)
        self._give_work()
        with self._life() as pid:
            self._wait_until_done(pid)
            os.kill(pid, signal.SIGTERM)
            self._ended(pid, 0)
        self._judge()

    def _give_work(self) -> None:
        """Queue what a life needs: a mailing of which people are left, and posts."""
        from publisher.models import Delivery, DeliveryStep

        self._resume()
        untold = DeliveryStep.objects.exclude(recipient="").filter(state="pending")
        if not untold.exclude(attempts__state="intent").exists():  # a call that the kill cut off leaves nothing to send
            self.office.approved(channels=("mail",))
        posts = Delivery.objects.filter(channel="facebook")
        while self.result.campaign == "stop" and posts.filter(state__in=["planned", "sending"]).count() < POSTS:
            self.office.approved(channels=("facebook",))

    def _resume(self) -> None:
        """Let go on what three kills in a row have left to a person."""
        from publisher.models import Delivery
        from publisher.pipeline import hold

        for held in Delivery.objects.filter(state="held", reason="crashed"):
            self.result.resumed += 1
            hold.resume(self.office.desk, self.office.approver, held.announcement_id)

    @contextmanager
    def _life(self) -> Iterator[int]:
        """Fork the service, and wait until it says that it is ready."""
        from django.db import connections

        connections.close_all()
        path = self.folder / "notify"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(str(path))
            listener.settimeout(PATIENCE)
            parent = os.getpid()
            pid = os.fork() or self._serve(path, parent)
            with _outlived(pid):
                while listener.recv(100) != b"READY=1":
                    pass
                yield pid

    def _serve(self, notify: Path, parent: int) -> int:
        """Be the service, in the child."""
        lifeline.hang_on(parent)
        os.environ["NOTIFY_SOCKET"] = str(notify)
        os.dup2(os.open(self.folder / "run.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
        code = 70
        try:
            from publisher.worker import embedded

            code = embedded.serve(self.office.desk, "campaign")
        finally:
            os._exit(code)

    def _stop(self, pid: int) -> None:
        number = signal.SIGKILL if self.result.campaign == "kill" else signal.SIGTERM
        began = time.monotonic()
        os.kill(pid, number)
        self.kills.append(self.office.desk.now())
        self._ended(pid, -number if number == signal.SIGKILL else 0)
        self.result.slowest_end = max(self.result.slowest_end, round(time.monotonic() - began, 2))
        from publisher.models import Attempt

        under_way = Attempt.objects.filter(state="intent").count()
        self.result.most_in_doubt_at_once = max(self.result.most_in_doubt_at_once, under_way)

    def _ended(self, pid: int, code: int) -> None:
        self.result.bad_exits += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != code

    def _wait_until_done(self, pid: int) -> None:
        from publisher.models import Delivery

        end = time.monotonic() + 20 * PATIENCE
        while Delivery.objects.filter(state__in=["planned", "sending"]).exists() and time.monotonic() < end and self._lives(pid):
            time.sleep(0.2)

    @staticmethod
    def _lives(pid: int) -> bool:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def _time_the_next_claim(self) -> None:
        """Note how long after the last kill somebody is called again."""
        from publisher.models import Attempt

        end = time.monotonic() + PATIENCE
        while not Attempt.objects.filter(intent_at__gt=self.kills[-1]).exists() and time.monotonic() < end:
            self._resume()  # this very start may have counted the third crash
            time.sleep(0.01)
        self.result.next_claim = max(self.result.next_claim, round((self.office.desk.now() - self.kills[-1]).total_seconds(), 2))

    # ------------------------------------------------------------ the judgement

    def _judge(self) -> None:
        mails = entries(self.folder / "email.jsonl", "accepted")
        self._judge_mail(Counter(str(entry["id"]) for entry in mails))
        self._judge_posts()

    def _judge_mail(self, accepted: Counter[str]) -> None:
        from publisher.models import DeliveryStep

        rows = DeliveryStep.objects.exclude(recipient="").values_list("message_id", "state", "recipient", "delivery__announcement")
        known = {message_id: (state, recipient, name) for message_id, state, recipient, name in rows}
        states = Counter(state for state, _recipient, _name in known.values())
        self.result.sent, self.result.in_doubt = states["sent"], states["in_doubt"]
        self.result.twice += sum(count > 1 for count in accepted.values())
        self.result.lost += sum(state == "sent" and not accepted[message_id] for message_id, (state, *_) in known.items())
        self.result.forgotten += len(known) - states["sent"] - states["in_doubt"]
        doubts = {(name, recipient) for state, recipient, name in known.values() if state == "in_doubt"}
        self.result.unlisted += len(doubts ^ self._listed({name for _state, _recipient, name in known.values()}))

    def _listed(self, names: set[str]) -> set[tuple[str, str]]:
        """Return those whom `status` names as in doubt."""
        from publisher.pipeline import status

        told = {name: status.one(self.office.desk, name)["deliveries"][0]["steps"][0].get("recipients", []) for name in names}
        return {(name, one["address"]) for name, listed in told.items() for one in listed if one["state"] == "in_doubt"}

    def _judge_posts(self) -> None:
        from publisher.models import Delivery

        log = self.folder / "facebook.jsonl"
        if not log.exists():
            return
        texts = {entry["id"]: entry["text"] for entry in entries(log, "accepted")}
        public = Counter(texts[entry["id"]] for entry in entries(log, "published"))
        posts = Delivery.objects.filter(channel="facebook")
        self.result.posts = posts.filter(state="delivered").count()
        self.result.twice += sum(count > 1 for count in public.values())
        self.result.lost += max(0, self.result.posts - len(public))
        self.result.forgotten += posts.exclude(state="delivered").count()


@contextmanager
def _outlived(pid: int) -> Iterator[None]:
    """Kill the child at the end of the block, if it is still there: an error or an interruption came first."""
    watched = os.pidfd_open(pid)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(watched, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.close(watched)


def channels(told: Mapping[str, Any]) -> str:
    mail, facebook = told["settings"]["email"], told["settings"]["facebook"]
    return MAIL.format(port=mail["port"], connections=CONNECTIONS) + FACEBOOK.format(**facebook)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("campaign", choices=LONGEST)
    parser.add_argument("--moments", type=int, default=200)
    parser.add_argument("--recipients", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    result = Result(**vars(parser.parse_args()))
    print(f"seed {result.seed}", file=sys.stderr, flush=True)
    lifeline.end_in_order()
    with folder_on_disk() as folder, simulators(folder) as told:
        hall = Hall(folder, channels(told), told["secrets"])
        hall.invite(result.recipients)
        Campaign(folder, Office(hall), result).run()
    print(json.dumps({**asdict(result), "kept": result.kept}))
    return 0 if result.kept else 1


if __name__ == "__main__":
    sys.exit(main())
