"""Whatever the form, every sentence of a document is in the announcement or set aside, and nothing is invented."""

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.announcement import Announcement
from publisher.errors import IntakeError
from publisher.pipeline import intake

PARIS = ZoneInfo("Europe/Paris")
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text)}


# What labels, banners and dates say in so many words is said by the field they fill.
SAID_BY_FIELDS = words_of(
    "Communiqué de presse, alerte, invitation, rectificatif, pour diffusion immédiate, sous embargo jusqu’au, contact, contacts,"
    " ne pas diffuser avant, objet, tél, courriel, le, fait à, lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche, 1er, h"
)

numbers = st.integers(100, 999)


def sentence(number: int) -> str:
    return f"La fontaine{number} chante au jardin{number}."


def sentences(count: int) -> st.SearchStrategy[str]:
    return st.lists(numbers, min_size=1, max_size=count, unique=True).map(lambda found: " ".join(map(sentence, found)))


names = numbers.map(lambda n: f"Camille Martin{n}")
phones = st.integers(0, 99).map(lambda n: f"01 99 00 12 {n:02}")
emails = numbers.map(lambda n: f"presse{n}@ville.example")
dates = st.dates().map(lambda day: f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {max(day.year, 1900):04}")
places = st.sampled_from(["Bellerive", "Saint-Ouen-l’Abbaye", "L’Haÿ-les-Prés", "Le Plessis-aux-Aulnes", "BELLERIVE-SUR-ORGE"])
addresses = numbers.map(lambda n: f"www.lien{n}.example/page{n}")

titles = numbers.map(lambda n: f"La piscine{n} rouvre")
banners = st.sampled_from(
    [
        "Communiqué de presse",
        "COMMUNIQUÉ DE PRESSE – POUR DIFFUSION IMMÉDIATE",
        "Pour diffusion immédiate",
        "Alerte",
        "Alerte canicule",
        "Invitation presse",
        "Rectificatif",
        "Communiqué de presse n° 412",
        "SOUS EMBARGO JUSQU’AU mardi 24 novembre 2026 à 18 h",
        "Sous embargo",
        "EMBARGO : demain matin",
        "Ville de Bellerive",
        "Service presse",
        "– 30 –",
        "---",
        "###",
        "#Bellerive #Été",
        "<!-- brouillon -->",
        "Brouillon – V3",
        "Ne pas diffuser avant le 24 novembre 2026 à 18 h",
        "Bellerive – Communiqué de presse – 3 mai 2026",
        "De : Camille Martin7\nÀ : presse7@ville.example\nObjet : Tr : La piscine8 rouvre",
        "Objet : La piscine8 rouvre",
        "----- Message transféré -----",
        "-- \nCamille Martin7",
        "Bonjour à tous,",
        "Cordialement,",
    ]
)
date_lines = st.one_of(
    st.builds("{}, le {}".format, places, dates),
    st.builds("Fait à {}, le {}".format, places, dates),
    st.builds("{} – {}".format, places, dates),
    st.builds("Le {}".format, dates),
    st.builds("{}, le {} à 16 h 30".format, places, dates),
)
contacts = st.one_of(
    st.builds("Contact presse : {}, directrice - {}".format, names, phones),
    st.builds("Contact presse :\n{}\nchargée de mission\nTél. : {}\nCourriel : {}".format, names, phones, emails),
    st.builds("Contacts presse : {} – {}\n{} – {}".format, names, phones, names, emails),
    st.builds("Contact presse\n\n{}\n\n{} / {}".format, names, phones, phones),
    st.builds("Contact presse : {} ({}) en mairie\n1 place de la Mairie".format, emails, phones),
    st.just("Contact presse"),
)
links = st.one_of(
    addresses,
    st.builds("[Le dossier]({})".format, addresses),
    st.builds("Site : {}".format, addresses),
    st.builds("Liens utiles :\n- {}\n- {}".format, addresses, addresses),
    st.builds("Pour s’inscrire :\n\nhttps://{}".format, addresses),
)
bodies = st.one_of(
    sentences(4),
    sentences(2).map(lambda text: f"**{text}**"),
    sentences(2).map(lambda text: f"*{text}*"),
    sentences(2).map(lambda text: f"> {text}"),
    st.lists(numbers.map(sentence), min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.builds("Au programme{} :\n• {}\n• {}".format, numbers, sentences(1), sentences(1)),
    st.builds("| a{} | b{} |\n|---|---|\n| {} | 2 |".format, numbers, numbers, sentences(1)),
    st.builds("```\n{}\n```".format, sentences(1)),
    st.builds("{}\n---\n{}".format, sentences(1), sentences(1)),
    st.builds("![Vue{}](photo{}.jpg)".format, numbers, numbers),
    st.builds("{} ![Vue](https://ville.example/photo{}.jpg) {}".format, sentences(1), numbers, sentences(1)),
    st.builds("À propos de Bellerive{}\n{}".format, numbers, sentences(2)),
)


def marked(text: str, mark: str) -> str:
    """Return the first line in the mark, the others as they are."""
    first, *others = text.split("\n")
    return "\n".join([mark.format(first), *others])


marks = st.sampled_from(["{}", "{}", "# {}", "## **{}**", "### {}", "**{}**", "*{}*", "__{}__", "{}\n====="])
extras = st.sampled_from([banners, date_lines, contacts, links, bodies]).flatmap(
    lambda kind: kind if kind in (links, bodies) else st.builds(marked, kind, marks)
)
breaks = st.sampled_from(["\n\n", "\n\n", "\n\n\n", "\n", " \n\n"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A title, some text and up to seven other parts, in any order, most often with the title before the text."""
    top = [draw(st.builds(marked, titles, marks)), draw(bodies)]
    parts = draw(st.permutations([*top, *draw(st.lists(extras, max_size=7))]))
    if draw(st.booleans()):
        first, second = sorted([parts.index(top[0]), parts.index(top[1])])
        parts[first], parts[second] = top
    return "".join(part + draw(breaks) for part in parts)


def texts(announcement: Announcement) -> Iterator[str]:
    """Everything that an announcement says, in words."""
    yield from (announcement.title, announcement.body_markdown, announcement.standfirst or "", announcement.place or "")
    yield from announcement.set_aside
    yield from announcement.hashtags
    if announcement.hour:
        yield f"{announcement.hour.hour} h {announcement.hour.minute:02}"
    if announcement.date:
        yield f"{announcement.date.day} {MONTHS[announcement.date.month - 1]} {announcement.date.year:04}"
    if announcement.embargo_until:
        yield f"{announcement.embargo_until:%d %m %Y %H} {MONTHS[announcement.embargo_until.month - 1]}"
    if announcement.contact:
        contact = announcement.contact
        yield from (part for part in (contact.name, contact.role, contact.phone, contact.email) if part)
    for link in announcement.links:
        yield from (link.url, link.text)
    for medium in announcement.media:
        yield from (medium.file, medium.alt or "", medium.caption or "")


def understood(document: str) -> Announcement | None:
    """The announcement, or None for a document in which nothing can be the title or the text."""
    try:
        return intake.read(document.encode(), "a.md", PARIS)
    except IntakeError as refused:
        if refused.code not in {"no-title", "no-body", "front-matter"}:
            raise
        return None


def said(announcement: Announcement) -> set[str]:
    return {word for text in texts(announcement) for word in words_of(text)}


@settings(max_examples=400)
@given(documents())
def test_every_word_is_in_the_announcement_or_set_aside(document):
    announcement = understood(document)
    assert announcement is None or words_of(document) - said(announcement) - SAID_BY_FIELDS == set()


@settings(max_examples=200)
@given(documents())
def test_no_word_is_invented(document):
    announcement = understood(document)
    assert announcement is None or said(announcement) - words_of(document) - {"https", "1", "11"} == set()


@settings(max_examples=200)
@given(documents())
def test_the_sentences_of_the_body_keep_their_order(document):
    announcement = understood(document)
    body = announcement.body_markdown if announcement else ""
    found = [document.index(text) for text in re.findall(r"La fontaine[0-9]+ chante au jardin[0-9]+\.", body) if document.count(text) == 1]
    assert found == sorted(found)


@settings(max_examples=300)
@given(st.text(st.sampled_from("ab. \n#*_->[]()!:/|`~=0123é«»“”’\u00a0"), max_size=120))
def test_any_text_is_understood_or_refused_in_one_sentence(text):
    try:
        found = intake.read(text.encode(), "a.md", PARIS)
        outcome = found.title and found.body_markdown
    except IntakeError as refused:
        outcome = str(refused)
    assert outcome
