import os
import subprocess
import sys

import pytest

from publisher.models import Pause
from tests.cli.test_preview import ROOT
from tests.office import COMMUNIQUE, Office


def rows(office: Office, verb: str, name: str) -> dict[str, tuple[str, str | None]]:
    document = office.json(verb, name, "--as", "camille")
    assert document["format"] == "publisher.deliveries/1"
    return {row["channel"]: (row["state"], row["reason"]) for row in document["deliveries"]}


def test_held_resumed_canceled(office: Office) -> None:
    name = office.approved("--at", office.ahead(hours=1))
    assert rows(office, "hold", name) == {"website": ("held", "by-person"), "x": ("held", "by-person")}
    assert office.says("status", name, code=3).startswith(f"{name}  held  ")
    assert rows(office, "resume", name) == {"website": ("planned", None), "x": ("planned", None)}
    one = office.deliveries(name)["x"]
    assert office.says("cancel", one, "--as", "camille") == f"x ({one}): canceled. A person canceled it.\n"
    assert office.state(name) == "planned"
    assert rows(office, "cancel", name) == {"website": ("canceled", "canceled")}
    assert "has nothing that could be stopped" in office.refuses("cancel", name, "--as", "camille")
    assert office.state(name) == "canceled"


def test_what_is_not_held_cannot_be_resumed(office: Office) -> None:
    name = office.approved()
    assert office.refuses("resume", name, "--as", "camille") == f"{name} has nothing that is held."


def test_a_reader_stops_nothing_but_everybody_who_writes_does(office: Office) -> None:
    office.refuses("pause", "--reason", "Alerte.", "--as", "eden")
    assert office.says("pause", "--reason", "Alerte.", "--as", "camille") == "Stopped: nothing leaves until “publisher unpause”.\n"
    assert list(Pause.objects.filter(ended_at=None).values_list("channel", "reason")) == [("", "Alerte.")]
    assert office.refuses("pause", "--reason", "Encore.", "--as", "camille") == "Publication is already paused there."
    office.says("unpause", "--as", "dominique")
    assert not Pause.objects.filter(ended_at=None).exists()
    assert office.refuses("unpause", "--as", "dominique") == "Publication is not paused there."


def test_one_channel_stops(office: Office) -> None:
    assert "There is no channel “facebook”" in office.refuses("pause", "--channel", "facebook", "--reason", "–", "--as", "camille", code=2)
    assert office.refuses("pause", "--reason", " ", "--as", "camille", code=2) == "Say why: the others need the reason."
    office.says("pause", "--channel", "x", "--reason", "Compte piraté.", "--as", "camille")
    assert Pause.objects.get().channel == "x"
    assert office.json("unpause", "--channel", "x", "--as", "camille") == {"format": "publisher.pause/1", "channel": "x", "paused": False}
    paused = office.json("pause", "--reason", "Alerte.", "--as", "camille")
    assert paused == {"format": "publisher.pause/1", "channel": None, "paused": True}


@pytest.mark.parametrize("meant", [None, "x"], ids=["the announcement", "one delivery"])
def test_what_is_out_already_is_said_with_the_remedy(office: Office, meant: str | None) -> None:
    office.write("marche.md", f"---\nchannels: {{x: {{at: '{office.ahead(hours=2)}'}}}}\n---\n{COMMUNIQUE}")
    name = office.approved()
    keys = ("X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")
    environment = os.environ | dict.fromkeys(keys, "essai") | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "publisher", "run", "--until-idle"]
    subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)
    ids = office.deliveries(name)
    assert office.says("cancel", ids[meant] if meant else name, "--as", "camille").splitlines() == [
        f"x ({ids['x']}): canceled. A person canceled it.",
        "website stays online: https://www.valmont.test/2026-11-24-marche-change-place/",
        f"What is already out does not go by itself: publisher withdraw {name} --reason …",
    ]
    office.says("withdraw", name, "--reason", "Le marché n’a pas lieu.", "--dry-run", "--as", "camille")
