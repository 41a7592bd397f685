from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from publisher.adapters.base import (
    Call,
    Corrects,
    Finds,
    Idempotency,
    Message,
    Payload,
    Probe,
    Probes,
    Readback,
    Receipt,
    Step,
    Withdraws,
    taking_back,
)
from publisher.errors import OutcomeUnknown, SendError
from publisher.testing import AdapterContract, Failure, MemoryAdapter, MemoryPlatform, Stage, memory_adapter
from publisher.testing.memory_platform import Outcome, not_sent, rate_limited, refuse, unauthorized, unknown

from .conftest import Clock

THREAD = Message(channel="memory", type="communique", title="La piscine rouvre", posts=("La piscine rouvre.", "Elle ferme à 20 heures."))

SCRIPTS: Mapping[Failure, Outcome] = {
    Failure.UNREACHABLE: not_sent(),
    Failure.THROTTLED: rate_limited(),
    Failure.UNAUTHORIZED: unauthorized(),
    Failure.REFUSED: refuse(),
    Failure.BROKEN: unknown(accepted=False),
    Failure.BROKEN_AFTER: unknown(accepted=True),
    Failure.CUT_AFTER: unknown(accepted=True),
    Failure.SILENT_AFTER: unknown(accepted=True),
    Failure.UNREADABLE_AFTER: unknown(accepted=True),
}


def stage_of(adapter: MemoryAdapter, clock: Clock) -> Stage:
    platform = adapter.platform
    met: list[Failure] = []

    def fail(failure: Failure) -> None:
        met.append(failure)
        platform.script("send", SCRIPTS[failure])

    def calls() -> int:
        return sum(method == "send" for method, _ in platform.calls) - met.count(Failure.UNREACHABLE)

    return Stage(
        adapter=adapter,
        message=THREAD,
        fail=fail,
        accepted=lambda: [str(entry["id"]) for entry in platform.accepted],
        calls=calls,
        now=clock,
        account="memory",
    )


class MemoryContract(AdapterContract):
    idempotency: Idempotency = Idempotency.NONE
    readback: Readback = Readback.STRONG
    powers: tuple[type, ...] = (Finds, Withdraws, Corrects, Probes)

    @contextmanager
    def stage(self) -> Iterator[Stage]:
        clock = Clock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
        platform = MemoryPlatform(clock, idempotency=self.idempotency)
        window = timedelta(seconds=5 * (self.readback is Readback.EVENTUAL))
        key_life = timedelta(minutes=45 * (self.idempotency is Idempotency.KEY))
        adapter = memory_adapter(*self.powers, platform=platform, readback=self.readback, window=window, key_life=key_life)
        yield stage_of(adapter, clock)


class TestEveryPower(MemoryContract):
    pass


class TestKey(MemoryContract):
    idempotency = Idempotency.KEY


class TestClientId(MemoryContract):
    idempotency = Idempotency.CLIENT_ID
    readback = Readback.EVENTUAL


class TestTwoPhases(MemoryContract):
    idempotency = Idempotency.TWO_PHASE


class TestNoPower(MemoryContract):
    readback = Readback.NONE
    powers = ()


