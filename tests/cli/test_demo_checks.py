from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher import i18n
from publisher.cli.demo_checks import check_page, check_thread
from publisher.testing.demo import DemoFailed
from publisher.testing.platform import Shown
from publisher.testing.simulator import Simulator

ADDRESS = "http://127.0.0.1:1/site/fete/"
SEALED = ["La fête 1/2", "Venez. 2/2\n{permalink}"]
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FIRST = Shown("1", "valmont", "La fête 1/2", AT, "1")
SECOND = Shown("2", "valmont", f"Venez. 2/2\n{ADDRESS}", AT, "2", reply_to="1")
WORDS, ORDER, GONE = (
    "What the readers see is not, to the letter, what was approved.",
    "The posts of the thread do not follow each other.",
    "Something that was published is no longer online.",
)


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.activate("en")


def test_a_thread_exactly_as_sealed_passes() -> None:
    check_thread([FIRST, SECOND], SEALED, ADDRESS)


@pytest.mark.parametrize(
    ("seen", "sealed", "sentence"),
    [
        ([FIRST], SEALED, WORDS),
        ([FIRST, SECOND, SECOND], SEALED, WORDS),
        ([SECOND, FIRST], SEALED, WORDS),
        ([FIRST, replace(SECOND, text="Venez ! 2/2")], SEALED, WORDS),
        ([], [], WORDS),
        ([FIRST, replace(SECOND, reply_to=None)], SEALED, ORDER),
        ([replace(FIRST, reply_to="9"), SECOND], SEALED, ORDER),
        ([FIRST, replace(SECOND, deleted=True)], SEALED, GONE),
    ],
)
def test_what_is_wrong_with_a_thread_is_said(seen: list[Shown], sealed: list[str], sentence: str) -> None:
    with pytest.raises(DemoFailed) as failure:
        check_thread(seen, sealed, ADDRESS)
    assert str(failure.value) == sentence
    assert failure.value.exit_code == 1


def test_the_page_is_read_as_anybody_would(tmp_path) -> None:
    (tmp_path / "index.html").write_text("<h1>L&#39;été</h1>", encoding="utf-8")
    with Simulator([], site=tmp_path) as simulator:
        address = f"{simulator.url}/site/"
        check_page(address, "L'été")
        with pytest.raises(DemoFailed, match="does not show the title"):
            check_page(address, "L'hiver")
        with pytest.raises(DemoFailed, match="cannot be read: HTTP Error 404"):
            check_page(f"{address}autre/", "L'été")
