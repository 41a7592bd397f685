import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.adapters.base import Limits, Payload, Step
from publisher.errors import Severity
from publisher.pipeline.preview.view import Card, _fold, look
from publisher.pipeline.variants import OWN_TEXT
from tests.pipeline.preview import made


def seen(name, config, **changes):
    return next(channel for channel in look(made.rendering(**changes), config).channels if channel.name == name)


def folded(text, limits, config):
    step = Step("post", "post", {"text": text})
    view = look(made.rendering(made.variant("wall", made.Fake(limits=limits), Payload((step,)))), config)
    return view.channels[0].steps[0].fold


def test_a_problem_stands_where_it_belongs(config):
    view = look(made.rendering(), config)
    thread = seen("thread", config)
    assert (view.general, thread.problems) == ((made.NOTICE,), (made.WARNING,))
    assert [step.problems for step in thread.steps] == [(), (made.ERROR,)]


def test_the_gravest_problem_comes_first(config):
    error, warning = (made.NOTICE._replace(severity=severity) for severity in (Severity.ERROR, Severity.WARNING))
    assert look(made.rendering(problems=[made.NOTICE, warning, error]), config).general == (error, warning, made.NOTICE)


def test_a_problem_of_a_step_that_is_not_there_is_the_channels(config):
    lost = made.ERROR._replace(step="post-9")
    assert seen("thread", config, problems=[lost]).problems == (lost,)


def test_a_problem_of_the_alternative_stands_with_it(config):
    single = made.ERROR._replace(step="single")
    assert seen("thread", config, problems=[single]).alternative[0].problems == (single,)


def test_all_problems_of_a_channel(config):
    assert seen("thread", config).all_problems == (made.WARNING, made.ERROR)


def test_the_gravest_problem_of_a_channel(config):
    assert [channel.worst for channel in look(made.rendering(), config).channels] == [None, None, Severity.ERROR, None]
    assert seen("thread", config, problems=[made.WARNING]).worst is Severity.WARNING


def test_a_channel_is_in_order_when_nothing_is_to_remark_and_somebody_receives_it(config):
    assert [channel.is_in_order for channel in look(made.rendering(), config).channels] == [True, True, False, True]


@pytest.mark.parametrize("people", [None, ()])
def test_a_mailing_to_nobody_is_not_in_order(people, config):
    adapter = made.Reaching("E-mail")
    adapter.people = people
    assert look(made.rendering(made.variant("mail", adapter, made.MAIL)), config).channels[0].is_in_order is False


def test_readers_see_the_account_as_the_platform_writes_it_or_not_at_all(config):
    assert [channel.handle for channel in look(made.rendering(), config).channels] == ["", "", "@mairie", ""]


def test_a_text_is_as_announced_when_nobody_wrote_another_and_nothing_became_of_it(config):
    assert [channel.is_as_announced for channel in look(made.rendering(), config).channels] == [True, False, True, True]
    by_hand = made.NOTICE._replace(code=OWN_TEXT, channel="site")
    assert seen("site", config, problems=[by_hand]).is_as_announced is False


@pytest.mark.parametrize("change", ["left_out", "added", "moved"])
def test_a_text_that_was_changed_is_not_as_announced(change, config):
    variant = made.with_payload(made.VARIANTS[0], **{change: ("Venez.",)})
    assert look(made.rendering(variant), config).channels[0].is_as_announced is False


def test_powers_are_told(config):
    powers = {
        channel.name: (channel.corrects, channel.reaches, channel.recipients, channel.cost)
        for channel in look(made.rendering(), config).channels
    }
    assert powers == {
        "site": (True, False, None, None),
        "wall": (False, False, None, None),
        "thread": (False, False, None, made.Decimal("0.030")),
        "mail": (False, True, 3, None),
    }


def test_what_an_address_counts_for(config):
    assert [channel.link_count for channel in look(made.rendering(), config).channels] == [None, None, 5, None]


def test_channels_that_come_before_are_named_as_people_know_them(config):
    assert [channel.after for channel in look(made.rendering(), config).channels] == [(), ("Website",), ("Website", "off"), ()]


def test_a_text_beyond_its_limit_is_too_long(config):
    assert [step.is_too_long for step in seen("thread", config).steps] == [False, True]


@pytest.mark.parametrize(
    ("text", "fold"),
    [
        ("un deux trois", None),
        ("un deux trois quatre", 14),
        ("un deux trois\nquatre", 14),
        ("anticonstitutionnellement", 13),
        ("un deux trois  quatre", 14),
    ],
)
def test_the_text_is_folded_at_the_end_of_a_word(text, fold, config):
    assert folded(text, Limits(100, 14 if " " in text or "\n" in text else 13), config) == fold


def test_without_a_fold_nothing_is_folded(config):
    assert folded("un deux trois quatre", Limits(100), config) is None


@given(st.text(st.sampled_from("ab 😀é\n"), max_size=60))
def test_what_is_seen_unfolded_fits_before_the_fold(text):
    limits = Limits(1000, 10, lambda words: len(words.encode("utf-16-le")) // 2)
    fold = _fold(text, limits)
    assert (fold is None) is (limits.count(text) <= 10)
    assert limits.count(text[:fold].rstrip()) <= 10


def test_the_card_is_what_the_page_says_of_itself(config):
    assert look(made.rendering(), config).card == Card("La fête de l’eau", "Elle a lieu samedi 12 décembre 2026.", "www.valmont.example")


def test_the_card_stays_when_its_channel_is_not_shown(config):
    assert look(made.rendering(), config, ["wall"]).card is not None


def test_without_a_page_there_is_no_card(config):
    assert look(made.rendering(made.VARIANTS[1]), config).card is None


def test_channels_without_a_variant_are_named(config):
    assert (look(made.rendering(), config).unused, look(made.rendering(), config, ["wall"]).unused) == (("off",), ())


def test_the_title_is_the_typeset_one(config):
    assert look(made.rendering(), config).title == "La fête de l’eau"
