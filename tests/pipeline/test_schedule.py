"""A new time: later inside the agreed window keeps the visa, everything else asks for a new one."""

from datetime import timedelta
from typing import Any

import pytest

from publisher.errors import Refused
from publisher.models import Audit, Delivery, DeliveryStep, Manifest, Person
from publisher.pipeline import hold, resolve, schedule
from publisher.pipeline.plan import Window
from publisher.testing.memory_platform import accept, refuse, unknown
from tests.pipeline.town import Town, at

# NOON is 13:00 in the town; the delivery is due at 13:01, until 13:31.


def reschedule(town: Town, name: str, when: str, not_after: str | None = None) -> bool:
    return schedule.reschedule(town.desk, town.who("camille"), name, when, not_after)


def refusal(town: Town, name: str, when: str, **options: Any) -> str:
    with pytest.raises(Refused) as caught:
        reschedule(town, name, when, **options)
    return caught.value.code


def sealed(town: Town) -> bool:
    manifest = town.delivery().manifest
    return bool(manifest.sealed_at and not manifest.void_at)


@pytest.mark.parametrize(
    ("when", "not_after", "keeps"),
    [
        ("2026-11-24T13:01", None, True),
        ("2026-11-24T13:02", None, True),
        ("2026-11-24T13:30", None, True),
        ("2026-11-24T13:31", None, False),
        ("2026-11-24T13:00:30", None, False),
        ("2026-11-24T18:00", None, False),
        ("2026-11-24T13:02", "2026-11-24T13:20", False),
    ],
)
def test_only_a_delay_inside_the_agreed_window_keeps_the_visa(town, when, not_after, keeps) -> None:
    town.channel()
    name = town.planned()
    end = town.delivery().not_after
    assert reschedule(town, name, when, not_after) is keeps
    assert sealed(town) is keeps
    assert (town.delivery().not_after == end) is keeps
    town.clock.move(minutes=6 * 60)
    assert town.delivery().wall == when


def test_an_earlier_time_does_not_leave_before_somebody_agrees_again(town) -> None:
    town.channel()
    name = town.planned(memory=town.part(window=Window(at(town.clock, 60), at(town.clock, 90), None)))
    assert not reschedule(town, name, "2026-11-24T13:30")
    town.clock.move(minutes=30)
    begun = town.work()
    assert (town.state(), town.texts()) == (("planned", "not-approved"), [])
    town.approve(name)
    town.work(begun)
    assert town.state() == ("delivered", "")


def test_a_delay_that_keeps_the_visa_is_kept_to(town) -> None:
    town.channel()
    name = town.planned()
    reschedule(town, name, "2026-11-24T13:10")
    town.clock.move(minutes=9)
    begun = town.work()
    assert town.texts() == []
    town.clock.move(minutes=1)
    town.work(begun)
    assert len(town.texts()) == 1


def test_what_was_missed_is_planned_again_with_a_new_visa(town) -> None:
    town.channel()
    name = town.planned()
    town.clock.move(minutes=45)
    begun = town.work()
    assert town.state() == ("missed", "too-late")
    assert not reschedule(town, name, "2026-11-24T14:00")
    assert town.state() == ("planned", "")
    town.clock.move(minutes=20)
    town.work(begun)
    assert town.texts() == []
    town.approve(name, now=True)
    town.work(begun)
    assert town.state() == ("delivered", "")


def test_what_was_refused_can_be_planned_again_and_only_the_rest_leaves(town) -> None:
    platform = town.channel()
    name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    platform.script("send", refuse())
    town.clock.move(minutes=1)
    begun = town.work()
    assert town.state() == ("failed", "refused")
    assert reschedule(town, name, "2026-11-24T13:05")
    assert town.steps() == {"post-1": "pending", "post-2": "pending"}
    town.clock.move(minutes=5)
    town.work(begun)
    assert town.texts() == ["Un.", "Deux."]


@pytest.mark.parametrize(("when", "keeps"), [("2026-11-24T13:05", True), ("2026-11-24T18:00", False)])
def test_what_a_person_holds_stays_held_whatever_its_time(town, when, keeps) -> None:
    """Whoever moves the announcement may not know of the hold, nor why."""
    town.channel("one")
    town.channel("two")
    name = town.planned()
    hold.hold(town.desk, town.who("dominique"), town.delivery("one").pk)
    assert reschedule(town, name, when) is keeps
    if not keeps:
        town.approve(name)
    begun = town.service()
    town.clock.move(minutes=5 if keeps else 300)
    town.work(begun)
    assert (town.state("one"), town.state("two")) == (("held", "by-person"), ("delivered", ""))
    assert town.delivery("one").wall == when
    hold.resume(town.desk, town.who("camille"), town.delivery("one").pk)
    town.work(begun)
    assert town.texts("one") == ["Texte de one."]


@pytest.mark.parametrize("end", ["missed", "refused", "sent back"])
def test_what_was_queued_anew_meanwhile_is_not_brought_back_beside_it(town, end) -> None:
    """Two people at work on one failure would publish it twice."""
    town.channel()
    name = town.queue()
    if end == "sent back":
        town.reject(name)
    else:
        town.approve(name)
        town.platforms["memory"].script("send", refuse())
        town.clock.move(minutes=1 if end == "refused" else 45)
        town.work()
    second = town.queue()
    when = at(town.clock, 20).isoformat()
    assert refusal(town, name, when) == "already-queued"
    town.cancel(second)
    reschedule(town, name, when)
    assert Delivery.objects.get(announcement=name).state == "planned"


