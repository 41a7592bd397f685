"""Invented towns and people; `{permalink}` is the slot that the caller's count knows as an address."""

import math
import random
import time

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import RenderError
from publisher.text.counting import x_length
from publisher.text.marks import pairs
from publisher.text.sentences import split
from publisher.text.threads import Thread, Unit, arrange

CLOSING = "Le communiqué complet : {permalink}"
NUMBER = regex.compile(r" (\d+)/(\d+)$")


def weighted(text):
    return x_length(text.replace("{permalink}", "https://example.org/cp"))


def units(*paragraphs, cost=math.inf, title=None):
    """Return the sentences of each paragraph as units, behind a title if there is one."""
    found = [Unit(title, "", heading=True)] if title else []
    for paragraph in paragraphs:
        found += [Unit(sentence, " " if number else "\n\n", cost) for number, sentence in enumerate(split(paragraph))]
    return found


def thread(found, **options):
    return arrange(found, **{"limit": 280, "count": weighted, "maximum": 5, **options})


def short(*found, **options):
    """Return the thread of these units in posts of 40 characters."""
    return arrange([one if isinstance(one, Unit) else Unit(one) for one in found], **{"limit": 40, "count": len, "maximum": 9, **options})


def bodies(made, closing=""):
    """Return the posts without numbers and closing line."""
    texts = [post.removesuffix("\n" + closing) if closing else post for post in made.posts]
    return [NUMBER.sub("", text) for text in texts] if len(texts) > 1 else texts


# A communiqué like those that town halls send: a title, four paragraphs, one sentence too long for a post.

TITLE = "Bourg-sur-Marne ouvre sa maison de la nature et invite les habitants à la découvrir tout l’automne"
WHO = "Bourg-sur-Marne, ville pionnière des jardins partagés, protège depuis plus de dix ans les berges, les mares et les bois voisins."
FIGHT = "Elle s’inscrit dans un long effort pour la santé de la rivière, la biodiversité et le droit de tous à la promenade."
NEWS = (
    "Du 3\u00a0octobre au 28\u00a0novembre\u00a02026, la maison de la nature ouvrira ses portes chaque mercredi et chaque samedi, "
    "d’abord aux écoles, puis aux familles et aux associations du canton, sur les berges du Petit-Bras."
)
LEADER = "Elle sera dirigée par Madame Anne Faure, conseillère municipale chargée de la transition écologique."
YEARS = "Depuis près de 12\u00a0ans, la Ville entretient des liens étroits avec le lycée horticole et les pêcheurs de la vallée."
PAST = (
    "En\u00a02014, Jean Roi, naturaliste et ancien instituteur, est nommé citoyen d’honneur de la commune et lègue à la Ville ses carnets."
)
PURPOSE = (
    "L’objectif de cette maison est de montrer à chacun les plantes et les oiseaux que l’on croise sans les voir en ville, mais aussi "
    "de soutenir les bénévoles qui entretiennent les mares et d’améliorer les difficiles conditions de vie des hérissons, des crapauds "
    "et des abeilles sauvages."
)
BONDS = "Elle permet ainsi de renforcer les liens tissés depuis des années autour de projets et de valeurs communes."

COMMUNIQUE = [
    Unit(TITLE, "", heading=True),
    Unit(WHO, "\n\n"),
    Unit(FIGHT, " ", 3),
    Unit(NEWS, "\n\n"),
    Unit(LEADER, " "),
    Unit(YEARS, "\n\n", 4),
    Unit(PAST, " ", 0),
    Unit(PURPOSE, "\n\n"),
    Unit(BONDS, " ", 2),
]


def test_a_communique_becomes_five_posts():
    cut = PURPOSE.index(", mais aussi")
    assert thread([*COMMUNIQUE[:6], COMMUNIQUE[7]], closing=CLOSING) == Thread(
        posts=(
            f"{TITLE}\n\n{WHO} 1/5",
            f"{NEWS} 2/5",
            f"{LEADER}\n\n{YEARS} 3/5",
            f"{PURPOSE[:cut]}… 4/5",
            f"{PURPOSE[cut + 2 :]} 5/5\n{CLOSING}",
        ),
        left_out=(FIGHT,),
        cut=(4,),
        anaphoric=(3,),
    )


