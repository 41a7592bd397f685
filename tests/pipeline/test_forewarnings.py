"""Administrators hear that an access will end, fourteen days, seven days and one day before, once each."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from publisher.adapters.base import Probes
from publisher.models import ChannelState, Notice, Person
from publisher.pipeline import channels, notices, preflight, probe
from publisher.pipeline.notice_words import path
from publisher.testing.facebook import APP_SECRET, PAGE, PAGE_TOKEN, Facebook
from publisher.testing.simulator import Simulator
from tests.pipeline.test_preflight import DAY, due
from tests.pipeline.town import Town


@pytest.fixture
def office(town: Town) -> Town:
    town.channel("memory", Probes)
    return town


def told(town: Town) -> list[tuple[str, str]]:
    """Who was told since the last question, and by which key."""
    notices.look(town.desk)
    rows = list(Notice.objects.filter(kind="expires").order_by("pk").values_list("person__name", "key"))
    Notice.objects.filter(kind="expires").update(read_at=town.clock.now())
    before, town.told_before = getattr(town, "told_before", 0), len(rows)
    return rows[before:]


def test_each_of_the_three_moments_is_told_once(office: Town) -> None:
    end = office.clock.now() + 20 * DAY
    ChannelState.objects.create(name="memory", ends_at=end)
    heard = {}
    for _ in range(20 * 4):
        office.clock.move(minutes=6 * 60)
        for name, key in told(office):
            heard[(end - office.clock.now()) / DAY] = (name, key)
    assert heard == {days: ("lou", f"memory-20261214-{days}") for days in (14, 7, 1)}


def test_whoever_hears_of_it_late_hears_it_once(office: Town) -> None:
    ChannelState.objects.create(name="memory", ends_at=office.clock.now() + 5 * DAY)
    assert told(office) == [("lou", "memory-20261129-7")]
    assert told(office) == []


@pytest.mark.parametrize("why", ["over", "far", "gone", "switched off", "nobody"])
def test_what_concerns_nobody_is_told_to_nobody(office: Town, why: str) -> None:
    ends = {"over": -DAY, "far": 15 * DAY}.get(why, DAY)
    ChannelState.objects.create(name="memory", ends_at=office.clock.now() + ends)
    if why == "gone":
        del office.channels["memory"]
    elif why == "switched off":
        channel = office.channels["memory"]
        office.channels["memory"] = channel._replace(settings=dataclasses.replace(channel.settings, enabled=False))
    elif why == "nobody":
        Person.objects.filter(role="administrator").update(is_active=False)
    assert told(office) == []


def test_a_renewed_access_is_told_of_again_when_it_ends(office: Town) -> None:
    ChannelState.objects.create(name="memory", ends_at=office.clock.now() + DAY)
    assert len(told(office)) == 1
    ChannelState.objects.update(ends_at=office.clock.now() + 60 * DAY)
    office.clock.move(minutes=59 * 24 * 60)
    assert told(office) == [("lou", "memory-20270123-1")]


def test_it_leads_to_the_channels(office: Town) -> None:
    ChannelState.objects.create(name="memory", ends_at=office.clock.now() + DAY)
    notices.look(office.desk)
    row = Notice.objects.get()
    assert (row.announcement, row.channel, path(row)) == (None, "memory", "canaux/")


def test_a_name_that_is_long_has_its_key_all_the_same(office: Town) -> None:
    name = "m" * 64
    office.channels[name] = office.channels["memory"]._replace(name=name)
    ChannelState.objects.create(name=name, ends_at=office.clock.now() + DAY)
    ((_, key),) = told(office)
    assert len(key) <= 64


@pytest.mark.parametrize("way", ["a person asks", "a look ahead", "the probe"])
def test_the_end_that_the_platform_tells_is_kept_and_shown(town: Town, way: str) -> None:
    """Over the wire, in front of the simulated platform."""
    from publisher.adapters.facebook import Config
    from publisher.adapters.facebook import Facebook as Adapter
    from publisher.adapters.registry import Channel
    from publisher.config import Secret

    town.clock.wall = datetime.now(UTC).replace(microsecond=0)
    end, platform = town.clock.now() + 10 * DAY, Facebook(town.clock.now)
    with Simulator([platform]) as simulator:
        secrets = {"page_token": Secret(PAGE_TOKEN), "app_secret": Secret(APP_SECRET)}
        settings = Config(adapter="facebook", account=PAGE, api_base=simulator.url_of("facebook"), **secrets)
        town.channel("facebook")
        due(town, timedelta(minutes=1) if way == "the probe" else 2 * DAY)
        town.channels["facebook"] = Channel("facebook", "facebook", settings, Adapter(settings))
        platform.switch(data_access_expires_at=int(end.timestamp()))
        if way == "a person asks":
            assert probe.verify(town.desk, town.who("lou"), "facebook").is_ready
        elif way == "a look ahead":
            assert preflight.look(town.desk)
        else:
            assert probe.ahead(town.service())
    assert ChannelState.objects.get(name="facebook").ends_at == end
    (card,) = channels.cards(town.desk)
    assert (card.ends_at, card.ends_soon) == (end, True)
    assert [key for _, key in told(town)] == [f"facebook-{end:%Y%m%d}-14"]
    assert platform.accepted == []
