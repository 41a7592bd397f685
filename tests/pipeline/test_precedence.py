"""Website first: the others wait for its receipt and for readers to see it; then its address fills the place left open."""

import dataclasses
from datetime import timedelta

import pytest

from publisher.adapters.base import Finds, Payload, Receipt, Step, Withdraws
from publisher.models import Attempt, Delivery, Manifest
from publisher.pipeline import afterwards, claim, deliver, hold, queue
from publisher.pipeline.plan import HOLD, WEBSITE_FAILS, WITHOUT_LINK, Request, Window
from publisher.testing.memory_platform import accept, not_sent, refuse, unknown
from tests.pipeline.town import Shown, Town, at, thread

TEXT = "Le marché change de place.\n\nLe communiqué complet : {permalink}"
FILLED = "Le marché change de place.\n\nLe communiqué complet : https://memory.example/m1"


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def both(town, shown, monkeypatch) -> Town:
    """A website whose pages can be looked at, and a channel that links to it."""
    town.channel("website", Finds, shows=shown)
    town.channel("memory", Finds, after=("website",))
    town.site_url = "https://memory.example"
    return town


def planned(town: Town, *texts: str, policy: str | None = None) -> str:
    """Queue and approve both; their minute has come."""
    policies = {"policies": {"website_fails": policy}} if policy else {}
    name = town.planned(website=town.part("website", "La page."), memory=town.part("memory", *(texts or (TEXT,)), **policies))
    town.clock.move(minutes=1)
    return name


def test_the_address_of_the_page_fills_its_place(both, shown) -> None:
    planned(both)
    both.work()
    assert both.texts("website") == ["La page."]
    assert both.texts("memory") == [FILLED]
    assert (both.state("website"), both.state("memory")) == (("delivered", ""), ("delivered", ""))
    assert shown.looks == 1
    assert both.delivery("website").seen_at == both.clock.now()


def test_what_filled_the_place_is_kept_with_the_call_and_the_approved_text_unchanged(both) -> None:
    planned(both)
    both.work()
    attempt = Attempt.objects.get(step__delivery__channel="memory")
    filled = Step("post-1", "post", {"text": FILLED, "key": f"key of {FILLED}"})
    assert (attempt.slots, attempt.digest) == ({"{permalink}": "https://memory.example/m1"}, Payload((filled,)).digest)
    assert both.delivery("memory").payload["steps"][0]["content"]["text"] == TEXT


def test_what_is_in_doubt_is_looked_up_with_its_place_filled(both) -> None:
    planned(both)
    both.platforms["memory"].script("send", unknown(accepted=True))
    both.work_until_settled()
    assert (both.state("memory"), both.attempts("memory")) == (("delivered", ""), ["post-1 found"])


def test_the_others_wait_for_the_page(both) -> None:
    planned(both)
    both.platforms["website"].script("send", not_sent())
    begun = both.work()
    assert (both.state("website")[0], both.state("memory")) == ("sending", ("planned", "waiting-for-channel"))
    both.clock.move(5)
    both.work(begun)
    assert both.state("memory") == ("delivered", "")


def test_the_others_wait_while_it_is_in_doubt(both) -> None:
    planned(both)
    both.platforms["website"].script("send", unknown(accepted=True))
    begun = both.work()
    assert both.state("memory") == ("planned", "waiting-for-channel")
    both.work_until_settled(begun)
    assert both.texts("memory") == [FILLED]


def test_the_others_wait_until_readers_see_it_and_it_is_looked_at_every_five_seconds(both, shown) -> None:
    shown.seen = False
    planned(both)
    begun = both.work()
    assert (both.state("website"), both.state("memory")) == (("delivered", ""), ("planned", "waiting-for-readers"))
    both.clock.move(4)
    both.work(begun)
    assert shown.looks == 1
    both.clock.move(1)
    shown.seen = True
    both.work(begun)
    assert (shown.looks, both.texts("memory")) == (2, [FILLED])


def test_a_look_that_fails_sees_nothing(both, shown) -> None:
    planned(both)
    adapter = both.channels["website"].adapter
    adapter.visible = lambda step, receipt: 1 / 0
    both.work()
    assert both.state("memory") == ("planned", "waiting-for-readers")


def test_a_page_that_readers_never_see_is_for_a_person(both, shown) -> None:
    shown.seen = False
    planned(both)
    begun = both.work()
    both.clock.move(minutes=9, seconds=50)
    both.work(begun)
    assert both.state("memory") == ("planned", "waiting-for-readers")
    both.clock.move(10)
    both.work(begun)
    assert both.state("memory") == ("held", "website-unseen")
    assert both.platforms["memory"].accepted == []


