"""The whole life of an announcement in real browsers: written at a desk, agreed to on a phone, published, set right, stopped."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from publisher.clock import SystemClock
from publisher.testing.demo_texts import TO_PASTE
from tests.e2e.people import PHONE, browsers, colleague, office, picture

NEXT_YEAR = SystemClock().now().year + 1
TITLE = "Le marché déménage place Haute"


@pytest.fixture(scope="module")
def chromium():
    with browsers() as found:
        yield found


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    with office(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture(scope="module")
def alice(chromium, hall):
    return colleague(chromium, hall, "alice", "author")


@pytest.fixture(scope="module")
def bruno(chromium, hall):
    return colleague(chromium, hall, "bruno", "approver", PHONE, "dark")


@pytest.fixture(autouse=True)
def nothing_to_complain_about(alice, bruno):
    """No error of a script, nothing that the policy refuses, no request to another host."""
    yield
    assert (alice.complaints, bruno.complaints) == ([], [])


def written(alice, text: str = TO_PASTE) -> None:
    """Paste a press release into a new announcement."""
    page = alice.open("/")
    page.get_by_role("button", name="Nouvelle annonce").click()
    page.get_by_label("Texte", exact=True).fill(text)
    expect(page.locator("#preview-facebook")).to_contain_text("place Haute")


def test_the_whole_life_of_an_announcement(alice, bruno):
    written(alice)
    expect(alice.page.locator("#preview-website iframe").content_frame.locator("h1")).to_have_text(TITLE)
    expect(alice.page.locator("#saved")).to_contain_text("Enregistré")
    picture(alice.page, "ecrire")
    alice.page.get_by_role("button", name="Demander le visa").click()
    expect(alice.page.locator(".alert.good")).to_have_text("Le visa est demandé.")

    page = bruno.open("/")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.locator("main")).to_contain_text("Les 46 commerçants")
    field = page.get_by_label("Code affiché par votre application").first
    field.fill(bruno.code())
    picture(page, "visa")
    page.get_by_role("button", name="Accorder le visa").click()
    expect(page.locator(".alert.good")).to_contain_text("Le visa est accordé")
    address = page.url.partition("#")[0]
    until_published(bruno, address)
    link = page.locator("main a[href*='/site/']").first.get_attribute("href")
    assert TITLE in alice.page.request.get(link).text()

    alice.page.goto(f"{address}bilan/")
    picture(alice.page, "bilan")
    alice.page.goto(address)
    alice.page.get_by_role("link", name="Rectifier").click()
    document = alice.page.get_by_label("Chapô", exact=True)
    document.fill(document.input_value().replace("de 8h à 13h", "de 7h à 12h"))
    alice.page.get_by_label(re.compile("Qu’est-ce qui était faux")).fill("Les horaires étaient faux.")
    alice.page.get_by_role("button", name="Voir ce qui serait fait").click()
    expect(alice.page.locator("main")).to_contain_text("de 7h à 12h")
    picture(alice.page, "rectifier")
    alice.page.get_by_role("button", name=re.compile("demander")).click()
    page.goto(address)
    expect(page.locator(".changes ins").first).to_be_visible()
    page.get_by_label("Code affiché par votre application").first.fill(bruno.code())
    page.get_by_role("button", name="Accorder le visa").click()
    until_published(bruno, address)
    assert "de 7h à 12h" in alice.page.request.get(link).text()


def until_published(person, address: str) -> None:
    for _turn in range(240):
        person.page.goto(address)
        if person.page.locator("h1 + p .mark").inner_text() == "publiée":
            break
        person.page.wait_for_timeout(500)
    expect(person.page.locator("h1 + p .mark")).to_have_text("publiée")


def test_everything_is_stopped_and_goes_on(alice, bruno):
    page = alice.open("/")
    page.get_by_role("link", name="Tout arrêter").click()
    page.get_by_label(re.compile("Pourquoi")).fill("Alerte crue.")
    picture(page, "arreter")
    page.get_by_role("button", name="Tout arrêter maintenant").click()
    expect(bruno.open("/").get_by_role("alert")).to_contain_text("Alerte crue.")
    bruno.page.get_by_role("alert").get_by_label("Code affiché").fill(bruno.code())
    bruno.page.get_by_role("button", name="Relancer").click()
    expect(alice.open("/").get_by_role("alert")).to_have_count(0)


def test_what_is_typed_is_not_lost_when_the_service_is_not_reached(alice):
    written(alice, "# Le marché\n\nIl va place Haute.")
    page = alice.page
    page.context.set_offline(True)
    field = page.get_by_label("Texte", exact=True)
    field.press("Control+End")
    page.keyboard.type(" Le maire s’appelle Zébulon.")
    expect(page.locator("#unsaved")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#preview-facebook")).to_contain_text("Zébulon", timeout=15_000)
    expect(page.locator("#unsaved")).to_be_hidden()
    page.get_by_role("button", name="Jeter le brouillon").click()
    alice.complaints.clear()  # a browser says itself that it was offline


def test_what_is_typed_by_somebody_who_was_signed_out_is_saved_once_they_sign_in_elsewhere(alice):
    written(alice, "# Le marché\n\nIl va place Haute.")
    page = alice.page
    page.context.clear_cookies(name="publisher")
    page.get_by_label("Texte", exact=True).press("Control+End")
    page.keyboard.type(" Le maire s’appelle Zébulon.")
    expect(page.locator("#signed-out")).to_be_visible()
    expect(page.locator("#unreached")).to_be_hidden()
    with page.context.expect_page() as opened:
        page.locator("#signed-out a").click()
    alice.sign_in(opened.value)
    expect(page.locator("#preview-facebook")).to_contain_text("Zébulon", timeout=15_000)
    expect(page.locator("#unsaved")).to_be_hidden()
    opened.value.close()
    page.get_by_role("button", name="Jeter le brouillon").click()
    alice.complaints.clear()  # a browser says itself that it was refused


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {color: red}</style></head><body>
<h1 style='font-family:Calibri'>La piscine<o:p></o:p></h1>
<p class=MsoNormal><b><span style="color:#1F3864">Elle ouvre mardi.</span></b> L’entrée est
<span style="font-style: italic">gratuite</span>,
<a href="https://valmont.example/piscine">les horaires</a>.</p>
<ul><li>un bassin</li><li>deux saunas</li></ul><script>alert(1)</script><img src="https://ailleurs.example/x.png"></body></html>"""


