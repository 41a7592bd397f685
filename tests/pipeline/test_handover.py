"""Channels that a person serves: the text at its time, no call, and what the person says of it."""

import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from publisher.adapters.base import Finds, Step
from publisher.adapters.by_hand import ByHand, Config
from publisher.adapters.registry import Channel
from publisher.errors import Refused
from publisher.models import Attempt, Audit, Delivery, DeliveryStep, Receipt
from publisher.models.moves import Outrun
from publisher.pipeline import (
    afterwards,
    board,
    decisions,
    handover,
    hold,
    journal,
    manifest,
    planning,
    queue,
    resolve,
    schedule,
    status,
    tenure,
)
from publisher.pipeline.handover import Task
from publisher.pipeline.plan import Request, Window
from publisher.testing import crash
from tests.database import child
from tests.pipeline.town import Payload, Town, at

WHERE = "https://admin.valmont.example/app"
PAGE = "https://www.valmont-les-tilleuls.example/marche"
URL = "https://app.valmont.example/1"
TEXT = "Le marché change de place."
WRONG = "# Le marché change de place\n\nLe marché va place Basse le samedi 28 novembre 2026.\n"
RIGHT = WRONG.replace("Basse", "Haute")


def by_hand(town: Town, channel: str = "app", **settings) -> None:
    """Open a channel that a person serves."""
    town.channel(channel)  # with a platform behind it, where nothing may ever be called
    config = Config(adapter="by-hand", **{"where": WHERE, **settings})
    town.channels[channel] = Channel(channel, "by-hand", config, ByHand(config))


def sealed(text: str = TEXT) -> Payload:
    return Payload((Step("text", "text", {"text": text}),))


def part(town: Town, name: str = "app", text: str = TEXT, **wanted):
    return town.part(name, payload=sealed(text), **wanted)


def handed(town: Town, **settings) -> str:
    """A delivery that a person has in hand."""
    by_hand(town, **settings)
    name = town.planned(app=part(town))
    town.clock.move(minutes=1)
    town.work()
    assert town.state("app") == ("held", "by-hand")
    return name


def done(town: Town, name: str, url: str = URL, *, by: str = "alix") -> Delivery:
    return resolve.by_hand(town.desk, town.who(by), name, url)


def code(action: Callable[..., object], *args: object) -> str:
    with pytest.raises(Refused) as caught:
        action(*args)
    return caught.value.code


# ---------------------------------------------------------------- at its time, and not before


def test_at_its_time_a_person_gets_the_exact_text_and_nothing_is_called(town) -> None:
    by_hand(town, how="Onglet « Actualités ».")
    town.planned(app=part(town))
    town.work()
    assert town.state("app") == ("planned", "")
    assert board.handovers(town.desk, town.who("alix")) == []
    town.clock.move(minutes=1)
    town.work()
    assert (town.state("app"), town.steps("app"), Attempt.objects.count()) == (("held", "by-hand"), {"text": "pending"}, 0)
    (card,) = board.handovers(town.desk, town.who("alix"))
    assert (card.may_say, card.task.asks.text, card.task.asks.address, card.task.asks.how) == (True, TEXT, WHERE, "Onglet « Actualités ».")
    assert (board.held(town.desk), town.platforms["app"].calls) == ([], [])
    assert not board.handovers(town.desk, town.who("eden"))[0].may_say


def test_the_conditions_of_every_claim_come_first(town) -> None:
    by_hand(town)
    name = town.queue(app=part(town))
    town.clock.move(minutes=1)
    town.work()
    assert town.state("app") == ("planned", "not-approved")
    town.pause()
    town.clock.move(minutes=1)
    town.approve(name, now=True)
    town.work()
    assert town.state("app") == ("planned", "paused")
    town.unpause()
    town.work()
    assert town.state("app") == ("held", "by-hand")


