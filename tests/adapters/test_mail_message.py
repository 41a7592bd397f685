"""The bytes of an e-mail: read back by the standard library they say what was sealed; nothing typed becomes a header."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.adapters.base import Message, Step
from publisher.adapters.email import Config, Email
from publisher.adapters.mail_message import MessageForm
from publisher.errors import Rejected

VALUES = {
    "{recipient}": "ada.morel@presse.example",
    "{message_id}": "<d-23456789.k7Qz-_b1@valmont.example>",
    "{date}": "Tue, 24 Nov 2026 09:00:00 +0100",
    "{unsubscribe}": "https://presse.valmont.example/d/3f9a8c7e6b5d4a39",
    "{permalink}": "https://www.valmont.example/presse/2026-11-24-le-marche-change-de-place/",
}
HEADERS = (
    "From To Reply-To Subject Date Message-ID List-Id List-Unsubscribe Content-Language MIME-Version Content-Type".split()  # noqa: SIM905
)


def step(subject: str = "Le marché", text: str = "Bonjour", html: str = "<p>Bonjour</p>", name: str = "Ville", **more: object) -> Step:
    mail = Email(Config(adapter="email", account="presse@valmont.example", name=name, host="h"))
    parts = {"prefix": "", "text": text, "html": html}
    made = mail.prepare(Message("email", "communique", "Titre", parts=parts, subject=subject or "x")).steps[0]
    return Step(made.id, made.effect, {**made.content, **more})


def written(**changes: object) -> bytes:
    return MessageForm(step(**changes).content).fill(VALUES)


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def filled(text: str) -> str:
    for slot, value in VALUES.items():
        text = text.replace(slot, value)
    return re.sub("\r\n?", "\n", text)


def assert_well_formed(content: bytes) -> None:
    """What every server takes: lines ended by CR and LF alone, none too long, seven bits, no NUL."""
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()
    assert b"\0" not in content


TEXT = """Bonjour,

.
From the mayor: « L’été » commence !\u202f
…   \t
Le marché : {permalink} (carte)
{permalink}{unsubscribe}
{date}

