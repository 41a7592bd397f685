"""The Facebook page: one post, unpublished, then published."""

import pytest

from publisher.adapters.base import Message, Payload, Step
from publisher.adapters.facebook import FOLD, POST_LIMIT, Config, Facebook, utf16_length
from publisher.config import Secret
from publisher.errors import Problem


@pytest.fixture
def adapter() -> Facebook:
    return Facebook(Config(adapter="facebook", account="1000", page_token=Secret("")))


def message(text: str) -> Message:
    return Message("page", "communique", "Fête", parts={"text": text})


def test_prepare_builds_the_whole_payload(adapter):
    steps = (Step("post", "post", {"text": "Fête\n\nDemain.", "media": []}), Step("publish", "publish", {}, "post"))
    assert adapter.prepare(message("Fête\n\nDemain.")) == Payload(steps)


def test_a_text_at_the_limit_fits_and_one_more_is_an_error(adapter):
    assert adapter.prepare(message("a" * POST_LIMIT)).problems == ()
    (problem,) = adapter.prepare(message("a" * (POST_LIMIT - 1) + "🎉")).problems
    assert isinstance(problem, Problem)
    assert (problem.severity, problem.code, problem.step, dict(problem.params)) == (
        "error",
        "too-long",
        "post",
        {"count": POST_LIMIT + 1, "limit": POST_LIMIT},
    )


def test_the_counter_is_never_below_the_characters(adapter):
    assert [adapter.limits.count(text) for text in ("été", "🎉", "👩‍🚒")] == [3, 2, 5]
    assert (adapter.limits.count, adapter.limits.text, adapter.limits.fold) == (utf16_length, POST_LIMIT, FOLD)
