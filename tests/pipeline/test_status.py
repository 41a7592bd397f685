"""What stands where: the JSON of the interface to the letter, and the derived state by a table."""

import itertools
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publisher import i18n
from publisher.adapters.base import Finds
from publisher.errors import Refused
from publisher.models import Delivery
from publisher.models.states import DeliveryState
from publisher.pipeline import hold, status
from publisher.pipeline.plan import Window
from publisher.pipeline.reasons import SENTENCES, Reason, explain, told
from publisher.testing.memory_platform import accept, not_sent, refuse, unknown
from tests.pipeline.town import at


def test_json_of_one_announcement_is_the_interface_s(town) -> None:
    town.channel("one")
    town.channel("two")
    name = town.planned(
        one=town.part("one", "Un.", "Deux."), two=town.part("two", window=Window(at(town.clock, 300), at(town.clock, 330), None))
    )
    town.platforms["one"].script("send", accept(), refuse())
    town.clock.move(minutes=1)
    town.work()
    assert status.one(town.desk, name) == {
        "format": "publisher.status/1",
        "id": name,
        "title": "Le marché change de place",
        "state": "held",
        "deliveries": [
            {
                "id": town.delivery("one").pk,
                "channel": "one",
                "purpose": "publish",
                "state": "held",
                "reason": "part-refused",
                "due_at": "2026-11-24T13:01:00+01:00",
                "not_after": "2026-11-24T13:31:00+01:00",
                "steps": [
                    {
                        "id": "post-1",
                        "state": "sent",
                        "attempts": 1,
                        "remote_id": "m1",
                        "url": "https://memory.example/m1",
                        "error": None,
                    },
                    {
                        "id": "post-2",
                        "state": "failed",
                        "attempts": 1,
                        "remote_id": None,
                        "url": None,
                        "error": "The memory platform refused the call.",
                    },
                ],
            },
            {
                "id": town.delivery("two").pk,
                "channel": "two",
                "purpose": "publish",
                "state": "planned",
                "reason": None,
                "due_at": "2026-11-24T18:00:00+01:00",
                "not_after": "2026-11-24T18:30:00+01:00",
                "steps": [{"id": "post-1", "state": "pending", "attempts": 0, "remote_id": None, "url": None, "error": None}],
            },
        ],
    }
    assert status.one(town.desk, town.delivery("two").pk)["id"] == name


def test_without_a_time_there_is_none_to_show(town) -> None:
    town.channel()
    name = town.queue(memory=town.part(window=Window(None, None, None)))
    (delivery,) = status.one(town.desk, name)["deliveries"]
    assert (delivery["due_at"], delivery["not_after"]) == (None, None)


def test_an_unknown_id_is_refused(town) -> None:
    with pytest.raises(Refused):
        status.one(town.desk, "a-zzzzzzzz")


def test_everything_is_listed_the_newest_first_with_as_many_queries_for_one_as_for_five(town) -> None:
    town.channel()
    counts = []
    for number in range(5):
        town.queue(f"Annonce {number}", memory=town.part("memory", f"Texte {number}"))
        town.clock.move(1)
        with CaptureQueriesContext(connection) as counted:
            listed = status.everything(town.desk)
        counts.append(len(counted))
    assert [row["title"] for row in listed["announcements"]] == [f"Annonce {number}" for number in (4, 3, 2, 1, 0)]
    assert (listed["format"], counts) == ("publisher.status/1", [7] * 5)


def deliveries(states: str, *, sealed: bool = True, void: bool = False) -> list:
    manifest = SimpleNamespace(sealed_at=sealed or None, void_at=void or None, counts=bool(sealed) and not void)
    return [
        SimpleNamespace(state=state, manifest=manifest, channel=str(number), round=1, purpose="publish", reason="")
        for number, state in enumerate(states.split())
    ]


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ("planned", "planned"),
        ("planned canceled", "planned"),
        ("planned delivered", "publishing"),
        ("planned failed", "planned"),
        ("sending planned", "publishing"),
        ("sending held", "held"),
        ("held delivered", "held"),
        ("delivered", "published"),
        ("delivered canceled", "published"),
        ("delivered failed", "partial"),
        ("delivered missed", "partial"),
        ("failed", "failed"),
        ("failed missed", "failed"),
        ("failed canceled", "failed"),
        ("missed", "missed"),
        ("missed canceled", "missed"),
        ("canceled", "canceled"),
    ],
)
def test_state_is_derived(states, shown) -> None:
    assert status.state(deliveries(states), 0) == shown


def test_what_awaits_a_visa_and_what_was_sent_back() -> None:
    assert status.state(deliveries("planned delivered", sealed=False), 0) == "awaiting_approval"
    assert status.state(deliveries("planned", sealed=False, void=True), 0) == "draft"


