"""A person answers a held delivery: online, send again, drop, or the single text instead."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from publisher.adapters.base import Finds, Idempotency, Payload, Step, Withdraws
from publisher.errors import Refused
from publisher.models import Approval, Attempt, Audit, Delivery, Manifest, Receipt
from publisher.pipeline import hold, resolve, schedule
from publisher.pipeline.plan import Window
from publisher.testing.memory_platform import accept, not_sent, refuse, unknown
from tests.pipeline.town import Town, at, thread

URL = "https://memory.example/m1"


def code(action: Callable[..., object], *args: object) -> str:
    with pytest.raises(Refused) as caught:
        action(*args)
    return caught.value.code


def undecided(town: Town, *texts: str, accepted: bool = False, sent: int = 0, powers: tuple = (), **options: Any) -> str:
    """A held delivery of which one post is in doubt, after `sent` others."""
    town.channel("memory", *powers)
    name = town.planned(memory=town.part("memory", *texts, **options))
    town.platforms["memory"].script("send", *(accept() for _ in range(sent)), unknown(accepted=accepted))
    town.clock.move(minutes=1)
    town.work_until_settled()
    assert town.state() == ("held", "undecided")
    return name


# ---------------------------------------------------------------- it is online


def published(town: Town, name: str, url: str = URL, step: str | None = None) -> Delivery:
    return resolve.published(town.desk, town.who("camille"), name, url, step)


def test_what_a_person_sees_online_is_delivered_with_its_address(town) -> None:
    name = undecided(town, "Un.", accepted=True)
    assert published(town, name).state == "delivered"
    assert (town.steps(), town.attempts()) == ({"post-1": "sent"}, ["post-1 found"])
    receipt = Receipt.objects.get()
    assert (receipt.url, receipt.remote_id, receipt.answer) == (URL, None, {"seen_by": "camille"})
    assert Audit.objects.filter(action="attempt.found", person__name="camille").count() == 1


def recognising(town: Town) -> None:
    """Let the channel's adapter read ids from addresses."""
    adapter = town.channels["memory"].adapter

    def recognise(self, url: str, since: datetime) -> str | None:
        return url.removeprefix("https://memory.example/") if url.startswith("https://memory.example/") else None

    able = type("Recognising", (type(adapter),), {"recognise": recognise})(adapter.platform)
    town.channels["memory"] = town.channels["memory"]._replace(adapter=able)


def test_a_thread_goes_on_from_the_id_that_the_address_holds(town) -> None:
    name = undecided(town, "Un.", "Deux.", accepted=True)
    recognising(town)
    assert published(town, name).state == "sending"
    town.work()
    assert [(entry["content"]["text"], entry["parent"]) for entry in town.platforms["memory"].online] == [("Un.", None), ("Deux.", "m1")]


def test_an_address_of_somebody_else_is_refused(town) -> None:
    name = undecided(town, "Un.", accepted=True)
    recognising(town)
    assert code(published, town, name, "https://elsewhere.example/m1") == "not-our-address"
    assert town.state() == ("held", "undecided")


def test_the_address_of_another_part_is_refused(town) -> None:
    """The rest of the thread would be attached to it."""
    name = undecided(town, "Un.", "Deux.", "Trois.", accepted=True, sent=1)
    recognising(town)
    assert code(published, town, name, URL) == "already-known"
    assert published(town, name, "https://memory.example/m2").state == "sending"
    town.work()
    assert [entry["parent"] for entry in town.platforms["memory"].online] == [None, "m1", "m2"]


@pytest.mark.parametrize("url", ["", "m1", "javascript:alert(1)", "ftp://memory.example/m1"])
def test_what_is_no_address_is_refused(town, url) -> None:
    name = undecided(town, "Un.", accepted=True)
    assert code(published, town, name, url) == "not-an-address"


def test_without_the_id_nothing_follows(town) -> None:
    name = undecided(town, "Un.", "Deux.", accepted=True)
    published(town, name)
    town.work()
    assert (town.state(), town.texts()) == (("held", "parent-unknown"), ["Un."])
    resolve.drop(town.desk, town.who("camille"), name)
    assert town.state() == ("delivered", "dropped-partly")


def test_too_late_for_the_rest_stays_with_the_person(town) -> None:
    name = undecided(town, "Un.", "Deux.", accepted=True)
    town.clock.move(minutes=40)
    assert published(town, name).reason == "late"
    assert town.state() == ("held", "late")


def test_only_what_is_in_doubt_can_be_seen(town) -> None:
    name = undecided(town, "Un.", "Deux.", accepted=True)
    assert code(published, town, name, URL, "post-2") == "not-in-doubt"
    published(town, name, URL, "post-1")
    assert town.steps()["post-1"] == "sent"


# ---------------------------------------------------------------- drop


