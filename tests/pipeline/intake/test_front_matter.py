# ruff: noqa: E501 - a sentence on one line is easier to compare
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from publisher.announcement import Announcement, ChannelText, Link, Medium, PressContact
from publisher.errors import IntakeError, Problem, Severity
from publisher.pipeline import intake

PARIS = ZoneInfo("Europe/Paris")
NO_IMAGE = Problem(Severity.NOTICE, "no-image", "There is no image: the announcement will be less visible on social networks.")


def read(front: str, below: str = "# Titre\n\nCorps.") -> Announcement:
    return intake.read(f"---\n{front}\n---\n{below}\n".encode(), "a.md", PARIS)


def refusal(front: str, below: str = "# Titre\n\nCorps.") -> str:
    with pytest.raises(IntakeError) as refused:
        read(front, below)
    assert refused.value.code == "front-matter"
    return str(refused.value)


def test_every_key_finds_its_field():
    front = """\
# La piscine
type: communiqué
title: "Piscine : elle rouvre."
place: Bellerive
date: 2026-11-24
standfirst: |
  Le **chapô**
  sur deux lignes.
subject: La piscine
summary: Elle rouvre lundi.
embargo_until: 2026-11-24 18:00
not_after: 24 novembre 2026 à 20 h
hashtags: [Bellerive, "#Été2026"]
language: fr-FR
contact: {name: Camille Martin, role: directrice, phone: 0144001234, email: presse@ville.example}
links:
  - url: http://www.ville.example
    text: Le site
  - ville.example/agenda
media:
  - file: photos/piscine.jpg
    alt: Le grand bassin
    caption: La piscine
    credit: Ville
  - plan.png
channels:
  x:
    posts:
      - Un 1/2
      - "Deux : 2/2"
    at: 2026-11-24T17:30Z
  facebook: {text: "Bonjour\\nà tous", enabled: non}
  website: {title: Autre titre, html: "<p>Corps</p>"}
  email: ~"""
    assert read(front) == Announcement(
        title="Piscine : elle rouvre",
        body_markdown="Corps.",
        place="Bellerive",
        date=date(2026, 11, 24),
        standfirst="Le chapô sur deux lignes.",
        subject="La piscine",
        summary="Elle rouvre lundi.",
        contact=PressContact("Camille Martin", "directrice", "0144001234", "presse@ville.example"),
        links=(Link("http://www.ville.example", "Le site"), Link("https://ville.example/agenda", "ville.example/agenda")),
        media=(Medium("photos/piscine.jpg", "Le grand bassin", "La piscine", "Ville"), Medium("plan.png")),
        hashtags=("Bellerive", "Été2026"),
        embargo_until=datetime(2026, 11, 24, 18, 0, tzinfo=PARIS),
        not_after=datetime(2026, 11, 24, 20, 0, tzinfo=PARIS),
        language="fr-FR",
        channels={
            "x": ChannelText(posts=("Un 1/2", "Deux : 2/2"), at=datetime(2026, 11, 24, 18, 30, tzinfo=PARIS)),
            "facebook": ChannelText(text="Bonjour\nà tous", enabled=False),
            "website": ChannelText(title="Autre titre", html="<p>Corps</p>"),
            "email": ChannelText(),
        },
        set_aside=("# Titre",),
        problems=(
            Problem(Severity.NOTICE, "title-final-stop", "The final full stop of the title was removed."),
            Problem(
                Severity.NOTICE,
                "link-plain-http",
                "The link %(url)s is not protected (http): check whether it works with https.",
                {"url": "http://www.ville.example"},
            ),
        ),
    )


@pytest.mark.parametrize(
    "written",
    [
        "hashtags: [Bellerive, Été]",
        'hashtags: ["#Bellerive", "#Été"]',
        "hashtags: #Bellerive #Été",
        "hashtags: [#Bellerive, #Été]",
        "hashtags:\n- #Bellerive\n- #Été",
        "hashtags: Bellerive, Été",
    ],
)
def test_hashtags_are_read_with_or_without_their_sign(written):
    assert read(f"{written}\nplace: Bellerive").hashtags == ("Bellerive", "Été")


