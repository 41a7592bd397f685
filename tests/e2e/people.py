"""People at real browsers: they come in by their invitation, read, click and type as anybody would."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from playwright.sync_api import Page, expect, sync_playwright

from publisher.clock import SystemClock
from publisher.testing.demo import TownHall
from publisher.testing.somebody import LASTS, code

expect.set_options(timeout=30_000)  # a machine that does something else at the time is slow, and no fault of the pages

PASSWORD = "quatre mots sans aucun lien"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Colleague:
    """Somebody with a browser and an authenticator application, whose codes serve once."""

    def __init__(self, page: Page, base: str, name: str) -> None:
        self.page, self.base, self.name = page, base, name
        self.secret, self._used = "", -1
        self.complaints: list[str] = []
        page.on("console", lambda told: self.complaints.append(told.text) if told.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith((base, "data:")) else self.complaints.append(asked.url))

    def enter(self, invitation: str) -> None:
        self.page.goto(invitation)
        for field in self.page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        self.page.get_by_role("button", name="Choisir ce mot de passe").click()
        self.page.locator("[name=login]").fill(self.name)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main button.main").click()
        self.secret = self.page.locator("main code").inner_text()
        self.page.locator("[name=code]").fill(self.code())
        self.page.get_by_role("button", name="Protéger mon compte").click()

    def sign_in(self, page: Page) -> None:
        """Come in once more, in another window, up to the first page."""
        page.locator("[name=login]").fill(self.name)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button").click()
        page.locator("[name=code]").fill(self.code())
        page.locator("main button").first.click()
        page.wait_for_url(f"{self.base}/")

    def code(self) -> str:
        """The code of this moment, once the one that served is over."""
        now = SystemClock().now()
        while int(now.timestamp()) // LASTS == self._used:
            time.sleep(0.5)
            now = SystemClock().now()
        self._used = int(now.timestamp()) // LASTS
        return code(self.secret, now)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.base}{path}")
        return self.page


def picture(page: Page, name: str) -> None:
    """Keep what is to be seen for the guide; only `make guide` does."""
    if folder := os.environ.get("GUIDE"):
        page.screenshot(path=Path(folder) / f"{name}.png")


@contextmanager
def browsers() -> Iterator:
    """A real Chromium; each colleague gets a context of their own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox", "--disable-quic"])
        yield chromium
        chromium.close()


def colleague(chromium, hall: TownHall, name: str, role: str, viewport=DESK, scheme: str = "light") -> Colleague:
    """Open an account, and let its person in."""
    hall.run("user", "add", name, "--role", role)
    context = chromium.new_context(viewport=viewport, color_scheme=scheme, locale="fr-FR", timezone_id="Europe/Paris")
    person = Colleague(context.new_page(), hall.pages, name)
    itself = ("--as", name) if role == "administrator" else ()  # once there is one, nobody else may
    person.enter(hall.run("user", "invite", name, *itself).split()[-1])
    return person


@contextmanager
def office(folder: Path) -> Iterator[TownHall]:
    """A town hall whose service answers, with simulated platforms."""
    hall = TownHall(folder)
    with hall.simulator() as platforms, hall.service():
        hall.platforms = platforms
        yield hall
