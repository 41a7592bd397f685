"""Stopping: at any moment either nothing leaves, or what left is shown as sent; never “canceled” and online."""

from collections.abc import Callable

import pytest

from publisher import crashpoints
from publisher.adapters.base import Finds, Idempotency, Withdraws
from publisher.errors import Refused, UsageError
from publisher.models import Attempt, Audit, Delivery, Pause
from publisher.pipeline import afterwards, deliver, hold, resolve, schedule
from publisher.pipeline.plan import Request, Window
from publisher.testing.memory_platform import accept, not_sent, rate_limited, refuse, unauthorized, unknown
from tests.pipeline.town import Town, at


def code(action: Callable[..., object], *args: object) -> str:
    with pytest.raises((Refused, UsageError)) as caught:
        action(*args)
    return caught.value.code


@pytest.fixture
def ready(town) -> Town:
    """A thread of two that would leave now."""
    town.channel()
    town.name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    town.clock.move(minutes=1)
    return town


# ---------------------------------------------------------------- cancel


def test_canceled_before_its_time_nothing_leaves(ready) -> None:
    assert [delivery.state for delivery in ready.cancel(ready.name)] == ["canceled"]
    ready.work()
    assert (ready.state(), ready.steps()) == (("canceled", "canceled"), {"post-1": "dropped", "post-2": "dropped"})
    assert ready.platforms["memory"].calls == []


def test_canceled_while_waiting_to_try_again(ready) -> None:
    ready.platforms["memory"].script("send", not_sent())
    begun = ready.work()
    ready.cancel(ready.name)
    ready.clock.move(60)
    ready.work(begun)
    assert (ready.state(), ready.texts()) == (("canceled", "canceled"), [])


def test_what_is_partly_out_is_stopped_for_a_person(ready) -> None:
    ready.platforms["memory"].script("send", accept(), not_sent())
    begun = ready.work()
    ready.cancel(ready.name)
    ready.clock.move(60)
    ready.work(begun)
    assert (ready.state(), ready.texts()) == (("held", "stopped-midway"), ["Un."])


def canceled_in_doubt(town: Town, *, accepted: bool) -> list[tuple[str, str]]:
    """Cancel what is in doubt, and let it be looked up; return where that left the deliveries before."""
    name = town.planned()
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", unknown(accepted=accepted))
    begun = town.work()
    left = [(delivery.state, delivery.reason) for delivery in town.cancel(name)]
    town.clock.move(60)
    town.work(begun)
    return left


def test_what_is_in_doubt_is_looked_up_first(town) -> None:
    town.channel("memory", Finds)
    assert canceled_in_doubt(town, accepted=True) == [("held", "cancel-requested")]
    assert (town.state(), town.attempts()) == (("delivered", ""), ["post-1 found"])


def test_what_is_in_doubt_and_absent_is_never_called_again_once_canceled(town) -> None:
    town.channel("memory", Finds, idempotency=Idempotency.KEY)
    canceled_in_doubt(town, accepted=False)
    assert (town.state(), len(town.platforms["memory"].accepted)) == (("held", "undecided"), 0)


def test_a_draft_in_doubt_is_canceled_because_nobody_sees_it(town) -> None:
    town.channel("memory", idempotency=Idempotency.TWO_PHASE)
    canceled_in_doubt(town, accepted=True)
    assert (town.state(), town.platforms["memory"].online) == (("canceled", "canceled"), [])


def test_what_only_the_account_sees_is_canceled_at_once_and_nothing_of_it_is_said_to_be_out(town) -> None:
    town.channel("memory", idempotency=Idempotency.TWO_PHASE)
    name = town.planned()
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", accept(), unauthorized())
    town.work()
    assert town.attempts() == ["post-1 accepted", "publish not_sent"]
    assert afterwards.standing(town.desk, name) == {}
    assert [(delivery.state, delivery.reason) for delivery in town.cancel(name)] == [("canceled", "canceled")]
    assert (town.steps(), town.texts()) == ({"post-1": "sent", "publish": "dropped"}, [])


