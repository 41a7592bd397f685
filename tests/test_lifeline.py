import os
import signal
import subprocess
import sys

import pytest

from tests import lifeline

PARENT = """
import os, signal, time
from tests import lifeline
parent = os.getpid()
ready, tell = os.pipe()
if os.fork() == 0:
    lifeline.hang_on(parent)
    os.write(tell, b".")
    time.sleep(600)
os.read(ready, 1)
os.kill(parent, signal.SIGKILL)
"""
ENDING = """
import os
from tests import lifeline
lifeline.end_in_order()
try:
    os.kill(os.getpid(), {number})
finally:
    print("closed")
"""


def test_a_killed_process_takes_its_child_with_it() -> None:
    """The output ends when nobody is left who could write to it."""
    done = subprocess.run([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, timeout=30, check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_child_whose_parent_is_gone_already_ends() -> None:
    pid = os.fork()
    if pid == 0:
        lifeline.hang_on(os.getpid())  # nobody's parent
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_told_to_end_what_is_open_is_closed(number, code) -> None:
    program = ENDING.format(number=int(number))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, "closed\n", "")