def test_resumed_once_the_website_is_put_right_it_waits_for_a_new_look(both, shown) -> None:
    shown.seen = False
    planned(both)
    begun = both.work()
    both.clock.move(minutes=10)
    both.work(begun)
    assert both.state("memory") == ("held", "website-unseen")
    both.clock.move(minutes=5)
    hold.resume(both.desk, both.who("camille"), both.delivery("memory").pk)
    shown.seen = True
    deliver.advance(begun, both.delivery("memory").pk)  # before anybody looked
    assert both.state("memory") == ("planned", "waiting-for-readers")
    both.work(begun)
    assert both.state("memory") == ("delivered", "")


def test_a_page_that_readers_never_see_may_be_left_out_by_the_visa(both, shown) -> None:
    shown.seen = False
    planned(both, policy=WITHOUT_LINK)
    begun = both.work()
    both.clock.move(minutes=10)
    both.work(begun)
    assert both.texts("memory") == ["Le marché change de place."]


def website_taken_back(town: Town, name: str) -> None:
    plan = afterwards.withdrawal(town.desk, name, "Erreur.", Request(channels=("website",)))
    queue.queue(town.desk, town.who("camille"), plan)
    town.approve(name)


@pytest.fixture
def page_out(both, shown) -> Town:
    """The page is out and can be taken back; the post that leads to it is due in an hour."""
    (both.folder.parent / "Marché.md").write_text("# Marché\n\nIl va place Basse.\n", encoding="utf-8")
    both.channel("website", Finds, Withdraws, shows=shown)
    return both


def page_then_post(town: Town, policy: str = HOLD) -> str:
    later = Window(at(town.clock, 60), at(town.clock, 90), None)
    post = town.part("memory", TEXT, window=later, policies={WEBSITE_FAILS: policy})
    name = town.planned("Marché", website=town.part("website", "La page."), memory=post)
    town.clock.move(minutes=1)
    town.work()
    return name


@pytest.mark.parametrize(
    ("policy", "state", "texts"),
    [(HOLD, ("held", "website-failed"), []), (WITHOUT_LINK, ("delivered", ""), ["Le marché change de place."])],
)
def test_nothing_leads_to_a_page_that_was_taken_back_meanwhile(page_out, policy, state, texts) -> None:
    website_taken_back(page_out, page_then_post(page_out, policy))
    begun = page_out.work()
    assert page_out.texts("website") == []
    page_out.clock.move(minutes=60)
    page_out.work(begun)
    assert (page_out.state("memory"), page_out.texts("memory")) == (state, texts)


def test_nothing_leads_to_a_page_while_it_is_being_taken_back(page_out) -> None:
    name = page_then_post(page_out)
    page_out.clock.move(minutes=59)
    website_taken_back(page_out, name)
    page_out.platforms["website"].script("withdraw", not_sent())
    begun = page_out.work()
    assert page_out.state("memory") == ("planned", "waiting-for-channel")
    page_out.work_until_settled(begun)
    assert (page_out.state("memory"), page_out.texts("memory")) == (("held", "website-failed"), [])


@pytest.mark.parametrize("end", ["not approved", "refused", "canceled"])
def test_a_page_that_stays_is_led_to_whatever_was_planned_against_it(page_out, end) -> None:
    name = page_then_post(page_out)
    if end == "refused":
        page_out.platforms["website"].script("withdraw", refuse())
    website_taken_back(page_out, name)
    taking_back = Delivery.objects.get(round=2)
    if end == "not approved":
        Manifest.objects.filter(pk=taking_back.manifest_id).update(sealed_at=None)
    if end == "canceled":
        page_out.cancel(taking_back.pk)
    begun = page_out.work()
    page_out.clock.move(minutes=60)
    page_out.work(begun)
    assert page_out.texts("memory") == [FILLED]


def test_a_page_that_is_taken_back_between_claim_and_call_is_not_silently_left_out(page_out, monkeypatch) -> None:
    name = page_then_post(page_out)
    website_taken_back(page_out, name)
    begun = page_out.work()
    page_out.clock.move(minutes=60)
    monkeypatch.setattr(claim, "CONDITIONS", tuple(one for one in claim.CONDITIONS if one is not claim.others_out))
    page_out.work(begun)
    assert (page_out.state("memory"), page_out.texts("memory")) == (("held", "website-failed"), [])


def test_too_late_while_readers_do_not_see_it_is_for_a_person(both, shown) -> None:
    shown.seen = False
    planned(both)
    begun = both.work()
    Delivery.objects.filter(channel="website").update(delivered_at=both.clock.now() + timedelta(minutes=29))
    both.clock.move(minutes=31)
    both.work(begun)
    assert both.state("memory") == ("held", "website-unseen")


def test_a_page_that_was_refused_holds_the_others(both) -> None:
    planned(both)
    both.platforms["website"].script("send", refuse())
    both.work()
    assert (both.state("website"), both.state("memory")) == (("failed", "refused"), ("held", "website-failed"))


