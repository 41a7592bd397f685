"""A state machine over people, clocks, platforms, processes and disks: after whatever happens, the four incidents are at zero.

The longer runs: `make machine EXAMPLES=500 STEPS=50`, `EXAMPLES=20000`; a seed is printed, and `SEED=…` repeats it.
"""

import json
import os
import random
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from publisher.models import ids
from publisher.testing.memory_platform import accept, not_sent, raises, rate_limited, refuse, unauthorized, unknown
from tests.database import fresh
from tests.machine.clocks import TwoClocks
from tests.machine.ending import come_to_an_end
from tests.machine.judge import Judge
from tests.machine.people import EVERYBODY, PEOPLE, People
from tests.machine.world import CHANNELS

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "40"))
STEPS = int(os.environ.get("MACHINE_STEPS", "40"))
SHRINK = os.environ.get("MACHINE_SHRINK", "1") == "1"
SEED = int(os.environ.get("MACHINE_SEED", "1"))

ANSWERS = {
    "accepts": accept,
    "accepts, answer lost": lambda: unknown(accepted=True),
    "answer lost": lambda: unknown(accepted=False),
    "accepts, answer makes no sense": lambda: raises(ValueError("html"), accepted=True),
    "calls it a duplicate": lambda: unknown(accepted=False, code="duplicate"),
    "cannot be reached": not_sent,
    "asks to wait": rate_limited,
    "refuses": refuse,
    "does not know us": unauthorized,
}
NTH = st.integers(0, 4)
WHO = st.sampled_from(PEOPLE)
ANYBODY = st.sampled_from(EVERYBODY)
CHANNEL = st.sampled_from(CHANNELS)
CHOSEN = st.lists(CHANNEL, min_size=1, unique=True).map(lambda names: tuple(name for name in CHANNELS if name in names))
DUE = st.sampled_from([None, 1, 1, 2, 10])
ACTS = st.sampled_from(["stop", "detain", "release", "again", "give_up"])


TOLD: Counter[str] = Counter()
"""How much happened in all stories."""


