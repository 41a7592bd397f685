import time
from datetime import UTC, datetime, timedelta

import pytest

from publisher.clock import SystemClock, Watch
from tests.database import NOON, StillClock


def test_the_system_clock_is_aware_and_goes_on() -> None:
    clock = SystemClock()
    first, boot = clock.now(), clock.boottime()
    time.sleep(0.01)
    assert first.tzinfo is UTC
    assert clock.now() - first >= timedelta(seconds=0.01)
    assert clock.boottime() - boot >= 0.01
    assert clock.boot_id() == SystemClock().boot_id() != ""
    assert isinstance(clock.synchronised(), bool)


@pytest.mark.parametrize("passed", [0, 1, 3600, 30 * 86400])
def test_time_that_merely_passes_is_trusted_also_over_a_suspended_night(passed) -> None:
    clock = StillClock()
    watch = Watch(clock)
    clock.move(passed)
    assert watch.trusted()


@pytest.mark.parametrize(
    ("leap", "trusted"),
    [
        (timedelta(seconds=4), True),
        (timedelta(seconds=-4), True),
        (timedelta(seconds=6), False),
        (timedelta(hours=1), False),
        (timedelta(hours=-1), False),
        (timedelta(days=3650), False),
    ],
)
def test_a_leap_of_more_than_five_seconds_is_not(leap, trusted) -> None:
    clock = StillClock()
    watch = Watch(clock)
    clock.move(1)
    clock.leap(leap)
    assert watch.trusted() is trusted
    clock.move(1)
    assert watch.trusted() is trusted


@pytest.mark.parametrize("leap", [timedelta(hours=1), timedelta(hours=-1)])
def test_only_what_both_reckonings_say_is_surely_past(leap) -> None:
    clock = StillClock()
    watch = Watch(clock)
    clock.leap(leap)
    clock.move(60)
    assert not watch.trusted()
    assert watch.surely() == NOON + timedelta(seconds=60) + min(leap, timedelta(0))
    clock.leap(-leap)
    assert not watch.trusted()
    assert watch.surely() == clock.now()


def test_the_kernel_settles_the_doubt() -> None:
    clock = StillClock()
    watch = Watch(clock)
    clock.leap(timedelta(hours=1))
    assert not watch.trusted()
    clock.ntp = True
    assert watch.trusted()
    clock.ntp = False
    assert (watch.trusted(), watch.surely()) == (True, clock.now())


def noticed(clock: StillClock, watch: Watch) -> None:
    clock.leap(timedelta(hours=-1))
    watch.trusted()


def contradicted(clock: StillClock, watch: Watch) -> None:
    watch.compare(clock.now() + timedelta(minutes=5))


def confirmed(clock: StillClock, watch: Watch) -> None:
    clock.leap(timedelta(hours=1))
    watch.compare(clock.now())


@pytest.mark.parametrize(
    ("happens", "trusted"),
    [
        (lambda clock, watch: clock.move(86400), True),
        (noticed, False),
        (contradicted, False),
        (confirmed, True),
    ],
)
def test_a_watch_goes_on_where_the_one_before_it_ended(happens, trusted) -> None:
    clock = StillClock()
    clock.ntp = False
    first = Watch(clock)
    happens(clock, first)
    second = Watch(clock, first.reckoned())
    clock.move(60)
    assert (second.trusted(), second.surely()) == (first.trusted(), first.surely())
    assert Watch(clock, second.reckoned()).trusted() is trusted


def test_a_leap_between_two_watches_is_noticed() -> None:
    clock = StillClock()
    kept = Watch(clock).reckoned()
    clock.leap(timedelta(hours=1))
    assert not Watch(clock, kept).trusted()


@pytest.mark.parametrize("start", ["second start", ""])
def test_after_another_start_of_the_machine_a_watch_starts_anew(start) -> None:
    clock = StillClock()
    kept = Watch(clock).reckoned()._replace(boot_id=start)
    clock.leap(timedelta(hours=1))
    clock.start = "" if not start else clock.start
    assert Watch(clock, kept).trusted()


@pytest.mark.parametrize(("ahead", "agrees"), [(0, True), (60, True), (-60, True), (61, False), (-61, False), (3600, False)])
def test_a_platform_settles_the_doubt_or_raises_it(ahead, agrees) -> None:
    clock = StillClock()
    watch = Watch(clock)
    clock.leap(timedelta(seconds=10))
    assert not watch.trusted()
    assert watch.compare(clock.now() + timedelta(seconds=ahead)) is agrees
    assert watch.trusted() is agrees


def test_an_embargo_needs_somebody_else_to_confirm_the_time() -> None:
    clock = StillClock()
    clock.ntp = False
    watch = Watch(clock)
    assert watch.trusted()
    assert not watch.certain()
    watch.compare(clock.now())
    assert watch.certain()
    clock.move(minutes=5)
    assert watch.certain()
    clock.move(1)
    assert not watch.certain()
    clock.ntp = True
    assert watch.certain()


def test_a_leap_takes_the_certainty_away() -> None:
    clock = StillClock()
    watch = Watch(clock)
    watch.compare(NOON)
    clock.leap(timedelta(minutes=-30))
    assert not watch.certain()


def test_dates_are_compared_as_instants() -> None:
    clock = StillClock()
    assert Watch(clock).compare(datetime.fromisoformat("2026-11-24T13:00:30+01:00"))
