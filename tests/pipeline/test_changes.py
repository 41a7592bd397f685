"""What differs between what awaits a visa and what people decided about last."""

import pytest

from publisher.pipeline import approve, changes, schedule
from publisher.pipeline.changes import Mark, Words
from tests.pipeline.test_afterwards import RIGHT, WRONG, corrected, market, published  # noqa: F401 - a fixture
from tests.pipeline.town import town  # noqa: F401 - as above


def compared(before: str, after: str) -> list[tuple[str, str]]:
    return [(words.text, words.mark.value) for words in changes.words(before, after)]


def since(town, name: str):  # noqa: F811 - the fixture
    waiting = approve.awaiting(town.desk, name)
    assert waiting is not None
    return changes.since_last(town.desk, waiting)


def test_words_that_were_replaced_stand_where_they_were() -> None:
    assert compared("Le marché va place Basse.", "Le marché va place Haute.") == [
        ("Le marché va place ", "same"),
        ("Basse", "removed"),
        ("Haute", "added"),
        (".", "same"),
    ]


@pytest.mark.parametrize(("before", "after"), [("", "Un mot."), ("Un mot.", ""), ("Un.", "Un."), ("a b c d", "a b c d e")])
def test_what_is_kept_and_added_is_the_new_text_and_the_rest_the_old_one(before, after) -> None:
    found = changes.words(before, after)
    assert "".join(words.text for words in found if words.mark is not Mark.REMOVED) == after
    assert "".join(words.text for words in found if words.mark is not Mark.ADDED) == before


def test_a_space_that_holds_words_together_looks_like_any_other() -> None:
    assert compared("Le 28 novembre", "Le 28\u00a0novembre") == [("Le 28\u00a0novembre", "same")]


def test_texts_that_have_nothing_in_common_are_not_compared() -> None:
    assert changes.words("Le marché change de place samedi prochain.", "Concert gratuit ; entrée libre dès 20 h !") == []


def test_long_texts_are_compared_line_by_line() -> None:
    lines = [f"Ligne {number} de la délibération du conseil municipal\n" for number in range(2_000)]
    found = changes.words("".join(lines), "".join([*lines[:-1], "Autre fin\n"]))
    assert found[1:] == [Words(lines[-1], Mark.REMOVED), Words("Autre fin\n", Mark.ADDED)]


def test_nobody_decided_yet(town) -> None:  # noqa: F811
    town.channel()
    assert since(town, town.queue()) is None


def test_a_correction_is_compared_with_what_was_agreed_to(market) -> None:  # noqa: F811
    name = published(market, WRONG)
    corrected(market, name, RIGHT)
    found = since(market, name)
    assert found.was_agreed
    (channel,) = found.channels
    assert (channel.channel, [one.label for one in channel.facts]) == ("memory", [])
    marked = {words.text.strip(): words.mark for text in channel.texts for words in text.words}
    assert (marked["Basse"], marked["Haute"]) == (Mark.REMOVED, Mark.ADDED)


def test_a_new_time_is_the_only_change_and_its_end_follows(town) -> None:  # noqa: F811
    town.channel()
    name = town.planned()
    before = town.delivery().due_at
    schedule.reschedule(town.desk, town.who("camille"), name, "2026-11-25T09:30")
    (channel,) = since(town, name).channels
    (fact,) = channel.facts
    assert (fact.label, fact.before, fact.after) == ("When", before, town.delivery().due_at)
    assert channel.texts == ()


def test_an_end_of_its_own_is_a_change_of_its_own(town) -> None:  # noqa: F811
    town.channel()
    name = town.planned()
    schedule.reschedule(town.desk, town.who("camille"), name, "2026-11-25T09:30", "2026-11-25T18:00")
    (channel,) = since(town, name).channels
    assert [fact.label for fact in channel.facts] == ["When", "Not after"]


def test_a_manifest_that_nobody_agreed_to_is_nothing_to_compare_with(town) -> None:  # noqa: F811
    town.channel()
    name = town.queue()
    schedule.reschedule(town.desk, town.who("camille"), name, "2026-11-25T09:30")
    assert since(town, name) is None


def test_what_was_sent_back_is_compared_with_too(town) -> None:  # noqa: F811
    town.channel()
    name = town.queue()
    town.reject(name)
    schedule.reschedule(town.desk, town.who("camille"), name, "2026-11-25T09:30")
    found = since(town, name)
    assert (found.was_agreed, [one.label for one in found.channels[0].facts]) == (False, ["When"])


def test_what_is_on_other_channels_now_is_told(market) -> None:  # noqa: F811
    from publisher.adapters.base import Corrects

    market.channel("other", Corrects)
    name = published(market, WRONG)
    corrected(market, name, RIGHT, channels=("memory",))
    found = since(market, name)
    assert (found.added, found.left_out, found.is_empty) == ([], ["other"], False)


def rewritten(old: list[str], new: list[str], *, stays: bool) -> list[tuple[str, list[str]]]:
    found = changes._rewritten(old, new, stays=stays)  # the pairing alone, whatever froze the texts
    return [(one.heading, [f"{words.mark.value}: {words.text}" for words in one.words]) for one in found]


FIRST, SECOND = "Le marché change de place samedi.", "Il va place Basse dès huit heures."


def test_of_a_thread_only_the_messages_that_change_are_shown_by_their_number() -> None:
    found = rewritten([FIRST, SECOND], [FIRST, SECOND.replace("Basse", "Haute")], stays=False)
    assert found == [("Message 2", ["same: Il va place ", "removed: Basse ", "added: Haute ", "same: dès huit heures."])]
    assert rewritten([FIRST, SECOND], [SECOND], stays=False) == [("", [f"removed: {FIRST}"])]


def test_what_is_added_beside_what_is_out_strikes_nothing_through() -> None:
    answer = "Rectifié : c’est la place Haute."
    assert rewritten([FIRST, SECOND], [answer], stays=True) == [("Message 1", [f"added: {answer}"])]
