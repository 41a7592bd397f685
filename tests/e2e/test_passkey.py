"""A passkey in the place of a code, with the authenticator that Chromium plays for tests."""

import pytest
from playwright.sync_api import expect

from tests.e2e.people import DESK, Colleague, browsers, office

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A telephone or a computer that knows its owner, who always says yes."""


def by_name(address: str) -> str:
    return address.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to a number


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    with office(tmp_path_factory.mktemp("passkey")) as made:
        for name, role in (("alice", "author"), ("bruno", "approver")):
            made.run("user", "add", name, "--role", role)
        yield made


@pytest.fixture(scope="module")
def bruno(hall):
    """An approver with an application for codes and a passkey."""
    with browsers() as chromium:
        context = chromium.new_context(viewport=DESK, locale="fr-FR", timezone_id="Europe/Paris")
        person = Colleague(context.new_page(), by_name(hall.pages), "bruno")
        devices = context.new_cdp_session(person.page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        person.enter(by_name(hall.run("user", "invite", "bruno").split()[-1]))
        page = person.open("/compte/cles/ajouter/")
        if page.locator("[name=code]").count():
            page.locator("[name=code]").fill(person.code())
            page.locator("main button.main").click()
        page.get_by_label("Nom de la clé d’accès").fill("Ordinateur de Bruno")
        page.get_by_role("button", name="Ajouter cette clé d’accès").click()
        expect(page.locator("main")).to_contain_text("Ordinateur de Bruno")
        yield person


def queued(hall, place: str) -> str:
    """An announcement that awaits its visa."""
    (hall.folder / "annonce.md").write_text(f"# Le marché change\n\nLe marché va {place}, de 8 h à 13 h.\n", encoding="utf-8")
    return hall.run("queue", "annonce.md", "--at", "2036-11-21T09:30", "--as", "alice").split()[-1]


def test_a_passkey_gives_one_visa_without_a_code(hall, bruno):
    first, second = queued(hall, "place Haute"), queued(hall, "place Basse")
    page = bruno.open(f"/annonces/{first}/")
    page.locator("#reason").fill("Le titre est long.")
    page.get_by_role("link", name="Utiliser plutôt ma clé d’accès").first.click()
    page.get_by_role("button", name="Me servir de ma clé d’accès").click()
    expect(page).to_have_url(f"{bruno.base}/annonces/{first}/")
    expect(page.locator("main")).to_contain_text("aucun code n’est demandé")
    expect(page.locator("#reason")).to_have_value("Le titre est long.")  # nothing that was typed is lost
    page.get_by_role("button", name="Accorder le visa").click()
    expect(page.locator(".alert.good")).to_contain_text("Le visa est accordé")

    page = bruno.open(f"/annonces/{second}/")  # what the passkey confirmed has served
    expect(page.get_by_label("Code affiché par votre application").first).to_be_visible()
    page.get_by_label("Code affiché par votre application").first.fill(bruno.code())
    page.get_by_role("button", name="Accorder le visa").click()
    expect(page.locator(".alert.good")).to_contain_text("Le visa est accordé")
    assert bruno.complaints == []


def test_without_scripts_the_code_remains(hall, bruno):
    name = queued(hall, "place du Moulin")
    context = bruno.page.context.browser.new_context(java_script_enabled=False, storage_state=bruno.page.context.storage_state())
    page = context.new_page()
    page.goto(f"{bruno.base}/annonces/{name}/")
    page.get_by_label("Code affiché par votre application").first.fill(bruno.code())
    page.get_by_role("button", name="Accorder le visa").click()
    expect(page.locator(".alert.good")).to_contain_text("Le visa est accordé")
    context.close()
