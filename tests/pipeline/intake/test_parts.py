"""The lines that intake recognises one by one."""

from datetime import datetime, time
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from publisher.announcement import Link, PressContact
from publisher.errors import UsageError
from publisher.pipeline.intake import banners, contacts, datelines, images, links, markup, stops

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("line", "place", "day"),
    [
        ("Ivry-la-Ville, le 24 septembre 2019", "Ivry-la-Ville", "2019-09-24"),
        ("*Ivry-la-Ville, le 24 septembre 2019*", "Ivry-la-Ville", "2019-09-24"),
        ("**Ivry-la-Ville**, le 24 septembre 2019.", "Ivry-la-Ville", "2019-09-24"),
        ("### __Ivry-la-Ville, le 24 septembre 2019__", "Ivry-la-Ville", "2019-09-24"),
        ("Le 24 septembre 2019", None, "2019-09-24"),
        ("Mardi 24 septembre 2019", None, "2019-09-24"),
        ("24/09/2019", None, "2019-09-24"),
        ("2019-09-24", None, "2019-09-24"),
        ("Date : 24.09.2019", None, "2019-09-24"),
        ("Publié le 24 septembre 2019", None, "2019-09-24"),
        ("Communiqué de presse du 24 septembre 2019", None, "2019-09-24"),
        ("le 1er octobre 2026", None, "2026-10-01"),
        ("Fait à L’Haÿ-les-Prés, le 1er octobre 2026", "L’Haÿ-les-Prés", "2026-10-01"),
        ("À Saint-Ouen-l'Abbaye, le 3 mai 2026", "Saint-Ouen-l'Abbaye", "2026-05-03"),
        ("Le Plessis-aux-Aulnes, 10 mai 2027", "Le Plessis-aux-Aulnes", "2027-05-10"),
        ("Belle Rive – mardi 24 septembre 2019", "Belle Rive", "2019-09-24"),
        ("BELLERIVE-SUR-ORGE, LE 3 MAI 2026", "BELLERIVE-SUR-ORGE", "2026-05-03"),
        ("Bellerive (99), le 3 mai 2026", "Bellerive (99)", "2026-05-03"),
        ("Bellerive le 3 mai 2026", "Bellerive", "2026-05-03"),
        ("Bellerive 3 mai 2026", "Bellerive", "2026-05-03"),
        ("Bellerive | dimanche 3 mai 2026", "Bellerive", "2026-05-03"),
        ("3 mai 2026 • Bellerive", "Bellerive", "2026-05-03"),
        ("**Saint-Ouen-l'Abbaye  dimanche 3 mai 2026**", "Saint-Ouen-l'Abbaye", "2026-05-03"),
        ("Bellerive\u00a0: 3\u00a0mai 2026", "Bellerive", "2026-05-03"),
        ("Mairie de Bellerive, le 3 mai 2026", "Mairie de Bellerive", "2026-05-03"),
        ("Le 3 mai 2026, à Bellerive", "Bellerive", "2026-05-03"),
        ("3 mai 2026 – Bellerive", "Bellerive", "2026-05-03"),
        ("Bellerive, le 7 décembre 2026 à 16 h 30", "Bellerive", "2026-12-07"),
    ],
)
def test_a_date_line_is_recognised_in_the_usual_ways(line, place, day):
    found = datelines.recognise(line)
    assert found is not None
    assert (found.place, str(found.written.value), found.hour) == (place, day, time(16, 30) if "16 h" in line else None)