def test_what_a_person_dropped_has_nothing_left_to_plan(town) -> None:
    town.channel()
    name = town.planned()
    town.platforms["memory"].script("send", unknown(accepted=True))
    town.clock.move(minutes=1)
    town.work_until_settled()
    resolve.drop(town.desk, town.who("camille"), name)
    assert refusal(town, name, "2026-11-24T13:20") == "nothing-to-move"
    assert town.state() == ("failed", "dropped")


def test_what_is_in_doubt_is_settled_first(town) -> None:
    platform = town.channel()
    name = town.planned()
    platform.script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work_until_settled()
    assert town.state() == ("held", "undecided")
    assert refusal(town, name, "2026-11-24T14:00") == "in-doubt"


@pytest.mark.parametrize("state", ["sending", "delivered", "canceled"])
def test_what_is_leaving_or_over_keeps_its_time(town, state) -> None:
    town.channel()
    name = town.planned()
    Delivery.objects.update(state=state)
    assert refusal(town, name, "2026-11-24T14:00") == "nothing-to-move"


@pytest.mark.parametrize(
    ("when", "options", "code"),
    [
        ("2026-11-24T12:59", {}, "time-past"),
        ("2206-11-24T18:00", {}, "time-too-far"),
        ("9999-12-31T23:59", {}, "time-too-far"),
        ("2026-11-24T13:30", {"not_after": "2206-11-24T18:00"}, "time-too-far"),
        ("2026-11-24T13:30", {"not_after": "2026-11-24T13:30"}, "window-empty"),
    ],
)
def test_bad_windows_are_refused(town, when, options, code) -> None:
    town.channel()
    name = town.planned()
    assert refusal(town, name, when, **options) == code
    assert sealed(town)


def test_the_embargo_holds_for_a_new_time_too(town) -> None:
    town.channel()
    embargo = at(town.clock, 60)
    name = town.planned(memory=town.part(window=Window(embargo, embargo + timedelta(minutes=30), embargo)))
    assert refusal(town, name, "2026-11-24T13:59") == "before-embargo"


def test_one_delivery_alone_may_move_and_the_others_keep_their_visa(town) -> None:
    town.channel("one")
    town.channel("two")
    town.planned(one=town.part("one"), two=town.part("two"))
    reschedule(town, town.delivery("two").pk, "2026-11-24T18:00")
    town.clock.move(minutes=1)
    town.work()
    assert (town.state("one"), town.state("two")) == (("delivered", ""), ("planned", ""))


def test_several_changes_await_one_visa(town) -> None:
    town.channel("one")
    town.channel("two")
    name = town.planned(one=town.part("one"), two=town.part("two"))
    reschedule(town, town.delivery("one").pk, "2026-11-24T18:00")
    reschedule(town, town.delivery("two").pk, "2026-11-24T18:00")
    assert Manifest.objects.filter(sealed_at=None, void_at=None).count() == 1
    assert town.announcement_state(name) == "awaiting_approval"
    town.approve(name)
    assert town.announcement_state(name) == "planned"


def test_with_nobody_to_agree_a_new_time_is_sealed_at_once(clock, data_dir) -> None:
    town = Town(clock, data_dir, required=0)
    town.channel()
    name = town.queue()
    reschedule(town, name, "2026-11-24T18:00")
    assert sealed(town)


def test_an_author_does_not_move_the_only_approver_s_text_to_where_nobody_could_agree(town) -> None:
    Person.objects.filter(name="sacha").update(is_active=False)
    town.channel()
    name = town.queue(by="dominique")
    before = town.delivery().due_at, Audit.objects.count()
    assert refusal(town, name, "2026-11-24T18:00") == "time-of-another"
    assert (town.delivery().due_at, Audit.objects.count()) == before
    schedule.reschedule(town.desk, town.who("dominique"), name, "2026-11-24T18:00")
    assert town.approve(name, by="camille").sealed


def test_a_new_time_is_on_record(town) -> None:
    town.channel()
    name = town.planned()
    reschedule(town, name, "2026-11-24T13:10")
    row = Audit.objects.latest("sequence")
    assert (row.action, row.subject, row.person.name) == ("delivery.rescheduled", town.delivery().pk, "camille")
    assert row.detail == {"at": "2026-11-24T13:10", "not_after": None}


def test_a_held_part_goes_on_from_where_it_stopped(town) -> None:
    platform = town.channel()
    name = town.planned(memory=town.part("memory", "Un.", "Deux.", "Trois."))
    town.clock.move(minutes=1)
    platform.script("send", accept(), refuse())
    begun = town.work()
    assert town.state() == ("held", "part-refused")
    reschedule(town, name, "2026-11-24T18:00")
    town.approve(name)
    town.clock.move(minutes=5 * 60)
    town.work(begun)
    assert town.texts() == ["Un.", "Deux.", "Trois."]
    assert DeliveryStep.objects.filter(state="sent").count() == 3
