"""The help."""

import re

import pytest
from django.utils import translation

from publisher import i18n
from publisher.pipeline.reasons import Reason
from publisher.web import advice


def test_every_reason_has_its_page_and_nothing_else_does() -> None:
    assert set(advice.PAGES) == {*map(str, Reason), "visa", "embargo", "second-factor"}
    assert sum(len(pages) for _theme, pages in advice.THEMES) == len(advice.PAGES)


@pytest.mark.parametrize("slug", advice.PAGES)
def test_each_page_is_in_french(town, browser, slug) -> None:
    page = advice.PAGES[slug]
    i18n.activate("fr")
    with translation.override("fr"):
        shown = browser("eden").get(f"/aide/{slug}/").content.decode()
    for sentence in (page.title, page.happened, page.did, page.can):
        assert i18n._(sentence) != sentence
        assert i18n._(sentence) in shown
    assert page.title not in shown


def test_the_index_leads_to_all_pages(town, browser) -> None:
    shown = browser("eden").get("/aide/").content.decode()
    assert set(re.findall(r'href="/aide/([\w-]+)/"', shown)) == set(advice.PAGES)


def test_a_page_that_does_not_exist_is_not_found(town, browser) -> None:
    assert browser("eden").get("/aide/nonsense/").status_code == 404


def test_a_reason_leads_to_its_page_from_where_it_is_shown(town, browser) -> None:
    name = town.planned()
    client = browser("camille")
    client.post(f"/annonces/{name}/", {"act": "hold"})
    for path in ("/", f"/annonces/{name}/"):
        assert 'href="/aide/by-person/"' in client.get(path).content.decode()