@pytest.mark.parametrize(
    "line",
    [
        "La piscine rouvre le 3 mai 2026",
        "Fête de la Musique, le 21 juin 2026",
        "Forum des Associations – samedi 5 septembre 2026",
        "Réunion publique, le 3 mai 2026",
        "Carnaval 24 novembre 2026",
        "Bellerive 24 novembre",
        "Bellerive 24 novembre 2026 à 16 h",
        "La piscine rouvre 24 novembre 2026",
        "Du 3 au 5 mai 2026",
        "Bellerive, le 3 mai 2026 – La Ville annonce",
        "Le 3 mai 2026, la Ville annonce",
        "Bellerive",
        "3 mai 2026 – Concert",
        "Samedi 5 septembre 2026 à 10 h et à 14 h",
        "À Bellerive, rendez-vous le 3 mai 2026",
        "Rendez-vous à Bellerive, tous, le 3 mai 2026",
        f"Bellerive{' ' * 200}, le 3 mai 2026",
    ],
)
def test_a_title_or_a_sentence_with_a_date_is_no_date_line(line):
    assert datelines.recognise(line) is None


@pytest.mark.parametrize(
    ("line", "kind", "at_once"),
    [
        ("Communiqué de presse", "communique", False),
        ("# **COMMUNIQUÉ DE PRESSE**", "communique", False),
        ("[Communiqué aux médias]", "communique", False),
        ("Pour diffusion immédiate", None, True),
        ("(À diffuser sans délai)", None, True),
        ("COMMUNIQUÉ DE PRESSE – POUR DIFFUSION IMMÉDIATE", "communique", True),
        ("Communiqué de presse | Bellerive, le 3 mai 2026", "communique", False),
        ("Bellerive, le 3 mai 2026 — Communiqué de presse", "communique", False),
        ("Communiqué de presse du 3 mai 2026", "communique", False),
        ("Invitation", "invitation", False),
        ("INVITATION À LA PRESSE", "invitation", False),
        ("Invitation presse – pour diffusion immédiate", "invitation", True),
        ("Alerte !", "alerte", False),
        ("ALERTE INFO", "alerte", False),
        ("Rectificatif", "rectificatif", False),
        ("Communiqué de presse rectificatif", "rectificatif", False),
        ("Rectificatif – communiqué de presse", "rectificatif", False),
        ("Communiqué de presse – Rectificatif", "rectificatif", False),
    ],
)
def test_a_banner_says_the_type(line, kind, at_once):
    found = banners.recognise(line)
    assert found is not None
    assert (found.type, found.at_once, found.says_more, found.date_line is not None) == (kind, at_once, False, "mai" in line)


@pytest.mark.parametrize(
    "parts",
    [*permutations(["Bellerive", "Communiqué de presse", "dimanche 3 mai 2026"]), ("Communiqué de presse", "Bellerive, le 3 mai 2026")],
)
@pytest.mark.parametrize("dash", [" – ", " - ", " | ", " • "])
def test_place_banner_and_date_on_one_line_are_told_apart(parts, dash):
    found = banners.recognise(dash.join(parts))
    assert found is not None
    assert found.date_line is not None
    assert (found.type, found.says_more, found.date_line.place, str(found.date_line.written.value)) == (
        "communique",
        False,
        "Bellerive",
        "2026-05-03",
    )


@pytest.mark.parametrize(
    ("line", "doubtful"),
    [
        ("Communiqué de presse n° 12", False),
        ("Communiqué de la Ville de Bellerive", False),
        ("Communiqué de presse – Canicule", True),
        ("Bellerive | Communiqué de presse", True),
        ("Alerte canicule", True),
        ("Alerte météo orange", True),
    ],
)
def test_a_banner_that_says_more_is_told(line, doubtful):
    found = banners.recognise(line)
    assert found is not None
    assert (found.says_more, found.doubtful) == (True, doubtful)


