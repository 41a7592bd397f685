"""Every field of every form is filled with what would do harm if it were taken for more than words; all pages show it as words."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from publisher.models import AccountNotice, Notice, Person
from publisher.pipeline import absences, drafts, feed, notices, tokens
from tests.web.browsing import next_code

MARK = "zqj"
WORDS = f"\"'><script>alert('{MARK}')</script><img src=x onerror=alert('{MARK}')>{{{{ {MARK} }}}}{{% {MARK} %}}=cmd|'/C calc'!A0"
TITLE = WORDS.replace("/", "")
"""A document is named after it here."""

RAW = (f"<script>alert('{MARK}", f"onerror=alert('{MARK}')>", '"><script>alert')
FREE = {"text", "search", "url", "email", "textarea", "password", "tel"}
ROLES = {"camille": "author", "dominique": "approver", "lou": "administrator", "eden": "reader"}


class Forms(HTMLParser):
    """The forms of a page that send something, with their fields as they are filled, and which of them are free to be typed in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], set[str]]] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = told.get("method") == "post"
            if self._open:
                self.found.append((told.get("action", ""), {}, set()))
        elif self._open and "name" in told:
            _action, fields, free = self.found[-1]
            kind = "textarea" if tag == "textarea" else told.get("type", "text")
            if tag in {"input", "button", "textarea", "select"} and kind not in {"checkbox", "radio"}:
                fields[told["name"]] = told.get("value", "")
            if tag in {"input", "textarea"} and kind in FREE:
                free.add(told["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def harmless(answer) -> None:
    """Nothing of it is markup, and nothing broke."""
    assert answer.status_code < 500
    page = answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content).decode()
    for raw in RAW if answer.headers["Content-Type"].startswith("text/html") else ():
        assert raw not in page, (answer.request["PATH_INFO"], raw)


def pages(town) -> list[str]:
    (name,) = town.announcements()[-1:]
    delivery, eden = town.deliveries(name)[0].pk, Person.objects.get(name="eden").pk
    draft = drafts.unfinished()[0].pk
    return [
        "/",
        "/annonces/",
        f"/annonces/?q={MARK}",
        f"/annonces/{name}/",
        f"/annonces/{name}/{delivery}/",
        f"/annonces/{name}/bilan/",
        f"/annonces/{name}/rectifier/",
        f"/annonces/{name}/retirer/",
        f"/brouillons/{draft}/",
        "/calendrier/",
        "/calendrier/?vue=liste",
        "/journal/",
        "/journal/export/",
        "/canaux/",
        "/personnes/",
        "/personnes/inviter/",
        f"/personnes/{eden}/",
        "/aide/",
        "/absence/",
        "/tout-arreter/",
        "/compte/",
        "/compte/acces/",
        "/compte/sessions/",
    ]


@pytest.fixture
def full(town, browser):
    """One of everything, each with harmful words where people type them."""
    town.channel()
    town.queue("Ancienne", memory=town.part("memory", "Un."))
    town.planned(TITLE, memory=town.part("memory", WORDS))
    town.clock.move(minutes=1)
    town.work()
    town.reject(town.queue(f"{TITLE} 2", memory=town.part("memory", f"{WORDS} 2")), reason=WORDS)
    drafts.begin(town.desk, town.who("camille"), {"title": WORDS, "body": WORDS, "contact.name": WORDS})
    Person.objects.create(name=WORDS[:64], role="approver", created_at=town.clock.now())
    Person.objects.create(name="<b>zqj</b>", role="reader", created_at=town.clock.now())
    absences.declare(town.desk, town.who("dominique"), "dominique", ("2026-11-24", "2026-11-30"), WORDS[:64])
    tokens.create(town.desk, town.who("lou"), WORDS[:48], "camille", ["read"])
    town.pause()
    notices.look(town.desk)
    assert Notice.objects.exists()
    return town


@pytest.mark.parametrize("name", ROLES)
def test_what_was_typed_is_words_on_every_page(full, browser, name) -> None:
    client = browser(name)
    for path in pages(full):
        harmless(client.get(path))


@pytest.mark.parametrize("name", ["camille", "dominique", "lou"])
def test_every_field_of_every_form_takes_words_for_words(full, browser, name) -> None:
    client, tried = browser(name), 0
    for path in pages(full):
        page = client.get(path)
        if page.status_code != 200 or page.streaming:
            continue
        for action, fields, free in Forms(page.content.decode()).found:
            if (action or path).startswith(("/deconnexion/", "/compte/sessions/")):
                continue  # what would end the session, and holds no field
            for field in sorted(free) or [""]:
                told = {**fields, "code": next_code()} | ({field: WORDS} if field else {})
                harmless(client.post(unescape(action) or path, told, follow=True))
                tried += bool(field)
        if client.get("/").status_code != 200:  # an act of theirs shut them out
            client = browser(name)
    assert tried > 20
    for path in pages(full):
        harmless(client.get(path))
    assert AccountNotice.objects.exists() or name != "lou"


def test_the_calendar_of_a_telephone_holds_one_line_for_each_property(full) -> None:
    told = feed.feed(full.desk, "https://publisher.example").decode()
    for line in re.sub(r"\r\n[ \t]", "", told).split("\r\n"):
        assert not line or re.match(r"[A-Z-]+[;:]", line), line