def test_nobody_is_asked_before_the_end_of_the_embargo_nor_by_an_uncertain_clock(town) -> None:
    by_hand(town)
    end = at(town.clock, 60)
    town.planned(app=part(town, window=Window(end, end + timedelta(hours=1), end, "13:00")))
    begun = town.service()
    town.clock.move(minutes=59, seconds=59)
    town.work(begun)
    assert (town.state("app"), board.handovers(town.desk, town.who("alix"))) == (("planned", ""), [])
    town.clock.move(seconds=1)
    town.clock.ntp = False
    town.work(begun)
    assert town.state("app") == ("held", "clock-unconfirmed")
    assert board.handovers(town.desk, town.who("alix")) == []
    town.clock.ntp = True
    hold.resume(town.desk, town.who("alix"), town.delivery("app").pk)
    town.work(begun)
    assert town.state("app") == ("held", "by-hand")


def test_what_was_agreed_to_for_another_account_is_handed_to_nobody(town) -> None:
    by_hand(town, account="valmont")
    town.planned(app=part(town))
    by_hand(town, account="autre")
    town.clock.move(minutes=1)
    town.work()
    assert town.state("app") == ("held", "account-changed")


# ---------------------------------------------------------------- it is published


def test_what_a_person_says_is_kept_with_their_name(town) -> None:
    name = handed(town)
    assert done(town, name).state == "delivered"
    receipt = Receipt.objects.get()
    assert (receipt.url, receipt.remote_id, receipt.answer) == (URL, None, {"done_by": "alix", "text": TEXT})
    assert (town.steps("app"), town.announcement_state(name)) == ({"text": "sent"}, "published")
    (act,) = Audit.objects.filter(action="delivery.by-hand")
    assert (act.person.name, act.detail) == ("alix", {"url": URL})
    assert Audit.objects.get(action="delivery.delivered").person.name == "alix"
    assert (board.handovers(town.desk, town.who("alix")), code(done, town, name)) == ([], "not-by-hand")
    journal.verify(town.desk)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "app",
        "http://app.valmont.example/1",
        "https://",
        "javascript:alert(1)",
        "https://a b.example",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_what_is_no_address_is_refused(town, url) -> None:
    name = handed(town)
    assert code(done, town, name, url) == "not-an-address"
    assert town.state("app") == ("held", "by-hand")


def test_a_place_without_addresses_asks_for_none(town) -> None:
    name = handed(town, has_address=False)
    assert done(town, name, "").state == "delivered"
    assert Receipt.objects.get().url is None


def test_only_what_a_person_was_asked_to_do_can_be_done(town) -> None:
    town.channel()
    name = town.planned()
    assert code(done, town, name) == "not-by-hand"
    town.clock.move(minutes=1)
    town.work()
    assert code(done, town, name) == "not-by-hand"


def test_of_several_one_must_be_named(town) -> None:
    by_hand(town, "app")
    by_hand(town, "panneau", has_address=False)
    name = town.planned(app=part(town), panneau=part(town, "panneau"))
    town.clock.move(minutes=1)
    town.work()
    assert code(done, town, name) == "not-by-hand"
    assert done(town, town.delivery("panneau").pk, "").state == "delivered"
    assert done(town, name).channel == "app"


# ---------------------------------------------------------------- in one person's hands


def taken(town: Town, **settings) -> str:
    """A delivery whose text Alix has."""
    name = handed(town, **settings)
    take(town, name)
    return name


def take(town: Town, name: str, *, by: str = "alix"):
    return resolve.take(town.desk, town.who(by), name)


def give_back(town: Town, name: str, *, by: str = "alix", **whose: str) -> Delivery:
    return resolve.give_back(town.desk, town.who(by), name, **whose)


def card(town: Town, *, by: str = "alix"):
    (one,) = board.handovers(town.desk, town.who(by))
    return one


def test_one_person_gets_the_text_and_nobody_else(town) -> None:
    name = handed(town)
    delivery, asks = take(town, name)
    assert (asks.text, delivery.taken_by.name) == (TEXT, "alix")
    assert (card(town).is_mine, card(town, by="camille").is_mine) == (True, False)
    assert card(town, by="camille").task.holder.name == "alix"
    assert code(take, town, name) == "in-hand"
    with pytest.raises(Refused, match="“alix” has had this text in hand since"):
        take(town, name, by="camille")
    assert decisions.offered(town.desk, town.who("camille"), town.delivery("app")) == ["by-hand", "give-back"]


def test_two_who_take_it_at_the_same_moment(town) -> None:
    handed(town)
    first, second = town.delivery("app"), town.delivery("app")
    with transaction.atomic():
        handover.take(town.desk, town.who("alix"), first)
    with pytest.raises(Outrun), transaction.atomic():
        handover.take(town.desk, town.who("camille"), second)
    assert town.delivery("app").taken_by.name == "alix"


