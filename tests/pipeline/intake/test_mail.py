"""What a mail program puts around a pasted text is set aside and shown, never published."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from publisher.announcement import Announcement
from publisher.errors import IntakeError
from publisher.pipeline import intake

PARIS = ZoneInfo("Europe/Paris")
BODY = "La piscine de Valmont ferme lundi. Elle rouvrira en mars."
FRENCH = (
    "De : Camille Martin <presse@valmont.example>\nEnvoyé : mardi 24 novembre 2026 10:12\n"
    "À : cabinet@valmont.example;\n dgs@valmont.example\nCc : maire@valmont.example\nObjet : TR : La piscine ferme"
)
ENGLISH = (
    "From: Camille Martin <presse@valmont.example>\nSent: Tuesday, November 24, 2026\nTo: cabinet@valmont.example\n"
    "Subject: Fwd: La piscine ferme"
)


def read(document: str) -> Announcement:
    return intake.read(document.encode(), "a.md", PARIS, date(2026, 11, 24))


def codes(announcement: Announcement) -> list[str]:
    return [problem.code for problem in announcement.problems if problem.code not in {"no-image", "contact-without-email"}]


@pytest.mark.parametrize(
    "header",
    [
        FRENCH,
        ENGLISH,
        FRENCH.replace("\n", "\n\n").replace("\n\n dgs", "\n dgs"),
        "\n".join(f"**{line.replace(' :', ' :**', 1)}" for line in FRENCH.split("\n") if " :" in line),
    ],
)
def test_headers_are_set_aside_and_the_subject_is_a_title_for_want_of_another(header):
    found = read(f"{header}\n\n{BODY}")
    assert (found.title, found.body_markdown, found.date, found.set_aside) == ("La piscine ferme", BODY, None, (header,))
    assert codes(found) == ["mail-set-aside", "title-from-subject"]


def test_the_subject_of_a_letter_makes_no_mail_of_it():
    letter = "Madame, Monsieur,\n\nLa piscine ferme lundi. Elle rouvrira.\n\nCordialement,\n\nLe maire"
    found = read(f"Objet : Travaux à la piscine\n\n{letter}")
    assert (found.title, found.body_markdown, codes(found)) == ("Travaux à la piscine", letter, ["title-from-subject"])


@pytest.mark.parametrize("title", ["# La piscine au repos", "**La piscine au repos**", "LA PISCINE AU REPOS", "La piscine au repos"])
def test_a_title_of_the_text_wins_over_the_subject(title):
    found = read(f"{FRENCH}\n\n{title}\n\n{BODY}")
    assert (found.title.lower(), codes(found)) == ("la piscine au repos", ["mail-set-aside"])


def test_a_first_sentence_is_no_title_when_there_is_a_subject():
    found = read(f"{FRENCH}\n\nLa piscine ferme lundi 7 décembre pour des travaux.\n\n{BODY}")
    assert (found.title, found.body_markdown) == (
        "La piscine ferme",
        f"La piscine ferme lundi 7 décembre pour des travaux.\n\n{BODY}",
    )


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------",
        "-----Message d'origine-----",
        "---------- Message transféré ----------",
        "Begin forwarded message:",
        "> Début du message réexpédié :",
        "Le mar. 24 nov. 2026 à 10:12, Camille Martin <presse@valmont.example> a écrit :",
    ],
)
def test_the_mark_of_a_forwarded_mail_is_set_aside(mark):
    found = read(f"{mark}\n{ENGLISH}\n\n# La piscine ferme\n\n{BODY}")
    assert (found.title, found.body_markdown, found.set_aside) == ("La piscine ferme", BODY, (mark, ENGLISH))


def test_a_covering_letter_above_a_forwarded_mail_is_settled_by_a_person():
    found = read(f"Bonjour,\n\nVoici le texte du jour.\n\n-----Message d'origine-----\n{FRENCH}\n\n# La piscine ferme\n\n{BODY}")
    assert "several-mails" in codes(found)


@pytest.mark.parametrize(
    "end",
    [
        "-- \nCamille Martin\nChargée de mission\n01 99 00 12 34",
        "--\nCamille Martin\npresse@valmont.example",
        "Envoyé de mon iPhone",
        "Ce message et ses pièces jointes sont confidentiels et réservés à leurs destinataires.",
        "Pensez à l’environnement avant d’imprimer ce message.",
    ],
)
def test_what_programs_put_under_a_text_is_set_aside(end):
    found = read(f"# La piscine ferme\n\n{BODY}\n\n{end}")
    assert (found.body_markdown, found.contact, found.set_aside, codes(found)) == (BODY, None, (end,), ["mail-set-aside"])


def test_a_signature_right_under_the_text_makes_no_heading_of_it():
    assert read(f"# La piscine ferme\n\n{BODY}\n-- \nCamille Martin").body_markdown == BODY


@pytest.mark.parametrize(
    "end", ["--\nÀ propos de Valmont\nValmont compte 12 000 habitants.", "-- \nContact presse : Camille Martin – 01 99 00 12 34"]
)
def test_a_last_section_under_two_dashes_is_no_signature(end):
    found = read(f"# La piscine ferme\n\n{BODY}\n\n{end}")
    assert ("Valmont compte" in found.body_markdown or bool(found.contact), "mail-set-aside" in codes(found)) == (True, False)


def test_a_mail_that_is_quoted_whole_is_read_without_its_signs():
    quoted = "\n".join(f"> {line}".rstrip() for line in f"{ENGLISH}\n\n# La piscine ferme\n\n{BODY}".split("\n"))
    assert (read(quoted).title, read(quoted).body_markdown) == ("La piscine ferme", BODY)
    twice = "\n".join(f"> {line}" for line in quoted.split("\n"))
    assert (read(twice).title, read(twice).body_markdown) == ("La piscine ferme", BODY)


def test_greeting_and_leave_of_a_mail_are_set_aside():
    found = read(f"Bonjour à toutes et tous,\n\n# La piscine ferme\n\n{BODY}\n\nBien cordialement,\nCamille Martin\n01 99 00 12 34")
    assert (found.body_markdown, found.set_aside) == (
        BODY,
        ("Bonjour à toutes et tous,", "Bien cordialement,\nCamille Martin\n01 99 00 12 34"),
    )


def test_an_invitation_keeps_its_civilities():
    letter = "Madame, Monsieur,\n\nLe maire a le plaisir de vous inviter.\n\nCordialement,\n\nLe maire"
    found = read(f"# Inauguration de la piscine\n\n{letter}")
    assert (found.body_markdown, codes(found)) == (letter, [])


def test_lines_with_labels_in_the_text_are_no_headers():
    text = "Elle ferme.\n\nDate : lundi 7 décembre 2026\nObjet : travaux\nPour : tous les habitants"
    assert read(f"# La piscine ferme\n\n{text}").body_markdown.replace("\\", "") == text


def test_a_mail_without_subject_nor_title_is_refused():
    with pytest.raises(IntakeError) as refused:
        read(f"De : Camille\nÀ : cabinet@valmont.example\n\n{BODY}")
    assert refused.value.code == "no-title"
