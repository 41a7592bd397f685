import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import IntakeError, Problem, Severity
from publisher.pipeline.intake.decoding import LIMIT, decode

TEXT = "# L’été à Bellerive\n\nCœur de ville : 12 €.\n"
WINDOWS = Problem(
    Severity.NOTICE, "encoding-windows-1252", "The file was read as Windows-1252: check the accents, and save it as UTF-8 next time."
)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        "\ufeff".encode("utf-16-be") + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        unicodedata.normalize("NFD", TEXT).encode(),
    ],
)
def test_a_text_is_the_same_in_each_usual_encoding(content):
    assert decode(content, "a.md") == (TEXT, ())


def test_windows_1252_is_recognised_and_told():
    assert decode(TEXT.encode("cp1252"), "a.txt") == (TEXT, (WINDOWS,))


@pytest.mark.parametrize(("text", "verbatim"), [("L’été à Bellerive", "LÕŽtŽ"), ("À Bellerive\n\nDu thé", "thŽ"), ("Le passé", "passŽ")])
def test_mac_roman_is_read_and_a_person_asked_to_look(text, verbatim):
    found, problems = decode(text.encode("mac_roman"), "a.txt")
    assert found == text.encode("mac_roman").decode("cp1252")
    line = text[: max(text.find("thé"), 0)].count("\n") + 1
    assert [(problem.severity, problem.code, problem.params) for problem in problems] == [
        (Severity.WARNING, "encoding-damaged", {"verbatim": verbatim, "line": line})
    ]


def test_line_and_page_breaks_of_word_processors_become_line_ends():
    assert decode("a\vb\u2028c\u0085d\fe\u2029f".encode(), "a.txt") == ("a\nb\nc\nd\n\ne\n\nf", ())


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"", "empty", "a.md is empty: write a title and a text in it."),
        ("\ufeff \u00a0\n\n".encode(), "empty", "a.md is empty: write a title and a text in it."),
        (b"a" * (LIMIT + 1), "too-large", "a.md is larger than 5 MB: keep only the text in it."),
        (b"texte\0", "binary", "a.md is not a text file: save the communiqué as plain text or Markdown."),
        (b"\xff\x00\x01", "binary", "a.md is not a text file: save the communiqué as plain text or Markdown."),
        (b"texte \x1b[2J", "binary", "a.md is not a text file: save the communiqué as plain text or Markdown."),
        (b"%PDF-1.7\n", "binary", "a.md is not a text file: save the communiqué as plain text or Markdown."),
        (b"PK\x03\x04", "binary", "a.md is not a text file: save the communiqué as plain text or Markdown."),
        ("é\n".encode() + b"\xe9", "encoding", "The characters of a.md cannot be read from line 2 on: save it as UTF-8."),
        (b"\xef\xbb\xbfa\xe9", "encoding", "The characters of a.md cannot be read from line 1 on: save it as UTF-8."),
        (b"a\n\nb\x8f", "encoding", "The characters of a.md cannot be read from line 3 on: save it as UTF-8."),
        (b"\xff\xfea", "encoding", "The characters of a.md cannot be read: save it as UTF-8."),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(content, code, sentence):
    with pytest.raises(IntakeError) as refused:
        decode(content, "a.md")
    assert (refused.value.code, str(refused.value)) == (code, sentence)


def test_a_document_at_the_limit_is_read():
    assert decode(b"a" * LIMIT, "a.md") == ("a" * LIMIT, ())


READ_TWICE = [
    ("é", "cp1252", "Ã©"),
    ("L’", "cp1252", "â€™"),
    ("É", "cp1252", "Ã‰"),
    ("œ", "cp1252", "Å“"),
    ("« a", "cp1252", "Â«"),
    ("5 €", "cp1252", "â‚¬"),
    ("é", "mac_roman", "√©"),
    ("l’", "mac_roman", "‚Äô"),
    ("à", "mac_roman", "√†"),
]


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        ("Titre\n\nL\u202een-tête", "bidi-control", {"line": 3, "code": "U+202E"}),
        ("a\u2066b", "bidi-control", {"line": 1, "code": "U+2066"}),
        ("Titre\nL’Ã©tÃ©", "encoding-damaged", {"verbatim": "Ã©", "line": 2}),
        *((text.encode().decode(wrong), "encoding-damaged", {"verbatim": seen, "line": 1}) for text, wrong, seen in READ_TWICE),
        ("L\ufffdété", "encoding-damaged", {"verbatim": "\ufffd", "line": 1}),
    ],
)
def test_doubtful_characters_are_kept_and_told(text, code, params):
    read, problems = decode(text.encode(), "a.md")
    assert (read, [(problem.severity, problem.code, problem.params) for problem in problems]) == (text, [(Severity.WARNING, code, params)])


@given(st.binary(max_size=60))
def test_any_bytes_give_a_text_or_one_sentence(content):
    try:
        text, _ = decode(content, "a.md")
    except IntakeError as refused:
        text = str(refused)
    assert text == unicodedata.normalize("NFC", text)
    assert "\r" not in text
