"""What a platform's answer says of our access: whose it is, whether our clocks agree, when it ends. Pure; no Django."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from publisher.adapters.base import Probe
from publisher.adapters.registry import Channel
from publisher.clock import AGREEMENT
from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.text import moments

SOON = timedelta(days=14)  # enough to renew an access, holidays included


def problems(channel: Channel, found: Probe, now: datetime, zone: ZoneInfo) -> Iterator[Problem]:
    """Yield what a person should know, each about this channel; an error means that nothing would leave."""
    yield from _disagreements(channel, found, now, zone)
    yield from (problem._replace(channel=channel.name) for problem in found.problems)
    yield from _end(channel, found, now, zone)


def _disagreements(channel: Channel, found: Probe, now: datetime, zone: ZoneInfo) -> Iterator[Problem]:
    """Compare the account and the clock of the platform with ours."""
    wanted = channel.settings.account
    if wanted and found.account.casefold() != wanted.casefold():
        sentence = N_("Our access belongs to the account “%(found)s”, not to “%(wanted)s”: correct “account”, or connect the right one.")
        yield Problem(Severity.ERROR, "account-differs", sentence, {"found": found.account, "wanted": wanted}, channel.name)
    if found.clock is not None and abs(now - found.clock) > AGREEMENT:
        sentence = N_("The clock of the platform says %(theirs)s, ours %(ours)s: set ours, and let the network keep it right (NTP).")
        times = {"theirs": moments.to_the_second(found.clock.astimezone(zone)), "ours": moments.to_the_second(now.astimezone(zone))}
        yield Problem(Severity.ERROR, "clock-differs", sentence, times, channel.name)


def _end(channel: Channel, found: Probe, now: datetime, zone: ZoneInfo) -> Iterator[Problem]:
    """Tell when our access ends, if it does."""
    if found.ends_at is None:
        return
    day, left = {"day": moments.day(found.ends_at.astimezone(zone))}, found.ends_at - now
    if left <= timedelta(0):
        sentence = N_("Our access ended on %(day)s: renew it; until then nothing can leave.")
        yield Problem(Severity.ERROR, "access-ended", sentence, day, channel.name)
        return
    sentence = N_("Our access ends on %(day)s: renew it before, or the channel will stop.")
    yield Problem(Severity.WARNING if left < SOON else Severity.NOTICE, "access-ends", sentence, day, channel.name)
