"""The nights on which the clocks change, by every way in which a time comes in (delivery-faults rows 16 and 17)."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import PublisherError
from publisher.models import Announcement, Delivery
from publisher.pipeline import planning, queue, schedule
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Request
from publisher.text.instants import checked, parse_when
from tests.pipeline.town import Town, at

PARIS = ZoneInfo("Europe/Paris")
OVERSEAS = ("Indian/Reunion", "America/Guadeloupe")
GAPS = ("2026-03-29", "2027-03-28", "2028-03-26")
OVERLAPS = ("2026-10-25", "2027-10-31", "2028-10-29")
MONTHS = {"03": "mars", "10": "octobre"}
TEXT = """# Le marché change de place

À partir de samedi, le marché se tient place Basse, de 8 h à 13 h.

Contact presse : Ada Morel, ada@valmont.example
"""
JANUARY = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

Way = Callable[[Town, str], datetime | None]


def queued(town: Town, text: str = TEXT, **request: str) -> Delivery:
    path = town.folder.parent / "marche.md"
    path.write_text(text, encoding="utf-8")
    plan = planning.read(town.desk, path, Request(**request))
    name = queue.queue(town.desk, town.who("camille"), plan, again=True).id
    return Delivery.objects.get(announcement=name)


def front(key: str) -> str:
    return f"---\n{key}\n---\n\n{TEXT}"


def moved(town: Town, at_: str) -> Delivery:
    delivery = queued(town)
    schedule.reschedule(town.desk, town.who("camille"), delivery.announcement_id, at_)
    delivery.refresh_from_db()
    return delivery


def moved_end(town: Town, end: str) -> Delivery:
    delivery = queued(town)
    schedule.reschedule(town.desk, town.who("camille"), delivery.announcement_id, "2026-01-05T14:00", end)
    delivery.refresh_from_db()
    return delivery


def approved(town: Town, at_: str) -> Delivery:
    """Its time was past when somebody agreed, and gave another."""
    delivery = queued(town, at=at(town.clock, 1).isoformat())
    town.clock.move(minutes=10)
    town.approve(delivery.announcement_id, at=at_)
    delivery.refresh_from_db()
    return delivery


def in_words(town: Town, when: str) -> Delivery:
    year, month, day, hour, minute = when[:4], when[5:7], when[8:10], when[11:13], when[14:16]
    offset = when[16:]
    words = f"{when[:16]}{offset}" if offset else f"{int(day)} {MONTHS[month]} {year} à {int(hour)} h {minute}"
    return queued(town, f"Embargo jusqu’au {words}\n\n{TEXT}")


WAYS: dict[str, Way] = {
    "--at": lambda town, when: queued(town, at=when).due_at,
    "--not-after": lambda town, when: queued(town, not_after=when).not_after,
    "--embargo-until": lambda town, when: queued(town, embargo_until=when).embargo_until,
    "embargo_until": lambda town, when: queued(town, front(f"embargo_until: {when}")).embargo_until,
    "not_after": lambda town, when: queued(town, front(f"not_after: {when}")).not_after,
    "channels.memory.at": lambda town, when: queued(town, front(f"channels: {{memory: {{at: '{when}'}}}}")).due_at,
    "reschedule --at": lambda town, when: moved(town, when).due_at,
    "reschedule --not-after": lambda town, when: moved_end(town, when).not_after,
    "approve --at": lambda town, when: approved(town, when).due_at,
    "a banner in words": lambda town, when: in_words(town, when).embargo_until,
}


@pytest.fixture
def early(town: Town) -> Town:
    """A town in January, before the first of these nights."""
    town.clock.wall = JANUARY
    town.channel()
    return town


@pytest.mark.parametrize("way", WAYS)
def test_an_hour_that_does_not_exist_is_refused_by_every_way_in(early: Town, way: str) -> None:
    for night in GAPS:
        with pytest.raises(PublisherError, match=f"{night} 02:30 does not exist in Europe/Paris"):
            WAYS[way](early, f"{night}T02:30")


@pytest.mark.parametrize("way", WAYS)
def test_an_hour_that_comes_twice_is_asked_by_every_way_in(early: Town, way: str) -> None:
    for night in OVERLAPS:
        with pytest.raises(PublisherError, match=rf"{night} 02:30 happens twice .* write {night}T02:30\+02:00 .* or {night}T02:30\+01:00"):
            WAYS[way](early, f"{night}T02:30")


@pytest.mark.parametrize("way", WAYS)
def test_the_instant_that_is_stored_is_the_one_that_was_meant(early: Town, way: str) -> None:
    """Either side of the change, and both of two hours when the offset says which."""
    for night in (GAPS[1], OVERLAPS[1]):
        spring = night == GAPS[1]
        before, after = ("+01:00", "+02:00") if spring else ("+02:00", "+01:00")
        for when, offset in ((f"{night}T01:59", before), (f"{night}T03:00", after)):
            assert WAYS[way](early, when) == datetime.fromisoformat(when + offset)
    for offset in ("+02:00", "+01:00"):
        when = f"{OVERLAPS[1]}T02:30{offset}"
        assert WAYS[way](early, when) == datetime.fromisoformat(when)


def test_what_was_refused_stored_nothing(early: Town) -> None:
    for way in ("--at", "embargo_until", "a banner in words"):
        with pytest.raises(PublisherError):
            WAYS[way](early, "2027-03-28T02:30")
    assert not Announcement.objects.exists()


@pytest.mark.parametrize("zone", OVERSEAS)
def test_a_town_overseas_has_every_hour_once(town: Town, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clocks do not change; its wall time is its own, whatever the clock of Paris does that night."""
    town.clock.wall = JANUARY
    town.channel()
    ground = town.desk
    there = dataclasses.replace(ground.config, town=dataclasses.replace(ground.config.town, zone=ZoneInfo(zone)))
    monkeypatch.setattr(Town, "desk", property(lambda _: Desk(there, ground.channels, ground.clock)))
    offset = {"Indian/Reunion": "+04:00", "America/Guadeloupe": "-04:00"}[zone]
    for night in (*GAPS, *OVERLAPS):
        when = f"{night}T02:30"
        found = {
            way: WAYS[way](town, when) for way in ("--at", "embargo_until", "channels.memory.at", "reschedule --at", "a banner in words")
        }
        assert set(found.values()) == {datetime.fromisoformat(when + offset)}


