"""The X account: a thread of whole sentences, or the one post that stands by."""

import math
from decimal import Decimal

import pytest

from publisher.adapters.base import Call, Message, Payload, Receipt, Step
from publisher.adapters.x import Config, X
from publisher.config import Secret
from publisher.errors import Unsupported
from publisher.text.threads import Unit

LINK = "Tout : {permalink}"
FILLER = "Encore une phrase sans date ni nom, qui ne dit rien de neuf et qui pourrait donc partir la première de toutes"


def adapter(**settings) -> X:
    secrets = dict.fromkeys(("api_key", "api_secret", "access_token", "access_token_secret"), Secret(""))
    return X(Config(adapter="x", **secrets, **settings))


def message(*sentences: str, cost: float = math.inf, **changes) -> Message:
    units = (Unit("Titre", "", heading=True), *(Unit(text, "\n\n" if not place else " ", cost) for place, text in enumerate(sentences)))
    values = {"units": units, "link_line": LINK, "parts": {"single": f"Titre\n{LINK}"}} | changes
    return Message("x", **{"type": "communique", "title": "Titre"} | values)


def post(name: str, text: str, after: str | None = None) -> Step:
    return Step(name, "post", {"text": text, "media": []}, after)


def found(payload: Payload) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.step) for problem in payload.problems]


def test_a_short_text_is_one_post_with_its_link_and_its_hashtags_and_nothing_stands_by():
    payload = adapter().prepare(message("Elle part.", hashtags=("#Valmont", "#Islande")))
    assert payload == Payload((post("post-1", f"Titre\n\nElle part.\n{LINK}\n#Valmont #Islande"),))


def test_a_long_text_is_a_chain_that_ends_with_the_link():
    sentences = [f"{number} {FILLER}." for number in range(1, 4)]
    payload = adapter().prepare(message(*sentences))
    assert payload.steps == (
        post("post-1", f"Titre\n\n{sentences[0]} 1/2"),
        post("post-2", f"{sentences[1]} {sentences[2]} 2/2\n{LINK}", "post-1"),
    )
    assert payload.alternative == (post("single", f"Titre\n{LINK}"),)
    assert (payload.left_out, payload.problems) == ((), ())


def test_an_alert_has_three_posts_at_most_and_its_link_in_the_first():
    sentences = [f"{number} {FILLER}." for number in range(1, 10)]
    payload = adapter().prepare(message(*sentences, cost=1, type="alerte"))
    texts = [step.content["text"] for step in payload.steps]
    assert (len(texts), texts[0].endswith(f" 1/3\n{LINK}"), "{permalink}" in "".join(texts[1:])) == (3, True, False)
    assert payload.left_out
    assert set(payload.left_out) < set(sentences)


@pytest.mark.parametrize(
    ("settings", "kind", "most"), [({}, "communique", 5), ({"max_posts": 2}, "communique", 2), ({"max_posts": 2}, "alerte", 2)]
)
def test_what_finds_no_room_is_left_out(settings, kind, most):
    payload = adapter(**settings).prepare(message(*[f"{number} {FILLER}." for number in range(1, 30)], cost=1, type=kind))
    assert (len(payload.steps), bool(payload.left_out), payload.problems) == (most, True, ())


def test_what_must_stay_and_finds_no_room_is_an_error():
    payload = adapter(max_posts=2).prepare(message(*[f"{number} {FILLER}." for number in range(1, 10)]))
    assert found(payload) == [("too-many-posts", None)]
    assert dict(payload.problems[0].params) == {"count": len(payload.steps), "maximum": 2}


def test_an_address_longer_than_a_post_is_an_error():
    assert ("too-long", None) in found(adapter().prepare(message("a" * 400)))


def test_a_cut_sentence_is_said_once_and_a_pronoun_where_it_starts_a_post():
    long = "Elle part " + "et elle revient avec les autres, " * 12 + "enfin."
    payload = adapter().prepare(message(FILLER * 2 + ".", long, "Il dit " + FILLER + "."))
    codes = found(payload)
    assert [code for code, _ in codes].count("sentence-too-long-for-x") == 1
    assert {code for code, _ in codes} <= {"sentence-too-long-for-x", "starts-with-pronoun"}


def test_a_quotation_that_is_opened_again_is_no_sentence_that_is_cut():
    said = " ".join(["Nous irons tous ensemble jusqu'au bout de ce long chemin."] * 6)
    payload = adapter().prepare(message(f"« {said} », dit Ada Morel."))
    assert found(payload) == [("quotation-over-posts", "post-1")]


def test_a_post_that_starts_with_a_pronoun_is_noticed():
    payload = adapter().prepare(message(f"{FILLER} {FILLER}.", f"Elle sera là. {FILLER}."))
    assert found(payload) == [("starts-with-pronoun", "post-2")]


# --- The officer's own


def test_own_posts_leave_as_they_are():
    payload = adapter().prepare(message(posts=("Un.", "Deux."), units=(), link_line=""))
    assert payload.steps == (post("post-1", "Un."), post("post-2", "Deux.", "post-1"))
    assert payload.alternative == (post("single", f"Titre\n{LINK}"),)


def test_own_posts_pass_the_same_checks():
    payload = adapter(max_posts=2).prepare(message(posts=("Un.", "Un.", "a" * 281, "")))
    assert found(payload) == [
        ("too-many-posts", None),
        ("duplicate-post", "post-1"),
        ("duplicate-post", "post-2"),
        ("too-long", "post-3"),
        ("empty-post", "post-4"),
    ]


