from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.config import Secret, Secrets, Where, between, read
from publisher.config.rules import Address
from publisher.config.tables import FromEnvironment
from publisher.errors import ConfigError

PARIS = ZoneInfo("Europe/Paris")
WHERE = Where("config.toml", "channels.sample", Path("/town"))


@dataclass(frozen=True, slots=True)
class Inner:
    name: str | None = None
    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    kind: ClassVar[str] = "sample"
    title: str
    count: int = 3
    ratio: float = 0.5
    enabled: bool = True
    file: Path = Path("default.txt")
    folder: Path | None = None
    zone: ZoneInfo = PARIS
    tags: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    mode: Literal["auto", "never"] = "auto"
    port: Annotated[int, between(1, 65535)] = 80
    address: Address | None = None
    inner: Inner = field(default_factory=Inner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    user: Secret
    token: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    user: Secret
    password: Secret


def refusal(table: Mapping[str, object], cls: type = Sample, **options: object) -> tuple[str, str]:
    with pytest.raises(ConfigError) as caught:
        read(cls, table, WHERE, **options)
    return caught.value.code, str(caught.value)


def test_absent_keys_take_their_defaults_and_paths_start_from_the_folder_of_the_file():
    assert read(Sample, {"title": "T"}, WHERE) == Sample(title="T", file=Path("/town/default.txt"))


def test_every_type_is_read():
    table = {
        "title": "T",
        "count": 4,
        "ratio": 1,
        "enabled": False,
        "file": "a/b.txt",
        "folder": "/elsewhere",
        "zone": "Indian/Reunion",
        "tags": ["one", "two"],
        "labels": {"a": "b"},
        "mode": "never",
        "port": 65535,
        "address": "http://127.0.0.1:8080/api",
        "inner": {"name": "I", "size": 2},
    }
    assert read(Sample, table, WHERE) == Sample(
        title="T",
        count=4,
        ratio=1.0,
        enabled=False,
        file=Path("/town/a/b.txt"),
        folder=Path("/elsewhere"),
        zone=ZoneInfo("Indian/Reunion"),
        tags=("one", "two"),
        labels={"a": "b"},
        mode="never",
        port=65535,
        address="http://127.0.0.1:8080/api",
        inner=Inner("I", 2),
    )


def test_every_type_is_read_from_the_environment():
    texts = {
        "title": "T",
        "count": "4",
        "ratio": "0.25",
        "enabled": "No",
        "file": "b.txt",
        "folder": "",
        "zone": "Indian/Reunion",
        "tags": "one, two,",
        "mode": "never",
        "port": "81",
        "address": "https://api.example",
    }
    table = {key: FromEnvironment(text, f"PUBLISHER_{key.upper()}") for key, text in texts.items()}
    assert read(Sample, table, WHERE) == Sample(
        title="T",
        count=4,
        ratio=0.25,
        enabled=False,
        file=Path("/town/b.txt"),
        zone=ZoneInfo("Indian/Reunion"),
        tags=("one", "two"),
        mode="never",
        port=81,
        address="https://api.example",
    )


def test_a_home_folder_is_understood(home):
    assert read(Sample, {"title": "T", "file": "~/a.txt"}, WHERE).file == home / "a.txt"


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("title", 5, "a text between quotation marks is needed."),
        ("count", "5", "a whole number is needed."),
        ("count", True, "a whole number is needed."),
        ("count", 5.0, "a whole number is needed."),
        ("ratio", True, "a number is needed."),
        ("ratio", float("nan"), "a number is needed."),
        ("enabled", "true", "write true or false."),
        ("enabled", 1, "write true or false."),
        ("file", "", "the path of a file or a folder is needed, between quotation marks."),
        ("file", "a\0b", "the path of a file or a folder is needed, between quotation marks."),
        ("file", "~nobody-of-this-name/a", "the path of a file or a folder is needed, between quotation marks."),
        ("folder", 3, "the path of a file or a folder is needed, between quotation marks."),
        ("zone", "Europe/Valmont", "there is no such time zone; write its name, such as Europe/Paris."),
        ("zone", "Europe", "there is no such time zone; write its name, such as Europe/Paris."),
        ("zone", "../etc/passwd", "there is no such time zone; write its name, such as Europe/Paris."),
        ("zone", 2, "there is no such time zone; write its name, such as Europe/Paris."),
        ("tags", "one", 'a list of texts is needed, such as ["one", "two"].'),
        ("tags", ["one", 2], 'a list of texts is needed, such as ["one", "two"].'),
        ("labels", "a", "a section of its own is needed, with one “name = text” per line."),
        ("labels", {"a": 1}, "a section of its own is needed, with one “name = text” per line."),
        ("inner", "a", "a section of its own is needed, with one “name = text” per line."),
    ],
)
def test_a_wrong_type_is_refused_with_what_is_needed(key, value, remedy):
    assert refusal({"title": "T", key: value}) == ("wrong-type", f"config.toml, [channels.sample] {key}: {remedy}")


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("port", 0, "the number must lie between 1 and 65535."),
        ("port", 65536, "the number must lie between 1 and 65535."),
        ("mode", "always", 'write one of "auto", "never".'),
        ("mode", ["auto"], 'write one of "auto", "never".'),
        ("address", "www.example.org", "a complete address is needed, such as https://www.example.org."),
        ("address", "ftp://www.example.org", "a complete address is needed, such as https://www.example.org."),
        ("address", "https://", "a complete address is needed, such as https://www.example.org."),
        ("address", "https://www.example.org:99999", "a complete address is needed, such as https://www.example.org."),
        ("address", "https://www.example.org/\r\nX: y", "a complete address is needed, such as https://www.example.org."),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_accepted(key, value, remedy):
    assert refusal({"title": "T", key: value}) == ("wrong-value", f"config.toml, [channels.sample] {key}: {remedy}")