def test_given_back_it_waits_for_somebody_else(town) -> None:
    name = taken(town)
    with pytest.raises(Refused, match=r"“alix” has had this text in hand .* “--give-back alix”"):
        give_back(town, name, by="camille")
    give_back(town, name, by="camille", holder="alix")  # whoever had it may be ill; the journal names both
    assert Audit.objects.get(action="delivery.given-back").detail == {"taken_by": "alix"}
    assert (town.state("app"), card(town).task.holder) == (("held", "by-hand"), None)
    assert code(give_back, town, name) == "not-in-hand"
    with pytest.raises(Refused, match="now another person takes it"):
        take(town, name, by="camille")
    assert decisions.Decision.TAKE not in decisions.offered(town.desk, town.who("camille"), town.delivery("app"))
    assert take(town, name, by="dominique")[1].text == TEXT
    give_back(town, name, by="dominique")
    assert take(town, name, by="camille")[1].text == TEXT, "somebody else has looked since"
    assert done(town, name).state == "delivered"
    journal.verify(town.desk)


def test_an_old_page_gives_nothing_back_that_was_taken_since(town) -> None:
    name = taken(town)
    seen = town.delivery("app").taken_at.isoformat()
    give_back(town, name)
    town.clock.move(seconds=1)
    take(town, name, by="dominique")
    with pytest.raises(Refused, match="“dominique” has had this text"):
        give_back(town, name, since=seen)
    assert town.delivery("app").taken_by.name == "dominique"
    give_back(town, name, since=town.delivery("app").taken_at.isoformat())
    assert town.delivery("app").taken_by is None


@pytest.mark.parametrize("change", [lambda town: town.channels.pop("app"), lambda town: town.channel("app")])
def test_what_somebody_has_of_a_channel_that_is_no_longer_served_can_still_be_answered(town, change) -> None:
    name = taken(town)
    change(town)
    asked = card(town).task
    assert (asked.asks.text, asked.may_go_on, asked.may_be_out, board.held(town.desk)) == ("", False, True, [])
    assert set(decisions.offered(town.desk, town.who("alix"), town.delivery("app"))) == {"by-hand", "give-back"}
    assert code(done, town, name, "http://app.valmont.example/1") == "not-an-address"
    done(town, name)
    assert (town.state("app"), town.announcement_state(name)) == (("delivered", ""), "published")


def test_given_back_though_its_channel_is_gone(town) -> None:
    name = taken(town)
    del town.channels["app"]
    give_back(town, name)
    assert (town.state("app"), town.delivery("app").taken_by) == (("held", "by-hand"), None)


def test_held_since_for_too_few_visas_it_can_still_be_said_to_be_out(town) -> None:
    name = handed(town)
    town.required = 2
    town.clock.move(minutes=31)
    town.work()
    assert town.state("app") == ("held", "not-approved")
    assert not handover.task(town.desk, town.delivery("app")).may_go_on
    assert code(take, town, name) == "not-to-publish"
    assert done(town, name).state == "delivered"


def test_while_somebody_has_it_nothing_else_is_decided(town) -> None:
    name = taken(town)
    later = lambda: schedule.reschedule(town.desk, town.who("alix"), name, "2026-11-24T13:20")  # noqa: E731
    for decision in (later, lambda: resolve.drop(town.desk, town.who("alix"), name)):
        assert code(decision) == "in-hand"
    hold.hold(town.desk, town.who("lou"), name)
    assert code(hold.resume, town.desk, town.who("alix"), name) == "in-hand"
    assert done(town, name).state == "delivered"


def test_what_somebody_has_is_not_taken_back_when_its_time_is_over(town) -> None:
    name = taken(town)
    town.clock.move(minutes=31)
    town.work()
    assert (town.state("app"), card(town).task.is_late, card(town).task.may_be_out) == (("held", "by-hand"), True, True)
    give_back(town, name)
    assert code(take, town, name) == "not-to-publish"
    town.work()
    assert town.state("app") == ("missed", "too-late")


