"""From config.toml to channels: the kinds, their keys, their order; one sentence for each mistake."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from publisher import config as configuration
from publisher.adapters import registry
from publisher.adapters.base import Adapter, Limits
from publisher.adapters.facebook import Facebook
from publisher.adapters.settings import ChannelSettings
from publisher.adapters.static_site import StaticSite
from publisher.config import Secret
from publisher.errors import ConfigError

TOWN = '[town]\nname = "Ville de Valmont"\nsite_url = "https://www.valmont.example"\ncontact = { email = "presse@valmont.example" }\n'


@pytest.fixture
def load(tmp_path):
    def _load(channels: str, environ: dict[str, str] | None = None):
        (tmp_path / "config.toml").write_text(TOWN + channels)
        return configuration.load(tmp_path / "config.toml", environ or {})

    return _load


def refusal(config, *, secrets: bool = False) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        registry.configure(config, secrets=secrets)
    return caught.value


def test_channels_come_in_the_order_of_the_file_with_what_the_town_gives_them(load, tmp_path):
    config = load(
        '[channels.site]\nadapter = "static-site"\n[channels.presse]\nadapter = "email"\naccount = "a@valmont.example"\nhost = "h"\n'
    )
    channels = registry.configure(config, secrets=False)
    assert [(name, channel.name, channel.kind) for name, channel in channels.items()] == [
        ("site", "site", "static-site"),
        ("presse", "presse", "email"),
    ]
    site, mail = channels["site"].settings, channels["presse"].settings
    assert (site.directory, site.url, site.not_after) == (tmp_path / "data" / "site", "https://www.valmont.example", 240)
    assert (mail.name, mail.reply_to, mail.not_after) == ("Ville de Valmont", "presse@valmont.example", 240)
    assert isinstance(channels["site"].adapter, StaticSite)


@pytest.mark.parametrize("kind", registry.KINDS)
def test_every_kind_declares_itself(kind):
    adapter = registry.load(kind)
    assert (adapter.kind, issubclass(adapter.settings_class, ChannelSettings)) == (kind, True)


MAIL = '[channels.presse]\nadapter = "email"\naccount = "a@valmont.example"\nhost = "h"\n'


@pytest.mark.parametrize(
    ("more", "environ", "missing"),
    [
        ("", {}, "SMTP_USER, SMTP_PASSWORD"),
        ("", {"SMTP_USER": "a"}, "SMTP_PASSWORD"),
        ("", {"SMTP_USER": "a", "PRESSE_PASSWORD": "b"}, None),
        ('auth = "xoauth2"\n', {"SMTP_USER": "a", "SMTP_PASSWORD": "b"}, "SMTP_TOKEN"),
        ('auth = "xoauth2"\n', {"SMTP_USER": "a", "SMTP_TOKEN": "b"}, None),
        ('auth = "none"\n', {}, None),
        ("enabled = false\n", {}, None),
    ],
)
def test_the_secrets_of_the_chosen_way_to_log_in_are_needed(load, more, environ, missing):
    config = load(MAIL + more, environ)
    if missing is None:
        registry.configure(config, secrets=True)
        return
    error = refusal(config, secrets=True)
    named = error.params.get("names") or error.params["name"]
    assert (error.code, named, error.params["section"]) == ("missing-secret", missing, "channels.presse")


@pytest.mark.parametrize(
    "line",
    [
        'helo = "localhost"',
        'helo = "localhost.localdomain"',
        'helo = "publisher"',
        'helo = "a b.example"',
        'helo = "é.example"',
        'account = "a@b"',
        'account = "Ville <a@b.example>"',
        'account = "éva@b.example"',
        'reply_to = "a@b.example\\n"',
        "connections = 0",
        "connections = 51",
        "messages_per_connection = 0",
        "messages_per_minute = 0",
        "timeout = 0",
        'security = "ssl"',
    ],
)
def test_a_mail_server_that_cannot_be_is_refused(load, line):
    channel = MAIL.replace('account = "a@valmont.example"\n', "") if line.startswith("account") else MAIL
    error = refusal(load(channel + line + "\n"))
    assert (error.code, error.params["place"].endswith(f"[channels.presse] {line.split()[0]}")) == ("wrong-value", True)


@pytest.mark.parametrize("helo", ["publisher.valmont.example", "[192.0.2.1]", "[IPv6:2001:db8::1]", "a.b"])
def test_a_machine_may_present_itself_by_a_full_name_or_an_address(load, helo):
    assert registry.configure(load(f'{MAIL}helo = "{helo}"\n'), secrets=False)["presse"].settings.helo == helo


def test_without_secrets_an_adapter_only_prepares(load):
    channels = registry.configure(load('[channels.page]\nadapter = "facebook"\n'), secrets=False)
    assert channels["page"].settings.page_token == Secret("")


def test_secrets_are_found_under_the_channel_and_the_kind(load):
    config = load('[channels.page]\nadapter = "facebook"\n', {"FACEBOOK_PAGE_TOKEN": "token", "PAGE_APP_SECRET": "app"})
    settings = registry.configure(config, secrets=True)["page"].settings
    assert (settings.page_token.reveal(), settings.app_secret.reveal()) == ("token", "app")


def test_two_channels_of_a_kind_do_not_share_its_secrets(load):
    config = load('[channels.a]\nadapter = "facebook"\n[channels.b]\nadapter = "facebook"\n', {"FACEBOOK_PAGE_TOKEN": "token"})
    assert refusal(config, secrets=True).code == "missing-secret"


def test_mails_secrets_are_those_of_smtp(load):
    config = load(
        '[channels.presse]\nadapter = "email"\naccount = "a@valmont.example"\nhost = "h"\n', {"SMTP_USER": "u", "SMTP_PASSWORD": "p"}
    )
    settings = registry.configure(config, secrets=True)["presse"].settings
    assert (settings.user, settings.password) == (Secret("u"), Secret("p"))


@pytest.mark.parametrize(
    ("channels", "code", "words"),
    [
        (
            "[channels.a]\n",
            "missing-key",
            "[channels.a] adapter: say which kind of channel it is; the kinds are static-site, facebook, x, email, by-hand",
        ),
        ('[channels.a]\nadapter = "faceboook"\n', "unknown-kind", "there is no kind of channel “faceboook”; did you mean “facebook”?"),
        ('[channels.a]\nadapter = "minitel"\n', "unknown-kind", "the kinds are static-site, facebook, x, email, by-hand"),
        ('[channels.a]\nadapter = "facebook"\npage_token = "t"\n', "secret-in-config", "secrets never stand in this file"),
        ('[channels.a]\nadapter = "facebook"\nbefore_embargo = true\n', "wrong-value", "only an e-mail channel may leave before"),
        ('[channels.a]\nadapter = "facebook"\nfold = 3\n', "unknown-key", "[channels.a] fold: there is no such key"),
        ('[channels.a]\nadapter = "email"\naccount = "presse"\nhost = "h"\n', "wrong-value", "write an e-mail address, such as"),
        ('[channels.a]\nadapter = "static-site"\nafter = ["b"]\n', "unknown-channel", "there is no channel “b”; the channels are a"),
        (
            '[channels.a]\nadapter = "static-site"\nafter = ["b"]\n[channels.b]\nadapter = "static-site"\nafter = ["a"]\n',
            "circular-after",
            "wait for each other",
        ),
    ],
)
def test_a_mistake_is_one_sentence(load, tmp_path, channels, code, words):
    error = refusal(load(channels))
    assert (error.code, words in str(error), str(tmp_path / "config.toml") in str(error)) == (code, True, True)


class Pigeon:
    """A foreign adapter."""

    kind = "pigeon"
    traits = Facebook.traits
    settings_class = ChannelSettings

    def __init__(self, config: ChannelSettings) -> None:
        self.limits = Limits()

    def prepare(self, message):
        raise NotImplementedError

    def send(self, step, receipts):
        raise NotImplementedError


Undeclared = type("Undeclared", (), {"kind": "pigeon", "traits": None})


@pytest.fixture
def entry(monkeypatch):
    def _entry(value: str):
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [EntryPoint("pigeon", value, group)])

    return _entry


def test_a_foreign_adapter_is_loaded_when_config_names_its_kind(load, entry):
    entry("tests.adapters.test_registry:Pigeon")
    channel = registry.configure(load('[channels.a]\nadapter = "pigeon"\n'), secrets=False)["a"]
    assert (channel.kind, isinstance(channel.adapter, Adapter)) == ("pigeon", True)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("tests.adapters.no_such_module:Pigeon", "which provides “pigeon”, cannot be loaded"),
        ("tests.adapters.test_registry:Undeclared", "does not declare its traits and settings"),
    ],
)
def test_a_broken_foreign_adapter_is_one_sentence(load, entry, value, words):
    entry(value)
    error = refusal(load('[channels.a]\nadapter = "pigeon"\n'))
    assert (error.code, words in str(error)) == ("broken-adapter", True)


def test_an_unknown_kind_names_the_foreign_ones_too(load, entry):
    entry("tests.adapters.test_registry:Pigeon")
    assert "the kinds are static-site, facebook, x, email, by-hand, pigeon" in str(refusal(load('[channels.a]\nadapter = "minitel"\n')))


def test_settings_tell_templates_no_secret():
    settings = ChannelSettings(adapter="pigeon", account="tour", templates=Path("modeles"))
    assert settings.facts() == {"account": "tour"}
