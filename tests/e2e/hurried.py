"""The command with a service whose patience is short, or whose clock or kernel fails: `python -m tests.e2e.hurried WHAT… -- VERB …`.

WHAT is NAME=SECONDS, a constant of publisher.worker.embedded; tick=hang, tick=raise or tick=end, what becomes of the clock
after its third tick; term=PLACE, a crash point at which the process is asked to stop; or ntp=no, a kernel that confirms no time.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping

from publisher import cli, crashpoints
from publisher.clock import SystemClock

GOOD_TICKS = 3


def hang() -> None:
    time.sleep(600)


def fail() -> None:
    raise RuntimeError("a mistake of ours")


def end() -> None:
    """End the thread that ticks: nothing ticks any more, and nobody is told."""
    raise SystemExit


TICKS: Mapping[str, Callable[[], None]] = {"hang": hang, "raise": fail, "end": end}


def spoil_ticks(how: str) -> None:
    from apscheduler.schedulers.background import BackgroundScheduler

    from publisher.worker.embedded import Service

    tick, done = Service._tick, []

    def spoilt(self: Service) -> None:
        done.append(1)
        if len(done) > GOOD_TICKS:
            TICKS[how]()
        tick(self)

    def dying(self: BackgroundScheduler) -> float:
        if len(done) > GOOD_TICKS:
            TICKS[how]()
        return float(process(self))

    if how == "end":
        process = BackgroundScheduler._process_jobs
        BackgroundScheduler._process_jobs = dying
        Service._tick = lambda self: (done.append(1), tick(self))[1]
    else:
        Service._tick = spoilt


def stop_at(place: str) -> None:
    def visited(name: str) -> None:
        if name == place:
            os.kill(os.getpid(), signal.SIGTERM)

    crashpoints.install(visited)


def prepare(what: str) -> None:
    name, _, value = what.partition("=")
    if name == "tick":
        spoil_ticks(value)
    elif name == "term":
        stop_at(value)
    elif name == "ntp":
        SystemClock.synchronised = lambda self: False
    else:
        from publisher.worker import embedded

        if not hasattr(embedded, name):
            raise ValueError(f"the service has no constant {name}")
        setattr(embedded, name, float(value))


def main() -> int:
    split = sys.argv.index("--")
    wanted, sys.argv[1:] = sys.argv[1:split], sys.argv[split + 1 :]
    opened = cli.main
    from publisher.pipeline.desk import Desk

    ready = Desk.opened

    def then(*arguments: object, **options: object) -> Desk:
        desk = ready(*arguments, **options)
        for what in wanted:
            prepare(what)
        return desk

    Desk.opened = then
    return opened()


if __name__ == "__main__":
    sys.exit(main())
