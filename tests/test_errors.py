import errno
import os

import pytest

from publisher.errors import reason, unwritable


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (errno.ENOSPC, "the disk is full; make room"),
        (errno.EDQUOT, "your share of the disk is used up; make room"),
        (errno.EROFS, "the disk is read-only; choose another place, or make it writable"),
        (errno.EACCES, "its rights do not allow it; choose another place, or change them"),
        (errno.ENOTDIR, "a part of its path is a file; correct the path"),
        (errno.ETXTBSY, os.strerror(errno.ETXTBSY)),
    ],
)
def test_what_the_system_refuses_comes_with_the_remedy(cause, words):
    error = OSError(cause, os.strerror(cause), "/somewhere/.draft.1234")
    assert (reason(error), str(unwritable(error, "/somewhere"))) == (words, f"/somewhere cannot be written: {words}.")


def test_an_error_without_a_number_speaks_for_itself():
    assert reason(OSError("gone")) == "gone"
