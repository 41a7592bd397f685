"""Each outcome of a call × what the adapter declares (delivery.md §4 and §5), with the platform's ledger as the judge."""

from datetime import timedelta

import pytest

from publisher.adapters.base import Finds, Idempotency, Probes, Receipt
from publisher.models import Attempt, Audit, ChannelState, Pause
from publisher.pipeline.plan import Window
from publisher.testing.memory_platform import accept, not_sent, raises, rate_limited, refuse, unauthorized, unknown
from tests.pipeline.town import thread


def due(town, **parts) -> str:
    """An approved delivery whose minute has come."""
    name = town.planned(**parts)
    town.clock.move(minutes=1)
    return name


def test_thread_leaves_at_its_time_in_order_and_once(town) -> None:
    platform = town.channel()
    town.planned(memory=town.part("memory", "Un.", "Deux.", "Trois."))
    town.work()
    assert platform.calls == []
    town.clock.move(minutes=1)
    town.work()
    assert [(entry["content"]["text"], entry["parent"]) for entry in platform.online] == [("Un.", None), ("Deux.", "m1"), ("Trois.", "m2")]
    assert town.state() == ("delivered", "")
    assert town.steps() == {"post-1": "sent", "post-2": "sent", "post-3": "sent"}
    assert town.attempts() == ["post-1 accepted", "post-2 accepted", "post-3 accepted"]
    town.work()
    assert len(platform.calls) == 3


# ---------------------------------------------------------------- outcomes that end the attempt


def test_not_sent_is_tried_again_with_growing_patience_inside_the_agreed_time(town) -> None:
    platform = town.channel()
    due(town)
    platform.script("send", not_sent(), not_sent(), not_sent())
    begun = town.work()
    assert town.state() == ("sending", "unreachable")
    waits = []
    for _ in range(3):
        before = town.delivery().retry_at
        waits.append((before - town.clock.now()).total_seconds())
        town.clock.move(waits[-1])
        town.work(begun)
    assert waits == [5, 10, 20]
    assert town.state() == ("delivered", "")
    assert town.attempts() == ["post-1 not_sent", "post-1 not_sent", "post-1 not_sent", "post-1 accepted"]
    assert len(platform.accepted) == 1


def test_never_reached_in_time_is_for_a_person(town) -> None:
    platform = town.channel()
    due(town)
    platform.script("send", then=(not_sent() for _ in range(1000)))
    begun = town.work()
    for _ in range(20):
        town.clock.move(minutes=2)
        town.work(begun)
    assert town.state() == ("held", "late")
    assert platform.accepted == []


@pytest.mark.parametrize(
    ("told", "waited"), [(timedelta(minutes=3), 180), (None, 60), (timedelta(seconds=-30), 5), (timedelta(0), 5)], ids=str
)
def test_throttled_waits_until_told_and_never_in_a_hot_loop(town, told, waited) -> None:
    platform = town.channel()
    due(town)
    platform.script("send", rate_limited(None if told is None else town.clock.now() + told))
    begun = town.work()
    assert town.state() == ("sending", "rate-limited")
    town.clock.move(waited - 1)
    town.work(begun)
    assert len(platform.calls) == 1
    town.clock.move(1)
    town.work(begun)
    assert town.state() == ("delivered", "")


def test_throttled_beyond_the_agreed_time_is_for_a_person_and_bounded_for_the_channel(town) -> None:
    platform = town.channel()
    due(town)
    platform.script("send", rate_limited(town.clock.now() + timedelta(days=11574)))
    town.work()
    assert town.state() == ("held", "wait-too-long")
    assert ChannelState.objects.get(pk="memory").retry_at == town.clock.now() + timedelta(hours=1)


def test_a_throttled_channel_makes_its_other_deliveries_wait(town) -> None:
    platform = town.channel()
    due(town)
    town.queue("Autre annonce", memory=town.part("memory", "Autre."))
    platform.script("send", rate_limited(town.clock.now() + timedelta(minutes=2)))
    begun = town.work()
    town.approve(town.announcements()[-1])
    town.clock.move(minutes=1)
    town.work(begun)
    assert len(platform.calls) == 1
    town.clock.move(minutes=1)
    town.work(begun)
    assert town.texts() == ["Texte de memory.", "Autre."]


