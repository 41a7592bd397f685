"""SIGKILL at every crash point, and two services at once: the platform's own ledger is the judge (delivery-faults rows 1 to 6)."""

import os
import random
import signal
import time
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection
from django.db.models import Model

from publisher import crashpoints
from publisher.adapters.base import Finds, Idempotency, Withdraws
from publisher.models import Attempt, Delivery, audit, rows
from publisher.pipeline import claim, deliver, hold, outcome, reconcile, tenure
from publisher.pipeline.plan import Window
from publisher.testing import crash
from publisher.testing.memory_platform import accept, not_sent, rate_limited, refuse, unknown
from tests.database import child
from tests.pipeline.town import Town, at, one_round, thread

DECLARED: dict[str, tuple[Idempotency, tuple[type, ...]]] = {
    "blind": (Idempotency.NONE, ()),
    "reads": (Idempotency.NONE, (Finds,)),
    "key": (Idempotency.KEY, ()),
    "client id": (Idempotency.CLIENT_ID, (Finds,)),
    "two phases": (Idempotency.TWO_PHASE, ()),
}
HANDLES = {"key", "client id", "two phases"}
ON_THE_WAY = ("claim", "intent", "call", "outcome", "recover", "look", "repeat", "settled")
PLACES = [name for name in crashpoints.NAMES if name.startswith(ON_THE_WAY)]
NOT_ON_THE_WAY = {
    ("blind", "look.answered"),
    ("blind", "repeat.committed"),
    ("reads", "repeat.committed"),
    ("key", "look.answered"),
    ("client id", "repeat.committed"),
    ("two phases", "look.answered"),
}
SECOND = ("claim.pre", "intent.pre", "intent.committed", "call.pre", "call.answered", "outcome.pre", "outcome.committed")
CASES = [
    *((declared, place) for declared in DECLARED for place in PLACES),
    *((declared, f"{place}:2") for declared in ("reads", "key") for place in SECOND),
]


def due(clock, data_dir, declared: str) -> Town:
    """A thread that would leave now; two phases are for one post."""
    town = Town(clock, data_dir)
    idempotency, powers = DECLARED[declared]
    town.channel("memory", *powers, idempotency=idempotency)
    town.planned(memory=town.part("memory", *(("Un.",) if declared == "two phases" else ("Un.", "Deux."))))
    town.clock.move(minutes=1)
    return town


def doomed(town: Town, place: str) -> Callable[[], None]:
    """A service that works until it reaches the place; the second answer is lost, so that what is in doubt is settled too."""

    def work() -> None:
        crash.arm(place)
        written = accept(before=lambda: crashpoints.visit("call.written"))
        town.platforms["memory"].script("send", written, unknown(accepted=True), then=iter(lambda: written, None))
        town.work_until_settled(minutes=3)

    return work


def judge(town: Town, declared: str) -> None:
    """Nothing twice and nothing forgotten: delivered, or held with what readers see shown as sent or in doubt."""
    texts = town.texts()
    assert len(texts) == len(set(texts))
    if town.state()[0] == "delivered":
        assert set(town.steps().values()) == {"sent"}
        assert len(texts) == (1 if declared == "two phases" else 2)
        return
    assert town.state() == ("held", "undecided")
    assert declared not in HANDLES
    for step, text in (("post-1", "Un."), ("post-2", "Deux.")):
        assert town.steps()[step] in ({"sent", "in_doubt"} if text in texts else {"in_doubt", "pending"})


@pytest.mark.parametrize(("declared", "place"), CASES)
def test_killed_anywhere_and_started_again(clock, data_dir, declared, place) -> None:
    town = due(clock, data_dir, declared)
    assert child(doomed(town, place)) == (0 if (declared, place) in NOT_ON_THE_WAY else -signal.SIGKILL)
    town.clock.move(minutes=5)
    town.work_until_settled()
    judge(town, declared)


@pytest.mark.parametrize("declared", ["reads", "key"])
def test_killed_at_any_moment_again_and_again(clock, data_dir, declared) -> None:
    """Kills that nobody chose the place of, on a real disk's rhythm; three on end without progress are for a person."""
    town = due(clock, data_dir, declared)
    rhythm = random.Random(1)
    connection.close()
    for _ in range(12):
        pid = os.fork()
        if pid == 0:
            town.work_until_settled(minutes=3)
            os._exit(0)
        time.sleep(rhythm.uniform(0.005, 0.06))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        town.clock.move(20)
    town.work_until_settled()
    if town.state() == ("held", "crashed"):
        hold.resume(town.desk, town.who("camille"), town.delivery().pk)
        town.work_until_settled()
    judge(town, declared)


