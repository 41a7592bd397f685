"""A text is published by hand, in a real browser: copied from the card, and said to be there."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from publisher.testing.demo import TownHall
from tests.e2e.people import PHONE, browsers, colleague

KEYS = """
name = "Appli Valmont"
where = "https://application.example/admin"
how = "Onglet « Actualités »."
"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    made = TownHall(tmp_path_factory.mktemp("hands"))
    before, section, after = made.config.read_text("utf-8").partition('[channels.application]\nadapter = "by-hand"\n')
    made.config.write_text(before + section + KEYS + after.replace("enabled = false", "enabled = true"), "utf-8")
    with made.simulator(), made.service():
        yield made


@pytest.fixture(scope="module")
def people(hall):
    with browsers() as chromium:
        yield colleague(chromium, hall, "alice", "author"), colleague(chromium, hall, "bruno", "approver", PHONE, "dark")


def test_the_card_is_taken_copied_from_and_answered(hall, people):
    alice, bruno = people
    name = hall.run("queue", hall.communique.name, "--channel", "application", "--as", "alice").split()[-1]
    hall.run("approve", name, "--as", "bruno")
    for person in people:
        page = person.open("/")
        for _turn in range(60):
            if page.locator("section.decision").count():
                break
            page.wait_for_timeout(500)
            page.reload()
        expect(page.get_by_role("heading", name="À publier à la main")).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page = alice.page
    page.get_by_role("button", name="Je le publie").click()
    expect(page.locator(".alert.good")).to_contain_text("Le texte est à vous")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    bruno.open("/")
    expect(bruno.page.locator("section.decision")).to_contain_text("alice a ce texte en main")
    expect(bruno.page.get_by_label("Le texte, à la lettre près")).to_have_count(0)
    exact = page.get_by_label("Le texte, à la lettre près").input_value()
    assert "{" not in exact
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier le texte").click()
    expect(page.get_by_role("status").filter(has_text="Copié.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == exact
    page.get_by_label("L’adresse où il se trouve maintenant").fill("https://application.example/1")
    page.get_by_label("Code affiché par votre application").first.fill(alice.code())
    page.get_by_role("button", name="C’est publié").click()
    expect(page.locator(".alert.good")).to_contain_text("C’est noté, avec votre nom.")
    expect(page.locator("main")).to_contain_text("https://application.example/1")
    assert (alice.complaints, bruno.complaints) == ([], [])