def test_a_page_that_was_refused_may_be_left_out_by_the_visa(both) -> None:
    planned(both, policy=WITHOUT_LINK)
    both.platforms["website"].script("send", refuse())
    both.work()
    assert both.texts("memory") == ["Le marché change de place."]
    assert Attempt.objects.get(step__delivery__channel="memory").slots == {"{permalink}": None}


def test_a_post_that_was_only_the_link_is_dropped_with_it(both) -> None:
    planned(both, "Un.", "Le communiqué complet : {permalink}", policy=WITHOUT_LINK)
    both.platforms["website"].script("send", refuse())
    both.work()
    assert (both.texts("memory"), both.steps("memory")) == (["Un."], {"post-1": "sent", "post-2": "dropped"})
    assert both.state("memory") == ("delivered", "dropped-partly")


def test_a_dropped_post_has_no_successor(both) -> None:
    planned(both, "{permalink}", "Deux.", policy=WITHOUT_LINK)
    both.platforms["website"].script("send", refuse())
    both.work()
    assert (both.state("memory"), both.texts("memory")) == (("held", "parent-unknown"), [])


def test_what_was_found_in_doubt_without_its_link_is_the_text_without_it(both) -> None:
    planned(both, policy=WITHOUT_LINK)
    both.platforms["website"].script("send", refuse())
    both.platforms["memory"].script("send", unknown(accepted=True))
    both.work_until_settled()
    assert both.attempts("memory") == ["post-1 found"]


@pytest.mark.parametrize("address", [None, "https://elsewhere.example/m1", "javascript:alert(1)"])
def test_an_address_elsewhere_never_enters_a_text(both, address) -> None:
    adapter = both.channels["website"].adapter
    send = type(adapter).send
    adapter.send = lambda step, receipts: send(adapter, step, receipts)._replace(url=address)
    planned(both)
    both.work()
    assert (both.state("memory"), both.platforms["memory"].accepted) == (("held", "link-refused"), [])


def test_the_channel_s_own_address_is_allowed_too(both) -> None:
    both.site_url = "https://www.example.org"

    @dataclasses.dataclass(frozen=True)
    class Settings:
        account: str = ""
        enabled: bool = True
        after: tuple[str, ...] = ()
        not_after: int = 30
        url: str = "https://memory.example/presse"

    both.channels["website"] = both.channels["website"]._replace(settings=Settings())
    planned(both)
    both.work()
    assert both.texts("memory") == [FILLED]


def test_a_page_canceled_by_a_person_holds_the_others(both) -> None:
    planned(both)
    both.cancel(both.delivery("website").pk)
    both.work()
    assert both.state("memory") == ("held", "website-failed")


def test_both_missed_by_a_service_that_was_down(both) -> None:
    planned(both)
    both.clock.move(minutes=60)
    both.work()
    assert (both.state("website"), both.state("memory")) == (("missed", "too-late"), ("missed", "too-late"))


def test_a_channel_that_is_not_planned_is_lost(both) -> None:
    both.planned(memory=both.part("memory", "Sans lien.", after=("website",)))
    both.clock.move(minutes=1)
    both.work()
    assert both.state("memory") == ("held", "website-failed")


def test_a_website_that_cannot_be_looked_at_is_seen_by_its_receipt(town) -> None:
    town.channel("website", permalink=True)
    town.channel("memory", after=("website",))
    town.site_url = "https://memory.example"
    planned(town)
    town.work()
    assert town.texts("memory") == [FILLED]


def test_a_website_that_left_config_is_not_asked(both) -> None:
    planned(both)
    begun = both.service()
    both.platforms["memory"].script("send", not_sent())
    both.work(begun)
    del both.channels["website"]
    both.clock.move(5)
    both.work(begun)
    assert both.state("memory") == ("held", "link-refused")


def test_the_single_text_has_its_place_filled_too(both) -> None:
    both.channel("memory", Finds, Withdraws, after=("website",))
    payload = thread("Un.", "Deux.", alternative="Tout : {permalink}")
    both.planned(website=both.part("website", "La page."), memory=both.part("memory", payload=payload))
    both.platforms["memory"].script("send", accept(), refuse())
    both.clock.move(minutes=1)
    begun = both.work()
    both.alternative("memory")
    both.work(begun)
    assert both.texts("memory") == ["Tout : https://memory.example/m1"]


def test_a_slot_that_nothing_fills_is_held(town) -> None:
    town.channel()
    town.planned(memory=town.part("memory", "Se désinscrire : {unsubscribe}"))
    town.clock.move(minutes=1)
    town.work()
    assert (town.state(), town.platforms["memory"].accepted) == (("held", "slot-unfilled"), [])


def test_receipts_have_their_values(both) -> None:
    planned(both)
    both.work()
    row = both.delivery("website").steps.get().receipt
    assert row.value == Receipt("post-1", "m1", "https://memory.example/m1", both.clock.now(), {"id": "m1"})
