import pytest

from publisher.text import telephones


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01 99 00 12 34", [("01 99 00 12 34", "+33199001234")]),
        ("01\u00a099\u00a000\u00a012\u00a034", [("01\u00a099\u00a000\u00a012\u00a034", "+33199001234")]),
        ("tél. 01.99.00.12.34,", [("01.99.00.12.34", "+33199001234")]),
        ("0199001234 ou 06-39-98-12-34", [("0199001234", "+33199001234"), ("06-39-98-12-34", "+33639981234")]),
        ("+33 1 99 00 12 34", [("+33 1 99 00 12 34", "+33199001234")]),
        ("+33 (0)1 99 00 12 34", [("+33 (0)1 99 00 12 34", "+33199001234")]),
        ("0033 1 99 00 12 34", [("0033 1 99 00 12 34", "+33199001234")]),
        ("0 800 123 456", [("0 800 123 456", "+33800123456")]),
        ("+32 2 555 12 34", [("+32 2 555 12 34", "+3225551234")]),
        ("appelez le 3919", [("3919", "3919")]),
        ("le 39 19 est ouvert", [("39 19", "3919")]),
        ("au 3919", [("3919", "3919")]),
        ("composez le 15 ou le 112", [("15", "15")]),
        ("– Urgences\u00a0: 112 ou 18\n– SAMU : 15", [("112", "112"), ("18", "18"), ("15", "15")]),
        ("Personnes sourdes ou malentendantes : 114 (par SMS)", [("114", "114")]),
        ("Équipes : 15, secours : 180, urgences\n: 112, police : 17e rang", []),
        ("numéro : 116 000", [("116 000", "116000")]),
        ("le 15 mai, le 18, 3200 habitants, 12 01 99 00 12 345, 2026", []),
    ],
)
def test_numbers_are_read_in_each_usual_writing(text, expected):
    assert [(telephone.verbatim, telephone.number) for telephone in telephones.read(text)] == expected


def test_positions_give_back_the_verbatim():
    text = "Appelez le 3919 ou le 01 99 00 12 34."
    assert [text[telephone.start : telephone.end] for telephone in telephones.read(text)] == ["3919", "01 99 00 12 34"]
