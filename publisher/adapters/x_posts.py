"""Posts of X: what each weighs and costs, and what is wrong with it, whoever wrote it; the rules that the x adapter checks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from publisher.adapters.base import PERMALINK
from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.text import links
from publisher.text.counting import invalid_characters, x_length
from publisher.text.patterns import late
from publisher.text.threads import Thread

EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, UTC)  # X's ids count from here
LIMIT = 280
ANY_ADDRESS = "https://example.org"  # every address counts 23, whatever its length

PRICE = Decimal("0.015")  # US dollars, price list of 2026-04-20
PRICE_WITH_LINK = Decimal("0.200")

_JOINED_SENTENCES = late(r"[^\W\d_]+\.[A-ZÀ-ÖØ-ÞŒ][^\W\d_]*")


def count(text: str) -> int:
    """Return the weighted length of a post, its slots counted as the addresses that will fill them."""
    return x_length(text.replace(PERMALINK, ANY_ADDRESS))


def created(number: str) -> datetime:
    """Return when X created the post of this id: its upper bits count milliseconds."""
    return EPOCH + timedelta(milliseconds=int(number) >> 22)


def cost(text: str) -> Decimal:
    """Return what creating the post costs, in US dollars: a link multiplies the price."""
    return PRICE_WITH_LINK if _links(text) else PRICE


def problems(posts: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """Yield what is wrong with the posts of one thread, given as (step, text)."""
    repeated = {text for text, times in Counter(text for _, text in posts).items() if times > 1}
    for step, text in posts:
        weight = count(text)
        if weight > LIMIT:
            sentence = N_("The post counts %(count)d characters; X takes %(limit)d: shorten it.")
            yield Problem(Severity.ERROR, "too-long", sentence, {"count": weight, "limit": LIMIT}, step=step)
        if not text:
            yield Problem(Severity.ERROR, "empty-post", N_("The post is empty: write its text, or remove it."), step=step)
        if text in repeated:
            sentence = N_("Another post says exactly the same, and X would refuse it: change one of them.")
            yield Problem(Severity.ERROR, "duplicate-post", sentence, step=step)
        if invalid_characters(text):
            sentence = N_("The post holds an invisible character that X refuses: type it again.")
            yield Problem(Severity.ERROR, "invalid-character", sentence, step=step)
        yield from _accidental_links(step, text)
    yield from _several_links([text for _, text in posts])


def indivisible(thread: Thread) -> tuple[Problem, ...]:
    """Return the error of a thread with a post that nothing can make shorter."""
    if not thread.overflow:
        return ()
    sentence = N_("The text cannot be divided into posts of X without breaking a word or an address: write a text for this channel.")
    return (Problem(Severity.ERROR, "too-long", sentence),)


def remarks(thread: Thread) -> Iterator[Problem]:
    """Yield what the officer should look at in a derived thread, a cut sentence once, at the post where it starts."""
    for number in thread.cut:
        sentence = N_("A sentence is too long for one post of X and is cut: shorten it for X.")
        yield Problem(Severity.NOTICE, "sentence-too-long-for-x", sentence, step=f"post-{number}")
    for number in thread.reopened:
        sentence = N_("The quotation or parenthesis goes on in the next post: it is closed at the end of this one and opened again there.")
        yield Problem(Severity.NOTICE, "quotation-over-posts", sentence, step=f"post-{number}")
    for number in thread.anaphoric:
        sentence = N_("This post starts with a pronoun: check that it can be understood without the one before.")
        yield Problem(Severity.NOTICE, "starts-with-pronoun", sentence, step=f"post-{number}")


def _accidental_links(step: str, text: str) -> Iterator[Problem]:
    """Yield the words joined by a full stop that X would turn into a link: "terminé.Il" is an address in .il."""
    for start, end in links.find(text):
        first = start
        while first and text[first - 1].isalpha():  # an accented letter in front belongs to the word, not to the address
            first -= 1
        words = text[first:end]
        if _JOINED_SENTENCES.fullmatch(words):
            sentence = N_("X would make a link of “%(words)s”: put a space after the full stop.")
            yield Problem(Severity.NOTICE, "missing-space-makes-a-link", sentence, {"words": words}, step=step)


def _several_links(texts: Sequence[str]) -> Iterator[Problem]:
    total = sum(_links(text) for text in texts)
    if total > 1:
        sentence = N_("The posts hold %(count)d links; each costs, and one is enough.")
        yield Problem(Severity.NOTICE, "several-links", sentence, {"count": total})


def _links(text: str) -> int:
    return sum(1 for _ in links.find(text.replace(PERMALINK, ANY_ADDRESS)))
