"""A press office at its keyboard: every verb as it is typed, on a database of its own; the process is that of the test."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from publisher.cli import main
from publisher.models import Approval, Delivery, Pause, Person

ZONE = ZoneInfo("Europe/Paris")
COMMUNIQUE = """# Le marché change de place

Valmont-les-Tilleuls, le 24 novembre 2026

À partir du samedi 28 novembre 2026, le marché hebdomadaire de la ville quitte la place Haute et s’installe place Basse, de 8 h à 13 h.

Les travaux de la place Haute durent trois mois ; soixante places de stationnement restent ouvertes rue des Lilas pendant cette période.

Contact presse : Camille Dervaux, 01 99 00 12 34
"""
CONFIG = """
[town]
name = "Ville de Valmont-les-Tilleuls"
site_url = "https://www.valmont.test"
[storage]
data_dir = "{data}"
[channels.website]
adapter = "static-site"
[channels.x]
adapter = "x"
account = "valmont_tilleuls"
after = ["website"]
api_base = "http://127.0.0.1:9"
"""
PEOPLE = {"camille": "author", "dominique": "approver", "sacha": "approver", "eden": "reader", "lou": "administrator"}


class Office:
    def __init__(self, folder: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.data, self._capsys = folder, data, capsys
        self.write("config.toml", CONFIG.format(data=data))
        self.write("marche.md", COMMUNIQUE)
        now = datetime.now(UTC)
        Person.objects.bulk_create([Person(name=name, role=role, created_at=now) for name, role in PEOPLE.items()])

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def says(self, *arguments: object, code: int = 0) -> str:
        """Type a verb; return what it prints."""
        got = main([str(argument) for argument in arguments])
        told = self._capsys.readouterr()
        assert (got, told.err) == (code, ""), told
        return told.out

    def json(self, *arguments: object, code: int = 0) -> Any:
        return json.loads(self.says(*arguments, "--format", "json", code=code))

    def refuses(self, *arguments: object, code: int = 1) -> str:
        """Type a verb that is refused; return the one sentence. Nothing may have changed."""
        before = self.everything()
        got = main([str(argument) for argument in arguments])
        told = self._capsys.readouterr()
        assert (got, told.out, told.err.count("\n")) == (code, "", 1), told
        assert self.everything() == before
        return told.err.removeprefix("publisher: ").rstrip("\n")

    def everything(self) -> list[object]:
        rows = [model.objects.order_by("pk").values_list() for model in (Person, Delivery, Approval, Pause)]
        return [list(each) for each in rows]

    def queue(self, *arguments: object, by: str = "camille") -> str:
        return self.says("queue", "marche.md", "--as", by, *arguments).split()[-1]

    def approved(self, *arguments: object) -> str:
        name = self.queue(*arguments)
        self.says("approve", name, "--as", "dominique")
        return name

    def ahead(self, **span: float) -> str:
        return (datetime.now(ZONE) + timedelta(**span)).replace(microsecond=0).isoformat()

    def state(self, name: str) -> str:
        return self.json("status", name)["state"]

    def deliveries(self, name: str) -> dict[str, str]:
        return {row["channel"]: row["id"] for row in self.json("status", name)["deliveries"]}


@pytest.fixture
def office(tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path, data_dir, capsys)