def drop(town: Town, name: str, step: str | None = None) -> Delivery:
    return resolve.drop(town.desk, town.who("camille"), name, step)


def test_dropped_with_nothing_online_is_failed(town) -> None:
    name = undecided(town, "Un.", "Deux.")
    assert (drop(town, name).state, town.state()) == ("failed", ("failed", "dropped"))
    assert (town.steps(), town.attempts()) == ({"post-1": "dropped", "post-2": "dropped"}, ["post-1 dismissed"])
    attempt = Attempt.objects.get()
    assert (attempt.dismissed_by.name, attempt.dismissed_why) == ("camille", "dropped")


def test_dropped_with_a_part_online_is_delivered_without_the_rest(town) -> None:
    name = undecided(town, "Un.", "Deux.", "Trois.", sent=1)
    drop(town, name)
    assert (town.state(), town.steps()) == (
        ("delivered", "dropped-partly"),
        {"post-1": "sent", "post-2": "dropped", "post-3": "dropped"},
    )


def test_a_dropped_step_takes_those_that_follow_it_along(town) -> None:
    name = undecided(town, "Un.", "Deux.", "Trois.", sent=1)
    drop(town, name, "post-3")
    assert town.state() == ("held", "undecided")
    assert town.steps() == {"post-1": "sent", "post-2": "in_doubt", "post-3": "dropped"}
    drop(town, name, "post-2")
    assert town.state() == ("delivered", "dropped-partly")


def test_an_unknown_step_is_refused(town) -> None:
    name = undecided(town, "Un.")
    assert code(drop, town, name, "post-9") == "unknown-step"


# ---------------------------------------------------------------- send again


def send_again(town: Town, name: str, by: str) -> bool:
    return resolve.send_again(town.desk, town.who(by), name)


@pytest.mark.parametrize(
    ("required", "callers", "answers"),
    [
        (1, ["camille", "dominique"], [False, True]),
        (1, ["dominique", "camille"], [False, True]),
        (1, ["dominique", "sacha"], [False, True]),
        (1, ["camille", "alix", "dominique"], [False, False, True]),
        (2, ["camille", "dominique", "sacha"], [False, False, True]),
        (2, ["dominique", "sacha"], [False, True]),
        (0, ["camille", "alix"], [False, True]),
    ],
)
def test_two_people_one_of_them_an_approver_send_it_again(clock, data_dir, required, callers, answers) -> None:
    town = Town(clock, data_dir, required=required)
    town.channel()
    name = town.queue()
    for person in ("dominique", "sacha")[:required]:
        town.approve(name, by=person)
    town.platforms["memory"].script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    begun = town.work_until_settled()
    town.clock.move(minutes=600)
    assert [send_again(town, name, caller) for caller in callers] == answers
    town.work(begun)
    assert (town.state(), town.attempts()) == (("delivered", ""), ["post-1 dismissed", "post-1 accepted"])
    assert len(town.platforms["memory"].accepted) == 1


def test_one_person_twice_is_one_person(town) -> None:
    name = undecided(town, "Un.")
    assert not send_again(town, name, "dominique")
    assert code(send_again, town, name, "dominique") == "second-person"
    town.work()
    assert town.texts() == []


def test_what_was_said_of_one_doubt_does_not_count_for_the_next(town) -> None:
    """Else one person alone would send a part again."""
    name = undecided(town, "Un.", "Deux.", accepted=True)
    recognising(town)
    assert not send_again(town, name, "camille")
    published(town, name)
    town.platforms["memory"].script("send", unknown(accepted=True))
    town.work_until_settled()
    assert (town.state(), town.steps()) == (("held", "undecided"), {"post-1": "sent", "post-2": "in_doubt"})
    assert not send_again(town, name, "dominique")
    town.work_until_settled()
    assert town.texts() == ["Un.", "Deux."]


def test_what_was_never_sent_is_not_sent_again_before_its_time(town) -> None:
    town.channel()
    name = town.planned()
    hold.hold(town.desk, town.who("eden"), name)
    assert code(send_again, town, name, "camille") == "never-sent"


def test_what_was_stopped_midway_has_nothing_to_send_again(town) -> None:
    town.channel()
    name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", accept(), not_sent())
    town.work()
    town.cancel(name)
    assert town.state() == ("held", "stopped-midway")
    assert code(send_again, town, name, "camille") == "nothing-to-send"
    drop(town, name)
    assert town.state() == ("delivered", "dropped-partly")


