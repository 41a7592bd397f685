"""Channel kind "facebook": a post on the town's page, created unpublished and then shown (Graph API)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar

from publisher.adapters import facebook_posts as posts
from publisher.adapters.base import (
    CORRECT,
    PERMALINK,
    WITHDRAW,
    Call,
    Form,
    Guide,
    Idempotency,
    Limits,
    Message,
    Offer,
    Payload,
    Probe,
    Readback,
    Receipt,
    Step,
    Traits,
    taking_back,
)
from publisher.adapters.settings import ChannelSettings, HttpSettings
from publisher.config import Check, Secret, rules
from publisher.errors import Rejected, Unsupported
from publisher.i18n import N_

if TYPE_CHECKING:
    from publisher.adapters.graph import Graph

POST_UNKNOWN = N_("Facebook's own number of the post at %(url)s is not known: change or delete it by hand on facebook.com.")

_ONLY_NUMBER = N_("%(place)s: write the number of the page, not its name; facebook.com shows it under “About”, “Page transparency”.")
_ONLY_VERSION = N_("%(place)s: write a version of Facebook's interface, such as v26.0.")

PageNumber = Annotated[str, Check(lambda text: not text or posts.is_number(text), _ONLY_NUMBER)]
Version = Annotated[str, Check(lambda text: re.fullmatch(r"v[0-9]+\.[0-9]+", text) is not None, _ONLY_VERSION)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(HttpSettings):
    """The keys of [channels.NAME] with adapter = "facebook"; `account` is the page's number."""

    account: PageNumber = ""
    api_base: rules.Address = "https://graph.facebook.com"
    api_version: Version = "v26.0"
    """An expired version is answered by another one without a word: check once a year."""
    page_token: Secret
    app_secret: Secret | None = None


