"""Each channel as people know it: how it stands and why, what it can do, what went over it last. Reads only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from publisher.adapters.base import Connects, Corrects, Finds, Guide, HandsOver, Probes, Readback, Retracts, Shows, Withdraws
from publisher.adapters.registry import Channel
from publisher.i18n import N_, _
from publisher.models import Audit, ChannelState, Delivery, Pause, Receipt
from publisher.models.channel import EVERYTHING
from publisher.pipeline import access, slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.preview import words
from publisher.pipeline.probe import VERIFIED
from publisher.pipeline.reasons import Reason, told

FEW = 10


class Standing(StrEnum):
    """How a channel stands."""

    WORKS = "works"
    UNASKED = "unasked"
    WAITS = "waits"
    TROUBLED = "troubled"
    STOPPED = "stopped"
    DISABLED = "disabled"


STANDINGS: Mapping[Standing, str] = {
    Standing.WORKS: N_("works"),
    Standing.UNASKED: N_("not asked yet"),
    Standing.WAITS: N_("waits"),
    Standing.TROUBLED: N_("not ready"),
    Standing.STOPPED: N_("stopped"),
    Standing.DISABLED: N_("switched off"),
}

READBACKS: Mapping[Readback, str] = {
    Readback.STRONG: N_("Tells at once whether something is out."),
    Readback.EVENTUAL: N_("Tells after a moment whether something is out."),
    Readback.NONE: N_("Cannot tell whether something is out: in doubt, a person looks."),
}


@dataclass(frozen=True, slots=True)
class Stop:
    """Who stopped it and why; `by` is empty for the service, `everything` says that it is stopped with all the others."""

    by: str
    why: str
    since: datetime
    everything: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The last answer of the platform: when, to whom (empty: to the service), and what was wrong with it, if anything was."""

    at: datetime
    by: str
    wrong: str
    reason: str


@dataclass(frozen=True, slots=True)
class Last:
    """A delivery, and where people see it."""

    delivery: Delivery
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One channel of config.toml; `reason` is the code of what keeps it from working, if something does.

    `ends_at` is when our access ends, as the platform told last; `ends_soon` that it is time to renew it. `is_connected`: it has
    all the secrets that it can be given.
    """

    name: str
    label: str
    account: str
    standing: Standing
    standing_words: str
    reason: str
    stop: Stop | None
    alarm: str
    waits_until: datetime | None
    asked: Asked | None
    ends_at: datetime | None
    ends_soon: bool
    can_be_asked: bool
    can_be_connected: bool
    is_connected: bool
    powers: Sequence[str]
    last: Sequence[Last]


def cards(desk: Desk) -> list[Card]:
    """Return all channels, in the order of config.toml."""
    pauses = {pause.channel: pause for pause in Pause.objects.filter(ended_at=None).select_related("person")}
    known = ChannelState.objects.in_bulk()
    return [_card(desk, channel, pauses, known.get(name)) for name, channel in desk.channels.items()]


def _card(desk: Desk, channel: Channel, pauses: Mapping[str, Pause], known: ChannelState | None) -> Card:
    now = desk.now()
    pause = pauses.get(channel.name) or pauses.get(EVERYTHING)
    asked = _asked(channel, known)
    waits_until = known.retry_at if known and known.retry_at and known.retry_at > now else None
    standing, reason = _standing(channel, pause, asked, waits=waits_until is not None)
    ends_at = known.ends_at if known else None
    guide = channel.adapter.guide() if isinstance(channel.adapter, Connects) else Guide(())
    needed = [key for key in guide.keeps if key not in {asked.key for asked in guide.asks if asked.optional}]
    return Card(
        name=channel.name,
        label=_(channel.adapter.traits.label),
        account=channel.settings.account,
        standing=standing,
        standing_words=_(STANDINGS[standing]),
        reason=reason,
        stop=_stop(pause) if pause else None,
        alarm=_sentence(known.alarm) if known else "",
        waits_until=waits_until,
        asked=asked,
        ends_at=ends_at,
        ends_soon=ends_at is not None and ends_at - now < access.SOON,
        can_be_asked=channel.settings.enabled and isinstance(channel.adapter, Probes),
        can_be_connected=bool(guide.keeps),
        is_connected=all(getattr(channel.settings, key, None) for key in needed),
        powers=[*_powers(desk, channel)],
        last=_last(channel.name),
    )


def _standing(channel: Channel, pause: Pause | None, asked: Asked | None, *, waits: bool) -> tuple[Standing, str]:
    """Return how the channel stands, by what weighs most, and the reason's code."""
    if not channel.settings.enabled:
        return Standing.DISABLED, Reason.CHANNEL_DISABLED
    if pause:
        return Standing.STOPPED, Reason.PAUSED if pause.person else Reason(pause.reason)
    if waits:
        return Standing.WAITS, Reason.RATE_LIMITED
    if not isinstance(channel.adapter, Probes):
        return Standing.WORKS, ""
    if asked is None:
        return Standing.UNASKED, ""
    return (Standing.TROUBLED, asked.reason) if asked.wrong else (Standing.WORKS, "")