def test_a_second_phase_in_doubt_is_found_out_before_anything_is_canceled(town) -> None:
    town.channel("memory", Finds, idempotency=Idempotency.TWO_PHASE)
    name = town.planned()
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", accept(), unknown(accepted=True))
    begun = town.work()
    assert [(delivery.state, delivery.reason) for delivery in town.cancel(name)] == [("held", "cancel-requested")]
    town.clock.move(60)
    town.work(begun)
    assert (town.state(), len(town.texts())) == (("delivered", ""), 1)


def remedy(town, name: str) -> Request | None:
    return afterwards.remedy(town.desk, name, afterwards.standing(town.desk, name))


def test_the_remedy_names_only_what_can_be_taken_back_now(town) -> None:
    for channel in ("first", "second", "third"):
        town.channel(channel, Withdraws)
    name = town.planned(
        first=town.part("first"),
        second=town.part("second", "Un.", "Deux."),
        third=town.part("third", window=Window(at(town.clock, 90), at(town.clock, 120), None, "13:30")),
    )
    town.clock.move(minutes=1)
    town.platforms["second"].script("send", accept(), not_sent())
    town.work()
    assert remedy(town, name) == Request(channels=("first",))
    town.cancel(name)
    assert (town.state("second"), town.state("third")) == (("held", "stopped-midway"), ("canceled", "canceled"))
    assert remedy(town, name) == Request(channels=("first",))
    resolve.drop(town.desk, town.who("camille"), name)
    assert remedy(town, name) == Request()
    del town.channels["first"]
    assert remedy(town, name) == Request(channels=("second",))
    del town.channels["second"]
    assert remedy(town, name) is None


@pytest.mark.parametrize("state", ["delivered", "canceled"])
def test_what_is_over_cannot_be_stopped(ready, state) -> None:
    Delivery.objects.update(state=state)
    assert code(ready.cancel, ready.name) == "nothing-to-stop"
    assert code(hold.hold, ready.desk, ready.who("eden"), ready.name) == "nothing-to-stop"


def test_canceling_an_announcement_stops_what_can_be_stopped(town) -> None:
    town.channel("out")
    town.channel("waiting")
    name = town.planned()
    town.pause("waiting")
    town.clock.move(minutes=1)
    town.work()
    assert [delivery.channel for delivery in town.cancel(name)] == ["waiting"]
    assert (town.state("out"), town.state("waiting")) == (("delivered", ""), ("canceled", "canceled"))


def test_one_delivery_alone_can_be_canceled_and_the_visa_stays(town) -> None:
    town.channel("one")
    town.channel("two")
    town.planned()
    town.cancel(town.delivery("one").pk)
    town.clock.move(minutes=1)
    town.work()
    assert (town.state("one"), town.state("two")) == (("canceled", "canceled"), ("delivered", ""))


# ---------------------------------------------------------------- one millisecond before


@pytest.fixture
def interrupt(monkeypatch) -> Callable[[str, Callable[[], object]], None]:
    """Let something happen at the first visit of a crash point."""

    def once(place: str, action: Callable[[], object]) -> None:
        waiting = [place]

        def visited(name: str) -> None:
            if waiting == [name]:
                waiting.clear()
                action()

        monkeypatch.setattr(crashpoints, "_hooks", [visited])

    return once


# what a cancellation at each place leads to: the state, and what readers see of the two posts
PLACES = {
    "claim.pre": ("canceled", []),
    "intent.committed": ("canceled", []),
    "call.pre": ("held", ["Un."]),
    "call.answered": ("held", ["Un."]),
    "outcome.pre": ("held", ["Un."]),
    "outcome.committed": ("held", ["Un."]),
}


@pytest.mark.parametrize("place", PLACES)
def test_canceled_at_the_last_moment(ready, interrupt, place) -> None:
    interrupt(place, lambda: ready.cancel(ready.name))
    ready.work()
    assert (ready.state()[0], ready.texts()) == PLACES[place]
    assert not Attempt.objects.filter(state="intent").exists()


@pytest.mark.parametrize("place", PLACES)
def test_a_single_post_canceled_at_the_last_moment_is_canceled_or_shown_as_sent(town, interrupt, place) -> None:
    town.channel()
    name = town.planned()
    town.clock.move(minutes=1)

    def cancel() -> None:
        if place != "outcome.committed":
            town.cancel(name)

    interrupt(place, cancel)
    town.work()
    assert (town.state()[0], len(town.texts())) in {("canceled", 0), ("delivered", 1)}


