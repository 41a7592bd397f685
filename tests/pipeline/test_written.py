"""A form is a document: what is typed into fields is read by intake like every other text, and means nothing to YAML."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.pipeline import intake, written

PARIS = ZoneInfo("Europe/Paris")
CHANNELS = ("website", "x")
WHOLE = {
    "type": "invitation",
    "title": "Le marché s’installe place Haute : « on y va »",
    "place": "Valmont",
    "date": "2026-11-24",
    "standfirst": "Dès mardi. # pas un commentaire",
    "body": "Le marché va place Haute, de 8 h à 13 h.\n\nIl revient place Basse en mai.",
    "hashtags": "#Valmont Marché",
    "links": "Le plan | https://valmont.example/plan\nhttps://valmont.example/marche",
    "contact.name": "Camille Roux",
    "contact.email": "presse@valmont.example",
    "embargo_until": "2026-11-23T18:00",
    "channel.x.own": "1",
    "channel.x.text": "Le marché déménage.\n\nÀ mardi !",
    "channel.x.at": "2026-11-24T09:30",
    "channel.website.off": "1",
}


def read(fields):
    return intake.read(written.document(fields, CHANNELS), "the draft", PARIS)


def test_every_field_comes_where_it_belongs() -> None:
    made = read(WHOLE)
    assert (made.type, made.title, made.place, str(made.date)) == ("invitation", WHOLE["title"], "Valmont", "2026-11-24")
    assert (made.standfirst, made.hashtags) == (WHOLE["standfirst"], ("Valmont", "Marché"))
    assert [link.url for link in made.links] == ["https://valmont.example/plan", "https://valmont.example/marche"]
    assert made.links[0].text == "Le plan"
    assert (made.contact.name, made.contact.email, made.contact.phone) == ("Camille Roux", "presse@valmont.example", None)
    assert made.embargo_until == datetime(2026, 11, 23, 18, tzinfo=PARIS)
    assert (made.channels["x"].text, made.channels["x"].at) == (WHOLE["channel.x.text"], datetime(2026, 11, 24, 9, 30, tzinfo=PARIS))
    assert not made.channels["website"].enabled
    assert made.body_markdown == WHOLE["body"]


def test_an_announcement_and_its_fields_are_the_same_thing() -> None:
    made = read(WHOLE)
    again = read(written.of(made))
    assert again == made


def test_a_whole_communique_pasted_into_the_text_is_read_as_one() -> None:
    pasted = (
        "# La bibliothèque rouvre\n\nValmont, le 24 novembre 2026\n\nElle ouvre à 9 h.\n\nContact presse : Camille Roux, 03 00 00 00 00"
    )
    made = read({"body": pasted})
    assert (made.title, made.place, made.contact.name) == ("La bibliothèque rouvre", "Valmont", "Camille Roux")


@pytest.mark.parametrize(
    "words", ["yes", "null", "~", "- a", "a: b", "{x}", "!!python/object", "&a *a", "'", '"', "---", "%", "@", "`", "| >", "\\n \\x41"]
)
def test_nothing_that_is_typed_means_anything_to_yaml(words) -> None:
    made = read({"place": words, "body": "Le marché va place Haute.", "title": "Le marché"})
    assert made.place == words


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(written.FIELDS), st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=8))
def test_the_fields_are_what_was_typed_and_nothing_else(typed) -> None:
    fields = written.cleaned(typed | {"csrfmiddlewaretoken": "x", "channel.nowhere.text": "x"}, CHANNELS)
    assert set(fields) <= set(written.FIELDS)
    assert all(text.strip() and "\r" not in text for text in fields.values())
    assert written.cleaned(fields, CHANNELS) == fields
    assert isinstance(written.document(fields, CHANNELS), bytes)


def test_a_text_without_a_title_is_called_by_its_first_words() -> None:
    assert written.title({"body": "\n\n## **Le marché**\nIl va"}) == "Le marché"
    assert written.title({}) == ""