def test_the_same_text_is_not_queued_anew_while_somebody_has_it(town) -> None:
    taken(town)
    town.clock.move(minutes=31)
    town.work()
    assert code(lambda: town.queue(app=part(town))) == "already-queued"


def test_canceled_while_somebody_has_it_the_truth_decides(town) -> None:
    name = taken(town)
    assert hold.cancel(town.desk, town.who("lou"), name)[0].state == "held"
    assert (town.state("app"), card(town).task.may_go_on) == (("held", "canceled-in-hand"), False)
    assert give_back(town, name).state == "canceled"
    assert (town.steps("app"), board.handovers(town.desk, town.who("alix"))) == ({"text": "dropped"}, [])


def test_canceled_but_published_it_counts_as_published(town) -> None:
    name = taken(town)
    hold.cancel(town.desk, town.who("lou"), name)
    assert (done(town, name).state, town.state("app")) == ("delivered", ("delivered", ""))
    assert [out.url for out in afterwards.standing(town.desk, name)["app"].receipts] == [URL]


def test_a_backup_keeps_asking_whoever_had_it(town) -> None:
    name = taken(town)
    tenure.adopt(town.desk, town.who("lou"), "elsewhere")
    assert (town.state("app"), card(town).task.holder.name) == (("held", "adopted"), "alix")
    assert code(hold.resume, town.desk, town.who("alix"), name) == "in-hand"
    assert done(town, name).state == "delivered"


# ---------------------------------------------------------------- what comes between


def against(town: Town, name: str) -> str:
    """Return what stands against publishing now; it cannot be taken then."""
    found = handover.task(town.desk, town.delivery("app")).trouble
    assert (code(take, town, name) if found else "") == ("not-to-publish" if found else "")
    return found


def test_a_visa_that_no_longer_counts_keeps_the_text_from_people(town) -> None:
    name = handed(town)
    with transaction.atomic():
        manifest.void(town.who("lou"), town.delivery("app").manifest, town.clock.now(), "Faux.")
    assert against(town, name) == "Not enough people have agreed yet."


def test_more_people_asked_for_keep_the_text_from_people(town) -> None:
    name = handed(town)
    town.required = 2
    assert against(town, name) == "Not enough people have agreed yet."


def test_held_after_it_was_handed_over_it_is_nobody_s_to_publish(town) -> None:
    name = handed(town)
    (row,) = hold.hold(town.desk, town.who("lou"), name)
    assert (row.state, row.reason, board.handovers(town.desk, town.who("alix"))) == ("held", "by-person", [])
    assert code(take, town, name) == "not-to-publish"
    assert Audit.objects.filter(action="delivery.held").last().detail == {"from": "held", "reason": "by-person"}
    town.work()
    assert town.state("app") == ("held", "by-person")
    hold.resume(town.desk, town.who("alix"), name)
    town.work()
    assert (town.state("app"), take(town, name)[1].text) == (("held", "by-hand"), TEXT)


def test_held_while_somebody_has_it_they_are_told(town) -> None:
    name = taken(town)
    hold.hold(town.desk, town.who("lou"), name)
    assert (card(town).is_mine, card(town).task.trouble) == (True, "Held by a person.")
    give_back(town, name)
    assert (town.state("app"), board.handovers(town.desk, town.who("alix"))) == (("held", "by-person"), [])


def test_another_account_since_keeps_the_text_from_people(town) -> None:
    name = handed(town, account="valmont")
    by_hand(town, account="autre")
    assert against(town, name).startswith("config.toml now names another account")


def test_a_channel_switched_off_since_keeps_the_text_from_people(town) -> None:
    name = handed(town)
    by_hand(town, enabled=False)
    assert against(town, name).startswith("config.toml has this channel switched off")


def test_a_page_taken_back_since_keeps_the_text_from_people(town) -> None:
    town.channel("website", Finds, permalink=True)
    by_hand(town, after=("website",))
    name = town.planned(website=town.part("website"), app=part(town))
    town.clock.move(minutes=1)
    town.work()
    assert against(town, town.delivery("app").pk) == ""
    Delivery.objects.filter(channel="website").update(state="failed")
    assert against(town, town.delivery("app").pk).startswith("The page that must be out first")
    assert done(town, name).state == "delivered"  # what is online is online


# ---------------------------------------------------------------- what else can be decided


