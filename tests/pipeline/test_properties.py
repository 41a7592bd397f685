"""Whatever the officer writes: it renders, nothing is lost silently, and no post is too long without being refused."""

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from publisher.adapters.x_posts import LIMIT, count
from publisher.errors import Severity
from publisher.pipeline.reading import Reading
from publisher.text.typography import typeset
from tests.pipeline.valmont import announcement, payload, rendered

SENTENCES = st.sampled_from(
    [
        "La ville aime l'Islande.",
        "Du 27 septembre au 4 octobre 2026, elle y sera !",
        "En 2009, elle y était déjà : quel voyage...",
        "Appelez le 01 99 00 12 34.",
        '"Nous partons", dit Ada Morel. "Et vous ?"',
        "Le repas coûte 12 €, " + "et encore un peu " * 20 + "de plus.",
        "Voir [la page](https://ailleurs.example/a) ou www.valmont.example.",
        "M. Dupont, 12 rue des Lilas, 14h30…",
        "<b>Gras</b> & {{ 7*7 }} \\ * _",
        "🎉 Fête\u00a0! «\u00a0Oui\u00a0»",
        "a" * 300,
    ]
)
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=6).map(" ".join)
BLOCKS = st.one_of(
    PARAGRAPHS,
    PARAGRAPHS.map(lambda text: f"> {text}"),
    SENTENCES.map(lambda text: f"## {text}"),
    st.lists(SENTENCES, min_size=1, max_size=4).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(SENTENCES, min_size=1, max_size=3).map(lambda items: "Suivent :\n\n" + "\n".join(f"1. {item}" for item in items)),
    st.just("| A | B |\n|---|---|\n| 1 | 2 |"),
    st.text(max_size=60),
)
BODIES = st.lists(BLOCKS, max_size=8).map("\n\n".join)


def letters(text: str) -> str:
    """What typography and mark-up leave alone: letters and figures, in their order."""
    return re.sub(r"[\W_]", "", text)


@settings(max_examples=40)
@given(BODIES)
def test_no_post_is_too_long_unless_it_is_refused(body):
    rendering = rendered(announcement(body), "website", "x")
    refused = any(problem.severity is Severity.ERROR for problem in rendering.problems)
    steps = payload(rendering, "x").steps
    assert refused or all(count(step.content["text"]) <= LIMIT for step in steps)
    assert refused or 1 <= len(steps) <= 5


@settings(max_examples=40)
@given(BODIES)
def test_every_sentence_is_in_the_thread_or_declared_left_out(body):
    source = announcement(body)
    rendering = rendered(source, "website", "x")
    assume(not any(problem.severity is Severity.ERROR for problem in rendering.problems))
    thread = payload(rendering, "x")
    told = letters("".join(step.content["text"] for step in thread.steps))
    said = letters(" ".join(thread.left_out))
    reading = Reading(source)
    for number, passage in enumerate(reading.passages("social")):
        for rank in range(len(passage.sentences)):
            sentence = letters(reading.source((number, rank)))
            assert sentence in said or all(letters(part) in told for part in re.split(r"\W+", reading.source((number, rank))))


@settings(max_examples=40)
@given(BODIES)
def test_every_paragraph_is_in_the_post_or_declared_left_out(body):
    source = announcement(body)
    post = payload(rendered(source, "website", "facebook"), "facebook")
    told = letters(post.steps[0].content["text"])
    for passage in Reading(source).passages("social"):
        assert passage.source in post.left_out or passage.addresses or all(letters(line) in told for line in passage.lines)


@settings(max_examples=40)
@given(BODIES)
def test_page_and_mail_hold_the_whole_text(body):
    source = announcement(body)
    mail = payload(rendered(source, "email"), "email").steps[0].content
    for passage in Reading(source).passages("social"):
        assert passage.addresses or all(letters(line) in letters(str(mail["text"])) for line in passage.lines)


@settings(max_examples=200)
@given(BODIES.filter(lambda text: "\u202f" not in text))
def test_the_profiles_of_typography_differ_by_the_width_of_spaces_only(body):
    assert typeset(body, "social") == typeset(body, "web").replace("\u202f", "\u00a0")