@pytest.mark.parametrize(
    "line",
    [
        "Alerte canicule : la Ville ouvre ses parcs la nuit",
        "Invitation à tous les habitants du quartier",
        "Communiqué de presse de fin d’année",
        "Embargo sur les armes",
        "Sous embargo depuis 1962, l’île manque de tout",
        "La piscine rouvre",
        "Alertez les secours",
        "",
    ],
)
def test_a_sentence_is_no_banner(line):
    assert banners.recognise(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "SOUS EMBARGO JUSQU’AU mardi 24 novembre 2026 à 18 h (heure de Paris)",
        "Sous embargo jusqu'au 24/11/2026 18:00",
        "**EMBARGO : 24 novembre 2026, 18h**",
        "Embargo jusqu’à mardi 24 novembre 2026 à 18 heures",
        "Information sous embargo jusqu'au mardi 24 novembre 2026 18 h",
        "Embargo levé le 24 novembre 2026 à 18 h",
        "COMMUNIQUÉ DE PRESSE – SOUS EMBARGO JUSQU’AU 24 NOVEMBRE 2026 À 18 H",
        "SOUS EMBARGO STRICT JUSQU’AU 24 NOVEMBRE 2026 À 18 H (HEURE LOCALE)",
        "Sous embargo jusqu’au 2026-11-24T18:00+01:00",
    ],
)
def test_the_end_of_an_embargo_is_read(line):
    found = banners.recognise(line)
    assert found is not None
    assert banners.embargo_end(found.embargo, PARIS) == datetime(2026, 11, 24, 18, 0, tzinfo=PARIS)


def test_an_embargo_may_name_its_zone():
    reunion = ZoneInfo("Indian/Reunion")
    ends = [banners.embargo_end(f"jusqu’au 24/11/2026 18 h ({zone})", reunion).isoformat() for zone in ("heure de Paris", "heure locale")]
    assert ends == ["2026-11-24T21:00:00+04:00", "2026-11-24T18:00:00+04:00"]


@pytest.mark.parametrize(
    "words", ["", "jusqu’au 24 novembre", "jusqu’au 24 novembre 2026", "jusqu’à nouvel ordre", "jusqu’au 24/11/2026 18 h (heure de Lima)"]
)
def test_an_embargo_that_could_mean_something_else_is_refused(words):
    with pytest.raises(UsageError) as refused:
        banners.embargo_end(words, PARIS)
    assert refused.value.code == "time-unreadable"