def test_what_is_offered(town) -> None:
    handed(town)
    assert decisions.offered(town.desk, town.who("alix"), town.delivery("app")) == ["take", "by-hand", "move", "drop"]


def test_not_published_is_dropped(town) -> None:
    name = handed(town)
    assert resolve.drop(town.desk, town.who("alix"), name).state == "failed"
    assert (town.state("app"), code(done, town, name)) == (("failed", "dropped"), "not-by-hand")


def test_a_new_time_takes_it_back_until_then(town) -> None:
    name = handed(town)
    assert schedule.reschedule(town.desk, town.who("alix"), name, "2026-11-24T13:20")
    town.work()
    assert (town.state("app")[0], board.handovers(town.desk, town.who("alix"))) == ("planned", [])
    town.clock.move(minutes=19)
    town.work()
    assert town.state("app") == ("held", "by-hand")


def test_it_does_not_go_on_by_itself_and_is_not_sent_again(town) -> None:
    name = handed(town)
    assert code(hold.resume, town.desk, town.who("alix"), name) == "needs-decision"
    assert code(resolve.send_again, town.desk, town.who("alix"), name) == "never-sent"
    assert hold.cancel(town.desk, town.who("alix"), name)[0].state == "canceled"


# ---------------------------------------------------------------- order


def website(town: Town, **keys) -> str:
    """A website by hand, and a channel whose text leads to its page."""
    by_hand(town, "website", permalink=True)
    town.channel("memory", Finds, after=("website",))
    link = Payload((Step("post-1", "post", {"text": "Tout : {permalink}", "key": "k"}),))
    name = town.planned(website=part(town, "website"), memory=town.part("memory", payload=link, **keys))
    town.clock.move(minutes=1)
    town.work()
    return name


def test_what_waits_for_a_page_made_by_hand_leaves_with_its_address(town) -> None:
    name = website(town)
    assert (town.state("website"), town.state()) == (("held", "by-hand"), ("planned", "waiting-for-channel"))
    assert code(done, town, name, "https://elsewhere.example/marche") == "link-refused"
    town.clock.move(minutes=5)
    done(town, name, PAGE)
    town.work()
    assert (town.state(), town.texts()) == (("delivered", ""), [f"Tout : {PAGE}"])


def test_a_page_given_up_holds_what_waits_for_it(town) -> None:
    resolve.drop(town.desk, town.who("alix"), website(town))
    town.work()
    assert (town.state(), town.texts()) == (("held", "website-failed"), [])


def test_the_text_by_hand_holds_the_address_of_the_page_before_it(town) -> None:
    town.channel("website", Finds, permalink=True)
    by_hand(town, after=("website",))
    platform = town.platforms["website"]
    town.site_url = "https://memory.example"
    name = town.planned(website=town.part("website"), app=part(town, text="Tout : {permalink}"))
    town.clock.move(minutes=1)
    town.work()
    task = handover.task(town.desk, town.delivery("app"))
    assert task.asks.text == f"Tout : https://memory.example/{platform.online[0]['id']}"
    done(town, town.delivery("app").pk)
    assert Receipt.objects.get(step__delivery__channel="app").answer["text"] == task.asks.text
    assert town.announcement_state(name) == "published"


def test_a_text_that_cannot_be_completed_is_held_for_that(town) -> None:
    town.channel("website", Finds, permalink=True)
    by_hand(town, after=("website",))
    town.planned(website=town.part("website"), app=part(town, text="Tout : {permalink}"))
    town.clock.move(minutes=1)
    town.work()
    assert town.state("app") == ("held", "link-refused")  # the page is not on the town's website


def test_a_page_that_goes_away_while_a_person_has_the_text_is_told(town) -> None:
    town.channel("website", Finds, permalink=True)
    by_hand(town, after=("website",))
    town.site_url = "https://memory.example"
    town.planned(website=town.part("website"), app=part(town, text="Tout : {permalink}"))
    town.clock.move(minutes=1)
    town.work()
    town.site_url = "https://www.valmont.example"
    task = handover.task(town.desk, town.delivery("app"))
    assert (task.trouble, task.asks.text) == ("The page has no address on a host of the town.", "Tout : {permalink}")
    assert done(town, town.delivery("app").pk).state == "delivered"  # what is online is online