def test_what_came_to_light_only_later_is_found_when_it_is_sent_again(town) -> None:
    """The first call was taken in; nobody saw it for three minutes, two people said so, and then the platform refused the same again."""
    town.channel("memory", Finds, lag=timedelta(minutes=3))
    name = town.planned()
    town.clock.move(minutes=1)
    town.platforms["memory"].script("send", unknown(accepted=True), unknown(accepted=False))
    begun = town.work_until_settled()
    town.clock.move(minutes=4)
    town.send_again(name)
    town.work_until_settled(begun)
    assert (town.state(), town.attempts(), len(town.texts())) == (("delivered", ""), ["post-1 dismissed", "post-1 found"], 1)


def test_sending_again_is_a_new_visa_for_this_delivery_alone(town) -> None:
    town.channel("other")
    later = Window(at(town.clock, 120), at(town.clock, 150), None)
    town.channel("memory")
    name = town.planned(memory=town.part("memory"), other=town.part("other", window=later))
    town.platforms["memory"].script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work_until_settled()
    send_again(town, name, "camille")
    send_again(town, name, "dominique")
    assert Manifest.objects.filter(void_at=None, sealed_at__isnull=False).count() == 2
    assert town.delivery("other").manifest != town.delivery("memory").manifest
    assert list(Approval.objects.order_by("pk").values_list("person__name", "kind")) == [("dominique", "visa"), ("dominique", "visa")]
    assert (town.delivery().due_at, town.delivery().not_after) == (town.clock.now(), at(town.clock, 30))
    assert Attempt.objects.get().dismissed_why == "send again: camille, dominique"


def test_an_approver_s_own_text_needs_an_accord(town) -> None:
    town.channel()
    name = town.queue(by="dominique")
    town.approve(name, by="camille")
    town.platforms["memory"].script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    begun = town.work_until_settled()
    assert [send_again(town, name, who) for who in ("dominique", "camille")] == [False, True]
    assert Approval.objects.order_by("-pk").values_list("person__name", "kind").first() == ("camille", "accord")
    town.work(begun)
    assert town.state() == ("delivered", "")


def test_a_refused_part_may_be_sent_again(town) -> None:
    town.channel()
    name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    town.platforms["memory"].script("send", accept(), refuse())
    town.clock.move(minutes=1)
    begun = town.work()
    send_again(town, name, "camille")
    send_again(town, name, "dominique")
    town.work(begun)
    assert (town.state(), town.texts()) == (("delivered", ""), ["Un.", "Deux."])


# ---------------------------------------------------------------- the single text instead


def refused_thread(town: Town, *powers: type) -> str:
    town.channel("memory", Finds, *powers)
    name = town.planned(memory=town.part("memory", payload=thread("Un.", "Deux.", "Trois.", alternative="Tout en un.")))
    town.platforms["memory"].script("send", accept(), accept(), refuse("reply-refused"))
    town.clock.move(minutes=1)
    town.work_until_settled()
    assert town.state() == ("held", "part-refused")
    return name


def alternative(town: Town, name: str) -> Delivery:
    return resolve.alternative(town.desk, town.who("camille"), name)


def test_the_single_text_replaces_what_is_out_from_the_last_part_to_the_first(town) -> None:
    name = refused_thread(town, Withdraws)
    alternative(town, name)
    town.work()
    assert (town.state(), town.texts()) == (("delivered", ""), ["Tout en un."])
    assert town.steps() == {
        "post-1": "dropped",
        "post-2": "dropped",
        "post-3": "dropped",
        "withdraw-post-2": "sent",
        "withdraw-post-1": "sent",
        "single": "sent",
    }
    assert [call for call in town.platforms["memory"].calls if call[0] == "withdraw"] == [("withdraw", "m2"), ("withdraw", "m1")]


def test_what_nobody_sees_is_not_taken_back(town) -> None:
    town.channel("memory", Withdraws)
    image = Step("image", "media", {"key": "image"})
    posts = thread("Un.", "Deux.", alternative="Tout.")
    name = town.planned(memory=town.part("memory", payload=Payload((image, *posts.steps), posts.alternative)))
    town.platforms["memory"].script("send", accept(), accept(), refuse())
    town.clock.move(minutes=1)
    town.work()
    alternative(town, name)
    town.work()
    assert [call for call in town.platforms["memory"].calls if call[0] == "withdraw"] == [("withdraw", "m2")]
    assert town.state() == ("delivered", "")


def test_taking_back_in_doubt_is_simply_done_again(town) -> None:
    name = refused_thread(town, Withdraws)
    town.platforms["memory"].script("withdraw", unknown(accepted=True), not_sent())
    alternative(town, name)
    town.work_until_settled()
    assert (town.state(), town.texts()) == (("delivered", ""), ["Tout en un."])


def test_too_late_for_the_single_text_asks_for_a_new_time(town) -> None:
    name = refused_thread(town, Withdraws)
    town.clock.move(minutes=60)
    assert alternative(town, name).reason == "late"
    schedule.reschedule(town.desk, town.who("camille"), name, "2026-11-24T18:00")
    town.approve(name)
    town.clock.move(minutes=4 * 60)
    town.work()
    assert (town.state(), town.texts()) == (("delivered", ""), ["Tout en un."])


