import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.adapters.base import Adapter, Corrects, Finds, Idempotency, Message, Probe, Probes, Readback, Receipt, Step, Withdraws
from publisher.errors import NotSent, OutcomeUnknown, RateLimited, Rejected, SendError, Unauthorized, Unsupported
from publisher.testing.ledger import Ledger
from publisher.testing.memory import MemoryAdapter, memory_adapter
from publisher.testing.memory_platform import (
    MemoryPlatform,
    Outcome,
    accept,
    content_of,
    dies,
    not_sent,
    raises,
    rate_limited,
    refuse,
    unauthorized,
    unknown,
)

from .conftest import Clock

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MESSAGE = Message(channel="memory", type="communique", title="Le marché change de place", posts=("Un.", "Deux.", "Trois."))
ONE = Message(channel="memory", type="communique", title="Le marché change de place", parts={"text": "Il va place Basse."})


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


def platform_with(clock: Clock, idempotency: Idempotency = Idempotency.NONE, **options: Any) -> MemoryPlatform:
    return MemoryPlatform(clock, idempotency=idempotency, **options)


def send_all(adapter: MemoryAdapter, message: Message) -> dict[str, Receipt]:
    receipts: dict[str, Receipt] = {}
    for step in adapter.prepare(message).steps:
        receipts[step.id] = adapter.send(step, receipts)
    return receipts


