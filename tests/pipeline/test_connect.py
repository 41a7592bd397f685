"""Connecting an account, where no platform is needed to tell; the rest is tried over the wire (tests/cli, tests/web)."""

import dataclasses

import pytest

from publisher.errors import Refused
from publisher.pipeline import connect
from tests.pipeline.town import Town


def test_without_config_there_is_no_place_for_secrets(town: Town) -> None:
    desk = dataclasses.replace(town.desk, config=dataclasses.replace(town.desk.config, path=None))
    with pytest.raises(Refused, match=r"There is no config\.toml here") as refusal:
        connect.env_file(desk, "memory")
    assert refusal.value.code == "no-config"


def test_a_kind_of_another_package_that_guides_nobody_is_told(town: Town) -> None:
    town.channel("memory")
    with pytest.raises(Refused, match="does not know where the secrets of memory are found") as refusal:
        connect.guide(town.desk, "memory")
    assert refusal.value.code == "cannot-connect"


def test_what_was_found_can_be_printed_without_its_secrets(town: Town) -> None:
    from publisher.config import Secret

    found = connect.Found("x", "ville", "Ville", "@ville", "", None, (), {"api_key": Secret("very-secret")})
    assert "very-secret" not in f"{found!r} {found}"
    assert "api_key" not in repr(found)
