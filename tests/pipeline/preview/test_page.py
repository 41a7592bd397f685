import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from publisher import i18n
from publisher.adapters.base import CORRECT, WITHDRAW, Payload, Step
from publisher.pipeline.preview import as_page
from publisher.pipeline.preview.page import Stretch, _initials, stretches
from publisher.pipeline.preview.view import look
from tests.pipeline.preview import made

VOID = {"meta", "br", "hr", "img", "link", "input"}
SLOT = "‹address of the page›"


class Reader(HTMLParser):
    """Collects what a page says and what it holds; complains about tags that are not closed in order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.said, self.attributes = [], [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.said.append(data)

    @property
    def text(self):
        return re.sub(r"[ \n]+", " ", "".join(self.said)).replace("\n", " ").strip(" ")

    def values(self, name):
        return [value for _, key, value in self.attributes if key == name]


def part(page, name):
    """The section of a channel."""
    sections = page.partition("</div>\n</main>")[0].split('<section class="channel" id=')
    return '<section class="channel" id=' + next(section for section in sections if section.startswith(f'"{name}"'))


@pytest.fixture
def page(config):
    return as_page(made.rendering(), config)


def test_the_page_is_well_formed(page):
    assert Reader(page).tags[:2] == ["html", "head"]


def test_nothing_runs_and_nothing_is_fetched(page):
    reader = Reader(page)
    assert {"script", "link", "img", "object", "form"} & set(reader.tags) == set()
    assert {key for _, key, _ in reader.attributes if key.startswith("on") or key in {"src", "action", "style"}} == set()
    assert [href for href in reader.values("href") if not href.startswith("#")] == []
    assert re.search(r"url\(|@import", page) is None


def test_the_policy_forbids_everything_but_styles_and_inline_images(page):
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    assert ("meta", "content", policy) in Reader(page).attributes


def test_the_frames_are_sandboxed_named_and_hold_what_leaves(page):
    reader = Reader(page)
    assert (reader.values("sandbox"), reader.values("srcdoc")) == (
        ["", ""],
        [
            '<!DOCTYPE html><html><body><p class="x">Elle a lieu &amp; voilà.</p></body></html>',
            f'<p>Elle a lieu <b>samedi</b>.</p><a href="{SLOT}">{SLOT}</a>',
        ],
    )
    assert [title for tag, key, title in reader.attributes if (tag, key) == ("iframe", "title")] == [
        "The page as its readers will see it: La fête de l’eau",
        "The e-mail with formatting: [CP] Valmont – La fête de l’eau",
    ]


def test_what_runs_in_the_articles_html_is_gone_on_paper(page):
    assert "alert(1)" not in page


def test_the_head_tells_the_announcement(page):
    start = Reader(page).text
    said = (
        "Preview – La fête de l’eau Go to the channels Ville de Valmont Preview: nothing has been sent. "
        "This announcement cannot be queued: 1 error. Press release · Valmont · 1\u00a0December\u00a02026 La fête de l’eau "
        "Under embargo until Wednesday 02 December 2026, 18:00 (Europe/Paris). "
        "Notice There is no image. Found in the document, and used nowhere Réf. 12 <b> "
        "Website 1 page nothing to remark Wall 1 post nothing to remark Thread 2 posts 1 error, 1 warning "
        "E-mail 1 e-mail, 3 recipients nothing to remark "
        "Not used for this announcement: off. Website"
    )
    assert start.startswith(said)


def test_only_errors_keep_it_from_being_queued(config):
    assert "cannot be queued" not in as_page(made.rendering(problems=[made.NOTICE, made.WARNING]), config)


def test_a_page_is_drawn_as_a_page(page):
    assert Reader(part(page, "site")).text == (
        "Website 1 page · channel “site” Address: www.valmont.example/…/2026-12-01-fete-eau/ Elle a lieu samedi. "
        "Summary for search engines, feeds and shared links: Elle a lieu samedi 12 décembre 2026. "
        "Nothing is left out, added or moved. Can be corrected in place after publication. "
        f"Digest of this text {made.SITE.digest}"
    )


def test_a_post_is_drawn_with_its_fold_its_card_and_what_became_of_the_text(page):
    assert Reader(part(page, "wall")).text == (
        "Wall 1 post · account valmont · after: Website V Ville de Valmont At the planned time "
        f"La fête de l’eau Elle a lieu folded from here on samedi. Suite : {SLOT} "
        "www.valmont.example La fête de l’eau Elle a lieu samedi 12 décembre 2026. 58 of 1,000 characters "
        "Then it is made public: until this step nobody sees it. "
        "Left out (2) Venez. Et <i>ceci</i>. Added Suite : Moved Paragraph 2 comes before paragraph 1. the end "
        f"Cannot be changed any more after publication. Digest of this text {made.WALL.digest}"
    )


def test_a_thread_is_drawn_with_its_counters_and_its_problems(page):
    assert Reader(part(page, "thread")).text == (
        "Thread 2 posts · after: Website, off Warning That day is over. "
        "V Ville de Valmont @mairie La fête de l’eau 1/2 20 of 30 characters "
        f"V Ville de Valmont @mairie Elle a lieu samedi ou dimanche. 2/2 {SLOT} "
        "www.valmont.example La fête de l’eau Elle a lieu samedi 12 décembre 2026. "
        "41 of 30 characters (an address counts 5) Error The post counts 31 characters. "
        "Instead, should the platform refuse what stands above "
        f"V Ville de Valmont @mairie La fête de l’eau {SLOT} www.valmont.example La fête de l’eau Elle a lieu samedi 12 décembre 2026. "
        "22 of 30 characters (an address counts 5) "
        "Nothing is left out, added or moved. Cannot be changed any more after publication. Estimated cost: 0.03 US dollars. "
        f"Digest of this text {made.THREAD.digest}"
    )


def test_posts_are_named_aloud_as_people_name_them(page):
    labels = [label for tag, key, label in Reader(part(page, "thread")).attributes if (tag, key) == ("article", "aria-label")]
    assert labels == ["post\u00a01", "post\u00a02", "single post"]


def test_only_what_is_too_long_looks_so(page):
    assert re.findall(r'<p class="counter( over)?">', part(page, "thread")) == ["", " over", ""]


def test_a_message_is_drawn_as_in_an_inbox_and_in_both_versions(page):
    assert Reader(part(page, "mail")).text == (
        "E-mail 1 e-mail, 3 recipients · channel “mail” Ville de Valmont [CP] Valmont – La fête de l’eau Elle a lieu samedi. "
        "Subject [CP] Valmont – La fête de l’eau (31 characters) Shown in the inbox Elle a lieu samedi. "
        'From "Ville de Valmont" <presse@valmont.example> Answers go to presse@valmont.example Recipients 3 recipients '
        "With formatting The formatted e-mail says the same as the text; it is shown on screen. "
        f"Text only Elle a lieu samedi. En ligne : {SLOT} ‹address to leave the list› "
        "Nothing is left out, added or moved. Cannot be changed any more after publication. "
        f"Digest of this text {made.MAIL.digest}"
    )


def test_an_unknown_effect_is_drawn_from_its_content(config):
    page = as_page(made.rendering(made.variant("wall", made.Fake("Wall"), made.OTHER)), config)
    assert "toot toot status La fête <b> when {'hour': 9}" in Reader(part(page, "wall")).text


def test_an_effect_cannot_lead_out_of_the_templates(config):
    payload = made.Payload((made.Step("post", "../marks", {"text": "Rien"}),))
    page = as_page(made.rendering(made.variant("wall", made.Fake("Wall"), payload)), config)
    assert "post ../marks text Rien" in Reader(part(page, "wall")).text


def test_without_a_page_there_is_no_card(config):
    page = as_page(made.rendering(made.VARIANTS[1]), config)
    assert 'class="card"' not in page


def test_an_announcement_without_anything_but_its_text(config):
    bare = made.Announcement("Titre", "Texte.")
    page = as_page(made.rendering(made.VARIANTS[0], announcement=bare, problems=[]), config, ["site"])
    assert Reader(page).text.startswith(
        "Preview – La fête de l’eau Go to the channels Ville de Valmont Preview: nothing has been sent. "
        "Press release La fête de l’eau Website 1 page nothing to remark Website"
    )


def test_no_break_spaces_reach_the_reader(config):
    payload = made.Payload((made.Step("post", "post", {"text": "12\u00a0% «\u202foui\u202f»"}),))
    page = as_page(made.rendering(made.variant("wall", made.Fake("Wall"), payload)), config)
    assert "12\u00a0% «\u202foui\u202f»" in part(page, "wall")


def test_only_the_named_channels_are_shown(config):
    page = as_page(made.rendering(), config, ["wall", "mail"])
    assert re.findall(r'<section class="channel" id="(\w+)"', page) == ["wall", "mail"]


def test_the_page_is_in_the_language_of_its_reader_and_the_text_in_its_own(config):
    i18n.activate("fr")
    page = as_page(made.rendering(announcement=made.ANNOUNCEMENT._replace(language="br")), config)
    assert ('<html lang="fr">' in page, '<h1 lang="br">' in page) == (True, True)


def test_the_towns_colour_is_made_legible_on_both_papers(tmp_path):
    page = as_page(made.rendering(), made.config(tmp_path, colour="#767676"))
    accents = re.findall(r"--accent: (#\w{6})", page)
    assert accents == ["#6f6f6f", "#848484", "#000000"]


@pytest.mark.parametrize(("name", "kind"), [("logo.png", "png"), ("logo.SVG", "svg+xml")])
def test_the_towns_logo_stands_in_the_page_itself(name, kind, tmp_path):
    (tmp_path / name).write_bytes(b"<an image>")
    config = made.config(tmp_path)
    town = replace(config.town, logo=tmp_path / name)
    reader = Reader(as_page(made.rendering(made.VARIANTS[1]), replace(config, town=town)))
    assert (reader.values("src"), reader.values("alt")) == ([f"data:image/{kind};base64,PGFuIGltYWdlPg=="], [""])


def test_a_bar_shows_how_full_a_post_is_where_that_says_something(page):
    drawn = [re.findall(r'<rect width="(\d+)"', part(page, name)) for name in ("wall", "thread")]
    assert drawn == [[], ["66", "100", "73"]]


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ville de Valmont-les-Tilleuls", "VT"), ("L’Isle-Verrière", "IV"), ("Ville de La Ville", "VD"), ("Élan", "É"), ("75", "")],
)
def test_initials_of_a_town(name, initials):
    assert _initials(name) == initials


def test_a_fold_inside_a_text_with_slots(config):
    wall = look(made.rendering(made.VARIANTS[1]), config).channels[0].steps[0]
    assert list(stretches(replace(wall, fold=57))) == [
        Stretch("La fête de l’eau\n\nElle a lieu samedi.\n\nSuite : {permalink"),
        Stretch("}", fold=True),
    ]
    assert list(stretches(wall))[-2:] == [Stretch("samedi.\n\nSuite : ", fold=True), Stretch(SLOT, is_slot=True)]


def test_a_correction_is_drawn_as_a_post_and_a_withdrawal_says_what_goes(config):
    corrected = made.variant("wall", made.Fake("Wall"), Payload((Step("correct", CORRECT, {"text": "Le bon texte.", "post": "1_2"}),)))
    page = Reader(as_page(made.rendering(corrected), config))
    assert "Le bon texte." in page.said
    assert "1_2" not in page.said
    gone = Step("withdraw-post-1", WITHDRAW, {"step": "post-1", "remote_id": "12", "url": "https://wall.example/12"})
    page = Reader(as_page(made.rendering(made.variant("wall", made.Fake("Wall"), Payload((gone,)))), config))
    assert ("withdrawal of post\u00a01" in page.said, "https://wall.example/12" in page.said) == (True, True)
    assert "Nothing is left out, added or moved." not in page.said
