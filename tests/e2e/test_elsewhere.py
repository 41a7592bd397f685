"""In a real browser: somebody who was invited signs in at the provider of identities, protects the account, leaves both, and comes back."""

import re

import pytest
from playwright.sync_api import expect

from publisher.clock import SystemClock
from publisher.testing.demo import TownHall
from publisher.testing.somebody import code
from tests.e2e.people import DESK, Colleague, browsers
from tests.e2e.test_back_office import accessible
from tests.provider import CLIENT, SECRET, Provider


@pytest.fixture
def provider():
    with Provider() as made:
        made.email, made.subject = "noe@mairie.example", "sub-noe"
        yield made


@pytest.fixture
def hall(tmp_path, provider):
    made = TownHall(tmp_path)
    made.environment |= {
        "PUBLISHER_WEB_OIDC_ISSUER": provider.issuer,
        "PUBLISHER_WEB_OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
    }
    with made.simulator(), made.service():
        yield made


def test_somebody_who_was_invited_signs_in_elsewhere(hall, provider):
    with browsers() as chromium:
        hall.run("user", "add", "lou", "--role", "administrator")
        lou = Colleague(chromium.new_context(viewport=DESK, locale="fr-FR").new_page(), hall.pages, "lou")
        lou.enter(hall.run("user", "invite", "lou", "--as", "lou").split()[-1])
        page = lou.open("/personnes/inviter/")
        for field, value in {"name": "Noé", "email": provider.email, "code": lou.code()}.items():
            page.locator(f"main [name={field}]").fill(value)
        page.get_by_role("button", name=re.compile("Ouvrir le compte")).click()
        expect(page.locator("#address")).to_be_visible()

        page = chromium.new_context(viewport=DESK, locale="fr-FR").new_page()
        noe = Colleague(page, hall.pages, "Noé")
        noe.open("/connexion/")
        accessible(noe)
        page.get_by_role("button", name="Se connecter avec ProConnect").click()
        noe.secret = page.locator("main code").inner_text()
        page.locator("[name=code]").fill(code(noe.secret, SystemClock().now()))
        page.get_by_role("button", name="Protéger mon compte").click()
        noe.open("/")
        expect(page.locator(".person summary")).to_have_text("Noé")

        page.locator(".person summary").click()
        page.get_by_role("button", name="Se déconnecter").click()
        expect(page).to_have_url(f"{hall.pages}/connexion/")
        assert [told["post_logout_redirect_uri"] for told in provider.farewells] == [f"{hall.pages}/connexion/"]

        page.get_by_role("button", name="Se connecter avec ProConnect").click()
        expect(page).to_have_url(f"{hall.pages}/connexion/code/")
        assert not [told for told in noe.complaints if not told.startswith(provider.issuer)]