def test_lost_access_pauses_the_channel_with_an_alarm_and_the_others_go_on(town) -> None:
    one, other = town.channel("one"), town.channel("other")
    due(town)
    one.script("send", unauthorized())
    begun = town.work()
    assert (town.state("one"), town.state("other")) == (("sending", "unauthorized"), ("delivered", ""))
    assert Pause.objects.values_list("channel", "reason", "person").get() == ("one", "unauthorized", None)
    assert ChannelState.objects.get(pk="one").alarm["sentence"] == "The memory platform does not accept the token."
    town.clock.move(minutes=5)
    town.work(begun)
    assert len(one.calls) == 1
    town.unpause("one")
    town.work(begun)
    assert town.state("one") == ("delivered", "")
    assert ChannelState.objects.get(pk="one").alarm == {}
    assert len(other.accepted) == 1


def test_refused_with_nothing_online_is_failed_with_the_platform_s_words(town) -> None:
    platform = town.channel()
    due(town)
    platform.script("send", refuse())
    town.work_until_settled()
    assert town.state() == ("failed", "refused")
    assert (town.steps(), town.attempts()) == ({"post-1": "failed"}, ["post-1 rejected"])
    assert platform.online == []


def test_refused_with_a_part_online_is_for_a_person(town) -> None:
    platform = town.channel()
    due(town, memory=town.part("memory", "Un.", "Deux.", "Trois."))
    platform.script("send", accept(), refuse("reply-refused"))
    town.work_until_settled()
    assert town.state() == ("held", "part-refused")
    assert town.steps() == {"post-1": "sent", "post-2": "failed", "post-3": "pending"}
    assert town.texts() == ["Un."]


def test_a_draft_alone_is_not_online_when_its_publication_is_refused(town) -> None:
    platform = town.channel(idempotency=Idempotency.TWO_PHASE)
    due(town)
    platform.script("send", accept(), refuse())
    town.work_until_settled()
    assert town.state() == ("failed", "refused")
    assert platform.online == []


# ---------------------------------------------------------------- doubt × declarations

DOUBTS = {
    "lost before": unknown(accepted=False),
    "lost after": unknown(accepted=True),
    "bug before": raises(KeyError("id")),
    "bug after": raises(KeyError("id"), accepted=True),
}
KEYED = (Idempotency.KEY, Idempotency.CLIENT_ID)


@pytest.mark.parametrize("powers", [(), (Finds,)], ids=["blind", "reads"])
@pytest.mark.parametrize("idempotency", list(Idempotency))
@pytest.mark.parametrize("doubt", DOUBTS)
def test_doubt_is_settled_as_declared_and_never_twice(town, doubt, idempotency, powers) -> None:
    """Handles settle everything alone; a read-back settles what was taken in; all else is for a person."""
    platform = town.channel("memory", *powers, idempotency=idempotency)
    due(town)
    platform.script("send", DOUBTS[doubt])
    begun = town.work()
    assert town.state()[0] == "sending"
    assert town.attempts()[:1] == ["post-1 in_doubt"]
    assert len(platform.calls) == 1
    town.work_until_settled(begun)
    taken_in = doubt.endswith("after")
    if idempotency is not Idempotency.NONE or (taken_in and powers):
        assert town.state() == ("delivered", "")
        assert len(platform.online) == 1
    else:
        assert town.state() == ("held", "undecided")
        assert len(platform.online) == taken_in
    assert sum(method == "send" and step == "post-1" for method, step in platform.calls) == 1 + repeated(idempotency, taken_in, powers)


def repeated(idempotency: Idempotency, taken_in: bool, powers: tuple) -> int:  # noqa: FBT001 - a table
    """Whether the first step is called a second time: a key without an answer, or a draft that nobody sees."""
    if idempotency is Idempotency.TWO_PHASE:
        return 1
    return int(idempotency in KEYED and not (taken_in and powers))