class Clumsy(MemoryAdapter):
    """An adapter that breaks the contract in one way."""

    def __init__(self, platform: MemoryPlatform, fault: str) -> None:
        super().__init__(platform)
        self.fault = fault
        self.prepared = 0
        if fault == "undeclared window":
            self.traits = self.traits._replace(readback=Readback.EVENTUAL)

    def prepare(self, message: Message) -> Payload:
        self.prepared += 1
        payload = super().prepare(message)
        first, *rest = payload.steps
        if self.fault == "not repeatable":
            first = replace(first, content={"text": str(self.prepared)})
        if self.fault == "shows a secret":
            first = replace(first, content={"token": "jeton-secret"})
        if self.fault == "no json":
            first = replace(first, content={1: "a"})
        if self.fault == "waits for a later step":
            first = replace(first, after="post-2")
        if self.fault == "calls":
            super().send(first, {})
        return replace(payload, steps=(first, *rest))

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        try:
            receipt = super().send(step, receipts)
        except OutcomeUnknown:
            if self.fault == "retries":
                return super().send(step, receipts)
            if self.fault == "invents":
                return Receipt(step.id, "m1")
            raise
        return receipt._replace(remote_id="autre") if self.fault == "wrong id" else receipt

    def find(self, step: Step, receipts: Mapping[str, Receipt], since: datetime) -> Receipt | None:
        return Receipt(step.id, "m1") if self.fault == "finds anything" else None

    def describe(self, step: Step) -> Call:
        return Call("POST", "https://memory.example", {"token": "jeton-secret" if self.fault == "tells a secret" else "***"})

    def correction(self, message: Message, former: Sequence[Receipt]) -> Payload:
        if self.fault == "corrects at once":
            super().send(Step("now", "post", {"text": "Autre.", "key": "k"}), {})
        self.prepared += self.fault == "corrects otherwise"
        return Payload(
            (Step("correct", "withdraw" if self.fault == "takes back otherwise" else "post", {"text": str(self.prepared), "key": "k"}),)
        )

    def withdrawal(self, message: Message, former: Sequence[Receipt]) -> Payload:
        self.prepared += self.fault == "withdraws otherwise"
        return Payload(tuple(replace(taking_back(receipt), id=f"{self.prepared}-{receipt.step}") for receipt in former))

    def withdraw(self, receipt: Receipt) -> None:
        if self.fault != "withdraws otherwise":
            raise OutcomeUnknown("no", "no")

    def probe(self) -> Probe:
        self.send(Step("post", "post", {"text": "Essai.", "key": "k"}), {})
        return Probe("memory")


@pytest.mark.parametrize(
    ("fault", "test"),
    [
        ("undeclared window", "test_declarations_are_complete_and_hold_together"),
        ("has find but declares nothing", "test_declarations_are_complete_and_hold_together"),
        ("not repeatable", "test_prepare_is_pure_and_repeatable"),
        ("calls", "test_prepare_is_pure_and_repeatable"),
        ("waits for a later step", "test_steps_are_named_once_and_follow_earlier_ones"),
        ("shows a secret", "test_payload_survives_json_and_shows_no_secret"),
        ("tells a secret", "test_dry_run_shows_each_call_and_no_secret"),
        ("no json", "test_payload_survives_json_and_shows_no_secret"),
        ("wrong id", "test_receipts_name_what_the_platform_holds"),
        ("retries", "test_silence_after_accepting_is_unknown"),
        ("invents", "test_cut_after_accepting_is_unknown"),
        ("finds anything", "test_what_is_online_is_found_and_nothing_else"),
        ("finds nothing", "test_what_is_online_is_found_and_nothing_else"),
        ("withdraws nothing", "test_withdrawn_step_is_gone_and_twice_is_no_error"),
        ("corrects at once", "test_correction_is_pure_and_what_names_its_object_may_be_repeated"),
        ("corrects otherwise", "test_correction_is_pure_and_what_names_its_object_may_be_repeated"),
        ("takes back otherwise", "test_correction_is_pure_and_what_names_its_object_may_be_repeated"),
        ("withdraws otherwise", "test_withdrawal_is_pure_and_takes_back_all_that_is_out"),
        ("withdraws nothing", "test_withdrawal_is_pure_and_takes_back_all_that_is_out"),
        ("publishes to probe", "test_probe_tells_the_account_and_publishes_nothing"),
    ],
)
def test_contract_catches(fault: str, test: str) -> None:
    class Contract(AdapterContract):
        @contextmanager
        def stage(self) -> Iterator[Stage]:
            clock = Clock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
            yield replace(stage_of(Clumsy(MemoryPlatform(clock), fault), clock), secrets=("jeton-secret",))

    with pytest.raises((AssertionError, SendError)):
        getattr(Contract(), test)()


def test_what_is_impossible_is_not_tried() -> None:
    class Contract(AdapterContract):
        @contextmanager
        def stage(self) -> Iterator[Stage]:
            clock = Clock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
            impossible = {Failure.CUT_AFTER: "nothing is cut in memory"}
            yield replace(stage_of(Clumsy(MemoryPlatform(clock), "invents"), clock), impossible=impossible)

    Contract().test_cut_after_accepting_is_unknown()
    with pytest.raises(AssertionError, match="send gave a receipt"):
        Contract().test_silence_after_accepting_is_unknown()
