"""The page of the channels."""

import re

import pytest

from publisher.adapters.base import Corrects, Finds, Probes, Withdraws
from publisher.models import Audit, ChannelState, Pause, Receipt
from publisher.pipeline import channels
from publisher.testing.memory_platform import accept, not_sent, rate_limited, unauthorized
from tests.web.browsing import alerts, code


def page(client) -> str:
    return client.get("/canaux/").content.decode()


def card(client, name: str) -> str:
    """The words of one card."""
    found = re.search(rf'<section class="card" id="{name}">(.*?)</section>', page(client), re.DOTALL)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def act(client, wanted: str, channel: str = "memory", **told: str) -> list[str]:
    return alerts(client.post("/canaux/agir/", {"act": wanted, "channel": channel, **told}, follow=True))


def test_a_card_says_what_the_channel_is_and_can_do(town, browser) -> None:
    town.channel("website", permalink=True)
    town.channel("press", Finds, Withdraws, Corrects, Probes, account="mairie", after=("website",))
    told = card(browser("eden"), "press")
    assert told.startswith("Memory press not asked yet Account mairie")
    assert "Leaves only when this is out: Memory (website)." in told
    assert "Takes back what is out." in told
    assert "Tells after a moment whether something is out." in told
    other = card(browser("eden"), "website")
    assert "works" in other
    assert "The other channels link to its page." in other
    assert "Cannot take back what is out: that is done by hand." in other
    assert "Cannot tell whether something is out: in doubt, a person looks." in other
    assert "Last asked" not in other


def test_its_last_deliveries_lead_to_the_announcement_and_to_what_is_online(town, browser) -> None:
    name = town.planned("Le marché")
    town.clock.move(minutes=1)
    town.work()
    shown = page(browser("eden"))
    assert f'<a href="/annonces/{name}/">Le marché</a>' in shown
    assert '<a rel="noreferrer" href="https://memory.example/m1">' in shown


def test_only_the_last_ten_are_shown(town, browser) -> None:
    for number in range(12):
        town.planned(f"Annonce {number}", memory=town.part("memory", f"Texte {number}"))
    assert page(browser("eden")).count('class="mark planned"') == channels.FEW


def test_what_is_no_address_is_no_link(town, browser) -> None:
    town.planned()
    Receipt.objects.create(step=town.delivery().steps.get(), url="javascript:alert(1)", recorded_at=town.clock.now())
    assert "javascript:" not in page(browser("eden"))


@pytest.mark.parametrize("name", ["camille", "dominique", "lou"])
def test_one_channel_is_stopped_with_a_reason_and_goes_on(town, browser, name) -> None:
    client = browser(name)
    assert act(client, "stop", reason=" ") == ["Say why: the others need the reason."]
    assert act(client, "stop", reason="Compte piraté.")[0].startswith("memory is stopped")
    told = card(client, "memory")
    assert f"stopped Stopped by {name}. Compte piraté." in told
    assert '<a class="why" href="/aide/paused/">' in page(client)
    assert "Let this channel go on" in told
    act(client, "go-on", code=code())
    assert not Pause.objects.filter(ended_at=None).exists()
    assert "Stop this channel" in card(client, "memory")


def test_a_reader_sees_no_button_and_may_not_act(town, browser) -> None:
    client = browser("eden")
    assert "/canaux/agir/" not in page(client)
    assert client.post("/canaux/agir/", {"act": "stop", "channel": "memory", "reason": "x"}).status_code == 403


def test_what_was_stopped_with_everything_says_so(town, browser) -> None:
    town.pause()
    assert "Stopped with everything else. Alerte." in card(browser("camille"), "memory")