@pytest.mark.parametrize("powers", [(), (Finds,)], ids=["blind", "reads"])
@pytest.mark.parametrize("accepted", [True, False])
def test_the_second_phase_is_repeated_by_its_id(town, accepted, powers) -> None:
    platform = town.channel("memory", *powers, idempotency=Idempotency.TWO_PHASE)
    due(town)
    platform.script("send", accept(), unknown(accepted=accepted))
    town.work_until_settled()
    assert town.state() == ("delivered", "")
    assert town.attempts() == ["post-1 accepted", "publish found"]
    assert (len(platform.accepted), len(platform.online)) == (1, 1)


def test_a_draft_in_doubt_is_dismissed_on_record_and_made_again(town) -> None:
    platform = town.channel("memory", idempotency=Idempotency.TWO_PHASE)
    due(town)
    platform.script("send", unknown(accepted=True))
    town.work_until_settled()
    assert town.attempts() == ["post-1 dismissed", "post-1 accepted", "publish accepted"]
    assert (len(platform.accepted), len(platform.online)) == (2, 1)
    assert Attempt.objects.get(state="dismissed").dismissed_why == "nobody sees it; made again"


def test_nothing_is_looked_up_before_the_call_and_the_platform_had_their_time(town) -> None:
    platform = town.channel("memory", Finds)
    due(town)
    platform.script("send", unknown(accepted=True))
    begun = town.work()
    town.clock.move(49)
    town.work(begun)
    assert [method for method, _ in platform.calls] == ["send"]
    town.clock.move(1)
    town.work(begun)
    assert [method for method, _ in platform.calls] == ["send", "find"]
    assert town.attempts() == ["post-1 found"]


def test_a_key_that_the_platform_has_forgotten_is_not_used_again(town) -> None:
    platform = town.channel("memory", idempotency=Idempotency.KEY)
    begins = town.clock.now() + timedelta(minutes=1)
    due(town, memory=town.part(window=Window(begins, begins + timedelta(hours=3), None)))
    platform.script("send", then=(unknown(accepted=False) for _ in range(1000)))
    begun = town.work_until_settled(minutes=1)
    town.clock.move(minutes=44 - (town.clock.now() - begins).total_seconds() / 60)
    town.work(begun)
    called = len(platform.calls)
    assert called >= 2
    town.clock.move(minutes=1)
    town.work(begun)
    assert (town.state(), len(platform.calls)) == (("held", "undecided"), called)


def test_repeated_calls_stop_at_the_end_of_the_agreed_time(town) -> None:
    platform = town.channel("memory", idempotency=Idempotency.CLIENT_ID)
    due(town)
    platform.script("send", then=(unknown(accepted=False) for _ in range(1000)))
    town.work_until_settled(minutes=60)
    assert town.state() == ("held", "undecided")
    assert 5 < len(platform.calls) < 40


@pytest.mark.parametrize("answer", [refuse(), refuse("other-content"), not_sent()], ids=["refused", "other", "not sent"])
def test_a_refusal_of_a_repeated_call_proves_nothing(town, answer) -> None:
    platform = town.channel("memory", idempotency=Idempotency.KEY)
    due(town)
    platform.script("send", unknown(accepted=True), answer)
    begun = town.work()
    town.clock.move(50)
    town.work(begun)
    assert town.attempts() == ["post-1 in_doubt"]
    town.work_until_settled(begun)
    assert (town.state(), len(platform.accepted)) == (("delivered", ""), 1)


def test_lost_access_during_a_repeated_call_pauses_and_the_doubt_remains(town) -> None:
    platform = town.channel("memory", idempotency=Idempotency.KEY)
    due(town)
    platform.script("send", unknown(accepted=True), unauthorized())
    begun = town.work_until_settled(minutes=2)
    assert (town.attempts(), Pause.objects.count()) == (["post-1 in_doubt"], 1)
    town.unpause("memory")
    town.work_until_settled(begun)
    assert (town.state(), len(platform.accepted)) == (("delivered", ""), 1)


def test_throttled_during_a_repeated_call_waits_until_told(town) -> None:
    platform = town.channel("memory", idempotency=Idempotency.KEY)
    due(town)
    platform.script("send", unknown(accepted=True), rate_limited(town.clock.now() + timedelta(minutes=10)))
    begun = town.work_until_settled(minutes=2)
    town.clock.move(minutes=5)
    town.work(begun)
    assert len(platform.calls) == 2
    town.clock.move(minutes=5)
    town.work(begun)
    assert town.state() == ("delivered", "")


