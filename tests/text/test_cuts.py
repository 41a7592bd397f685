"""Cases mark with ¦ where a cut is allowed; `divide` is tried with short posts counted by len."""

import time

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.text.cuts import Cut, Rank, divide, places


def allowed(text, worst=Rank.SPACE):
    """Mark the places of at most this rank."""
    starts = [cut.start for cut in places(text) if cut.rank <= worst]
    return "¦".join(text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True))


def parts(text, length):
    """Return the parts as they will be read."""
    cuts = divide(text, lambda part: len(part) <= length)
    heads, tails = ["", *(cut.head for cut in cuts)], [*(cut.tail for cut in cuts), ""]
    starts, ends = [0, *(cut.start for cut in cuts)], [*(cut.end for cut in cuts), len(text)]
    return [head + text[start:end] + tail for head, start, end, tail in zip(heads, starts, ends, tails, strict=True)]


TIED = [
    "12\u00a0agents",
    "12 agents",
    "1 250 000 euros",
    "3 millions d’euros",
    "4 M€",
    "35 %",
    "18 h 30",
    "14 h",
    "18 h à 20 h",
    "24 septembre 2019",
    "mardi 24 septembre",
    "mardi 24 septembre 2026 à 18 h 30",
    "1er octobre",
    "lundi 3 mai au vendredi 7 mai",
    "lundi au vendredi",
    "12, 13 et 14 mai",
    "12, rue",
    "01 99 00 12 34",
    "+33 1 99 00 12 34",
    "n° 3",
    "art. 5",
    "article 5",
    "p. 12",
    "M. Martin",
    "M. Jean Martin",
    "Mme Anne Faure",
    "Mme Anne de La Tour",
    "Madame la Maire",
    "Dr Roux",
    "20e anniversaire",
    "« ville »",
    "vite !",
    "vite ; ",
    "www.bourg.example/a,b",
    "presse@bourg.example",
    "#BourgEnFête",
    "avec @bourg",
    "etc. puis",
]


@pytest.mark.parametrize("group", [group.strip() for group in TIED])
def test_what_belongs_together_is_never_parted(group):
    text = f"La fête organisée par la mairie {group} pour le quartier de la gare"
    start = text.index(group)
    inside = [cut for cut in places(text) if start < cut.end < start + len(group) or start < cut.start < start + len(group)]
    assert {cut.rank for cut in inside} <= {Rank.FORCED}


@pytest.mark.parametrize(
    ("worst", "marked"),
    [
        (Rank.CLAUSE, "Le parc ouvre ; ¦la piscine ferme : ¦venez, demain."),
        (Rank.CLAUSE, "Le parc\u202f; ¦la piscine\u00a0: ¦venez."),
        (Rank.CLAUSE, "La maire ¦– qui préside – ¦ouvre la fête."),
        (Rank.CLAUSE, "Un mot d’ordre ¦– la fête."),
        (Rank.CLAUSE, "– le parc ouvre ; ¦la piscine ferme"),
        (Rank.CLAUSE, "Venez ! ¦on vous attend… ¦et vite... ¦merci."),
        (Rank.CLAUSE, "La maire déclare : « oui »."),
        (Rank.CLAUSE, "Le parc ouvre\n¦la piscine ferme"),
        (Rank.COMMA, "Le parc, ¦la piscine (municipale) ¦et la mairie"),
        (Rank.COMMA, "La fête « verte », portée par la mairie, ¦ouvre."),
        (Rank.COMMA, "Anne Faure, maire de Bourg, ¦préside."),
        (Rank.LINK_WORD, "Le parc ouvre ¦pour la fête ¦et la piscine ferme ¦avec elle"),
        (Rank.LINK_WORD, "La mairie annonce ¦qu’elle ferme"),
        (Rank.SMALL_WORD, "Le parc ¦de la gare ouvre ¦à midi"),
        (Rank.SPACE, "Le parc ¦municipal ¦ouvre ¦demain"),
        (Rank.ANY_SPACE, "Le ¦parc ¦ouvre ¦pour ¦tous"),
        (Rank.SPACE, "Le parc ¦Jean Macé ¦ouvre"),
        (Rank.NAME, "Le ¦parc ¦Jean ¦Macé ¦ouvre"),
        (Rank.ANY_SPACE, "Le ¦parc\u00a0 ouvre ¦hier"),
        (Rank.SPACE, "LE PARC ¦MUNICIPAL ¦OUVRE"),
        (Rank.SPACE, "Elle habite ¦rue Neuve, ¦près ¦de la place du Puits"),
        (Rank.SPACE, "Le budget 2026 permet ¦tout"),
        (Rank.LINK_WORD, "Depuis 2019 ¦pour tous, ¦dès 14h30 ¦et le soir"),
    ],
)
def test_places_are_ranked(worst, marked):
    assert allowed(marked.replace("¦", ""), worst) == marked


