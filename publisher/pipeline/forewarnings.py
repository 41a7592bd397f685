"""What administrators are told ahead of time: what would keep an announcement from leaving, and that an access will end."""

from collections.abc import Iterator
from datetime import timedelta

from publisher.models import Audit, ChannelState, Person, Role, Trouble, Version
from publisher.models.notice import NoticeKind
from publisher.pipeline import absences
from publisher.pipeline.desk import Desk
from publisher.pipeline.telling import Telling

DAYS = (1, 7, 14)
"""How many days before the end of an access it is called to mind, the shortest first."""

KEY, OF_A_NAME = 64, 40
"""Letters of a key, and how many of them may be a channel's name, beside the day."""


def endangered(desk: Desk, act: Audit) -> Iterator[Telling]:
    """Yield what a look ahead found, for the author and the administrators, unless it is settled by now."""
    found = Trouble.objects.filter(announcement=act.subject, channel=act.detail["channel"], code=act.detail["code"], closed_at=None).first()
    version = Version.objects.filter(announcement=act.subject).select_related("editor").order_by("number").last()
    if found and version:
        people = absences.concerned(desk, [version.editor, *administrators()])
        key = f"{found.pk}-{found.code}"[:KEY]
        yield Telling(NoticeKind.ENDANGERED, key, act.subject, [one for one in people if one.is_active], channel=found.channel)


def expiries(desk: Desk) -> Iterator[Telling]:
    """Yield which accesses end within some days; whoever hears of it late is told once, and not three times."""
    now = desk.now()
    ending = ChannelState.objects.filter(ends_at__gt=now, ends_at__lte=now + timedelta(days=DAYS[-1]))
    for state in ending:
        channel = desk.channels.get(state.name)
        if state.ends_at and channel and channel.settings.enabled:
            days = next(each for each in DAYS if state.ends_at - now <= timedelta(days=each))
            key = f"{state.name[:OF_A_NAME]}-{state.ends_at:%Y%m%d}-{days}"
            yield Telling(NoticeKind.EXPIRES, key, None, administrators(), channel=state.name)


def administrators() -> list[Person]:
    """Return who looks after accounts and channels."""
    return list(Person.objects.filter(is_active=True, role=Role.ADMINISTRATOR).order_by("name"))
