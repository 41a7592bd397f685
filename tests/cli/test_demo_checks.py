import pytest

from publisher import i18n
from publisher.cli.demo_checks import check_page, check_thread
from publisher.testing.demo import DemoFailed
from publisher.testing.simulator import Simulator

ADDRESS = "http://127.0.0.1:1/site/fete/"
SEALED = ["La fête 1/2", "Venez. 2/2\n{permalink}"]
THREAD = [
    {"id": "1", "text": "La fête 1/2", "reply_to": None},
    {"id": "2", "text": f"Venez. 2/2\n{ADDRESS}", "reply_to": "1"},
]


@pytest.fixture(autouse=True)
def english() -> None:
    i18n.activate("en")


def test_a_thread_exactly_as_sealed_passes() -> None:
    check_thread(THREAD, SEALED, ADDRESS)


@pytest.mark.parametrize(
    ("accepted", "sealed", "sentence"),
    [
        (THREAD[:1], SEALED, "What the platform accepted is not, to the letter, what was approved."),
        ([*THREAD, THREAD[1]], SEALED, "What the platform accepted is not, to the letter, what was approved."),
        (THREAD[::-1], SEALED, "What the platform accepted is not, to the letter, what was approved."),
        ([THREAD[0], {**THREAD[1], "text": "Venez ! 2/2"}], SEALED, "What the platform accepted is not, to the letter, what was approved."),
        ([THREAD[0], {**THREAD[1], "reply_to": None}], SEALED, "The posts of the thread do not follow each other."),
        ([{**THREAD[0], "reply_to": "9"}, THREAD[1]], SEALED, "The posts of the thread do not follow each other."),
        (THREAD[:1], SEALED[:1], "The address of the page is not in the thread."),
        ([], [], "The address of the page is not in the thread."),
    ],
)
def test_what_is_wrong_with_a_thread_is_said(accepted: list[dict[str, str]], sealed: list[str], sentence: str) -> None:
    with pytest.raises(DemoFailed) as failure:
        check_thread(accepted, sealed, ADDRESS)
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