# ---------------------------------------------------------------- too late


def missed(town: Town) -> str:
    name = handed(town)
    town.clock.move(minutes=31)
    town.work()
    assert town.state("app") == ("missed", "too-late")
    return name


def test_what_nobody_did_in_its_time_is_missed(town) -> None:
    name = missed(town)
    assert (town.announcement_state(name), board.handovers(town.desk, town.who("alix"))) == ("missed", [])
    assert town.steps("app") == {"text": "pending"}
    journal.verify(town.desk)


def test_whoever_had_the_text_may_say_later_that_it_is_online(town) -> None:
    name = missed(town)
    assert decisions.offered(town.desk, town.who("alix"), town.delivery("app")) == ["by-hand"]
    assert handover.task(town.desk, town.delivery("app")).is_late
    assert done(town, name).state == "delivered"
    assert (town.steps("app"), town.announcement_state(name)) == ({"text": "sent"}, "published")
    assert Receipt.objects.get().url == URL
    journal.verify(town.desk)


def test_what_nobody_ever_had_cannot_be_online(town) -> None:
    by_hand(town)
    name = town.planned(app=part(town))
    town.clock.move(minutes=40)
    town.work()
    assert (town.state("app"), code(done, town, name)) == (("missed", "too-late"), "not-by-hand")
    assert decisions.offered(town.desk, town.who("alix"), town.delivery("app")) == []


def test_said_after_the_end_but_before_the_service_looked_it_counts(town) -> None:
    name = handed(town)
    town.clock.move(minutes=31)
    assert done(town, name).state == "delivered"
    town.work()
    assert town.state("app") == ("delivered", "")


def test_a_clock_that_leapt_takes_nothing_from_anybody(town) -> None:
    handed(town)
    begun = town.service()
    town.clock.leap(timedelta(hours=2))
    assert not handover.lapse(begun)
    assert town.state("app") == ("held", "by-hand")


def test_an_older_run_takes_nothing_from_anybody(town) -> None:
    handed(town)
    older = town.service()
    town.service()
    town.clock.move(minutes=31)
    handover.lapse(older)
    assert town.state("app") == ("held", "by-hand")


def test_a_stop_is_told_to_whoever_has_the_text(town) -> None:
    handed(town)
    assert handover.task(town.desk, town.delivery("app")).trouble == ""
    town.pause("app")
    assert handover.task(town.desk, town.delivery("app")).trouble == "Publication is paused."
    assert code(take, town, town.delivery("app").pk) == "not-to-publish"


def test_a_backup_does_not_ask_for_what_was_perhaps_done_already(town) -> None:
    name = handed(town)
    tenure.adopt(town.desk, town.who("lou"), "elsewhere")
    assert (town.state("app"), board.handovers(town.desk, town.who("alix"))) == (("held", "adopted"), [])
    assert decisions.offered(town.desk, town.who("alix"), town.delivery("app")) == ["by-hand", "resume", "move", "drop"]
    assert handover.task(town.desk, town.delivery("app")).trouble.startswith("The data directory was copied or restored")
    town.clock.move(minutes=40)
    assert done(town, name).state == "delivered"


def test_what_waits_for_people_lets_the_service_come_to_rest(town) -> None:
    website(town)
    begun = town.service()
    assert (status.idle(begun), status.waits_for_person(town.clock.now())) == (True, True)


# ---------------------------------------------------------------- afterwards


def document(town: Town, text: str, name: str):
    file = town.folder.parent / name
    file.write_text(text, encoding="utf-8")
    return file


def published(town: Town, **settings) -> str:
    by_hand(town, **settings)
    plan = planning.read(town.desk, document(town, WRONG, "marche.md"), Request())
    name = queue.queue(town.desk, town.who("camille"), plan).id
    town.approve(name)
    town.work()
    done(town, name, URL if settings.get("has_address", True) else "")
    return name


def follow(town: Town, plan) -> Delivery:
    """Store, approve and hand over another round."""
    name = queue.queue(town.desk, town.who("camille"), plan).id
    town.approve(name)
    town.work()
    last = Delivery.objects.order_by("round").last()
    assert (last.state, last.reason) == ("held", "by-hand")
    return last


