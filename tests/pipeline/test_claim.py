"""Each condition of a claim, false one at a time: nothing is called, and the reason is kept (delivery.md §4)."""

import dataclasses
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publisher.adapters.base import Finds, Probes
from publisher.models import Attempt, Audit, ChannelState, Delivery, DeliveryStep, Holder, Manifest, Pause
from publisher.pipeline import claim, deliver, hold, planning, queue, status
from publisher.pipeline.plan import Request, Window
from publisher.testing.memory_platform import accept, not_sent, unknown
from tests.pipeline.town import Town, at, one_round


@pytest.fixture
def ready(town) -> Town:
    """A delivery that would leave now; each test takes one condition away."""
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    return town


def nothing_leaves(town: Town, state: str, reason: str) -> None:
    town.work()
    assert town.state() == (state, reason)
    assert [call for platform in town.platforms.values() for call in platform.calls if call[0] == "send"] == []
    assert Attempt.objects.count() == 0


def test_with_all_conditions_true_it_leaves(ready) -> None:
    ready.work()
    assert ready.state() == ("delivered", "")


def test_not_due(town) -> None:
    town.channel()
    town.planned()
    nothing_leaves(town, "planned", "")


def test_not_due_by_a_second(town) -> None:
    town.channel()
    town.planned()
    town.clock.move(59.999999)
    nothing_leaves(town, "planned", "")


def test_clock_leapt(ready) -> None:
    begun = ready.service()
    ready.clock.leap(timedelta(hours=1))
    ready.work(begun)
    assert (ready.state(), ready.texts()) == (("planned", "clock-suspect"), [])
    ready.clock.leap(timedelta(hours=-1))
    ready.clock.ntp = True
    ready.work(begun)
    assert ready.state() == ("delivered", "")


def test_clock_that_leapt_ahead_sends_nothing_early(town) -> None:
    town.channel()
    town.planned()
    begun = town.service()
    town.clock.leap(timedelta(minutes=5))
    town.work(begun)
    assert (town.state(), town.texts()) == (("planned", "clock-suspect"), [])


def test_after_a_leap_any_channel_is_asked_whether_the_clock_is_right(town) -> None:
    town.channel("website")
    town.channel("other", Probes)
    town.planned(website=town.part("website"))
    begun = town.service()
    town.clock.leap(timedelta(seconds=10))
    town.clock.move(minutes=1)
    town.work(begun)
    assert town.state("website") == ("delivered", "")
    assert [call[0] for call in town.platforms["other"].calls] == ["probe"]


@pytest.mark.parametrize("leap", [timedelta(seconds=10), timedelta(seconds=-10), timedelta(hours=1), timedelta(hours=-1)])
def test_what_waited_for_the_clock_until_it_was_too_late_is_for_a_person(town, leap) -> None:
    """Too late by both reckonings, with the leap and without it: a clock that is put right again has made nothing late."""
    town.channel()
    town.planned()
    begun = town.service()
    town.clock.leap(leap)
    town.clock.move(minutes=30 + max(-leap, timedelta(0)).total_seconds() / 60)
    town.work(begun)
    assert town.state()[0] == "planned"
    town.clock.move(minutes=2)
    town.work(begun)
    assert (town.state(), status.waits_for_person(town.clock.now())) == (("held", "clock-late"), True)
    assert Attempt.objects.count() == 0


def test_what_nobody_approved_is_not_late_by_a_clock_that_leapt(town) -> None:
    town.channel()
    town.queue()
    begun = town.service()
    town.clock.leap(timedelta(seconds=10))
    town.clock.move(minutes=60)
    town.work(begun)
    assert town.state() == ("planned", "clock-suspect")


def test_not_approved(town) -> None:
    town.channel()
    town.queue()
    town.clock.move(minutes=1)
    nothing_leaves(town, "planned", "not-approved")


def test_config_asks_for_more_people_now(ready) -> None:
    ready.required = 2
    nothing_leaves(ready, "planned", "not-approved")


