"""What X shows and what is declared of it are the whole source, to the letter: nothing lost, repeated, added or cut in silence."""

import re
from collections import Counter
from itertools import accumulate

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from publisher.adapters.base import PERMALINK, Payload
from publisher.announcement import Announcement
from publisher.errors import Severity
from publisher.pipeline.reading import Reading
from publisher.text.blocks import Kind
from publisher.text.sentences import inner
from tests.pipeline.valmont import announcement, payload, rendered

# « {} » is a word of its own in each: every sentence is found again
SENTENCES = st.sampled_from(
    [
        "La ville aime l'Islande {}.",
        "Du 27 septembre au 4 octobre 2026, elle y sera {} !",
        "En 2009, elle y était déjà : quel voyage {}...",
        "Appelez le 01 99 00 12 34, poste {}.",
        '"Nous partons {}", dit Ada Morel.',
        '"Nous partons {}. Nous irons loin, ' + "et toujours plus loin, " * 9 + 'puis nous rentrerons. Vous aussi !", dit Ada Morel.',
        "« Nous restons {}. " + "Nous aimons ce lieu comme on aime un jardin, et nous le dirons à tous. " * 5 + "»",
        "Le repas {} coûte 12 €, " + "et encore un peu " * 20 + "de plus.",
        "Voir [la page {}](https://ailleurs.example/a{}) ou www.valmont.example.",
        "M. Dupont, 12 rue des Lilas, 14h30, salle {}…",
        "Elle viendra {}.",
        "Qui viendra {} ?",
        "🎉 Fête {}\u00a0! «\u00a0Oui {}\u00a0»",
        "Les horaires {} (du lundi au vendredi. Le samedi aussi) changent.",
        "Suivent les détails {} :",
        "**Attention {}** : le parc ferme, *vraiment*, à 18 h.",
    ]
)


@st.composite
def bodies(draw: st.DrawFn) -> str:
    numbers = iter(range(1, 1000))

    def sentence() -> str:
        return draw(SENTENCES).replace("{}", f"Q{next(numbers)}z")

    def items(mark: str) -> str:
        return "\n".join(f"{mark} {sentence()}" for _ in range(draw(st.integers(1, 4))))

    def block() -> str:
        return {
            "paragraph": lambda: " ".join(sentence() for _ in range(draw(st.integers(1, 5)))),
            "quotation": lambda: "> " + sentence() + " " + sentence(),
            "heading": lambda: "## Titre " + sentence().rstrip(".!…: "),
            "list": lambda: items("-"),
            "numbers": lambda: items("1."),
            "table": lambda: f"| A | B |\n|---|---|\n| 1 | Q{next(numbers)}z |",
        }[draw(st.sampled_from(["paragraph"] * 5 + ["quotation", "heading", "list", "numbers", "table"]))]()

    return "\n\n".join(block() for _ in range(draw(st.integers(1, 7))))


def letters(text: str) -> str:
    """What typography and mark-up leave alone."""
    return re.sub(r"[\W_]", "", text)


def told(thread: Payload) -> list[str]:
    """The letters of each post, without its number and the line that is declared as added."""
    said = []
    for number, step in enumerate(thread.steps, 1):
        text, _, last = step.content["text"].rpartition("\n")
        if PERMALINK not in last:
            text = step.content["text"]
        elif last.replace(PERMALINK, "").strip():
            assert last.replace(PERMALINK, "").strip() in thread.added
        if len(thread.steps) > 1:
            assert text.endswith(f" {number}/{len(thread.steps)}")
            text = text.rpartition(" ")[0]
        said.append(letters(text))
    return said


def kept(source: Announcement, thread: Payload) -> list[str]:
    """The letters of title and sentences in source order, those left out aside, which must be there word for word."""
    reading, left, found = Reading(source), Counter(thread.left_out), [letters(source.title)]
    for number, passage in enumerate(reading.passages("social")):
        if passage.kind is Kind.TABLE:
            left[passage.source] -= 1
        for rank, sentence in enumerate(passage.sentences):
            words = reading.source((number, rank))
            assert words in passage.source
            if left[words]:
                left[words] -= 1
            else:
                found += map(letters, inner(sentence.text))
        left.subtract(passage.addresses)
    assert set(left.values()) <= {0}
    return found


@settings(max_examples=60)
@given(bodies(), st.sampled_from(["communique", "alerte"]))
def test_every_sentence_is_told_once_or_declared_and_every_word_is_the_sources(body, kind):
    source = announcement(body, type=kind)
    rendering = rendered(source, "website", "x")
    assume(not any(problem.severity is Severity.ERROR for problem in rendering.problems))
    thread = payload(rendering, "x")
    posts, sentences = told(thread), kept(source, thread)
    assert "".join(posts) == "".join(sentences)

    ends = list(accumulate(map(len, posts)))
    stops = list(accumulate(map(len, sentences)))
    cut = {
        f"post-{next(number for number, end in enumerate(ends, 1) if start < end)}"
        for start, stop in zip([0, *stops], stops, strict=False)
        if any(start < end < stop for end in ends)
    }
    assert {problem.step for problem in thread.problems if problem.code == "sentence-too-long-for-x"} == cut
