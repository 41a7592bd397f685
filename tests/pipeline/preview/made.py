"""A rendering made by hand: four fake channels, one per way of drawing, whose payloads are known to the letter."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from publisher import config as configuration
from publisher.adapters.base import PERMALINK, Form, Idempotency, Limits, Message, Payload, Readback, Recipient, Step, Traits
from publisher.adapters.registry import Channel
from publisher.adapters.settings import ChannelSettings
from publisher.announcement import TYPES, Announcement, Link, Medium, PressContact
from publisher.errors import ConfigError, Problem, Severity
from publisher.pipeline.reading import Reading
from publisher.pipeline.render import Rendering
from publisher.pipeline.variants import Variant

__all__ = ["TYPES"]

ERROR = Problem(Severity.ERROR, "too-long", "The post counts %(count)d characters.", {"count": 31}, channel="thread", step="post-2")
WARNING = Problem(Severity.WARNING, "date-past", "That day is over.", channel="thread")
NOTICE = Problem(Severity.NOTICE, "no-image", "There is no image.")

ANNOUNCEMENT = Announcement(
    title="La fête de l'eau",
    body_markdown="Elle a lieu **samedi 12 décembre 2026**.\n\nVenez.",
    place="Valmont",
    date=date(2026, 12, 1),
    contact=PressContact("Ada Lenoir", "attachée de presse", "01 99 00 00 01", None),
    links=(Link("https://valmont.example/fete", "Le programme"),),
    media=(Medium("affiche.png", "Une fontaine"),),
    embargo_until=datetime(2026, 12, 2, 17, tzinfo=UTC),
    set_aside=("Réf. 12 <b>",),
)


def traits(label: str, *, permalink: bool = False, handle: str = "") -> Traits:
    return Traits(label, Form.DOCUMENT, "none", {}, Idempotency.NONE, Readback.NONE, permalink=permalink, handle=handle)


class Fake:
    """An adapter that is only looked at."""

    kind = "fake"

    def __init__(self, label="Fake", limits=None, *, permalink=False):
        self.traits, self.limits = traits(label, permalink=permalink), limits or Limits()

    def prepare(self, message):
        raise NotImplementedError

    def send(self, step, receipts):
        raise NotImplementedError


class Correcting(Fake):
    def __init__(self, label, *, edits=True, **options):
        super().__init__(label, **options)
        self.traits = self.traits._replace(edits=edits)

    def correction(self, message, former):
        raise NotImplementedError


class Priced(Fake):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.traits = self.traits._replace(form=Form.SENTENCES, handle="@{account}")

    def estimate(self, payload):
        return Decimal("0.015") * len(payload.steps)


class Reaching(Fake):
    people: tuple[Recipient, ...] | None = (Recipient("a@x.example"), Recipient("b@x.example"), Recipient("c@x.example"))

    def recipients(self):
        return self.people


class Unreachable(Fake):
    def recipients(self):
        raise ConfigError("recipients-header", "%(path)s: the first line must be “email,name”.", path="list.csv")


SITE = Payload(
    (
        Step(
            "page",
            "page",
            {
                "title": "La fête de l’eau",
                "slug": "2026-12-01-fete-eau",
                "summary": "Elle a lieu samedi 12 décembre 2026.",
                "html": "<article><p>Elle a lieu <strong>samedi</strong>.</p><script>alert(1)</script></article>",
                "document": '<!DOCTYPE html><html><body><p class="x">Elle a lieu &amp; voilà.</p></body></html>',
            },
        ),
    )
)
WALL = Payload(
    (
        Step("post", "post", {"text": f"La fête de l’eau\n\nElle a lieu samedi.\n\nSuite : {PERMALINK}", "media": []}),
        Step("publish", "publish", after="post"),
    ),
    left_out=("Venez.", "Et <i>ceci</i>."),
    added=("Suite :",),
    moved=("paragraph 2 before 1", "the end"),
)
THREAD = Payload(
    (
        Step("post-1", "post", {"text": "La fête de l’eau 1/2", "media": []}),
        Step("post-2", "post", {"text": f"Elle a lieu samedi ou dimanche. 2/2\n{PERMALINK}", "media": []}, "post-1"),
    ),
    alternative=(Step("single", "post", {"text": f"La fête de l’eau\n{PERMALINK}", "media": []}),),
)
MAIL = Payload(
    (
        Step(
            "message",
            "message",
            {
                "subject": "[CP] Valmont – La fête de l’eau",
                "preheader": "Elle a lieu samedi.",
                "from": '"Ville de Valmont" <presse@valmont.example>',
                "reply_to": "presse@valmont.example",
                "to": "{recipient}",
                "text": "Elle a lieu samedi.\n\nEn ligne : {permalink}\n\n{unsubscribe}",
                "html": '<p>Elle a lieu <b>samedi</b>.</p><a href="{permalink}">{permalink}</a>',
            },
        ),
    )
)
OTHER = Payload((Step("toot", "toot", {"status": "La fête <b>", "when": {"hour": 9}}),))


def count(text: str) -> int:
    """An address counts for five."""
    return len(text.replace(PERMALINK, "12345"))


def channel(name: str, adapter: Fake, **settings) -> Channel:
    return Channel(name, adapter.kind, ChannelSettings(adapter=adapter.kind, **settings), adapter)


def variant(name: str, adapter: Fake, payload: Payload, **settings) -> Variant:
    message = Message(channel=name, type="communique", title="La fête de l’eau", summary="Elle a lieu samedi.")
    return Variant(channel(name, adapter, **settings), message, payload)


VARIANTS = (
    variant("site", Correcting("Website", permalink=True), SITE),
    variant("wall", Fake("Wall", Limits(1000, 30)), WALL, account="valmont", after=("site",)),
    variant("thread", Priced("Thread", Limits(30, None, count)), THREAD, account="mairie", after=("site", "off")),
    variant("mail", Reaching("E-mail"), MAIL),
)


def rendering(*variants: Variant, announcement: Announcement = ANNOUNCEMENT, problems=(NOTICE, WARNING, ERROR)) -> Rendering:
    return Rendering(announcement, tuple(problems), variants or VARIANTS, Reading(announcement).summary)


def config(folder: Path, zone: str = "Europe/Paris", colour: str = "#1f4e79") -> configuration.Config:
    """Load a town with five channels, one of which no rendering here uses."""
    tables = "".join(f'[channels.{name}]\nadapter = "fake"\n' for name in ("site", "wall", "thread", "mail", "off"))
    town = f'[town]\nname = "Ville de Valmont"\nzone = "{zone}"\ncolour = "{colour}"\nsite_url = "https://www.valmont.example/infos"\n'
    (folder / "config.toml").write_text(town + tables)
    return configuration.load(folder / "config.toml", {})


def with_payload(original: Variant, **changes) -> Variant:
    return original._replace(payload=replace(original.payload, **changes))