def test_all_that_fits_stays():
    assert thread(COMMUNIQUE[:4], closing=CLOSING).left_out == ()
    assert thread(COMMUNIQUE, closing=CLOSING, maximum=7).left_out == ()


def test_fewer_posts_leave_out_more_and_the_cheapest_first():
    assert thread(COMMUNIQUE[:7], maximum=4, closing=CLOSING).left_out == (PAST,)
    assert thread(COMMUNIQUE[:7], maximum=3, closing=CLOSING).left_out == (FIGHT, PAST)
    assert thread([*COMMUNIQUE[:6], COMMUNIQUE[7]], maximum=4, closing=CLOSING).left_out == (FIGHT, YEARS)


def test_what_costs_nothing_goes_as_soon_as_anything_must():
    free = Unit("Ah !", cost=0)
    assert short("Le parc ouvre lundi.", free, "Venez.").left_out == ()
    assert short("Le parc ouvre lundi.", free, Unit("La piscine ferme lundi.", cost=1), maximum=1).left_out == (
        "Ah !",
        "La piscine ferme lundi.",
    )


def test_one_post_has_no_number():
    assert short("Le parc ouvre.", "Venez.") == Thread(("Le parc ouvre. Venez.",))
    assert short("Le parc ouvre.", closing="Tout : x.example") == Thread(("Le parc ouvre.\nTout : x.example",))


def test_at_most_one_post_is_one_post_without_a_number():
    assert short("Le parc ouvre.", Unit("La piscine est fermée lundi.", cost=1), maximum=1) == Thread(
        ("Le parc ouvre.",), left_out=("La piscine est fermée lundi.",)
    )


def test_no_units_make_no_posts():
    assert short() == Thread(())
    assert short(Unit(""), Unit(" \u00a0\n")) == Thread(())


def test_the_closing_line_is_on_the_last_post_or_on_the_first():
    found = ("Le parc ouvre lundi.", "La piscine ferme mardi.")
    assert short(*found, closing="x.example").posts == ("Le parc ouvre lundi. 1/2", "La piscine ferme mardi. 2/2\nx.example")
    assert short(*found, closing="x.example", closing_first=True).posts == (
        "Le parc ouvre lundi. 1/2\nx.example",
        "La piscine ferme mardi. 2/2",
    )


def test_the_closing_line_counts_as_the_caller_counts_it():
    made = arrange(units("Le parc ouvre ses portes.", "La piscine ferme."), limit=60, count=weighted, maximum=3, closing="{permalink}")
    assert made.posts == ("Le parc ouvre ses portes. 1/2", "La piscine ferme. 2/2\n{permalink}")
    assert arrange(units("Le parc ouvre ses portes.", "Il ferme."), limit=60, count=weighted, maximum=3, closing="{permalink}").posts == (
        "Le parc ouvre ses portes.\n\nIl ferme.\n{permalink}",
    )


def test_numbers_of_two_digits_have_their_room():
    made = short(*["Le parc ouvre toute la semaine, venez."[:33] + "." for _ in range(12)], maximum=20)
    assert made.posts[0] == "Le parc ouvre toute la semaine, v. 1/12"
    assert made.posts[11] == "Le parc ouvre toute la semaine, v. 12/12"


def test_a_sentence_that_fits_a_post_is_not_cut():
    made = short("Le parc ouvre, la piscine aussi.", "Le bus passe, le tram aussi.")
    assert made == Thread(("Le parc ouvre, la piscine aussi. 1/2", "Le bus passe, le tram aussi. 2/2"))


def test_what_may_go_goes_before_a_sentence_is_cut_for_the_closing_line():
    found = ("Le parc ouvre.", Unit("La piscine est ouverte, le bois.", cost=1))
    assert short(*found, closing="x.example") == Thread(("Le parc ouvre.\nx.example",), left_out=(found[1].text,))