def test_the_town_overseas_reads_the_hour_of_paris_where_it_is_named(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.clock.wall = JANUARY
    town.channel()
    ground = town.desk
    there = dataclasses.replace(ground.config, town=dataclasses.replace(ground.config.town, zone=ZoneInfo("Indian/Reunion")))
    monkeypatch.setattr(Town, "desk", property(lambda _: Desk(there, ground.channels, ground.clock)))
    found = queued(town, f"Embargo jusqu’au 28 mars 2027 à 18 h (heure de Paris)\n\n{TEXT}").embargo_until
    assert found == datetime.fromisoformat("2027-03-28T18:00+02:00")


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.sampled_from([*OVERSEAS, "Europe/Paris", "Pacific/Noumea", "America/Miquelon"]),
)
def test_wall_time_and_instant_are_one_wherever_the_town_is(wall: datetime, zone: str) -> None:
    """Read as wall time, shown with its offset, read again: the same instant; only Saint-Pierre and Paris have hours to refuse."""
    try:
        instant = checked(wall, ZoneInfo(zone))
    except PublisherError:
        assert zone in {"Europe/Paris", "America/Miquelon"}
        return
    assert instant.replace(tzinfo=None) == wall
    assert parse_when(instant.isoformat(), ZoneInfo(zone)) == instant == instant.astimezone(UTC)


@pytest.mark.parametrize(("night", "hours"), [(GAPS[1], 2), (OVERLAPS[1], 4)])
def test_what_is_due_in_that_night_leaves_once_at_its_instant(early: Town, night: str, hours: int) -> None:
    """From midnight to three o'clock, by the town's clock, the night has two hours or four."""
    midnight = datetime.fromisoformat(f"{night}T00:00").replace(tzinfo=PARIS)
    due = (midnight.astimezone(UTC) + timedelta(hours=hours)).astimezone(PARIS)
    assert due.hour == 3
    early.approve(queued(early, at=f"{night}T03:00").announcement_id)
    early.clock.wall = midnight.astimezone(UTC)
    begun = early.service()
    for _ in range(hours * 6 + 1):
        early.clock.move(minutes=10)
        early.work(begun)
    assert [entry["at"] for entry in early.platforms["memory"].accepted] == [due.astimezone(UTC).isoformat()]
