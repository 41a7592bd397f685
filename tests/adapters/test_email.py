"""The mail: its subject within seventy characters, its headers, its list."""

from email.utils import parseaddr

import pytest

from publisher.adapters.base import Message
from publisher.adapters.email import Config, Email, Recipient, read_recipients
from publisher.errors import ConfigError


def adapter(**settings) -> Email:
    return Email(Config(**{"adapter": "email", "account": "presse@valmont.example", "name": "Ville de Valmont", "host": "h"} | settings))


def message(title: str = "Fête des voisins", prefix: str = "[CP] Valmont –", text: str = "Bonjour", subject: str = "") -> Message:
    parts = {"prefix": prefix, "short_prefix": "[CP]", "text": text, "html": f"<p>{text}</p>"}
    return Message("presse", "communique", title, parts=parts, place="Valmont", summary="Demain.", subject=subject)


def test_prepare_builds_the_whole_step():
    payload = adapter().prepare(message())
    (step,) = payload.steps
    assert (step.id, step.effect, step.after, payload.problems) == ("message", "message", None, ())
    assert step.content == {
        "subject": "[CP] Valmont – Fête des voisins",
        "preheader": "Demain.",
        "from": "Ville de Valmont <presse@valmont.example>",
        "reply_to": "presse@valmont.example",
        "to": "{recipient}",
        "message_id": "{message_id}",
        "date": "{date}",
        "list_unsubscribe": "<mailto:presse@valmont.example?subject=unsubscribe>",
        "text": "Bonjour",
        "html": "<p>Bonjour</p>",
    }


def test_leaving_the_list_is_one_click_when_the_text_has_the_page_for_it():
    content = adapter().prepare(message(text="Adieu : {unsubscribe}")).steps[0].content
    assert content["list_unsubscribe"] == "<{unsubscribe}>"


def test_answers_go_to_a_mailbox_that_people_read():
    content = adapter(reply_to="office@valmont.example", name='Ville "A", B').prepare(message()).steps[0].content
    assert (content["reply_to"], content["from"]) == ("office@valmont.example", '"Ville \\"A\\", B" <presse@valmont.example>')
    assert adapter(reply_to="office@valmont.example").config.facts() == {
        "account": "presse@valmont.example",
        "reply_to": "office@valmont.example",
    }


def test_a_name_with_a_line_end_adds_no_header():
    assert adapter(name="Ville\r\nBcc: x").prepare(message()).steps[0].content["from"] == '"Ville Bcc: x" <presse@valmont.example>'


@pytest.mark.parametrize("name", ["", "Ville d’Été", "L'Île", 'A "B" \\ C', "Ville, presse", "A.B.", "(x)", "a@b", "x; y"])
def test_the_sender_is_read_back_as_it_was_configured(name):
    sender = adapter(name=name).prepare(message()).steps[0].content["from"]
    assert parseaddr(sender) == (name, "presse@valmont.example")


@pytest.mark.parametrize(
    ("changes", "subject", "problems"),
    [
        (
            {"title": "Une délégation d’élus en Islande pour renforcer les actions de coopération"},
            "[CP] Valmont – Une délégation d’élus en Islande",
            [],
        ),
        ({"subject": "Objet choisi", "prefix": ""}, "Objet choisi", []),
        ({"subject": "Objet choisi", "prefix": "[SOUS EMBARGO]"}, "[SOUS EMBARGO] Objet choisi", []),
        ({"subject": "x" * 71, "prefix": ""}, "x" * 71, ["too-long"]),
        ({"title": "y" * 60}, "[CP] Valmont – " + "y" * 60, ["subject-needed"]),
        ({"title": f"Valmont {'y' * 50} : demain"}, f"[CP] Valmont {'y' * 50}", []),
        ({"title": f"Fête à Valmont : {'y' * 50}"}, "[CP] Valmont – Fête à Valmont", []),
        (
            {"title": f"{'y' * 50} ouvre sa {'z' * 5}, à Valmont"},
            f"[CP] Valmont – {'y' * 50} ouvre sa {'z' * 5}, à Valmont",
            ["subject-needed"],
        ),
        ({"title": f"Valmont {'y' * 60}"}, f"[CP] Valmont – Valmont {'y' * 60}", ["subject-needed"]),
    ],
)
def test_the_subject_fits_or_is_asked_for(changes, subject, problems):
    payload = adapter().prepare(message(**changes))
    assert payload.steps[0].content["subject"] == subject
    assert [(problem.code, problem.severity, problem.step) for problem in payload.problems] == [
        (code, "error", "message") for code in problems
    ]


def test_the_officer_who_is_asked_for_a_subject_is_shown_one_to_copy():
    title = "Six médecins salariés s’installent au centre municipal de santé de Villers-sous-Orme dès janvier"
    shown = [adapter().prepare(message(start + title)).problems[0].params["example"] for start in ("", "À Valmont, ")]
    assert shown == [
        '"[CP] Valmont – Six médecins salariés s’installent au centre municipal"',
        '"[CP] À Valmont, Six médecins salariés s’installent au centre municipal"',
    ]


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
    ],
)
def test_the_list_is_read_each_address_once(tmp_path, content, recipients):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    assert (read_recipients(file), adapter(recipients=file).recipients()) == (recipients, len(recipients))


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "recipients-header", "the first line must be “email,name”"),
        (b"adresse,nom\n", "recipients-header", "the first line must be “email,name”"),
        (b"email,name\na@presse.example,A\nAda,\n", "recipients-address", "line 3: “Ada” is not an e-mail address"),
        (b"email,name\n,Ada\n", "recipients-address", "line 2: “” is not an e-mail address"),
        (b"\xff\xfe\x00", "unreadable", "check that it is a text file in UTF-8"),
    ],
)
def test_a_wrong_list_is_one_sentence(tmp_path, content, code, words):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_recipients(file)
    assert (caught.value.code, words in str(caught.value), str(file) in str(caught.value)) == (code, True, True)


def test_without_a_list_nobody_is_counted(tmp_path):
    assert (adapter().recipients(), adapter(recipients=tmp_path / "none.csv").recipients()) == (None, None)
