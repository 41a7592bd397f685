"""The fake platform behind MemoryAdapter: what it was asked, what it took in, what its readers see, how the next calls go."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import cast

from publisher.adapters.base import Idempotency, Receipt, Recipient, Step
from publisher.errors import NotSent, OutcomeUnknown, RateLimited, Rejected, Unauthorized
from publisher.i18n import N_
from publisher.testing.ledger import Entry, Ledger
from publisher.testing.simulated import Clock

Hook = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call goes: whether the platform takes it in, what the caller sees, and what happens around the taking in."""

    accepts: bool = True
    error: Callable[[], BaseException] | None = None
    before: Hook | None = None
    after: Hook | None = None


def accept(*, before: Hook | None = None, after: Hook | None = None) -> Outcome:
    """Take the call in and give its receipt; `before` and `after` run on either side of the taking in."""
    return Outcome(before=before, after=after)


def refuse(code: str = "refused") -> Outcome:
    """Refuse in a documented way: Rejected."""
    return Outcome(accepts=False, error=lambda: Rejected(code, N_("The memory platform refused the call.")))


def not_sent() -> Outcome:
    """Fail before the first byte: NotSent."""
    return Outcome(accepts=False, error=lambda: NotSent("not-sent", N_("The memory platform could not be reached.")))


def rate_limited(retry_at: datetime | None = None) -> Outcome:
    """Ask to wait until `retry_at`, or without saying until when: RateLimited."""
    sentence = N_("The memory platform asks to wait.")
    return Outcome(accepts=False, error=lambda: RateLimited("rate-limited", sentence, retry_at=retry_at))


def unauthorized() -> Outcome:
    """Say that the token is lost: Unauthorized."""
    return Outcome(accepts=False, error=lambda: Unauthorized("unauthorized", N_("The memory platform does not accept the token.")))


def unknown(*, accepted: bool, code: str = "no-answer") -> Outcome:
    """Give no usable answer, having taken the call in or not: OutcomeUnknown."""
    return Outcome(accepts=accepted, error=lambda: OutcomeUnknown(code, N_("The memory platform gave no usable answer.")))


def raises(error: BaseException, *, accepted: bool = False) -> Outcome:
    """Let anything at all escape from the adapter."""
    return Outcome(accepts=accepted, error=lambda: error)


def dies(*, accepted: bool) -> Outcome:
    """Kill this very process (SIGKILL) inside the call, after or before the platform took it in."""
    return Outcome(after=_kill) if accepted else Outcome(before=_kill)


