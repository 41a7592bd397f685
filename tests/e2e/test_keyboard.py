"""The whole life of an announcement without a pointer: whoever works with the keyboard alone writes, agrees, sets right and stops."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Colleague, browsers, colleague, office

FOCUSED = "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim().replace(/\\s+/g, ' ')"
"""What the person would call the thing that has the focus."""

MOST = 200


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with browsers() as chromium, office(tmp_path_factory.mktemp("office")) as hall:
        people = [colleague(chromium, hall, name, role) for name, role in (("alice", "author"), ("bruno", "approver"))]
        yield people
        assert [person.complaints for person in people] == [[], []]


class Keys:
    """Somebody at a keyboard."""

    def __init__(self, person: Colleague) -> None:
        self.person, self.page = person, person.page

    def reach(self, name: str) -> None:
        """Go on with Tab until the thing of this name has the focus, which must be seen."""
        for _turn in range(MOST):
            self.page.keyboard.press("Tab")
            if re.fullmatch(name, self.page.evaluate(FOCUSED)):
                outline = self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", f"nobody sees that “{name}” has the focus"
                return
        raise AssertionError(f"“{name}” was not reached")

    def press(self, name: str) -> None:
        self.reach(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, name: str, text: str) -> None:
        self.reach(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def agree(self, button: str) -> None:
        """Come from the first page to what waits for a visa, and give it with the code of this moment."""
        self.person.open("/")
        self.press("La piscine ouvre")
        self.press("Votre visa est demandé.*")
        self.write("Code affiché par votre application", self.person.code())
        self.press(button)
        expect(self.page.locator(".alert.good")).to_contain_text("Le visa est accordé")

    def told(self, sentence: str) -> None:
        expect(self.page.locator(".alert.good").first).to_contain_text(sentence)


def published(page: Page, address: str) -> str:
    """Wait until the website shows it; return where."""
    for _turn in range(240):
        page.goto(address)
        if page.locator("h1 + p .mark").inner_text() == "publiée":
            return str(page.locator("main a[href*='/site/']").first.get_attribute("href"))
        page.wait_for_timeout(500)
    raise AssertionError("it was not published")


def test_the_whole_life_by_keyboard(town) -> None:
    alice, bruno = map(Keys, town)
    alice.person.open("/")
    alice.press("Nouvelle annonce")
    alice.page.wait_for_url("**/brouillons/**")
    alice.write("Titre", "La piscine ouvre")
    alice.write("Texte", "La piscine municipale ouvre ses portes à 9 h, rue des Lavandières.")
    expect(alice.page.locator("#preview-x")).to_contain_text("Lavandières")
    alice.press("Demander le visa")
    alice.told("Le visa est demandé.")
    address = alice.page.url.partition("#")[0]

    bruno.agree("Accorder le visa")
    link = published(alice.page, address)
    assert "à 9\u00a0h" in alice.page.request.get(link).text().replace("\u202f", "\u00a0")

    alice.press("Rectifier")
    alice.write("Texte", "La piscine municipale ouvre ses portes à 10 h, rue des Lavandières.")
    alice.write("Qu’est-ce qui était faux.*", "L’heure était fausse.")
    alice.press("Voir ce qui serait fait")
    alice.press("Enregistrer et demander le visa")
    bruno.agree("Accorder le visa à ce rectificatif")
    published(alice.page, address)
    assert "à 10\u00a0h" in alice.page.request.get(link).text().replace("\u202f", "\u00a0")

    alice.person.open("/")
    alice.press("Tout arrêter")
    alice.write("Pourquoi.*", "On vérifie.")
    alice.press("Tout arrêter maintenant")
    expect(alice.page.locator(".pulse")).to_have_text("Tout est arrêté")
    alice.write("Code affiché par votre application", alice.person.code())
    alice.press("Relancer")
    expect(alice.page.locator(".pulse")).to_have_text("Le service fonctionne")