def test_a_channel_that_cannot_take_back_leaves_it_so(town) -> None:
    name = refused_thread(town)
    assert code(alternative, town, name) == "no-alternative"
    drop(town, name)
    assert (town.state(), town.texts()) == (("delivered", "dropped-partly"), ["Un.", "Deux."])


def test_without_a_sealed_single_text_there_is_none(town) -> None:
    town.channel("memory", Withdraws)
    name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    town.platforms["memory"].script("send", accept(), refuse())
    town.clock.move(minutes=1)
    town.work()
    assert code(alternative, town, name) == "no-alternative"


def test_the_single_text_is_put_once(town) -> None:
    name = refused_thread(town, Withdraws)
    alternative(town, name)
    hold.hold(town.desk, town.who("eden"), name)
    assert code(alternative, town, name) == "no-alternative"


def test_what_is_in_doubt_is_settled_before_the_single_text(town) -> None:
    town.channel("memory", Withdraws)
    name = town.planned(memory=town.part("memory", payload=thread("Un.", "Deux.", alternative="Tout en un.")))
    town.platforms["memory"].script("send", accept(), unknown(accepted=True))
    town.clock.move(minutes=1)
    town.work_until_settled()
    assert code(alternative, town, name) == "in-doubt"


def test_an_adapter_that_lost_its_power_is_for_a_person(town) -> None:
    name = refused_thread(town, Withdraws)
    alternative(town, name)
    town.channel("memory", Finds)
    town.work()
    assert town.state() == ("held", "part-refused")
    assert Attempt.objects.latest("pk").code == "cannot-withdraw"


# ---------------------------------------------------------------- which delivery


def test_only_what_is_held_is_decided(town) -> None:
    town.channel()
    name = town.planned()
    assert code(drop, town, name) == "not-held"


def test_of_several_one_must_be_named(town) -> None:
    town.channel("one")
    town.channel("two")
    name = town.planned()
    hold.hold(town.desk, town.who("eden"), name)
    with pytest.raises(Refused) as caught:
        drop(town, name)
    assert caught.value.code == "not-held"
    assert town.delivery("one").pk in str(caught.value)
    drop(town, town.delivery("one").pk)
    assert (town.state("one")[0], town.state("two")[0]) == ("failed", "held")


def test_a_channel_that_is_gone_is_put_back_first(town) -> None:
    name = undecided(town, "Un.")
    del town.channels["memory"]
    assert code(drop, town, name) == "channel-missing"


def test_an_embargo_holds_for_sending_again(town) -> None:
    town.channel()
    name = town.planned()
    town.platforms["memory"].script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work_until_settled()
    embargo = town.clock.now() + timedelta(hours=1)
    Delivery.objects.update(embargo_until=None)
    send_again(town, name, "camille")
    Delivery.objects.update(due_at=embargo, not_after=embargo + timedelta(minutes=5), embargo_until=embargo)
    send_again(town, name, "dominique")
    assert town.delivery().due_at == embargo
    town.work()
    assert town.texts() == []


# ---------------------------------------------------------------- what a decision must not close


def test_a_call_that_is_made_once_more_is_waited_for(town) -> None:
    platform = town.channel("memory", idempotency=Idempotency.TWO_PHASE)
    name = town.planned(memory=town.part("memory", "Un."))
    answers = []

    def person() -> None:
        hold.hold(town.desk, town.who("camille"), name)
        answers.append(code(resolve.drop, town.desk, town.who("camille"), name))

    platform.script("send", accept(), unknown(accepted=False), accept(before=person))
    town.clock.move(minutes=1)
    town.work_until_settled()
    assert (answers, town.texts(), town.steps()["publish"]) == (["call-under-way"], ["Un."], "sent")


def test_dropping_what_follows_leaves_the_doubt_before_it_to_a_person(town) -> None:
    name = undecided(town, "Un.", "Deux.", accepted=True)
    resolve.drop(town.desk, town.who("camille"), name, "post-2")
    assert (town.state(), town.steps()) == (("held", "undecided"), {"post-1": "in_doubt", "post-2": "dropped"})
    published(town, name)
    assert town.state() == ("delivered", "dropped-partly")


def test_two_authors_who_send_again_give_no_visa_for_the_day_when_one_is_asked_for(town) -> None:
    town.required = 0
    platform = town.channel()
    town.queue(by="camille")
    platform.script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work_until_settled()
    name, before = town.delivery().pk, len(platform.online)
    for author in ("camille", "alix"):
        resolve.send_again(town.desk, town.who(author), name)
    town.required = 1
    town.work()
    assert (town.state()[0] != "delivered", len(platform.online)) == (True, before)
