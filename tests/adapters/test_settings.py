from pathlib import Path

import pytest

from publisher.adapters.registry import configure
from publisher.adapters.settings import HttpSettings
from publisher.config import Network, load

NETWORK = """
[network]
https_proxy = "http://proxy.intranet.example:3128"
no_proxy = ["intranet.example"]
ca_file = "town.pem"
"""
CONFIG = """
[town]
name = "Valmont"
[channels.facebook]
adapter = "facebook"
account = "1"
"""


def network_of(folder: Path, text: str) -> Network:
    (folder / "config.toml").write_text(text)
    (folder / "town.pem").write_text("-----BEGIN CERTIFICATE-----")
    settings = configure(load(folder / "config.toml", {}), secrets=False)["facebook"].settings
    assert isinstance(settings, HttpSettings)
    return settings.network


def test_channel_takes_the_way_out_of_the_network_section(tmp_path: Path) -> None:
    expected = Network(https_proxy="http://proxy.intranet.example:3128", no_proxy=("intranet.example",), ca_file=tmp_path / "town.pem")
    assert network_of(tmp_path, CONFIG + NETWORK) == expected


def test_channel_may_have_a_way_out_of_its_own(tmp_path: Path) -> None:
    own = '[channels.facebook.network]\nhttps_proxy = "http://other.intranet.example:3128"\n'
    assert network_of(tmp_path, CONFIG + own + NETWORK) == Network(https_proxy="http://other.intranet.example:3128")


def test_without_a_network_section_the_way_is_straight(tmp_path: Path) -> None:
    assert network_of(tmp_path, CONFIG) == Network()


@pytest.mark.parametrize(("timeout", "deadline"), [(0.2, 0.4), (10.0, 20.0), (60.0, 20.0)])
def test_call_lasts_twice_its_time_out_and_never_longer_than_a_stop_allows(timeout: float, deadline: float) -> None:
    assert HttpSettings(adapter="test", api_base="http://127.0.0.1", timeout=timeout).deadline == deadline


def test_a_mailbox_keeps_its_tokens_beside_the_database(tmp_path: Path) -> None:
    text = '[town]\nname = "Valmont"\n[channels.email]\nadapter = "email"\naccount = "p@valmont.example"\nhost = "mail.valmont.example"\n'
    (tmp_path / "config.toml").write_text(text)
    known = load(tmp_path / "config.toml", {})
    assert configure(known, secrets=False)["email"].settings.tokens == known.storage.data_dir / "mail-tokens"
