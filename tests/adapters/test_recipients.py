"""The list of recipients: each address once, and one sentence for what is wrong with it."""

import pytest

from publisher.adapters.email import Config, Email
from publisher.adapters.recipients import Recipient, read_recipients
from publisher.errors import ConfigError


def adapter(recipients=None) -> Email:
    return Email(Config(adapter="email", account="presse@valmont.example", host="h", recipients=recipients))


@pytest.mark.parametrize(
    ("content", "recipients"),
    [
        (
            b"email,name\na@presse.example,Ada Morel\nb@presse.example,\n",
            (Recipient("a@presse.example", "Ada Morel"), Recipient("b@presse.example")),
        ),
        (b"\xef\xbb\xbfemail;name\r\n a@presse.example ;\xc3\x89ric\r\n", (Recipient("a@presse.example", "Éric"),)),
        (b"name,email\nAda,a@presse.example\nAda,A@presse.example\n", (Recipient("a@presse.example", "Ada"),)),
        (b"email\na@presse.example\n", (Recipient("a@presse.example"),)),
        (b"email,name\n", ()),
        (b"Email ; Name\nA@presse.example;Ada\n;\n\n", (Recipient("A@presse.example", "Ada"),)),
        (b"email\tname\na@presse.example\tAda\n", (Recipient("a@presse.example", "Ada"),)),
        (b'email,name\na@presse.example,"Morel,\r\n  Ada"\n', (Recipient("a@presse.example", "Morel, Ada"),)),
        (
            b"email,name,outlet\na@presse.example,Ada,Le Tilleul\nb@presse.example\n",
            (
                Recipient("a@presse.example", "Ada"),
                Recipient("b@presse.example"),
            ),
        ),
        (
            "email\nada@évry.example\nADA@xn--vry-9la.example\néva@presse.example\n".encode(),
            (
                Recipient("ada@évry.example"),
                Recipient("éva@presse.example"),
            ),
        ),
        (b"email,name\ra@presse.example,Ada\r", (Recipient("a@presse.example", "Ada"),)),
    ],
)
def test_the_list_is_read_each_address_once(tmp_path, content, recipients):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    assert (read_recipients(file), adapter(file).recipients()) == (recipients, recipients)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "recipients-header", "the first line must be “email,name”"),
        (b"adresse,nom\n", "recipients-header", "the first line must be “email,name”"),
        (b"email,name\na@presse.example,A\nAda,\n", "recipients-address", "line 3: “Ada” is not an e-mail address; correct it"),
        (b"email,name\n,Ada\n", "recipients-address", "line 2: “” is not an e-mail address"),
        (b"email\na@presse.example b@presse.example\n", "recipients-address", "line 2: “a@presse.example b@presse.example”"),
        (b"email\na@" + b"a" * 64 + "é.example\n".encode(), "recipients-address", "line 2"),
        (b"email\na@presse.example\0\n", "recipients-address", "line 2"),
        (b"email,name\na@presse.example," + b"x" * 140_000 + b"\n", "recipients-line", "line 2 cannot be understood: write it again"),
        (b"\xff\xfe\x00", "unreadable", "check that it is a text file in UTF-8"),
    ],
)
def test_a_wrong_list_is_one_sentence(tmp_path, content, code, words):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_recipients(file)
    assert (caught.value.code, words in str(caught.value), str(file) in str(caught.value)) == (code, True, True)


def test_without_a_list_there_is_nobody(tmp_path):
    assert (adapter().recipients(), adapter(tmp_path / "none.csv").recipients()) == (None, None)