def _stop(pause: Pause) -> Stop:
    by = pause.person.name if pause.person else ""
    return Stop(by, pause.reason if pause.person else told(pause.reason), pause.since, everything=pause.channel == EVERYTHING)


def _asked(channel: Channel, known: ChannelState | None) -> Asked | None:
    """Return the later one of what the service was told and what a person was told; None if nobody asked yet."""
    acts = Audit.objects.filter(subject=channel.name, action=VERIFIED).select_related("person")
    act = acts.order_by("-sequence").first()
    by_service = known.probed_at if known else None
    if act and (by_service is None or act.at >= by_service):
        return Asked(
            act.at, act.person.name if act.person else act.system_user, _sentence(act.detail), Reason.NOT_READY if act.detail else ""
        )
    return Asked(by_service, "", told(known.reason), known.reason) if known and by_service else None


def _sentence(told: Mapping[str, object]) -> str:
    """Return the sentence of what `alarms.telling` kept; empty if there is nothing."""
    return str(_(str(told["sentence"])) % told["params"]) if told else ""


def _powers(desk: Desk, channel: Channel) -> Iterator[str]:
    """Say what the channel can do, and what it cannot."""
    adapter, traits, settings = channel.adapter, channel.adapter.traits, channel.settings
    if settings.after:
        before = ", ".join(words.channel(desk.channels[name]) for name in settings.after)
        yield _("Leaves only when this is out: %(channels)s.") % {"channels": before}
    if traits.permalink:
        yield _("The other channels link to its page.")
    if isinstance(adapter, HandsOver):
        yield _("A person publishes there: the text is handed over at its time.")
        return
    yield _correcting(channel)
    yield _taking_back(channel)
    yield _(READBACKS[traits.readback if isinstance(adapter, Finds) else Readback.NONE])
    if isinstance(adapter, Shows):
        yield _("What is out is looked at as readers see it.")


def _correcting(channel: Channel) -> str:
    if channel.adapter.traits.edits and isinstance(channel.adapter, Corrects):
        return _("Corrects what is out where it stands.")
    return _("A correction is a publication of its own.")


def _taking_back(channel: Channel) -> str:
    if isinstance(channel.adapter, Withdraws):
        return _("Takes back what is out.")
    if isinstance(channel.adapter, Retracts):
        return _("Cannot take back what is out: those who have it are told.")
    return _("Cannot take back what is out: that is done by hand.")


def _last(name: str) -> list[Last]:
    """Return the deliveries that were planned last, the latest first, with the address that came first."""
    rows = Delivery.objects.filter(channel=name).select_related("version", "manifest").defer("payload", "version__content")
    latest = list(rows.order_by("-due_at", "-pk")[:FEW])
    receipts = Receipt.objects.filter(step__delivery__in=[row.pk for row in latest], step__recipient="", url__isnull=False)
    urls: dict[str, str] = {}
    for delivery, url in receipts.order_by("step__position").values_list("step__delivery", "url"):
        if url and slots.host(url):  # what a platform answers is no link before it has proved to be one
            urls.setdefault(delivery, url)
    return [Last(row, urls.get(row.pk, "")) for row in latest]
