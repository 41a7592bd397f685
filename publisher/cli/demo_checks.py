"""What `publisher demo --exit` looks at with its own eyes: the page, what readers of the platforms see, and what had been sealed."""

from collections.abc import Iterable, Mapping, Sequence
from email import message_from_bytes, policy
from html import unescape
from typing import Any
from urllib.request import urlopen

from publisher.adapters.base import PERMALINK
from publisher.clock import SystemClock
from publisher.config import load
from publisher.i18n import N_
from publisher.pipeline.desk import Desk
from publisher.testing.demo import PRESS, PRESS_ROOM, DemoFailed, TownHall
from publisher.testing.email import Mail
from publisher.testing.platform import Platform, Shown
from publisher.testing.simulator import platforms as opened

TIMEOUT = 5  # seconds


def check(town: TownHall, platforms: Iterable[str], status: Mapping[str, Any]) -> None:
    """Compare what the public sees with what was sealed. Raises DemoFailed, which says what is missing."""
    address = next(delivery["steps"][0]["url"] for delivery in status["deliveries"] if delivery["channel"] == PRESS_ROOM)
    check_page(address, status["title"])
    sealed = _sealed(town)
    for platform in opened(SystemClock().now, town.state):
        if platform.name not in platforms:
            continue
        if isinstance(platform, Mail):
            check_mail(platform, sealed[platform.name], address)
        elif isinstance(platform, Platform):
            check_thread(platform.timeline(), sealed[platform.name], address)


def check_thread(seen: Sequence[Shown], sealed: Sequence[str], address: str) -> None:
    """Hold what the readers of a platform see against the sealed texts, in their order, each the answer to the one before."""
    if not sealed or [post.text for post in seen] != [text.replace(PERMALINK, address) for text in sealed]:
        raise DemoFailed("demo", N_("What the readers see is not, to the letter, what was approved."))
    if [post.reply_to for post in seen] != [None, *(post.id for post in seen)][: len(seen)]:
        raise DemoFailed("demo", N_("The posts of the thread do not follow each other."))
    if any(post.deleted for post in seen):
        raise DemoFailed("demo", N_("Something that was published is no longer online."))


def check_mail(server: Mail, sealed: Sequence[str], address: str) -> None:
    """Hold what the journalists received against the sealed text: each of them once. Raises DemoFailed."""
    received = server.entries("accepted")
    if sorted(str(entry["recipient"]) for entry in received) != sorted(PRESS):
        raise DemoFailed("demo", N_("Not every journalist received exactly one message."))
    meant = [text.replace(PERMALINK, address).rstrip("\n") for text in sealed]
    if any([_words(server.content(entry) or b"")] != meant for entry in received):
        raise DemoFailed("demo", N_("What the readers see is not, to the letter, what was approved."))


def _words(message: bytes) -> str:
    """Return the text of a message, as a program that shows no HTML would."""
    body = message_from_bytes(message, policy=policy.default).get_body(("plain",))
    return body.get_content().replace("\r\n", "\n").rstrip("\n") if body else ""


def check_page(address: str, title: str) -> None:
    """Read the page as anybody would. Raises DemoFailed."""
    try:
        with urlopen(address, timeout=TIMEOUT) as answer:  # noqa: S310 - the address is the demonstration's own
            page = answer.read().decode("utf-8")
    except OSError as error:
        raise DemoFailed("demo", N_("The page %(url)s cannot be read: %(reason)s."), url=address, reason=error) from error
    if title not in unescape(page):
        raise DemoFailed("demo", N_("The page %(url)s does not show the title."), url=address)


def _sealed(town: TownHall) -> dict[str, list[str]]:
    """Return the texts that the two people agreed to, by channel."""
    Desk.opened(load(town.config, town.environment))
    from publisher.models import Delivery

    rows = Delivery.objects.filter(manifest__sealed_at__isnull=False)
    return {row.channel: [step["content"]["text"] for step in row.payload["steps"] if "text" in step["content"]] for row in rows}
