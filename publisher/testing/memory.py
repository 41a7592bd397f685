"""MemoryAdapter: a shipped fake channel, for the tests of the engine and of third parties.

The adapter is the port; behind it a `MemoryPlatform` is the judge of truth: what it was asked, what it took in, what its
readers see. Its ledger may be a file, so that a killed process leaves the truth and the next one finds it. How each call
goes is scripted, in order; an unscripted call is accepted.

    platform = MemoryPlatform(clock, log=folder / "memory.jsonl", lag=timedelta(seconds=3))
    adapter = memory_adapter(Finds, platform=platform, readback=Readback.EVENTUAL, window=timedelta(seconds=5))
    platform.script("send", accept(), unknown(accepted=True), refuse())
"""

import hashlib
import json
import select
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar, cast

from publisher.adapters.base import (
    CORRECT,
    Chooses,
    Corrects,
    Finds,
    Form,
    Idempotency,
    Leads,
    Limits,
    Message,
    Pace,
    Payload,
    Probe,
    Probes,
    Readback,
    Receipt,
    Recipient,
    Sessions,
    Step,
    Traits,
    Wait,
    Waits,
    Way,
    Withdraws,
    taking_back,
)
from publisher.errors import NotSent, OutcomeUnknown, Rejected, Unsupported
from publisher.i18n import N_
from publisher.testing.memory_platform import MemoryPlatform, instant_of, receipt_of

PATIENCE = 20.0  # seconds


class MemoryAdapter:
    """The port on a memory platform, without optional powers; `memory_adapter` adds them."""

    kind: ClassVar[str] = "memory"
    traits: ClassVar[Traits] = Traits(
        label="Memory",
        form=Form.SENTENCES,
        templates="memory",
        parts={},
        idempotency=Idempotency.NONE,
        readback=Readback.NONE,
    )

    def __init__(self, platform: MemoryPlatform) -> None:
        self.platform = platform
        self.limits = Limits()

    def prepare(self, message: Message) -> Payload:
        """Make one step per text; two phases add a `publish` step."""
        texts = _texts(message)
        names = [f"post-{number}" for number in range(1, len(texts) + 1)] if len(texts) > 1 else ["post"]
        steps = [
            Step(name, "post", {"text": text, "key": _key(message, name)}, after)
            for name, text, after in zip(names, texts, [None, *names], strict=False)
        ]
        if self.traits.idempotency is Idempotency.TWO_PHASE:
            steps.append(Step("publish", "publish", after=names[-1]))
        return Payload(tuple(steps))

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        """Cause the effect of the step, as scripted."""
        receipt = self.platform.go("send", step.id, lambda: self.platform.take_in(step, _parent(step, receipts)))
        if receipt is None:
            raise AssertionError("a scripted outcome either accepts or raises")
        return receipt


class _Finding(MemoryAdapter):
    def find(self, step: Step, receipts: Mapping[str, Receipt], since: datetime) -> Receipt | None:
        """Look the step up in what the account shows: same content, same parent, not older than `since`."""
        return self.platform.go("find", step.id, lambda: self._look(step, _parent(step, receipts), since))

    def _look(self, step: Step, parent: str | None, since: datetime) -> Receipt | None:
        for entry in self.platform.visible():
            if step.effect == "publish" and entry["id"] == parent:
                return receipt_of(step, str(parent), instant_of(entry))
            if (entry["content"], entry["parent"]) == (dict(step.content), parent) and instant_of(entry) >= since:
                return receipt_of(step, str(entry["id"]), instant_of(entry))
        return None


