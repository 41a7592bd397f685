"""Whatever is typed comes out as text: no mark-up, no template, no slot, no header of its own."""

import json
import re
from html.parser import HTMLParser

import pytest

from publisher.announcement import ChannelText, Link, PressContact
from tests.pipeline.valmont import announcement, codes, content, payload, rendered

HOSTILE = [
    "{{ 7*7 }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{{ config.__class__ }}",
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style><iframe src=//a.example>",
    "<!--",
    "&lt;script&gt;",
    "[clic](javascript:alert(1))",
    "![x](http://espion.example/p.png)",
    "%(name)s {0} %s",
    "a\r\nBcc: b@espion.example",
]


class Seen(HTMLParser):
    """The elements, the attributes that matter, and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs


def everywhere(text: str):
    return announcement(
        f"Du 27 septembre au 4 octobre 2026 {text}\n\n## {text}\n\n- {text}\n\n| {text} | b |\n|---|---|\n| 1 | 2 |\n\n> {text}",
        title=f"Titre {text}",
        standfirst=text,
        summary=text,
        place=text,
        contact=PressContact(text, text, text, text),
        links=(Link("javascript:alert(1)", text), Link("http://[", text), Link(f"https://valmont.example/{text}", text)),
        hashtags=(text,),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_never_mark_up(text):
    rendering = rendered(everywhere(text))
    plain = rendered(everywhere("__mot__"))
    for name, key in (("website", "html"), ("website", "document"), ("website", "entry"), ("website", "index"), ("email", "html")):
        seen, expected = Seen(content(rendering, name)[key]), Seen(content(plain, name)[key])
        assert set(seen.tags) <= set(expected.tags), (name, key)
        assert seen.tags.count("script") == expected.tags.count("script")
        assert not [attribute for attribute in seen.attributes if attribute[0].startswith("on")]
        addresses = [value or "" for attribute, value in seen.attributes if attribute in {"href", "src"}]
        assert not [address for address in addresses if address.lower().startswith(("javascript:", "data:"))]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_never_a_template(text):
    rendering = rendered(everywhere(text))
    shown = content(rendering, "facebook")["text"].replace("\u00a0", " ").replace("’", "'")
    assert text.split("\r")[0].split('"')[0] in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_json_for_machines_stays_json(text):
    document = content(rendered(everywhere(text), "website"), "website")["document"]
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', document, re.DOTALL)
    assert json.loads(block)["@type"] == "NewsArticle"
    assert "<" not in block


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("subject", ["", "Objet "])
def test_a_header_is_one_line(text, subject):
    step = content(rendered(everywhere(text)._replace(subject=subject and subject + text), "email"), "email")
    for key in ("subject", "preheader", "from", "reply_to"):
        assert "\n" not in step[key]
        assert "\r" not in step[key]


@pytest.mark.parametrize("slot", ["{permalink}", "{unsubscribe}", "{recipient}", "{message_id}", "{date}"])
@pytest.mark.parametrize("field", ["title", "body_markdown", "standfirst", "subject", "summary", "place"])
def test_a_slot_typed_by_hand_stops_the_announcement(slot, field):
    assert ("slot-in-text", None) in codes(
        rendered(announcement(**{field: f"Voir {slot}"}) if field != "body_markdown" else announcement(slot))
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"contact": PressContact(phone="{date}")},
        {"links": (Link("https://a.example/{date}", "a"),)},
        {"hashtags": ("{date}",)},
        {"channels": {"x": ChannelText(title="{date}")}},
        {"channels": {"x": ChannelText(posts=("Un", "{date}"))}},
        {"channels": {"facebook": ChannelText(text="{date}")}},
        {"channels": {"website": ChannelText(html="<p>{date}</p>")}},
    ],
)
def test_a_slot_stops_it_wherever_it_is_typed(changes):
    assert "slot-in-text" in [code for code, _ in codes(rendered(announcement(**changes)))]


def test_a_slot_typed_by_hand_is_shown_as_it_was_typed_and_not_as_an_address():
    rendering = rendered(announcement("Voir {permalink} le {date}.", title="La {permalink}"))
    post = content(rendering, "facebook")["text"]
    assert post == "La {\u2060permalink}\n\nVoir {\u2060permalink} le {\u2060date}."
    assert rendering.announcement.title == "La {permalink}"


def test_the_officers_own_text_may_hold_the_place_of_the_link():
    own = {"x": ChannelText(posts=("Un.", "Deux : {permalink}")), "facebook": ChannelText(text="Tout : {permalink}")}
    rendering = rendered(announcement(channels=own))
    assert "slot-in-text" not in [code for code, _ in codes(rendering)]
    assert content(rendering, "facebook")["text"] == "Tout\u00a0: {permalink}"


def test_without_a_website_the_place_of_the_link_would_be_published_as_it_is():
    own = {"facebook": ChannelText(text="Tout : {permalink}")}
    assert ("slot-in-text", "facebook") in codes(rendered(announcement(channels=own), "facebook"))


def test_html_by_the_officer_is_sanitised_and_stands_for_the_body():
    own = {"website": ChannelText(html="<p>Oui<script>alert(1)</script></p><img src=http://espion.example>")}
    html = content(rendered(announcement(channels=own), "website"), "website")["html"]
    assert "<p>Oui</p>" in html
    assert "Reykjavik" not in html
    assert "espion" not in html


def test_the_same_announcement_gives_the_same_digest_and_a_word_more_another():
    one, again = (payload(rendered(announcement()), "website").digest for _ in range(2))
    assert one == again
    assert payload(rendered(announcement("Autre.")), "website").digest != one
