"""The odd corners of settling: what is gone, altered, busy, or already settled."""

import dataclasses
import json

import pytest
from django.db import connection

from publisher.adapters.base import Finds, Idempotency
from publisher.errors import Unauthorized
from publisher.models import Attempt, Audit, Delivery, DeliveryStep, Pause
from publisher.pipeline import alarms, claim, hold, manifest, reconcile, schedule
from publisher.pipeline.plan import Window
from publisher.testing.memory_platform import accept, unknown
from tests.pipeline.town import Town, at


@pytest.fixture
def doubtful(town) -> Town:
    """A call in doubt that may be looked up now."""
    town.channel("memory", Finds, idempotency=Idempotency.KEY)
    town.planned()
    town.platforms["memory"].script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    town.begun = town.work()
    town.clock.move(60)
    return town


def settle(town: Town) -> bool:
    return reconcile.settle(town.begun, Attempt.objects.get().pk)


def test_what_is_settled_is_settled_once(doubtful) -> None:
    assert settle(doubtful)
    assert not settle(doubtful)
    assert not reconcile.settle(doubtful.begun, 999)
    assert doubtful.state() == ("delivered", "")


def test_what_may_not_be_looked_up_yet_is_left_alone(doubtful) -> None:
    doubtful.clock.move(-20)
    assert not settle(doubtful)


def test_an_older_run_settles_nothing(doubtful) -> None:
    doubtful.service()
    assert not settle(doubtful)


def test_a_channel_that_left_config_cannot_be_read(doubtful) -> None:
    del doubtful.channels["memory"]
    assert settle(doubtful)
    assert doubtful.state() == ("held", "unreadable")


def test_a_channel_that_left_config_while_the_service_was_killed(doubtful) -> None:
    Attempt.objects.update(state="intent", look_at=None)
    DeliveryStep.objects.update(state="pending")
    Delivery.objects.update(claimed_by=1)
    del doubtful.channels["memory"]
    doubtful.work()
    assert doubtful.state() == ("held", "unreadable")


@pytest.mark.parametrize("change", ["digest = 'sha256:0'", "slots = '{\"{permalink}\": \"https://x.example\"}', digest = 'sha256:0'"])
def test_what_can_no_longer_be_made_equal_to_the_byte_is_for_a_person(doubtful, change) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER keep_attempt_update")
        cursor.execute(f"UPDATE publisher_attempt SET {change}")
    assert settle(doubtful)
    assert (doubtful.state(), doubtful.platforms["memory"].accepted) == (("held", "altered"), [])


def test_a_slot_that_lost_its_value_is_for_a_person(doubtful) -> None:
    payload = Delivery.objects.get().payload
    payload["steps"][0]["content"]["text"] = "{permalink}"
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER keep_delivery_update")
        cursor.execute("UPDATE publisher_delivery SET payload = %s", [json.dumps(payload)])
    assert settle(doubtful)
    assert doubtful.state() == ("held", "altered")


def test_a_repeated_call_waits_for_a_call_under_way_on_its_channel(doubtful) -> None:
    other = doubtful.planned(
        "Autre", memory=doubtful.part("memory", "Autre.", window=Window(doubtful.clock.now(), at(doubtful.clock, 9), None))
    )
    assert claim.claim(doubtful.begun, Delivery.objects.get(announcement=other).pk) is not None
    assert settle(doubtful)
    assert (doubtful.platforms["memory"].accepted, Attempt.objects.get().state) == ([], "in_doubt")
    Delivery.objects.filter(announcement=other).update(claimed_by=None)
    doubtful.clock.move(10)
    doubtful.work(doubtful.begun)
    assert sorted(doubtful.texts()) == ["Autre.", "Texte de memory."]


def test_a_repeated_call_respects_the_switch(doubtful) -> None:
    doubtful.pause()
    doubtful.work_until_settled(doubtful.begun, minutes=2)
    assert doubtful.platforms["memory"].accepted == []
    doubtful.unpause()
    doubtful.work_until_settled(doubtful.begun)
    assert doubtful.state() == ("delivered", "")


def test_canceling_what_a_person_must_settle_changes_nothing(town) -> None:
    town.channel()
    name = town.planned()
    town.platforms["memory"].script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work_until_settled()
    assert [(each.state, each.reason) for each in town.cancel(name)] == [("held", "undecided")]


def test_a_channel_is_paused_once_however_often_its_access_is_lost(town) -> None:
    for _ in range(3):
        alarms.stop_channel("memory", Unauthorized("unauthorized", "Lost: %(path)s.", path=town.folder, number=3), town.clock.now())
    assert (Pause.objects.count(), Audit.objects.filter(action="channel.paused").count()) == (1, 1)


