"""Long before something leaves: each channel is looked at three days, one day and one hour before, by reads only."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from publisher.adapters.base import Probes, Recipient, Sessions
from publisher.errors import ConfigError, NotSent, OutcomeUnknown, Problem, Severity, Unauthorized
from publisher.models import Audit, ChannelState, Notice, Pause, Trouble
from publisher.pipeline import board, hold, notices, preflight, probe
from publisher.pipeline.plan import Window
from publisher.testing.memory_platform import MemoryPlatform, raises
from tests.pipeline.town import Town, letter

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LOST = Unauthorized("lost", "The access is lost.")
AWAY = NotSent("unreachable", "%(host)s cannot be reached.", host="platform.example")


@pytest.fixture
def office(town: Town) -> Town:
    town.channel("memory", Probes)
    return town


def due(town: Town, ahead: timedelta, title: str = "Le marché change de place", *, approved: bool = True, **wanted: Any) -> str:
    at = town.clock.now() + ahead
    window = Window(at, at + timedelta(minutes=30), None, "12:00")
    parts = {name: town.part(name, f"{title} {name}", window=window, **wanted) for name in wanted.pop("channels", town.channels)}
    name = town.queue(title, **parts)
    if approved:
        town.approve(name)
    return name


def looked(town: Town, channel: str = "memory") -> list[datetime]:
    """When the platform was asked, since the last question."""
    asked = [method for method, _ in town.platforms[channel].calls]
    before, town.asked = getattr(town, "asked", 0), len(asked)
    assert set(asked) <= {"probe"}
    return asked[before:]


def rounds(town: Town, span: timedelta, step: timedelta = timedelta(minutes=10)) -> list[timedelta]:
    """Let time pass; return after how long the platform was asked."""
    start, seen = town.clock.now(), []
    while town.clock.now() - start < span:
        town.clock.move(step.total_seconds())
        while preflight.look(town.desk):
            pass
        seen += [town.clock.now() - start] * len(looked(town))
    return seen


def open_ones() -> list[tuple[str, str]]:
    return list(Trouble.objects.filter(closed_at=None).order_by("pk").values_list("channel", "code"))


def acts(*names: str) -> list[str]:
    return list(Audit.objects.filter(action__in=names).order_by("sequence").values_list("action", flat=True))


# -------------------------------------------------------------------- when


@pytest.mark.parametrize("approved", [True, False])
def test_a_channel_is_asked_at_three_days_one_day_and_one_hour(office: Town, *, approved: bool) -> None:
    due(office, 4 * DAY, approved=approved)
    assert rounds(office, 4 * DAY) == [1 * DAY, 3 * DAY, 4 * DAY - HOUR]
    assert office.platforms["memory"].accepted == []


def test_one_that_is_queued_late_is_looked_at_at_once_then_at_the_rounds_that_are_left(office: Town) -> None:
    due(office, 2 * HOUR)
    assert rounds(office, 2 * HOUR) == [timedelta(minutes=10), HOUR]


def test_many_announcements_make_one_look(office: Town) -> None:
    for number in range(20):
        due(office, 2 * DAY, f"Annonce {number}")
    assert rounds(office, 2 * DAY) == [timedelta(minutes=10), 1 * DAY, 2 * DAY - HOUR]


def test_those_queued_one_after_the_other_are_looked_at_no_more_often_than_every_five_minutes(office: Town) -> None:
    for number in range(10):
        due(office, 2 * DAY, f"Annonce {number}")
        office.clock.move(minutes=1)
        preflight.look(office.desk)
    assert len(looked(office)) == 2


@pytest.mark.parametrize("end", ["canceled", "sent back", "without a time"])
def test_what_does_not_leave_is_not_looked_at(office: Town, end: str) -> None:
    if end == "without a time":
        office.queue(memory=office.part(window=Window(None, None, None, "")))
    else:
        name = due(office, 2 * DAY, approved=False)
        office.cancel(name) if end == "canceled" else office.reject(name)
    assert rounds(office, 2 * DAY) == []


def test_the_last_minutes_belong_to_the_probe(office: Town) -> None:
    due(office, timedelta(minutes=2))
    assert not preflight.look(office.desk)
    assert looked(office) == []


def test_a_look_keeps_nothing_back_and_lets_nothing_leave(office: Town) -> None:
    due(office, 2 * HOUR)
    office.platforms["memory"].script("probe", raises(AWAY))
    assert preflight.look(office.desk)
    assert ChannelState.objects.get().probed_at is None
    office.clock.move(minutes=120)
    office.work()
    assert office.state() == ("delivered", "")


def test_a_clock_that_was_wrong_does_not_silence_it(office: Town) -> None:
    due(office, 2 * HOUR)
    ChannelState.objects.create(name="memory", inspected_at=office.clock.now() + 300 * DAY)
    assert preflight.look(office.desk)


# -------------------------------------------------------------------- what is found


Finding = Callable[[Town, MemoryPlatform], object]


def _away(_town: Town, platform: MemoryPlatform) -> None:
    platform.script("probe", raises(AWAY))


def _lost(_town: Town, platform: MemoryPlatform) -> None:
    platform.script("probe", raises(LOST))


def _odd(_town: Town, platform: MemoryPlatform) -> None:
    platform.script("probe", raises(OutcomeUnknown("unusable-answer", "Nobody understands it.")))


def _broken(_town: Town, platform: MemoryPlatform) -> None:
    platform.script("probe", raises(ValueError("a mistake of the adapter")))


def _other(town: Town, _platform: MemoryPlatform) -> None:
    town.channels["memory"] = town.channels["memory"]._replace(
        settings=dataclasses.replace(town.channels["memory"].settings, account="another")
    )


def _off(town: Town, _platform: MemoryPlatform) -> None:
    town.channels["memory"] = town.channels["memory"]._replace(
        settings=dataclasses.replace(town.channels["memory"].settings, enabled=False)
    )


def _stopped(town: Town, _platform: MemoryPlatform) -> None:
    town.pause("memory")


def _all_stopped(town: Town, _platform: MemoryPlatform) -> None:
    town.pause()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_away, "unreachable"),
        (_lost, "lost"),
        (_odd, "unusable-answer"),
        (_broken, "unexpected"),
        (_other, "account-differs"),
        (_off, "channel-disabled"),
        (_stopped, "channel-stopped"),
        (_all_stopped, "channel-stopped"),
    ],
)
def test_what_would_keep_it_from_leaving_is_found(office: Town, spoil: Finding, code: str) -> None:
    name = due(office, 2 * DAY)
    spoil(office, office.platforms["memory"])
    assert preflight.look(office.desk)
    (found,) = Trouble.objects.all()
    assert (found.announcement_id, found.channel, found.code, found.before) == (name, "memory", code, office.clock.now() + 2 * DAY)
    assert acts(preflight.FOUND) == [preflight.FOUND]


def test_a_lost_access_stops_the_channel_and_is_said_once(office: Town) -> None:
    due(office, 2 * DAY)
    _lost(office, office.platforms["memory"])
    preflight.look(office.desk)
    assert Pause.objects.get().reason == "unauthorized"
    assert len(looked(office)) == 1
    assert rounds(office, 3 * HOUR) == []  # nobody asks a platform on which the channel is stopped
    assert open_ones() == [("memory", "lost")]


def test_a_list_that_names_nobody_and_one_that_cannot_be_read(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = town.channel("memory", Sessions, account="presse@valmont.example")
    platform.people = (Recipient("r1@journal.example"),)
    due(town, 2 * DAY, payload=letter())
    platform.people = ()
    assert preflight.look(town.desk)
    assert open_ones() == [("memory", "no-recipients")]

    def refuse() -> None:
        raise ConfigError("not-an-address", "Line 2 is no address.")

    adapter = town.channels["memory"].adapter
    monkeypatch.setattr(type(adapter), "recipients", lambda _self: refuse())
    town.clock.move(minutes=31)
    assert preflight.look(town.desk)
    assert open_ones() == [("memory", "not-an-address")]


def test_what_the_adapter_itself_finds(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.channel()
    due(town, 2 * DAY)
    problems = [Problem(Severity.WARNING, "old", "It is old."), Problem(Severity.ERROR, "full", "The disk is full.")]
    monkeypatch.setattr(type(town.channels["memory"].adapter), "inspect", lambda _self: problems, raising=False)
    assert preflight.look(town.desk)
    assert open_ones() == [("memory", "full")]
    problems.clear()
    town.clock.move(minutes=31)
    assert preflight.look(town.desk)
    assert open_ones() == []
    monkeypatch.setattr(type(town.channels["memory"].adapter), "inspect", lambda _self: 1 / 0)
    town.clock.move(minutes=24 * 60)
    assert preflight.look(town.desk)
    assert open_ones() == [("memory", "unexpected")]


def test_an_access_that_ends_before_and_one_that_ends_after(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    due(office, 1 * DAY, "Tôt")
    late = due(office, 3 * DAY, "Tard")
    ends_at, kind = office.clock.now() + 2 * DAY, type(office.channels["memory"].adapter)
    usual = kind.probe
    monkeypatch.setattr(kind, "probe", lambda self: usual(self)._replace(ends_at=ends_at))
    assert preflight.look(office.desk)
    (found,) = Trouble.objects.all()
    assert (found.announcement_id, found.code) == (late, "access-ends-before")
    assert ChannelState.objects.get().ends_at == ends_at


@pytest.mark.parametrize("state", ["held", "canceled"])
def test_a_channel_that_waits_in_vain_for_another(town: Town, state: str) -> None:
    town.channel("website")
    town.channel("memory", after=("website",))
    due(town, 2 * DAY)
    act = hold.hold if state == "held" else hold.cancel
    while preflight.look(town.desk):
        pass
    assert open_ones() == []
    act(town.desk, town.who("camille"), town.delivery("website").pk)
    town.clock.move(minutes=60 * 24 + 1)
    while preflight.look(town.desk):
        pass
    assert open_ones() == [("memory", "awaited-in-vain")]


# -------------------------------------------------------------------- what follows


def test_it_is_told_once_to_the_author_and_the_administrators_and_closes_by_itself(office: Town) -> None:
    name = due(office, 2 * DAY)
    notices.look(office.desk)
    Notice.objects.all().delete()
    office.platforms["memory"].script("probe", raises(AWAY), raises(AWAY), raises(AWAY))
    for _ in range(3):
        preflight.look(office.desk)
        notices.look(office.desk)
        office.clock.move(minutes=31)
    told = list(Notice.objects.order_by("person__name").values_list("person__name", "kind", "announcement", "channel"))
    assert told == [("camille", "endangered", name, "memory"), ("lou", "endangered", name, "memory")]
    assert preflight.look(office.desk)
    assert open_ones() == []
    assert acts(preflight.FOUND, preflight.PASSED) == [preflight.FOUND, preflight.PASSED]
    notices.look(office.desk)
    assert Notice.objects.count() == 2


def test_what_comes_back_is_found_again_and_not_told_again(office: Town) -> None:
    due(office, 2 * DAY)
    office.platforms["memory"].script("probe", raises(AWAY))
    preflight.look(office.desk)
    notices.look(office.desk)
    told = Notice.objects.count()
    office.clock.move(minutes=31)
    preflight.look(office.desk)
    assert open_ones() == []
    office.platforms["memory"].script("probe", raises(AWAY))
    office.clock.move(minutes=24 * 60)
    preflight.look(office.desk)
    assert open_ones() == [("memory", "unreachable")]
    assert acts(preflight.FOUND) == [preflight.FOUND] * 2
    notices.look(office.desk)
    assert Notice.objects.count() == told


def test_what_was_settled_before_it_was_told_is_told_to_nobody(office: Town) -> None:
    due(office, 2 * DAY)
    notices.look(office.desk)
    office.platforms["memory"].script("probe", raises(AWAY))
    preflight.look(office.desk)
    office.clock.move(minutes=31)
    preflight.look(office.desk)
    notices.look(office.desk)
    assert not Notice.objects.filter(kind="endangered").exists()


def test_a_channel_that_goes_on_is_looked_at_at_once(office: Town) -> None:
    due(office, 2 * DAY)
    _stopped(office, office.platforms["memory"])
    preflight.look(office.desk)
    office.clock.move(minutes=1)
    assert not preflight.look(office.desk)
    office.unpause("memory")
    office.clock.move(1)
    assert preflight.look(office.desk)
    assert open_ones() == []


def test_a_person_who_asks_has_it_looked_at_at_once(office: Town) -> None:
    due(office, 2 * DAY)
    office.platforms["memory"].script("probe", raises(AWAY))
    preflight.look(office.desk)
    office.clock.move(minutes=1)
    assert not preflight.look(office.desk)
    probe.verify(office.desk, office.who("lou"), "memory")
    assert preflight.look(office.desk)
    assert open_ones() == []


@pytest.mark.parametrize("end", ["canceled", "published", "channel gone"])
def test_it_closes_with_what_it_is_about(office: Town, end: str) -> None:
    name = due(office, 2 * HOUR)
    office.platforms["memory"].script("probe", raises(AWAY))
    preflight.look(office.desk)
    assert open_ones() == [("memory", "unreachable")]
    if end == "canceled":
        office.cancel(name)
    elif end == "published":
        office.clock.move(minutes=120)
        office.work()
        assert office.state() == ("delivered", "")
    else:
        del office.channels["memory"]
        office.cancel(name)
    preflight.look(office.desk)
    assert open_ones() == []


def test_the_first_page_shows_it_to_administrators_and_to_its_author(office: Town) -> None:
    due(office, 2 * DAY)
    office.platforms["memory"].script("probe", raises(AWAY))
    preflight.look(office.desk)
    seen = {
        name: [one.told for one in board.troubles(office.desk, office.who(name))]
        for name in ("lou", "camille", "alix", "dominique", "eden")
    }
    told = ["platform.example cannot be reached."]
    assert seen == {"lou": told, "camille": told, "alix": [], "dominique": [], "eden": []}
