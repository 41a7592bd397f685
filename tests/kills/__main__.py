"""The kill campaign: `python -m tests.kills --kills 10000 --seed 1`; one line at the end, and exit code 1 if it is not what is promised.

`--trial N` plays one trial again; a moment in time is never exactly the same, weather and crash points are.
"""

import argparse
import logging
import multiprocessing
import os
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from tests import lifeline
from tests.disk import in_memory
from tests.kills import ground

WORKERS = 2 * (os.cpu_count() or 1)
"""Trials at the same time: some of a trial is waiting."""

SILENCE = 300.0
"""Seconds without any result after which the campaign gives up."""

PREFIX = "publisher-campaign-"
NEVER_HELD = ("website", "facebook")
MOST_HELD_ON_X = 0.15


@dataclass
class Tally:
    """What all trials came to."""

    seed: int
    trials: int = 0
    kills: int = 0
    helped: int = 0
    incidents: Counter[str] = field(default_factory=Counter)
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, result: Any) -> None:
        """Count one trial, and tell at once what went wrong in it."""
        self.trials += 1
        self.kills += result.kills
        self.helped += result.helped
        for incident, what in result.verdict.incidents:
            self.incidents[incident] += 1
            again = f"python -m tests.kills --seed {self.seed} --trial {result.number}"
            _tell(f"{incident} in trial {result.number} ({result.kind.name}): {what}; again: {again}")
        for channel in NEVER_HELD if result.kind.name == "crashes" else ():
            if result.verdict.held[channel]:
                _tell(f"held on {channel} in trial {result.number}: {dict(result.verdict.reasons)}")
        for channel in result.verdict.counted:
            self.counted[result.kind.name, channel] += result.verdict.counted[channel]
            self.held[result.kind.name, channel] += result.verdict.held[channel]

    def rate(self, kind: str, channel: str) -> float:
        """The part of the deliveries that was held."""
        return self.held[kind, channel] / max(1, self.counted[kind, channel])

    def line(self, seconds: float) -> str:
        """The result, for people and machines."""
        from tests.kills.judge import INCIDENTS

        facts = {"kills": self.kills, "trials": self.trials, "seed": self.seed, "seconds": round(seconds)}
        facts |= {name: self.incidents[name] for name in INCIDENTS}
        facts |= {f"held_{channel}": f"{self.rate('crashes', channel):.3f}" for channel in (*NEVER_HELD, "x", "email")}
        facts |= {f"held_{channel}_storm": f"{self.rate('storm', channel):.3f}" for channel in (*NEVER_HELD, "x", "email")}
        return " ".join(f"{name}={value}" for name, value in {**facts, "held_quiet": self.quiet, "helped": self.helped}.items())

    @property
    def quiet(self) -> int:
        """How many were held though nothing at all went wrong."""
        return sum(count for (kind, _), count in self.held.items() if kind == "quiet")

    @property
    def kept(self) -> bool:
        """Whether it is what is promised."""
        alone = any(self.held["crashes", channel] for channel in NEVER_HELD)
        return not (self.incidents.total() or alone or self.quiet or self.rate("storm", "x") > MOST_HELD_ON_X)


def main() -> int:
    """Play trials until so many kills have happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--trial", type=int, default=None)
    parser.add_argument("--minutes", type=float, default=60.0, help="end then, however few have happened")
    parser.add_argument("--first", action="store_true", help="end at the first incident")
    parser.add_argument("--workers", type=int, default=WORKERS)
    arguments = parser.parse_args()
    seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    _tell(f"seed={seed}")
    lifeline.end_in_order()
    began = time.monotonic()
    ground.warm()
    tally = Tally(seed)
    if arguments.trial is not None:
        tally.add(_alone(seed, arguments.trial))
    else:
        with closing(results(seed, arguments.kills, arguments.workers, 60 * arguments.minutes)) as found:
            for result in _shown(found, arguments.kills):
                tally.add(result)
                if arguments.first and tally.incidents:
                    break
    sys.stdout.write(tally.line(time.monotonic() - began) + "\n")
    return 0 if tally.kept else 1


def _shown(results: Iterator[Any], kills: int) -> Iterator[Any]:
    """Yield the results while a bar tells how many kills have happened, how fast, and how long it may take."""
    columns = (TextColumn("{task.completed:.0f} of {task.total:.0f} kills"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("", total=kills)
        for result in results:
            yield result
            progress.advance(bar, result.kills)


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def results(seed: int, kills: int, workers: int, seconds: float) -> Iterator[Any]:
    """Yield what became of trials, played side by side, until so many kills have happened or so much time has passed."""
    end = time.monotonic() + seconds
    context = multiprocessing.get_context("fork")
    numbers, found = context.Value("i", 0), context.SimpleQueue()  # without a thread: the workers fork
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", dir=in_memory(), ignore_cleanup_errors=True) as home:
        try:
            for place in range(workers):
                context.Process(target=_work, args=(Path(home) / str(place), seed, numbers, found)).start()
            done = 0
            while done < kills and time.monotonic() < end:
                if not found._reader.poll(SILENCE):  # type: ignore[attr-defined] # the one way to wait for it so long and no longer
                    sys.exit("the campaign has stopped: no trial came to its end")
                result = found.get()
                done += result.kills
                yield result
        finally:
            for worker in multiprocessing.active_children():
                worker.kill()  # and with it the platforms and the service of its trial
                worker.join()


def _work(home: Path, seed: int, numbers: Any, found: Any) -> None:
    """Play one trial after the other, on ground of one's own."""
    lifeline.hang_on(multiprocessing.parent_process().pid)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all of us at once: the campaign ends its workers
    logging.disable(logging.CRITICAL)
    here = ground.opened(home)
    from tests.kills import trial

    while True:
        with numbers.get_lock():
            number = numbers.value
            numbers.value += 1
        found.put(trial.play(here, seed, number))


def _alone(seed: int, number: int) -> Any:
    logging.basicConfig(level=logging.INFO, format="%(process)d %(asctime)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    here = ground.opened(Path(tempfile.mkdtemp(prefix=PREFIX, dir=in_memory())))
    from tests.kills import trial

    _tell(f"its last state is kept in {here.trial}")
    return trial.play(here, seed, number)


if __name__ == "__main__":
    sys.exit(main())
