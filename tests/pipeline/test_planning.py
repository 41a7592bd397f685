"""From a document to a plan: times, embargo, order, and what forbids them; with the real render on memory channels."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.adapters.base import Finds, Form, Idempotency, Payload, Probes, Readback
from publisher.announcement import Announcement, ChannelText
from publisher.errors import ConfigError, Problem, PublisherError, Refused, Severity, UsageError
from publisher.pipeline.plan import HOLD, WITHOUT_LINK, Plan, Request, Source, Window
from publisher.pipeline.planning import plan
from tests.database import NOON
from tests.pipeline.town import Town, thread

ANNOUNCEMENT = Announcement("Le marché change de place", "Il va place Basse.")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def planned(town: Town, announcement: Announcement = ANNOUNCEMENT, **request: Any) -> Plan:
    return plan(town.desk, Source(Path("a.md"), b""), announcement, Request(**request))


def refusal(town: Town, announcement: Announcement = ANNOUNCEMENT, **request: Any) -> PublisherError:
    with pytest.raises(PublisherError) as caught:
        planned(town, announcement, **request)
    return caught.value


def windows(made: Plan) -> dict[str, Window]:
    return {part.channel.name: part.window for part in made.parts}


def test_without_a_time_it_leaves_when_approved(town) -> None:
    town.channel()
    assert windows(planned(town)) == {"memory": Window(None, None, None, "")}


def test_a_time_is_read_in_the_town_s_zone_and_kept_as_typed(town) -> None:
    town.channel()
    assert windows(planned(town, at="2026-11-24T18:00")) == {
        "memory": Window(utc("2026-11-24T17:00"), utc("2026-11-24T17:30"), None, "2026-11-24T18:00")
    }


def test_each_channel_has_its_own_patience(town) -> None:
    town.channel("slow", not_after=240)
    town.channel("quick")
    made = windows(planned(town, at="2026-11-24T18:00"))
    assert [made[name].not_after for name in ("slow", "quick")] == [utc("2026-11-24T21:00"), utc("2026-11-24T17:30")]


def test_the_end_may_be_said(town) -> None:
    town.channel()
    made = windows(planned(town, at="2026-11-24T18:00", not_after="2026-11-24T18:05"))
    assert made["memory"].not_after == utc("2026-11-24T17:05")
    from_document = ANNOUNCEMENT._replace(not_after=utc("2026-11-24T20:00"))
    assert windows(planned(town, from_document))["memory"] == Window(None, utc("2026-11-24T20:00"), None)


def test_the_document_may_give_a_channel_its_own_time(town) -> None:
    town.channel("one")
    town.channel("two")
    own = ANNOUNCEMENT._replace(channels={"two": ChannelText(at=utc("2026-11-25T08:00"))})
    made = windows(planned(town, own, at="2026-11-24T18:00"))
    assert (made["one"].due_at, made["two"].due_at) == (utc("2026-11-24T17:00"), utc("2026-11-25T08:00"))
    assert made["two"].wall == "2026-11-25T08:00:00+00:00"


def test_the_later_embargo_wins_and_every_public_channel_inherits_it(town) -> None:
    town.channel()
    document = ANNOUNCEMENT._replace(embargo_until=utc("2026-11-24T15:00"))
    assert windows(planned(town, document))["memory"].embargo_until == utc("2026-11-24T15:00")
    later = planned(town, document, embargo_until="2026-11-24T17:00")
    assert windows(later)["memory"].embargo_until == utc("2026-11-24T16:00")
    assert later.announcement.embargo_until == utc("2026-11-24T16:00")
    assert windows(planned(town, document, embargo_until="2026-11-24T12:30"))["memory"].embargo_until == utc("2026-11-24T15:00")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"at": "2026-11-24T12:59"}, "time-past"),
        ({"at": "2026-11-24T18:00", "embargo_until": "2026-11-24T18:01"}, "before-embargo"),
        ({"at": "2026-11-24T18:00", "not_after": "2026-11-24T18:00"}, "window-empty"),
        ({"not_after": "2026-11-24T12:00"}, "window-empty"),
        ({"not_after": "2026-11-24T17:00", "embargo_until": "2026-11-24T18:00"}, "window-empty"),
        ({"at": "demain"}, "time-unreadable"),
        ({"channels": ("facebok",)}, "unknown-channel"),
    ],
)
def test_what_cannot_be_is_refused(town, request_, code) -> None:
    town.channel()
    assert refusal(town, **request_).code == code


def test_sentences_show_times_in_the_town_s_zone(town) -> None:
    town.channel()
    refused = refusal(town, at="2026-11-24T18:00", embargo_until="2026-11-24T18:01")
    assert (
        str(refused)
        == "memory: Tuesday 24 November 2026 at 18 o’clock is before the end of the embargo (Tuesday 24 November 2026 at 18:01)."
    )


def test_only_the_channels_that_are_named_are_planned(town) -> None:
    town.channel("one")
    town.channel("two")
    assert [part.channel.name for part in planned(town, channels=("two",)).parts] == ["two"]


def test_switched_off_channels_are_not_planned(town) -> None:
    town.channel("one", enabled=False)
    town.channel("two")
    off = ANNOUNCEMENT._replace(channels={"two": ChannelText(enabled=False)})
    assert [part.channel.name for part in planned(town).parts] == ["two"]
    assert refusal(town, off).code == "nothing-to-plan"


def test_errors_refuse_and_name_the_first(town) -> None:
    town.channel()
    error = Problem(Severity.ERROR, "bad", "The title is %(what)s.", {"what": "wrong"})
    one = refusal(town, ANNOUNCEMENT._replace(problems=(error,)))
    assert (type(one), one.code, str(one)) == (Refused, "problems", "Nothing was queued. The title is wrong.")
    other = error._replace(channel="memory", code="worse")
    two = refusal(town, ANNOUNCEMENT._replace(problems=(other, error)))
    assert str(two) == "Nothing was queued. memory: The title is wrong. (And 1 more; “publisher preview” shows them all.)"
    assert [problem.code for problem in two.params["problems"]] == ["worse", "bad"]


def test_warnings_do_not_refuse(town) -> None:
    town.channel()
    warning = Problem(Severity.WARNING, "careful", "Look at it.")
    assert planned(town, ANNOUNCEMENT._replace(problems=(warning,))).problems[:1] == (warning,)


def test_channels_wait_for_those_that_config_names_if_they_are_planned(town) -> None:
    town.channel("first")
    town.channel("second", after=("first",))
    assert {part.channel.name: part.after for part in planned(town).parts} == {"first": (), "second": ("first",)}
    assert [part.after for part in planned(town, channels=("second",)).parts] == [()]


PAGE = ANNOUNCEMENT._replace(channels={"website": ChannelText(posts=("La page.",))})


def test_a_text_with_a_link_waits_for_the_channel_that_gives_the_address(town) -> None:
    town.channel("memory")
    town.channel("website", permalink=True)
    (post, page) = planned(town, PAGE).parts
    assert "{permalink}" in str(post.payload.steps)
    assert (page.after, post.after) == ((), ("website",))
    assert "{permalink}" not in str(planned(town, PAGE, channels=("memory",)).parts[0].payload.steps)


def test_a_channel_that_waits_for_the_website_anyway_waits_once(town) -> None:
    town.channel("website", permalink=True)
    town.channel("memory", after=("website",))
    assert [part.after for part in planned(town, PAGE).parts] == [(), ("website",)]


def test_a_page_cannot_link_to_itself(town) -> None:
    town.channel("website", permalink=True)
    assert refusal(town).code == "link-without-page"


def test_an_order_that_cannot_be_kept_is_refused(town) -> None:
    town.channel("first")
    town.channel("second", after=("first",))
    late = ANNOUNCEMENT._replace(channels={"first": ChannelText(at=utc("2026-11-24T17:30"))})
    assert refusal(town, late, at="2026-11-24T18:00").code == "order-impossible"
    in_time = ANNOUNCEMENT._replace(channels={"first": ChannelText(at=utc("2026-11-24T17:29"))})
    assert len(planned(town, in_time, at="2026-11-24T18:00").parts) == 2


def test_the_policy_for_a_missing_page_is_planned(town) -> None:
    town.channel()
    assert planned(town).parts[0].policies == {"website_fails": HOLD}
    assert planned(town, without_link=True).parts[0].policies == {"website_fails": WITHOUT_LINK}


@pytest.mark.parametrize("account", ["", "valmont"])
def test_a_platform_that_can_tell_the_account_is_told_which_one(town, account) -> None:
    """Else new secrets would send what was agreed to from another account, and nobody would notice."""
    town.channel("memory", Finds, Probes, account=account)
    if account:
        assert planned(town).parts[0].channel.settings.account == account
        return
    refused = refusal(town)
    assert (type(refused), refused.code) == (ConfigError, "account-missing")
    assert str(refused).endswith("[channels.memory] account: name the account, so that nothing is published from another one.")


@pytest.mark.parametrize(
    ("powers", "declared"),
    [
        ((), {"readback": Readback.STRONG}),
        ((Finds,), {"readback": Readback.NONE}),
        ((), {"idempotency": Idempotency.KEY, "key_life": timedelta(0)}),
    ],
    ids=["cannot read", "does not say so", "key without life"],
)
def test_an_adapter_that_contradicts_itself_is_refused(town, powers, declared) -> None:
    town.channel("memory", *powers)
    adapter = town.channels["memory"].adapter
    adapter.traits = adapter.traits._replace(form=Form.SENTENCES, **declared)
    refused = refusal(town)
    assert (type(refused), refused.code) == (ConfigError, "adapter-undeclared")


def test_usage_errors_are_wrong_usage(town) -> None:
    town.channel()
    assert isinstance(refusal(town, channels=("x",)), UsageError)


def test_now_is_not_past(town) -> None:
    town.channel()
    assert windows(planned(town, at="2026-11-24T12:00Z"))["memory"].due_at == NOON


def test_steps_that_cannot_be_told_apart_are_refused(town) -> None:
    town.channel()
    town.channels["memory"].adapter.prepare = lambda message: Payload(thread("Un.").steps * 2)
    refused = refusal(town)
    assert (type(refused), refused.code) == (ConfigError, "adapter-ambiguous")