def test_an_own_text_is_divided_but_loses_nothing():
    units = (Unit(f"1 {FILLER}.", ""), Unit(f"2 {FILLER}."), Unit(f"3 {FILLER}."))
    payload = adapter().prepare(message(units=units, link_line=""))
    assert [step.content["text"] for step in payload.steps] == [f"1 {FILLER}. 2 {FILLER}. 1/2", f"3 {FILLER}. 2/2"]


# --- One post only


def test_never_a_thread_is_the_title_and_the_link_and_says_what_it_leaves_out():
    payload = adapter(thread="never").prepare(message("Elle part.", "Elle revient."))
    assert payload == Payload((post("post-1", f"Titre\n{LINK}"),), left_out=("Elle part.", "Elle revient."))


def test_never_a_thread_holds_for_the_officer_too():
    assert found(adapter(thread="never").prepare(message(posts=("Un.", "Deux.")))) == [("too-many-posts", None)]
    units = (Unit(f"{FILLER}.", ""), Unit(f"{FILLER} bis."), Unit(f"{FILLER} ter."))
    assert ("too-many-posts", None) in found(adapter(thread="never").prepare(message(units=units)))


def test_a_single_post_too_long_does_not_stand_by():
    payload = adapter().prepare(message(f"{FILLER}.", f"{FILLER} bis.", f"{FILLER} ter.", parts={"single": "a" * 281}))
    assert (len(payload.steps), payload.alternative) == (2, ())


def test_what_it_costs():
    payload = Payload((post("post-1", "Un."), post("post-2", LINK)), alternative=(post("single", LINK),))
    assert adapter().estimate(payload) == Decimal("0.215")


# --- Setting right and taking back

FORMER = [Receipt(f"post-{number}", str(number), f"https://x.com/valmont/status/{number}") for number in (1, 2, 3)]
NOTE = f"Rectifié le 3 mai 2026\u00a0: l’heure était fausse.\n{LINK}"
RIGHT = {"parts": {"single": f"Titre\n{LINK}", "correction": NOTE}}


def withdrawn(number: int) -> Step:
    content = {"step": f"post-{number}", "remote_id": str(number), "url": f"https://x.com/valmont/status/{number}"}
    return Step(f"withdraw-post-{number}", "withdraw", content)


def test_a_correction_is_a_reply_under_the_first_post():
    payload = adapter().correction(message("Elle part.", **RIGHT), FORMER)
    assert payload == Payload((Step("correction", "post", {"text": NOTE, "media": [], "reply_to": "1"}),))
    assert adapter().describe(payload.steps[0]).content == {"text": NOTE, "reply": {"in_reply_to_tweet_id": "1"}}


def test_a_correction_finds_the_post_that_a_person_named_by_its_address():
    (step,) = adapter().correction(message(**RIGHT), [Receipt("post-1", None, "https://x.com/valmont/status/12?s=20")]).steps
    assert step.content["reply_to"] == "12"
    with pytest.raises(Unsupported):
        adapter().correction(message(**RIGHT), [Receipt("post-1", None, "https://x.com/valmont")])


def test_a_correction_too_long_for_a_post_is_an_error():
    payload = adapter().correction(message(parts={"single": "Titre", "correction": "a" * 281}), FORMER)
    assert found(payload) == [("too-long", "correction")]


def test_a_repost_deletes_all_the_last_first_then_publishes_again_and_warns():
    again = adapter().prepare(message("Elle part."))
    payload = adapter(correction="repost").correction(message("Elle part."), FORMER)
    assert payload.steps == (withdrawn(3), withdrawn(2), withdrawn(1), *again.steps)
    assert found(payload) == [("repost-may-be-refused", None)]
    assert adapter().estimate(payload) == adapter().estimate(again)


def test_a_dry_run_of_a_withdrawal_names_each_deletion():
    calls = [adapter().describe(step) for step in adapter().withdrawal(message(), FORMER[:2]).steps]
    assert calls == [Call("DELETE", "https://api.x.com/2/tweets/2"), Call("DELETE", "https://api.x.com/2/tweets/1")]


def test_a_withdrawal_deletes_each_post_the_last_first():
    assert adapter().withdrawal(message("Elle part."), FORMER) == Payload((withdrawn(3), withdrawn(2), withdrawn(1)))


def test_it_leads_to_the_account_s_timeline():
    assert adapter(account="valmont_tilleuls").account_page() == "https://x.com/valmont_tilleuls"
    assert adapter(account="valmont", api_base="http://127.0.0.1:9/x").account_page() == "http://127.0.0.1:9/x/valmont"
    assert adapter().account_page() == ""


def test_whoever_corrects_may_choose_the_other_way_than_config_toml():
    reply, repost = adapter(), adapter(correction="repost")
    assert ([way.name for way in reply.ways()], [way.name for way in repost.ways()]) == (["reply", "repost"], ["repost", "reply"])
    for one in (reply, repost):
        assert one.by("repost").correction(message("Elle part."), FORMER) == repost.correction(message("Elle part."), FORMER)
        assert [step.id for step in one.by("reply").correction(message("Elle part.", **RIGHT), FORMER).steps] == ["correction"]
