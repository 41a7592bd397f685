"""In French every page is French: no sentence of ours, nor of the libraries, stays in English, and no template says a word by itself."""

import gettext
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import allauth
import django
import pytest
from django.utils import translation

import publisher
from publisher.adapters.base import Corrects, Finds, Leads, Probes, Withdraws
from publisher.models import Draft, Pause
from publisher.pipeline import absences, hold, tokens
from publisher.testing.memory_platform import unknown
from publisher.web import advice
from tests.web.browsing import next_code

PLACE = re.compile(r"%(?:\(\w+\))?[a-z]")
WORDS = 3
"""From so many words on it is a sentence that could be in no other language."""

TEMPLATES = sorted((Path(publisher.__file__).parent / "web/templates").rglob("*.html"))
SAID = ("alt", "aria-label", "placeholder", "title")


class Page(HTMLParser):
    """What a page says, piece by piece, its attributes included."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._is_code = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_code = tag in {"code", "pre", "textarea", "script", "style"}
        self.said += [value for name, value in attrs if name in SAID and value]

    def handle_endtag(self, tag: str) -> None:
        self._is_code = False

    def handle_data(self, data: str) -> None:
        if not self._is_code and data.strip():
            self.said.append(" ".join(data.split()))


def catalogues() -> Iterator[tuple[str, str]]:
    """The English and the French of all that can be said."""
    for module in (publisher, allauth, django):
        for file in Path(module.__file__).parent.rglob("locale/fr/LC_MESSAGES/django.mo"):
            with file.open("rb") as opened:
                for key, french in gettext.GNUTranslations(opened)._catalog.items():
                    yield (key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2], french


KNOWN = [*catalogues()]
WHOLE = {english for english, french in KNOWN if english != french} - {french for _english, french in KNOWN}
SENTENCES = {
    piece.strip(" .,:;!?") for english in WHOLE for piece in PLACE.split(english) if len(re.findall("[A-Za-z]{2,}", piece)) >= WORDS
}


def english(html: str) -> list[str]:
    """What a French page says in English."""
    assert '<html lang="fr"' in html or "<html" not in html
    said = Page(html).said
    whole = [piece for piece in said if piece in WHOLE and re.search("[a-z]{2}", piece)]
    text = "\n".join(said)
    return [*whole, *(sentence for sentence in SENTENCES if sentence in text)]


@pytest.fixture
def full(town):
    """One of everything that a page can tell."""
    town.channel("memory", Probes, Finds, Leads, Corrects, Withdraws, account="mairie")
    town.channel("press", Probes)
    town.planned(memory=town.part("memory"))
    town.clock.move(minutes=1)
    town.work()
    held = town.planned("Un doute", memory=town.part("memory", "Un."))
    town.platforms["memory"].script("send", unknown(accepted=False))
    town.clock.move(minutes=1)
    town.work_until_settled()
    assert town.announcement_state(held) == "held"
    town.queue("En attente", memory=town.part("memory", "Deux."), press=town.part("press", "Trois."))
    town.reject(town.queue("Renvoyée", memory=town.part("memory", "Quatre.")), reason="Le titre est faux.")
    now = town.clock.now()
    Draft.objects.create(id="t-22222222", fields={"title": "Le marché"}, editor=town.who("camille").person, created_at=now, changed_at=now)
    absences.declare(town.desk, town.who("dominique"), "dominique", ("2026-11-25", "2026-11-30"), "sacha")
    tokens.create(town.desk, town.who("lou"), "site", "camille", ["read"])
    hold.pause(town.desk, town.who("eden"), "Compte piraté.", "press")
    assert Pause.objects.exists()
    return town


def pages(town) -> list[str]:
    found = ["/", "/annonces/", "/annonces/?q=rien", "/absence/", "/calendrier/", "/calendrier/?vue=semaine", "/calendrier/?vue=liste"]
    found += ["/journal/?tout=on", "/canaux/", "/personnes/", "/personnes/inviter/", "/compte/", "/compte/acces/", "/compte/sessions/"]
    found += [
        "/compte/mot-de-passe/",
        "/compte/cles/",
        "/compte/codes/",
        "/tout-arreter/",
        "/aide/",
        "/ailleurs/",
        "/brouillons/t-22222222/",
    ]
    for name in town.announcements():
        found += [f"/annonces/{name}/{rest}" for rest in ("", "rectifier/", "retirer/", "bilan/")]
        found += [f"/annonces/{name}/{delivery.pk}/" for delivery in town.deliveries(name)]
    return [*found, *(f"/personnes/{person.pk}/" for person in town.people.values()), *(f"/aide/{slug}/" for slug in advice.PAGES)]


@pytest.mark.parametrize("name", ["camille", "dominique", "lou", "eden"])
def test_every_page_is_french(full, browser, name) -> None:
    client = browser(name)
    with translation.override("fr"):
        left = {path: found for path in pages(full) if (found := english(client.get(path, follow=True).content.decode()))}
    assert left == {}


@pytest.mark.parametrize("path", ["/connexion/", "/bienvenue/MQ/faux/"])
def test_so_is_the_way_in(town, client, path) -> None:
    with translation.override("fr"):
        assert english(client.get(path, SERVER_NAME="localhost").content.decode()) == []


@pytest.mark.parametrize("name", ["camille", "dominique", "lou"])
def test_what_is_refused_is_refused_in_french(full, browser, name) -> None:
    client, left = browser(name), {}
    acts = [("/canaux/agir/", {"act": "stop", "channel": "memory"}), ("/canaux/agir/", {"act": "x"}), ("/tout-arreter/", {})]
    acts += [("/absence/", {"first": "x"}), ("/compte/acces/", {"act": "create"}), ("/personnes/inviter/", {"name": ""})]
    acts += [("/brouillons/t-22222222/", {"act": "queue", "version": "1"})]
    for announcement in full.announcements():
        acts += [(f"/annonces/{announcement}/", {"act": act}) for act in ("approve", "reject", "move", "hold", "cancel", "x")]
        acts += [(f"/annonces/{announcement}/{rest}/", {"act": "plan"}) for rest in ("rectifier", "retirer")]
        acts += [(f"/annonces/{announcement}/{row.pk}/", {"decision": "published"}) for row in full.deliveries(announcement)]
    with translation.override("fr"):
        for path, told in acts:
            for code in ("", next_code()):
                if found := english(client.post(path, {**told, "code": code}, follow=True).content.decode()):
                    left[path, told.get("act", "")] = found
    assert left == {}


def test_a_library_speaks_as_the_house_does(town, client) -> None:
    told = {"login": "dominique", "password": "faux"}
    with translation.override("fr"):
        page = client.post("/connexion/", told, SERVER_NAME="localhost").content.decode()
    assert "Le nom ou le mot de passe n’est pas le bon." in page
    assert "Nom d’utilisateur" in page


BLOCK = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}|{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)


@pytest.mark.parametrize("template", TEMPLATES, ids=[file.name for file in TEMPLATES])
def test_no_template_says_a_word_that_is_not_translated(template) -> None:
    said = Page(TAG.sub("", BLOCK.sub("", template.read_text(encoding="utf-8")))).said
    assert {piece.strip(" ·") for piece in said if re.search("[A-Za-z]{2}", piece)} - {"Publisher"} == set()


def test_english_is_noticed() -> None:
    assert english("<h1>Channels</h1>") == ["Channels"]
    assert english("<p>press answers and takes us for its account; nothing was published.</p>")
    assert english("<h1>Canaux</h1>") == []
