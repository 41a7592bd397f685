"""The preview page in a real browser: what only a browser can tell."""

import pytest

from publisher.pipeline.preview import as_page
from tests.e2e.browser import browser
from tests.pipeline.preview import made

LONG_WORD = "https://www.valmont.example/" + "anticonstitutionnellement" * 8

# every visible text against the paper under it, as WCAG 2.1 defines contrast
FAINT = """
(() => {
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = element => {
    for (; element; element = element.parentElement) {
      const colour = rgb(getComputedStyle(element).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest('style')) continue;
    const [dark, bright] = [light(rgb(getComputedStyle(element).color)), light(paper(element))].sort((a, b) => a - b);
    if ((bright + 0.05) / (dark + 0.05) < 4.5) faint.push(node.data.trim());
  }
  return faint;
})()
"""
OVERFLOWING = """
[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('.skip, .hidden'))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.line, .sender')).map(e => e.outerHTML.slice(0, 200))
"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as led:
        yield led


@pytest.fixture
def page(chromium):
    with chromium.page() as tab:
        yield tab


@pytest.fixture
def file(tmp_path):
    """A preview of everything there is to draw, with words that do not fit a telephone."""
    wall = made.with_payload(made.VARIANTS[1], left_out=(LONG_WORD,))
    other = made.variant("off", made.Fake("Other"), made.OTHER)
    source = made.ANNOUNCEMENT._replace(set_aside=(LONG_WORD,))
    rendering = made.rendering(made.VARIANTS[0], wall, *made.VARIANTS[2:], other, announcement=source)
    path = tmp_path / "preview.html"
    path.write_text(as_page(rendering, made.config(tmp_path, colour="#767676")), "utf-8")
    return path


def test_nothing_but_the_page_is_asked_for_and_nothing_is_refused(page, file):
    page.show(file)
    assert ([url for url in page.requested if not url.startswith("about:")], page.complaints) == ([file.as_uri()], [])


def test_the_frames_show_the_page_and_the_mail(page, file):
    page.show(file)
    site, mail = page.words_of_frames()
    assert (site, "Elle a lieu" in mail, "address of the page" in mail) == ("Elle a lieu & voilà.", True, True)


@pytest.mark.parametrize("width", [320, 390, 768, 1400])
def test_nothing_sticks_out(page, file, width):
    page.show(file, width)
    assert (page.ask("document.documentElement.scrollWidth"), page.ask(OVERFLOWING)) == (width, [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_is_legible_whatever_the_towns_colour(page, file, scheme):
    page.show(file, scheme=scheme)
    assert page.ask(FAINT) == []


def test_dark_and_light_differ(page, file):
    papers = []
    for scheme in ("light", "dark"):
        page.show(file, scheme=scheme)
        papers.append(page.ask("getComputedStyle(document.querySelector('.channel')).backgroundColor"))
    assert papers == ["rgb(255, 255, 255)", "rgb(28, 29, 32)"]


def test_short_texts_stand_side_by_side_on_a_wide_screen_and_below_each_other_on_a_telephone(page, file):
    tops = "['wall', 'thread'].map(id => document.getElementById(id).getBoundingClientRect().top)"
    page.show(file, 1400)
    wide = page.ask(tops)
    page.show(file, 390)
    narrow = page.ask(tops)
    assert (wide[0] == wide[1], narrow[0] < narrow[1]) == (True, True)


def test_the_first_key_leads_past_the_head(page, file):
    page.show(file)
    page.press("Tab")
    assert page.ask("document.activeElement.textContent") == "Go to the channels"


def test_on_paper_the_frames_give_way_to_words(page, file):
    shown = "[...document.querySelectorAll('iframe, .on-paper')].map(e => e.checkVisibility())"
    page.show(file)
    on_screen = page.ask(shown)
    page.show(file, media="print")
    assert (on_screen, page.ask(shown)) == ([True, False, True, False], [False, True, False, True])
