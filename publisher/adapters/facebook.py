"""Channel kind "facebook": a post on the town's page, created unpublished and then shown (Graph API)."""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar

from publisher.adapters.base import Form, Idempotency, Limits, Message, Payload, Readback, Step, Traits
from publisher.adapters.settings import ChannelSettings, HttpSettings
from publisher.config import Check, Secret, rules
from publisher.errors import Problem, Severity
from publisher.i18n import N_

POST_LIMIT = 63_206  # characters of a post, as commonly reported; not in the official documentation
FOLD = 477  # what is seen before "see more", as commonly reported

_PAGE_ID = Check(lambda text: re.fullmatch("[0-9]*", text) is not None, N_("%(place)s: write the page's number, such as 100000000000001."))
_VERSION = Check(
    lambda text: re.fullmatch(r"v[0-9]{1,3}\.[0-9]", text) is not None, N_("%(place)s: a version of the platform is written v26.0.")
)


def utf16_length(text: str) -> int:
    """Count as browsers do, in UTF-16 units: never less than the characters, so that a text that fits here fits there."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(HttpSettings):
    """The keys of [channels.NAME] with adapter = "facebook"; `account` is the page's id."""

    account: Annotated[str, _PAGE_ID] = ""
    api_base: rules.Address = "https://graph.facebook.com"
    api_version: Annotated[str, _VERSION] = "v26.0"
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
    )

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = Limits(text=POST_LIMIT, fold=FOLD, count=utf16_length)

    def prepare(self, message: Message) -> Payload:
        """Seal the post and its publication."""
        text = message.parts["text"]
        steps = (Step("post", "post", {"text": text, "media": []}), Step("publish", "publish", after="post"))
        return Payload(steps, problems=self._problems(text))

    def _problems(self, text: str) -> tuple[Problem, ...]:
        count = self.limits.count(text)
        if count <= POST_LIMIT:
            return ()
        sentence = N_("The text counts %(count)d characters; Facebook takes %(limit)d: shorten it.")
        return (Problem(Severity.ERROR, "too-long", sentence, {"count": count, "limit": POST_LIMIT}, step="post"),)
