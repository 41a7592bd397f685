"""Sends one step to many people: a crew of connections side by side, and one ledger that this thread alone writes (delivery.md §6).

A connection has at most one call under way, and none that is not written down: what a crash leaves in doubt is never more than
the open connections. All that ended since the last commit, and all that begins now, share the next one.
"""

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice

from django.db import OperationalError, transaction

from publisher import crashpoints
from publisher.adapters.base import Sessions, Step
from publisher.errors import RateLimited, Refused, SendError, Unauthorized
from publisher.i18n import _
from publisher.models import Delivery
from publisher.models.people import SERVICE
from publisher.models.states import DeliveryState, StepState
from publisher.pipeline import claim, content, ledger, outcome, slots
from publisher.pipeline.alarms import stop_channel
from publisher.pipeline.claim import Claim
from publisher.pipeline.crew import Crew
from publisher.pipeline.ledger import Call, Result, Turn
from publisher.pipeline.reasons import Reason
from publisher.pipeline.tenure import Tenure

PROGRESS = 10.0
"""Seconds between two lines of the log that tell how far it is."""

OUT_OF_REACH = 3
"""Failures to connect in a row, with nothing sent between them, after which the channel is stopped."""

BEFORE_RECONNECTING = timedelta(minutes=1)

log = logging.getLogger(__name__)


def send(tenure: Tenure, claimed: Claim) -> None:
    """Send to all whose turn it is; return when nobody is left for now, or when anything forbids to go on."""
    delivery, adapter = claimed.delivery, claimed.channel.adapter
    if not isinstance(adapter, Sessions):
        raise TypeError(f"{claimed.channel.name} has recipients, and no sessions")
    sealed = content.sealed_step(delivery, claimed.step)
    try:
        shared = content.shared_values(tenure.desk, delivery, sealed, tenure.now())
        step = slots.fill(sealed, shared, leave=slots.PERSONAL)
    except Refused as error:
        with transaction.atomic():
            outcome.hold(delivery, Reason(error.code), tenure.now())
        return
    crew = Crew(adapter.mailing(step), adapter.pace)
    book = _Book(tenure, claimed, step, {slot: value for slot, value in shared.items() if value is not None})
    _work(crew, book)
    book.close(crew.lost)


def _work(crew: Crew, book: "_Book") -> None:
    """Let the connections work until they have nothing left to do, or are not allowed to, and nothing is under way."""
    crew.connect(len(book.waiting()))
    try:
        while crew.is_busy or (crew.is_there and book.is_open and book.waiting()):
            ended = crew.hear(book.took)
            calls = outcome.insist(lambda ended=ended: book.write(ended, crew.room))  # type: ignore[misc] # called at once
            crew.make(calls) if book.may_call(calls) else book.stop(calls)
            book.tell()
    finally:
        crew.leave()


