"""AdapterContract: what every adapter must do, as a class of tests; subclass it, give it a stage, and run it with pytest.

    class TestWebhook(AdapterContract):
        @contextmanager
        def stage(self) -> Iterator[Stage]:
            with Simulator([platform := Webhook(clock)]) as simulator:
                yield Stage(adapter=…, message=…, fail=…, accepted=…, calls=…, now=clock)

Each test opens a stage of its own. What a kind of platform cannot do wrong is listed, with the reason, in `impossible`.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from copy import deepcopy
from datetime import timedelta

from publisher.adapters.base import (
    CORRECT,
    WITHDRAW,
    Adapter,
    Corrects,
    Describes,
    Finds,
    HandsOver,
    Idempotency,
    Payload,
    Probes,
    Readback,
    Receipt,
    Retracts,
    Step,
    Traits,
    Withdraws,
    as_json,
)
from publisher.errors import NotSent, SendError
from publisher.testing.stage import ACCEPTING, OUTCOMES, Failure, Stage


class AdapterContract(ABC):
    """The tests. A subclass gives `stage`, and may add its own."""

    @abstractmethod
    def stage(self) -> AbstractContextManager[Stage]:
        """Open an adapter in front of a platform that holds nothing yet."""

    def test_declarations_are_complete_and_hold_together(self) -> None:
        """What is declared decides how a doubt is settled, so it must be there, and the powers it needs too."""
        with self.stage() as stage:
            traits = stage.adapter.traits
            _same((type(traits), isinstance(stage.adapter, Adapter)), (Traits, True), "the adapter satisfies the port")
            _same(isinstance(stage.adapter, Finds), traits.readback is not Readback.NONE, "whoever can be read back has `find`")
            _same(traits.window > timedelta(0), traits.readback is Readback.EVENTUAL, "an EVENTUAL read-back has a window, no other")
            _same(traits.key_life > timedelta(0), traits.idempotency is Idempotency.KEY, "a KEY has a life, nothing else")

    def test_prepare_is_pure_and_repeatable(self) -> None:
        """The same message gives the same payload, without a call, and stays as it was."""
        with self.stage() as stage:
            before = deepcopy(stage.message)
            payload, again = stage.adapter.prepare(stage.message), stage.adapter.prepare(stage.message)
            _same(again, payload, "the same message gives the same payload")
            _same(again.digest, payload.digest, "the same message gives the same digest")
            _same(stage.message, before, "the message is left as it was")
            _same((stage.calls(), list(stage.accepted())), (0, []), "nothing is called")

    def test_steps_are_named_once_and_follow_earlier_ones(self) -> None:
        """A step waits for one before it."""
        with self.stage() as stage:
            steps = stage.adapter.prepare(stage.message).steps
            names = [step.id for step in steps]
            _same(len(set(names)), len(names), "each step has its own id")
            late = [step.id for place, step in enumerate(steps) if step.after is not None and step.after not in names[:place]]
            _same(late, [], "a step comes after the step it names")

    def test_payload_survives_json_and_shows_no_secret(self) -> None:
        """What the database keeps is what was approved."""
        with self.stage() as stage:
            payload = stage.adapter.prepare(stage.message)
            _survives_json(stage, payload)

    def test_dry_run_shows_each_call_and_no_secret(self) -> None:
        """What would be called is told without calling."""
        with self.stage() as stage:
            adapter = stage.adapter
            if not isinstance(adapter, Describes):
                return
            shown = "".join(repr(adapter.describe(step)) for step in _steps(stage))
            _same([secret for secret in stage.secrets if secret in shown], [], "no secret is shown")
            _same((stage.calls(), list(stage.accepted())), (0, []), "nothing is called")

    def test_receipts_name_what_the_platform_holds(self) -> None:
        """Every step is accepted once, by one call."""
        with self.stage() as stage:
            if isinstance(stage.adapter, HandsOver):
                return
            receipts = _send_all(stage)
            _same(list(receipts), [step.id for step in _steps(stage)], "each receipt names its step")
            told = {receipt.remote_id for receipt in receipts.values()}
            _same(told, set(stage.accepted()), "the receipts name what the platform holds, and all of it")

    def test_what_is_handed_over_is_one_step_of_which_nothing_is_sent(self) -> None:
        """A person gets the text of the payload to the letter, and what is out already when it is set right or taken back."""
        with self.stage() as stage:
            adapter, steps = stage.adapter, _steps(stage)
            if not isinstance(adapter, HandsOver):
                return
            (step,) = steps
            _same(adapter.handover(step).text, step.content["text"], "the text is that of the payload")
            try:
                adapter.send(step, {})
            except NotSent:
                pass
            else:
                raise AssertionError("a person publishes, and `send` gave a receipt")
            former = tuple(_send_all(stage).values())
            if isinstance(adapter, Corrects):
                (correction,) = adapter.correction(stage.message, former).steps
                _same(adapter.handover(correction).former, step.content["text"], "what is replaced is named")
            if isinstance(adapter, Retracts):
                (withdrawal,) = adapter.withdrawal(stage.message, former).steps
                asked = adapter.handover(withdrawal)
                _same((asked.text, asked.former), ("", step.content["text"]), "what is taken off is named, and nothing takes its place")
            _same((stage.calls(), list(stage.accepted())), (0, []), "nothing is called")

    def test_unreachable_is_not_sent(self) -> None:
        """Nothing left."""
        self._fails(Failure.UNREACHABLE)

    def test_throttled_is_rate_limited(self) -> None:
        """The platform asks to wait."""
        self._fails(Failure.THROTTLED)

    def test_lost_access_is_unauthorized(self) -> None:
        """The token is not accepted."""
        self._fails(Failure.UNAUTHORIZED)

    def test_refusal_is_rejected(self) -> None:
        """The platform says no, in a documented way."""
        self._fails(Failure.REFUSED)

    def test_error_of_the_platform_is_unknown(self) -> None:
        """The platform broke down, and did not take the call in."""
        self._fails(Failure.BROKEN)

    def test_error_after_accepting_is_unknown(self) -> None:
        """The platform broke down, but had taken the call in."""
        self._fails(Failure.BROKEN_AFTER)

    def test_cut_after_accepting_is_unknown(self) -> None:
        """The answer was lost."""
        self._fails(Failure.CUT_AFTER)

    def test_silence_after_accepting_is_unknown(self) -> None:
        """The answer came too late."""
        self._fails(Failure.SILENT_AFTER)

    def test_unreadable_success_is_unknown(self) -> None:
        """The answer says success, but not what was created."""
        self._fails(Failure.UNREADABLE_AFTER)

    def test_what_is_online_is_found_and_nothing_else(self) -> None:
        """Read-back finds a lost answer's step; not what was never sent, nor what is older than the intent."""
        with self.stage() as stage:
            adapter, (step, *_) = stage.adapter, _steps(stage)
            if not isinstance(adapter, Finds) or adapter.traits.idempotency is Idempotency.TWO_PHASE:
                return  # a first phase is not public: it is dismissed and repeated, never looked for
            since = stage.now()
            _same(adapter.find(step, {}, since), None, "what was never sent is not found")
            sent = adapter.send(step, {})
            found = adapter.find(step, {}, since)
            _same(found and found.remote_id, sent.remote_id, "what is online is found")
            if adapter.traits.idempotency is Idempotency.NONE:  # elsewhere a key or an identity tells what is ours
                _same(adapter.find(step, {}, since + timedelta(minutes=3)), None, "what is older than the intent is not taken for it")

    def test_withdrawn_step_is_gone_and_twice_is_no_error(self) -> None:
        """What is gone already was taken back."""
        with self.stage() as stage:
            adapter, since = stage.adapter, stage.now()
            if not isinstance(adapter, Withdraws):
                return
            receipts = _send_all(stage)
            for _ in range(2):
                for receipt in reversed(receipts.values()):
                    adapter.withdraw(receipt)
            if isinstance(adapter, Finds):
                left = [step.id for step in _steps(stage) if adapter.find(step, receipts, since)]
                _same(left, [], "what was taken back is not found")

    def test_correction_is_pure_and_what_names_its_object_may_be_repeated(self) -> None:
        """The steps of a correction are sealed like any other; an edit in doubt is made again."""
        with self.stage() as stage:
            adapter = stage.adapter
            if not isinstance(adapter, Corrects):
                return
            former = tuple(_send_all(stage).values())
            calls, accepted = stage.calls(), list(stage.accepted())
            payload = adapter.correction(stage.message, former)
            _same(adapter.correction(stage.message, former), payload, "the same message gives the same correction")
            _same((stage.calls(), list(stage.accepted())), (calls, accepted), "nothing is called")
            _survives_json(stage, payload)
            _carry_out(adapter, [step for step in payload.steps for _ in range(1 + (step.effect == CORRECT))])

    def test_withdrawal_is_pure_and_takes_back_all_that_is_out(self) -> None:
        """Its steps carry what `withdraw` needs."""
        with self.stage() as stage:
            adapter, since = stage.adapter, stage.now()
            if not isinstance(adapter, Retracts):
                return
            receipts = _send_all(stage)
            former = tuple(receipts.values())
            payload = adapter.withdrawal(stage.message, former)
            _same(adapter.withdrawal(stage.message, former), payload, "the same message gives the same withdrawal")
            _survives_json(stage, payload)
            _carry_out(adapter, payload.steps)
            if isinstance(adapter, Finds):
                left = [step.id for step in _steps(stage) if adapter.find(step, receipts, since)]
                _same(left, [], "what was taken back is not found")

    def test_probe_tells_the_account_and_publishes_nothing(self) -> None:
        """Only reads."""
        with self.stage() as stage:
            if not isinstance(stage.adapter, Probes):
                return
            _same(stage.adapter.probe().account, stage.account, "the probe tells the account as it is configured")
            _same((stage.calls(), list(stage.accepted())), (0, []), "the probe publishes nothing")

    def _fails(self, failure: Failure) -> None:
        """Let the first call fail: one call, the one error, and the platform holds what it took in."""
        with self.stage() as stage:
            if failure in stage.impossible:
                return
            step = _steps(stage)[0]
            stage.fail(failure)
            try:
                stage.adapter.send(step, {})
            except SendError as error:
                _same(type(error), OUTCOMES[failure], f"{failure}: the error class")
            else:
                raise AssertionError(f"{failure}: send gave a receipt")
            _same(len(stage.accepted()), int(failure in ACCEPTING), f"{failure}: what the platform holds")
            _same(stage.calls(), int(failure is not Failure.UNREACHABLE), f"{failure}: how many calls were made")


