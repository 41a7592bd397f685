"""A town hall for the tests: people, memory channels whose ledgers are files, a clock, and a service that works when told."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher import config, models
from publisher.adapters.base import Finds, Idempotency, Payload, Probes, Readback, Step, Withdraws
from publisher.adapters.registry import Channel
from publisher.adapters.settings import ChannelSettings
from publisher.announcement import Announcement
from publisher.models import Actor, Attempt, Delivery, DeliveryStep, Person
from publisher.pipeline import approve, claim, deliver, handover, hold, probe, queue, reconcile, resolve, status, tenure
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import HOLD, WEBSITE_FAILS, Plan, Planned, Source, Window
from publisher.pipeline.render import Rendering
from publisher.pipeline.tenure import Tenure
from publisher.testing.memory import MemoryAdapter, memory_adapter
from publisher.testing.memory_platform import MemoryPlatform
from tests.database import CONFIG, StillClock

ROLES = {
    "camille": "author",
    "alix": "author",
    "dominique": "approver",
    "sacha": "approver",
    "lou": "administrator",
    "eden": "reader",
}
WINDOW = timedelta(seconds=30)
KEY_LIFE = timedelta(minutes=45)


@pytest.fixture
def town(clock: StillClock, data_dir: Path) -> "Town":
    return Town(clock, data_dir)


class Town:
    durable = True
    """Whether the platforms' ledgers are files, which outlive a killed process."""

    def __init__(self, clock: StillClock, data_dir: Path, *, required: int = 1) -> None:
        self.clock = clock
        self.folder = data_dir
        self.required = required
        self.site_url = CONFIG.town.site_url
        self.notices = CONFIG.notices
        self.channels: dict[str, Channel] = {}
        self.platforms: dict[str, MemoryPlatform] = {}
        Person.objects.bulk_create(
            [Person(name=name, role=role, created_at=clock.now()) for name, role in ROLES.items()], ignore_conflicts=True
        )
        self.people = {person.name: person for person in Person.objects.all()}

    # ---------------------------------------------------------------- the ground

    @property
    def desk(self) -> Desk:
        settings = dataclasses.replace(
            CONFIG,
            storage=config.Storage(data_dir=self.folder),
            approval=config.Approval(required=self.required),
            notices=self.notices,
            town=dataclasses.replace(CONFIG.town, site_url=self.site_url),
        )
        return Desk(settings, self.channels, self.clock)

    def who(self, name: str) -> Actor:
        return Actor(self.people[name], "login")

    def channel(
        self,
        name: str = "memory",
        *powers: type,
        idempotency: Idempotency = Idempotency.NONE,
        lag: timedelta = timedelta(0),
        permalink: bool = False,
        shows: "Shown | None" = None,
        **settings: Any,
    ) -> MemoryPlatform:
        """Open a channel; its adapter has exactly these powers, and a read-back that settles within WINDOW if it can find."""
        log = self.folder / f"{name}.jsonl" if self.durable else None
        platform = MemoryPlatform(self.platform_time, idempotency=idempotency, log=log, lag=lag, account=settings.get("account", "memory"))
        readback = Readback.EVENTUAL if Finds in powers else Readback.NONE
        adapter = memory_adapter(*powers, platform=platform, readback=readback, window=WINDOW, key_life=KEY_LIFE)
        if permalink or shows:
            adapter = website(adapter, shows)
        self.channels[name] = Channel(name, "memory", ChannelSettings(adapter="memory", **settings), adapter)
        self.platforms[name] = platform
        return platform

    def platform_time(self) -> datetime:
        """What the platforms' clocks say."""
        return self.clock.now()

    # ---------------------------------------------------------------- what people do

    def plan(self, title: str = "Le marché change de place", **parts: Planned) -> Plan:
        source = self.folder.parent / f"{title}.md"
        if not source.exists():
            source.write_text(title, encoding="utf-8")
        chosen = tuple(parts.values()) or tuple(self.part(name) for name in self.channels)
        announcement = Announcement(title, "Il va place Basse.")
        return Plan(Source(source, source.read_bytes()), announcement, chosen, (), Rendering(announcement, announcement.title, (), ()))

    def part(self, channel: str = "memory", *texts: str, payload: Payload | None = None, **wanted: Any) -> Planned:
        """What one channel shall carry; due in a minute, for half an hour, unless `window` says otherwise."""
        due = self.clock.now() + timedelta(minutes=1)
        window = wanted.pop("window", Window(due, due + timedelta(minutes=30), None, "12:01"))
        two_phases = self.platforms[channel].idempotency is Idempotency.TWO_PHASE
        payload = payload or thread(*(texts or (f"Texte de {channel}.",)), publish=two_phases)
        after = wanted.pop("after", self.channels[channel].settings.after)
        policies, people = wanted.pop("policies", {WEBSITE_FAILS: HOLD}), self.platforms[channel].people
        return Planned(self.channels[channel], payload, window, after, policies, people)

    def queue(self, title: str = "Le marché change de place", *, by: str = "camille", again: bool = False, **parts: Planned) -> str:
        return queue.queue(self.desk, self.who(by), self.plan(title, **parts), again=again).id

    def approve(self, name: str, *, by: str = "dominique", **options: Any) -> approve.Agreement:
        return approve.approve(self.desk, self.who(by), name, **options)

    def planned(self, title: str = "Le marché change de place", **parts: Planned) -> str:
        """Queue and approve."""
        name = self.queue(title, **parts)
        self.approve(name)
        return name

    def reject(self, name: str, *, by: str = "dominique", reason: str = "Le titre est faux.") -> None:
        approve.reject(self.desk, self.who(by), name, reason)

    def cancel(self, name: str, *, by: str = "camille") -> list[Delivery]:
        return hold.cancel(self.desk, self.who(by), name)

    def pause(self, channel: str | None = None) -> None:
        hold.pause(self.desk, self.who("eden"), "Alerte.", channel)

    def unpause(self, channel: str | None = None) -> None:
        hold.unpause(self.desk, self.who("lou"), channel)

    def unpause_all(self) -> None:
        for channel in models.Pause.objects.filter(ended_at=None).values_list("channel", flat=True):
            self.unpause(channel or None)

    def send_again(self, name: str) -> None:
        """Two people say that it is not online."""
        resolve.send_again(self.desk, self.who("camille"), name)
        resolve.send_again(self.desk, self.who("dominique"), name)

    def alternative(self, channel: str = "memory") -> None:
        resolve.alternative(self.desk, self.who("camille"), self.delivery(channel).pk)

    def announcements(self) -> list[str]:
        return list(models.Announcement.objects.order_by("created_at", "pk").values_list("pk", flat=True))

    # ---------------------------------------------------------------- what the service does

    def service(self) -> Tenure:
        """Begin a run, as after a start."""
        begun = tenure.begin(self.desk, "test")
        reconcile.recover(begun)
        return begun

    def work(self, begun: Tenure | None = None, rounds: int = 20) -> Tenure:
        """Do what is to be done now, until nothing is found."""
        begun = begun or self.service()
        for _ in range(rounds):
            if not one_round(begun):
                return begun
        raise AssertionError(f"still busy after {rounds} rounds: {self.state()}")

    def work_until_settled(self, begun: Tenure | None = None, minutes: float = 20) -> Tenure:
        """Work, letting twenty seconds pass again and again, until nothing is due or in doubt, or the minutes are over."""
        begun = self.work(begun)
        for _ in range(int(minutes * 3)):
            if status.idle(begun):
                break
            self.clock.move(20)
            self.work(begun)
        return begun

    # ---------------------------------------------------------------- what is seen

    def delivery(self, channel: str = "memory") -> Delivery:
        return Delivery.objects.get(channel=channel)

    def deliveries(self, name: str) -> list[Delivery]:
        """Those of one announcement, by channel."""
        return list(Delivery.objects.filter(announcement=name).order_by("channel"))

    def state(self, channel: str = "memory") -> tuple[str, str]:
        found = self.delivery(channel)
        return found.state, found.reason

    def announcement_state(self, name: str) -> str:
        return status.one(self.desk, name)["state"]

    def steps(self, channel: str = "memory") -> dict[str, str]:
        return {row.step: row.state for row in DeliveryStep.objects.filter(delivery__channel=channel).order_by("position")}

    def attempts(self, channel: str = "memory") -> list[str]:
        rows = Attempt.objects.filter(step__delivery__channel=channel).order_by("step__position", "number")
        return [f"{row.step.step} {row.state}" for row in rows.select_related("step")]

    def texts(self, channel: str = "memory") -> list[str]:
        """What readers see, in the order in which it was taken in."""
        return [entry["content"]["text"] for entry in self.platforms[channel].online]