def test_a_sentence_is_cut_for_the_closing_line_when_it_must_stay():
    assert short("La piscine est ouverte, le parc.", closing="x.example") == Thread(
        ("La piscine est ouverte… 1/2", "le parc. 2/2\nx.example"), cut=(1,)
    )
    assert short("Le parc est ouvert, le bois.", "Venez.", closing="x.example.org", closing_first=True) == Thread(
        ("Le parc est ouvert… 1/2\nx.example.org", "le bois. Venez. 2/2"), cut=(1,)
    )


def test_only_the_closing_line_makes_a_post_cut_a_whole_sentence():
    found = ["La piscine ouvre mardi, le parc lundi."[:35] + "." for _ in range(2)]
    made = short(*found, closing="x.example")
    assert bodies(made, "x.example")[0] == found[0]


def test_a_long_quotation_is_closed_and_opened_again():
    made = short("«\u00a0Nous agirons dès demain. Nous le promettons\u00a0», dit-elle.")
    assert made == Thread(("«\u00a0Nous agirons dès demain.\u00a0» 1/2", "«\u00a0Nous le promettons\u00a0», dit-elle. 2/2"), reopened=(1,))


def test_each_sentence_that_is_cut_is_told_once_where_it_begins():
    made = short("Le parc ouvre mardi matin à dix heures pile, la piscine ferme mercredi soir à minuit, et le bus roule toute la nuit.")
    assert [len(made.posts), made.cut, made.reopened] == [5, (1,), ()]
    made = short("Le parc ouvre mardi matin à dix heures pile.", "La piscine ferme mercredi soir à minuit.", closing="x.example")
    assert made.posts[1] == "à dix heures pile. La piscine ferme… 2/3"
    assert [made.cut, made.reopened] == [(1, 2), ()]


def test_a_quotation_over_several_units_is_one_and_its_parts_are_named_when_it_goes():
    found = [Unit("« Nous agirons dès demain.", cost=1), Unit("« Nous le promettons », dit-elle.", "\n\n", 1)]
    assert short(*found).posts == ("« Nous agirons dès demain. » 1/2", "« Nous le promettons », dit-elle. 2/2")
    assert short(Unit("Le parc ouvre."), *found, maximum=2) == Thread(("Le parc ouvre.",), left_out=(found[0].text, found[1].text))


def test_a_quotation_that_never_ends_is_left_as_it_is():
    assert short("« Nous agirons dès demain.", "Nous le promettons.").posts == ("« Nous agirons dès demain. 1/2", "Nous le promettons. 2/2")


def test_a_heading_is_not_the_end_of_a_post():
    found = [Unit("Le parc ouvre lundi."), Unit("Horaires", "\n\n", heading=True), Unit("De midi à minuit.", "\n")]
    assert short(*found).posts == ("Le parc ouvre lundi. 1/2", "Horaires\nDe midi à minuit. 2/2")


def test_an_introduction_is_not_the_end_of_a_post():
    found = [Unit("Le parc ouvre lundi."), Unit("Au menu :", " "), Unit("– bal", "\n"), Unit("– concert au soir", "\n")]
    assert short(*found, limit=37).posts == ("Le parc ouvre lundi. 1/2", "Au menu :\n– bal\n– concert au soir 2/2")


def test_an_introduction_goes_with_its_list():
    found = [
        Unit("Le parc ouvre."),
        Unit("Au menu :", " ", 1),
        Unit("– un grand bal populaire", "\n", 2),
        Unit("– un concert au soir", "\n", 2),
    ]
    assert short(*found, maximum=1).left_out == tuple(one.text for one in found[1:])
    assert short(Unit("Ouvert."), *found[1:], maximum=1) == Thread(
        ("Ouvert. Au menu :\n– un concert au soir",), left_out=("– un grand bal populaire",)
    )


def test_a_post_does_not_start_with_a_mention():
    assert short("La Ville remercie.", "@bourg était là.", "Elle reviendra.").posts == (
        "La Ville remercie. @bourg était là. 1/2",
        "Elle reviendra. 2/2",
    )


