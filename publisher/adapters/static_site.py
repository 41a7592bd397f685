"""Channel kind "static-site": the announcement as a page of the press room, written as files (press_room.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

from publisher.adapters.base import Form, Idempotency, Limits, Message, Payload, Readback, Step, Traits
from publisher.adapters.settings import ChannelSettings
from publisher.config import Address, between
from publisher.config import Config as Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(ChannelSettings):
    """The keys of [channels.NAME] with adapter = "static-site"."""

    directory: Path
    """Where the files go; the web server shows this folder."""
    url: Address | None = None
    """The address under which that folder is seen."""
    not_after: Annotated[int, between(1, 7 * 24 * 60)] = 4 * 60

    @classmethod
    def complete(cls, table: Mapping[str, object], config: Configuration) -> Mapping[str, object]:
        """Take the folder `site` of the data directory and the town's address where the table names none."""
        town = {"url": config.town.site_url} if config.town.site_url else {}
        return {"directory": str(config.storage.data_dir / "site"), **town, **table}

    def facts(self) -> dict[str, object]:
        """Tell the templates the address, without its final slash, for the canonical links."""
        return {"account": self.account, "url": (self.url or "").rstrip("/")}


class StaticSite:
    """The press room as files."""

    kind: ClassVar[str] = "static-site"
    settings_class: ClassVar[type[ChannelSettings]] = Config
    # a file is replaced whole by the same bytes under the same name: repeating is harmless
    traits: ClassVar[Traits] = Traits(
        label="Website",
        form=Form.DOCUMENT,
        templates="website",
        parts={"html": "article.html.j2", "document": "page.html.j2", "entry": "entry.html.j2", "index": "index.html.j2"},
        idempotency=Idempotency.CLIENT_ID,
        readback=Readback.STRONG,
        typography="web",
        permalink=True,
    )

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = Limits()

    def prepare(self, message: Message) -> Payload:
        """Seal the page, its line in the list and the list's own page, complete: nothing is rendered when they are written."""
        facts = {"title": message.title, "slug": message.slug, "summary": message.summary}
        return Payload((Step("page", "page", {**facts, **message.parts}),))
