"""What people do in the world of the state machine; they are refused at times, and shrug. The model keeps what they said."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from publisher.errors import PublisherError
from publisher.models import Actor, Delivery, Manifest, Role
from publisher.models.states import DeliveryState, StepState
from publisher.pipeline import afterwards, approve, hold, people, queue, resolve, schedule, tenure
from publisher.pipeline.plan import HOLD, WEBSITE_FAILS, WITHOUT_LINK, Plan, Planned, Request, Window, bounded
from tests.machine.world import CHANNELS, Part, World
from tests.pipeline.town import letter, thread

LINK = "\n\n{permalink}"
PEOPLE = ("camille", "alix", "dominique", "sacha")
EVERYBODY = (*PEOPLE, "lou", "eden")
WRITERS = people.WRITERS


class People(World):
    def act(self, who: str, words: str, action: Callable[[Actor], Any], *roles: Role) -> Any:
        """Let a person do something; None if it was refused."""
        try:
            result = action(people.acting(self.desk, who, "login", *(roles or WRITERS)))
        except PublisherError as error:
            self.tell(f"{who} {words}: refused, {error.code}")
            return None
        self.tell(f"{who} {words}")
        return result

    # ---------------------------------------------------------------- what is meant

    def announcement(self, nth: int) -> str:
        names = sorted({part.announcement for part in self.parts.values()}, key=self._age)
        return names[nth % len(names)] if names else "a-nothing2"

    def one(self, nth: int) -> str:
        """Return a delivery, the newest for 0."""
        names = list(self.parts)
        return names[-1 - nth % len(names)] if names else "d-nothing2"

    def _age(self, announcement: str) -> int:
        return -max(number for number, part in enumerate(self.parts.values()) if part.announcement == announcement)

    def when(self, minutes: float | None) -> datetime | None:
        return None if minutes is None else self.clock.now() + timedelta(minutes=minutes)

    # ---------------------------------------------------------------- what is planned

    def write(self, who: str, chosen: tuple[str, ...], *, due: int | None, embargo: int | None, without_link: bool, posts: int) -> None:
        title = f"Annonce {len(self.parts) + 1}"
        due_at, until = self.when(due), self.when(embargo)

        def write(actor: Actor) -> queue.Queued:
            parts = {name: self._planned(title, name, chosen, due_at, until, without_link=without_link, posts=posts) for name in chosen}
            plan = self.plan(title, **parts)
            queued = queue.queue(self.desk, actor, plan)
            self._remember(who, queued, plan)
            return queued

        words = f"queues {title} for {', '.join(chosen)}, due {due}, embargo {embargo}" + (
            ", without link if need be" if without_link else ""
        )
        self.act(who, words, write)

    def plan(self, title: str = "", **parts: Planned) -> Plan:
        self._document(title)
        return super().plan(title, **parts)

    def _document(self, title: str) -> Any:
        file = self.folder.parent / f"{title}.md"
        file.write_text(f"# {title}\n\nLe marché est ouvert.\n", encoding="utf-8")
        return file

    def _planned(self, title: str, name: str, chosen: tuple[str, ...], due: Any, until: Any, *, without_link: bool, posts: int) -> Planned:
        link = LINK if "site" in chosen and name != "site" else ""
        text = f"{title} {name}{link}"
        payloads = {
            "site": lambda: thread(text),
            "two": lambda: thread(text, publish=True),
            "reads": lambda: thread(text, *(f"{title} suite {number}" for number in range(1, posts)), alternative=f"{title} seul"),
            "mail": lambda: letter(text),
        }
        window = bounded(self.desk, name, Window(due, None, until), self.opened[name].settings.not_after)
        after = ("site",) if link else ()
        policies = {WEBSITE_FAILS: WITHOUT_LINK if without_link else HOLD}
        return Planned(self.opened[name], payloads[name](), window, after, policies, self.platforms[name].people)

    def _remember(self, who: str, queued: queue.Queued, plan: Plan) -> None:
        deliveries = {delivery.channel: delivery.id for delivery in queued.deliveries}
        for planned in plan.parts:
            name, payload = planned.channel.name, planned.payload
            self.parts[deliveries[name]] = Part(
                deliveries[name],
                queued.id,
                name,
                who,
                planned.channel.settings.account,
                tuple(payload.steps),
                tuple(payload.alternative),
                planned.window.embargo_until,
                planned.policies.get(WEBSITE_FAILS) == WITHOUT_LINK,
            )

    def correct(self, who: str, nth: int) -> None:
        name = self.announcement(nth)

        def correct(actor: Actor) -> None:
            document = self._document(f"Annonce {len(self.parts) + 1}, rectifiée")
            plan = afterwards.correction(self.desk, name, document, "Une date est fausse.", Request())
            self._remember(who, queue.queue(self.desk, actor, plan), plan)

        self.act(who, f"corrects {name}", correct)

    def withdraw(self, who: str, nth: int) -> None:
        name = self.announcement(nth)

        def withdraw(actor: Actor) -> None:
            plan = afterwards.withdrawal(self.desk, name, "Il n’a pas lieu.", Request())
            self._remember(who, queue.queue(self.desk, actor, plan), plan)

        self.act(who, f"withdraws {name}", withdraw)

    # ---------------------------------------------------------------- who agrees

    def agree(self, who: str, nth: int, name: str = "", **how: Any) -> None:
        name = name or self.announcement(nth)
        how = {**how, "at": self._typed(how["at"])} if how.get("at") else how
        agreed = self.act(who, f"approves {name} {how or ''}", lambda actor: approve.approve(self.desk, actor, name, as_queued=True, **how))
        if agreed:
            self.memory.visas.setdefault(agreed.hash, set()).add(who)

    def send_back(self, who: str, nth: int) -> None:
        name = self.announcement(nth)

        def send_back(actor: Actor) -> None:
            approve.reject(self.desk, actor, name, "Le titre est faux.")
            self.memory.rejected.update(Manifest.objects.filter(announcement=name, void_at__isnull=False).values_list("hash", flat=True))

        self.act(who, f"rejects {name}", send_back, Role.APPROVER)

    # ---------------------------------------------------------------- when, and whether

    def _typed(self, minutes: int) -> str:
        return (self.clock.now() + timedelta(minutes=minutes)).isoformat()

    def move(self, who: str, name: str, at: int, until: int | None) -> None:
        checked = self._told_to_check(name, DeliveryState.MISSED, DeliveryState.FAILED)
        end = self._typed(until) if until else None
        kept = self.act(
            who, f"reschedules {name} in {at} minutes", lambda actor: schedule.reschedule(self.desk, actor, name, self._typed(at), end)
        )
        if kept is not None:
            self._allow(checked)

    def stop(self, who: str, name: str) -> None:
        self.act(who, f"cancels {name}", lambda actor: hold.cancel(self.desk, actor, name))

    def detain(self, who: str, name: str) -> None:
        self.act(who, f"holds {name}", lambda actor: hold.hold(self.desk, actor, name))

    def release(self, who: str, name: str) -> None:
        checked = self._told_to_check(name)
        if self.act(who, f"resumes {name}", lambda actor: hold.resume(self.desk, actor, name)):
            self._allow(checked)

    def _told_to_check(self, name: str, *states: DeliveryState) -> list[str]:
        """Return the deliveries that wait until somebody has looked at what is online."""
        rows = Delivery.objects.filter(pk=name) | Delivery.objects.filter(announcement=name)
        return [row.pk for row in rows if row.reason == "adopted" or row.state in states]

    def _allow(self, names: list[str]) -> None:
        self.allowed.update(set(names) & self.doubtful)

    def shut(self, who: str, channel: str | None) -> None:
        self.act(who, f"pauses {channel or 'everything'}", lambda actor: hold.pause(self.desk, actor, "Alerte.", channel), *Role)

    def open(self, who: str, channel: str | None) -> None:
        self.act(who, f"unpauses {channel or 'everything'}", lambda actor: hold.unpause(self.desk, actor, channel), *Role)

    def disable(self, name: str) -> None:
        self.act("lou", f"disables {name}", lambda actor: people.disable(self.desk, actor, name), Role.ADMINISTRATOR)

    def adopt(self) -> None:
        self.act("lou", "adopts", lambda actor: tenure.adopt(self.desk, actor, "test"), Role.ADMINISTRATOR)

    # ---------------------------------------------------------------- what is decided

    def saw(self, who: str, name: str) -> None:
        """Say that the first step in doubt is online: at its address if it is, else at one that nobody knows."""
        row = Delivery.objects.filter(pk=name).first()
        doubt = row.steps.filter(state=StepState.IN_DOUBT).first() if row else None
        step = None if doubt is None else doubt.recipient or doubt.step
        url = doubt.recipient if doubt and doubt.recipient else f"https://memory.example/seen-{len(self.story)}"
        if self.act(who, f"says that {name} is online", lambda actor: resolve.published(self.desk, actor, name, url, step)):
            self.decided.add(name)

    def give_up(self, who: str, name: str) -> None:
        if self.act(who, f"drops {name}", lambda actor: resolve.drop(self.desk, actor, name)):
            self.decided.add(name)

    def again(self, who: str, name: str) -> None:
        sent = self.act(who, f"says to send {name} again", lambda actor: resolve.send_again(self.desk, actor, name))
        if sent is None:
            return
        self.callers[name].add(who)
        if sent:
            assert len(self.callers[name]) >= 2, f"{name} is sent again by the word of one person"
            self.memory.visas.setdefault(Delivery.objects.get(pk=name).manifest.hash, set()).update(self.callers.pop(name))
            self.allowed[name] += 1
            self.decided.add(name)

    def replace(self, who: str, name: str) -> None:
        self.act(who, f"chooses the single text for {name}", lambda actor: resolve.alternative(self.desk, actor, name))


__all__ = ["CHANNELS", "EVERYBODY", "PEOPLE", "People"]