def _steps(stage: Stage) -> tuple[Step, ...]:
    return stage.adapter.prepare(stage.message).steps


def _send_all(stage: Stage) -> dict[str, Receipt]:
    receipts: dict[str, Receipt] = {}
    if isinstance(stage.adapter, HandsOver):  # as the engine keeps what a person says
        return {step.id: Receipt(step.id, answer={"text": stage.adapter.handover(step).text}) for step in _steps(stage)}
    for step in _steps(stage):
        receipts[step.id] = stage.adapter.send(step, receipts)
    return receipts


def _survives_json(stage: Stage, payload: Payload) -> None:
    steps = [*payload.steps, *payload.alternative]
    kept = json.dumps(as_json(steps), ensure_ascii=False)
    _same([Step(**values) for values in json.loads(kept)], steps, "the payload survives JSON")
    _same([secret for secret in stage.secrets if secret in kept], [], "no secret is in the payload")


def _carry_out(adapter: Adapter, steps: Sequence[Step]) -> None:
    """Make the steps of a later delivery, as the engine does: without the receipts of the first one."""
    if isinstance(adapter, HandsOver):
        return
    receipts: dict[str, Receipt] = {}
    for step in steps:
        if step.effect != WITHDRAW:
            receipts[step.id] = adapter.send(step, receipts)
        elif isinstance(adapter, Withdraws):
            _same(set(step.content), {"step", "remote_id", "url"}, f"{step.id}: what it carries")
            adapter.withdraw(Receipt(**step.content))  # type: ignore[arg-type] # as just checked
        else:
            raise AssertionError(f"{step.id}: whoever takes back has `withdraw`")


def _same(actual: object, expected: object, what: str) -> None:
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} instead of {expected!r}")