@pytest.mark.parametrize(
    ("states", "beside", "shown"),
    [
        ("planned", "", "draft"),
        ("planned canceled", "", "draft"),
        ("planned failed", "", "draft"),
        ("planned delivered", "", "partial"),
        ("planned held", "", "held"),
        ("planned sending", "", "publishing"),
        ("planned", "planned", "planned"),
        ("planned delivered", "planned", "publishing"),
    ],
)
def test_what_was_sent_back_is_a_draft_unless_something_else_of_it_is_out_or_to_come(states, beside, shown) -> None:
    others = deliveries(beside)
    for other in others:
        other.channel = "other"
    assert status.state([*deliveries(states, void=True), *others], 0) == shown


def test_every_mixture_has_a_state() -> None:
    for size in (1, 2, 3):
        for states in itertools.combinations_with_replacement(DeliveryState, size):
            assert status.state(deliveries(" ".join(states)), 0)


def test_what_waits_for_a_person(town) -> None:
    town.channel()
    town.planned()
    assert not status.waits_for_person(town.clock.now())
    town.platforms["memory"].script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work()
    assert status.waits_for_person(town.clock.now())
    town.work_until_settled()
    assert town.state()[0] == "held"
    assert status.waits_for_person(town.clock.now())


def test_idle_means_that_nothing_can_be_done_now(town) -> None:
    town.channel()
    begun = town.service()
    assert status.idle(begun)
    town.queue("Sans visa", memory=town.part("memory", "Sans visa."))
    town.clock.move(minutes=5)
    assert status.idle(begun)
    town.planned()
    assert status.idle(begun)
    town.platforms["memory"].script("send", not_sent(), unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work(begun)
    assert not status.idle(begun)
    town.clock.move(10)
    town.work(begun)
    assert "post-1 in_doubt" in town.attempts()
    assert not status.idle(begun)
    town.work_until_settled(begun)
    assert status.idle(begun)


def test_a_canceled_call_that_is_still_looked_up_is_not_idle(town) -> None:
    town.channel("memory", Finds)
    name = town.planned()
    town.platforms["memory"].script("send", unknown(accepted=True))
    town.clock.move(minutes=1)
    begun = town.work()
    town.cancel(name)
    assert not status.idle(begun)
    town.work_until_settled(begun)
    assert (town.state(), status.idle(begun)) == (("delivered", ""), True)


def test_a_shut_channel_leaves_nothing_to_do_but_for_a_person(town) -> None:
    town.channel("memory")
    town.channel("second", after=("memory",))
    town.planned()
    begun = town.service()
    town.pause("memory")
    town.clock.move(minutes=1)
    assert not status.idle(begun)
    town.work(begun)
    assert [town.state(name)[1] for name in ("memory", "second")] == ["paused", "waiting-for-channel"]
    assert status.idle(begun)
    assert status.waits_for_person(town.clock.now())
    town.unpause("memory")
    town.work(begun)
    assert [town.state(name)[0] for name in ("memory", "second")] == ["delivered", "delivered"]
    assert status.idle(begun)
    assert not status.waits_for_person(town.clock.now())


def test_what_waits_for_something_held_waits_for_a_person_through_others_too(town) -> None:
    """Else a run that shall end when nothing is left waits for the page until it is too late for all the others."""
    town.channel("memory")
    town.channel("second", after=("memory",))
    town.channel("third", after=("second",))
    name = town.planned()
    town.clock.move(minutes=1)
    hold.hold(town.desk, town.who("camille"), town.delivery("memory").pk)
    begun = town.service()
    assert not status.idle(begun)
    town.work(begun)
    assert [town.state(channel) for channel in ("memory", "second", "third")] == [
        ("held", "by-person"),
        ("planned", "waiting-for-channel"),
        ("planned", "waiting-for-channel"),
    ]
    assert status.idle(begun)
    hold.resume(town.desk, town.who("camille"), name)
    assert not status.idle(begun)
    town.work(begun)
    assert town.announcement_state(name) == "published"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence(reason) -> None:
    i18n.activate("en")
    assert told(reason) == SENTENCES[reason]
    assert explain(reason).startswith(told(reason))
    assert "publisher" not in told(reason)  # a verb is for a prompt
    assert explain(reason).endswith(".")


def test_no_reason_has_none() -> None:
    assert explain("") == ""


def test_every_reason_that_the_engine_writes_is_known(town) -> None:
    assert set(SENTENCES) == set(Reason)
    assert max(len(reason) for reason in Reason) <= Delivery._meta.get_field("reason").max_length


def test_a_call_under_way_is_not_shown_as_still_to_be_made(town) -> None:
    town.channel()
    name = town.planned()
    told = []
    town.platforms["memory"].script("send", accept(before=lambda: told.append(status.one(town.desk, name)["deliveries"][0]["steps"][0])))
    town.clock.move(minutes=1)
    town.work()
    assert [(step["state"], step["error"]) for step in told] == [("pending", "A call is under way: what became of it is not known yet.")]
    assert status.one(town.desk, name)["deliveries"][0]["steps"][0]["error"] is None
