"""The page on faults is whole, up to date, and names tests that exist."""

from tools import faults


def test_every_fault_has_a_row():
    assert list(faults.FAULTS) == list(range(1, 53))


def test_every_test_that_is_named_exists():
    assert list(faults.missing()) == []


def test_the_page_is_up_to_date():
    assert faults.PAGE.read_text(encoding="utf-8") == faults.page(), "run python tools/faults.py"
