"""What an effect means for doubt."""

import pytest

from publisher.adapters.base import Form, Idempotency, Readback, Traits
from publisher.pipeline import phases


@pytest.mark.parametrize(
    ("effect", "idempotency", "unseen", "repeatable"),
    [
        ("post", Idempotency.NONE, False, False),
        ("post", Idempotency.TWO_PHASE, True, False),
        ("publish", Idempotency.TWO_PHASE, False, True),
        ("publish", Idempotency.NONE, False, False),
        ("correct", Idempotency.TWO_PHASE, False, True),
        ("correct", Idempotency.NONE, False, True),
        ("withdraw", Idempotency.TWO_PHASE, False, True),
        ("withdraw", Idempotency.NONE, False, True),
        ("media", Idempotency.NONE, True, False),
    ],
)
def test_what_readers_see_and_what_may_be_repeated(effect, idempotency, unseen, repeatable) -> None:
    traits = Traits("Fake", Form.SENTENCES, "fake", {}, idempotency, Readback.NONE)
    assert (phases.is_unseen(effect, traits), phases.is_repeatable(effect, traits)) == (unseen, repeatable)
