import subprocess
import sys
from pathlib import Path

import pytest

from publisher.errors import AlreadyRunning, StorageError
from publisher.worker import lock

HOLDER = """
import pathlib, sys
from publisher.worker import lock
with lock.held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_which_one_is_first(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning) as found, lock.held(tmp_path):
            pass
        holder.kill()
    assert str(found.value).startswith(f"Another Publisher service (process {holder.pid}) works on {tmp_path}.")
    with lock.held(tmp_path):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_it_can_be_held_again(tmp_path: Path) -> None:
    for _ in range(2):
        with lock.held(tmp_path), pytest.raises(AlreadyRunning), lock.held(tmp_path):
            pass


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written: there is no such folder"), lock.held(tmp_path / "missing"):
        pass