def test_what_crashes_the_service_three_times_is_held_and_the_others_go_on(town) -> None:
    town.channel("poison", idempotency=Idempotency.KEY)
    town.channel("other")
    town.planned(poison=town.part("poison"), other=town.part("other", window=Window(at(town.clock, 4), at(town.clock, 30), None)))
    for place in ("intent.committed", "repeat.committed", "repeat.committed"):
        town.clock.move(minutes=1)
        assert child(lambda place=place: (crash.arm(place), town.work())) == -signal.SIGKILL
    town.clock.move(minutes=1)
    town.work()
    assert (town.state("poison"), town.state("other")) == (("held", "crashed"), ("delivered", ""))
    assert town.platforms["poison"].accepted == []


def test_progress_forgives_earlier_crashes(town) -> None:
    town.channel(idempotency=Idempotency.KEY)
    town.planned(memory=town.part("memory", "Un.", "Deux."))
    for place in ("intent.committed", "repeat.committed", "intent.committed", "repeat.committed"):
        town.clock.move(minutes=1)
        assert child(lambda place=place: (crash.arm(place), town.work())) == -signal.SIGKILL
        assert town.state()[0] == "sending"
    town.clock.move(minutes=1)
    town.work()
    assert (town.state(), town.texts()) == (("delivered", ""), ["Un.", "Deux."])


# ---------------------------------------------------------------- two services


def test_two_processes_of_one_epoch_send_once(town) -> None:
    """A pool, or a mistake: whoever claims first sends, the other finds it taken."""
    town.channel()
    town.planned(memory=town.part("memory", "Un.", "Deux.", "Trois."))
    town.clock.move(minutes=1)
    begun = town.service()
    connection.close()
    children = []
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            for _ in range(30):
                one_round(begun)
            os._exit(0)
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0] * 4
    assert (town.state(), town.texts()) == (("delivered", ""), ["Un.", "Deux.", "Trois."])


ANSWERS = {"accepted": accept(), "not sent": not_sent(), "refused": refuse(), "throttled": rate_limited(), "lost": unknown(accepted=True)}


@pytest.mark.parametrize("recovered", [True, False], ids=["recovered", "not yet recovered"])
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_the_outcome_of_an_older_run_changes_nothing(town, answer, recovered, monkeypatch) -> None:
    town.channel("memory", Finds)
    town.planned()
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", answer)
    old = town.service()
    seen: list[object] = []

    def take_over(place: str) -> None:
        if place == "outcome.pre" and not seen:
            if recovered:
                town.service()
            else:
                tenure.begin(town.desk, "test")
            seen.append(stored())

    monkeypatch.setattr(crashpoints, "_hooks", [take_over])
    deliver.advance(old, town.delivery().pk)
    assert seen == [stored()]
    assert town.attempts() == ["post-1 in_doubt" if recovered else "post-1 intent"]
    assert not one_round(old)


def stored() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Attempt, Delivery)]


def test_the_outcome_of_a_repeated_call_of_an_older_run_changes_nothing(town, monkeypatch) -> None:
    town.channel("memory", idempotency=Idempotency.KEY)
    town.planned()
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", unknown(accepted=True))
    old = town.work()
    town.clock.move(60)
    seen: list[object] = []

    def take_over(place: str) -> None:
        if place == "call.answered" and not seen:
            town.service()
            seen.append(stored())

    monkeypatch.setattr(crashpoints, "_hooks", [take_over])
    reconcile.settle(old, Attempt.objects.get().pk)
    assert seen == [stored()]
    town.work_until_settled()
    assert (town.state(), len(town.platforms["memory"].accepted)) == (("delivered", ""), 1)


@pytest.mark.parametrize("place", ["claim.pre", "intent.committed"])
def test_an_older_run_that_wakes_up_calls_nobody(town, monkeypatch, place) -> None:
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    old = town.service()
    taken: list[object] = []

    def take_over(name: str) -> None:
        if name == place and not taken:
            taken.append(town.service())

    monkeypatch.setattr(crashpoints, "_hooks", [take_over])
    deliver.advance(old, town.delivery().pk)
    assert town.platforms["memory"].calls == []
    town.clock.move(60)
    town.work_until_settled(taken[0])
    assert len(town.texts()) <= 1


def test_an_outcome_waits_for_a_locked_database(town, monkeypatch) -> None:
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    record, failures = outcome.record, [1, 2, 3]

    def locked(*arguments: object) -> None:
        if failures:
            failures.pop()
            raise OperationalError("database is locked")
        record(*arguments)

    monkeypatch.setattr(outcome, "record", locked)
    town.work()
    assert (town.state(), failures) == (("delivered", ""), [])


