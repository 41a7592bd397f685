"""New secrets in `.env` are taken while the service works; nothing leaves with them before the platform was asked again."""

import os
from pathlib import Path

import pytest

from publisher import config
from publisher.adapters.live import LiveChannels
from publisher.adapters.x import X
from publisher.config import dotenv
from publisher.errors import ConfigError
from publisher.models import ChannelState
from publisher.pipeline import probe, renewal
from publisher.pipeline.desk import Desk
from publisher.pipeline.reasons import Reason
from publisher.testing import x
from tests.database import StillClock

CONFIG = """
[town]
name = "Ville de Valmont-les-Tilleuls"
[channels.x]
adapter = "x"
account = "valmont_tilleuls"
[channels.facebook]
adapter = "facebook"
"""
OLD = {**x.X.secrets, "FACEBOOK_PAGE_TOKEN": "page"}


@pytest.fixture
def desk(tmp_path: Path, clock: StillClock, data_dir: Path) -> Desk:
    del data_dir
    (tmp_path / "config.toml").write_text(CONFIG)
    dotenv.write(tmp_path / ".env", OLD)
    settings = config.load(tmp_path / "config.toml", {})
    for name in settings.channels:
        ChannelState.objects.create(name=name, probed_at=clock.now())
    return Desk(settings, LiveChannels(settings), clock)


def key(desk: Desk) -> str:
    adapter = desk.channels["x"].adapter
    assert isinstance(adapter, X)
    return adapter.config.api_key.reveal()


def probed(desk: Desk) -> dict[str, bool]:
    return {name: state.probed_at is not None for name, state in ChannelState.objects.in_bulk(list(desk.channels)).items()}


def test_what_was_not_written_again_changes_nothing(desk: Desk) -> None:
    before = dict(desk.channels)
    assert not renewal.renew(desk)
    os.utime(desk.config.secrets.env_file, ns=(1, 1))  # touched, and the same
    assert not renewal.renew(desk)
    assert all(desk.channels[name] is channel for name, channel in before.items())
    assert probed(desk) == {"x": True, "facebook": True}


def test_new_secrets_are_used_once_what_the_platform_said_to_the_old_ones_is_forgotten(desk: Desk, clock: StillClock) -> None:
    page = desk.channels["facebook"]
    dotenv.write(desk.config.secrets.env_file, {"X_API_KEY": "new"})
    assert key(desk) == OLD["X_API_KEY"]
    assert renewal.renew(desk)
    assert (key(desk), probed(desk)) == ("new", {"x": False, "facebook": True})
    assert probe.obstacle(desk.channels["x"], ChannelState.objects.get(pk="x"), clock.now()) is Reason.NOT_READY
    assert desk.channels["facebook"] is page
    assert not renewal.renew(desk)


def test_what_was_written_before_the_first_look_is_found_by_it(desk: Desk) -> None:
    dotenv.write(desk.config.secrets.env_file, {"X_API_KEY": "between"})
    live = Desk(desk.config, LiveChannels(desk.config), desk.clock)
    assert renewal.renew(live)
    assert key(live) == "between"


@pytest.mark.parametrize("text", ["", "X_API_KEY='open\n"])
def test_secrets_that_cannot_be_read_leave_the_old_ones_and_are_told_once(desk: Desk, text: str, caplog: pytest.LogCaptureFixture) -> None:
    desk.config.secrets.env_file.write_text(text)
    assert not renewal.renew(desk)
    assert (key(desk), len(caplog.records)) == (OLD["X_API_KEY"], 1)
    assert not renewal.renew(desk)
    assert len(caplog.records) == 1
    desk.config.secrets.env_file.unlink()
    dotenv.write(desk.config.secrets.env_file, {**OLD, "X_API_KEY": "right"})
    assert renewal.renew(desk)
    assert key(desk) == "right"


def test_a_file_that_was_taken_away_leaves_the_old_ones(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.config.secrets.env_file.unlink()
    for _ in range(2):
        assert not renewal.renew(desk)
    assert (key(desk), len(caplog.records)) == (OLD["X_API_KEY"], 1)


def test_the_log_names_channels_and_no_secret(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    dotenv.write(desk.config.secrets.env_file, {"X_API_KEY": "new-secret"})
    renewal.renew(desk)
    assert caplog.messages == ["New secrets from now on: x."]


def test_a_service_without_its_secrets_does_not_start(desk: Desk) -> None:
    empty = config.load(desk.config.path, {})
    desk.config.secrets.env_file.unlink()
    with pytest.raises(ConfigError, match="X_API_KEY"):
        LiveChannels(config.load(empty.path, {}))


def test_whoever_does_not_send_follows_nothing(desk: Desk) -> None:
    still = Desk(desk.config, dict(desk.channels), desk.clock)
    dotenv.write(desk.config.secrets.env_file, {"X_API_KEY": "new"})
    assert not renewal.renew(still)
