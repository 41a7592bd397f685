"""Places that a person serves: one exact text, and what is done with it."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from publisher.adapters import registry
from publisher.adapters.base import Call, Form, Handover, Message, Payload, Receipt, Step
from publisher.adapters.by_hand import ByHand, Config
from publisher.errors import NotSent
from publisher.testing import AdapterContract, Failure, Stage
from publisher.text.threads import Unit
from tests.pipeline import valmont
from tests.pipeline.valmont import NEWS, announcement, codes, content, payload, rendered

WHERE = "https://admin.valmont.example/app"
LINK = "Tout : {permalink}"


def adapter(**settings) -> ByHand:
    return ByHand(Config(adapter="by-hand", **settings))


def message(*sentences: str, **changes) -> Message:
    units = (Unit("Titre", "", heading=True), *(Unit(text, "\n\n" if not place else " ", 1) for place, text in enumerate(sentences)))
    return Message("board", "communique", "Titre", **{"units": units} | changes)


class TestContract(AdapterContract):
    @contextmanager
    def stage(self) -> Iterator[Stage]:
        yield Stage(
            adapter=adapter(where=WHERE, how="Onglet « Actualités »."),
            message=Message("app", "communique", "Fête", {"text": "Fête\n\nDemain."}),
            fail=lambda _: None,
            accepted=list,
            calls=lambda: 0,
            now=lambda: datetime.now(UTC),
            impossible=dict.fromkeys(set(Failure) - {Failure.UNREACHABLE}, "nothing is called"),
        )


class TestContractOfABoard(AdapterContract):
    @contextmanager
    def stage(self) -> Iterator[Stage]:
        yield Stage(
            adapter=adapter(carries="sentences", maximum=120, has_address=False),
            message=message("Elle part.", "Elle revient."),
            fail=lambda _: None,
            accepted=list,
            calls=lambda: 0,
            now=lambda: datetime.now(UTC),
            impossible=dict.fromkeys(set(Failure) - {Failure.UNREACHABLE}, "nothing is called"),
        )


def test_the_keys_decide_what_is_declared() -> None:
    plain, made = adapter().traits, adapter(name="Appli Valmont", carries="document", permalink=True).traits
    assert (plain.label, plain.form, plain.permalink) == ("By hand", Form.PARAGRAPHS, False)
    assert (made.label, made.form, made.permalink) == ("Appli Valmont", Form.DOCUMENT, True)
    assert ByHand.traits.label == "By hand"


def test_nothing_is_linked_to_that_has_no_address() -> None:
    table = {"adapter": "by-hand", "has_address": False, "permalink": True}
    assert Config.complete(table, None)["permalink"] is False
    assert Config.complete(table | {"has_address": True}, None)["permalink"] is True


def test_sentences_are_one_text_with_the_link_and_the_hashtags() -> None:
    whole = adapter(carries="sentences").prepare(message("Elle part.", "Elle revient.", link_line=LINK, hashtags=("#Valmont",)))
    assert whole == Payload((Step("text", "text", {"text": f"Titre\n\nElle part. Elle revient.\n{LINK}\n#Valmont"}),))
    bare = adapter(carries="sentences", link=False).prepare(message("Elle part.", link_line=LINK))
    assert bare.steps[0].content == {"text": "Titre\n\nElle part."}


def test_sentences_that_find_no_room_are_left_out_and_an_address_has_its_room() -> None:
    words = [f"{number} Encore une phrase qui ne dit rien de neuf." for number in range(1, 6)]
    made = adapter(carries="sentences", maximum=200).prepare(message(*words, link_line=LINK))
    (step,) = made.steps
    assert (step.content["text"].endswith(LINK), made.problems) == (True, ())
    assert set(made.left_out) < set(words)
    assert made.left_out


def test_what_is_too_long_or_empty_is_an_error() -> None:
    long = adapter(maximum=10).prepare(message(units=(), parts={"text": "Onze lettres"}))
    (problem,) = long.problems
    assert (problem.code, problem.step, dict(problem.params)) == ("too-long", "text", {"count": 12, "limit": 10})
    empty = adapter().prepare(message(units=(), parts={"text": "\n"}))
    assert [one.code for one in empty.problems] == ["empty-text"]
    stays = message(units=(Unit("Titre", "", heading=True), Unit("Une phrase qui doit rester, quoi qu’il arrive.", "\n\n")))
    assert [one.code for one in adapter(carries="sentences", maximum=20).prepare(stays).problems] == ["too-long"]


def test_the_officers_own_texts_are_one() -> None:
    made = adapter(carries="sentences").prepare(message(posts=("Un.", "Deux.")))
    assert made.steps[0].content == {"text": "Un.\n\nDeux."}


def test_a_person_is_told_what_to_put_there_what_to_replace_and_what_to_take_off() -> None:
    by_hand = adapter(where=WHERE, how="Onglet « Actualités ».")
    asked = Handover("Fête", WHERE, "Onglet « Actualités ».")
    assert by_hand.handover(Step("text", "text", {"text": "Fête"})) == asked
    former = (Receipt("text", None, "https://app.valmont.example/1", None, {"done_by": "camille", "text": "Fète"}),)
    told = message(units=(), parts={"text": "Fête"})
    (step,) = by_hand.correction(told, former).steps
    assert (step.id, step.effect) == ("correct", "correct")
    assert by_hand.handover(step) == asked._replace(former="Fète", former_url="https://app.valmont.example/1")
    (step,) = by_hand.withdrawal(told, former).steps
    assert (step.id, step.effect) == ("withdraw-text", "withdraw")
    assert by_hand.handover(step) == asked._replace(text="", former="Fète", former_url="https://app.valmont.example/1")


def test_a_dry_run_tells_that_a_person_does_it() -> None:
    assert adapter(where=WHERE).describe(Step("text", "text", {"text": "Fête"})) == Call("by hand", WHERE, {"text": "Fête"})
    assert adapter(name="Panneau").describe(Step("text", "text", {})).address == "Panneau"


def test_it_sends_nothing() -> None:
    with pytest.raises(NotSent):
        adapter().send(Step("text", "text", {"text": "Fête"}), {})


# ---------------------------------------------------------------- what its templates make

TABLE = '[channels.panneau]\nadapter = "by-hand"\n'


@pytest.fixture
def channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(valmont.CHANNELS, "panneau", TABLE)


@pytest.mark.usefixtures("channels")
@pytest.mark.parametrize("carries", ["document", "paragraphs", "sentences"])
def test_the_text_of_each_form(carries: str) -> None:
    shown = rendered(announcement(), "website", "panneau", panneau=f'carries = "{carries}"\nmaximum = 2000\n')
    text = str(content(shown, "panneau")["text"])
    assert text.startswith("Une délégation d’élus en Islande\n\n")
    assert NEWS[:30] in text.replace("\u00a0", " ")
    assert text.endswith("{permalink}") is (carries != "paragraphs")  # whole paragraphs need the page only where some are left out
    assert (payload(shown, "panneau").problems, text.count("\n\n\n")) == ((), 0)
    assert codes(shown) == [] or all(channel != "panneau" for _, channel in codes(shown))


@pytest.mark.usefixtures("channels")
@pytest.mark.parametrize("carries", ["document", "sentences"])
def test_a_place_may_go_without_the_link(carries: str) -> None:
    shown = rendered(announcement(), "website", "panneau", panneau=f'carries = "{carries}"\nlink = false\n')
    assert "{permalink}" not in str(content(shown, "panneau")["text"])


def test_the_kind_is_known() -> None:
    assert registry.load("by-hand") is ByHand
    assert {field.name for field in dataclasses.fields(Config)} >= {"name", "where", "how", "maximum", "carries", "link", "has_address"}