@pytest.mark.parametrize(
    ("key", "text", "remedy"),
    [
        ("count", "many", "a whole number is needed."),
        ("enabled", "ja", "write true or false."),
        ("enabled", "", "write true or false."),
        ("ratio", "inf", "a number is needed."),
        ("labels", "a=b", "a section of its own is needed, with one “name = text” per line."),
    ],
)
def test_a_wrong_value_of_the_environment_names_its_variable(key, text, remedy):
    assert refusal({"title": "T", key: FromEnvironment(text, "PUBLISHER_SAMPLE")}) == ("wrong-type", f"PUBLISHER_SAMPLE: {remedy}")


def test_an_unknown_key_names_its_nearest_neighbour():
    assert refusal({"title": "T", "ports": 3}) == (
        "unknown-key",
        "config.toml, [channels.sample] ports: there is no such key; did you mean “port”?",
    )


def test_an_unknown_key_without_neighbour_names_the_known_ones():
    assert refusal({"user": 1, "qqq": 3}, Inner) == (
        "unknown-key",
        "config.toml, [channels.sample] user: there is no such key; the section knows name, size.",
    )


def test_an_unknown_key_of_a_sub_section_names_that_section():
    assert refusal({"title": "T", "inner": {"sise": 1}}) == (
        "unknown-key",
        "config.toml, [channels.sample.inner] sise: there is no such key; did you mean “size”?",
    )


def test_a_missing_key_says_where_to_add_it():
    assert refusal({}) == (
        "missing-key",
        "config.toml, section [channels.sample]: “title” is missing; add a line “title = …”.",
    )


class TestSecrets:
    secrets = Secrets({"SAMPLE_USER": "press", "KIND_TOKEN": "canary"}, {}, Path("/town")).of("sample", "kind")

    def test_are_looked_up(self):
        assert read(Login, {}, WHERE, self.secrets) == Login(user=Secret("press"), token=Secret("canary"))

    def test_stay_empty_where_nothing_will_be_sent(self):
        assert read(Login, {}, WHERE) == Login(user=Secret(""), token=None)

    def test_when_missing_name_the_variable_and_the_remedy(self):
        none = Secrets({}, {}, Path("/town"))
        assert refusal({}, Login, secrets=none.of("sample", "kind")) == (
            "missing-secret",
            (
                "The secret KIND_USER, needed by [channels.sample], is missing: "
                "write it in /town/.env, or the path of its file as KIND_USER_FILE."
            ),
        )

    def test_when_several_are_missing_are_all_named_at_once(self):
        none = Secrets({}, {}, Path("/town"))
        sentence = "The secrets KIND_USER, KIND_PASSWORD, needed by [channels.sample], are missing: write them in /town/.env."
        assert refusal({}, Pair, secrets=none.of("sample", "kind")) == ("missing-secret", sentence)

    def test_are_refused_in_the_file(self):
        sentence = "config.toml, [channels.sample] token: secrets never stand in this file; move it to .env, under the name SAMPLE_TOKEN."
        assert refusal({"token": "canary"}, Login) == ("secret-in-config", sentence)
        assert refusal({"token": "canary"}, Login, secrets=self.secrets) == ("secret-in-config", sentence)

    def test_are_found_under_the_name_that_the_refusal_gives(self):
        where = WHERE._replace(section="channels.press-room")
        with pytest.raises(ConfigError) as caught:
            read(Login, {"token": "canary"}, where)
        name = str(caught.value.params["name"])
        secrets = Secrets({name: "canary", "PRESS_ROOM_USER": "press"}, {}, Path("/town")).of("press-room", "kind")
        assert (name, read(Login, {}, where, secrets).token) == ("PRESS_ROOM_TOKEN", Secret("canary"))


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text())


@given(st.dictionaries(st.sampled_from(Sample.__slots__) | st.text(), VALUES))
def test_any_table_is_read_or_refused_in_one_sentence(table):
    try:
        outcome = read(Sample, table, WHERE)
    except ConfigError as error:
        outcome = error
    assert isinstance(outcome, Sample) or str(outcome).endswith((".", "?"))