class _Withdrawing(MemoryAdapter):
    def withdrawal(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Take back each thing that is out, the last first."""
        del message
        return Payload(tuple(taking_back(receipt) for receipt in reversed(_things(former))))

    def withdraw(self, receipt: Receipt) -> None:
        """Take the step back, as scripted."""
        remote_id = str(receipt.remote_id)
        self.platform.go("withdraw", remote_id, lambda: self.platform.take_back(remote_id))


class _Correcting(MemoryAdapter):
    def correction(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Replace the text of each thing that is out. Raises Unsupported if there are more or fewer texts now."""
        things, texts = _things(former), _texts(message)
        if len(things) != len(texts):
            raise Unsupported("other-length", N_("The memory platform cannot correct a thread that becomes longer or shorter."))
        changes = zip(things, texts, strict=True)
        return Payload(tuple(Step(f"correct-{thing.step}", CORRECT, {"id": thing.remote_id, "text": text}) for thing, text in changes))

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        """Cause the effect of the step, as scripted; a correction by the id in its content."""
        if step.effect != CORRECT:
            return super().send(step, receipts)
        remote_id = str(step.content["id"])
        self.platform.go("send", step.id, lambda: self.platform.replace(remote_id, {"text": step.content["text"]}))
        return receipt_of(step, remote_id, self.platform.clock())


class _Probing(MemoryAdapter):
    def probe(self) -> Probe:
        """Tell the account and the platform's clock, as scripted."""
        self.platform.go("probe", self.platform.account, lambda: None)
        return Probe(self.platform.account, name="Memory", clock=self.platform.clock())


class _Choosing(_Correcting):
    def ways(self) -> tuple[Way, ...]:
        """Return both."""
        return (Way("edit", N_("The text is changed where it stands.")), Way("anew", N_("It is taken back and published anew.")))

    def by(self, way: str) -> "_Correcting":
        """Return who corrects so."""
        return _Renewing(self.platform) if way == "anew" else self


class _Renewing(_Correcting):
    def correction(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Take back what is out and publish the text again."""
        again = self.prepare(message)
        return replace(again, steps=(*(taking_back(receipt) for receipt in reversed(_things(former))), *again.steps))


class _Leading(MemoryAdapter):
    def account_page(self) -> str:
        """Return the address below which its receipts are."""
        return "https://memory.example/"


class _Mailing(MemoryAdapter):
    pace = Pace(connections=3)

    def recipients(self) -> tuple[Recipient, ...]:
        """Return the list that the platform was given."""
        return self.platform.people

    def mailing(self, step: Step) -> "MemoryMailing":
        """Keep the step for all its recipients."""
        return MemoryMailing(self.platform, step)


class MemoryMailing:
    """A step for many people; what each of them gets is the step's content as JSON, its slots filled."""

    def __init__(self, platform: MemoryPlatform, step: Step) -> None:
        self._platform, self._step = platform, step

    def content(self, values: Mapping[str, str]) -> bytes:
        """Fill the slots."""
        text = json.dumps(self._step.content, ensure_ascii=False)
        for slot, value in values.items():
            text = text.replace(slot, json.dumps(value, ensure_ascii=False)[1:-1])
        return text.encode()

    def open(self) -> "MemorySession":
        """Connect, as scripted."""
        self._platform.go("open", self._step.id, lambda: None)
        return MemorySession(self._platform, self._step)


class MemorySession:
    """A connection that lasts until the platform cuts it: whatever it does not answer costs the connection, as with a mail server."""

    def __init__(self, platform: MemoryPlatform, step: Step) -> None:
        self._platform, self._step = platform, step
        self._ours, self._theirs = socket.socketpair()
        self.usable = True

    @property
    def in_order(self) -> bool:
        """Whether the platform has not cut it."""
        return self.usable

    def send(self, step: str, recipient: str, content: bytes) -> Waits[Receipt]:
        """Hand it over, as scripted, after all that begins beside it has begun; one on the platform's `refused` list is refused."""
        if not self.usable:
            raise NotSent("hung-up", N_("The memory platform could not be reached."))
        self._theirs.send(b".")
        yield Wait(self._ours.fileno(), select.POLLIN, time.monotonic() + PATIENCE)
        self._ours.recv(1)
        if recipient in self._platform.refused:
            raise Rejected("unknown-user", N_("The memory platform does not know this recipient."))
        letter = replace(self._step, id=step, content={**json.loads(content), "to": recipient})
        try:
            receipt = self._platform.go("send", recipient, lambda: self._platform.take_in(letter, None))
        except (NotSent, OutcomeUnknown):
            self.usable = False
            raise
        if receipt is None:
            raise AssertionError("a scripted outcome either accepts or raises")
        return receipt._replace(remote_id=str(letter.content.get("message_id")))

    def close(self) -> None:
        """End it."""
        self.usable = False
        self._ours.close()
        self._theirs.close()


_POWERS: Mapping[type, type[MemoryAdapter]] = {
    Finds: _Finding,
    Withdraws: _Withdrawing,
    Chooses: _Choosing,
    Corrects: _Correcting,
    Leads: _Leading,
    Probes: _Probing,
    Sessions: _Mailing,
}


def memory_adapter(
    *powers: type,
    platform: MemoryPlatform,
    readback: Readback = Readback.NONE,
    window: timedelta = timedelta(0),
    key_life: timedelta = timedelta(0),
) -> MemoryAdapter:
    """Build a memory adapter with exactly these powers, of those listed above; it declares the platform's idempotency."""
    traits = Traits("Memory", Form.SENTENCES, "memory", {}, platform.idempotency, readback, window=window, key_life=key_life)
    bases = tuple(_POWERS[power] for power in powers) or (MemoryAdapter,)
    made = cast("type[MemoryAdapter]", type("MemoryAdapter", bases, {"traits": traits}))
    return made(platform)


def _texts(message: Message) -> tuple[str, ...]:
    """Return the texts of the officer, else one of everything."""
    return message.posts or (_whole(message),)


def _things(former: Sequence[Receipt]) -> list[Receipt]:
    """Return one receipt for each thing that is out; a second phase names what the first has made."""
    return list({receipt.remote_id: receipt for receipt in former}.values())


def _whole(message: Message) -> str:
    units = "".join(unit.joint + unit.text for unit in message.units)
    return "\n\n".join(part for part in (message.title, *message.parts.values(), units, message.link_line) if part)


def _key(message: Message, step: str) -> str:
    """Return the key decided before, or one that the same message always gets."""
    derived = hashlib.sha256(repr((message.channel, message.slug, message.title, step)).encode()).hexdigest()
    return message.keys.get(step, derived[:32])


def _parent(step: Step, receipts: Mapping[str, Receipt]) -> str | None:
    return None if step.after is None else receipts[step.after].remote_id