@pytest.mark.parametrize("place", PLACES)
def test_paused_at_the_last_moment(ready, interrupt, place) -> None:
    interrupt(place, ready.pause)
    begun = ready.work()
    sent = 1 if place in {"call.pre", "call.answered", "outcome.pre", "outcome.committed"} else 0
    assert len(ready.texts()) == sent
    assert ready.state() == ("sending" if ready.attempts() else "planned", "paused")
    ready.unpause()
    ready.work(begun)
    assert (ready.state(), ready.texts()) == (("delivered", ""), ["Un.", "Deux."])


@pytest.mark.parametrize("place", PLACES)
def test_held_at_the_last_moment_and_resumed(ready, interrupt, place) -> None:
    interrupt(place, lambda: hold.hold(ready.desk, ready.who("eden"), ready.name))
    begun = ready.work()
    assert ready.state() == ("held", "by-person")
    assert len(ready.texts()) == (place in {"call.pre", "call.answered", "outcome.pre", "outcome.committed"})
    hold.resume(ready.desk, ready.who("camille"), ready.name)
    ready.work(begun)
    assert (ready.state(), ready.texts()) == (("delivered", ""), ["Un.", "Deux."])


DECISIONS: dict[str, Callable[[Town], object]] = {
    "drop": lambda town: resolve.drop(town.desk, town.who("camille"), town.name),
    "send again": lambda town: resolve.send_again(town.desk, town.who("camille"), town.name),
    "online": lambda town: resolve.published(town.desk, town.who("camille"), town.name, "https://memory.example/m1"),
    "single text": lambda town: resolve.alternative(town.desk, town.who("camille"), town.name),
    "new time": lambda town: schedule.reschedule(town.desk, town.who("camille"), town.name, at(town.clock, 9).isoformat()),
}


@pytest.mark.parametrize("first", ["canceled", "held"])
@pytest.mark.parametrize("decision", DECISIONS.values(), ids=DECISIONS)
def test_nothing_is_decided_while_a_call_is_under_way(ready, interrupt, first, decision) -> None:
    """It would be “dropped” and online."""
    refused = []

    def decide() -> None:
        if first == "canceled":
            ready.cancel(ready.name)
        else:
            hold.hold(ready.desk, ready.who("eden"), ready.name)
        refused.append(code(decision, ready))

    interrupt("call.pre", decide)
    ready.work()
    assert (refused, ready.state()[0], ready.texts(), ready.attempts()) == (["call-under-way"], "held", ["Un."], ["post-1 accepted"])


def test_held_and_then_canceled_during_the_call_is_canceled(ready, interrupt) -> None:
    def stop() -> None:
        hold.hold(ready.desk, ready.who("eden"), ready.name)
        assert [(d.state, d.reason) for d in ready.cancel(ready.name)] == [("held", "cancel-requested")]

    ready.platforms["memory"].script("send", not_sent())
    interrupt("call.pre", stop)
    ready.work()
    assert (ready.state(), ready.texts()) == (("canceled", "canceled"), [])


def test_canceled_means_that_nothing_follows_whatever_is_found_out_later(town) -> None:
    town.channel()
    name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", unknown(accepted=True))
    begun = town.work()
    town.cancel(name)
    assert town.steps() == {"post-1": "in_doubt", "post-2": "dropped"}
    town.clock.move(60)
    town.work(begun)
    assert town.state() == ("held", "undecided")
    resolve.published(town.desk, town.who("camille"), name, "https://memory.example/m1")
    town.work(begun)
    assert (town.state(), town.texts()) == (("delivered", "dropped-partly"), ["Un."])


def test_canceled_while_it_waits_for_a_decision_keeps_the_question_and_drops_the_rest(town) -> None:
    town.channel()
    name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", unknown(accepted=True))
    town.work_until_settled()
    assert [(d.state, d.reason) for d in town.cancel(name)] == [("held", "undecided")]
    assert town.steps() == {"post-1": "in_doubt", "post-2": "dropped"}


