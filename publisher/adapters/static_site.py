"""Channel kind "static-site": the announcement as a page of the press room, written as files (press_room.py)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Annotated, ClassVar

from publisher.adapters.base import (
    WITHDRAW,
    Call,
    Form,
    Guide,
    Idempotency,
    Limits,
    Message,
    Offer,
    Payload,
    Readback,
    Receipt,
    Step,
    Traits,
    taking_back,
)
from publisher.adapters.settings import ChannelSettings, WireSettings
from publisher.config import Check, Secret, between, rules
from publisher.config import Config as Configuration
from publisher.errors import Evidence, NotSent, OutcomeUnknown, Problem, Rejected, Unsupported, reason
from publisher.i18n import N_

if TYPE_CHECKING:
    from publisher.adapters import press_room  # and below where files are written: a preview needs neither it nor XML

ANY = "any"
"""Stands for the hash of a page of which only the address is known, because a person vouched for it."""

_PROGRAM = Check(
    lambda words: not words or bool(words[0].strip()),
    N_('%(place)s: name the program first, such as ["rsync", "-a", "./", "site.example:presse/"].'),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(WireSettings):
    """The keys of [channels.NAME] with adapter = "static-site"."""

    directory: rules.Folder
    """Where the files go; the web server shows this folder."""
    url: rules.Address | None = None
    """The address under which that folder is seen."""
    title: rules.Line = ""
    """Name of the press room in its list and its feed; the town's, if empty."""
    command: Annotated[tuple[str, ...], _PROGRAM] = ()
    """What sends the folder to a distant host, such as rsync and its arguments; started in the folder, without a shell."""
    command_timeout: Annotated[int, between(1, 3600)] = 120
    """Seconds that the command may take."""
    not_after: Annotated[int, between(1, 7 * 24 * 60)] = 4 * 60

    @classmethod
    def complete(cls, table: Mapping[str, object], config: Configuration) -> Mapping[str, object]:
        """Take the folder `site` of the data directory and the town's address where the table names none."""
        town = {"url": config.town.site_url} if config.town.site_url else {}
        table = {"directory": str(config.storage.data_dir / "site"), **town, **table, "title": table.get("title") or config.town.name}
        return super(Config, cls).complete(table, config)

    def facts(self) -> dict[str, object]:
        """Tell the templates the address, without its final slash, for the canonical links."""
        return {"account": self.account, "url": (self.url or "").rstrip("/")}