CAMILLE = PressContact("Camille Martin", "directrice de la communication", "01 99 00 12 34")


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("*Contact presse : Camille Martin, directrice de la communication - 01 99 00 12 34*", CAMILLE),
        ("Contact presse Camille Martin (directrice de la communication) 01 99 00 12 34", CAMILLE),
        ("**Contacts presse**\nCamille Martin\ndirectrice de la communication\nTél. : 01 99 00 12 34", CAMILLE),
        ("- Contact médias – directrice de la communication : Camille Martin – 01 99 00 12 34", CAMILLE),
        ("Contact : Camille Martin, directrice de la communication, 01 99 00 12 34", CAMILLE),
        (
            "Contact presse\nMme Jeanne d’Arc-Petit | T : 01.99.00.12.34 | [presse@ville.example](mailto:presse@ville.example)",
            PressContact("Mme Jeanne d’Arc-Petit", None, "01.99.00.12.34", "presse@ville.example"),
        ),
        ("Contact presse : cabinet du maire – 01 99 00 12 34", PressContact("cabinet du maire", None, "01 99 00 12 34")),
        ("Contact presse : service culture, mairie de Bellerive", PressContact("service culture", "mairie de Bellerive")),
        (
            "Contact presse : Office des sports, Clément Du Roy, +33 6 39 98 12 34",
            PressContact("Clément Du Roy", "Office des sports", "+33 6 39 98 12 34"),
        ),
        ("Service presse : 01 99 00 12 34", PressContact("Service presse", None, "01 99 00 12 34")),
        (
            "Attachée de presse : Camille Martin, <c_martin@ville.example>",
            PressContact("Camille Martin", "Attachée de presse", None, "c_martin@ville.example"),
        ),
        ("Contact presse : presse@ville.example", PressContact(email="presse@ville.example")),
    ],
)
def test_a_contact_is_read_in_the_usual_ways(block, expected):
    lines = block.split("\n")
    assert contacts.opens(lines[0])
    assert contacts.read(lines) == contacts.Found(expected)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            "Contacts presse :\nCamille Martin – 01 99 00 12 34\nPaul Durand – 06 39 98 12 34 – p.durand@ville.example",
            contacts.Found(PressContact("Camille Martin", None, "01 99 00 12 34"), left=(2,)),
        ),
        (
            "Contact presse : Camille Martin, 01 99 00 12 34\nFax : 01 99 00 12 35\n06 39 98 12 34\ncamille@ville.example",
            contacts.Found(PressContact("Camille Martin", None, "01 99 00 12 34 / 06 39 98 12 34", "camille@ville.example"), left=(1,)),
        ),
        (
            "Contact presse : Camille Martin, directrice, et Paul Durand, adjoint – 01 99 00 12 34",
            contacts.Found(PressContact("Camille Martin", "directrice", "01 99 00 12 34"), left=(0,)),
        ),
        (
            "Contact presse : Camille Martin, 01 99 00 12 34 (ligne directe)\n1 place de la Mairie\nwww.ville.example",
            contacts.Found(
                PressContact("Camille Martin", None, "01 99 00 12 34"), (Link("https://www.ville.example", "www.ville.example"),), (0, 1)
            ),
        ),
        (
            "Contact presse : Camille Martin et Paul Durand – 01 99 00 12 34",
            contacts.Found(PressContact("Camille Martin", None, "01 99 00 12 34"), left=(0,)),
        ),
        (
            "Contact presse : Camille Martin, directrice de la culture et des sports",
            contacts.Found(PressContact("Camille Martin", "directrice de la culture et des sports")),
        ),
        (
            "Contact presse : Camille Martin, 01 99 00 12 34\n[Écrire à la presse](mailto:presse@ville.example)",
            contacts.Found(PressContact("Camille Martin", None, "01 99 00 12 34"), left=(1,)),
        ),
        ("Contact presse :", contacts.Found(None)),
    ],
)
def test_what_a_contact_cannot_hold_is_left(block, expected):
    assert contacts.read(block.split("\n")) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Contact : service des sports, 01 99 00 12 34",
        "Le contact presse est rompu.",
        "Contactez-nous",
        "Presse écrite et radio étaient là",
        "Les relations entre les villes",
        "",
        "Contact presse" + "x" * 600,
    ],
)
def test_a_contact_for_the_public_or_a_sentence_opens_no_press_contact(line):
    assert not contacts.opens(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("www.ville.example", [("https://www.ville.example", "www.ville.example")]),
        ("http://Ville.example/", [("http://Ville.example/", "http://Ville.example/")]),
        ("<https://ville.example/a>", [("https://ville.example/a", "https://ville.example/a")]),
        ("ville.example/agenda", [("https://ville.example/agenda", "ville.example/agenda")]),
        ("**www.ville.example**.", [("https://www.ville.example", "www.ville.example")]),
        ("[www.Ville.example](http://www.Ville.example)", [("http://www.Ville.example", "www.Ville.example")]),
        ("*[Le site](www.ville.example)*", [("https://www.ville.example", "Le site")]),
        ("- [Le plan](<https://ville.example/a_(b)>)", [("https://ville.example/a_(b)", "Le plan")]),
        ("https://ville.example/a_(b)", [("https://ville.example/a_(b)", "https://ville.example/a_(b)")]),
        ("Site : www.ville.example", [("https://www.ville.example", "Site")]),
        ("**Site internet :** [ville.example](https://ville.example)", [("https://ville.example", "Site internet")]),
        ("Dossier : [le plan vélo](https://ville.example/velo)", [("https://ville.example/velo", "Dossier – le plan vélo")]),
        ("www.a.example | www.b.example", [("https://www.a.example", "www.a.example"), ("https://www.b.example", "www.b.example")]),
        ("Site : a.example – Réseau : b.example/c", [("https://a.example", "Site"), ("https://b.example/c", "Réseau")]),
        ("[a](https://a.example), [b](https://b.example) et [c](https://c.example)", [(f"https://{x}.example", x) for x in "abc"]),
    ],
)
def test_a_link_line_gives_absolute_links(line, expected):
    assert [(link.url, link.text) for link in links.read(line)] == expected


