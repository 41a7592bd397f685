import pytest

from publisher.text import hours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("à 14 h 30", [("14 h 30", 14, 30)]),
        ("à 14h30.", [("14h30", 14, 30)]),
        ("à 14\u00a0h\u00a030", [("14\u00a0h\u00a030", 14, 30)]),
        ("à 14:30", [("14:30", 14, 30)]),
        ("à 18 H", [("18 H", 18, 0)]),
        ("à 9 heures et à 10 heures 15", [("9 heures", 9, 0), ("10 heures 15", 10, 15)]),
        ("de 10 à 12 h", [("10", 10, 0), ("12 h", 12, 0)]),
        ("9h-12h puis 14 – 16 h", [("9h", 9, 0), ("12h", 12, 0), ("14", 14, 0), ("16 h", 16, 0)]),
        ("de midi à minuit", [("midi", 12, 0), ("minuit", 0, 0)]),
        ("ouvert 24 h", [("24 h", 24, 0)]),
        ("à 18 h 250 personnes", [("18 h", 18, 0)]),
        ("à 18 h 30 h", [("18 h", 18, 0)]),
        ("l’après-midi, le Midi, Midi-Pyrénées, 16:9, 3:1, 12 hommes, 3 habitants, 25 h, 14:61, 1,5 h, 10:30:99", []),
    ],
)
def test_hours_are_read_in_each_usual_writing(text, expected):
    assert [(hour.verbatim, hour.hour, hour.minute) for hour in hours.read(text)] == expected


def test_positions_give_back_the_verbatim():
    text = "De 10 à 12 h 30, puis à midi et 14:30."
    assert [text[hour.start : hour.end] for hour in hours.read(text)] == ["10", "12 h 30", "midi", "14:30"]
