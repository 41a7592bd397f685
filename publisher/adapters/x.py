"""Channel kind "x": the announcement as a thread of posts, or as one post with the link (X API v2)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, cast

from publisher.adapters import x_posts
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
    Probe,
    Readback,
    Receipt,
    Step,
    Traits,
    Way,
    taking_back,
)
from publisher.adapters.settings import ChannelSettings, HttpSettings
from publisher.config import Check, Secret, between, rules
from publisher.errors import Problem, Rejected, Severity, Unsupported
from publisher.i18n import N_
from publisher.text.threads import arrange

if TYPE_CHECKING:
    from publisher.adapters.x_api import Api

SKEW = timedelta(seconds=60)  # between X's clock and ours
POST_UNKNOWN = N_("%(url)s is not the address of a post of X, so nothing can be attached to it.")
Correction = Literal["reply", "repost"]
ALERT_POSTS = 3  # an alert is read at a glance
WAYS = (
    Way("reply", N_("A reply under the first post says what was wrong; the posts stay.")),
    Way("repost", N_("All posts are deleted, with their replies and counts, and the corrected text is published anew.")),
)
_ACCOUNT = Check(
    lambda text: re.fullmatch("[A-Za-z0-9_]*", text) is not None,
    N_("%(place)s: write the account's name without “@” and without its address, such as ville_de_valmont."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(HttpSettings):
    """The keys of [channels.NAME] with adapter = "x"; `account` is the name after the @."""

    account: Annotated[str, _ACCOUNT] = ""
    api_base: rules.Address = "https://api.x.com"
    max_posts: Annotated[int, between(1, 25)] = 5
    thread: Literal["auto", "never"] = "auto"
    """`never`: always one post, the title and the link."""
    correction: Correction = "reply"
    """`reply`: a post under the first one says what was wrong. `repost`: all is deleted and published again."""
    api_key: Secret
    api_secret: Secret
    access_token: Secret
    access_token_secret: Secret


class X:
    """An account of X."""

    kind: ClassVar[str] = "x"
    settings_class: ClassVar[type[ChannelSettings]] = Config
    # no key and no identity of ours: what is in doubt can only be looked for on the account's own timeline
    traits: ClassVar[Traits] = Traits(
        label="X",
        form=Form.SENTENCES,
        templates="x",
        parts={"single": "post.txt.j2"},
        later_parts={"correction": "correction.txt.j2"},
        idempotency=Idempotency.NONE,
        readback=Readback.EVENTUAL,
        window=timedelta(seconds=30),
        handle="@{account}",
    )

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = Limits(text=x_posts.LIMIT, count=x_posts.count)

    def prepare(self, message: Message) -> Payload:
        """Arrange the sentences into posts; the single post stands by in case the platform refuses the thread."""
        single = message.parts["single"]
        if message.posts:
            payload = Payload(_chain(message.posts), problems=self._too_many(message.posts, message))
        elif self.config.thread == "never" and _is_derived(message):
            shown = single.split("\n")
            payload = Payload(_chain([single]), left_out=tuple(unit.text for unit in message.units if unit.text not in shown))
        else:
            payload = self._thread(message)
        stands_by = len(payload.steps) > 1 and x_posts.count(single) <= x_posts.LIMIT
        alternative = (_post("single", single),) if stands_by else ()
        return replace(payload, alternative=alternative, problems=(*payload.problems, *x_posts.problems(_texts(payload.steps))))

    def correction(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Say under the first post what was wrong, or delete all and publish it again, as config.toml asks."""
        if self.config.correction == "repost":
            again = self.prepare(message)
            return replace(again, steps=(*_taken_back(former), *again.steps), problems=(*again.problems, _perhaps_refused()))
        number = former[0].remote_id or _number_in(former[0].url or "")
        if number is None:
            raise Unsupported("post-unknown", POST_UNKNOWN, url=former[0].url or "–")
        reply = _post("correction", message.parts["correction"], reply_to=number)
        return Payload((reply,), problems=tuple(x_posts.problems(_texts([reply]))))

    def ways(self) -> Sequence[Way]:
        """Return both, that of config.toml first."""
        return sorted(WAYS, key=lambda way: way.name != self.config.correction)

    def by(self, way: str) -> "X":
        """Return the same account, corrected in this way."""
        return X(replace(self.config, correction=cast("Correction", way)))

    def withdrawal(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Delete every post, the last first, so that no reader meets a thread without its beginning."""
        del message
        return Payload(_taken_back(former))

    def estimate(self, payload: Payload) -> Decimal:
        """Return what the posts cost: a link multiplies the price of the post that holds it."""
        posts = [step for step in payload.steps if step.effect == "post"]
        return sum((x_posts.cost(text) for _, text in _texts(posts)), Decimal(0))

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        """Create the post, as the reply to the one before."""
        number, answer = self._api.create(str(step.content["text"]), _parent(step, receipts))
        return self._receipt(step, number, answer.date)

    def describe(self, step: Step) -> Call:
        """Return the call that creates the post, or deletes it."""
        posts = f"{self.config.api_base.rstrip('/')}/2/tweets"
        if step.effect == WITHDRAW:
            return Call("DELETE", f"{posts}/{step.content['remote_id']}")
        content: dict[str, object] = {"text": step.content["text"]}
        parent = step.content.get("reply_to") or (step.after and f"‹id of {step.after}›")
        if parent:
            content["reply"] = {"in_reply_to_tweet_id": parent}
        return Call("POST", posts, content)

    def find(self, step: Step, receipts: Mapping[str, Receipt], since: datetime) -> Receipt | None:
        """Look for the post on the account's own timeline."""
        post = self._api.look_up(str(step.content["text"]), _parent(step, receipts), since - SKEW)
        return self._receipt(step, post.id, post.at) if post else None

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post; posts that reply to it stay."""
        self._api.delete(_number(receipt))

    def recognise(self, url: str, since: datetime) -> str | None:
        """Return the id in the address of a post of this account, as a browser shows it; the id tells when X created it."""
        found = re.match(r"https?://(?:(?:www|mobile)\.)?(?:x|twitter)\.com/([^/]+)(/status/.+)", url)
        found = found or re.match(re.escape(self._site) + r"/([^/]+)(/status/.+)", url)
        if found is None or found[1].casefold() not in {self.config.account.casefold(), "i"}:
            return None
        number = _number_in(found[2])
        return number if number and x_posts.created(number) >= since - SKEW else None

    def account_page(self) -> str:
        """Return the address of the account's timeline."""
        return f"{self._site}/{self.config.account}" if self.config.account else ""

    def probe(self) -> Probe:
        """Ask X whose tokens these are, and whether they may post; names of accounts are the same in any case."""
        user, answer = self._api.writer()
        ours = user["username"].casefold() == self.config.account.casefold()
        return Probe(self.config.account if ours else user["username"], user["name"], answer.date, picture=user["picture"])

    def guide(self) -> Guide:
        """Tell where the developer portal shows the four secrets."""
        from publisher.adapters.x_guide import GUIDE

        return GUIDE

    def offers(self, given: Mapping[str, Secret]) -> Sequence[Offer]:
        """Return the one account that the tokens are made for; the probe tells which."""
        return [Offer(given)]

    @cached_property
    def _api(self) -> "Api":
        from publisher.adapters.x_api import Api  # tweepy takes longer to load than a preview may last

        keys = self.config
        return Api(keys, keys.api_key, keys.api_secret, keys.access_token, keys.access_token_secret)

    @property
    def _site(self) -> str:
        # where the API is, without "api.": x.com, or the page of the simulator
        return self.config.api_base.replace("://api.", "://", 1).rstrip("/")

    def _receipt(self, step: Step, number: str, at: datetime | None) -> Receipt:
        return Receipt(step.id, number, f"{self._site}/{self.config.account or 'i'}/status/{number}", at)

    def _maximum(self, message: Message) -> int:
        if self.config.thread == "never":
            return 1
        return min(self.config.max_posts, ALERT_POSTS) if message.type == "alerte" else self.config.max_posts

    def _thread(self, message: Message) -> Payload:
        closing = "\n".join(filter(None, (message.link_line, " ".join(message.hashtags))))
        thread = arrange(
            message.units,
            limit=x_posts.LIMIT,
            count=x_posts.count,
            maximum=self._maximum(message),
            closing=closing,
            closing_first=message.type == "alerte",
        )
        problems = self._too_many(thread.posts, message) or x_posts.indivisible(thread)
        return Payload(_chain(thread.posts), left_out=thread.left_out, problems=(*x_posts.remarks(thread), *problems))

    def _too_many(self, posts: Sequence[str], message: Message) -> tuple[Problem, ...]:
        maximum = self._maximum(message)
        if len(posts) <= maximum:
            return ()
        sentence = N_("There are %(count)d posts; the limit is %(maximum)d: shorten the text.")
        return (Problem(Severity.ERROR, "too-many-posts", sentence, {"count": len(posts), "maximum": maximum}),)


def _parent(step: Step, receipts: Mapping[str, Receipt]) -> str | None:
    """Return the post to which the step replies: one of this thread, or of an earlier publication."""
    earlier = step.content.get("reply_to")
    if earlier is not None:
        return str(earlier)
    return None if step.after is None else _number(receipts[step.after])


def _number(receipt: Receipt) -> str:
    """Return the id of a post; a person who settled a doubt gave its address only. Raises Rejected."""
    number = receipt.remote_id or _number_in(receipt.url or "")
    if number:
        return number
    raise Rejected("post-unknown", POST_UNKNOWN, url=receipt.url or "–")


def _number_in(address: str) -> str | None:
    found = re.search(r"/status/([0-9]{1,19})(?![0-9])", address)
    return found[1] if found else None


def _is_derived(message: Message) -> bool:
    """Whether the units come from the announcement: they start with its title; what the officer writes has no heading."""
    return bool(message.units) and message.units[0].heading


def _post(name: str, text: str, after: str | None = None, **more: object) -> Step:
    return Step(name, "post", {"text": text, "media": [], **more}, after)


def _chain(texts: Sequence[str]) -> tuple[Step, ...]:
    names = [f"post-{number}" for number in range(1, len(texts) + 1)]
    return tuple(_post(name, text, after) for name, text, after in zip(names, texts, [None, *names], strict=False))


def _taken_back(former: Sequence[Receipt]) -> tuple[Step, ...]:
    return tuple(taking_back(receipt) for receipt in reversed(former))


def _perhaps_refused() -> Problem:
    """Warn that X remembers what it has deleted (duplicate rule), which nobody can know before."""
    sentence = N_("X may refuse posts that did not change, even once deleted, for some hours: a reply is surer (correction = “reply”).")
    return Problem(Severity.WARNING, "repost-may-be-refused", sentence)


def _texts(steps: Sequence[Step]) -> list[tuple[str, str]]:
    return [(step.id, str(step.content["text"])) for step in steps]