@pytest.mark.parametrize("written", ["2026-11-24", "24/11/2026", "24 novembre 2026", "le mardi 24 novembre 2026"])
def test_a_date_is_read_in_iso_or_in_french(written):
    assert read(f"date: {written}").date == date(2026, 11, 24)


def test_an_aware_instant_keeps_its_offset_as_the_same_instant_in_the_zone():
    assert read("embargo_until: 2026-11-24T18:00+04:00").embargo_until.isoformat() == "2026-11-24T15:00:00+01:00"


def test_keys_without_a_value_are_absent():
    assert read("place:\nsubject: ~\ncontact:\nhashtags: null") == read("")
    assert read("") == Announcement(title="Titre", body_markdown="Corps.", problems=(NO_IMAGE,))


def test_the_front_matter_wins_and_what_it_replaces_is_set_aside():
    below = """\
ALERTE

Autreville, le 3 mai 2026

# La piscine rouvre

**Un chapô qui sera remplacé.**

Corps.

Contact presse : Paul Durand, adjoint – 06 39 98 12 34

www.b.example

#Autre"""
    front = """\
type: invitation
title: La piscine ferme
place: Bellerive
date: 2026-11-24
standfirst: Le chapô.
contact: {name: Camille Martin, email: presse@ville.example}
links: [{url: https://a.example, text: A}]
hashtags: [Bellerive]"""
    assert read(front, below) == Announcement(
        title="La piscine ferme",
        body_markdown="Corps.",
        type="invitation",
        place="Bellerive",
        date=date(2026, 11, 24),
        standfirst="Le chapô.",
        contact=PressContact("Camille Martin", None, None, "presse@ville.example"),
        links=(Link("https://a.example", "A"),),
        hashtags=("Bellerive",),
        set_aside=(
            "ALERTE",
            "Autreville, le 3 mai 2026",
            "# La piscine rouvre",
            "**Un chapô qui sera remplacé.**",
            "Contact presse : Paul Durand, adjoint – 06 39 98 12 34",
            "www.b.example",
            "#Autre",
        ),
        problems=(NO_IMAGE,),
    )


def test_what_the_front_matter_repeats_is_not_set_aside():
    below = """\
Communiqué de presse

SOUS EMBARGO JUSQU’AU 24 novembre 2026 à 18 h

Bellerive, le 3 mai 2026

# La piscine « rouvre »

**Le chapô est là.**

Corps.

Contact presse : Camille Martin – 01 99 00 12 34

[A](https://a.example)"""
    front = """\
type: communique
title: La piscine “rouvre”
place: Bellerive
date: 2026-05-03
standfirst: Le chapô est là.
embargo_until: 2026-11-24 18:00
contact: {email: presse@ville.example}
links: [{url: https://a.example, text: A}, www.b.example]"""
    assert read(front, below) == Announcement(
        title="La piscine “rouvre”",
        body_markdown="Corps.",
        place="Bellerive",
        date=date(2026, 5, 3),
        standfirst="Le chapô est là.",
        contact=PressContact("Camille Martin", None, "01 99 00 12 34", "presse@ville.example"),
        links=(Link("https://a.example", "A"), Link("https://www.b.example", "www.b.example")),
        embargo_until=datetime(2026, 11, 24, 18, 0, tzinfo=PARIS),
        problems=(NO_IMAGE,),
    )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("{name: Paul Durand}", PressContact("Paul Durand", None, None, None)),
        ("{name: Paul Durand, phone: 01 99 00 56 78}", PressContact("Paul Durand", None, "01 99 00 56 78", None)),
        ("{name: CAMILLE MARTIN}", PressContact("CAMILLE MARTIN", "directrice", "01 99 00 12 34", "presse@ville.example")),
        ("{phone: 01 99 00 56 78}", PressContact("Camille Martin", "directrice", "01 99 00 56 78", "presse@ville.example")),
    ],
)
def test_nobody_gets_the_title_or_the_number_of_somebody_else(stated, expected):
    below = "# Titre\n\nCorps.\n\nContact presse : Camille Martin, directrice – 01 99 00 12 34 – presse@ville.example"
    announcement = read(f"contact: {stated}", below)
    assert announcement.contact == expected