def test_a_question_stays_with_its_answer():
    found = ("Le parc ouvre.", "Et la nuit ?", "Il ferme tard.", "Venez.")
    assert short(*found).posts == ("Le parc ouvre. 1/2", "Et la nuit ? Il ferme tard. Venez. 2/2")


def test_a_question_goes_with_its_answer():
    found = [Unit("Le parc ouvre."), Unit("Et la nuit ?", cost=5), Unit("Il ferme plus tôt en hiver.", cost=1), Unit("Venez.", cost=2)]
    assert short(*found, maximum=1) == Thread(("Le parc ouvre. Venez.",), left_out=("Et la nuit ?", "Il ferme plus tôt en hiver."))


def test_the_answer_that_costs_nothing_is_not_replaced_by_the_next_sentence():
    found = [Unit("Le parc ouvre."), Unit("Qui vient ?", cost=5), Unit("Ceux de 1996.", cost=0), Unit("Nul autre.", cost=1)]
    assert short(*found, maximum=1, limit=30).left_out == ("Qui vient ?", "Ceux de 1996.")


def test_a_sentence_that_points_back_goes_with_the_one_before():
    patients, they = Unit("Trois cents patients n’avaient plus de médecin.", cost=1), Unit("Ce sont eux qui viendront.", cost=5)
    found = [Unit("Deux médecins arrivent."), patients, they, Unit("Entrez.", cost=1)]
    assert short(*found, maximum=1, limit=60) == Thread(("Deux médecins arrivent. Entrez.",), left_out=(patients.text, they.text))


def test_what_it_points_to_stays_for_its_sake_even_if_it_costs_nothing():
    found = [Unit("Le bal suit."), Unit("Le pont date de 1912.", cost=0), Unit("Il ferme.", cost=5), Unit("Nul ne danse.", cost=1)]
    assert short(*found, maximum=1, limit=45) == Thread(("Le bal suit. Le pont date de 1912. Il ferme.",), left_out=("Nul ne danse.",))


def test_a_heading_whose_section_is_left_out_goes_too():
    heading, history = Unit("À propos", "\n\n", 0.1, heading=True), Unit("Le parc date de 1912.", "\n\n", 0)
    found = [Unit("Le parc ouvre."), Unit("Anne Faure viendra demain.", "\n\n", 1), heading, history]
    assert short(*found, maximum=1, limit=30) == Thread(("Le parc ouvre.",), left_out=(found[1].text, heading.text, history.text))


def test_a_heading_above_a_list_stays_with_its_items():
    heading = Unit("Numéros", "\n\n", 0.1, heading=True)
    items = [Unit("– Mairie : 01 99 00 00 01", "\n", 5), Unit("– Police : 01 99 00 00 02", "\n", 5)]
    found = [Unit("L’eau monte."), Unit("Le maire veille.", " ", 1), heading, *items]
    assert short(*found, maximum=1, limit=60).posts == ("L’eau monte.\n\nNuméros\n– Mairie : 01 99 00 00 01",)


def test_the_items_of_a_numbered_list_are_left_out_from_its_end():
    items = [Unit("1. Un vote", "\n", 2), Unit("2. Une lecture très longue et peu utile", "\n", 1), Unit("3. Un avis", "\n", 2)]
    assert short(Unit("Le conseil siège."), *items, maximum=1).left_out == (items[1].text, items[2].text)


def test_a_paragraph_may_start_with_a_pronoun_and_stand_alone():
    found = [Unit("Le parc ouvre."), Unit("Anne Faure viendra de loin.", "\n\n", 1), Unit("Elle parlera.", "\n\n", 5)]
    assert short(*found, maximum=1, limit=40).left_out == ("Anne Faure viendra de loin.",)


def test_a_pronoun_stays_with_its_sentence_where_it_can():
    found = ("Le parc ouvre lundi.", "Anne Faure vient.", "Elle parle.", "Un bal suit.")
    assert short(*found, limit=54).posts == ("Le parc ouvre lundi. 1/2", "Anne Faure vient. Elle parle. Un bal suit. 2/2")