def test_an_outcome_that_cannot_be_written_stops_the_service_and_is_in_doubt_later(town, monkeypatch) -> None:
    town.channel("memory", Finds)
    town.planned()
    town.clock.move(minutes=1)

    def full(*arguments: object) -> None:
        raise OperationalError("disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(outcome, "record", full)
        with pytest.raises(OperationalError, match="full"):
            town.work()
    assert town.attempts() == ["post-1 intent"]
    town.work_until_settled()
    assert (town.state(), town.attempts()) == (("delivered", ""), ["post-1 found"])


def writing_no_intent(error: Exception) -> Callable[[Model], None]:
    add = rows.add

    def refuse_intents(row: Model) -> None:
        if isinstance(row, Attempt):
            raise error
        add(row)

    return refuse_intents


def test_without_a_durable_intent_nothing_is_called(town, monkeypatch) -> None:
    town.channel()
    town.planned()
    town.clock.move(minutes=1)

    with monkeypatch.context() as patched:
        patched.setattr(rows, "add", writing_no_intent(OperationalError("disk is full")))
        with pytest.raises(OperationalError, match="full"):
            town.work()
    assert town.platforms["memory"].calls == []
    town.work()
    assert town.state() == ("delivered", "")


def test_without_an_audit_row_nothing_is_called(town, monkeypatch) -> None:
    town.channel()
    town.planned()
    town.clock.move(minutes=1)

    def broken(*arguments: object) -> None:
        raise RuntimeError("no audit")

    begun = town.service()
    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError, match="no audit"):
        one_round(begun)
    assert (town.state(), town.platforms["memory"].calls) == (("planned", ""), [])


def test_a_place_that_does_not_exist_cannot_be_armed() -> None:
    with pytest.raises(ValueError, match="no crash point"):
        crash.arm("call.nowhere")


def test_taking_back_survives_a_kill(clock, data_dir) -> None:
    town = Town(clock, data_dir)
    town.channel("memory", Withdraws)
    town.planned(memory=town.part("memory", payload=thread("Un.", "Deux.", alternative="Tout.")))
    town.platforms["memory"].script("send", accept(), refuse())
    town.clock.move(minutes=1)
    town.work()
    town.alternative()
    assert child(lambda: (crash.arm("call.answered"), town.work())) == -signal.SIGKILL
    town.work_until_settled()
    assert (town.state(), town.texts()) == (("delivered", ""), ["Tout."])


# ---------------------------------------------------------------- an error in the middle of a run


def test_an_error_before_the_intent_leaves_nothing_claimed(town, monkeypatch) -> None:
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    begun = town.service()

    with monkeypatch.context() as patched:
        patched.setattr(rows, "add", writing_no_intent(OperationalError("database is locked")))
        with pytest.raises(OperationalError):
            deliver.advance(begun, town.delivery().pk)
    assert (town.state(), reconcile.unfinished(begun)) == (("planned", ""), set())
    assert deliver.advance(begun, town.delivery().pk)
    assert (town.state(), len(town.texts())) == (("delivered", ""), 1)


def test_what_an_error_left_called_is_looked_up_by_the_same_run(town, monkeypatch) -> None:
    town.channel("memory", Finds)
    town.planned()
    town.clock.move(minutes=1)
    begun = town.service()

    def full(*arguments: object) -> None:
        raise OperationalError("disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(outcome, "record", full)
        with pytest.raises(OperationalError):
            deliver.advance(begun, town.delivery().pk)
    assert reconcile.tidy(begun, "other") == 0
    assert reconcile.tidy(begun, "memory") == 1
    town.work_until_settled(begun)
    assert (town.state(), town.attempts()) == (("delivered", ""), ["post-1 found"])


def test_an_error_that_comes_again_and_again_is_for_a_person(town, monkeypatch) -> None:
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    begun = town.service()

    monkeypatch.setattr(rows, "add", writing_no_intent(RuntimeError("a mistake of ours")))
    for _ in range(3):
        with pytest.raises(RuntimeError):
            deliver.advance(begun, town.delivery().pk)
        reconcile.blame(begun, town.delivery().pk)
    assert town.state() == ("held", "crashed")


def test_an_older_run_tidies_nothing(town) -> None:
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    begun = town.service()
    claim.claim(begun, town.delivery().pk)
    tenure.begin(town.desk, "test")
    assert reconcile.tidy(begun, "memory") == 0
    assert reconcile.unfinished(begun) == {"memory"}