def corrected(town: Town, name: str) -> Delivery:
    return follow(town, afterwards.correction(town.desk, name, document(town, RIGHT, "rectifie.md"), "C’est la place Haute.", Request()))


def withdrawn(town: Town, name: str) -> Delivery:
    return follow(town, afterwards.withdrawal(town.desk, name, "Il n’a pas lieu.", Request()))


def asked(town: Town, delivery: Delivery) -> Task:
    task = handover.task(town.desk, delivery)
    assert task is not None
    return task


def test_a_correction_tells_what_to_replace_and_by_what(town) -> None:
    name = published(town)
    row = corrected(town, name)
    task = asked(town, row)
    assert ("place Basse" in task.asks.former, task.asks.former_url, "place Haute" in task.asks.text) == (True, URL, True)
    assert ("Rectifié le" in task.asks.text, task.takes_off) == (True, False)
    done(town, row.pk)
    assert town.announcement_state(name) == "published"
    assert [out.url for out in afterwards.standing(town.desk, name)["app"].receipts] == [URL]


def test_a_corrected_text_at_another_address_takes_the_place_of_the_former(town) -> None:
    name = published(town)
    done(town, corrected(town, name).pk, f"{URL}0")
    assert [out.url for out in afterwards.standing(town.desk, name)["app"].receipts] == [f"{URL}0"]


@pytest.mark.parametrize("has_address", [True, False])
def test_a_withdrawal_tells_what_to_take_off(town, has_address) -> None:
    name = published(town, has_address=has_address)
    row = withdrawn(town, name)
    task = asked(town, row)
    assert (task.takes_off, task.asks.text, task.asks.former_url) == (True, "", URL if has_address else "")
    assert "place Basse" in task.asks.former
    assert done(town, row.pk, "").state == "delivered"
    assert (town.announcement_state(name), afterwards.standing(town.desk, name)) == ("canceled", {})


def test_a_board_is_corrected_and_then_cleared(town) -> None:
    name = published(town, has_address=False, carries="sentences", maximum=200)
    done(town, corrected(town, name).pk, "")
    row = withdrawn(town, name)
    assert "place Haute" in asked(town, row).asks.former
    done(town, row.pk, "")
    assert afterwards.standing(town.desk, name) == {}


def test_a_withdrawal_that_nobody_did_in_time_is_missed_and_all_is_still_there(town) -> None:
    name = published(town)
    withdrawn(town, name)
    town.clock.move(minutes=300)
    town.work()
    last = Delivery.objects.order_by("round").last()
    assert (last.state, len(afterwards.standing(town.desk, name)["app"].receipts)) == ("missed", 1)


# ---------------------------------------------------------------- killed


def test_killed_in_the_middle_of_the_act_nothing_was_said(town) -> None:
    name = handed(town)
    assert child(lambda: (crash.arm("by-hand.kept"), done(town, name))) == -signal.SIGKILL
    assert (town.state("app"), town.steps("app"), Receipt.objects.count()) == (("held", "by-hand"), {"text": "pending"}, 0)
    assert not Audit.objects.filter(action="delivery.by-hand").exists()
    assert done(town, name).state == "delivered"
    journal.verify(town.desk)


def test_killed_after_it_was_taken_back_and_before_it_was_missed(town) -> None:
    handed(town)
    town.clock.move(minutes=31)
    assert child(lambda: (crash.arm("claim.pre"), town.work())) == -signal.SIGKILL
    assert town.state("app") == ("planned", "")
    town.work()
    assert town.state("app") == ("missed", "too-late")


def test_a_service_killed_as_it_hands_over_hands_over_once(town) -> None:
    by_hand(town)
    town.planned(app=part(town))
    town.clock.move(minutes=1)
    assert child(lambda: (crash.arm("claim.pre"), town.work())) == -signal.SIGKILL
    town.work()
    assert town.state("app") == ("held", "by-hand")
    assert Audit.objects.filter(action="delivery.held").count() == 1
    assert DeliveryStep.objects.get().state == "pending"


def test_another_kind_of_channel_since_then_asks_nobody(town) -> None:
    name = handed(town)
    town.channel("app")
    assert (handover.task(town.desk, town.delivery("app")), code(done, town, name)) == (None, "not-by-hand")
    assert [line.reason for line in board.held(town.desk)] == ["by-hand"]
