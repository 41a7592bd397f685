from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from publisher import i18n
from publisher.errors import Severity
from publisher.pipeline.preview import words
from publisher.pipeline.preview.view import look
from publisher.pipeline.preview.words import Part
from tests.pipeline.preview import made

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        ([], ""),
        ([made.NOTICE, made.WARNING], ""),
        ([made.NOTICE, made.ERROR], "This announcement cannot be queued: 1 error."),
        ([made.ERROR, made.WARNING, made.ERROR], "This announcement cannot be queued: 2 errors."),
    ],
)
def test_errors_keep_an_announcement_from_being_queued(problems, said):
    assert words.blocked(problems) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("page", "page"),
        ("post", "post"),
        ("post-1", "post\u00a01"),
        ("post-12", "post\u00a012"),
        ("single", "single post"),
        ("publish", "publication"),
        ("message", "e-mail"),
        ("toot", "toot"),
        ("toot-2", "toot-2"),
        ("post-", "post-"),
    ],
)
def test_steps_have_names_for_people(name, said):
    assert words.step(name) == said


def test_slots_are_said_in_words():
    assert words.filled("Suite : {permalink}\n{unsubscribe} {date} {other}") == (
        "Suite : ‹address of the page›\n‹address to leave the list› ‹time of sending› {other}"
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("Bonjour", [Part("Bonjour")]),
        ("{permalink}", [Part("‹address of the page›", is_slot=True)]),
        ("Ici {permalink}.", [Part("Ici "), Part("‹address of the page›", is_slot=True), Part(".")]),
    ],
)
def test_a_text_falls_into_parts(text, parts):
    assert list(words.parts(text)) == parts


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "mercredi 2 décembre 2026 à 18 h (heure de Paris)"), ("en", "Wednesday 02 December 2026, 18:00 (Europe/Paris)")],
)
def test_an_instant_is_said_in_the_towns_zone(language, said):
    i18n.activate(language)
    assert words.instant(datetime(2026, 12, 2, 17, tzinfo=UTC), PARIS) == said


@pytest.mark.parametrize(("language", "said"), [("fr", "1er\u00a0mars\u00a02027"), ("en", "1\u00a0March\u00a02027")])
def test_a_day_is_said_on_one_line(language, said):
    i18n.activate(language)
    assert words.day(date(2027, 3, 1)) == said


@pytest.mark.parametrize(
    ("language", "amount", "said"),
    [
        ("en", "0.26", "0.26 US dollars"),
        ("en", "0.260", "0.26 US dollars"),
        ("en", "0.015", "0.015 US dollars"),
        ("en", "3", "3.00 US dollars"),
    ],
)
def test_a_cost_is_said_to_the_cent_or_finer(language, amount, said):
    i18n.activate(language)
    assert words.cost(Decimal(amount)) == said


def test_a_french_cost_has_a_comma():
    i18n.activate("fr")
    assert words.cost(Decimal("0.015")).startswith("0,015")


@pytest.mark.parametrize(("language", "said"), [("fr", "63\u202f206"), ("en", "63,206")])
def test_thousands_stand_apart(language, said):
    i18n.activate(language)
    assert words.number(63206) == said


def test_what_moved_is_said_in_words_or_as_it_came():
    assert (words.moved("paragraph 2 before 1"), words.moved("the end")) == ("Paragraph 2 comes before paragraph 1.", "the end")


def test_what_leaves_is_counted(config):
    assert [words.contents(channel) for channel in look(made.rendering(), config).channels] == [
        "1 page",
        "1 post",
        "2 posts",
        "1 e-mail, 3 recipients",
    ]


def test_no_list_is_said():
    assert words.recipients(None) == "no list of recipients yet"


def test_problems_are_counted_by_severity():
    problems = [made.NOTICE, made.NOTICE, made.ERROR, made.WARNING]
    assert (words.remarks(problems), words.remarks([])) == ("1 error, 1 warning, 2 notices", "")


def test_every_severity_and_type_has_a_word():
    assert (set(words.SEVERITIES), set(words.TYPES)) == (set(Severity), set(made.TYPES))


def test_what_can_be_done_about_a_mistake(config):
    beside = made.variant("beside", made.Correcting("Beside", edits=False), made.SITE)
    shown = look(made.rendering(*made.VARIANTS[:2], beside), config).channels
    assert [words.lasting(channel) for channel in shown] == [
        "Can be corrected in place after publication.",
        "Cannot be changed any more after publication.",
        "Cannot be edited after publication: a correction is published in addition.",
    ]