def test_sentences_of_a_quotation_come_behind_commas_outside():
    text = "La maire, hier, a dit : « Oui. Nous agirons, vite. »"
    assert allowed(text, Rank.COMMA) == "La maire, ¦hier, ¦a dit : « Oui. Nous agirons, vite. »"
    assert allowed(text, Rank.QUOTED_SENTENCE) == "La maire, ¦hier, ¦a dit : « Oui. ¦Nous agirons, vite. »"
    assert allowed(text, Rank.QUOTED_COMMA) == "La maire, ¦hier, ¦a dit : « Oui. ¦Nous agirons, ¦vite. »"


def test_what_reports_a_long_quotation_stays_with_its_end():
    quotation = f"« {'Nous agirons tous ensemble. ' * 4}»"
    assert allowed(f"{quotation}, a dit la maire, hier, pour finir.", Rank.LINK_WORD).endswith("», a dit la maire, hier, pour finir.")


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("Le parc ouvre.", 20, ["Le parc ouvre."]),
        ("Le parc ouvre demain, la piscine ferme.", 30, ["Le parc ouvre demain…", "la piscine ferme."]),
        ("Le parc ouvre demain ; la piscine ferme.", 30, ["Le parc ouvre demain ;", "la piscine ferme."]),
        ("Le parc ouvre demain : la piscine ferme.", 30, ["Le parc ouvre demain…", "la piscine ferme."]),
        ("Le parc ouvre demain\u00a0: la piscine ferme.", 30, ["Le parc ouvre demain…", "la piscine ferme."]),
        ("Le parc ouvre demain – la piscine ferme.", 30, ["Le parc ouvre demain…", "– la piscine ferme."]),
        ("Le parc ouvre demain (enfin) et la piscine.", 30, ["Le parc ouvre demain (enfin)…", "et la piscine."]),
        ("Le parc ouvre demain pour les enfants.", 30, ["Le parc ouvre demain…", "pour les enfants."]),
        ("Le parc… ouvre demain, la piscine ferme.", 30, ["Le parc…", "ouvre demain,", "la piscine ferme."]),
        ("Le parc (jeux...) ouvre demain, la piscine.", 33, ["Le parc (jeux...)", "ouvre demain,", "la piscine."]),
        ("Le parc, le square, etc., ouvrent demain.", 30, ["Le parc…", "le square…", "etc.,", "ouvrent demain."]),
        (
            "« Nous agirons demain. Nous le promettons. », dit-elle.",
            35,
            ["« Nous agirons demain. »", "« Nous le promettons. », dit-elle."],
        ),
        (
            "«\u00a0Nous agirons demain. Nous le promettons.\u00a0», dit-elle.",
            35,
            ["«\u00a0Nous agirons demain.\u00a0»", "«\u00a0Nous le promettons.\u00a0», dit-elle."],
        ),
        ('"Nous agirons demain. Nous le promettons.", dit-elle.', 35, ['"Nous agirons demain."', '"Nous le promettons.", dit-elle.']),
        ("« Nous agirons demain, tous ensemble »", 28, ["« Nous agirons demain, »", "« tous ensemble »"]),
        ("« Il dit “Nous agirons. Vite et bien.” »", 28, ["« Il dit “Nous agirons.” »", "« “Vite et bien.” »"]),
        ("« Nous agirons demain.\n\n« Nous le promettons. »", 30, ["« Nous agirons demain. »", "« Nous le promettons. »"]),
        ("Le parc ouvre. La piscine ferme.", 20, ["Le parc ouvre.", "La piscine ferme."]),
    ],
)
def test_a_text_is_divided_at_the_best_places_only(text, length, expected):
    assert parts(text, length) == expected


