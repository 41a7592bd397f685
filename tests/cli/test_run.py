"""`publisher run`: told to stop at whatever moment, it ends well; what it tells is in the language of its reader."""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher import i18n
from publisher.config import Config, load
from publisher.models import Notice
from tests.office import Office

KEYS = ("X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")


@pytest.fixture(autouse=True)
def ground(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for key in KEYS:
        monkeypatch.setenv(key, "essai")
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl+C"])
def test_told_to_stop_before_it_has_read_its_configuration_it_ends_well(
    office: Office, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def stopped_meanwhile(path: Path | None) -> Config:
        os.kill(os.getpid(), number)
        return load(path)

    monkeypatch.setattr("publisher.cli.run.load", stopped_meanwhile)
    name = office.queue("--channel", "website")
    office.says("approve", name, "--as", "dominique")
    assert office.says("run", "--no-web") == ""
    assert office.state(name) == "planned"


def test_what_it_tells_is_in_french(office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    name = office.approved("--channel", "website")
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("LANGUAGE", "fr")
    try:
        office.says("run", "--until-idle")
    finally:
        i18n.activate("en")
    told = [record.getMessage() for record in caplog.records if record.name.startswith("publisher")]
    assert told == [
        f"Le service travaille sur {office.data}.",
        f"website ({office.deliveries(name)['website']})\u00a0: diffusée.",
        "Le service s’est arrêté.",
    ]


def test_whoever_runs_it_once_leaves_nobody_untold(office: Office) -> None:
    office.approved("--channel", "website")
    office.says("run", "--until-idle")
    assert set(Notice.objects.values_list("kind", flat=True)) >= {"published"}