def test_errors_are_kept_so_that_their_sentence_can_be_made_again(town) -> None:
    told = alarms.telling(Unauthorized("lost", "%(path)s %(number)d", path=town.folder, number=3))
    assert told == {"code": "lost", "sentence": "%(path)s %(number)d", "params": {"path": str(town.folder), "number": 3}}
    assert json.loads(json.dumps(told)) == told


def test_a_sealed_delivery_without_its_time_was_altered(town) -> None:
    town.channel()
    town.planned()
    Delivery.objects.update(due_at=None)
    assert manifest.objection(town.delivery(), town.channels["memory"], 1) == "altered"


def test_what_had_no_time_yet_gets_one(town) -> None:
    town.channel()
    name = town.queue(memory=town.part(window=Window(None, None, None)))
    assert not schedule.reschedule(town.desk, town.who("camille"), name, "2026-11-24T18:00")
    town.approve(name)
    assert town.delivery().due_at == at(town.clock, 300)


# ---------------------------------------------------------------- two phases


def unseen(town: Town, *powers: type, minutes: float = 30) -> None:
    """A post that is made unseen and then published, due now, for some minutes."""
    town.channel("memory", *powers, idempotency=Idempotency.TWO_PHASE)
    town.planned(memory=town.part("memory", "Un.", window=Window(at(town.clock, 1), at(town.clock, 1 + minutes), None)))
    town.clock.move(minutes=1)


def test_what_is_refused_as_a_repetition_is_not_made_again(town) -> None:
    unseen(town, Finds)
    town.platforms["memory"].script("send", unknown(accepted=False, code="duplicate"))
    town.work_until_settled()
    assert town.state() == ("failed", "refused")
    assert town.attempts() == ["post-1 dismissed"]


def test_a_repetition_after_a_lost_answer_proves_nothing(town) -> None:
    unseen(town, Finds)
    town.platforms["memory"].script("send", unknown(accepted=True), unknown(accepted=False, code="duplicate"))
    town.work_until_settled()
    assert town.state() == ("held", "undecided")
    assert town.attempts() == ["post-1 dismissed", "post-1 in_doubt"]


def test_a_publication_refused_as_a_repetition_is_looked_up(town) -> None:
    unseen(town, Finds)
    town.platforms["memory"].script("send", accept(), unknown(accepted=True), unknown(accepted=True, code="duplicate"))
    town.work_until_settled()
    assert (town.state(), town.texts()) == (("delivered", ""), ["Un."])


@pytest.mark.parametrize(
    ("powers", "accepted", "state"),
    [
        ((Finds,), True, ("delivered", "")),
        ((Finds,), False, ("held", "undecided")),
        ((), True, ("held", "undecided")),
    ],
)
def test_too_late_to_be_repeated_a_publication_can_still_be_seen(town, powers, accepted, state) -> None:
    unseen(town, *powers, minutes=1)
    town.platforms["memory"].script("send", accept(), unknown(accepted=accepted))
    begun = town.work()
    town.clock.move(minutes=2)
    town.work_until_settled(begun)
    assert (town.state(), len(town.texts())) == (state, int(accepted))
    assert [call for call in town.platforms["memory"].calls if call == ("send", "publish")] == [("send", "publish")]


def switched_off(town: Town) -> None:
    channel = town.channels["memory"]
    town.channels["memory"] = channel._replace(settings=dataclasses.replace(channel.settings, enabled=False))


def test_a_repeated_call_waits_for_a_channel_that_is_switched_off(doubtful) -> None:
    on = dict(doubtful.channels)
    switched_off(doubtful)
    doubtful.work_until_settled(doubtful.begun, minutes=2)
    assert (doubtful.state()[0], doubtful.platforms["memory"].accepted) == ("sending", [])
    doubtful.channels.update(on)
    doubtful.work_until_settled(doubtful.begun)
    assert doubtful.state() == ("delivered", "")


def sent_back(town: Town) -> None:
    """Held, sent back by an approver, and resumed by somebody who did not know."""
    name = town.delivery().announcement_id
    hold.hold(town.desk, town.who("camille"), name)
    town.required = 2
    town.reject(name)
    town.required = 1
    hold.resume(town.desk, town.who("camille"), name)


def another_account(town: Town) -> None:
    channel = town.channels["memory"]
    town.channels["memory"] = channel._replace(settings=dataclasses.replace(channel.settings, account="other"))


def more_must_agree(town: Town) -> None:
    town.required = 2
    town.begun = town.service()


@pytest.mark.parametrize("change", [sent_back, another_account, more_must_agree])
def test_a_repeated_call_needs_the_agreement_that_counts_now(doubtful, change) -> None:
    change(doubtful)
    doubtful.clock.move(60)
    doubtful.work(doubtful.begun)
    assert (doubtful.state(), doubtful.platforms["memory"].accepted) == (("held", "undecided"), [])