def killed(action: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        action()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_thread_goes_out_part_by_part_with_its_parents(clock: Clock) -> None:
    platform = platform_with(clock)
    receipts = send_all(memory_adapter(platform=platform), MESSAGE)
    assert [(entry["id"], entry["parent"], content_of(entry)["text"]) for entry in platform.online] == [
        ("m1", None, "Un."),
        ("m2", "m1", "Deux."),
        ("m3", "m2", "Trois."),
    ]
    assert receipts["post-3"] == Receipt("post-3", "m3", "https://memory.example/m3", NOON, {"id": "m3"})
    assert platform.calls == [("send", "post-1"), ("send", "post-2"), ("send", "post-3")]


def test_message_without_posts_becomes_one_step(clock: Clock) -> None:
    payload = memory_adapter(platform=platform_with(clock)).prepare(ONE)
    assert [(step.id, step.effect, step.content["text"]) for step in payload.steps] == [
        ("post", "post", "Le marché change de place\n\nIl va place Basse.")
    ]


@pytest.mark.parametrize("power", [Finds, Withdraws, Corrects, Probes])
def test_only_the_powers_asked_for_are_there(clock: Clock, power: type) -> None:
    adapter = memory_adapter(power, platform=platform_with(clock))
    assert isinstance(adapter, Adapter)
    assert [other for other in (Finds, Withdraws, Corrects, Probes) if isinstance(adapter, other)] == [power]


def test_declarations_are_those_asked_for(clock: Clock) -> None:
    platform = platform_with(clock, Idempotency.KEY)
    window, life = timedelta(seconds=9), timedelta(minutes=45)
    adapter = memory_adapter(platform=platform, readback=Readback.EVENTUAL, window=window, key_life=life)
    declared = (adapter.traits.idempotency, adapter.traits.readback, adapter.traits.window, adapter.traits.key_life)
    assert declared == (Idempotency.KEY, Readback.EVENTUAL, window, life)


@pytest.mark.parametrize(
    ("outcome", "error", "taken_in"),
    [
        (refuse(), Rejected, 0),
        (not_sent(), NotSent, 0),
        (rate_limited(NOON), RateLimited, 0),
        (rate_limited(), RateLimited, 0),
        (unauthorized(), Unauthorized, 0),
        (unknown(accepted=False), OutcomeUnknown, 0),
        (unknown(accepted=True), OutcomeUnknown, 1),
        (raises(KeyError("id"), accepted=True), KeyError, 1),
        (raises(KeyError("id")), KeyError, 0),
    ],
)
def test_each_scripted_outcome_is_what_the_caller_sees_once(clock: Clock, outcome: Outcome, error: type[Exception], taken_in: int) -> None:
    platform = platform_with(clock)
    adapter = memory_adapter(platform=platform)
    platform.script("send", outcome)
    with pytest.raises(error) as caught:
        send_all(adapter, ONE)
    assert type(caught.value) is error
    assert len(platform.accepted) == taken_in
    send_all(adapter, ONE)
    assert len(platform.accepted) == taken_in + 1


def test_rate_limit_says_when(clock: Clock) -> None:
    platform = platform_with(clock)
    platform.script("send", rate_limited(NOON + timedelta(minutes=3)))
    with pytest.raises(RateLimited) as caught:
        send_all(memory_adapter(platform=platform), ONE)
    assert caught.value.retry_at == NOON + timedelta(minutes=3)


def test_outcomes_are_consumed_in_order_then_the_storm_goes_on(clock: Clock) -> None:
    platform = platform_with(clock)
    adapter = memory_adapter(platform=platform)
    platform.script("send", not_sent(), then=(refuse(code) for code in ("a", "b")))
    platform.script("send", accept())
    seen: list[str] = []
    for _ in range(5):
        try:
            send_all(adapter, ONE)
            seen.append("accepted")
        except SendError as error:
            seen.append(error.code)
    assert seen == ["not-sent", "a", "b", "accepted", "accepted"]


def test_outcome_that_neither_accepts_nor_raises_is_a_fault_of_the_script(clock: Clock) -> None:
    platform = platform_with(clock)
    platform.script("send", Outcome(accepts=False))
    with pytest.raises(AssertionError, match="either accepts or raises"):
        send_all(memory_adapter(platform=platform), ONE)


def test_hooks_run_on_either_side_of_the_taking_in(clock: Clock) -> None:
    platform = platform_with(clock)
    counts: list[int] = []

    def count() -> None:
        counts.append(len(platform.accepted))

    platform.script("send", accept(before=count, after=count))
    send_all(memory_adapter(platform=platform), ONE)
    assert counts == [0, 1]


def test_same_key_is_taken_in_once(clock: Clock) -> None:
    platform = platform_with(clock, Idempotency.KEY)
    adapter = memory_adapter(platform=platform)
    assert send_all(adapter, ONE) == send_all(adapter, ONE)
    assert len(platform.accepted) == 1


def test_keys_decided_before_are_used(clock: Clock) -> None:
    message = Message(channel="memory", type="communique", title="T", posts=("Un.",), keys={"post": "decided"})
    assert memory_adapter(platform=platform_with(clock)).prepare(message).steps[0].content == {"text": "Un.", "key": "decided"}


def test_same_client_id_with_other_content_is_refused(clock: Clock) -> None:
    platform = platform_with(clock, Idempotency.CLIENT_ID)
    adapter = memory_adapter(platform=platform)
    first = adapter.prepare(ONE).steps[0]
    assert adapter.send(first, {}) == adapter.send(first, {})
    with pytest.raises(Rejected) as caught:
        adapter.send(Step(first.id, first.effect, {**first.content, "text": "Autre."}), {})
    assert caught.value.code == "other-content"
    assert len(platform.accepted) == 1


def test_without_idempotency_a_repeated_call_is_a_duplicate(clock: Clock) -> None:
    platform = platform_with(clock)
    adapter = memory_adapter(platform=platform)
    send_all(adapter, ONE)
    send_all(adapter, ONE)
    assert len(platform.online) == 2


def test_two_phases_are_public_only_after_the_second(clock: Clock) -> None:
    platform = platform_with(clock, Idempotency.TWO_PHASE)
    adapter = memory_adapter(platform=platform)
    first, second = adapter.prepare(ONE).steps
    receipts = {first.id: adapter.send(first, {})}
    assert (len(platform.accepted), platform.online) == (1, [])
    published = adapter.send(second, receipts)
    assert adapter.send(second, receipts) == published
    assert [entry["id"] for entry in platform.online] == ["m1"]


def test_find_matches_content_parent_and_time(clock: Clock) -> None:
    platform = platform_with(clock)
    adapter = memory_adapter(Finds, platform=platform)
    assert isinstance(adapter, Finds)
    receipts = send_all(adapter, MESSAGE)
    second = adapter.prepare(MESSAGE).steps[1]
    assert adapter.find(second, receipts, NOON) == receipts["post-2"]
    assert adapter.find(second, {"post-1": receipts["post-3"]}, NOON) is None
    assert adapter.find(second, receipts, NOON + timedelta(seconds=1)) is None
    assert adapter.find(Step("post-2", "post", {"text": "Autre."}, "post-1"), receipts, NOON) is None


def test_find_lags_as_long_as_the_platform_does(clock: Clock) -> None:
    platform = platform_with(clock, lag=timedelta(seconds=3))
    adapter = memory_adapter(Finds, platform=platform)
    assert isinstance(adapter, Finds)
    receipts = send_all(adapter, ONE)
    step = adapter.prepare(ONE).steps[0]
    clock.now += timedelta(seconds=2)
    assert adapter.find(step, {}, NOON) is None
    clock.now += timedelta(seconds=1)
    assert adapter.find(step, {}, NOON) == receipts["post"]


def test_find_fails_as_scripted(clock: Clock) -> None:
    platform = platform_with(clock)
    adapter = memory_adapter(Finds, platform=platform)
    assert isinstance(adapter, Finds)
    platform.script("find", not_sent())
    with pytest.raises(NotSent):
        adapter.find(adapter.prepare(ONE).steps[0], {}, NOON)


def test_find_tells_whether_the_second_phase_is_done(clock: Clock) -> None:
    platform = platform_with(clock, Idempotency.TWO_PHASE)
    adapter = memory_adapter(Finds, platform=platform)
    assert isinstance(adapter, Finds)
    first, second = adapter.prepare(ONE).steps
    receipts = {first.id: adapter.send(first, {})}
    assert adapter.find(second, receipts, NOON) is None
    receipts["publish"] = adapter.send(second, receipts)
    assert adapter.find(second, receipts, NOON) == receipts["publish"]


def test_withdrawn_is_no_longer_online_and_twice_is_no_error(clock: Clock) -> None:
    platform = platform_with(clock)
    adapter = memory_adapter(Withdraws, platform=platform)
    assert isinstance(adapter, Withdraws)
    receipts = send_all(adapter, ONE)
    adapter.withdraw(receipts["post"])
    adapter.withdraw(receipts["post"])
    assert (platform.online, len(platform.accepted)) == ([], 1)


def test_corrected_shows_the_new_content_at_the_same_address_and_twice_is_no_more(clock: Clock) -> None:
    platform = platform_with(clock)
    adapter = memory_adapter(Corrects, platform=platform)
    assert isinstance(adapter, Corrects)
    receipts = send_all(adapter, ONE)
    (step,) = adapter.correction(ONE._replace(posts=("Autre.",)), list(receipts.values())).steps
    assert step == Step("correct-post", "correct", {"id": "m1", "text": "Autre."})
    assert [adapter.send(step, {}) for _ in range(2)] == [receipts["post"]._replace(step="correct-post")] * 2
    assert [(entry["id"], entry["content"]) for entry in platform.online] == [("m1", {"text": "Autre."})]


def test_correction_keeps_the_number_of_parts(clock: Clock) -> None:
    adapter = memory_adapter(Corrects, platform=platform_with(clock))
    former = list(send_all(adapter, ONE).values())
    with pytest.raises(Unsupported):
        adapter.correction(ONE._replace(posts=("Un.", "Deux.")), former)


def test_withdrawal_takes_back_each_thing_once_the_last_first(clock: Clock) -> None:
    platform = platform_with(clock, idempotency=Idempotency.TWO_PHASE)
    adapter = memory_adapter(Withdraws, platform=platform)
    former = list(send_all(adapter, ONE).values())
    (step,) = adapter.withdrawal(ONE, former).steps
    assert (step.effect, step.content["step"], step.content["remote_id"]) == ("withdraw", "publish", "m1")


def test_probe_tells_account_and_clock_or_fails_as_scripted(clock: Clock) -> None:
    platform = platform_with(clock, account="@mairie")
    adapter = memory_adapter(Probes, platform=platform)
    assert isinstance(adapter, Probes)
    assert adapter.probe() == Probe("@mairie", "Memory", NOON)
    platform.script("probe", unauthorized())
    with pytest.raises(Unauthorized):
        adapter.probe()


def test_continuing_what_the_platform_does_not_know_is_refused(clock: Clock) -> None:
    adapter = memory_adapter(platform=platform_with(clock))
    second = adapter.prepare(MESSAGE).steps[1]
    with pytest.raises(Rejected) as caught:
        adapter.send(second, {"post-1": Receipt("post-1", "m9")})
    assert caught.value.code == "parent-unknown"


@pytest.mark.parametrize("accepted", [True, False])
def test_killed_process_leaves_the_truth_for_the_next_one(clock: Clock, tmp_path: Path, accepted: bool) -> None:  # noqa: FBT001 - a table
    log = tmp_path / "memory.jsonl"

    def die_inside_the_call() -> None:
        platform = platform_with(clock, log=log)
        platform.script("send", dies(accepted=accepted))
        send_all(memory_adapter(platform=platform), ONE)

    assert killed(die_inside_the_call) == -9
    platform = platform_with(clock, log=log)
    adapter = memory_adapter(Finds, platform=platform)
    assert isinstance(adapter, Finds)
    assert platform.calls == [("send", "post")]
    assert len(platform.accepted) == accepted
    assert (adapter.find(adapter.prepare(ONE).steps[0], {}, NOON) is not None) == accepted


def test_torn_line_is_passed_over_and_the_ledger_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "memory.jsonl"
    Ledger(path).append({"event": "call", "n": 1})
    path.write_bytes(path.read_bytes() + b'{"event": "call", "n"')
    ledger = Ledger(path)
    ledger.append({"event": "call", "n": 2})
    ledger.append({"event": "other"})
    assert ledger.entries("call") == [{"event": "call", "n": 1}, {"event": "call", "n": 2}]
    assert len(ledger.entries()) == 3
