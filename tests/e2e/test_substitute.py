"""Somebody is away: who stands in for them is asked, and agrees from a phone."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from publisher.clock import SystemClock
from tests.e2e.people import PHONE, browsers, colleague, office

TITLE = "La médiathèque ouvre le dimanche"


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    with browsers() as chromium, office(tmp_path_factory.mktemp("away")) as hall:
        alice = colleague(chromium, hall, "alice", "author")
        bruno = colleague(chromium, hall, "bruno", "approver")
        chloe = colleague(chromium, hall, "chloe", "approver", PHONE)
        yield alice, bruno, chloe


def test_a_substitute_agrees_from_a_phone(people):
    alice, bruno, chloe = people
    page = bruno.open("/absence/")
    page.get_by_label("Dernier jour").fill(f"{SystemClock().now() + timedelta(days=8):%Y-%m-%d}")
    page.get_by_label("Qui supplée").select_option("chloe")
    page.get_by_role("button", name="Noter l’absence").click()
    expect(page.locator("main")).to_contain_text("suppléance\u00a0: chloe")

    page = alice.open("/")
    page.get_by_role("button", name="Nouvelle annonce").click()
    page.get_by_label("Titre", exact=True).fill(TITLE)
    page.get_by_label("Texte", exact=True).fill("La médiathèque des Tilleuls ouvre chaque dimanche, de 14 h à 18 h.")
    expect(page.locator("#preview-x")).to_contain_text("dimanche")
    page.get_by_role("button", name="Demander le visa").click()
    expect(page.locator(".alert.good")).to_have_text("Le visa est demandé.")

    page = chloe.open("/")
    asked = page.locator("li:has(.mark.asked)")
    for _turn in range(60):  # told with the next tick of the service
        if asked.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(bruno.open("/").locator(".mark.asked")).to_have_count(0)
    asked.get_by_role("link", name=TITLE).click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")  # nothing to be pushed sideways on a phone
    found = Axe().run(page, options={"iframes": False})
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("link", name="Votre visa est demandé").click()
    page.get_by_label("Code affiché par votre application").fill(chloe.code())
    page.get_by_role("button", name="Accorder le visa").click()
    expect(page.locator(".alert.good")).to_contain_text("Le visa est accordé")
    for _turn in range(120):
        if page.locator("h1 ~ p .mark.published").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("h1 ~ p .mark.published")).to_be_visible()
    assert (alice.complaints, bruno.complaints, chloe.complaints) == ([], [], [])
