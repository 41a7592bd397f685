from dataclasses import dataclass
from datetime import date

import pytest

from publisher.errors import Problem, Severity
from publisher.text import facts
from publisher.text.facts import Fact, Kind


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("mardi 24 novembre 2026", Kind.DATE, "2026-11-24"),
        ("24/11/2026", Kind.DATE, "2026-11-24"),
        ("24 novembre", Kind.DATE, "--11-24"),
        ("14 h 30", Kind.HOUR, "14:30"),
        ("14:30", Kind.HOUR, "14:30"),
        ("24 h", Kind.HOUR, "00:00"),
        ("1 250 €", Kind.SUM, "1250"),
        ("1\u202f250\u00a0€", Kind.SUM, "1250"),
        ("1.250 €", Kind.SUM, "1250"),
        ("1250 euros", Kind.SUM, "1250"),
        ("1 250,50 €", Kind.SUM, "1250.5"),
        ("12€50", Kind.SUM, "12.5"),
        ("12,50 euros", Kind.SUM, "12.5"),
        ("250 k€", Kind.SUM, "250000"),
        ("250 mille euros", Kind.SUM, "250000"),
        ("1,5 M€", Kind.SUM, "1500000"),
        ("1,5 million d’euros", Kind.SUM, "1500000"),
        ("3 millions d'euros", Kind.SUM, "3000000"),
        ("un million d’euros", Kind.SUM, "1000000"),
        ("2 Md€", Kind.SUM, "2000000000"),
        ("2 milliards d’euros", Kind.SUM, "2000000000"),
        ("0,00 €", Kind.SUM, "0"),
        ("12,5 %", Kind.PERCENTAGE, "12.5"),
        ("12,50%", Kind.PERCENTAGE, "12.5"),
        ("100 %", Kind.PERCENTAGE, "100"),
        ("12 pour cent", Kind.PERCENTAGE, "12"),
        ("01 99 00 12 34", Kind.TELEPHONE, "+33199001234"),
        ("+33 1 99 00 12 34", Kind.TELEPHONE, "+33199001234"),
    ],
)
def test_a_fact_is_normalised_and_keeps_its_verbatim(text, kind, value):
    (fact,) = facts.read(f"Soit : {text}.")
    assert (fact.kind, fact.value, fact.verbatim, fact.start) == (kind, value, text, 7)


def test_a_text_gives_its_facts_in_order():
    text = "Mardi 24 novembre 2026 à 18 h, 4 élus, 20 ans : 5 € (12 %), au 01 99 00 12 34. En 2026 250 € de plus."
    assert [(fact.kind.value, fact.value, fact.weekday) for fact in facts.read(text)] == [
        ("date", "2026-11-24", 1),
        ("hour", "18:00", None),
        ("sum", "5", None),
        ("percentage", "12", None),
        ("telephone", "+33199001234", None),
        ("sum", "250", None),
    ]


def test_an_address_holds_no_fact():
    assert facts.read("https://ville.example/2026-11-24/14:30?p=12% et www.ville.example/24/11/2026 (5 €)") == (Fact(Kind.SUM, "5", "5 €"),)


def test_the_same_fact_written_two_ways_is_equal():
    assert set(facts.read("mardi 24 novembre 2026, 14 h 30, 1,5 M€")) == set(facts.read("24/11/2026, 14:30, 1 500 000 €"))


def weekday(verbatim: str, right: str) -> Problem:
    sentence = "“%(verbatim)s”: that day is a “%(weekday)s”. Correct the weekday or the date."
    return Problem(Severity.WARNING, "weekday-mismatch", sentence, {"verbatim": verbatim, "weekday": right})


def impossible(verbatim: str) -> Problem:
    return Problem(Severity.WARNING, "date-impossible", "“%(verbatim)s” is not in the calendar: correct the date.", {"verbatim": verbatim})


def past(verbatim: str) -> Problem:
    sentence = "“%(verbatim)s” is before the day of the announcement: check the date."
    return Problem(Severity.WARNING, "date-past", sentence, {"verbatim": verbatim})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mardi 24 novembre 2026", ()),
        ("mardi 25 novembre 2026", (weekday("mardi 25 novembre 2026", "mercredi"),)),
        ("**mardi** 25 novembre 2026", (weekday("mardi 25 novembre 2026", "mercredi"),)),
        ("mardi 25 novembre", (weekday("mardi 25 novembre", "mercredi"),)),
        ("lundi 4 janvier", ()),
        ("le 31 avril 2026", (impossible("31 avril 2026"),)),
        ("le 31 avril", (impossible("31 avril"),)),
        ("samedi 3 octobre 2026", (past("samedi 3 octobre 2026"),)),
        ("le 3 octobre 2026 à 18 h", (past("3 octobre 2026"),)),
        ("le 3 octobre 2026, de 18:00 à 19:00", (past("3 octobre 2026"),)),
        ("le 3 octobre 2026, nous avons signé", ()),
        ("mardi 11 septembre 2001", ()),
        ("Réuni jeudi 29 octobre 2026, le conseil a adopté le budget.", ()),
        ("La Ville a appris la mort de Rose Tellier, survenue dimanche 1er novembre 2026.", ()),
        ("La réunion s’est tenue le 3 octobre 2026 à 18 h.", ()),
        ("Samedi 3 octobre 2026, les enfants ont tous bien chanté à l’opéra.", ()),
        ("Les travaux commencèrent lundi 5 octobre 2026. La piscine ouvrira bientôt.", ()),
        ("La Ville a décidé que la piscine ouvrira samedi 3 octobre 2026.", (past("samedi 3 octobre 2026"),)),
        ("La piscine rouvre samedi 3 octobre 2026.", (past("samedi 3 octobre 2026"),)),
        ("La Ville a tout préparé : venez samedi 3 octobre 2026 !", (past("samedi 3 octobre 2026"),)),
        ("lundi 2 novembre 2026 à 8 h", ()),
        ("du samedi 3 octobre au dimanche 29 novembre 2026", ()),
        ("du samedi 3 octobre au dimanche 25 octobre 2026", (past("dimanche 25 octobre 2026"),)),
    ],
)
def test_a_date_that_looks_wrong_is_told(text, expected):
    assert facts.check_text(text, date(2026, 11, 2)) == expected