# ---------------------------------------------------------------- read-back


def test_a_lagging_read_back_is_absent_and_therefore_for_a_person(town) -> None:
    platform = town.channel("memory", Finds, lag=timedelta(minutes=5))
    due(town)
    platform.script("send", unknown(accepted=True))
    town.work_until_settled()
    assert town.state() == ("held", "undecided")
    assert len(platform.accepted) == 1


def test_a_read_back_that_fails_is_asked_again_for_a_quarter_of_an_hour(town) -> None:
    platform = town.channel("memory", Finds)
    due(town)
    platform.script("send", unknown(accepted=True))
    platform.script("find", then=(unknown(accepted=False) for _ in range(1000)))
    begun = town.work_until_settled(minutes=15)
    assert town.state()[0] == "sending"
    town.work_until_settled(begun, minutes=3)
    assert town.state() == ("held", "unreadable")
    assert len([step for method, step in platform.calls if method == "send"]) == 1


def test_a_read_back_that_recovers_settles_the_doubt(town) -> None:
    platform = town.channel("memory", Finds)
    due(town)
    platform.script("send", unknown(accepted=True))
    platform.script("find", not_sent(), rate_limited(), raises(ValueError("html")))
    town.work_until_settled()
    assert (town.state(), town.attempts()) == (("delivered", ""), ["post-1 found"])


def test_lost_access_while_reading_pauses_the_channel(town) -> None:
    platform = town.channel("memory", Finds)
    due(town)
    platform.script("send", unknown(accepted=True))
    platform.script("find", unauthorized())
    begun = town.work()
    town.clock.move(50)
    town.work(begun)
    assert Pause.objects.values_list("channel", "reason").get() == ("memory", "unauthorized")


def test_an_older_look_alike_is_not_taken_for_ours(town) -> None:
    platform = town.channel("memory", Finds)
    step = town.part("memory").payload.steps[0]
    platform.take_in(step, None)
    town.clock.move(minutes=5)
    due(town)
    platform.script("send", unknown(accepted=False))
    town.work_until_settled()
    assert town.state() == ("held", "undecided")


def test_a_thread_goes_on_after_what_was_found(town) -> None:
    platform = town.channel("memory", Finds)
    due(town, memory=town.part("memory", "Un.", "Deux.", "Trois."))
    platform.script("send", accept(), unknown(accepted=True))
    town.work_until_settled()
    assert town.texts() == ["Un.", "Deux.", "Trois."]
    assert town.attempts() == ["post-1 accepted", "post-2 found", "post-3 accepted"]


# ---------------------------------------------------------------- refused as a duplicate


def duplicate(*, accepted: bool):
    return unknown(accepted=accepted, code="duplicate")


def test_duplicate_that_is_online_is_found(town) -> None:
    platform = town.channel("memory", Finds)
    due(town)
    platform.script("send", duplicate(accepted=True))
    town.work_until_settled()
    assert (town.state(), town.attempts()) == (("delivered", ""), ["post-1 found"])


def test_duplicate_that_is_not_ours_is_a_refusal(town) -> None:
    platform = town.channel("memory", Finds)
    due(town)
    platform.script("send", duplicate(accepted=False))
    town.work_until_settled()
    assert (town.state(), town.steps()) == (("failed", "refused"), {"post-1": "failed"})
    assert platform.accepted == []


def test_duplicate_after_a_call_in_doubt_is_for_a_person(town) -> None:
    platform = town.channel("memory", Finds)
    name = due(town)
    platform.script("send", unknown(accepted=False), duplicate(accepted=False))
    begun = town.work_until_settled()
    assert town.state() == ("held", "undecided")
    town.send_again(name)
    town.work_until_settled(begun)
    assert (town.state(), town.attempts()) == (("held", "undecided"), ["post-1 dismissed", "post-1 in_doubt"])


def test_a_refusal_after_a_call_in_doubt_proves_nothing(town) -> None:
    platform = town.channel("memory", Finds)
    name = due(town)
    platform.script("send", unknown(accepted=False), refuse())
    begun = town.work_until_settled()
    town.send_again(name)
    town.work_until_settled(begun)
    assert (town.state(), town.attempts()) == (("held", "undecided"), ["post-1 dismissed", "post-1 in_doubt"])


