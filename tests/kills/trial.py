"""One trial: an approved announcement, four channels, platforms in their weather, a service that is killed and started again."""

import os
import random
import select
import signal
import time
from dataclasses import dataclass

from publisher.errors import AlreadyRunning
from publisher.models import Actor, Delivery, Pause, Person
from publisher.models.states import DeliveryState
from publisher.pipeline import hold
from publisher.pipeline.reasons import Reason
from tests.kills import service
from tests.kills.ground import Ground
from tests.kills.judge import Verdict, judge
from tests.kills.platforms import Sky, alive
from tests.kills.service import Death

STUCK = 120.0
"""Seconds after which a service that does not come to an end is an incident."""

PATIENT, IMPATIENT = 5.0, 0.3
"""Seconds without an answer after which a call is given up: in calm weather, and in the storm, where answers hang longer."""

SETTLED = (0, 3)
HUNG = 1000
RIVALS = 0.1
VISITS = 30
DEATHS = {"crashes": (3, 4, 5, 5, 6, 6), "storm": (1, 2, 3, 3, 3, 3)}
"""How often the service is to die in a trial: where the platforms lie as well, not more often than any town would see."""
LIFE = 0.25
"""Seconds within which a kill at a random moment comes; about as long as a run works."""

HELP = 4
"""How often a person puts right what only a person can: a channel that was stopped, a delivery that crashed the service three times."""


@dataclass(frozen=True)
class Kind:
    """What a trial is to show; `kills`: the service dies, `stormy`: the platforms lie."""

    name: str
    kills: bool
    stormy: bool


QUIET, CRASHES, STORM = (
    Kind("quiet", kills=False, stormy=False),
    Kind("crashes", kills=True, stormy=False),
    Kind("storm", kills=True, stormy=True),
)


@dataclass
class Result:
    """What one trial came to."""

    number: int
    kind: Kind
    kills: int
    verdict: Verdict
    helped: int = 0


def kind_of(number: int) -> Kind:
    """One trial in fifty is quiet; the others are killed, every other one in a storm."""
    if number % 50 == 0:
        return QUIET
    return STORM if number % 2 else CRASHES


def play(ground: Ground, seed: int, number: int) -> Result:
    """Play one trial; the seed and its number give the same weather and the same moments again."""
    kind, dice = kind_of(number), random.Random(f"{seed}/{number}")
    ground.fresh()
    timeout = IMPATIENT if kind.stormy else PATIENT
    kills = helped = 0
    settled = False  # nothing is left that a kill could disturb, nor another run do
    ends = Verdict()
    service.desk(ground, timeout)  # read before the forks, not in each of them
    with alive(ground, Sky(kind.stormy, f"{seed}/{number}")):
        for death in _deaths(kind, dice):
            codes = _run(ground, timeout, death, dice)
            kills += codes.count(-signal.SIGKILL)
            _complain(ends, codes)
            if settled := codes[0] in SETTLED:
                break
        while True:
            if not settled:
                _complain(ends, _run(ground, timeout, Death(), dice))
            if helped == HELP or not _help(ground, timeout):
                break
            helped, settled = helped + 1, False
        verdict = judge(service.desk(ground, timeout), ground.trial)
    verdict.incidents[:0] = ends.incidents
    return Result(number, kind, kills, verdict, helped)


def _deaths(kind: Kind, dice: random.Random) -> list[Death]:
    if not kind.kills:
        return []
    return [
        Death(visits=dice.randint(1, VISITS)) if dice.random() < 0.5 else Death(after=dice.uniform(0, LIFE))
        for _ in range(dice.choice(DEATHS[kind.name]))
    ]


def _complain(verdict: Verdict, codes: list[int]) -> None:
    """A service ends well, killed, or because the place is taken; never because somebody took its place."""
    for code in codes:
        if code not in (*SETTLED, -signal.SIGKILL, AlreadyRunning.exit_code):
            verdict.blame("lost", f"a service ended with {code}")


def _run(ground: Ground, timeout: float, death: Death, dice: random.Random) -> list[int]:
    """Let one service live and die; return its exit code. Now and then a second one is started beside it: one of them finds no place."""
    from django.db import connection

    connection.close()
    begun = [service.start(ground, timeout, death)]
    if dice.random() < RIVALS:
        time.sleep(dice.uniform(0, LIFE / 2))
        begun.append(service.start(ground, timeout, Death()))
    return [_end(pid, limit) for pid, limit in zip(begun, (death.after, None), strict=False)]


def _end(pid: int, limit: float | None) -> int:
    """Wait for the end of a service, or bring it about; return its exit code."""
    watched = os.pidfd_open(pid)
    try:
        if _ends(watched, STUCK if limit is None else limit):
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if limit is None:
            os.kill(pid, signal.SIGUSR1)  # let it show where it is
            _ends(watched, 1)
        os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return HUNG if limit is None else code
    finally:
        os.close(watched)


def _ends(watched: int, seconds: float) -> bool:
    return bool(select.select([watched], [], [], seconds)[0])


def _help(ground: Ground, timeout: float) -> bool:
    """Do what the service waits for a person to do, where going on is what the person would choose; tell whether there was anything."""
    desk = service.desk(ground, timeout)
    dominique = Actor(Person.objects.get(name="dominique"), "login")
    crashed = list(Delivery.objects.filter(state=DeliveryState.HELD, reason=Reason.CRASHED))
    for delivery in crashed:
        hold.resume(desk, dominique, delivery.pk)
    stopped = list(Pause.objects.filter(ended_at=None).values_list("channel", flat=True))
    for channel in stopped:
        hold.unpause(desk, dominique, channel)
    return bool(crashed or stopped)
