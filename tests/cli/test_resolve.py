from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from publisher.models import Attempt, Delivery, DeliveryStep, audit
from publisher.models.people import SERVICE
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


# -------------------------------------------------------------------- by hand

BY_HAND = """
[channels.app]
adapter = "by-hand"
name = "Appli Valmont"
where = "https://admin.valmont.test/app"
[channels.panneau]
adapter = "by-hand"
has_address = false
"""


@pytest.fixture
def hands(office: Office) -> str:
    """An announcement that a person has to publish on two channels, as the service hands it over."""
    office.write("config.toml", (office.folder / "config.toml").read_text("utf-8") + BY_HAND)
    name = office.approved("--channel", "app", "--channel", "panneau", "--at", office.ahead(seconds=30))
    Delivery.objects.update(state=DeliveryState.HELD, reason="by-hand")
    return name


def test_published_by_hand_at_an_address_or_at_none(office: Office, hands: str) -> None:
    app, panneau = Delivery.objects.order_by("channel").values_list("pk", flat=True)
    assert "“publisher resolve … --take” gives" in office.says("status", hands, code=3)
    assert "is not an address" in office.refuses("resolve", app, "--published", "--as", "camille")
    assert office.says("resolve", app, "--published", "https://app.valmont.test/1", "--as", "camille") == f"app ({app}): delivered.\n"
    assert office.json("resolve", panneau, "--as", "camille", "--published")["deliveries"][0]["state"] == "delivered"
    assert office.state(hands) == "published"


@pytest.mark.usefixtures("hands")
def test_the_text_is_taken_by_one_person_and_given_back(office: Office) -> None:
    app = Delivery.objects.get(channel="app")
    told = office.says("resolve", app.pk, "--take", "--as", "camille")
    assert told.startswith("Where: https://admin.valmont.test/app\n\n")
    assert f"“publisher resolve {app.pk} --published ADDRESS”" in told
    assert "“camille” has had this text in hand since" in office.refuses("resolve", app.pk, "--take", "--as", "dominique")
    assert "is in the hands of “camille”" in office.refuses("resolve", app.pk, "--drop", "--as", "dominique")
    assert "then say “--give-back camille”" in office.refuses("resolve", app.pk, "--give-back", "--as", "dominique")
    given = office.says("resolve", app.pk, "--give-back", "camille", "--as", "dominique", code=3)
    assert given.startswith(f"app ({app.pk}): held")
    assert "now another person takes it" in office.refuses("resolve", app.pk, "--take", "--as", "dominique")
    taken = office.json("resolve", app.pk, "--take", "--as", "camille")
    assert (taken["format"], taken["id"], taken["address"]) == ("publisher.handover/1", app.pk, "https://admin.valmont.test/app")
    assert taken["text"] in told


@pytest.mark.usefixtures("hands")
def test_a_rehearsal_of_the_same_stores_nothing(office: Office) -> None:
    app, before = Delivery.objects.get(channel="app").pk, office.everything()
    told = office.says("resolve", app, "--published", "https://app.valmont.test/1", "--dry-run", "--as", "camille")
    assert told.endswith("Dry run: nothing was stored, nothing was sent.\n")
    assert office.everything() == before


@pytest.mark.usefixtures("hands")
def test_what_was_missed_by_hand_may_still_be_said_to_be_online(office: Office) -> None:
    app = Delivery.objects.get(channel="app")
    with transaction.atomic():
        audit.record(SERVICE, "delivery.held", app.pk, datetime.now(UTC), {"reason": "by-hand"})
    Delivery.objects.filter(pk=app.pk).update(state=DeliveryState.MISSED, reason="too-late")
    told = office.says("resolve", app.pk, "--published", "https://app.valmont.test/1", "--as", "camille")
    assert told == f"app ({app.pk}): delivered.\n"


def test_an_address_is_needed_where_a_call_is_in_doubt(office: Office, doubt: str) -> None:
    assert "is not a web address" in office.refuses("resolve", doubt, "--step", "post-1", "--as", "camille", "--published")
