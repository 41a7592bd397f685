from datetime import UTC, datetime, timedelta

import pytest

from publisher.models import Attempt, Delivery, DeliveryStep
from publisher.models.states import AttemptState, DeliveryState, StepState
from publisher.testing.x_posts import next_id
from tests.office import Office


@pytest.fixture
def doubt(office: Office) -> str:
    """A thread whose first post is in doubt and held, as a service that could not find it leaves it."""
    name = office.approved("--channel", "x", "--at", office.ahead(seconds=30))
    delivery = Delivery.objects.get()
    first, *_ = steps = list(delivery.steps.order_by("position"))
    assert len(steps) > 1
    called = {"intent_at": delivery.due_at, "state": AttemptState.IN_DOUBT, "digest": "sha256:0", "slots": {}}
    Attempt.objects.create(step=first, number=1, epoch=1, tainted=True, **called)
    DeliveryStep.objects.filter(pk=first.pk).update(state=StepState.IN_DOUBT)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.HELD, reason="undecided")
    assert office.json("status", name, code=3)["state"] == "held"
    return name


def test_a_second_person_must_confirm_before_it_is_sent_again(office: Office, doubt: str) -> None:
    delivery = Delivery.objects.get()
    told = office.says("resolve", doubt, "--send-again", "--as", "camille", code=3)
    assert told == f"Noted. Another person must confirm that {delivery.id} is not online; then it is sent.\n"
    assert "Another person must confirm" in office.refuses("resolve", doubt, "--send-again", "--as", "camille")
    told = office.says("resolve", doubt, "--send-again", "--as", "dominique")
    assert told == f"x ({delivery.id}): being sent.\n"


def test_json_says_that_it_is_still_held(office: Office, doubt: str) -> None:
    rows = office.json("resolve", doubt, "--send-again", "--as", "camille", code=3)["deliveries"]
    assert [(row["state"], row["reason"]) for row in rows] == [("held", "undecided")]


def test_a_rehearsal_decides_nothing_and_shows_what_would_leave(office: Office, doubt: str) -> None:
    before = office.everything(), list(DeliveryStep.objects.values_list()), list(Attempt.objects.values_list())
    first = f"http://127.0.0.1:9/valmont_tilleuls/status/{next_id(datetime.now(UTC) + timedelta(minutes=1), 0)}"
    told = office.says("resolve", doubt, "--published", first, "--dry-run", "--as", "camille")
    assert "  post\u00a02 (post-2): POST http://127.0.0.1:9/2/tweets\n" in told
    assert "    reply.in_reply_to_tweet_id: ‹id of post-1›\n" in told
    assert "(post-1)" not in told
    assert told.endswith("Dry run: nothing was stored, nothing was sent.\n")
    assert (office.everything(), list(DeliveryStep.objects.values_list()), list(Attempt.objects.values_list())) == before


def test_dropped(office: Office, doubt: str) -> None:
    assert office.json("resolve", doubt, "--drop", "--as", "camille")["deliveries"][0]["state"] == "failed"
    assert office.state(doubt) == "failed"


def test_one_decision_at_a_time(office: Office, doubt: str) -> None:
    office.refuses("resolve", doubt, "--as", "camille", code=2)
    office.refuses("resolve", doubt, "--drop", "--send-again", "--as", "camille", code=2)
    office.refuses("resolve", doubt, "--published", "post-1", "--as", "camille")
    office.refuses("resolve", doubt, "--drop", "--as", "eden")
    office.refuses("resolve", doubt, "--replace", "--as", "camille")


def test_nothing_to_decide(office: Office) -> None:
    name = office.approved()
    assert office.refuses("resolve", name, "--drop", "--as", "camille") == f"{name}: there is nothing to decide."