def test_a_channel_that_is_switched_off_or_must_wait_says_so(town, browser) -> None:
    town.channel("off", Probes, enabled=False)
    town.channel("slow", Probes)
    ChannelState.objects.create(pk="slow", retry_at=town.clock.now().replace(hour=18))
    assert card(browser("eden"), "off").startswith("Memory off switched off config.toml has this channel switched off")
    assert "Waits until today, Tuesday 24 November at 19 o’clock: the platform asks for it." in card(browser("eden"), "slow")
    assert "Verify now" not in card(browser("camille"), "off")


def test_verifying_asks_once_publishes_nothing_and_tells_what_was_answered(town, browser) -> None:
    platform, client = town.channel("press", Probes, account="mairie"), browser("camille")
    assert act(client, "verify", "press") == ["press answers and takes us for its account; nothing was published."]
    assert (platform.calls, platform.accepted) == ([("probe", "mairie")], [])
    row = Audit.objects.get(action="channel.verified")
    assert (row.person.name, row.subject, row.detail) == ("camille", "press", {})
    assert "Memory press works" in card(client, "press")
    assert "(camille) · answers as it should" in card(client, "press")


def test_a_wrong_account_and_a_failure_are_told_and_stay_on_the_card(town, browser) -> None:
    platform, client = town.channel("press", Probes, account="mairie"), browser("lou")
    platform.account = "autre"
    (told,) = act(client, "verify", "press")
    assert told.startswith("Our access belongs to the account “autre”, not to “mairie”")
    assert told in card(client, "press")
    platform.account = "mairie"
    platform.script("probe", not_sent(), rate_limited(), accept())
    town.clock.move(minutes=1)
    assert act(client, "verify", "press") == ["The memory platform could not be reached."]
    town.clock.move(minutes=1)
    assert act(client, "verify", "press") == ["The memory platform asks to wait."]
    assert "not ready" in card(client, "press")
    town.clock.move(minutes=1)
    act(client, "verify", "press")
    assert "works" in card(client, "press")
    assert not Pause.objects.exists()


def test_a_platform_is_asked_by_hand_once_a_minute_whoever_asks(town, browser) -> None:
    platform = town.channel("press", Probes, account="mairie")
    town.channel("other", Probes, account="mairie")
    act(browser("camille"), "verify", "press")
    town.clock.move(seconds=59)
    sentence = "Memory (press) was asked less than a minute ago; its card shows the answer. It can be asked again from 13:01 on."
    assert act(browser("lou"), "verify", "press") == [sentence]
    assert act(browser("lou"), "verify", "other")[0].startswith("other answers")
    assert platform.calls == [("probe", "mairie")]
    town.clock.move(seconds=1)
    assert act(browser("lou"), "verify", "press")[0].startswith("press answers")
    assert len(platform.calls) == 2


def test_a_lost_access_stops_the_channel_whoever_finds_it(town, browser) -> None:
    platform, client = town.channel("press", Probes), browser("camille")
    platform.script("probe", unauthorized())
    assert act(client, "verify", "press") == ["The memory platform does not accept the token."]
    told = card(client, "press")
    assert "stopped The service stopped it. The platform no longer accepts our access" in told
    assert "The memory platform does not accept the token." in told
    assert 'href="/aide/unauthorized/"' in page(client)


def test_a_person_s_question_leaves_the_service_its_own(town, browser) -> None:
    town.channel("press", Probes)
    act(browser("camille"), "verify", "press")
    assert not ChannelState.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "channel", "sentence"),
    [
        ("verify", "memory", "Memory (memory) publishes without asking anybody: there is nothing to verify."),
        ("verify", "off", "config.toml has Memory (off) switched off: there is nobody to ask."),
        ("verify", "none", "config.toml no longer has the channel none: put it back first."),
        ("stop", "none", "There is no channel “none”; the channels are memory, off."),
        ("go-on", "memory", "Publication is not paused there."),
        ("nonsense", "memory", "Nothing was done: choose one of the buttons of the page."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(town, browser, wanted, channel, sentence) -> None:
    town.channel("off", Probes, enabled=False)
    assert act(browser("camille"), wanted, channel, reason="Alerte.", code=code()) == [sentence]