def test_posts_that_start_with_a_pronoun_are_told():
    assert short("Anne Faure présidera la fête.", "Elle parlera à midi sur la place.").anaphoric == (2,)
    assert short("Anne Faure présidera la fête.", "Mais il pleuvra sur la place.").anaphoric == ()


def test_where_a_paragraph_goes_its_break_stays():
    found = [Unit("Le parc ouvre."), Unit("Un très long paragraphe s’en va de là.", "\n\n", 1), Unit("Venez."), Unit("Ou pas.")]
    assert short(*found, maximum=1).posts == ("Le parc ouvre.\n\nVenez. Ou pas.",)


def test_too_much_that_must_stay_overflows_in_as_many_posts_as_it_needs():
    found = [f"Le parc numéro {number} ouvre lundi matin." for number in range(4)]
    made = short(*found, Unit("Venez.", cost=1), maximum=2)
    assert made == Thread(tuple(f"{text} {number}/4" for number, text in enumerate(found, 1)), left_out=("Venez.",), overflow=True)


def test_a_word_longer_than_a_post_overflows():
    made = short(f"Voir x.example/{'a' * 60} ici.")
    assert made.overflow
    assert "".join(bodies(made)).replace("…", "").replace(" ", "") == f"Voirx.example/{'a' * 60}ici."


def test_a_word_longer_than_a_post_goes_if_it_may():
    long = Unit(f"Voir x.example/{'a' * 60} ici.", cost=9)
    assert short("Le parc ouvre.", long) == Thread(("Le parc ouvre.",), left_out=(long.text,))


def test_an_address_is_not_broken_to_make_room_for_the_closing_line_elsewhere():
    address = "Voir x.example/" + "a" * 18
    assert short(f"{address}, et puis le parc ouvre.", closing="y.example") == Thread(
        (f"{address}… 1/2", "et puis le parc ouvre. 2/2\ny.example"), cut=(1,)
    )


def test_endless_text_is_left_out_and_overflows():
    assert short("a" * 100_000) == Thread((), left_out=("a" * 100_000,), overflow=True)
    assert short("Le parc ouvre.", Unit("a" * 100_000, cost=1)) == Thread(("Le parc ouvre.",), left_out=("a" * 100_000,))


def test_ten_thousand_sentences_are_arranged_in_seconds():
    randomly = random.Random(3)
    found = [Unit(f"Le parc {number} ouvre {'bien ' * randomly.randint(1, 20)}.", cost=randomly.random()) for number in range(10_000)]
    started = time.process_time()
    made = thread(found, closing=CLOSING)
    assert time.process_time() - started < 30
    assert (len(made.posts), made.overflow) == (5, False)
    assert len(made.left_out) > 9_900


@pytest.mark.parametrize("part", ["a, ", "1 2 ", "« a. B ", "a\u00a0", "a\n", "a – ", "mot ", "🇫🇷", "e\u0301"])
def test_time_is_bounded_on_hostile_units(part):
    started = time.process_time()
    made = arrange([Unit((part * 15_000)[:15_000])], limit=280, count=len, maximum=5)
    assert time.process_time() - started < 30
    assert made.overflow


def test_a_closing_line_that_fills_a_post_is_refused_in_one_sentence():
    with pytest.raises(RenderError) as refused:
        short("Le parc ouvre.", "La piscine est fermée jusqu’à lundi.", closing="a" * 37)
    assert (refused.value.code, refused.value.params) == ("thread-without-room", {"limit": 40, "closing": "a" * 37})


def test_a_character_wider_than_the_room_is_refused_in_one_sentence():
    with pytest.raises(RenderError, match="41"):
        short("a" * 50, closing="b" * 15, count=lambda text: 2 * len(text), limit=41)


def test_a_count_that_finds_more_in_the_whole_than_in_its_parts_is_obeyed():
    def count(text):
        return len(text) + 5 * text.count(". L")

    made = short("Un bal.", "Le parc ouvre.", "Le bois aussi.", count=count)
    assert all(count(post) <= 40 for post in made.posts)
    assert bodies(made) == ["Un bal. Le parc ouvre.", "Le bois aussi."]


