"""Communiqués as press offices really paste them: from Word, from a form, from a spreadsheet, in capitals, with everything at once."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from publisher.announcement import Announcement
from publisher.pipeline import intake

PARIS = ZoneInfo("Europe/Paris")


def read(text: str) -> Announcement:
    return intake.read(text.encode(), "a.md", PARIS, date(2026, 11, 24))


def body(text: str) -> str:
    return read(f"# La piscine ferme\n\n{text}").body_markdown


def codes(announcement: Announcement) -> list[str]:
    return [problem.code for problem in announcement.problems if problem.code not in {"no-image", "contact-without-email"}]


def test_a_communique_from_word_with_everything_at_once():
    found = read(
        "MAIRIE DE VALMONT\nService communication\n\nCOMMUNIQUÉ DE PRESSE\nCommuniqué n° 2026-45\n"
        "Valmont, le mardi 24 novembre 2026\n\n"
        "UN GYMNASE OUVRE SES PORTES\n\nIl ouvrira le lundi 7 décembre 2026 à 9 h. Coût : 3,2 M€.\n\n"
        "Fait à Valmont, le 24 novembre 2026\n\n"
        "Jeanne MARTIN\nMaire de Valmont\n\nContacts presse :\nPaul Durand – Directeur – 01 99 00 12 34 – p.durand@valmont.example\n"
        "Inès Petit – Attachée de presse – 06 39 98 12 34\n\nPage 1/1"
    )
    assert (found.title, found.place, found.date, found.body_markdown) == (
        "UN GYMNASE OUVRE SES PORTES",
        "Valmont",
        date(2026, 11, 24),
        "Il ouvrira le lundi 7 décembre 2026 à 9 h. Coût : 3,2 M€.\n\nJeanne MARTIN\\\nMaire de Valmont",
    )
    assert found.set_aside == (
        "MAIRIE DE VALMONT",
        "Service communication",
        "Communiqué n° 2026-45",
        "Inès Petit – Attachée de presse – 06 39 98 12 34",
        "Page 1/1",
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Jour\tMatin\nLundi\t9 h | 10 h\nMardi\tfermé", "| Jour | Matin |\n|---|---|\n| Lundi | 9 h / 10 h |\n| Mardi | fermé |"),
        ("Horaires :\nLundi\t9 h\nMardi\t10 h\nVenez.", "Horaires :\n\n| Lundi | 9 h |\n|---|---|\n| Mardi | 10 h |\n\nVenez."),
        ("Lundi\t9 h", "Lundi\t9 h"),
        ("1.\tUn\n2.\tDeux", "1.\tUn\n2.\tDeux"),
        ("Un\tdeux\n\nTrois\tquatre", "Un\tdeux\n\nTrois\tquatre"),
    ],
)
def test_rows_parted_by_tabs_are_a_table(typed, expected):
    assert body(f"Elle ferme.\n\n{typed}") == f"Elle ferme.\n\n{expected}"


@pytest.mark.parametrize("mark", ["• ", "‣ ", "➢ ", "► ", "✓ ", "\uf0b7 ", "\uf0a7\t", "•", "▪\u00a0"])
def test_the_bullets_of_word_processors_make_a_list(mark):
    assert body(f"Au programme :\n{mark}Marché\n{mark}Fête\no vin chaud") == "Au programme :\n\n- Marché\n- Fête\n  - vin chaud"


def test_numbered_lines_above_paragraphs_are_headings():
    typed = "1. Les impôts\n\nIls ne montent pas.\n\n2. L’école\n\nElle ouvre.\n\nIII. – La dette\n\nElle baisse."
    assert body(typed) == "## 1. Les impôts\n\nIls ne montent pas.\n\n## 2. L’école\n\nElle ouvre.\n\n## III. – La dette\n\nElle baisse."


@pytest.mark.parametrize(
    "typed",
    [
        "1. Les impôts ne montent pas\n\n2. L’école ouvre\n\n3. La dette baisse",
        "1. Les impôts\n\nIls ne montent pas.",
        "1. Un.\n\nOui.\n\n2. Deux.\n\nNon.",
    ],
)
def test_a_numbered_list_stays_one(typed):
    assert body(typed) == typed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Les écoles :\na) Bellevue\nb) Tilleuls", "Les écoles :\\\na) Bellevue\\\nb) Tilleuls"),
        ("Chiffres clés\n3,2 M€\n6 mois\n25 m", "Chiffres clés\\\n3,2 M€\\\n6 mois\\\n25 m"),
        ("Jeanne Martin,\nmaire de Valmont", "Jeanne Martin, maire de Valmont"),
        ("P.S. : le parking est ouvert.", "P.S. : le parking est ouvert."),
    ],
)
def test_short_lines_stay_as_they_stand(typed, expected):
    assert body(f"Elle ferme.\n\n{typed}") == f"Elle ferme.\n\n{expected}"


@pytest.mark.parametrize(
    "line",
    [
        "VALMONT, le 24 novembre 2026 – {}",
        "**Valmont (99), mardi 24 novembre 2026** – {}",
        "Valmont, le 24 novembre 2026. {}",
        "(Valmont, le 24 novembre 2026) – {}",
    ],
)
def test_a_date_line_that_runs_into_the_text_is_one(line):
    sentence = "La Ville de Valmont annonce la fermeture de la piscine."
    found = read(f"# La piscine ferme\n\n{line.format(sentence)}")
    assert (found.date, (found.place or "").lower()[:7], found.body_markdown) == (date(2026, 11, 24), "valmont", sentence)


@pytest.mark.parametrize(
    "line", ["La piscine ferme le 24 novembre 2026 – elle rouvrira en mars prochain.", "Valmont, le 24 novembre 2026 – Piscine"]
)
def test_a_sentence_with_a_date_and_a_dash_is_left_whole(line):
    assert body(f"Elle ferme.\n\n{line}") == f"Elle ferme.\n\n{line}"


def test_the_fields_of_a_form_are_read():
    found = read("Titre : La piscine ferme\n\nChapô : Elle rouvrira en mars.\n\nTexte : Des travaux sont prévus.\n\nVenez.")
    assert (found.title, found.standfirst, found.body_markdown) == (
        "La piscine ferme",
        "Elle rouvrira en mars.",
        "Des travaux sont prévus.\n\nVenez.",
    )


@pytest.mark.parametrize(
    ("text", "title", "aside"),
    [
        ("CANICULE\n\nLe plan d’urgence est activé", "Le plan d’urgence est activé", ("CANICULE",)),
        ("LA VILLE DE VALMONT COMMUNIQUE\n\nLe parc est fermé", "Le parc est fermé", ("LA VILLE DE VALMONT COMMUNIQUE",)),
        ("Communiqué de presse : le parc est fermé", "le parc est fermé", ()),
        ("Objet : le parc est fermé", "le parc est fermé", ("Objet : le parc est fermé",)),
    ],
)
def test_a_rubric_gives_way_to_the_title(text, title, aside):
    found = read(f"{text}\n\nIl rouvrira lundi. Trois salles sont ouvertes.")
    assert (found.title, found.set_aside) == (title, aside)


@pytest.mark.parametrize(
    "line",
    [
        "Vous trouverez ci-joint le communiqué du jour.",
        "Veuillez trouver ci-dessous notre communiqué.",
        "Je vous adresse ci-après le texte validé.",
        "Ci-joint le communiqué de presse.",
    ],
)
def test_words_to_whoever_receives_the_mail_are_settled_by_a_person(line):
    assert "covering-letter" in codes(read(f"# La piscine ferme\n\n{line}\n\nElle ferme lundi."))


@pytest.mark.parametrize(
    "line", ["Le plan ci-dessous montre le bassin.", "La mairie trouvera une solution.", "Le tableau ci-joint est à jour."]
)
def test_a_sentence_of_the_text_is_no_covering_letter(line):
    assert codes(read(f"# La piscine ferme\n\n{line}")) == []


def test_invisible_characters_of_word_processors_go():
    found = read("La pis\u00adcine ferme\n\nElle fer\u00admera\u200b le 8\u2007décembre\ufeff.")
    assert (found.title, found.body_markdown) == ("La piscine ferme", "Elle fermera le 8\u00a0décembre.")


@pytest.mark.parametrize("line", ["Page 1/2", "– page 1 sur 2 –", "…/…", ".../..."])
def test_the_marks_of_pages_are_set_aside(line):
    found = read(f"# La piscine ferme\n\nElle ferme.\n\n{line}\n\nElle rouvre.")
    assert (found.body_markdown, found.set_aside) == ("Elle ferme.\n\nElle rouvre.", (line,))


def test_hashtags_behind_their_label_are_read():
    found = read("# La piscine ferme\n\nElle ferme.\n\nHashtags : #Valmont #Piscine")
    assert (found.body_markdown, found.hashtags) == ("Elle ferme.", ("Valmont", "Piscine"))


def test_the_head_of_a_letter_is_set_aside():
    head = "Réf. : CAB/2026/112\nAffaire suivie par : Paul Durand\nTél. : 01 99 00 12 34\n1 place de la République – 99000 Valmont"
    found = read(f"{head}\n\nLe parc est fermé\n\nIl rouvrira lundi. Trois salles sont ouvertes.")
    assert (found.title, found.set_aside) == ("Le parc est fermé", tuple(head.split("\n")))


@pytest.mark.parametrize(
    "line",
    [
        "Texte validé par JM le 23/11 – ok pour diffusion",
        "CP relu et validé le 23/11",
        "OK pour diffusion",
        "Bon à publier",
        "Vu et validé par la maire",
    ],
)
@pytest.mark.parametrize("place", ["{line}\n\n{text}", "{text}\n\n{line}"])
def test_who_agreed_is_no_part_of_the_text(line, place):
    found = read(place.format(line=line, text="# Le parc est fermé\n\nIl rouvrira lundi."))
    assert (found.title, found.body_markdown, found.set_aside) == ("Le parc est fermé", "Il rouvrira lundi.", (line,))


def test_what_is_enclosed_and_who_gets_a_copy_is_set_aside_at_the_end():
    text = "# Le parc est fermé\n\nIl rouvrira lundi."
    assert read(f"{text}\n\nPJ : plan\nCopie à : police municipale").set_aside == ("PJ : plan\nCopie à : police municipale",)


@pytest.mark.parametrize(
    "words",
    [
        "[À COMPLÉTER : durée]",
        "[à préciser]",
        "[date]",
        "XX",
        "XXX",
        "TBC",
        "???",
        "??? à vérifier ???",
        "[JM1]",
        "{++ lundi++}",
        "Lorem ipsum",
    ],
)
def test_what_is_unfinished_is_settled_by_a_person(words):
    found = read(f"# La piscine ferme\n\nElle ferme {words} sans doute.")
    assert [(problem.code, problem.params) for problem in found.problems[1:]] == [("unfinished-text", {"words": words})]


@pytest.mark.parametrize(
    "text",
    [
        "Le XXe siècle et Louis XIV.",
        "Taille XXL.",
        "Vraiment ?",
        "Le lieu est à préciser.",
        "« Il […] viendra », dit-elle.",
        "[Le site](https://a.example)",
    ],
)
def test_what_is_finished_is_not(text):
    assert codes(read(f"# La piscine ferme\n\nElle ferme. {text}")) == []