def one_round(begun: Tenure) -> bool:
    """What the service does on a tick: whether it found work."""
    found = probe.ahead(begun)
    for _channel, number, _name in reconcile.due(begun):
        found = reconcile.settle(begun, number) or found
    found = handover.lapse(begun) or found
    found = probe.look(begun) or found
    for name in [name for _channel, name in claim.due(begun)]:
        found = deliver.advance(begun, name) or found
    return found


def thread(*texts: str, publish: bool = False, alternative: str = "") -> Payload:
    names = [f"post-{number}" for number in range(1, len(texts) + 1)]
    steps = [
        Step(name, "post", {"text": text, "key": f"key of {text}"}, after)
        for name, text, after in zip(names, texts, [None, *names], strict=False)
    ]
    if publish:
        steps.append(Step("publish", "publish", {}, names[-1]))
    single = (Step("single", "post", {"text": alternative, "key": f"key of {alternative}"}),) if alternative else ()
    return Payload(tuple(steps), single)


def letter(text: str = "Bonjour.") -> Payload:
    content = {"to": "{recipient}", "message_id": "{message_id}", "date": "{date}", "text": text}
    return Payload((Step("message", "message", content),))


@dataclasses.dataclass
class Shown:
    """Whether readers see the pages, as a test decides."""

    seen: bool = True
    looks: int = 0


def website(adapter: MemoryAdapter, shown: Shown | None) -> MemoryAdapter:
    """Make the channel one whose address the others link to, and whose pages can be looked at."""
    traits = adapter.traits._replace(permalink=True)
    members: Mapping[str, Any] = {"traits": traits}
    if shown is not None:

        def visible(self: MemoryAdapter, step: Step, receipt: Any) -> bool:
            shown.looks += 1
            return shown.seen and any(entry["id"] == receipt.remote_id for entry in self.platform.online)

        members = {"traits": traits, "visible": visible}
    return type("WebsiteAdapter", (type(adapter),), members)(adapter.platform)


def at(clock: StillClock, minutes: float) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


__all__ = ["Finds", "Probes", "Shown", "Town", "Withdraws", "at", "one_round", "thread"]
