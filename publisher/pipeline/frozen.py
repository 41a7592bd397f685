"""What was frozen, read back to be looked at: the very texts that wait for a visa, never rendered anew (delivery.md §3)."""

from collections.abc import Collection, Iterable, Iterator

from publisher import storage
from publisher.adapters.base import Message
from publisher.errors import Problem, Refused, Severity
from publisher.i18n import N_
from publisher.models import Announcement, Delivery
from publisher.pipeline import keeping, slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.render import Frozen, FrozenPart, Rendering
from publisher.pipeline.schedule import found
from publisher.pipeline.variants import Variant


def rendering(desk: Desk, name: str, only: Collection[str] = ()) -> Rendering:
    """Return the last version of the announcement of this id, or what the delivery of this id froze, on all channels or those in `only`.

    Raises Refused, StorageError.
    """
    with storage.explained(desk.config):
        rows = _rows(desk, found(name), name, only)
        parts = {row.channel: _part(desk, row) for row in rows}
    version = rows[0].version
    told, shown = keeping.announcement(version.content), version.content.get(keeping.SHOWN, {})
    return Rendering(
        announcement=told,
        problems=(*keeping.problems(version.content), *_altered(rows)),
        variants=tuple(_variant(desk, row, shown.get("title", told.title)) for row in rows),
        summary=shown.get("summary", told.summary or ""),
        frozen=Frozen(version.announcement_id, version.number, version.editor.name, version.created_at, parts),
    )


def _rows(desk: Desk, announcement: Announcement, name: str, only: Collection[str]) -> list[Delivery]:
    """Return the delivery of this name, or those of the last round, on the wanted channels, in the order of config.toml. Raises Refused."""
    rounds = announcement.deliveries.select_related("version__editor").order_by("-round")
    rows = {row.channel: row for row in rounds.filter(pk=name) or rounds.filter(round=rounds[0].round)}
    for channel in only or rows:
        if channel not in rows:
            raise Refused("channel-not-used", N_("%(id)s has nothing on the channel %(channel)s."), id=name, channel=channel)
        desk.channel(channel)
    return [rows[channel] for channel in desk.channels if channel in (only or rows)]


def _variant(desk: Desk, row: Delivery, title: str) -> Variant:
    """Return the frozen payload with what the views read of its message: nothing else of it was kept, nor is needed."""
    return Variant(desk.channels[row.channel], Message(row.channel, row.version.content["type"], title), slots.thaw(row.payload))


def _part(desk: Desk, row: Delivery) -> FrozenPart:
    after = tuple(desk.channels[name].adapter.traits.label if name in desk.channels else name for name in row.after)
    people = row.steps.exclude(recipient="").values("recipient").distinct().count()
    times = (row.due_at, row.not_after, row.embargo_until)
    return FrozenPart(row.id, row.state, row.account, after, people, *times)


def _altered(rows: Iterable[Delivery]) -> Iterator[Problem]:
    """Yield an error for each text that is not, to the byte, the one whose digest people agree to."""
    sentence = N_("This is no longer the text that was queued: somebody changed it in the database. It cannot leave; keep the database.")
    for row in rows:
        if slots.thaw(row.payload).digest != row.digest:
            yield Problem(Severity.ERROR, "altered", sentence, channel=row.channel)
