import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.adapters.base import PERMALINK, Payload, Step, as_json
from publisher.errors import Refused
from publisher.pipeline import slots

LINK = "https://www.example.org/le-marche/"


def step(**content: object) -> Step:
    return Step("post-1", "post", content)


def test_slots_are_filled_wherever_they_stand() -> None:
    left = step(text="Le communiqué : {permalink}", nested={"list": ["{permalink}", 3, None, {"deep": "x{permalink}y"}]}, count=2)
    filled = slots.fill(left, {PERMALINK: LINK})
    assert filled == step(text=f"Le communiqué : {LINK}", nested={"list": [LINK, 3, None, {"deep": f"x{LINK}y"}]}, count=2)


def test_what_is_no_slot_stays() -> None:
    kept = step(text="{ permalink } {PERMALINK} {other} {} {{", css="a{color:red}")
    assert slots.fill(kept, {PERMALINK: LINK}) == kept


@pytest.mark.parametrize("slot", ["{permalink}", "{unsubscribe}", "{recipient}", "{message_id}", "{date}"])
def test_a_slot_without_value_is_refused(slot) -> None:
    with pytest.raises(Refused) as caught:
        slots.fill(step(text=f"Voir {slot}"), {})
    assert (caught.value.code, caught.value.params["slot"], caught.value.params["step"]) == ("slot-unfilled", slot, "post-1")


def test_a_value_is_never_filled_again() -> None:
    assert slots.fill(step(text="{permalink}"), {PERMALINK: "https://x.example/{date}"}) == step(text="https://x.example/{date}")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Texte.\n\nLe communiqué : {permalink}", "Texte."),
        ("Texte.\n\nLe communiqué : {permalink}\n#Marche", "Texte.\n#Marche"),
        ("Le communiqué : {permalink}\n#Marche", "#Marche"),
        ("Le communiqué : {permalink}", ""),
        ("Sans lien.\n\n\nFin.", "Sans lien.\n\n\nFin."),
    ],
)
def test_without_the_link_its_line_goes(text, left) -> None:
    assert slots.fill(step(text=text), {PERMALINK: None}) == step(text=left)


def test_a_step_of_which_nothing_is_left_is_empty() -> None:
    assert slots.is_empty(step(text=""))
    assert not slots.is_empty(step(text="x"))
    assert not slots.is_empty(step(html=""))


def test_used_slots_are_found_in_any_value() -> None:
    steps = [step(text="{permalink}"), step(list=["{date}"]), step(text="{other}")]
    assert slots.used(steps) == {"{permalink}", "{date}"}
    assert slots.used([]) == set()


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://www.example.org/a", True),
        ("http://www.example.org", True),
        ("https://WWW.EXAMPLE.ORG/a", True),
        ("https://www.example.org:8443/a", True),
        ("https://example.org/a", False),
        ("https://www.example.org.evil.example/a", False),
        ("https://www.example.org@evil.example/a", False),
        ("javascript:alert(1)//www.example.org", False),
        ("//www.example.org/a", False),
        ("https://www.example.org/a b", False),
        ("https://www.example.org/a\nb", False),
        ("https://[bad", False),
        ("", False),
        (None, False),
    ],
)
def test_a_link_leads_to_the_town_s_hosts_only(url, leads) -> None:
    assert slots.leads_to(url, {"www.example.org"}) is leads


@pytest.mark.parametrize("url", ["ftp://example.org", "example.org", "https://[bad", "mailto:x@example.org"])
def test_only_web_addresses_have_a_host(url) -> None:
    assert slots.host(url) is None


TEXT = st.text(max_size=20) | st.sampled_from(["{permalink}", "Voir {permalink}\n\nFin", "{date}"])
LEAF = st.none() | st.booleans() | st.integers() | TEXT
NAME = st.text(max_size=9)
JSON = LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(NAME, LEAF, max_size=3)
STEPS = st.builds(Step, NAME, st.sampled_from(["post", "page"]), st.dictionaries(NAME, JSON, max_size=3), st.none() | NAME)


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=3), st.lists(STEPS, max_size=2))
def test_what_was_frozen_thaws_to_the_same_digest(steps, alternative) -> None:
    payload = Payload(tuple(steps), tuple(alternative))
    frozen = json.loads(json.dumps({"steps": as_json(payload.steps), "alternative": as_json(payload.alternative)}))
    assert slots.thaw(frozen).digest == payload.digest


@settings(max_examples=60)
@given(STEPS)
def test_filling_changes_the_slots_of_the_content_and_nothing_else(any_step) -> None:
    filled = slots.fill(any_step, {PERMALINK: LINK, "{date}": "D"})
    assert slots.used([filled]) == set()
    assert (filled == any_step) is not bool(slots.used([any_step]))
    assert (filled.id, filled.effect, filled.after, list(filled.content)) == (
        any_step.id,
        any_step.effect,
        any_step.after,
        list(any_step.content),
    )
    assert slots.digest(any_step) == Payload((any_step,)).digest