# ---------------------------------------------------------------- what is kept


def test_evidence_and_sentence_of_an_outcome_are_kept(town) -> None:
    platform = town.channel()
    due(town)
    platform.script("send", raises(RuntimeError("boom")))
    town.work()
    attempt = Attempt.objects.get()
    assert (attempt.code, attempt.params, attempt.tainted) == ("unexpected", {"name": "RuntimeError"}, True)
    assert attempt.evidence == {"status": None, "headers": {}, "body": "RuntimeError: boom"}


def test_an_answer_for_another_step_is_a_doubt(town) -> None:
    platform = town.channel()
    adapter = town.channels["memory"].adapter
    due(town)
    adapter.send = lambda step, receipts: type(adapter).send(adapter, step, receipts).__class__("other")
    town.work()
    assert (town.attempts(), len(platform.accepted)) == (["post-1 in_doubt"], 1)
    assert Attempt.objects.get().code == "wrong-receipt"


@pytest.mark.parametrize("receipt", [Receipt("post-1", "m\ud8001"), Receipt("post-1", answer={"at": timedelta(0)})])
def test_an_answer_that_cannot_be_kept_is_a_doubt_and_for_a_person_at_last(town, receipt) -> None:
    """Kept halfway it would be asked for again every second, for ever."""
    platform = town.channel("memory", Finds)
    adapter = town.channels["memory"].adapter
    due(town)
    send, finds = adapter.send, []
    adapter.send = lambda step, receipts: (send(step, receipts), receipt)[1]
    adapter.find = lambda step, receipts, since: finds.append(since) or receipt
    town.work_until_settled(minutes=40)
    assert (town.state(), len(platform.accepted), len(finds) < 40) == (("held", "unreadable"), 1, True)


def test_a_library_that_ends_the_program_is_a_doubt(town) -> None:
    platform = town.channel()
    due(town)
    platform.script("send", raises(SystemExit(1)))
    town.work()
    assert (town.attempts(), Attempt.objects.get().params) == (["post-1 in_doubt"], {"name": "SystemExit"})


def test_every_change_of_state_has_its_audit_row(town) -> None:
    platform = town.channel("memory", Finds, Probes)
    due(town, memory=town.part("memory", "Un.", "Deux."))
    platform.script("send", not_sent(), unknown(accepted=True))
    town.work_until_settled()
    delivery = town.delivery().pk
    told = Audit.objects.filter(subject__startswith=delivery).order_by("sequence").values_list("action", "subject")
    assert [(action, subject.removeprefix(delivery)) for action, subject in told] == [
        ("delivery.sending", ""),
        ("attempt.intent", "/post-1/1"),
        ("attempt.not_sent", "/post-1/1"),
        ("attempt.intent", "/post-1/2"),
        ("attempt.in_doubt", "/post-1/2"),
        ("deliverystep.in_doubt", "/post-1"),
        ("attempt.found", "/post-1/2"),
        ("deliverystep.sent", "/post-1"),
        ("attempt.intent", "/post-2/1"),
        ("attempt.accepted", "/post-2/1"),
        ("deliverystep.sent", "/post-2"),
        ("delivery.delivered", ""),
    ]


def test_two_channels_of_one_announcement_do_not_wait_for_each_other(town) -> None:
    slow, quick = town.channel("slow"), town.channel("quick")
    due(town)
    slow.script("send", then=(not_sent() for _ in range(1000)))
    town.work()
    assert (town.state("quick")[0], town.state("slow")[0]) == ("delivered", "sending")
    assert len(quick.accepted) == 1


def test_payload_that_leaves_is_the_approved_one_to_the_byte(town) -> None:
    platform = town.channel()
    payload = thread("Un\u00a0: « l’été », 18\u00a0h\u202f!", "Deux 👨‍👩‍👧‍👦 — œuvre…")
    due(town, memory=town.part("memory", payload=payload))
    town.work()
    assert [entry["content"] for entry in platform.online] == [dict(step.content) for step in payload.steps]
    assert town.delivery().digest == payload.digest
