"""The judge of the state machine: what the platforms took in, held against what the model knows that people agreed to."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.utils import format_datetime

from django.db import connection

from publisher.adapters.base import Payload, Step
from publisher.models import Attempt, Audit, Delivery, DeliveryStep, Manifest, Person
from publisher.models.audit import BEGINNING
from publisher.models.states import ALIVE
from publisher.pipeline import slots
from publisher.testing.ledger import Entry
from tests.machine.world import PRESS, Part, World

Key = tuple[str, str, str]
"""A delivery, one of its steps, a recipient or nothing."""


class Judge:
    def __init__(self, world: World) -> None:
        self.world = world
        self.seen: Counter[str] = Counter()
        self.done: Counter[Key] = Counter()
        self.online: dict[Key, set[str]] = defaultdict(set)
        self.owner: dict[tuple[str, str], tuple[Part, Step]] = {}
        self.messages: dict[Key, str] = {}
        self.chain = (0, BEGINNING)
        self.state: object = None

    # ---------------------------------------------------------------- what happened

    def look(self) -> None:
        """Judge all that happened since the last look, then what is shown. The clock has not moved since."""
        for channel, platform in self.world.platforms.items():
            events = platform.events
            for event in events[self.seen[channel] :]:
                self._judge(channel, event)
            self.seen[channel] = len(events)
        if self._nothing_new():
            return
        self._nothing_lost()
        self._shown_is_true()
        self._one_live_attempt()
        self._chain_holds()

    def _judge(self, channel: str, event: Entry) -> None:
        part, step, person = self._approved(channel, event)
        self.world.callers.pop(part.id, None)
        row = Delivery.objects.select_related("manifest").get(pk=part.id)
        self._agreed_to(part, row.manifest)
        self._in_time(part, row)
        assert self.world.channels[channel].settings.account == part.account, f"{part.id} left from another account"
        assert self.world.channels[channel].settings.enabled, f"{part.id} left on a channel that is switched off"
        self.done[part.id, step.id, person] += 1
        self._count(channel, event, (part.id, step.id, person))

    def _count(self, channel: str, event: Entry, key: Key) -> None:
        """Count what readers see: twice the same thing is the incident."""
        thing = str(event["id"])
        if event["event"] == "withdrawn":
            for things in self.online.values():
                things.discard(f"{channel} {thing}")
        elif event["event"] == "published" or event.get("public"):
            self.online[key].add(f"{channel} {thing}")
            made = len({*self.online[key]}) if channel == "two" else self.done[key]
            assert made <= 1 + self.world.allowed[key[0]], f"duplicate: {key}"

    def _approved(self, channel: str, event: Entry) -> tuple[Part, Step, str]:
        """Return what the event is, among all that was ever planned on the channel: to the byte, with its slots filled.

        A withdrawal that was canceled and asked for again is the same to the byte: what was agreed to is looked at first.
        """
        sealed = set(Delivery.objects.filter(manifest__sealed_at__isnull=False).values_list("pk", flat=True))
        parts = [part for part in self.world.parts.values() if part.channel == channel]
        for part in sorted(parts, key=lambda part: part.id not in sealed):
            for step in (*part.steps, *part.alternative):
                if self._is(part, step, event):
                    if event["event"] == "accepted":
                        self.owner[channel, str(event["id"])] = part, step
                    person = str(event["content"]["to"]) if channel == "mail" else ""
                    return part, step, person
        return self._taken_back(channel, event)

    def _taken_back(self, channel: str, event: Entry) -> tuple[Part, Step, str]:
        """Return what is taken back to make room for the alternative."""
        part, step = self.owner.get((channel, str(event["id"])), (None, None))
        chosen = part and step and DeliveryStep.objects.filter(delivery=part.id, takes_back=step.id).first()
        if not (event["event"] == "withdrawn" and part and chosen):
            raise AssertionError(f"nobody ever planned what {channel} took in: {dict(event)}")
        return part, Step(chosen.step, "withdraw"), ""

    def _is(self, part: Part, step: Step, event: Entry) -> bool:
        match event["event"]:
            case "accepted":
                return step.effect not in {"publish", "withdraw"} and event["step"] == step.id and self._fits(part, step, event["content"])
            case "published":
                return step.effect == "publish" and self.owner.get((part.channel, str(event["id"])), (None,))[0] is part
            case "corrected":
                return step.effect == "correct" and step.content == {"id": event["id"], **event["content"]}
            case _:
                return step.effect == "withdraw" and step.content.get("remote_id") == event["id"]

    def _fits(self, part: Part, step: Step, content: Mapping[str, object]) -> bool:
        if part.channel == "mail" and not self._is_letter(part, step, content):
            return False
        values = {slots.RECIPIENT: content.get("to"), slots.MESSAGE_ID: content.get("message_id"), slots.DATE: content.get("date")}
        links = [*self._pages(part), *([None] if part.without_link else [])] or [""]
        return any(dict(slots.fill(step, {**values, "{permalink}": link}).content) == content for link in links)

    def _pages(self, part: Part) -> Iterator[str]:
        for (channel, thing), (other, _step) in self.owner.items():
            if channel == "site" and other.announcement == part.announcement:
                yield f"https://memory.example/{thing}"

    def _is_letter(self, part: Part, step: Step, content: Mapping[str, object]) -> bool:
        """Tell whether it may be this letter: to somebody on the list, with the same name each time, dated by its due time."""
        if set(content) != set(step.content):
            return False
        due = Delivery.objects.values_list("due_at", flat=True).filter(pk=part.id).first()
        key = (part.id, step.id, str(content["to"]))
        known = self.messages.get(key)
        if due is None or content["date"] != format_datetime(due.astimezone(self.world.desk.config.town.zone)):
            return False
        if (
            content["to"] not in PRESS
            or not str(content["message_id"]).startswith(f"<{part.id}.")
            or known not in {None, content["message_id"]}
        ):
            return False
        self.messages[key] = str(content["message_id"])
        return True

    def _agreed_to(self, part: Part, manifest: Manifest) -> None:
        """Require that enough people said yes to this very payload, by the model's memory of who did."""
        assert hashlib.sha256(manifest.canonical.encode()).hexdigest() == manifest.hash.removeprefix("sha256:")
        (entry,) = (entry for entry in json.loads(manifest.canonical)["deliveries"] if entry["delivery"] == part.id)
        assert (entry["digest"], entry["account"]) == (Payload(part.steps, part.alternative).digest, part.account)
        assert manifest.sealed_at, f"{part.id} left unsealed"
        assert manifest.hash not in self.world.memory.rejected, f"{part.id} left though it was sent back"
        required = self.world.required
        yes = self.world.memory.visas.get(manifest.hash, set()) - {part.editor}
        if required:
            roles = set(Person.objects.filter(name__in=[*yes, part.editor]).values_list("role", flat=True))
            assert len(yes) >= required, f"{part.id} left unapproved: {sorted(yes)}"
            assert "approver" in roles, f"{part.id} left without visa: {sorted(yes)}"

    def _in_time(self, part: Part, row: Delivery) -> None:
        clock = self.world.clock
        assert row.due_at is not None
        assert row.due_at <= clock.now(), f"early: {part.id}"
        assert part.embargo is None or part.embargo <= clock.true() + timedelta(minutes=1), f"under embargo: {part.id}"
        if self.world.begun and not self.world.began_wrong[self.world.begun.epoch]:
            assert row.due_at <= clock.true() + timedelta(minutes=1), f"early by the true clock: {part.id}"
        assert row.not_after is not None
        assert clock.now() <= row.not_after, f"late: {part.id}"

    # ---------------------------------------------------------------- what is shown

    def _nothing_new(self) -> bool:
        """Tell whether neither the database nor a platform has changed since the last look."""
        former, link = self.state, connection.connection
        self.state = (id(link), link and link.total_changes, sum(self.seen.values()))
        return link is not None and former == self.state

    def _nothing_lost(self) -> None:
        known = set(Delivery.objects.values_list("pk", flat=True))
        assert set(self.world.parts) - known <= self.world.forgotten, "a planned thing is nowhere"

    def _shown_is_true(self) -> None:
        alive = set(Attempt.objects.filter(state__in=ALIVE).values_list("step", flat=True))
        for row in DeliveryStep.objects.select_related("delivery").filter(delivery__in=self._told()):
            key = (row.delivery_id, row.step, row.recipient)
            if row.state == "sent":
                assert self.done[key], f"shown as sent, and never taken in: {key}"
            elif self.online[key]:
                assert row.pk in alive, f"online, and shown as {row.state}: {key}"
            if row.delivery.state == "delivered":
                assert row.state in {"sent", "dropped"}, f"delivered, and {row.state}: {key}"
            if row.delivery.state in {"canceled", "failed", "missed"}:
                assert not self.online[key], f"{row.delivery.state}, and online: {key}"

    def _told(self) -> list[str]:
        """Return the deliveries of which what is shown must be true: nobody overruled it, no restored database forgot it."""
        return list(set(self.world.parts) - self.world.decided - self.world.doubtful)

    def _one_live_attempt(self) -> None:
        alive = Counter(Attempt.objects.filter(state__in=ALIVE).values_list("step", flat=True))
        assert all(count == 1 for count in alive.values())

    def _chain_holds(self) -> None:
        """Verify the rows that are new; a database that was restored is verified from its beginning."""
        sequence, before = self.chain
        if not Audit.objects.filter(sequence=sequence, hash=before).exists():
            sequence, before = 0, BEGINNING
        for row in Audit.objects.filter(sequence__gt=sequence).order_by("sequence"):
            assert row.sequence == sequence + 1, "the audit has a gap"
            assert row.hash == row.chained(before), "the audit does not hold"
            sequence, before = row.sequence, row.hash
        self.chain = (sequence, before)
