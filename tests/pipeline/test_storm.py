"""Storms: lying platforms, people who change their minds, a service that dies at random places; the four incidents stay at zero."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from publisher import crashpoints
from publisher.adapters.base import Finds, Idempotency, Probes
from publisher.errors import Refused
from publisher.models import Attempt, Audit, Delivery, DeliveryStep
from publisher.models.states import ALIVE
from publisher.pipeline import hold
from publisher.testing.memory_platform import MemoryPlatform, accept, not_sent, raises, rate_limited, refuse, unknown
from tests.pipeline.town import Town, one_round

FINAL = {"delivered", "failed", "held", "missed", "canceled"}
CHANNELS = {
    "blind": (Idempotency.NONE, ()),
    "reads": (Idempotency.NONE, (Finds, Probes)),
    "key": (Idempotency.KEY, (Finds,)),
    "client": (Idempotency.CLIENT_ID, ()),
}


class Killed(BaseException):
    """The end of the process, as near as one process can come to it: every open transaction is lost."""


def answers(dice: random.Random):
    """How a bad day goes: a fifth of the calls refused, lost or unanswered, in every way of lying."""
    bad = (
        lambda: unknown(accepted=True),
        lambda: unknown(accepted=False),
        lambda: raises(ValueError("html"), accepted=True),
        not_sent,
        rate_limited,
        refuse,
    )
    while True:
        yield dice.choice(bad)() if dice.random() < 0.3 else accept()


def acts(town: Town, name: str):
    """What people do meanwhile."""
    eden = town.who("eden")
    return (
        lambda: hold.hold(town.desk, eden, name),
        lambda: hold.resume(town.desk, eden, name),
        lambda: town.pause("key"),
        lambda: town.unpause("key"),
        lambda: town.cancel(Delivery.objects.order_by("?").first().pk),
    )


@pytest.mark.parametrize("seed", range(4))
def test_never_twice_never_early_never_unapproved_never_forgotten(town, monkeypatch, seed) -> None:
    dice = random.Random(seed)
    for channel, (idempotency, powers) in CHANNELS.items():
        town.channel(channel, *powers, idempotency=idempotency).script("send", then=answers(dice))
    name = town.planned(**{channel: town.part(channel, *(f"{channel} {part}" for part in "abc")) for channel in CHANNELS})
    unapproved = {channel: town.part(channel, f"{channel} sans visa") for channel in CHANNELS}
    town.queue("Sans visa", **unapproved)
    due = town.clock.now() + timedelta(minutes=1)

    def die(place: str) -> None:
        if dice.random() < 0.01:
            raise Killed(place)

    begun = None
    for _ in range(100):
        town.clock.move(dice.choice([1, 5, 20]))
        monkeypatch.setattr(crashpoints, "_hooks", [die])
        try:
            begun = begun or town.service()
            one_round(begun)
        except Killed:
            begun = None
        monkeypatch.setattr(crashpoints, "_hooks", [])
        if dice.random() < 0.03:
            person(dice.choice(acts(town, name)))
    town.unpause_all()
    town.clock.move(minutes=60)
    town.work_until_settled(minutes=60)
    for channel, platform in town.platforms.items():
        judge(town, platform, channel, name, due)
    assert [row.sequence for row in Audit.objects.order_by("sequence")] == list(range(1, Audit.objects.count() + 1))


def person(act) -> None:
    """People are refused at times, and shrug."""
    try:
        act()
    except Refused:
        return


def judge(town: Town, platform: MemoryPlatform, channel: str, name: str, due) -> None:
    texts = Counter(entry["content"]["text"] for entry in platform.online)
    assert set(texts.values()) <= {1}
    assert all(entry["at"] >= due.isoformat() for entry in platform.accepted)
    assert f"{channel} sans visa" not in texts
    delivery = Delivery.objects.get(channel=channel, announcement=name)
    assert delivery.state in FINAL
    shown = {f"{channel} {part}": delivery.steps.get(step=f"post-{number}") for number, part in enumerate("abc", 1)}
    for text, step in shown.items():
        if text in texts:
            assert (step.state in {"sent", "in_doubt"}, delivery.state in {"delivered", "held"}) == (True, True)
        else:
            assert step.state != "sent"
    assert delivery.state != "canceled" or not texts
    for step in DeliveryStep.objects.filter(delivery=delivery):
        assert step.attempts.filter(state__in=ALIVE).count() <= 1
    changes = Audit.objects.filter(subject=delivery.pk, action__startswith="delivery.").exclude(action="delivery.rescheduled")
    assert not changes or changes.latest("sequence").action == f"delivery.{delivery.state}"
    for attempt in Attempt.objects.filter(step__delivery=delivery).select_related("step"):
        told = Audit.objects.filter(subject=str(attempt)).order_by("sequence").values_list("action", flat=True)
        assert (told[0], told[len(told) - 1]) == ("attempt.intent", f"attempt.{attempt.state}")
