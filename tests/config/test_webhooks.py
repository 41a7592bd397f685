"""[[webhooks]]: what is accepted, and in which sentence the rest is refused."""

import re

import pytest

from publisher import shipped
from publisher.config import Webhook, load
from publisher.errors import ConfigError

HEAD = '[town]\nname = "Ville"\n'
GOOD = '[[webhooks]]\nname = "intranet"\nurl = "https://intranet.test/publisher"\n'


def written(tmp_path, text: str):
    path = tmp_path / "config.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_each_program_has_a_section(tmp_path):
    config = load(written(tmp_path, GOOD + GOOD.replace("intranet", "archives") + 'events = ["held"]\n'), {})
    intranet, archives = config.webhooks
    assert intranet == Webhook(name="intranet", url="https://intranet.test/publisher", events=("delivered", "held", "failed", "missed"))
    assert (archives.name, archives.events, archives.variable) == ("archives", ("held",), "WEBHOOK_ARCHIVES_SECRET")
    assert load(written(tmp_path, ""), {}).webhooks == ()


def test_the_example_shows_one_with_its_defaults(tmp_path):
    block = re.search(r"(?m)^#   \[\[webhooks\]\]\n(?:#   .*\n)+", shipped.example_config().read_text(encoding="utf-8"))[0]
    (shown,) = load(written(tmp_path, block.replace("#   ", "")), {}).webhooks
    assert shown == Webhook(name=shown.name, url=shown.url)
    assert f"# {shown.variable}=" in shipped.example_env().read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[webhooks]\nname = "x"\n', "write [[webhooks]], with two brackets."),
        ("webhooks = [1]\n", "write [[webhooks]], with two brackets."),
        (GOOD.replace("name", "nom"), "nom"),
        (GOOD.replace('"intranet"', '"in tranet"'), "letters, digits, _ and -"),
        (GOOD.replace("https://", ""), "url"),
        (GOOD.replace("https://", "https://me:word@"), "url"),
        (GOOD + 'events = ["sent"]\n', "“sent” is no event; the events are delivered, held, failed and missed."),
        (GOOD + GOOD, "the names of the webhooks “intranet” and “intranet” are too alike"),
        (GOOD.replace('"intranet"', '"in-t"') + GOOD.replace('"intranet"', '"IN_T"'), "“in-t” and “IN_T” are too alike"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, text, sentence):
    if text.startswith("webhooks ="):
        path = tmp_path / "config.toml"
        path.write_text(text + HEAD)
    else:
        path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
