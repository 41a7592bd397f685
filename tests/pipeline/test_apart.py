from dataclasses import replace

import pytest

from publisher import shipped
from publisher.announcement import Announcement, Link, PressContact
from publisher.config import Town, load
from publisher.pipeline import apart
from publisher.pipeline.adapt import Selection
from publisher.pipeline.reading import Reading

CONFIG = replace(load(shipped.example_config(), {}), town=Town(name="Ville de Valmont", site_url="https://www.valmont.example"))
PLAIN = Announcement("Le marché change de place", "Il va place Basse.")
LINKS = {
    "a ticket office, by name": (Link("https://billets.example", "Billetterie"), "Billetterie : https://billets.example", True),
    "a name that ends with a colon": (Link("https://billets.example/", "Billetterie :"), "Billetterie : https://billets.example/", True),
    "a page somewhere else": (Link("https://region.example/aides/2026", "https://region.example/aides/2026"), None, True),
    "a search somewhere else": (Link("https://region.example/?a=1", "region.example/?a=1"), None, True),
    "the town's website": (Link("https://www.valmont.example", "www.valmont.example"), None, False),
    "a page of the town's website": (
        Link("https://valmont.example/agenda/mai", "Agenda"),
        "Agenda : https://valmont.example/agenda/mai",
        False,
    ),
    "a site of the town": (Link("https://mediatheque.valmont.example/a/b", "Médiathèque"), None, False),
    "a home page": (Link("https://www.region.example/", "www.region.example"), None, False),
    "a home page with a question": (Link("https://region.example?a=1", "region.example?a=1"), None, True),
    "an account": (Link("https://reseau.example/valmont", "reseau.example/valmont"), None, False),
    "an official account": (
        Link("https://reseau.example/@Mairie-de-Valmont_officiel/", "reseau.example/@Mairie-de-Valmont_officiel"),
        None,
        False,
    ),
    "the account of somebody else": (Link("https://reseau.example/valmontbasket", "reseau.example/valmontbasket"), None, True),
    "a page below an account": (Link("https://reseau.example/valmont/fete", "reseau.example/valmont/fete"), None, True),
    "an account, or a form": (Link("https://formulaires.example/AbCd12", "formulaires.example/AbCd12"), None, True),
    "a part of a page": (Link("https://www.region.example/#aides", "www.region.example/#aides"), None, True),
}


def became(announcement: Announcement) -> Selection:
    return apart.without_lines(Reading(announcement), Selection(left_out=("Une phrase.",)), CONFIG)


@pytest.mark.parametrize("case", list(LINKS))
def test_what_leads_elsewhere_is_left_out_and_the_town_s_own_is_never_carried(case: str) -> None:
    link, words, is_left_out = LINKS[case]
    found = became(PLAIN._replace(links=(link,)))
    shown = found.left_out[1:] if is_left_out else found.not_carried
    assert (len(found.left_out), len(found.not_carried)) == (2, 0) if is_left_out else (1, 1)
    assert words is None or shown == (words,)


def test_the_press_contact_is_for_journalists() -> None:
    contact = PressContact("Camille Dervaux", "attachée de presse", "01 99 00 12 34")
    words = "Contact presse : Camille Dervaux, attachée de presse – 01 99 00 12 34"
    assert became(PLAIN._replace(contact=contact)) == Selection(left_out=("Une phrase.",), not_carried=(words,))


def test_nothing_beside_the_text() -> None:
    assert became(PLAIN) == Selection(left_out=("Une phrase.",))