class Facebook:
    """A page of Facebook."""

    kind: ClassVar[str] = "facebook"
    settings_class: ClassVar[type[ChannelSettings]] = Config
    # the post exists unseen before it is published by its id, which may be repeated (delivery.md §1)
    traits: ClassVar[Traits] = Traits(
        label="Facebook",
        form=Form.PARAGRAPHS,
        templates="facebook",
        parts={"text": "post.txt.j2"},
        idempotency=Idempotency.TWO_PHASE,
        readback=Readback.STRONG,
        edits=True,
    )

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = Limits(text=posts.LIMIT, fold=posts.FOLD, count=posts.utf16_length)

    @property
    def interface(self) -> str:
        """The version of the Graph API: what a field means, and which are taken, may differ in another."""
        return self.config.api_version

    def prepare(self, message: Message) -> Payload:
        """Seal the post and its publication; the page to which the text leads is shown as a card."""
        text = message.parts["text"]
        content = {"text": text, "media": [], **({"link": PERMALINK} if PERMALINK in text else {})}
        steps = (Step("post", "post", content), Step("publish", "publish", after="post"))
        return Payload(steps, problems=tuple(posts.problems("post", text)))

    def correction(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Seal the new text of the post; its card stays as it is, for Facebook lets nobody change it."""
        text = message.parts["text"]
        step = Step("correct", CORRECT, {"text": text, "post": _known(former, Unsupported)})
        return Payload((step,), problems=tuple(posts.problems("correct", text)))

    def withdrawal(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Seal the deletion of the post."""
        del message
        return Payload((taking_back(former[-1]._replace(remote_id=_known(former, Unsupported))),))

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        """Create the post unseen, publish it by its id, or change its text."""
        path, content = self._request(step, _target(step, receipts))
        if step.effect == "post":
            number, answer = self._graph.create(path, content)
            return Receipt(step.id, number, None, answer.date)  # nobody sees it, so it has no address yet
        answer = self._graph.alter(path, content) if step.effect == CORRECT else self._graph.publish(path, content)
        return self._receipt(step, path, answer.date)

    def describe(self, step: Step) -> Call:
        """Return the call of the step, without the token that goes in its header."""
        if step.effect == WITHDRAW:
            return Call("DELETE", self._graph.address(str(step.content["remote_id"])))
        path, content = self._request(step, str(step.content.get("post") or f"‹id of {step.after}›"))
        return Call("POST", self._graph.address(path), content)

    def find(self, step: Step, receipts: Mapping[str, Receipt], since: datetime) -> Receipt | None:
        """Look whether the post is published, or has its new text; by its id, so its age does not matter.

        What is not published yet cannot be looked up without its id: nobody sees it, and it is made again.
        """
        del since
        if step.effect == "post":
            return None
        post = _target(step, receipts)
        seen = self._graph.look(post)
        if seen is None or seen.get("is_published") is not True:
            return None
        if step.effect == CORRECT and seen.get("message") != step.content["text"]:
            return None
        return self._receipt(step, post, None)

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post."""
        self._graph.delete(_known([receipt], Rejected))

    def recognise(self, url: str, since: datetime) -> str | None:
        """Return the id in the address of a post, as a browser shows it; a number that only Facebook can read (pfbid…) stays so.

        Whose page it is, and when the post was made, cannot be told: addresses hold the page's name, or a second number of it,
        which config.toml does not know.
        """
        del since
        shown = posts.shown_in(url, self._site)
        return f"{self.config.account}_{shown}" if shown and posts.is_number(shown) else shown

    def account_page(self) -> str:
        """Return the address of the page, by its number."""
        return f"{self._site}/{self.config.account}" if self.config.account else ""

    def probe(self) -> Probe:
        """Ask Facebook whose token this is, and what it tells about our access."""
        from publisher.adapters.graph_access import examine

        me, answer = self._graph.me()
        ends_at, problems = examine(self._graph, me["id"], answer)
        return Probe(me["id"], me["name"], answer.date, ends_at, problems)

    def guide(self) -> Guide:
        """Tell where Facebook shows the application's secret and a person's token, from which the page's is made."""
        from publisher.adapters.graph_pages import GUIDE

        return GUIDE

    def offers(self, given: Mapping[str, Secret]) -> Sequence[Offer]:
        """Return the pages of the person whose token was typed."""
        from publisher.adapters.graph_pages import offers

        return offers(self.config, self.config.api_version, given)

    @cached_property
    def _graph(self) -> "Graph":
        from publisher.adapters.graph import Graph

        return Graph(self.config, self.config.api_version, self.config.page_token, self.config.app_secret)

    @property
    def _site(self) -> str:
        # where the API is, "www" in place of "graph": facebook.com, or the page of the simulator
        return self.config.api_base.replace("://graph.", "://www.", 1).rstrip("/")

    def _request(self, step: Step, post: str) -> tuple[str, dict[str, str]]:
        """Return the path of the call and what it carries."""
        if step.effect == "publish":
            return post, {"is_published": "true"}
        text = str(step.content["text"])
        if step.effect == CORRECT:
            return post, {"message": text}
        link = {"link": str(step.content["link"])} if step.content.get("link") else {}  # empty: the visa says to go without
        return f"{self.config.account or 'me'}/feed", {"message": text, **link, "published": "false"}

    def _receipt(self, step: Step, post: str, at: datetime | None) -> Receipt:
        # the address is made from the id: to ask for it would be a second call, whose failure would put a success in doubt
        return Receipt(step.id, post, posts.address(self._site, post), at)


def _target(step: Step, receipts: Mapping[str, Receipt]) -> str:
    """Return the id of the post that the step changes; a post that is yet to be made has none. Raises Rejected."""
    if step.effect == CORRECT:
        return str(step.content["post"])
    return "" if step.after is None else _known([receipts[step.after]], Rejected)


def _known(receipts: Sequence[Receipt], otherwise: type[Rejected | Unsupported]) -> str:
    """Return the id of the post that the receipts name: a person who settled a doubt may have given an address only."""
    for receipt in receipts:
        if posts.is_post(receipt.remote_id):
            return str(receipt.remote_id)
    raise otherwise("post-unknown", POST_UNKNOWN, url=receipts[-1].url or "–")