class _Book:
    """What is written of one round of a mailing, by this thread only."""

    def __init__(self, tenure: Tenure, claimed: Claim, step: Step, shared: Mapping[str, str]) -> None:
        self._tenure, self._channel, self._delivery = tenure, claimed.channel, claimed.delivery
        self._shared, self._digest = shared, slots.digests(step)
        self._next: deque[Turn] = deque()
        self._stopped: list[tuple[Call, Result]] = []
        self._accepted = 0
        self._told = self._seconds()
        self.is_open = True
        self.took = 0.0
        """Seconds that the last commit took."""

    def waiting(self) -> Sequence[Turn]:
        """Return the next recipients whose turn it is."""
        if not self._next and self.is_open:
            self._next.extend(ledger.waiting(self._delivery, self._tenure.now()))
        return self._next

    def write(self, ended: Sequence[tuple[Call, Result]], room: int) -> list[Call]:
        """Write down what ended and what is about to begin, in one commit; return what may begin."""
        ended = [*self._stopped, *ended]
        turns = list(islice(self.waiting(), room))
        if not ended and not turns:
            self._look()  # a server that waits, or a pace, must not keep it from being stopped
            return []
        began = self._seconds()
        with transaction.atomic():
            if not self._tenure.lasts():
                place = {"name": self._delivery}
                log.warning(_("What became of %(name)s belongs to an older run of the service, and is not written."), place)
                self.is_open = False
                return []
            now = self._tenure.now()
            ledger.settle(ended, now)
            accepted = sum(not isinstance(result, SendError) for _call, result in ended)
            if accepted and not self._accepted:
                ledger.forgive(self._delivery)
            for error in (result for _call, result in ended if isinstance(result, Unauthorized)):
                stop_channel(self._channel.name, error, now)
            self._look()
            calls = ledger.intend(turns, self._tenure.epoch, now, self._values, self._digest) if self.is_open else []
            crashpoints.visit("group.pre")
        crashpoints.visit("group.committed")
        self.took = self._seconds() - began
        for _call in calls:
            self._next.popleft()
        self._stopped.clear()
        self._accepted += accepted
        return calls

    def _look(self) -> None:
        """Go on only while the claim holds, and nothing stops it."""
        self.is_open = self.is_open and not self._tenure.ending.is_set() and claim.still_open(self._tenure, self._delivery)

    def may_call(self, calls: Sequence[Call]) -> bool:
        """Look one last time, with one read; who cannot look does not call."""
        try:
            return not calls or claim.still_open(self._tenure, self._delivery)
        except OperationalError as error:
            log.warning(_("Nothing leaves until the database can be used: %(reason)s"), {"reason": error})
            return False

    def stop(self, calls: Sequence[Call]) -> None:
        """Make none of these calls, and no other any more."""
        self.is_open = False
        self._stopped.extend((call, outcome.Stopped()) for call in calls)

    def tell(self) -> None:
        """Tell in the log now and then how far it is."""
        if self._seconds() - self._told >= PROGRESS:
            self._told = self._seconds()
            counts = ledger.tally(self._delivery)
            place = {"channel": self._channel.name, "id": self._delivery.id, "sent": counts[StepState.SENT], "count": sum(counts.values())}
            log.info(_("%(channel)s %(id)s: %(sent)d of %(count)d sent"), place)

    def close(self, lost: SendError | None) -> None:
        """Write what is left of it, and leave the delivery to its end, to a later round or to a person."""
        outcome.insist(lambda: self.write([], 0))
        with transaction.atomic():
            if not self._tenure.lasts():
                return
            now, delivery = self._tenure.now(), Delivery.objects.get(pk=self._delivery.pk)
            if not ledger.tally(delivery)[StepState.PENDING]:
                ledger.end(delivery, self._channel, now)
            elif delivery.state == DeliveryState.HELD:
                outcome.go_on(delivery, self._channel, SERVICE, now)
            elif lost and self._next:
                self._wait(delivery, lost)
            else:
                outcome.release(delivery, retry_at=ledger.next_turn(delivery), tries=0)
            crashpoints.visit("mailing.pre")
        crashpoints.visit("mailing.committed")

    def _wait(self, delivery: Delivery, lost: SendError) -> None:
        """Come back later to a server that let nobody in; a person must look when that lasts."""
        now = self._tenure.now()
        tries = 0 if self._accepted else delivery.tries
        if isinstance(lost, RateLimited):
            outcome.wait_as_told(delivery, self._channel, lost, now)
        elif isinstance(lost, Unauthorized):
            stop_channel(self._channel.name, lost, now)
            outcome.wait(delivery, self._channel, Reason.UNAUTHORIZED, now, None)
        elif tries + 1 < OUT_OF_REACH:
            outcome.wait(delivery, self._channel, Reason.UNREACHABLE, now, now + outcome.backoff(tries, BEFORE_RECONNECTING))
        else:
            stop_channel(self._channel.name, lost, now, Reason.OUT_OF_REACH)
            outcome.release(delivery, reason=Reason.OUT_OF_REACH, tries=0)

    def _values(self, turn: Turn) -> Mapping[str, str]:
        return {**self._shared, slots.RECIPIENT: turn.recipient, slots.MESSAGE_ID: turn.message_id}

    def _seconds(self) -> float:
        return self._tenure.desk.clock.boottime()