--\x20
{unsubscribe}"""


def test_the_whole_message_line_by_line():
    lines = written(subject="[CP] Valmont – Le marché", text=TEXT, name="Ville de Valmont").decode("ascii").split("\r\n")
    boundary = lines[12].removeprefix(' boundary="').removesuffix('"')
    assert re.fullmatch("=_[0-9a-f]{32}", boundary)
    assert lines == [
        "From: Ville de Valmont <presse@valmont.example>",
        "To: ada.morel@presse.example",
        "Reply-To: presse@valmont.example",
        "Subject: =?utf-8?q?=5BCP=5D_Valmont_=E2=80=93_Le_march=C3=A9?=",
        "Date: Tue, 24 Nov 2026 09:00:00 +0100",
        "Message-ID: <d-23456789.k7Qz-_b1@valmont.example>",
        "List-Id: <presse.valmont.example>",
        "List-Unsubscribe: <https://presse.valmont.example/d/3f9a8c7e6b5d4a39>, <mailto:presse@valmont.example?subject=unsubscribe>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Content-Language: fr",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        f' boundary="{boundary}"',
        "",
        f"--{boundary}",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Bonjour,",
        "",
        "=2E",
        "=46rom the mayor: =C2=AB L=E2=80=99=C3=A9t=C3=A9 =C2=BB commence !=E2=80=AF",
        "=E2=80=A6   =09",
        "Le march=C3=A9 :=20=",
        "https://www.valmont.example/presse/2026-11-24-le-marche-change-de-place/=",
        " (carte)",
        "https://www.valmont.example/presse/2026-11-24-le-marche-change-de-place/=",
        "https://presse.valmont.example/d/3f9a8c7e6b5d4a39",
        "Tue, 24 Nov 2026 09:00:00 +0100",
        "",
        "--=20",
        "https://presse.valmont.example/d/3f9a8c7e6b5d4a39",
        f"--{boundary}",
        'Content-Type: text/html; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "<p>Bonjour</p>",
        f"--{boundary}--",
        "",
    ]


def test_the_whole_message_is_read_back():
    sent = step("[CP] Valmont – « L’été »\u00a0: 1\u202f000 €", TEXT, f"<p>{TEXT}</p>", "Ville d’Été, presse")
    message = read(MessageForm(sent.content).fill(VALUES))
    assert dict(message.items()) == {
        "From": '"Ville d’Été, presse" <presse@valmont.example>',
        "To": "ada.morel@presse.example",
        "Reply-To": "presse@valmont.example",
        "Subject": "[CP] Valmont – « L’été »\u00a0: 1\u202f000 €",
        "Date": "Tue, 24 Nov 2026 09:00:00 +0100",
        "Message-ID": "<d-23456789.k7Qz-_b1@valmont.example>",
        "List-Id": "<presse.valmont.example>",
        "List-Unsubscribe": "<https://presse.valmont.example/d/3f9a8c7e6b5d4a39>, <mailto:presse@valmont.example?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Content-Language": "fr",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert (body(message, "plain"), body(message, "html")) == (filled(TEXT), filled(f"<p>{TEXT}</p>"))
    assert message.defects == []


def test_the_same_content_gives_the_same_bytes():
    assert written(text=TEXT) == written(text=TEXT)


def test_a_step_that_is_filled_already_needs_no_values():
    content = {**step().content, "to": "ada@presse.example", "message_id": "<a.b@c.example>", "date": "Tue, 24 Nov 2026 09:00:00 +0100"}
    assert read(MessageForm(content).fill({}))["To"] == "ada@presse.example"


def test_a_correction_answers_the_former_message_to_the_same_person():
    message = read(written(in_reply_to="d-abcdefgh"))
    former = "<d-abcdefgh.k7Qz-_b1@valmont.example>"
    assert (message["In-Reply-To"], message["References"], message["Message-ID"]) == (former, former, VALUES["{message_id}"])


@pytest.mark.parametrize(
    ("changes", "values", "code"),
    [
        ({}, {"{recipient}": "ada@presse.example\r\nBcc: eve@presse.example"}, "address-unusable"),
        ({}, {"{recipient}": "Ada <ada@presse.example>"}, "address-unusable"),
        ({}, {"{recipient}": "ada@presse.example, eve@presse.example"}, "address-unusable"),
        ({}, {"{message_id}": "<a.b@c.example>\r\nBcc: eve@presse.example"}, "header-unwritable"),
        ({}, {"{message_id}": "a.b@c.example"}, "header-unwritable"),
        ({}, {"{date}": "demain\nBcc: eve@presse.example"}, "header-unwritable"),
        ({}, {"{date}": "24 août"}, "header-unwritable"),
        ({"text": "{unsubscribe}"}, {"{unsubscribe}": "https://a.example/\r\n"}, "header-unwritable"),
        ({"text": "{unsubscribe}"}, {"{unsubscribe}": "https://a.example/" + "x" * 1000}, "header-unwritable"),
        ({"in_reply_to": "d-1\r\nBcc: x"}, {}, "header-unwritable"),
        ({"in_reply_to": "d.1"}, {}, "header-unwritable"),
    ],
)
def test_values_that_no_header_can_hold_are_rejected(changes, values, code):
    form = MessageForm(step(**changes).content)
    with pytest.raises(Rejected) as caught:
        form.fill({**VALUES, **values})
    assert caught.value.code == code


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "a\r\nBcc: b@c.example"},
        {"subject": "a\u2028b"},
        {"from": "A\r\nBcc: b <presse@valmont.example>"},
        {"from": "nobody"},
        {"reply_to": "a@b.example\n"},
        {"reply_to": "éva@b.example"},
        {"from": "éva@b.example"},
        {"language": "fr\r\nBcc: x@y.example"},
        {"list_unsubscribe": "<mailto:é>"},
    ],
)
def test_a_sealed_header_that_cannot_be_written_is_rejected(changes):
    with pytest.raises(Rejected):
        MessageForm({**step().content, **changes})


def test_an_open_place_is_never_sent():
    form = MessageForm(step().content)
    with pytest.raises(Rejected) as caught:
        form.fill({slot: value for slot, value in VALUES.items() if slot != "{date}"})
    assert (caught.value.code, str(caught.value)) == (
        "slot-unfilled",
        "The text of message leaves {date} open, and nothing fills it on this channel.",
    )


def test_long_addresses_stay_on_one_line_each():
    address = "a" * 64 + "@" + ".".join(["b" * 59] * 3) + ".example"
    url = "https://presse.valmont.example/" + "d" * 300
    content = MessageForm(step(text="{unsubscribe}").content).fill({**VALUES, "{recipient}": address, "{unsubscribe}": url})
    assert_well_formed(content)
    message = read(content)
    assert (message["To"], body(message, "plain")) == (address, url)
    assert f"List-Unsubscribe: <{url}>, <mailto:".encode() in content


def test_domains_are_written_in_ascii_and_letters_before_the_at_as_they_are():
    form = MessageForm(step().content)
    assert b"\r\nTo: ada@xn--vry-9la.example\r\n" in form.fill({**VALUES, "{recipient}": "ada@évry.example"})
    assert "\r\nTo: éva@presse.example\r\n".encode() in form.fill({**VALUES, "{recipient}": "éva@presse.example"})


def test_words_that_look_encoded_are_not_decoded():
    message = read(written(subject="=?utf-8?q?Objet?= et =?x?=", name="=?utf-8?q?Nom?="))
    assert (message["Subject"], parseaddr(message["From"])[0]) == ("=?utf-8?q?Objet?= et =?x?=", "=?utf-8?q?Nom?=")


# ---------------------------------------------------------------- whatever is typed

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
LETTERS = st.text(
    st.one_of(st.sampled_from(" \u00a0\u202f.,;:!?'’\"<>()@\\=_-éÉœ€😀a1"), st.characters(exclude_categories=["C", "Zl", "Zp"])),
    max_size=90,
)
BODIES = st.lists(
    st.one_of(ANYTHING, st.sampled_from([*VALUES, "\n", "\r", "\r\n", ".", "From ", " ", "=", "=\r\n", "x" * 80])), max_size=12
).map("".join)


@given(text=BODIES, html=BODIES)
def test_any_bodies_are_read_back(text: str, html: str):
    content = written(text=text, html=html)
    message = read(content)
    assert_well_formed(content)
    assert re.search(rb"^(\.|From )", content.partition(b"\r\n\r\n")[2], re.MULTILINE) is None
    assert max(map(len, content.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    assert (body(message, "plain"), body(message, "html")) == (filled(text), filled(html))
    assert message.defects == []


@given(subject=ANYTHING, name=ANYTHING)
def test_nothing_typed_adds_a_header(subject: str, name: str):
    content = written(subject=subject, name=name)
    assert_well_formed(content)
    assert read(content).keys() == HEADERS


@given(subject=LETTERS, name=LETTERS)
def test_any_subject_and_name_are_read_back(subject: str, name: str):
    sealed = step(subject=subject, name=name)
    message = read(MessageForm(sealed.content).fill(VALUES))
    assert message["Subject"] == sealed.content["subject"]
    assert sender_of(MessageForm(sealed.content).fill(VALUES)) == (" ".join(name.split()), "presse@valmont.example")


def sender_of(content: bytes) -> tuple[str, str]:
    """Name and address, by the older reader of the standard library: the newer one puts blanks between encoded words in names."""
    name, address = parseaddr(message_from_bytes(content)["From"])
    return str(make_header(decode_header(name))), address


@given(recipient=ANYTHING.map(lambda text: f"{text}@presse.example"))
def test_whoever_it_goes_to_is_one_address_or_nobody(recipient: str):
    form = MessageForm(step().content)
    try:
        content = form.fill({**VALUES, "{recipient}": recipient})
    except Rejected:
        return
    head = content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert head[1] == f"To: {recipient}".encode()
    assert len(head) == len(HEADERS) + 1