def test_media_of_both_places_are_one_list():
    below = '# Titre\n\n![Le bassin](a.jpg "Vue")\n\n![Le plan](b.png)\n\nCorps.'
    assert read("media: [{file: a.jpg, credit: Ville}, c.png]", below).media == (
        Medium("a.jpg", "Le bassin", "Vue", "Ville"),
        Medium("c.png"),
        Medium("b.png", "Le plan"),
    )


@pytest.mark.parametrize(
    ("below", "title", "body", "set_aside"),
    [
        (
            "Corps sans titre. Deux phrases.\n\n## Sous-titre\n\nSuite.",
            "Donné",
            "Corps sans titre. Deux phrases.\n\n## Sous-titre\n\nSuite.",
            (),
        ),
        ("## Contexte\n\nCorps.\n\n## Suite\n\nFin.", "Donné", "## Contexte\n\nCorps.\n\n## Suite\n\nFin.", ()),
        ("## Autre\n\nCorps.", "Donné", "Corps.", ("## Autre",)),
        ("Alerte canicule\n\nCorps.", "Donné", "Corps.", ("Alerte canicule",)),
        ("DONNÉ\n\nCorps.", "Donné", "Corps.", ()),
        ("Ville de Bellerive\n\nBellerive, le 3 mai 2026\n\nCorps.", "Donné", "Corps.", ("Ville de Bellerive",)),
    ],
)
def test_a_given_title_tells_the_title_of_the_text_from_its_sub_headings(below, title, body, set_aside):
    found = read("title: Donné", below)
    assert (found.title, found.body_markdown, found.set_aside) == (title, body, set_aside)


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        ("titel: x", "Line 2 of a.md: there is no key “titel”; did you mean “title”?"),
        (
            "zzz: x",
            (
                "Line 2 of a.md: there is no key “zzz”; the keys are: type, title, place, date, standfirst, subject, summary, contact, links, "
                "media, hashtags, embargo_until, not_after, language, channels."
            ),
        ),
        ("place: x\ncontact:\n  phone: x\n  mail: y", "Line 5 of a.md: there is no key “contact.mail”; did you mean “email”?"),
        ("channels: {x: {post: a}}", "Line 2 of a.md: there is no key “channels.x.post”; did you mean “posts”?"),
        ("title: [a]", "Line 2 of a.md: “title” must be a text."),
        (
            "standfirst: Voir [le site](https://ville.example)",
            "Line 2 of a.md: “standfirst” must hold words only; put links in “links”, images in “media”.",
        ),
        ("hashtags: [[a]]", "Line 2 of a.md: “hashtags” must be a text."),
        ("links: www.a.example", "Line 2 of a.md: “links” must be a list, one line “- …” for each."),
        ("contact: Camille", "Line 2 of a.md: “contact” must hold lines “key: value”."),
        ("channels: {x: bonjour}", "Line 2 of a.md: “channels.x” must hold lines “key: value”."),
        ("type: brève", "Line 2 of a.md: “type” must be one of: communique, invitation, alerte, rectificatif."),
        ("language: français", "Line 2 of a.md: “language” must be a language code such as fr."),
        ("channels: {x: {enabled: peut-être}}", "Line 2 of a.md: “channels.x.enabled” must be true or false."),
        ("channels: {x: {text: a, posts: [b]}}", "Line 2 of a.md: “channels.x” has both “text” and “posts”; keep one."),
        ("date: demain", "Line 2 of a.md: “demain” is not a day; write “date” like 2026-11-24 or 24 novembre 2026."),
        ("date: 31 février 2026", "Line 2 of a.md: “31 février 2026” is not a day; write “date” like 2026-11-24 or 24 novembre 2026."),
        ("date: 24 novembre", "Line 2 of a.md: “24 novembre” is not a day; write “date” like 2026-11-24 or 24 novembre 2026."),
        ("date: lundi 24 novembre 2026", "Line 2 of a.md: “lundi 24 novembre 2026” is a “mardi”; correct the weekday or the date."),
        (
            "not_after: 2026-11-24",
            "Line 2 of a.md, “not_after”: “2026-11-24” gives a day without an hour: write for example 2026-11-24 18:00.",
        ),
        (
            "channels: {x: {at: 2027-03-28 02:30}}",
            (
                "Line 2 of a.md, “channels.x.at”: 2027-03-28 02:30 does not exist in Europe/Paris, where the clocks go forward then: "
                "write another hour, for example 2027-03-28 03:30."
            ),
        ),
        ("contact: {email: presse}", "Line 2 of a.md: “contact.email” must be a mail address such as presse@ville.example."),
        ("links: [ftp://ville.example]", "Line 2 of a.md: “links[1]” must be a web address such as https://www.ville.example."),
        ("links: [{text: a}]", "Line 2 of a.md: “links[1]” needs a “url”."),
        ("media: [../a.jpg]", "Line 2 of a.md: “media[1]” must name a file in the folder of the communiqué."),
        ("media: [{alt: a}]", "Line 2 of a.md: “media[1]” needs a “file”."),
        (
            "hashtags: [Fête-Dieu]",
            "Line 2 of a.md: “Fête-Dieu” cannot be a hashtag: letters and digits only, no space, hyphen or apostrophe.",
        ),
        ("hashtags: [2026]", "Line 2 of a.md: “2026” cannot be a hashtag: letters and digits only, no space, hyphen or apostrophe."),
        ("title: a\nplace: b\ntitle: c", "Line 4 of a.md: the key “title” is there twice; keep one."),
        ("title: Canicule : la Ville agit", "Line 2 of a.md is no valid front matter: put texts that hold “:” or “#” in quotation marks."),
        ("title: &a x", "Line 2 of a.md: anchors, aliases and tags (&, *, !) are not allowed in the front matter."),
        ("title: *a", "Line 2 of a.md: anchors, aliases and tags (&, *, !) are not allowed in the front matter."),
        ("title: !!python/name:os.system x", "Line 2 of a.md: anchors, aliases and tags (&, *, !) are not allowed in the front matter."),
        ("title: " + "[" * 60000, "Line 2 of a.md: the front matter is nested too deeply."),
        ("title: x\n? [a, b]\n: c", "Line 3 of a.md: a key of the front matter must be a word."),
        ("title: " + "a" * 70000, "The front matter of a.md is longer than 64 KB: write the text below it."),
        ("title: x\ufffe", "The front matter of a.md holds a character that YAML does not allow: delete it."),
        ("'title: x'", "The front matter of a.md must hold lines “key: value”."),
        ("title:\n\tx", "Line 3 of a.md is no valid front matter: put texts that hold “:” or “#” in quotation marks."),
    ],
)
def test_a_mistake_is_told_in_one_sentence(front, sentence):
    assert refusal(front) == sentence


def test_a_front_matter_without_end_is_told():
    with pytest.raises(IntakeError) as refused:
        intake.read(b"---\ntitle: x\n\nCorps.", "a.md", PARIS)
    assert str(refused.value) == "The front matter of a.md has no end: close it with a line “---”."


@pytest.mark.parametrize(
    "document",
    [
        "---\nCOMMUNIQUÉ DE PRESSE\n---\n\n# Titre\n\nCorps.",
        "---\n\n# Titre\n\nCorps.",
        "---\n---\n# Titre\n\nCorps.",
        "\n\n---\n\n---\n\n# Titre\n\nCorps.",
    ],
)
def test_rules_around_a_banner_are_no_front_matter(document):
    assert intake.read(document.encode(), "a.md", PARIS) == Announcement(title="Titre", body_markdown="Corps.", problems=(NO_IMAGE,))