# Properties, on random threads of random French words.

WORDS = regex.findall(
    r"\S+",
    "la mairie ouvre mardi le parc des Tilleuls avec Mme Faure et 12 agents pour la fête du 3 mai à 18 h rue Neuve l’été #Fete "
    "bourg.example (enfin) mais qui n° 3 4 M€ depuis 2019 les 12, 13 et 14 mai 🎉",
)
MARKS = regex.compile(r"[«»()…,:\s]")


def sentence(randomly):
    clauses = [" ".join(randomly.choices(WORDS, k=randomly.randint(1, 12))) for _ in range(randomly.randint(1, 5))]
    text = randomly.choice([", ", " ; ", " – ", " : ", ", "]).join(clauses)
    return text[0].upper() + text[1:] + randomly.choice(".!?…:")


def random_unit(randomly, number):
    text = sentence(randomly)
    if randomly.random() < 0.25:
        text = f"«\u00a0{' '.join(sentence(randomly) for _ in range(randomly.randint(1, 5)))}\u00a0», déclare Mme Faure."
    cost = randomly.choice([math.inf, math.inf, 0, 0.5, 1, 2.5, randomly.random()])
    return Unit(f"Point {number} {text}", randomly.choice([" ", " ", "\n", "\n\n"]), cost, heading=randomly.random() < 0.15)


def random_case(seed):
    randomly = random.Random(seed)
    found = [random_unit(randomly, number) for number in range(randomly.randint(0, 14))]
    options = {
        "limit": randomly.choice([90, 140, 280]),
        "maximum": randomly.randint(1, 6),
        "closing": randomly.choice(["", CLOSING]),
        "closing_first": randomly.random() < 0.3,
    }
    return found, options


cases = st.integers(0, 2**32).map(random_case)


def count(text):
    return len(text.replace("{permalink}", "x" * 23)) + text.count("…")


@settings(max_examples=150)
@given(cases)
def test_every_post_fits_is_numbered_and_unlike_the_others(case):
    found, options = case
    posts = arrange(found, count=count, **options).posts
    assert all(count(post) <= options["limit"] for post in posts)
    assert len(set(posts)) == len(posts)
    for number, post in enumerate(posts, 1):
        closes = bool(options["closing"]) and number == (1 if options["closing_first"] else len(posts))
        assert post.endswith("\n" + CLOSING) == closes
        numbered = NUMBER.search(post.removesuffix("\n" + CLOSING))
        assert len(posts) == 1 or numbered.groups() == (str(number), str(len(posts)))


@settings(max_examples=150)
@given(cases)
def test_nothing_is_lost_or_added_but_what_is_declared(case):
    found, options = case
    made = arrange(found, count=count, **options)
    left, kept = list(made.left_out), []
    for one in found:
        if left and one.text == left[0]:
            left.pop(0)
        else:
            kept.append(one)
    assert not left
    assert MARKS.sub("", "".join(bodies(made, options["closing"]))) == MARKS.sub("", "".join(one.text for one in kept))
    assert made.overflow or (len(made.posts) <= options["maximum"] and all(one in kept for one in found if one.cost == math.inf))


@settings(max_examples=150)
@given(cases)
def test_marks_are_balanced_in_each_post_and_whole_units_untouched(case):
    found, options = case
    made = arrange(found, count=count, **options)
    whole = bodies(made, options["closing"])
    for body in whole:
        assert len(regex.findall("[«»()]", body)) == 2 * len(pairs(body, across_paragraphs=True))
    parted = "".join(whole[number - 1] for number in (*made.cut, *made.reopened))
    for one in found:
        if one.text not in made.left_out:
            assert any(one.text in body for body in whole) or one.text[:8] in parted


@settings(max_examples=30)
@given(cases)
def test_the_same_units_give_the_same_thread(case):
    found, options = case
    assert arrange(found, count=count, **options) == arrange(list(found), count=count, **options)
