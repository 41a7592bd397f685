"""What a trial came to: the platforms' own logs against what the service says of itself."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote_plus

from publisher.adapters.base import Step
from publisher.errors import Refused
from publisher.models import Delivery, DeliveryStep, Pause
from publisher.models.states import OPEN, AttemptState, DeliveryState, StepState
from publisher.pipeline import journal, slots
from publisher.pipeline.desk import Desk
from publisher.pipeline.reasons import Reason
from publisher.testing.facebook import Facebook
from publisher.testing.ledger import Ledger
from publisher.testing.x_posts import kept
from tests.kills.ground import ALTERED, APPROVED, DUE, LATE, UNAPPROVED
from tests.kills.platforms import log

INCIDENTS = ("lost", "duplicate", "early", "late", "unapproved", "unsurfaced", "audit")
NOBODY = {DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.CANCELED}


@dataclass
class Verdict:
    """Incidents with a word about each, and the deliveries that were counted and held, by channel."""

    incidents: list[tuple[str, str]] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def blame(self, incident: str, what: str) -> None:
        self.incidents.append((incident, what))


def judge(desk: Desk, trial: Path) -> Verdict:
    """Look at everything that is out there, and at everything that is said of it."""
    verdict = Verdict()
    platforms = {name: list(Ledger(log(trial, name)).entries()) for name in ("facebook", "x", "email")}
    online = _online(trial, platforms)
    stopped = set(Pause.objects.filter(ended_at=None).values_list("channel", flat=True))
    expected: dict[str, set[str]] = {}
    for delivery in Delivery.objects.select_related("version", "manifest"):
        if delivery.version.title != APPROVED:
            _stayed(verdict, delivery)
            continue
        _count(verdict, delivery)
        keys = dict(_keys(delivery))
        expected[delivery.channel] = set(keys.values())
        for row, key in ((row, keys[row.pk]) for row in delivery.steps.order_by("position") if row.pk in keys):
            _compare(verdict, delivery, row, online[delivery.channel][key], paused=delivery.channel in stopped)
        if delivery.state in OPEN and delivery.channel not in stopped:
            verdict.blame("lost", f"{delivery} on {delivery.channel} stayed {delivery.state} {delivery.reason}")
    for channel, found in online.items():
        for key in found.keys() - expected[channel]:
            verdict.blame("unapproved", f"{channel} shows {key!r}")
    _be_early(verdict, platforms)
    try:
        journal.verify(desk)
    except Refused as error:
        verdict.blame("audit", str(error))
    return verdict


MUST_END: Mapping[str, tuple[str, str]] = {
    UNAPPROVED: (DeliveryState.PLANNED, Reason.NOT_APPROVED),
    LATE: (DeliveryState.MISSED, Reason.TOO_LATE),
    ALTERED: (DeliveryState.HELD, Reason.ALTERED),
}


def _stayed(verdict: Verdict, delivery: Delivery) -> None:
    """Require of what must never leave that it stands where it must, with its reason."""
    title = delivery.version.title
    if (delivery.state, delivery.reason) != MUST_END[title]:
        verdict.blame("late" if title == LATE else "unapproved", f"“{title}” on {delivery.channel} is {delivery.state} {delivery.reason}")


def _count(verdict: Verdict, delivery: Delivery) -> None:
    verdict.counted[delivery.channel] += 1
    if delivery.state == DeliveryState.HELD:
        verdict.held[delivery.channel] += 1
        verdict.reasons[f"{delivery.channel}:{delivery.reason}"] += 1
    elif delivery.state != DeliveryState.DELIVERED:
        verdict.reasons[f"{delivery.channel}:{delivery.state}:{delivery.reason}"] += 1


def _compare(verdict: Verdict, delivery: Delivery, row: DeliveryStep, times: int, *, paused: bool) -> None:
    """Hold what readers see of one step against what is said of it."""
    where = f"{delivery.channel} {row.step} {row.recipient}: {row.state}, delivery {delivery.state} {delivery.reason}, {times} out"
    if times > 1:
        verdict.blame("duplicate", where)
    told = row.state in {StepState.SENT, StepState.IN_DOUBT} and delivery.state not in NOBODY
    if times and not told:
        verdict.blame("unsurfaced", where)
    if not times and (row.state == StepState.SENT or (delivery.state == DeliveryState.DELIVERED and row.state != StepState.DROPPED)):
        verdict.blame("lost", where)
    alive = row.attempts.filter(state__in=[AttemptState.INTENT, AttemptState.IN_DOUBT]).exists()
    if (row.state == StepState.IN_DOUBT or alive) and delivery.state != DeliveryState.HELD and not paused:
        verdict.blame("unsurfaced", where)


def _online(trial: Path, platforms: Mapping[str, list]) -> Mapping[str, Counter[str]]:
    """What readers see, by channel, each as often as it is there."""
    facebook = Facebook(lambda: datetime.now(UTC), log(trial, "facebook"))
    return {
        "website": Counter(page.read_text("utf-8") for page in (trial / "site").glob("*/index.html")),
        "facebook": Counter(post.text for post in facebook.timeline() if not post.deleted),
        "x": Counter(entry["text"] for entry in platforms["x"] if entry["event"] == "accepted"),
        "email": Counter(entry["id"] for entry in platforms["email"] if entry["event"] == "accepted"),
    }


def _keys(delivery: Delivery) -> Iterator[tuple[int, str]]:
    """What readers see of each step that shows them something, exactly as it was agreed to."""
    sealed = slots.thaw(delivery.payload)
    steps: Mapping[str, Step] = {step.id: step for step in (*sealed.steps, *sealed.alternative)}
    for row in delivery.steps.all():
        step = steps[row.step]
        if row.recipient:
            yield row.pk, row.message_id
        elif delivery.channel == "website":
            yield row.pk, str(step.content["document"])
        elif "text" in step.content or step.after in steps:
            shown = steps[step.after] if step.effect == "publish" and step.after else step
            if delivery.channel == "facebook" and step.effect != "publish":
                continue
            yield row.pk, kept(_filled(delivery, shown))


def _filled(delivery: Delivery, step: Step) -> str:
    """The text with the slots that its calls were given; any of them, for they are all the same."""
    last = delivery.steps.get(step=step.id).attempts.order_by("-number").first()
    return str(slots.fill(step, last.slots).content["text"]) if last else str(step.content["text"])


def _be_early(verdict: Verdict, platforms: Mapping[str, list]) -> None:
    for name, entries in platforms.items():
        for entry in entries:
            if entry["event"] in {"accepted", "published"} and datetime.fromisoformat(str(entry["at"])) < DUE:
                verdict.blame("early", f"{name} at {entry['at']}")
            for title in (title for title in MUST_END if title in unquote_plus(str(entry))):
                verdict.blame("unapproved", f"{name} was told of “{title}”: {str(entry)[:200]}")
    pages = Delivery.objects.filter(channel="website", steps__attempts__intent_at__lt=DUE)
    if pages.exists():
        verdict.blame("early", "website")