def test_without_a_day_of_issue_only_the_calendar_speaks():
    text = "mardi 25 novembre, samedi 3 octobre 2026, mardi 25 novembre 2026 et 30 février"
    assert facts.check_text(text) == (weekday("mardi 25 novembre 2026", "mercredi"), impossible("30 février"))


@dataclass(frozen=True)
class Said:
    title: str
    body_markdown: str
    standfirst: str | None = None
    date: object = None


def test_an_announcement_is_checked_whole_against_its_own_date():
    said = Said("Mardi 25 novembre 2026", "Le samedi 3 octobre 2026.", "Le 31 avril.", date(2026, 11, 2))
    assert facts.check(said, date(2020, 1, 1)) == (
        weekday("Mardi 25 novembre 2026", "mercredi"),
        impossible("31 avril"),
        past("samedi 3 octobre 2026"),
    )


def test_an_announcement_without_date_is_checked_against_today():
    assert facts.check(Said("Titre", "Le samedi 3 octobre 2026."), date(2026, 11, 2)) == (past("samedi 3 octobre 2026"),)


def differs(verbatim: str) -> Problem:
    return Problem(
        Severity.WARNING, "fact-differs", "“%(verbatim)s” is not in the announcement: correct it here, or there.", {"verbatim": verbatim}
    )


def missing(*verbatim: str) -> Problem:
    sentence = "What the announcement says and this text does not: %(facts)s."
    return Problem(Severity.NOTICE, "fact-missing", sentence, {"facts": " · ".join(verbatim)})


SOURCE = "Mardi 24 novembre 2026 à 18 h, entrée 5 €, au 01 99 00 12 34. Rappel : 5 euros."


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("Le 24/11/2026 à 18:00, 5,00 €, +33 1 99 00 12 34", ()),
        ("Le 24 novembre à 18 h, 5 €, 01 99 00 12 34", ()),
        ("Le 25 novembre à 18 h, 5 €, 01 99 00 12 34", (differs("25 novembre"), missing("Mardi 24 novembre 2026"))),
        ("Le 24 novembre 2027 à 18 h, 5 €, 01 99 00 12 34", (differs("24 novembre 2027"), missing("Mardi 24 novembre 2026"))),
        ("Venez !", (missing("Mardi 24 novembre 2026", "18 h", "5 €", "01 99 00 12 34"),)),
        ("Mardi 24 novembre 2026 à 18 h, 5 % de réduction, 5 €, 01 99 00 12 34 ; 5 %", (differs("5 %"),)),
    ],
)
def test_a_variant_by_hand_says_the_facts_of_the_announcement(variant, expected):
    assert facts.compare(SOURCE, variant) == expected


def test_a_source_without_year_agrees_with_a_dated_variant():
    assert facts.compare("le 24 novembre", "mardi 24 novembre 2026") == ()


PERIOD = [
    "du 4 au 6 décembre",
    "du 4 au 6 décembre 2026",
    "les 4, 5 et 6 décembre",
    "les 4-5-6 décembre 2026",
    "du vendredi 4 au dimanche 6 décembre 2026",
    "du 4/12 au 6/12/2026",
    "4–6 décembre 2026",
    "dès le 4 et jusqu’au 6 décembre",
    "du 4 décembre au 6 décembre 2026",
]


@pytest.mark.parametrize("source", PERIOD)
@pytest.mark.parametrize("variant", PERIOD)
def test_a_period_is_the_same_in_each_usual_form(source, variant):
    assert facts.compare(source, variant) == ()


@pytest.mark.parametrize(
    ("source", "variant", "expected"),
    [
        ("du 4 au 6 décembre", "le 6 décembre", (missing("4 décembre"),)),
        ("du mardi 1er au 6 mai", "le 6 mai", (missing("mardi 1er mai"),)),
        ("du 4 au 6 décembre", "du 4 au 6 décembre, et le 5 décembre", ()),
        ("du 4 au 8 décembre", "les 4, 6 et 8 décembre", (differs("6 décembre"),)),
        ("du 4 au 8 décembre, bal le 5 décembre", "du 4 au 8 décembre", (missing("5 décembre"),)),
        (
            "du 1er janvier 1900 au 31 décembre 2100",
            "le 3 mai 2026",
            (differs("3 mai 2026"), missing("1er janvier 1900", "31 décembre 2100")),
        ),
    ],
)
def test_the_days_of_a_period_are_named_whole(source, variant, expected):
    assert facts.compare(source, variant) == expected