def test_what_a_person_holds_stays_held_when_its_doubt_is_over(town) -> None:
    town.channel()
    name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", unknown(accepted=True))
    begun = town.work()
    hold.hold(town.desk, town.who("eden"), name)
    resolve.published(town.desk, town.who("camille"), name, "https://memory.example/m1")
    town.work(begun)
    assert (town.state(), town.texts()) == (("held", "by-person"), ["Un."])


@pytest.mark.parametrize("answer", [not_sent(), rate_limited(), refuse()], ids=["not sent", "throttled", "refused"])
def test_canceled_during_a_call_that_sends_nothing(ready, interrupt, answer) -> None:
    ready.platforms["memory"].script("send", answer)
    interrupt("call.pre", lambda: ready.cancel(ready.name))
    ready.work()
    assert (ready.state()[0], ready.texts()) == ("failed" if ready.attempts() == ["post-1 rejected"] else "canceled", [])


def test_a_clock_that_leaps_at_the_last_moment_stops_the_call(ready, interrupt) -> None:
    from datetime import timedelta

    interrupt("intent.committed", lambda: ready.clock.leap(timedelta(hours=1)))
    begun = ready.service()
    deliver.advance(begun, ready.delivery().pk)
    assert (ready.attempts(), ready.texts()) == (["post-1 not_sent"], [])
    assert Attempt.objects.get().code == "stopped"


# ---------------------------------------------------------------- hold and resume


def test_held_waits_for_resume(ready) -> None:
    hold.hold(ready.desk, ready.who("eden"), ready.name)
    begun = ready.work()
    assert (ready.state(), ready.texts()) == (("held", "by-person"), [])
    assert [d.state for d in hold.resume(ready.desk, ready.who("camille"), ready.name)] == ["planned"]
    ready.work(begun)
    assert ready.state() == ("delivered", "")


def test_resumed_too_late_is_refused(ready) -> None:
    hold.hold(ready.desk, ready.who("eden"), ready.name)
    ready.clock.move(minutes=31)
    assert code(hold.resume, ready.desk, ready.who("camille"), ready.name) == "too-late"


def test_what_needs_a_decision_is_not_merely_resumed(ready) -> None:
    ready.platforms["memory"].script("send", unknown(accepted=False))
    ready.work_until_settled()
    with pytest.raises(Refused) as caught:
        hold.resume(ready.desk, ready.who("camille"), ready.name)
    assert caught.value.code == "needs-decision"
    assert str(caught.value).endswith("Nobody can tell whether it was published: look at the account, then say what you see.")


def test_nothing_held_is_nothing_to_resume(ready) -> None:
    assert code(hold.resume, ready.desk, ready.who("camille"), ready.name) == "nothing-held"


def test_held_in_doubt_and_resumed_is_looked_up(town) -> None:
    town.channel("memory", Finds)
    name = town.planned()
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", unknown(accepted=True))
    begun = town.work()
    hold.hold(town.desk, town.who("eden"), name)
    town.clock.move(minutes=60)
    town.work(begun)
    assert town.attempts() == ["post-1 in_doubt"]
    assert [d.state for d in hold.resume(town.desk, town.who("camille"), name)] == ["sending"]
    town.work(begun)
    assert town.state() == ("delivered", "")


# ---------------------------------------------------------------- pause


def test_pausing_is_checked_and_on_record(ready) -> None:
    desk, eden = ready.desk, ready.who("eden")
    assert code(hold.pause, desk, eden, " ", None) == "reason-missing"
    assert code(hold.pause, desk, eden, "Alerte.", "facebok") == "unknown-channel"
    assert code(hold.unpause, desk, eden, "facebok") == "unknown-channel"
    assert code(hold.unpause, desk, eden) == "not-paused"
    hold.pause(desk, eden, "Alerte.")
    assert code(hold.pause, desk, eden, "Alerte.") == "already-paused"
    hold.unpause(desk, eden)
    assert list(Audit.objects.filter(action__startswith="channel").values_list("action", "subject", "person__name", "detail")) == [
        ("channel.paused", "*", "eden", {"reason": "Alerte."}),
        ("channel.unpaused", "*", "eden", {}),
    ]
    assert Pause.objects.values_list("reason", "person__name", "ended_at").get() == ("Alerte.", "eden", ready.clock.now())