class MemoryPlatform:
    """The fake platform: ledger, script, and its own rules about repeated calls."""

    def __init__(
        self,
        clock: Clock,
        *,
        idempotency: Idempotency = Idempotency.NONE,
        log: Path | None = None,
        lag: timedelta = timedelta(0),
        account: str = "memory",
    ) -> None:
        """Open the platform; `lag` is how long what was taken in stays invisible to `find`.

        `people` is the list of recipients of a channel with sessions, `refused` holds the addresses that it does not know.
        """
        self.clock = clock
        self.account = account
        self.lag = lag
        self.idempotency = idempotency
        self.people: tuple[Recipient, ...] = ()
        self.refused: set[str] = set()
        self._ledger = Ledger(log)
        self._scripts: dict[str, Iterator[Outcome]] = {}
        self._turn = threading.Lock()

    def script(self, method: str, *outcomes: Outcome, then: Iterable[Outcome] = ()) -> None:
        """Say how the next calls of "send", "find", "withdraw", "probe" or "open" go, after those already scripted.

        `then` may be endless: a storm drawn from a seeded random generator.
        """
        self._scripts[method] = chain(self._scripts.get(method, iter(())), outcomes, then)

    def forget_script(self) -> None:
        """Let all calls go well again."""
        self._scripts.clear()

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Every call that reached the adapter, in all processes: (method, step id or remote id)."""
        return [(str(entry["method"]), str(entry["subject"])) for entry in self._ledger.entries("call")]

    @property
    def accepted(self) -> list[Entry]:
        """Everything taken in, in order: id, step, effect, content, parent, at, public. Duplicates show here."""
        return self._ledger.entries("accepted")

    @property
    def events(self) -> list[Entry]:
        """Everything that changed the platform, in order: accepted, published, corrected, withdrawn."""
        return [entry for entry in self._ledger.entries() if entry["event"] != "call"]

    @property
    def online(self) -> list[Entry]:
        """What readers see now: public, not withdrawn, corrected."""
        gone = {entry["id"] for entry in self._ledger.entries("withdrawn")}
        published = {entry["id"] for entry in self._ledger.entries("published")}
        corrected = {entry["id"]: entry["content"] for entry in self._ledger.entries("corrected")}
        return [
            {**entry, "public": True, "content": corrected.get(entry["id"], entry["content"])}
            for entry in self.accepted
            if entry["id"] not in gone and (entry["public"] or entry["id"] in published)
        ]

    def visible(self) -> list[Entry]:
        """Return what a read of the account shows now: `online` without what is younger than `lag`."""
        return [entry for entry in self.online if instant_of(entry) + self.lag <= self.clock()]

    def go(self, method: str, subject: str, effect: Callable[[], Receipt | None]) -> Receipt | None:
        """Let one call go as scripted; `effect` takes it in."""
        with self._ledger.alone():
            self._record("call", method=method, subject=subject, at=self.clock().isoformat())
        with self._turn:
            outcome = next(self._scripts.get(method, iter(())), Outcome())
        if outcome.before is not None:
            outcome.before()
        receipt = None
        if outcome.accepts:
            with self._ledger.alone():
                receipt = effect()
        if outcome.after is not None:
            outcome.after()
        if outcome.error is not None:
            raise outcome.error()
        return receipt

    def take_in(self, step: Step, parent: str | None) -> Receipt:
        """Take a step in, by the platform's rule about repeated calls. Raises Rejected."""
        if parent is not None and parent not in {entry["id"] for entry in self.accepted}:
            raise Rejected("parent-unknown", N_("The memory platform does not know what this continues."))
        if step.effect == "publish":
            self._record("published", id=parent)
            return receipt_of(step, str(parent), self.clock())
        earlier = self._repeated(step)
        if earlier is not None:
            return receipt_of(step, str(earlier["id"]), instant_of(earlier))
        number, now = f"m{len(self.accepted) + 1}", self.clock()
        self._record(
            "accepted",
            id=number,
            step=step.id,
            effect=step.effect,
            content=dict(step.content),
            parent=parent,
            at=now.isoformat(),
            public=self.idempotency is not Idempotency.TWO_PHASE,
        )
        return receipt_of(step, number, now)

    def take_back(self, remote_id: str) -> None:
        """Take something back; a second time changes nothing."""
        self._record("withdrawn", id=remote_id)

    def replace(self, remote_id: str, content: Mapping[str, object]) -> None:
        """Show other content under the same id."""
        self._record("corrected", id=remote_id, content=dict(content))

    def _record(self, event: str, **fields: object) -> None:
        self._ledger.append({"event": event, **fields})

    def _repeated(self, step: Step) -> Entry | None:
        """Return what an earlier call with the same key or client id left, where the platform knows keys. Raises Rejected."""
        if self.idempotency not in {Idempotency.KEY, Idempotency.CLIENT_ID}:
            return None
        same = [entry for entry in self.accepted if content_of(entry).get("key") == step.content["key"]]
        if same and self.idempotency is Idempotency.CLIENT_ID and same[0]["content"] != step.content:
            raise Rejected("other-content", N_("The memory platform holds other content under this id."))
        return same[0] if same else None


def receipt_of(step: Step, remote_id: str, at: datetime) -> Receipt:
    """Return the receipt that the memory platform gives for a step."""
    return Receipt(step.id, remote_id, f"https://memory.example/{remote_id}", at, {"id": remote_id})


def content_of(entry: Entry) -> Mapping[str, object]:
    """Return the content of the step as the platform took it in."""
    return cast("Mapping[str, object]", entry["content"])


def instant_of(entry: Entry) -> datetime:
    """Return when the platform took the entry in."""
    return datetime.fromisoformat(str(entry["at"]))


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