class StaticSite:
    """The press room as files."""

    kind: ClassVar[str] = "static-site"
    settings_class: ClassVar[type[ChannelSettings]] = Config
    # a file is replaced whole by the same bytes under the same name: repeating is harmless
    traits: ClassVar[Traits] = Traits(
        label=N_("Website"),
        form=Form.DOCUMENT,
        templates="website",
        parts={"html": "article.html.j2", "document": "page.html.j2", "entry": "entry.html.j2", "index": "index.html.j2"},
        idempotency=Idempotency.CLIENT_ID,
        readback=Readback.STRONG,
        typography="web",
        permalink=True,
        edits=True,
    )

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = Limits()

    def prepare(self, message: Message) -> Payload:
        """Seal the page, its line in the list and the list's own page, complete: nothing is rendered when they are written."""
        return Payload((_page(message),))

    def correction(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Seal the page anew, at the address where it stands, with the hash of the one that it replaces."""
        before = former[-1]
        slug = _slug(before)
        if message.slug != slug:
            sentence = N_("The corrected page would stand at %(new)s, but readers know it at %(old)s: the address must stay.")
            raise Unsupported("address-differs", sentence, new=message.slug, old=slug)
        return Payload((_page(message, replaces=before.answer.get("sha256", ANY)),))

    def withdrawal(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Seal the removal of the page. A page that says “withdrawn” is a correction: its text is somebody's to write."""
        del message
        return Payload((taking_back(former[-1]._replace(remote_id=_slug(former[-1]))),))

    def describe(self, step: Step) -> Call:
        """Tell which file is written, or removed; its text is in the preview."""
        if step.effect == WITHDRAW:
            return Call("remove", str(self.config.directory / str(step.content["remote_id"])))
        document = _bytes(step)
        facts = {"bytes": len(document), "sha256": _sha256(document)}
        return Call("write", str(self.config.directory / str(step.content["slug"]) / "index.html"), facts)

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        """Write the page, then all that is derived from it; the same bytes again change nothing."""
        del receipts
        self._refuse_to_overwrite(step)
        return self._publish(step)

    def find(self, step: Step, receipts: Mapping[str, Receipt], since: datetime) -> Receipt | None:
        """Return the receipt if these very bytes are public and listed here; a copy sent elsewhere by `command` is not vouched for."""
        del receipts, since
        if self.config.command or self._public(step) != _bytes(step) or not self._is_listed(step):
            return None
        return self._receipt(step)

    def account_page(self) -> str:
        """Return the address of the list of all that is out."""
        return self.config.url or ""

    def recognise(self, url: str, since: datetime) -> str | None:
        """Return the slug in the address of a page of this press room."""
        del since
        root = re.escape((self.config.url or "").rstrip("/"))
        found = re.fullmatch(rf"{root}/([a-z0-9][a-z0-9-]*)/?(?:index\.html)?", url) if root else None
        return found[1] if found else None

    def withdraw(self, receipt: Receipt) -> None:
        """Take the page away, and its line in the list, the feed and the map."""
        from publisher.adapters import press_room

        try:
            press_room.remove_page(self.config.directory, _slug(receipt))
            press_room.rebuild(self.config.directory, self._site())
        except OSError as error:
            raise self._disk(OutcomeUnknown, error) from error
        self._upload()

    def visible(self, step: Step, receipt: Receipt) -> bool:
        """Fetch the page as a reader would. Its very title must be there: hosts answer 200 with a page of their own, too."""
        from http import HTTPStatus

        from publisher.adapters.flight import fly

        if receipt.url is None:
            return False
        answer = fly(self.config, "GET", receipt.url)
        return answer.status == HTTPStatus.OK and str(step.content["title"]) in unescape(answer.body.decode("utf-8", "replace"))

    def _refuse_to_overwrite(self, step: Step) -> None:
        """Refuse to replace a page that is neither this one nor the one that it sets right. Raises Rejected."""
        public, replaces = self._public(step), step.content.get("replaces")
        if public in (None, _bytes(step)) or replaces in (ANY, _sha256(public)):
            return
        if replaces:
            sentence = N_("The page at %(slug)s is no longer the one that was published: somebody changed it; look at it first.")
            raise Rejected("page-changed", sentence, slug=step.content["slug"])
        sentence = N_("The press room already has another page at %(slug)s: change the title or the date of this one.")
        raise Rejected("address-taken", sentence, slug=step.content["slug"])

    def _publish(self, step: Step) -> Receipt:
        from publisher.adapters import press_room

        room, files = self.config.directory, self._files(step)
        try:
            press_room.write_page(room, self._entry(step), files)
        except OSError as error:
            public = self._public(step) == _bytes(step)
            raise self._disk(OutcomeUnknown if public else NotSent, error) from error
        try:
            press_room.rebuild(room, self._site(), str(step.content["index"]))
        except OSError as error:
            raise self._disk(OutcomeUnknown, error) from error
        self._upload()
        return self._receipt(step)

    def _files(self, step: Step) -> dict[str, str]:
        return {"index.html": str(step.content["document"]), "entry.html": str(step.content["entry"])}

    def _entry(self, step: Step) -> "press_room.Entry":
        from publisher.adapters import press_room

        slug, now = str(step.content["slug"]), datetime.now(UTC).isoformat(timespec="seconds")  # noqa: TID251 - the feed's date: nothing waits for it
        before = press_room.read_entry(self.config.directory / slug)
        if before and self._public(step) == _bytes(step):
            return before
        return press_room.Entry(
            slug=slug,
            title=str(step.content["title"]),
            summary=str(step.content["summary"]),
            published=before.published if before else now,
            updated=now,
        )

    def _public(self, step: Step) -> bytes | None:
        """Return the page that stands at this address, if one does. Raises NotSent."""
        try:
            return (self.config.directory / str(step.content["slug"]) / "index.html").read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._disk(NotSent, error) from error

    def _is_listed(self, step: Step) -> bool:
        """Tell whether the map of the site, the last file of all, has the page: else what is derived from it is not complete."""
        try:
            return f"/{step.content['slug']}/</loc>".encode() in (self.config.directory / "sitemap.xml").read_bytes()
        except OSError:
            return False

    def guide(self) -> Guide:
        """Tell that a folder needs no secret."""
        from publisher.adapters.press_room_checks import GUIDE

        return GUIDE

    def offers(self, given: Mapping[str, Secret]) -> Sequence[Offer]:
        """Return the folder, if files can be made in it."""
        from publisher.adapters.press_room_checks import refuse_unwritable

        del given
        refuse_unwritable(self.config.directory)
        return [Offer({}, self.config.account, str(self.config.directory))]

    def inspect(self) -> Sequence[Problem]:
        """Tell whether files can be made in the folder, and whether the address of the site answers."""
        from publisher.adapters.press_room_checks import problems

        return list(problems(self.config, self.config.directory, self.config.url))

    def _upload(self) -> None:
        """Start the command. It may have sent a part when it fails: only repeating it settles that."""
        if not self.config.command:
            return
        import subprocess

        try:
            done = subprocess.run(
                self.config.command,
                cwd=self.config.directory,
                capture_output=True,
                check=False,
                timeout=self.config.command_timeout,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            sentence = N_("The command %(command)s that sends the press room did not finish: check it by hand.")
            raise OutcomeUnknown("upload-failed", sentence, command=self.config.command[0], evidence=Evidence(body=str(error))) from error
        if done.returncode:
            cut = N_("The command %(command)s that sends the press room was cut short (signal %(signal)d): check it by hand.")
            failed = N_("The command %(command)s that sends the press room failed with code %(code)d: check it by hand.")
            evidence = Evidence(status=done.returncode, body=done.stderr.decode("utf-8", "replace")[-2000:])
            facts = {"command": self.config.command[0], "code": done.returncode, "signal": -done.returncode}
            raise OutcomeUnknown("upload-failed", cut if done.returncode < 0 else failed, evidence=evidence, **facts)

    def _disk(self, outcome: type[NotSent | OutcomeUnknown], error: OSError) -> NotSent | OutcomeUnknown:
        sentence = N_("The press room %(directory)s could not be written: %(reason)s.")
        return outcome("press-room-unwritable", sentence, directory=self.config.directory, reason=reason(error))

    def _receipt(self, step: Step) -> Receipt:
        slug, seen = str(step.content["slug"]), {"sha256": _sha256(_bytes(step))}
        url = f"{self.config.url.rstrip('/')}/{slug}/" if self.config.url else None
        return Receipt(step.id, remote_id=slug, url=url, answer=seen)

    def _site(self) -> "press_room.Site":
        from publisher.adapters import press_room

        return press_room.Site((self.config.url or "").rstrip("/"), self.config.title)


def _page(message: Message, **more: object) -> Step:
    facts = {"title": message.title, "slug": message.slug, "summary": message.summary}
    return Step("page", "page", {**facts, **message.parts, **more})


def _slug(receipt: Receipt) -> str:
    """Return the page's folder; a person who settled a doubt gave its address only."""
    return receipt.remote_id or (receipt.url or "").rstrip("/").rpartition("/")[2]


def _bytes(step: Step) -> bytes:
    """Return the page as its file holds it."""
    return str(step.content["document"]).encode()


def _sha256(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()