class Machine(RuleBasedStateMachine):
    template = None

    @initialize()
    def open(self) -> None:
        self.ground = ExitStack()
        folder = self.ground.enter_context(fresh(self.template))
        self.ground.callback(setattr, ids, "secrets", ids.secrets)
        ids.secrets = random.Random(0)
        self.world = People(TwoClocks(), folder)
        self.judge = Judge(self.world)

    # ---------------------------------------------------------------- people

    @rule(who=WHO, chosen=CHOSEN, due=DUE, embargo=st.sampled_from([None, None, 1, 5]), without_link=st.booleans(), posts=st.integers(1, 2))
    def queue(self, who, chosen, due, embargo, without_link, posts) -> None:
        self.world.write(who, chosen, due=due, embargo=embargo, without_link=without_link, posts=posts)

    @rule(who=WHO, chosen=CHOSEN, due=DUE, posts=st.integers(1, 2))
    def queue_and_approve(self, who, chosen, due, posts) -> None:
        self.world.write(who, chosen, due=due, embargo=None, without_link=False, posts=posts)
        for other in PEOPLE:
            self.world.agree(other, 0)

    @rule(who=ANYBODY, nth=NTH, how=st.sampled_from([{}, {}, {"now": True}, {"at": 3}]))
    def approve(self, who, nth, how) -> None:
        self.world.agree(who, nth, **how)

    @rule(who=ANYBODY, nth=NTH)
    def reject(self, who, nth) -> None:
        self.world.send_back(who, nth)

    @rule(who=WHO, nth=NTH, at=st.sampled_from([1, 2, 20]), until=st.sampled_from([None, None, 45]))
    def reschedule(self, who, nth, at, until) -> None:
        self.world.move(who, self.world.one(nth), at, until)

    @rule(who=WHO, nth=NTH, act=ACTS)
    def decide(self, who, nth, act) -> None:
        getattr(self.world, act)(who, self.world.one(nth))

    @rule(who=WHO, nth=NTH)
    def cancel_everything(self, who, nth) -> None:
        self.world.stop(who, self.world.announcement(nth))

    @rule(who=WHO, nth=NTH)
    def say_that_it_is_online(self, who, nth) -> None:
        self.world.saw(who, self.world.one(nth))

    @rule(nth=NTH, first=WHO, second=WHO)
    def say_to_send_again(self, nth, first, second) -> None:
        name = self.world.one(nth)
        self.world.again(first, name)
        self.world.again(second, name)

    @rule(who=WHO, nth=NTH)
    def choose_the_single_text(self, who, nth) -> None:
        self.world.replace(who, self.world.one(nth))

    @rule(who=WHO, nth=NTH)
    def correct(self, who, nth) -> None:
        self.world.correct(who, nth)

    @rule(who=WHO, nth=NTH)
    def withdraw(self, who, nth) -> None:
        self.world.withdraw(who, nth)

    @rule(who=ANYBODY, channel=st.sampled_from([None, *CHANNELS]))
    def pause(self, who, channel) -> None:
        self.world.shut(who, channel)

    @rule(who=ANYBODY, channel=st.sampled_from([None, *CHANNELS]))
    def unpause(self, who, channel) -> None:
        self.world.open(who, channel)

    @rule(who=st.sampled_from(["alix", "sacha"]))
    def disable(self, who) -> None:
        self.world.disable(who)

    # ---------------------------------------------------------------- config.toml

    @rule(required=st.integers(0, 2))
    def ask_for(self, required) -> None:
        self.world.required = required
        self.world.configure(f"approval ({required})", lambda channels: None)

    @rule(channel=CHANNEL, what=st.sampled_from(["account", "enabled", "missing", "right", "right"]))
    def configure(self, channel, what) -> None:
        self.world.set(channel, what)

    # ---------------------------------------------------------------- time

    @rule(seconds=st.sampled_from([1, 5, 20, 60, 60, 120, 300, 900]))
    def wait(self, seconds) -> None:
        self.world.clock.move(seconds)
        self.world.tell(f"{seconds} seconds pass")

    @rule(hours=st.sampled_from([-1, 1]))
    def leap(self, hours) -> None:
        self.world.clock.leap(timedelta(hours=hours))
        self.world.tell(f"the machine's clock leaps by {hours} h")

    @rule()
    def set_the_clock_right(self) -> None:
        self.world.clock.mend()
        self.world.tell("the machine's clock is set right")

    # ---------------------------------------------------------------- the service

    @rule()
    def start(self) -> None:
        self.world.start()

    @rule()
    def kill(self) -> None:
        self.world.kill()

    @rule(nth=st.integers(0, 7))
    def one_thing(self, nth) -> None:
        self.world.one_thing(nth)

    @rule()
    def work(self) -> None:
        self.world.run()

    @rule(seconds=st.sampled_from([60, 120]))
    def wait_and_work(self, seconds) -> None:
        self.world.clock.move(seconds)
        self.world.tell(f"{seconds} seconds pass")
        self.world.run()

    @rule(
        channel=CHANNEL,
        answers=st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=3),
        at=st.sampled_from([0, 0, 0, 4, 6, 8, 10]),
    )
    def a_bad_minute(self, channel, answers, at) -> None:
        for answer in answers:
            self.the_platform(channel, "send", answer)
        self.wait(60)
        self.world.run(at)

    @rule()
    def some_quiet_minutes(self) -> None:
        for _ in range(3):
            self.world.run()
            self._told(self.judge.look)
            self.wait(40)

    @rule(at=st.integers(1, 16))
    def work_and_die(self, at) -> None:
        self.world.run(at)

    @rule(at=st.integers(1, 16))
    def work_and_be_replaced(self, at) -> None:
        self.world.run(at, self.world.start)

    @rule(at=st.integers(1, 16), who=WHO, nth=NTH, act=ACTS)
    def work_while_somebody_acts(self, at, who, nth, act) -> None:
        self.world.run(at, lambda: getattr(self.world, act)(who, self.world.one(nth)))

    @rule(at=st.integers(1, 16), channel=st.sampled_from([None, *CHANNELS]))
    def work_while_somebody_pauses(self, at, channel) -> None:
        self.world.run(at, lambda: self.world.shut("eden", channel))

    @rule(nth=NTH)
    def an_older_run_wakes_up(self, nth) -> None:
        self.world.wake(nth)

    # ---------------------------------------------------------------- platforms and disks

    @rule(
        channel=CHANNEL,
        call=st.sampled_from(["send", "send", "send", "find", "withdraw", "probe", "open"]),
        answer=st.sampled_from(sorted(ANSWERS)),
    )
    def the_platform(self, channel, call, answer) -> None:
        self.world.platforms[channel].script(call, ANSWERS[answer]())
        self.world.tell(f"{channel}: the next “{call}” — {answer}")

    @rule(seconds=st.sampled_from([0, 10, 60]))
    def what_is_published_shows_later(self, seconds) -> None:
        self.world.platforms["reads"].lag = timedelta(seconds=seconds)
        self.world.tell(f"reads shows its texts after {seconds} seconds")

    @rule(seen=st.booleans())
    def readers_see_the_site(self, seen) -> None:
        self.world.shown.seen = seen
        self.world.tell("readers see the site" if seen else "readers do not see the site")

    @rule()
    def keep_a_backup(self) -> None:
        self.world.keep_backup()

    @rule(adopted=st.booleans())
    def restore_the_backup(self, adopted) -> None:
        self.world.restore()
        if adopted:
            self.world.adopt()

    @rule()
    def adopt(self) -> None:
        self.world.adopt()

    # ---------------------------------------------------------------- what is always true

    @invariant()
    def the_judge_is_content(self) -> None:
        self._told(self.judge.look)

    def teardown(self) -> None:
        try:
            if hasattr(self, "judge"):
                self._told(lambda: come_to_an_end(self.world, self.judge))
                TOLD.update(acts=len(self.world.story), deliveries=len(self.world.parts), taken_in=sum(self.judge.seen.values()))
        finally:
            self.ground.close()

    def _told(self, check) -> None:
        try:
            check()
        except BaseException:
            note("\n".join(self.world.story))
            raise


# a life that is cut off closes nothing; of a process that really dies, the system closes the sockets
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
def test_whatever_happens_nothing_is_sent_twice_early_unapproved_or_lost(template) -> None:
    machine = type("TestMachine", (Machine,), {"template": template})
    shown = {"examples": EXAMPLES, "steps": STEPS, "seed": SEED}
    run_state_machine_as_test(
        seed(SEED)(machine),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink) if SHRINK else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    print("machine " + json.dumps({**shown, **TOLD}))  # noqa: T201 - the one line that machines read