def test_config_asks_for_more_people_once_a_part_is_out(town) -> None:
    town.channel("memory", Finds)
    name = town.planned(memory=town.part("memory", "Un.", "Deux."))
    town.platforms["memory"].script("send", accept(), not_sent())
    town.clock.move(minutes=1)
    town.work()
    town.required = 2
    town.work_until_settled(minutes=5)
    assert (town.state(), town.texts()) == (("held", "not-approved"), ["Un."])
    for person in ("sacha", "dominique"):
        town.approve(name, by=person, now=True)
    hold.resume(town.desk, town.who("camille"), name)
    town.work()
    assert town.texts() == ["Un.", "Deux."]


def test_a_visa_that_was_voided(ready) -> None:
    Manifest.objects.update(void_at=ready.clock.now())
    nothing_leaves(ready, "planned", "not-approved")


def test_the_account_changed(ready) -> None:
    channel = ready.channels["memory"]
    ready.channels["memory"] = channel._replace(settings=dataclasses.replace(channel.settings, account="@other"))
    nothing_leaves(ready, "held", "account-changed")


def test_the_kind_changed(ready) -> None:
    ready.channels["memory"] = ready.channels["memory"]._replace(kind="other")
    nothing_leaves(ready, "held", "account-changed")


@pytest.fixture
def versioned(town) -> Town:
    """A delivery that would leave now, agreed to for one version of the platform's interface."""
    town.channel()
    town.channels["memory"].adapter.interface = "v26.0"
    file = town.folder.parent / "marche.md"
    file.write_text("# Le marché change de place\n\nIl va place Basse.\n", encoding="utf-8")
    queued = queue.queue(town.desk, town.who("camille"), planning.read(town.desk, file, Request()))
    town.approve(queued.id)
    return town


def test_the_same_version_of_the_interface_leaves(versioned) -> None:
    assert Delivery.objects.get().policies == {"website_fails": "hold", "interface": "v26.0"}
    versioned.work()
    assert versioned.state() == ("delivered", "")


def test_the_version_of_the_interface_changed(versioned) -> None:
    versioned.channels["memory"].adapter.interface = "v27.0"
    nothing_leaves(versioned, "held", "interface-changed")


def test_the_adapter_no_longer_tells_the_version_of_the_interface(versioned) -> None:
    del versioned.channels["memory"].adapter.interface
    nothing_leaves(versioned, "held", "interface-changed")


def test_what_was_agreed_to_without_a_version_of_the_interface_leaves(ready) -> None:
    ready.channels["memory"].adapter.interface = "v26.0"
    ready.work()
    assert ready.state() == ("delivered", "")


def rewrite(statement: str, *parameters: object) -> None:
    """Change what the triggers keep, as somebody with the file in their hands could."""
    with connection.cursor() as cursor:
        for name in ("keep_delivery_update", "keep_manifest_update"):
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement, parameters)


def test_the_payload_is_not_the_approved_one(ready) -> None:
    payload = Delivery.objects.get().payload
    payload["steps"][0]["content"]["text"] = "Un autre texte."
    rewrite("UPDATE publisher_delivery SET payload = %s", json.dumps(payload))
    nothing_leaves(ready, "held", "altered")


def test_the_manifest_is_not_what_its_hash_says(ready) -> None:
    rewrite("UPDATE publisher_manifest SET canonical = replace(canonical, 'hold', 'without-link')")
    nothing_leaves(ready, "held", "altered")


def test_the_manifest_does_not_name_the_delivery(ready) -> None:
    rewrite("UPDATE publisher_manifest SET canonical = '{\"deliveries\":[]}', hash = %s", "sha256:" + sha256('{"deliveries":[]}'))
    nothing_leaves(ready, "held", "altered")