def test_what_is_pasted_from_a_word_processor_keeps_its_meaning_and_drops_its_make_up(alice):
    page = alice.open("/")
    page.get_by_role("button", name="Nouvelle annonce").click()
    field = page.get_by_label("Texte", exact=True)
    field.evaluate(
        """(field, html) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        WORD,
    )
    words = "L’entrée est *gratuite*, [les horaires](https://valmont.example/piscine)."
    expect(field).to_have_value(f"# La piscine\n\n**Elle ouvre mardi.** {words}\n\n- un bassin\n- deux saunas")
    expect(page.locator("#preview-facebook")).to_contain_text("deux saunas")
    page.get_by_role("button", name="Jeter le brouillon").click()


REFUSED = """# Le théâtre ouvre sa saison

Trente-deux spectacles composent la saison du théâtre municipal. Les abonnements sont vendus au guichet, place Haute, du mardi au samedi.

La représentation d’ouverture est gratuite, dans la limite de 420 places. Elle commence à 20 h. Les portes ferment à l’heure dite.

Les élèves des écoles reçoivent deux billets chacun. Un car part de chaque école à 19 h, et revient après la représentation.
"""


def test_what_is_held_is_decided_about(alice, bruno, hall):
    base = hall.platforms["x"].rpartition("/")[0]
    fault = {"name": "reply-refused", "on": "POST /2/tweets", "skip": 1}
    assert alice.page.request.post(f"{base}/control/x", data={"faults": [fault]}).ok
    written(alice, REFUSED)
    alice.page.get_by_role("button", name="Demander le visa").click()
    page = bruno.open("/")
    page.get_by_role("link", name="Le théâtre ouvre sa saison").first.click()
    page.get_by_label("Code affiché par votre application").first.fill(bruno.code())
    page.get_by_role("button", name="Accorder le visa").click()
    held = bruno.page.locator("li:has(.mark.held):has(.channel)").get_by_role("link", name="Le théâtre ouvre sa saison")
    for _turn in range(240):
        bruno.open("/")
        if held.count():
            break
        page.wait_for_timeout(500)
    held.click()
    expect(page.locator("main")).to_contain_text("La plateforme a refusé une partie")
    picture(page, "decider")
    accessible(bruno)
    page.get_by_text("En rester là").click()
    page.get_by_role("button", name=re.compile("Abandonner")).click()
    expect(page.locator(".alert.good")).to_be_visible()
    expect(bruno.open("/").locator("li:has(.mark.held):has(.channel)")).to_have_count(0)


def planned(hall, name: str, at: str) -> None:
    (hall.folder / name).write_text(f"# Annonce {name}\n\nLa piscine municipale ouvre ses portes.\n", encoding="utf-8")
    hall.run("queue", name, "--at", at, "--as", "alice")


def test_a_calendar_move_is_said_before_it_is_done(alice, hall):
    planned(hall, "glisser", f"{NEXT_YEAR}-03-10T09:30")
    page = alice.open(f"/calendrier/?jour={NEXT_YEAR}-03-10")
    picture(page, "calendrier")
    page.locator(".appointment").drag_to(page.locator(f'[data-day="{NEXT_YEAR}-03-12"]'))
    expect(page.get_by_label("Jour")).to_have_value(f"{NEXT_YEAR}-03-12")
    expect(page.locator("#deplacer")).to_contain_text("visa")
    page.get_by_role("button", name="Déplacer à cette heure").click()
    page = alice.open(f"/calendrier/?jour={NEXT_YEAR}-03-10")
    moved = page.locator(f'[data-day="{NEXT_YEAR}-03-12"] .appointment a')
    expect(moved).to_contain_text("9 h 30")
    moved.press("Alt+ArrowRight")
    expect(page.get_by_label("Jour")).to_have_value(f"{NEXT_YEAR}-03-13")


PAGES = {
    "today": "/",
    "announcements": "/annonces/",
    "month": "/calendrier/",
    "week": "/calendrier/?vue=semaine",
    "list": "/calendrier/?vue=liste",
    "journal": "/journal/",
    "channels": "/canaux/",
    "people": "/personnes/",
    "help": "/aide/",
    "a page of help": "/aide/visa/",
    "stop": "/tout-arreter/",
    "sessions": "/compte/sessions/",
    "calendar and programs": "/compte/acces/",
    "second factor": "/compte/",
    "passkeys": "/compte/cles/",
    "password": "/compte/mot-de-passe/",
}


def accessible(person) -> None:
    """Nothing is wrong with the page; what stands in frames is the town's own page or mail, looked at elsewhere."""
    found = Axe().run(person.page, options={"iframes": False})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_nothing_keeps_anybody_from_a_page_light_at_a_desk_and_dark_on_a_phone(alice, bruno, address):
    for person in (alice, bruno):
        person.open(address)
        accessible(person)


def test_nothing_keeps_anybody_from_writing_reading_and_deciding(alice, bruno):
    written(alice)
    accessible(alice)
    alice.page.emulate_media(color_scheme="dark")
    alice.page.reload()
    accessible(alice)
    alice.page.emulate_media(color_scheme="light")
    bruno.open("/annonces/").locator("a[href^='/annonces/a-']", has_text=TITLE).first.click()
    address = bruno.page.url.partition("#")[0]
    for path in ("", "bilan/", "rectifier/", "retirer/"):
        bruno.page.goto(address + path)
        accessible(bruno)