def test_a_post_never_ends_with_a_colon_inside_a_quotation():
    assert all(cut.rank is Rank.FORCED for cut in places("« Nous agirons : vite »") if cut.end == 15)


def test_what_cannot_be_cut_is_broken_and_says_so():
    address = "https://bourg.example/" + "a" * 60
    cuts = divide(f"Voir {address}", lambda part: len(part) <= 50)
    assert [cut.rank for cut in cuts] == [Rank.SPACE, Rank.FORCED]


def test_a_break_inside_a_word_keeps_letters_and_quotation_marks_whole():
    letters = regex.findall(r"\X", "e\u0301🇫🇷👩‍👩‍👧" * 20)
    found = parts(f"«\u00a0{''.join(letters)}\u00a0»", 60)
    assert all(part.startswith("«\u00a0") and part.endswith("\u00a0»") for part in found)
    assert [letter for part in found for letter in regex.findall(r"\X", part[2:-2])] == letters


def test_one_letter_longer_than_a_post_is_broken_too():
    assert parts("e" + "\u0301" * 9, 5) == ["e\u0301\u0301\u0301\u0301", "\u0301" * 5]
    assert divide("e", lambda _: False) == []


def test_a_cut_says_where_and_how():
    assert divide("Le parc ouvre, la piscine ferme.", lambda part: len(part) < 20) == [Cut(13, 15, Rank.COMMA, tail="…", soft=4.0)]


WORDS = "le parc ouvre, (enfin) « vite » ; 12 mai : et qui – M. Faure “oui” n° www.bourg.example l’été\u00a0! fin."


@pytest.mark.parametrize(
    ("text", "soft"),
    [
        ("Le parc ouvre. La piscine ferme.", 0.0),
        ("Le parc ouvre ; la piscine ferme.", 3.0),
        ("Le parc ouvre, mais la piscine ferme.", 3.0),
        ("Le parc ouvre, la piscine ferme.", 4.0),
        ("Le parc ouvre pour les enfants.", 6.0),
        ("« Le parc ouvre. La piscine ferme. »", 2.0),
        ("« Le parc ouvre, mais la piscine ferme. »", 5.0),
        ("Le.parc.ouvre.pour.les.enfants.", 6.0),
    ],
)
def test_a_cut_costs_what_it_does_to_the_reader(text, soft):
    assert [cut.soft for cut in divide(text, lambda part: len(part) < 28)] == [soft]


words = st.sampled_from(WORDS.split(" "))


@example("le : fin. le » » » 12 parc", 20)
@given(st.lists(words, min_size=1, max_size=40).map(" ".join), st.integers(20, 60))
def test_every_part_fits_and_nothing_else_is_lost(text, length):
    cuts = divide(text, lambda part: len(part) <= length)
    assert all(len(part) <= length for part in parts(text, length))
    assert all(text[cut.end : cut.start].strip() in {"", ",", ":"} for cut in cuts)
    assert [cut.start for cut in cuts] == sorted({cut.start for cut in cuts})


@pytest.mark.parametrize("part", ["a ", "a, ", "« a. B ", "1 2 ", "a\u00a0", "a – ", "M. ", "mardi ", "12 mai ", "(a ", "a\n", "12 h à "])
def test_time_is_bounded_on_hostile_text(part):
    text = part * (12_000 // len(part))
    started = time.process_time()
    divide(text, lambda found: len(found) <= 274)
    assert time.process_time() - started < 30
