import copy
import json
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from publisher.config import Secret, Secrets
from publisher.config.secrets import read_dotenv
from publisher.errors import ConfigError


@dataclass(frozen=True)
class Login:
    user: str
    token: Secret


def lookup(tmp_path: Path, environ: dict[str, str] | None = None, dotenv: dict[str, str] | None = None) -> Secrets:
    return Secrets(environ or {}, dotenv or {}, tmp_path)


class TestSecret:
    def test_is_never_shown(self):
        login = Login("press", Secret("canary"))
        assert [repr(login), str(login.token), f"{login.token}"] == ["Login(user='press', token=***)", "***", "***"]

    def test_is_revealed_on_demand(self):
        assert Secret("canary").reveal() == "canary"

    def test_equals_the_same_value_only(self):
        assert [Secret("é") == other for other in (Secret("é"), Secret("e"), "é")] == [True, False, False]

    def test_is_false_when_empty(self):
        assert [bool(Secret("")), bool(Secret("a"))] == [False, True]

    def test_cannot_be_hashed(self):
        with pytest.raises(TypeError):
            hash(Secret("canary"))

    @pytest.mark.parametrize("store", [pickle.dumps, json.dumps, copy.copy])
    def test_cannot_be_stored(self, store):
        with pytest.raises(TypeError):
            store(Secret("canary"))

    def test_stays_a_secret_in_a_dictionary_of_its_owner(self):
        assert asdict(Login("press", Secret("canary"))) == {"user": "press", "token": Secret("canary")}


class TestLookup:
    def test_shows_no_value(self, tmp_path):
        assert "canary" not in repr(lookup(tmp_path, {"X_API_KEY": "canary"}, {"X_API_SECRET": "canary"}))

    @pytest.mark.parametrize(
        ("environ", "dotenv", "expected"),
        [
            ({}, {}, None),
            ({"KEY": ""}, {}, None),
            ({"KEY": "environment"}, {"KEY": "dotenv"}, Secret("environment")),
            ({"KEY": ""}, {"KEY": "dotenv"}, Secret("dotenv")),
            ({"KEY_FILE": "key.txt"}, {"KEY": "dotenv"}, Secret("file")),
            ({}, {"KEY_FILE": "key.txt"}, Secret("file")),
            ({"KEY_FILE": "empty.txt"}, {}, None),
        ],
    )
    def test_environment_comes_before_dotenv(self, tmp_path, environ, dotenv, expected):
        (tmp_path / "key.txt").write_text("file\r\n")
        (tmp_path / "empty.txt").write_text("\n")
        assert lookup(tmp_path, environ, dotenv).find("KEY") == expected

    def test_a_secret_given_twice_is_refused(self, tmp_path):
        with pytest.raises(ConfigError, match=r"^KEY and KEY_FILE are both set: keep only one of them\.$"):
            lookup(tmp_path, {"KEY": "a", "KEY_FILE": "b"}).find("KEY")

    @pytest.mark.parametrize("content", [None, b"\xff\xfe"])
    def test_an_unreadable_file_is_named(self, tmp_path, content):
        if content:
            (tmp_path / "key.txt").write_bytes(content)
        with pytest.raises(ConfigError) as caught:
            lookup(tmp_path, {"KEY_FILE": "key.txt"}).find("KEY")
        assert str(caught.value) == f"KEY_FILE: the file {tmp_path}/key.txt cannot be read; check the path and its rights."

    @pytest.mark.parametrize(
        ("channel", "kinds", "names"),
        [
            ("mayor_x", (), ("MAYOR_X_API_KEY",)),
            ("mayor-x", ("x",), ("MAYOR_X_API_KEY", "X_API_KEY")),
            ("x", ("x",), ("X_API_KEY",)),
            ("email", ("SMTP",), ("EMAIL_API_KEY", "SMTP_API_KEY")),
        ],
    )
    def test_names_come_from_the_channel_then_its_kind(self, tmp_path, channel, kinds, names):
        assert lookup(tmp_path).of(channel, *kinds).names("api_key") == names

    def test_the_channels_own_name_wins(self, tmp_path):
        environ = {"MAYOR_X_API_KEY": "own", "X_API_KEY": "kind", "X_API_SECRET": "kind"}
        channel = lookup(tmp_path, environ).of("mayor_x", "x")
        assert [channel.get("api_key"), channel.get("api_secret"), channel.get("other")] == [Secret("own"), Secret("kind"), None]


class TestDotenv:
    def test_values_are_taken_literally(self, tmp_path):
        path = tmp_path / ".env"
        path.write_text("\ufeff# comment\nA=pa$HOME${B}\nexport B='with space # and \"'\nC=\nD\n", encoding="utf-8")
        assert read_dotenv(path) == {"A": "pa$HOME${B}", "B": 'with space # and "', "C": "", "D": ""}

    def test_an_absent_file_sets_nothing(self, tmp_path):
        assert read_dotenv(tmp_path / ".env") == {}

    def test_a_line_that_cannot_be_understood_is_named(self, tmp_path):
        path = tmp_path / ".env"
        path.write_text("A=1\nB='open\n")
        with pytest.raises(ConfigError) as caught:
            read_dotenv(path)
        expected = f"{path}, line 2: write NAME=value; put a value with spaces or quotation marks between single quotes."
        assert str(caught.value) == expected

    def test_a_file_that_is_not_text_is_named(self, tmp_path):
        path = tmp_path / ".env"
        path.write_bytes(b"A=\xff")
        with pytest.raises(ConfigError, match="cannot be read"):
            read_dotenv(path)
