"""What tells people and programs follows `.env` while the service works."""

from pathlib import Path

import pytest

from publisher import config
from publisher.config import dotenv
from publisher.worker.tellers import Tellers

CONFIG = """
[town]
name = "Ville de Valmont-les-Tilleuls"
[notices]
enabled = true
host = "mail.valmont.example"
address = "publisher@valmont.example"
username = "publisher"
[[webhooks]]
name = "intranet"
url = "https://intranet.valmont.example/"
"""
PASSWORD, WEBHOOK = "NOTICES_PASSWORD", "WEBHOOK_INTRANET_SECRET"


@pytest.fixture
def env(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG)
    dotenv.write(tmp_path / ".env", {PASSWORD: "ancien", WEBHOOK: "a" * 32})
    return tmp_path / ".env"


def tellers(env: Path) -> Tellers:
    return Tellers(config.load(env.with_name("config.toml"), {}))


def secrets(known: Tellers) -> tuple[str, list[str]]:
    return known.mailbox._settings.password.reveal() if known.mailbox else "", [one.secret.reveal() for one in known.receivers]


def test_new_secrets_of_the_mailbox_and_of_a_webhook_count_without_another_start(env: Path) -> None:
    known = tellers(env)
    dotenv.write(env, {PASSWORD: "nouveau", WEBHOOK: "b" * 32})
    known.follow()
    assert secrets(known) == ("nouveau", ["b" * 32])


def test_what_was_not_written_again_changes_nothing(env: Path) -> None:
    known = tellers(env)
    mailbox = known.mailbox
    known.follow()
    known.follow()
    assert known.mailbox is mailbox


def test_a_secret_that_was_missing_begins_to_count(env: Path, caplog: pytest.LogCaptureFixture) -> None:
    dotenv.write(env, {PASSWORD: "", WEBHOOK: ""})
    known = tellers(env)
    assert (secrets(known), len(caplog.messages)) == (("", []), 2)
    dotenv.write(env, {PASSWORD: "nouveau", WEBHOOK: "b" * 32})
    known.follow()
    assert secrets(known) == ("nouveau", ["b" * 32])


def test_a_file_that_cannot_be_read_leaves_the_secrets_as_they_were(env: Path) -> None:
    known = tellers(env)
    env.write_text("what is this\n=")
    known.follow()
    assert secrets(known) == ("ancien", ["a" * 32])
