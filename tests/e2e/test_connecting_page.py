"""An administrator connects an account in a real browser, in front of the simulated platform."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from publisher.config import dotenv
from publisher.config.secrets import read_dotenv
from publisher.testing.demo import TownHall
from publisher.testing.email import Mail
from publisher.testing.facebook import Facebook
from publisher.testing.x import X
from tests.e2e.people import browsers, colleague, picture

LABELS = {
    "X_API_KEY": "Clé d’API",
    "X_API_SECRET": "Secret de la clé d’API",
    "X_ACCESS_TOKEN": "Jeton d’accès",
    "X_ACCESS_TOKEN_SECRET": "Secret du jeton d’accès",
}


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    """An office whose secrets stand in `.env`, where they can be changed; those of the demonstration stand in its environment."""
    made = TownHall(tmp_path_factory.mktemp("office"))
    with made.simulator():
        names = {**X.secrets, **Facebook.secrets, **Mail.secrets}
        dotenv.write(made.folder / ".env", {name: made.environment.pop(name) for name in names})
        with made.service():
            yield made


@pytest.fixture(scope="module")
def claire(hall):
    with browsers() as chromium:
        person = colleague(chromium, hall, "claire", "administrator")
        yield person
        assert person.complaints == []


def accessible(page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_an_account_is_connected_from_its_card_to_its_first_answer(claire, hall):
    page = claire.open("/canaux/")
    page.locator("#x").get_by_role("link", name="Reconnecter").click()
    accessible(page)
    for name, label in LABELS.items():
        page.get_by_label(label, exact=True).fill(X.secrets[name])
    picture(page, "connecter")
    page.get_by_label("Code affiché par votre application").fill(claire.code())
    page.get_by_role("button", name="Me montrer le compte").click()
    expect(page.locator("main")).to_contain_text("Est-ce le bon compte")
    expect(page.locator("main")).to_contain_text("@valmont_tilleuls")
    accessible(page)
    assert not [secret for secret in X.secrets.values() if secret in page.content()]
    before = (hall.folder / ".env").stat().st_ino
    page.get_by_role("button", name="Oui, garder les secrets de ce compte").click()
    expect(page.locator(".alert.good")).to_contain_text("est connecté à @valmont_tilleuls")
    assert (hall.folder / ".env").stat().st_ino != before
    assert X.secrets.items() <= read_dotenv(hall.folder / ".env").items()
    page.locator("#x").get_by_role("button", name="Vérifier maintenant").click()
    expect(page.locator(".alert.good")).to_contain_text("reconnaît")


def test_secrets_of_another_account_are_refused_and_stand_nowhere(claire, hall):
    before = (hall.folder / ".env").read_bytes()
    page = claire.open("/canaux/x/connecter/")
    for name, label in LABELS.items():
        page.get_by_label(label, exact=True).fill("faux" if name == "X_ACCESS_TOKEN" else X.secrets[name])
    page.get_by_label("Code affiché par votre application").fill(claire.code())
    page.get_by_role("button", name="Me montrer le compte").click()
    expect(page.locator(".alert.bad")).to_be_visible()
    assert [field.input_value() for field in page.locator("main input[type=password]").all()] == ["", "", "", ""]
    assert (hall.folder / ".env").read_bytes() == before
