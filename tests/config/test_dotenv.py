"""Secrets are written into `.env` whole or not at all, and read again letter by letter."""

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher import shipped
from publisher.config import dotenv
from publisher.config.secrets import read_dotenv
from publisher.errors import ConfigError, StorageError

VALUES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1).map(str.strip).filter(bool)


def test_other_lines_and_comments_stay_as_they_are() -> None:
    text = "# a town's own\nexport A='old # no'  # from Lou\n\nB=\"x # y\"\nC=kept#too\r\n#D=\n# end"
    new = dotenv.with_values(text, {"A": "new", "B": "b c", "D": "d", "E": "e"})
    assert new == "# a town's own\nexport A=new  # from Lou\n\nB='b c'\nC=kept#too\r\n#D=\nD=d\n# end\nE=e\n"


def test_in_the_file_that_init_writes_each_secret_has_its_place(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_bytes(shipped.example_env().read_bytes())
    dotenv.write(env, {"X_API_KEY": "key", "FACEBOOK_PAGE_TOKEN": "page"})
    before, after = shipped.example_env().read_text().splitlines(), env.read_text().splitlines()
    assert [line for line in after if line not in before] == ["X_API_KEY=key", "FACEBOOK_PAGE_TOKEN=page"]
    assert after[after.index("X_API_KEY=key") - 1] == "#X_API_KEY="
    assert [line for line in after if line in before] == before


@given(VALUES, VALUES)
@example("it's \\ #1 $HOME `x`", '"quoted"')
@example("\\'", "'")
def test_what_is_written_is_read_again_letter_by_letter(one: str, other: str) -> None:
    text = dotenv.with_values(dotenv.with_values("KEEP=1\n", {"ONE": other, "OTHER": one}), {"ONE": one, "OTHER": other})
    assert {each.key: each.value for each in dotenv._bindings(text) if each.key} == {"KEEP": "1", "ONE": one, "OTHER": other}


def test_a_name_that_stands_twice_has_the_new_value_twice() -> None:
    assert dotenv.with_values("A=1\nB=2\nA=3\n", {"A": "4"}) == "A=4\nB=2\nA=4\n"


@pytest.mark.parametrize("before", [None, 0o644, 0o600])
def test_only_its_owner_may_read_the_file(tmp_path: Path, before: int | None) -> None:
    env = tmp_path / ".env"
    if before:
        env.write_text("A=1\n")
        env.chmod(before)
    old = os.umask(0)
    try:
        dotenv.write(env, {"B": "2"})
    finally:
        os.umask(old)
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert read_dotenv(env) == ({"A": "1"} if before else {}) | {"B": "2"}
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    real, link = tmp_path / "elsewhere" / "secrets", tmp_path / ".env"
    real.write_text("A=1\n")
    link.symlink_to(real)
    dotenv.write(link, {"A": "2"})
    assert (link.is_symlink(), real.read_text()) == (True, "A=2\n")


def test_a_file_that_cannot_be_understood_is_not_altered(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("A='open\n")
    with pytest.raises(ConfigError, match="line 1"):
        dotenv.write(env, {"B": "2"})
    assert env.read_text() == "A='open\n"


def test_a_folder_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be written: there is no such folder"):
        dotenv.write(tmp_path / "none" / ".env", {"B": "2"})


def test_of_two_who_write_at_the_same_time_neither_undoes_the_other(tmp_path: Path) -> None:
    env, start = tmp_path / ".env", threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        dotenv.write(env, {f"N{number}": str(number)})

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert read_dotenv(env) == {f"N{number}": str(number) for number in range(8)}