def sha256(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"policies": {"website_fails": "without-link"}},
        {"after": ["other"]},
        {"late": 300},
        {"not_after": timedelta(hours=3)},
        {"due_at": timedelta(minutes=-5)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_anything_else_that_was_sealed_changed(ready, change) -> None:
    values = {name: getattr(ready.delivery(), name) + value if isinstance(value, timedelta) else value for name, value in change.items()}
    Delivery.objects.update(**values)
    nothing_leaves(ready, "held", "altered")


def test_paused_channel_and_paused_everything(ready) -> None:
    ready.pause("memory")
    nothing_leaves(ready, "planned", "paused")
    ready.pause()
    ready.unpause("memory")
    nothing_leaves(ready, "planned", "paused")
    ready.unpause()
    ready.work()
    assert ready.state() == ("delivered", "")


def test_another_channel_s_pause_does_not_matter(ready) -> None:
    ready.channel("other")
    ready.pause("other")
    ready.work()
    assert ready.state() == ("delivered", "")


def test_channel_gone_or_switched_off(ready) -> None:
    channel = ready.channels.pop("memory")
    nothing_leaves(ready, "planned", "channel-missing")
    ready.channels["memory"] = channel._replace(settings=dataclasses.replace(channel.settings, enabled=False))
    nothing_leaves(ready, "planned", "channel-disabled")


@pytest.mark.parametrize("agreed_to", [True, False])
def test_what_a_missing_channel_keeps_back_is_not_forgotten(town, agreed_to) -> None:
    town.channel()
    name = town.queue()
    if agreed_to:
        town.approve(name)
    del town.channels["memory"]
    town.clock.move(minutes=32)
    nothing_leaves(town, *(("missed", "too-late") if agreed_to else ("planned", "channel-missing")))


def test_too_late_with_nothing_begun_is_missed(ready) -> None:
    ready.clock.move(minutes=31)
    nothing_leaves(ready, "missed", "too-late")


def test_the_last_second_of_the_window_still_counts(ready) -> None:
    ready.clock.move(minutes=30)
    ready.work()
    assert ready.state() == ("delivered", "")


def test_too_late_with_something_begun_is_held(ready) -> None:
    ready.platforms["memory"].script("send", not_sent())
    begun = ready.work()
    ready.clock.move(minutes=31)
    ready.work(begun)
    assert ready.state() == ("held", "late")


def test_what_awaits_a_visa_is_never_called_late(town) -> None:
    town.channel()
    town.queue()
    town.clock.move(minutes=300)
    nothing_leaves(town, "planned", "not-approved")


def test_too_late_while_paused_is_missed_all_the_same(ready) -> None:
    ready.pause()
    ready.clock.move(minutes=31)
    nothing_leaves(ready, "missed", "too-late")


def test_another_service_has_taken_over(ready) -> None:
    begun = ready.service()
    ready.service()
    assert not one_round(begun)
    assert ready.texts() == []


def test_a_delivery_in_the_hands_of_this_service_is_not_claimed_again(ready) -> None:
    begun = ready.service()
    first = claim.claim(begun, ready.delivery().pk)
    assert first is not None
    assert claim.claim(begun, ready.delivery().pk) is None
    assert ready.state() == ("sending", "")


def test_one_call_at_a_time_on_a_channel(ready) -> None:
    ready.planned("Autre annonce", memory=ready.part("memory", "Autre.", window=Window(ready.clock.now(), at(ready.clock, 30), None)))
    begun = ready.service()
    one, two = Delivery.objects.order_by("due_at", "announcement__created_at").values_list("pk", flat=True)
    assert claim.claim(begun, one) is not None
    assert claim.claim(begun, two) is None
    assert Delivery.objects.get(pk=two).reason == ""


def test_the_next_step_waits_while_one_is_in_doubt(ready) -> None:
    ready.platforms["memory"].script("send", unknown(accepted=False))
    ready.work()
    assert ready.state() == ("sending", "in-doubt")


def test_in_doubt_comes_before_late(ready) -> None:
    ready.platforms["memory"].script("send", unknown(accepted=False))
    begun = ready.work()
    ready.clock.move(minutes=40)
    deliver.advance(begun, ready.delivery().pk)
    assert ready.state() == ("sending", "in-doubt")


def test_a_reason_that_lasts_is_written_once(ready) -> None:
    ready.pause()
    begun = ready.service()
    one_round(begun)
    version = ready.delivery().row_version
    for _ in range(5):
        one_round(begun)
    assert ready.delivery().row_version == version


def test_an_open_delivery_without_a_step_to_send_is_a_mistake_of_ours(ready) -> None:
    DeliveryStep.objects.update(state="sent")
    with pytest.raises(AssertionError, match="no step to send"):
        ready.work()


# ---------------------------------------------------------------- embargo


@pytest.fixture
def embargoed(town) -> Town:
    """Due at the end of its embargo, on a channel that can tell the hour."""
    town.channel("memory", Probes)
    end = at(town.clock, 1)
    town.planned(memory=town.part(window=Window(end, end + timedelta(minutes=30), end)))
    return town


def test_nothing_leaves_under_embargo(embargoed) -> None:
    embargoed.clock.move(59)
    nothing_leaves(embargoed, "planned", "")
    embargoed.clock.move(1)
    embargoed.work()
    assert embargoed.state() == ("delivered", "")


def test_the_embargo_ends_by_the_kernel_s_word_or_a_platform_s(embargoed) -> None:
    embargoed.clock.ntp = False
    embargoed.clock.move(minutes=1)
    embargoed.work()
    assert embargoed.state() == ("delivered", "")


def test_a_channel_without_a_clock_borrows_another_s(town) -> None:
    town.channel("silent")
    town.channel("telling", Probes)
    end = at(town.clock, 1)
    town.planned(silent=town.part("silent", window=Window(end, end + timedelta(minutes=30), end)))
    town.clock.ntp = False
    town.clock.move(minutes=1)
    town.work()
    assert town.state("silent") == ("delivered", "")
    assert town.platforms["telling"].calls == [("probe", "memory")]


def test_with_nobody_to_confirm_the_hour_a_person_decides(town) -> None:
    town.channel()
    end = at(town.clock, 1)
    town.planned(memory=town.part(window=Window(end, end + timedelta(minutes=30), end)))
    town.clock.ntp = False
    town.clock.move(minutes=1)
    nothing_leaves(town, "held", "clock-unconfirmed")


def test_while_somebody_could_confirm_the_hour_it_waits(embargoed) -> None:
    embargoed.clock.ntp = False
    embargoed.platforms["memory"].script("probe", then=(not_sent() for _ in range(99)))
    embargoed.clock.move(minutes=1)
    embargoed.work()
    assert embargoed.state() == ("planned", "clock-unconfirmed")


def test_an_embargo_cannot_be_undercut_in_the_database(embargoed) -> None:
    with pytest.raises(Exception, match="embargo"):
        Delivery.objects.update(due_at=embargoed.clock.now())


# ---------------------------------------------------------------- preflight


@pytest.fixture
def probed(town) -> Town:
    town.channel("memory", Probes, account="@mairie")
    town.planned()
    return town


def test_the_platform_is_asked_in_the_minute_before_and_once(probed) -> None:
    begun = probed.work()
    probed.clock.move(minutes=1)
    probed.work(begun)
    assert probed.platforms["memory"].calls == [("probe", "@mairie"), ("send", "post-1")]


def test_an_answer_lasts_five_minutes(probed) -> None:
    begun = probed.work()
    probed.clock.move(minutes=5)
    assert claim.ready(case(probed, begun)) is None
    probed.clock.move(0.001)
    assert claim.ready(case(probed, begun)).reason == "not-ready"


def case(town: Town, begun) -> claim.Case:
    return claim.looked_at(begun, town.delivery(), town.channels["memory"])


def test_without_an_answer_it_waits_and_asks_again_after_ten_seconds(probed) -> None:
    probed.platforms["memory"].script("probe", not_sent(), unknown(accepted=False))
    probed.clock.move(minutes=1)
    begun = probed.work()
    assert (probed.state(), len(probed.platforms["memory"].calls)) == (("planned", "not-ready"), 1)
    probed.clock.move(9)
    probed.work(begun)
    assert len(probed.platforms["memory"].calls) == 1
    probed.clock.move(1)
    probed.work(begun)
    probed.clock.move(10)
    probed.work(begun)
    assert probed.state() == ("delivered", "")


def test_another_account_is_held(probed) -> None:
    probed.platforms["memory"].account = "@other"
    probed.clock.move(minutes=1)
    nothing_leaves(probed, "held", "account-differs")


def test_the_account_s_case_does_not_matter(probed) -> None:
    probed.platforms["memory"].account = "@Mairie"
    probed.clock.move(minutes=1)
    probed.work()
    assert probed.state() == ("delivered", "")


def test_a_platform_with_another_hour_sends_nothing(probed) -> None:
    probed.clock.ntp = False
    probed.platforms["memory"].clock = lambda: probed.clock.now() + timedelta(seconds=61)
    probed.clock.move(minutes=1)
    begun = probed.work()
    assert probed.state() == ("planned", "clock-suspect")
    probed.platforms["memory"].clock = probed.clock.now
    probed.clock.move(10)
    probed.work(begun)
    assert probed.state() == ("delivered", "")


def test_a_lost_access_found_by_the_probe_pauses_the_channel(probed) -> None:
    from publisher.testing.memory_platform import unauthorized

    probed.platforms["memory"].script("probe", unauthorized())
    probed.clock.move(minutes=1)
    begun = probed.work()
    assert (probed.state(), Pause.objects.count()) == (("planned", "unauthorized"), 1)
    probed.clock.move(minutes=5)
    probed.work(begun)
    assert len(probed.platforms["memory"].calls) == 1
    probed.unpause("memory")
    probed.work(begun)
    assert probed.state() == ("delivered", "")


def test_a_channel_that_was_asked_in_the_future_is_asked_again(probed) -> None:
    ChannelState.objects.create(name="memory", probed_at=at(probed.clock, 60))
    probed.clock.move(minutes=1)
    probed.work()
    assert probed.state() == ("delivered", "")


# ---------------------------------------------------------------- bookkeeping


def test_what_is_coming_is_each_instant_at_which_something_approved_is_due(town) -> None:
    town.channel("one")
    town.channel("two")
    now, end = town.clock.now(), at(town.clock, 30)
    assert claim.coming(now, end) == []
    town.queue("Sans visa", one=town.part("one", "Sans visa."))
    assert claim.coming(now, end) == []
    for title, minutes in (("Plus tard", 31), ("Après", 20), ("Avant", 10), ("Aussi", 10)):
        channel = "one" if title == "Aussi" else "two"
        town.planned(title, **{channel: town.part(channel, title, window=Window(at(town.clock, minutes), at(town.clock, 40), None))})
    assert claim.coming(now, end) == [at(town.clock, 10), at(town.clock, 20)]
    assert claim.coming(at(town.clock, 10), end) == [at(town.clock, 20)]


def test_a_claim_asks_a_bounded_number_of_questions(town) -> None:
    town.channel()
    counts = []
    for number in (1, 15):
        name = town.planned(
            f"Annonce {number}",
            memory=town.part("memory", *(f"{number} {part}" for part in range(number)), window=Window(None, None, None)),
        )
        begun = town.service()
        delivery = Delivery.objects.get(announcement=name).pk
        with CaptureQueriesContext(connection) as counted:
            assert claim.claim(begun, delivery) is not None
        counts.append(len(counted))
        Delivery.objects.update(state="canceled", claimed_by=None)
    assert counts[0] == counts[1] <= 22


def test_the_start_of_a_run_is_on_record_with_its_epoch(town) -> None:
    assert [town.service().epoch, town.service().epoch] == [1, 2]
    assert Holder.objects.get().epoch == 2
    assert [row.detail for row in Audit.objects.filter(action="service.started")] == [{"epoch": 1}, {"epoch": 2}]


def test_what_awaits_a_visa_is_looked_at_once_and_again_when_it_is_given(town) -> None:
    town.channel()
    name = town.queue()
    town.clock.move(minutes=1)
    begun = town.service()
    assert len(claim.due(begun)) == 1
    one_round(begun)
    assert (town.state(), len(claim.due(begun))) == (("planned", "not-approved"), 0)
    town.approve(name)
    assert len(claim.due(begun)) == 1
    town.work(begun)
    assert town.state() == ("delivered", "")