@pytest.mark.parametrize(
    "line",
    [
        "Voir www.ville.example",
        "Le site www.ville.example est en ligne.",
        "Inscriptions : https://ville.example",
        "Billetterie : www.ville.example",
        "presse@ville.example",
        "[presse](mailto:presse@ville.example)",
        "[plan](plan.pdf)",
        "affiche.pdf",
        "[x](javascript:alert(1))",
        "ftp://ville.example",
        "Terminé.Il",
        "14.30",
        "www.a.example : le site",
        "www." + "a" * 2000 + ".example",
    ],
)
def test_anything_else_is_no_link_line(line):
    assert links.read(line) == ()


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("La piscine rouvre.", "La piscine rouvre"),
        ("La piscine rouvre .", "La piscine rouvre"),
        ("Il a dit « oui ».", "Il a dit « oui »"),
        ("Le plan B.", "Le plan B"),
        ("Un parc. Une école.", "Un parc. Une école"),
        ("La piscine rouvre", "La piscine rouvre"),
        ("La piscine rouvre ?", "La piscine rouvre ?"),
        ("La piscine rouvre !", "La piscine rouvre !"),
        ("La piscine rouvre…", "La piscine rouvre…"),
        ("La piscine rouvre...", "La piscine rouvre..."),
        ("Écoles, crèches, etc.", "Écoles, crèches, etc."),
        ("Un accord avec la S.A.", "Un accord avec la S.A."),
        ("Au Ier siècle av. J.-C.", "Au Ier siècle av. J.-C."),
    ],
)
def test_only_a_single_final_full_stop_goes(title, expected):
    assert stops.without_final_stop(title) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**Une délégation** d’*élus*", "Une délégation d’élus"),
        ("L’`œuvre` &amp; <Cie>\\*", "L’œuvre & <Cie>*"),
        ("[le site](https://ville.example) rouvre", "le site rouvre"),
        ("deux\nlignes", "deux lignes"),
        ("2 * 3 * 4 = 24, élu_e_s", "2 * 3 * 4 = 24, élu_e_s"),
        ("« Titre »", "« Titre »"),
    ],
)
def test_plain_words_lose_their_marks_only(markdown, expected):
    assert markup.plain(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "marks", "expected"),
    [
        ("**Tout**", ("strong",), True),
        ("***Tout***", ("strong",), True),
        ("**Un** **deux**.", ("strong",), True),
        ("**Un** deux", ("strong",), False),
        ("*Tout*", ("strong",), False),
        ("_Tout_", ("em",), True),
        ("tout", ("em", "strong"), False),
        ("**…**", ("strong",), False),
    ],
)
def test_a_text_wholly_in_a_mark_is_told(markdown, marks, expected):
    assert markup.is_wholly(markdown, *marks) is expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("photo.jpg", True),
        ("photos/été 2026.jpg", True),
        ("./photo.jpg", True),
        ("../photo.jpg", False),
        ("photos/../../photo.jpg", False),
        ("/etc/passwd", False),
        ("C:\\photo.jpg", False),
        ("\\\\serveur\\photo.jpg", False),
        ("https://ville.example/photo.jpg", False),
        ("//ville.example/photo.jpg", False),
        ("data:image/png;base64,AAAA", False),
        ("a\0b", False),
        ("", False),
    ],
)
def test_only_a_file_beside_the_communique_is_a_medium(file, expected):
    assert images.is_beside(file) is expected
