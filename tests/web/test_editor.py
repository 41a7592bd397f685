"""The editor: a draft from its first word to its visa, with and without scripts."""

import re
from html import unescape

import pytest
from django.test import Client

from publisher.models import Announcement, Draft
from publisher.pipeline import drafts
from tests.web.test_pages import HOSTILE, alerts

TEXT = {"title": "Le marché s’installe place Haute", "body": "Le marché va place Haute, de 8 h à 13 h."}
LIVE = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def client(browser) -> Client:
    return browser("camille")


@pytest.fixture
def address(client) -> str:
    return client.post("/brouillons/nouveau/").headers["Location"]


def version(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def typed(client: Client, address: str, **fields: str) -> dict[str, str]:
    return {"version": version(client.get(address).content.decode()), **TEXT, **fields}


def test_what_is_typed_is_kept_and_shown_as_it_would_leave(client, address) -> None:
    client.post(address, typed(client, address))
    page = client.get(address).content.decode()
    assert TEXT["body"] in page.partition('class="seeing')[0]
    assert "Le marché va place Haute" in page.partition('class="seeing')[2]
    assert drafts.unfinished()[0].fields == TEXT


def test_only_the_previews_that_changed_come_back_while_typing(client, address) -> None:
    first = client.post(address, typed(client, address), **LIVE).content.decode()
    marks = dict(re.findall(r'name="(seen\.[^"]+)" value="([^"]+)"', first))
    assert marks
    assert "<html" not in first
    again = client.post(address, typed(client, address, **marks), **LIVE).content.decode()
    assert 'id="preview-' not in again
    changed = client.post(address, typed(client, address, **marks, body="Autre texte, place Basse."), **LIVE).content.decode()
    assert 'id="preview-memory" hx-swap-oob="true"' in changed


def test_nothing_to_read_yet_is_said_and_no_fault(client, address) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert "empty: write a title and a text" in page.content.decode()


def test_a_colleague_who_was_faster_is_named_and_mine_can_be_kept(client, address, browser) -> None:
    mine = typed(client, address, title="Le mien")
    other = browser("dominique")
    other.post(address, typed(other, address, title="Le sien"))
    page = client.post(address, mine).content.decode()
    assert "dominique has changed this draft" in page
    assert 'value="Le mien"' in page
    copy = client.post(address, mine | {"act": "copy"}).headers["Location"]
    assert copy != address
    assert {draft.fields["title"] for draft in Draft.objects.all()} == {"Le mien", "Le sien"}


def test_the_visa_is_asked_for_and_the_draft_leads_to_the_announcement(town, client, address) -> None:
    answer = client.post(address, typed(client, address, act="queue"), follow=True)
    assert alerts(answer) == ["The visa is asked for."]
    assert client.get(address).headers["Location"] == answer.redirect_chain[-1][0]


def test_sent_twice_it_leads_to_the_announcement_that_the_first_one_made(client, address) -> None:
    twice = typed(client, address, act="queue", again="1")
    first, second = (client.post(address, twice).headers["Location"] for _ in range(2))
    assert first == second == f"/annonces/{Announcement.objects.get().pk}/"


def test_what_was_typed_in_a_draft_that_was_queued_meanwhile_is_not_lost(client, address, browser) -> None:
    mine = typed(client, address, title="Le mien", act="save")
    other = browser("dominique")
    other.post(address, typed(other, address, act="queue"))
    for headers in ({}, LIVE):
        answer = client.post(address, mine, **headers).content.decode()
        assert "This draft has become an announcement" in answer
        assert 'value="copy"' in answer
    copy = client.post(address, mine | {"act": "copy"}).headers["Location"]
    assert 'value="Le mien"' in client.get(copy).content.decode()


def test_what_forbids_it_is_said_and_what_was_written_stays(client, address) -> None:
    client.post(address, typed(client, address, act="queue"))
    second = client.post("/brouillons/nouveau/").headers["Location"]
    page = client.post(second, typed(client, second, act="queue")).content.decode()
    assert "tick the box below" in page
    assert 'name="again"' in page
    answer = client.post(second, typed(client, second, act="queue", again="1"), follow=True)
    assert alerts(answer) == ["The visa is asked for."]


def test_a_channel_gets_words_of_its_own_and_follows_the_common_text_again(client, address) -> None:
    client.post(address, typed(client, address, act="own:memory"))
    page = client.get(address).content.decode()
    own = re.search(r'name="channel.memory.text"[^>]*>([^<]*)<', page)[1]
    assert "place Haute" in own
    client.post(address, typed(client, address, **{"channel.memory.own": "1", "channel.memory.text": "À nous.", "act": "save"}))
    assert "À nous." in client.get(address).content.decode().partition('class="seeing')[2]
    client.post(address, typed(client, address, **{"channel.memory.own": "1", "channel.memory.text": "À nous.", "act": "common:memory"}))
    page = client.get(address).content.decode()
    assert "place Haute" in page.partition('class="seeing')[2]
    assert "À nous." in page  # kept, should it be wanted again


def test_what_its_own_text_changes_of_the_common_one_is_shown_beside_it(client, address) -> None:
    own = {"channel.memory.own": "1", "channel.memory.text": f"{TEXT['title']}\n\nLe marché va place Basse, de 8 h à 13 h."}
    client.post(address, typed(client, address, **own, act="save"))
    page = unescape(client.get(address).content.decode())
    assert "What differs from the common text" in page
    assert re.search(r"<del>Haute</del><ins>Basse</ins>", page)
    client.post(address, typed(client, address, **own | {"channel.memory.text": "Rendez-vous dimanche."}, act="save"))
    assert "It is another text altogether." in client.get(address).content.decode()
    client.post(address, typed(client, address, act="save"))
    assert "What differs" not in client.get(address).content.decode()


PASTED = """COMMUNIQUÉ DE PRESSE

Valmont, le 3 décembre 2026

# Le marché s’installe place Haute

Le marché va place Haute, de 8 h à 13 h.

Contact presse : Inès Vauclair, adjointe – 01 99 00 12 34
"""


def test_what_is_understood_of_a_pasted_text_is_told_and_gives_the_draft_its_name(client, address) -> None:
    client.post(address, {"version": version(client.get(address).content.decode()), "body": PASTED})
    page = client.get(address).content.decode()
    told = re.sub("<[^>]+>", " ", page.partition('id="understood"')[2].partition("</div>")[0])
    for word in ("Le marché s’installe place Haute", "Valmont", "3 December", "Inès Vauclair", "adjointe", "01 99 00 12 34"):
        assert word in told
    assert "Le marché s’installe place Haute" in client.get("/annonces/").content.decode()
    assert "COMMUNIQUÉ DE PRESSE</a>" not in client.get("/annonces/").content.decode()
    live = client.post(address, {"version": version(page), "body": PASTED, "title": "Le mien"}, **LIVE).content.decode()
    understood = live.partition('id="understood" hx-swap-oob="true"')[2].partition("</div>")[0]
    assert ("Le marché s’installe" in understood, "Valmont" in understood) == (False, True), "a field that is filled is not repeated"


@pytest.mark.parametrize(("at", "warned"), [("", True), ("2026-12-03T09:00", False), ("2026-12-04T09:00", True), ("x", True)])
def test_a_text_that_bears_another_date_than_its_day_is_remarked(client, address, at, warned) -> None:
    client.post(address, typed(client, address, body=PASTED, title="", at=at))
    page = unescape(client.get(address).content.decode())
    assert ("The text is dated Thursday 3 December 2026, and is to leave on" in page) is warned


def test_a_channel_that_config_toml_switched_off_is_not_offered(town, client, address) -> None:
    town.channel("hand", enabled=False)
    client.post(address, typed(client, address))
    page = client.get(address).content.decode()
    assert ("off-memory" in page, "off-hand" in page, "preview-hand" in page) == (True, False, False)


def test_a_channel_that_is_switched_off_says_so(client, address) -> None:
    client.post(address, typed(client, address, **{"channel.memory.off": "1"}))
    assert "Nothing leaves on this channel." in client.get(address).content.decode()


def test_a_draft_is_thrown_away(client, address) -> None:
    answer = client.post(address, typed(client, address, act="discard"), follow=True)
    assert alerts(answer) == ["The draft is thrown away."]
    assert client.get(address).status_code == 404


def test_what_was_sent_back_is_begun_again_with_its_text(town, client) -> None:
    name = town.queue()
    address = client.post(f"/annonces/{name}/reprendre/").headers["Location"]
    assert Draft.objects.get().fields["body"] in client.get(address).content.decode()
    assert client.post("/annonces/a-22222222/reprendre/").status_code == 404


@pytest.mark.parametrize("field", ["title", "body", "standfirst", "place", "contact.name", "hashtags", "links", "subject", "summary", "at"])
def test_hostile_words_in_any_field_are_words(client, address, field) -> None:
    for headers in ({}, LIVE):
        page = client.post(address, typed(client, address, **{field: f"{HOSTILE} {field}"}), follow=True, **headers).content.decode()
        assert "<script>alert" not in page
        assert "49" not in re.sub(r"[0-9a-f]{16}|\d{4}", "", page) or "{{ 7*7 }}" in page


def test_unfinished_drafts_are_listed_for_those_who_write(client, address, browser) -> None:
    client.post(address, typed(client, address))
    assert TEXT["title"] in client.get("/annonces/").content.decode()
    assert TEXT["title"] not in browser("lou").get("/annonces/").content.decode()


def test_the_markup_of_a_draft_is_served_alone(town, client) -> None:
    address = client.post("/brouillons/nouveau/").headers["Location"]
    assert client.get(f"{address}memory/post-1/").status_code == 404
    assert client.get(f"{address}nowhere/page/").status_code == 404
