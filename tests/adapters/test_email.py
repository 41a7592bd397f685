"""The mail: its subject within seventy characters, its headers, its list."""

from email.utils import parseaddr

import pytest

from publisher.adapters.base import Message, Receipt
from publisher.adapters.email import Config, Email


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
        "list_id": "<presse.valmont.example>",
        "list_unsubscribe": "<mailto:presse@valmont.example?subject=unsubscribe>",
        "language": "fr",
        "text": "Bonjour",
        "html": "<p>Bonjour</p>",
    }


def test_leaving_the_list_is_one_click_when_the_text_has_the_page_for_it():
    content = adapter().prepare(message(text="Adieu : {unsubscribe}")).steps[0].content
    assert content["list_unsubscribe"] == "<{unsubscribe}>, <mailto:presse@valmont.example?subject=unsubscribe>"


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
        ({"subject": "Un\r\nBcc:\u2028x\0\x85 deux\u00a0: ", "prefix": ""}, "Un Bcc: x deux\u00a0:", []),
        ({"title": "Un\u2029deux"}, "[CP] Valmont – Un deux", []),
        ({"subject": "Voir {permalink}", "prefix": ""}, "Voir {permalink}", ["slot-in-subject"]),
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


FORMER = (Receipt("message", "<d-abc23456.00ff00ff00ff00ff@valmont.example>"),)
LATER = {
    "withdrawal_prefix": "[RETRAIT] Valmont –",
    "withdrawal_short_prefix": "[RETRAIT]",
    "withdrawal_text": "Merci de ne plus l’utiliser.",
    "withdrawal_html": "<p>Non.</p>",
}


def test_a_correction_is_the_corrected_message_as_the_answer_to_the_former_one() -> None:
    told = message()
    (sent,), (first,) = adapter().correction(told, FORMER).steps, adapter().prepare(told).steps
    assert sent.content == {**first.content, "in_reply_to": "d-abc23456"}


LONG = "La médiathèque des Tilleuls ouvre le dimanche"


def test_an_answer_names_no_place_rather_than_be_asked_for_a_subject() -> None:
    """Whoever gets it has the mail that it answers, which names the place."""
    parts = {**message().parts, "prefix": "[RECTIFICATIF] Ville de Valmont –", "short_prefix": "[RECTIFICATIF]"}
    told = message(LONG)._replace(parts=parts)
    assert adapter().prepare(told).problems
    payload = adapter().correction(told, FORMER)
    assert (payload.steps[0].content["subject"], payload.problems) == (f"[RECTIFICATIF] {LONG}", ())


@pytest.mark.parametrize("title", [LONG, "Six médecins salariés s’installent au centre municipal de santé de Villers-sous-Orme"])
def test_no_title_keeps_a_withdrawal_from_leaving(title) -> None:
    parts = {**message().parts, **LATER, "withdrawal_prefix": "[RETRAIT] Ville de Valmont –"}
    payload = adapter().withdrawal(message(title)._replace(note="Faux.", parts=parts), FORMER)
    mark, _, words = str(payload.steps[0].content["subject"]).partition(" ")
    assert (payload.problems, mark, len(f"{mark} {words}") <= 70, title.startswith(words)) == ((), "[RETRAIT]", True, True)


def test_a_withdrawal_asks_not_to_use_the_former_message() -> None:
    told = message()._replace(note="Le marché n’a pas lieu.", parts={**message().parts, **LATER})
    (step,) = adapter().withdrawal(told, FORMER).steps
    assert (step.effect, step.content["in_reply_to"], step.content["preheader"]) == ("message", "d-abc23456", "Le marché n’a pas lieu.")
    assert str(step.content["subject"]).startswith("[RETRAIT] Valmont – ")
    assert (step.content["text"], step.content["html"]) == (LATER["withdrawal_text"], LATER["withdrawal_html"])
