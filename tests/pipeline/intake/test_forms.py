# ruff: noqa: E501 - a document on one line is easier to compare
"""Whole communiqués in the forms that town halls write: what is read must equal the announcement, problems included."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from publisher.announcement import Announcement, Link, Medium, PressContact
from publisher.errors import IntakeError, Problem, Severity
from publisher.pipeline import intake

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 20)

NO_IMAGE = Problem(Severity.NOTICE, "no-image", "There is no image: the announcement will be less visible on social networks.")
FINAL_STOP = Problem(Severity.NOTICE, "title-final-stop", "The final full stop of the title was removed.")
FROM_MAIL = Problem(
    Severity.NOTICE,
    "mail-set-aside",
    "The text was pasted from a mail: sender, recipients, signature and the like were set aside. Check what is left.",
)
NO_EMAIL = Problem(Severity.NOTICE, "contact-without-email", "The press contact has no mail address.")


def plain_http(url: str) -> Problem:
    sentence = "The link %(url)s is not protected (http): check whether it works with https."
    return Problem(Severity.NOTICE, "link-plain-http", sentence, {"url": url})


def missing_space(words: str) -> Problem:
    sentence = "A space is missing in “%(words)s”: some networks will make a link of it."
    return Problem(Severity.NOTICE, "missing-space-makes-a-link", sentence, {"words": words})


def said(title: str = "La piscine rouvre", body: str = "Elle rouvre lundi.", **others) -> Announcement:
    return Announcement(title=title, body_markdown=body, **{"problems": (NO_IMAGE,), **others})


def read(text: str, zone: ZoneInfo = PARIS) -> Announcement:
    return intake.read(text.encode(), "a.md", zone, TODAY)


MAY = {"place": "Bellerive", "date": date(2026, 5, 4)}
SAMPLE = """\


Saint-Aubin-sur-Orge, le 24 septembre 2019

## **Une délégation d'élus aubinois à Lomé pour renforcer la coopération.**

Saint-Aubin-sur-Orge est engagée depuis 1998. Elle s'inscrit dans la durée.

Du 27 septembre au 4 octobre 2019, une délégation se rendra à Lomé (culture...).

*Contact presse : Camille Martin, directrice de cabinet - 01 99 00 12 34*

[www.Saint-Aubin.example](http://www.Saint-Aubin.example)

[www.reseau.example/saintaubin](https://www.reseau.example/saintaubin)

[www.autre.example/saintaubin](https://www.autre.example/saintaubin)"""

FORMS = {
    "the form of the sample": (
        SAMPLE,
        said(
            "Une délégation d'élus aubinois à Lomé pour renforcer la coopération",
            "Saint-Aubin-sur-Orge est engagée depuis 1998. Elle s'inscrit dans la durée.\n\n"
            "Du 27 septembre au 4 octobre 2019, une délégation se rendra à Lomé (culture...).",
            place="Saint-Aubin-sur-Orge",
            date=date(2019, 9, 24),
            contact=PressContact("Camille Martin", "directrice de cabinet", "01 99 00 12 34"),
            links=(
                Link("http://www.Saint-Aubin.example", "www.Saint-Aubin.example"),
                Link("https://www.reseau.example/saintaubin", "www.reseau.example/saintaubin"),
                Link("https://www.autre.example/saintaubin", "www.autre.example/saintaubin"),
            ),
            problems=(FINAL_STOP, NO_IMAGE, NO_EMAIL, plain_http("http://www.Saint-Aubin.example")),
        ),
    ),
    "title and body only": ("La piscine rouvre\n\nElle rouvre lundi.", said()),
    "heading of level 1": ("# La piscine rouvre\nElle rouvre lundi.", said()),
    "heading of level 4, closed": ("#### La piscine rouvre ####\n\nElle rouvre lundi.", said()),
    "heading typed in haste": ("##La piscine rouvre\n\nElle rouvre lundi.", said()),
    "heading with bold and a final stop": ("## **La piscine rouvre.**\n\nElle rouvre lundi.", said(problems=(FINAL_STOP, NO_IMAGE))),
    "underlined heading": ("La piscine rouvre\n=====\n\nElle rouvre lundi.", said()),
    "underlined heading on two lines": ("La piscine\nrouvre\n---\nElle rouvre lundi.", said()),
    "bold line": ("**La piscine rouvre**\n\nElle rouvre lundi.", said()),
    "bold line directly above the text": ("__La piscine rouvre__\nElle rouvre lundi.", said()),
    "bold in two runs": ("**La piscine** **rouvre**\n\nElle rouvre lundi.", said()),
    "line in capitals": ("LA PISCINE ROUVRE\n\nElle rouvre lundi.", said("LA PISCINE ROUVRE")),
    "first line on two lines": (
        "La piscine de Bellerive\nrouvre enfin\n\nElle rouvre lundi.",
        said("La piscine de Bellerive rouvre enfin"),
    ),
    "first line directly above the text": (
        "La piscine rouvre\nElle rouvre lundi. Venez nager.",
        said(body="Elle rouvre lundi. Venez nager."),
    ),
    "title that asks": ("# La piscine rouvre ?\n\nElle rouvre lundi.", said("La piscine rouvre ?")),
    "title that ends with etc.": ("# Piscine, stade, etc.\n\nElle rouvre lundi.", said("Piscine, stade, etc.")),
    "title with mark-up and a link": (
        "# La [piscine](https://piscine.example) *rouvre*\n\nElle rouvre lundi.",
        said(links=(Link("https://piscine.example", "piscine"),)),
    ),
    "one paragraph per line": (
        (
            "La piscine rouvre\nElle rouvre lundi, après six mois d’un chantier qui a mobilisé trente ouvriers, "
            "deux architectes et tous les services de la Ville, jour et nuit.\nOn nagera."
        ),
        said(
            body="Elle rouvre lundi, après six mois d’un chantier qui a mobilisé trente ouvriers, "
            "deux architectes et tous les services de la Ville, jour et nuit.\n\nOn nagera."
        ),
    ),
    "date line before the title": ("Bellerive, le 4 mai 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.", said(**MAY)),
    "date line after the title": ("# La piscine rouvre\n\n*Bellerive, lundi 4 mai 2026*\n\nElle rouvre lundi.", said(**MAY)),
    "date line directly under the title": ("# La piscine rouvre\nBellerive, le 4 mai 2026\nElle rouvre lundi.", said(**MAY)),
    "date line as a heading": ("### Fait à Bellerive, le 4 mai 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.", said(**MAY)),
    "date line without place": ("Le 4 mai 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.", said(date=date(2026, 5, 4))),
    "date line in figures": ("La piscine rouvre\n\n04/05/2026\n\nElle rouvre lundi.", said(date=date(2026, 5, 4))),
    "date line at the end": ("# La piscine rouvre\n\nElle rouvre lundi.\n\nFait à Bellerive, le 4 mai 2026", said(**MAY)),
    "date line at the end, repeated": (
        "Bellerive, le 4 mai 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.\n\nFait à Bellerive, le 4 mai 2026\n\nLe maire",
        said(body="Elle rouvre lundi.\n\nLe maire", **MAY),
    ),
    "date line at the end, different": (
        "Bellerive, le 4 mai 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.\n\nFait à Autreville, le 5 mai 2026",
        said(body="Elle rouvre lundi.\n\nFait à Autreville, le 5 mai 2026", **MAY),
    ),
    "date line with an hour": (
        "Bellerive, le 4 mai 2026 à 16 h 30\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(hour=time(16, 30), **MAY),
    ),
    "date line with an hour, and another day in the front matter": (
        "---\ndate: 2026-05-05\n---\nBellerive, le 4 mai 2026 à 16 h 30\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(place="Bellerive", date=date(2026, 5, 5), set_aside=("Bellerive, le 4 mai 2026 à 16 h 30",)),
    ),
    "date line without year": (
        "Bellerive, le 24 novembre\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(
            place="Bellerive",
            date=date(2026, 11, 24),
            problems=(
                Problem(
                    Severity.WARNING,
                    "date-without-year",
                    "The date line “%(verbatim)s” gives no year: write the whole date.",
                    {"verbatim": "24 novembre"},
                ),
                NO_IMAGE,
            ),
        ),
    ),
    "date line with the wrong weekday": (
        "Bellerive, mardi 4 mai 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(
            **MAY,
            problems=(
                Problem(
                    Severity.WARNING,
                    "weekday-mismatch",
                    "“%(verbatim)s”: that day is a “%(weekday)s”. Correct the weekday or the date.",
                    {"verbatim": "mardi 4 mai 2026", "weekday": "lundi"},
                ),
                NO_IMAGE,
            ),
        ),
    ),
    "date line that is no day": (
        "Bellerive, le 31 avril 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(
            place="Bellerive",
            set_aside=("Bellerive, le 31 avril 2026",),
            problems=(
                Problem(
                    Severity.ERROR,
                    "date-impossible",
                    "“%(verbatim)s” is not in the calendar: correct the date.",
                    {"verbatim": "31 avril 2026"},
                ),
                NO_IMAGE,
            ),
        ),
    ),
    "two date lines": (
        "Bellerive, le 4 mai 2026\n\nAutreville, le 5 mai 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(set_aside=("Autreville, le 5 mai 2026",), **MAY),
    ),
    "a day that heads the programme is no date line": (
        "# La piscine rouvre\n\n**Samedi 5 septembre 2026**\n\n- 10 h : baignade",
        said(body="**Samedi 5 septembre 2026**\n\n- 10 h : baignade"),
    ),
    "the day of an event is no date line": (
        "# La piscine rouvre\n\nSamedi 5 septembre 2026\n\nVenez nager.",
        said(body="Samedi 5 septembre 2026\n\nVenez nager."),
    ),
    "the day and hour of an event are no date line": (
        "Invitation\n\nLa piscine rouvre\n\nLe 5 septembre 2026 à 10 h\n\nVenez nager.",
        said(body="Le 5 septembre 2026 à 10 h\n\nVenez nager.", type="invitation"),
    ),
    "an event with its day is a title": (
        "Noël à Bellerive, le 24 décembre 2026\n\nLe marché est sur la place. Il est gratuit.",
        said("Noël à Bellerive, le 24 décembre 2026", "Le marché est sur la place. Il est gratuit."),
    ),
    "banners, each on its line": (
        "COMMUNIQUÉ DE PRESSE\nPOUR DIFFUSION IMMÉDIATE\nBellerive, le 4 mai 2026\n\nLa piscine rouvre\n\nElle rouvre lundi.",
        said(**MAY),
    ),
    "banners on one line": (
        "# Communiqué de presse – Bellerive, le 4 mai 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(**MAY),
    ),
    "banner with a number": (
        "Communiqué de presse n° 12\n\nLa piscine rouvre\n\nElle rouvre lundi.",
        said(set_aside=("Communiqué de presse n° 12",)),
    ),
    "invitation": ("Invitation presse\n\n# La piscine rouvre\n\nElle rouvre lundi.", said(type="invitation")),
    "alert": ("# ALERTE\n\n# La piscine rouvre\n\nElle rouvre lundi.", said(type="alerte")),
    "alert with its matter": (
        "Alerte canicule\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(type="alerte", set_aside=("Alerte canicule",)),
    ),
    "alert as the only title": (
        "Alerte canicule\n\nLa piscine rouvre. Elle est gratuite.",
        said("Alerte canicule", "La piscine rouvre. Elle est gratuite."),
    ),
    "correction, below the title": ("# La piscine rouvre\n\n**Rectificatif**\n\nElle rouvre lundi.", said(type="rectificatif")),
    "banner between rules": ("---\nCOMMUNIQUÉ DE PRESSE\n---\n\nLa piscine rouvre\n\nElle rouvre lundi.", said()),
    "letterhead and covering lines": (
        "Ville de Bellerive\nService presse\nRéf. : 2026-12\n\nEspace médias\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(set_aside=("Ville de Bellerive", "Service presse", "Réf. : 2026-12", "Espace médias")),
    ),
    "short plain line above a bold title": (
        "Espace médias\n\n**La piscine rouvre**\n\nElle rouvre lundi.",
        said(set_aside=("Espace médias",)),
    ),
    "short plain title above a bold standfirst": (
        "Piscine ouverte\n\n**Après six mois, on nage.**\n\nElle rouvre lundi.",
        said("Piscine ouverte", standfirst="Après six mois, on nage."),
    ),
    "plain line above the only heading": (
        "Bonjour à toutes et à tous\n\nBellerive, le 4 mai 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.\n\n## Horaires\n\n10 h.",
        said(
            body="Elle rouvre lundi.\n\n## Horaires\n\n10 h.",
            set_aside=("Bonjour à toutes et à tous",),
            problems=(FROM_MAIL, NO_IMAGE),
            **MAY,
        ),
    ),
    "plain title above sections": (
        "La piscine rouvre\n\n# Lundi\n\n10 h.\n\n# Mardi\n\n11 h.",
        said(body="## Lundi\n\n10 h.\n\n## Mardi\n\n11 h."),
    ),
    "banners at the foot": (
        "La piscine rouvre\n\nElle rouvre lundi.\n\nCommuniqué de presse\n\nPour diffusion immédiate",
        said(),
    ),
    "a body that writes stands for its place": (
        "Communauté de communes du Val, le 4 mai 2026 –\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(place="Communauté de communes du Val", date=date(2026, 5, 4)),
    ),
    "covering letter above the heading": (
        "Mesdames, Messieurs,\n\nVoici notre communiqué.\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(set_aside=("Mesdames, Messieurs,", "Voici notre communiqué.")),
    ),
    "sub-heading below a plain title": (
        "La piscine rouvre\n\n## Horaires\n\n10 h.",
        said(body="## Horaires\n\n10 h."),
    ),
    "embargo": (
        "SOUS EMBARGO JUSQU’AU mardi 24 novembre 2026 à 18 h (heure de Paris)\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(embargo_until=datetime(2026, 11, 24, 18, 0, tzinfo=PARIS)),
    ),
    "embargo on two lines, at the end": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\n**SOUS EMBARGO**\n**jusqu'au 24/11/2026 18h**",
        said(embargo_until=datetime(2026, 11, 24, 18, 0, tzinfo=PARIS)),
    ),
    "embargo stated twice, alike": (
        "Embargo : 24/11/2026 18 h\n\n# La piscine rouvre\n\nElle rouvre lundi.\n\nSous embargo jusqu’au 24 novembre 2026 à 18 h",
        said(embargo_until=datetime(2026, 11, 24, 18, 0, tzinfo=PARIS)),
    ),
    "embargo stated twice, differently": (
        "Embargo : 24/11/2026 18 h\n\n# La piscine rouvre\n\nElle rouvre lundi.\n\nSous embargo jusqu’au 25 novembre 2026 à 18 h",
        said(
            embargo_until=datetime(2026, 11, 25, 18, 0, tzinfo=PARIS),
            problems=(
                Problem(
                    Severity.ERROR,
                    "embargo-differs",
                    "The document states two embargoes, until %(one)s and until %(other)s: keep one.",
                    {"one": "Tuesday 24 November 2026 at 18 o’clock", "other": "Wednesday 25 November 2026 at 18 o’clock"},
                ),
                NO_IMAGE,
            ),
        ),
    ),
    "embargo without hour": (
        "SOUS EMBARGO JUSQU’AU 24 novembre 2026\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(
            set_aside=("SOUS EMBARGO JUSQU’AU 24 novembre 2026",),
            problems=(
                Problem(
                    Severity.ERROR,
                    "embargo-unreadable",
                    "“%(text)s” gives a day without an hour: write for example %(example)s.",
                    {"text": "SOUS EMBARGO JUSQU’AU 24 novembre 2026", "example": "2026-11-24 18:00"},
                ),
                NO_IMAGE,
            ),
        ),
    ),
    "embargo with the wrong weekday": (
        "SOUS EMBARGO JUSQU’AU lundi 24 novembre 2026 à 18 h\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(
            set_aside=("SOUS EMBARGO JUSQU’AU lundi 24 novembre 2026 à 18 h",),
            problems=(
                Problem(
                    Severity.ERROR,
                    "weekday-mismatch",
                    "“%(text)s”: that day is a “%(weekday)s”. Correct the weekday or the date.",
                    {"text": "SOUS EMBARGO JUSQU’AU lundi 24 novembre 2026 à 18 h", "weekday": "mardi"},
                ),
                NO_IMAGE,
            ),
        ),
    ),
    "embargo and immediate release": (
        "Pour diffusion immédiate\n\nEmbargo : 24/11/2026 18 h\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(
            embargo_until=datetime(2026, 11, 24, 18, 0, tzinfo=PARIS),
            problems=(
                Problem(
                    Severity.ERROR,
                    "embargo-denied",
                    "The document is under embargo and “pour diffusion immédiate”: delete one of them.",
                ),
                NO_IMAGE,
            ),
        ),
    ),
    "embargo in a sentence": (
        "# La piscine rouvre\n\nElle rouvre lundi, sous embargo jusqu’au 24 novembre 2026 à 18 h.",
        said(
            body="Elle rouvre lundi, sous embargo jusqu’au 24 novembre 2026 à 18 h.",
            problems=(
                NO_IMAGE,
                Problem(
                    Severity.ERROR,
                    "embargo-in-text",
                    "“%(verbatim)s”: the text asks not to be published yet, but no embargo is set. Write its end alone on a line, such as"
                    " “Embargo jusqu’au 24 novembre 2026 à 18 h”, or “embargo_until” in the front matter.",
                    {"verbatim": "sous embargo jusqu’au 24 novembre 2026 à 18 h."},
                ),
            ),
        ),
    ),
    "standfirst in bold": (
        "# La piscine rouvre\n\n**Après six mois de travaux, on nage.**\n\nElle rouvre lundi.",
        said(standfirst="Après six mois de travaux, on nage."),
    ),
    "standfirst in italics, above the date line": (
        "# La piscine rouvre\n_Après six mois de travaux et deux hivers, on nage enfin_\n\nBellerive, le 4 mai 2026\n\nElle rouvre lundi.",
        said(standfirst="Après six mois de travaux et deux hivers, on nage enfin", **MAY),
    ),
    "bold sub-heading is no standfirst": (
        "# La piscine rouvre\n\n**Les horaires**\n\nElle rouvre lundi.",
        said(body="**Les horaires**\n\nElle rouvre lundi."),
    ),
    "bold paragraph without text behind is the text": (
        "# La piscine rouvre\n\n**Elle rouvre lundi.**",
        said(body="**Elle rouvre lundi.**"),
    ),
    "standfirst with a link stays in the text": (
        "# La piscine rouvre\n\n**Elle [rouvre](https://piscine.example) lundi.**\n\nVenez.",
        said(body="**Elle [rouvre](https://piscine.example) lundi.**\n\nVenez."),
    ),
    "contact block": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\nContact presse :\nCamille Martin\nDirectrice\nTél. : 01 99 00 12 34\nCourriel : presse@ville.example",
        said(contact=PressContact("Camille Martin", "Directrice", "01 99 00 12 34", "presse@ville.example")),
    ),
    "contact in paragraphs": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\n## Contact presse\n\nCamille Martin\n\n01 99 00 12 34\n\npresse@ville.example",
        said(contact=PressContact("Camille Martin", None, "01 99 00 12 34", "presse@ville.example")),
    ),
    "contact below the text without a blank line": (
        "# La piscine rouvre\n\nElle rouvre lundi.\nContact presse : Camille Martin – 06 39 98 12 34\nRenseignements : 01 99 00 55 55\nwww.ville.example",
        said(
            body="Elle rouvre lundi.\n\nRenseignements : 01 99 00 55 55\\\nwww.ville.example",
            contact=PressContact("Camille Martin", None, "06 39 98 12 34"),
            problems=(NO_IMAGE, NO_EMAIL),
        ),
    ),
    "contact at the top": (
        "Contact presse : Camille Martin – presse@ville.example\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(contact=PressContact("Camille Martin", email="presse@ville.example")),
    ),
    "two contacts": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\n**Contacts presse**\n\nCamille Martin – presse@ville.example\n\nPaul Durand – 06 39 98 12 34",
        said(contact=PressContact("Camille Martin", email="presse@ville.example"), set_aside=("Paul Durand – 06 39 98 12 34",)),
    ),
    "two contact lines": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\nContact presse : presse@ville.example\n\nContact presse : Paul Durand – 06 39 98 12 34",
        said(contact=PressContact(email="presse@ville.example"), set_aside=("Contact presse : Paul Durand – 06 39 98 12 34",)),
    ),
    "contact that names nobody": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\n## Contact presse",
        said(set_aside=("## Contact presse",)),
    ),
    "title about the press contact": (
        "# Contact presse : une équipe nouvelle\n\nElle rouvre lundi.",
        said("Contact presse : une équipe nouvelle"),
    ),
    "contact for the public": (
        "# La piscine rouvre\n\nContact : service des sports, 01 99 00 12 34",
        said(body="Contact : service des sports, 01 99 00 12 34"),
    ),
    "service at the top of the page": (
        "Service presse\n\nLa piscine rouvre\n\nAppelez le 01 99 00 12 34.",
        said(body="Appelez le 01 99 00 12 34.", set_aside=("Service presse",)),
    ),
    "links in a list with their label": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\n## Liens utiles\n\n- [Le site](https://www.ville.example)\n- Agenda : ville.example/agenda",
        said(
            links=(Link("https://www.ville.example", "Le site"), Link("https://ville.example/agenda", "Agenda")),
            set_aside=("## Liens utiles",),
        ),
    ),
    "links under a label in the same block": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\nEn savoir plus :\nwww.ville.example",
        said(links=(Link("https://www.ville.example", "www.ville.example"),), set_aside=("En savoir plus :",)),
    ),
    "links that the text leads to": (
        "# La piscine rouvre\n\nPour s’inscrire :\n\nhttps://a.example\n\nhttps://b.example\n\n## Horaires\n\nwww.c.example\n\n10 h.\n\nwww.d.example",
        said(
            body="Pour s’inscrire :\n\nhttps://a.example\n\nhttps://b.example\n\n## Horaires\n\nwww.c.example\n\n10 h.",
            links=(Link("https://www.d.example", "www.d.example"),),
        ),
    ),
    "hashtags": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\nVenez.\n#Bellerive #Été2026",
        said(body="Elle rouvre lundi.\n\nVenez.", hashtags=("Bellerive", "Été2026")),
    ),
    "images": (
        (
            '![Le bassin](photos/bassin%20bleu.jpg "Vue du ciel")\n\n# ![](logo.png) La piscine rouvre\n\n'
            "Elle ![plan](<plan d’accès.png>) rouvre lundi.\n\n[![Affiche](affiche.jpg)](https://ville.example)"
        ),
        said(
            media=(
                Medium("photos/bassin bleu.jpg", "Le bassin", "Vue du ciel"),
                Medium("logo.png"),
                Medium("plan d’accès.png", "plan"),
                Medium("affiche.jpg", "Affiche"),
            ),
            links=(Link("https://ville.example", "Affiche"),),
            problems=(
                Problem(
                    Severity.WARNING,
                    "image-in-sentence",
                    "The image “%(file)s” stands in a sentence, which is shown without it: check that “%(verbatim)s” is whole.",
                    {"file": "plan d’accès.png", "verbatim": "Elle rouvre lundi."},
                ),
            ),
        ),
    ),
    "an image twice, described differently": (
        "# La piscine rouvre\n\n![Le bassin](a.jpg)\n\nElle rouvre lundi.\n\n![Le bassin](a.jpg)\n\n![Le toit](a.jpg)",
        said(media=(Medium("a.jpg", "Le bassin"),), set_aside=("![Le toit](a.jpg)",), problems=()),
    ),
    "logo as a heading, list above the title": (
        "# ![Logo](logo.png)\n\n- brouillon\n\n# La piscine rouvre\n\nElle rouvre lundi.",
        said(media=(Medium("logo.png", "Logo"),), set_aside=("- brouillon",), problems=()),
    ),
    "image that leads to a file": (
        "# La piscine rouvre\n\n[![Plan](plan.png)](plan.pdf)\n\nElle rouvre lundi.",
        said(media=(Medium("plan.png", "Plan"),), set_aside=("[![Plan](plan.png)](plan.pdf)",), problems=()),
    ),
    "title that leads to a file": (
        "# [La piscine](plan.pdf) rouvre\n\nElle rouvre lundi.",
        said(set_aside=("# [La piscine](plan.pdf) rouvre",)),
    ),
    "image from elsewhere": (
        "# La piscine rouvre\n\nElle rouvre lundi. ![logo](https://ville.example/logo.png)",
        said(
            set_aside=("![logo](https://ville.example/logo.png)",),
            problems=(
                Problem(
                    Severity.WARNING,
                    "image-elsewhere",
                    "The image “%(file)s” is not a file beside the communiqué: put it there and name it in “media”.",
                    {"file": "https://ville.example/logo.png"},
                ),
                NO_IMAGE,
            ),
        ),
    ),
    "signs for the desk": (
        "# La piscine rouvre\n\nElle rouvre <!-- À VÉRIFIER -->lundi.\n\n– 30 –\n\n###\n\n* * *",
        said(set_aside=("<!-- À VÉRIFIER -->", "– 30 –", "###")),
    ),
    "body of every kind": (
        (
            "# La piscine rouvre\n\n### Au programme\n\n- un\n  suite\n- deux\n\n1. trois\n\n> « Enfin ! », dit-elle.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
            "---\n\n```\n# code\n\n![x](y.png)\n```\n\n#### À propos de Bellerive\nBellerive compte\n12 000 habitants.\n\n### Accès\n\nBus 12\n\n---"
        ),
        said(
            body="## Au programme\n\n- un\n  suite\n- deux\n\n1. trois\n\n> « Enfin ! », dit-elle.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
            "---\n\n```\n# code\n\n![x](y.png)\n```\n\n### À propos de Bellerive\n\nBellerive compte 12 000 habitants.\n\n## Accès\n\nBus 12"
        ),
    ),
    "lines that somebody drew": (
        "~~~~~~~\nLa piscine rouvre\n=======\nElle rouvre lundi.\n_______\nVenez.\n——————",
        said(body="Elle rouvre lundi.\n\n---\n\nVenez."),
    ),
    "code without end": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n\n```text\nVenez.\n\nNagez.",
        said(body="Elle rouvre lundi.\n\n```text\nVenez.\n\nNagez."),
    ),
    "typed bullets": (
        "# La piscine rouvre\n\nAu programme :\n• un\n• deux\n\n– trois\n– quatre\n\n– Bonjour !",
        said(body="Au programme :\n\n- un\n- deux\n\n- trois\n- quatre\n\n– Bonjour !"),
    ),
    "a line of dashes below a sentence parts, and heads nothing": (
        "# La piscine rouvre\n\nElle rouvre lundi.\n---\nVenez.",
        said(body="Elle rouvre lundi.\n\n---\n\nVenez."),
    ),
    "accidental link": (
        "# La piscine rouvre\n\nLe chantier est terminé.Il a duré. Voir www.A.Bc ou presse@Ville.Fr, S.N.C.F.",
        said(
            body="Le chantier est terminé.Il a duré. Voir www.A.Bc ou presse@Ville.Fr, S.N.C.F.",
            problems=(NO_IMAGE, missing_space("terminé.Il")),
        ),
    ),
    "plain link in the text": (
        "# La piscine rouvre\n\nVoir http://ville.example/a, puis http://ville.example/a.",
        said(body="Voir http://ville.example/a, puis http://ville.example/a.", problems=(NO_IMAGE, plain_http("http://ville.example/a"))),
    ),
    "no-break spaces": (
        "Bellerive,\u00a0le\u00a04\u00a0mai\u00a02026\n\u00a0\n#\u00a0La\u00a0piscine rouvre\n\u202f\nElle rouvre\u00a0!",
        said("La\u00a0piscine rouvre", "Elle rouvre\u00a0!", **MAY),
    ),
}


@pytest.mark.parametrize(("text", "expected"), FORMS.values(), ids=FORMS.keys())
def test_a_communique_is_read_whole(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(("text", "expected"), FORMS.values(), ids=FORMS.keys())
def test_line_ends_of_windows_change_nothing(text, expected):
    assert read(text.replace("\n", "\r\n") + "\r\n") == expected


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("# La piscine rouvre", "no-body", "a.md has a title but no text below it: write the announcement under its title."),
        (
            "---\ntitle: Piscine\n---\n\n# Piscine",
            "no-body",
            "a.md has a title but no text below it: write the announcement under its title.",
        ),
        (
            "La piscine rouvre lundi. Elle est gratuite jusqu’à la fin du mois.",
            "no-title",
            "a.md has no title: begin it with a line “# Title”, or write “title” in the front matter.",
        ),
        ("- un\n- deux", "no-title", "a.md has no title: begin it with a line “# Title”, or write “title” in the front matter."),
        ("Communiqué de presse", "no-title", "a.md has no title: begin it with a line “# Title”, or write “title” in the front matter."),
    ],
)
def test_a_document_that_is_no_announcement_is_refused(text, code, sentence):
    with pytest.raises(IntakeError) as refused:
        read(text)
    assert (refused.value.code, str(refused.value)) == (code, sentence)


def test_without_today_a_date_line_without_year_gives_no_date():
    found = intake.read(b"Bellerive, le 24 novembre\n\n# Titre\n\nCorps.", "a.md", PARIS)
    assert (found.place, found.date, found.set_aside) == ("Bellerive", None, ("Bellerive, le 24 novembre",))


def test_an_embargo_is_told_in_the_zone_of_the_town():
    text = "SOUS EMBARGO JUSQU’AU 24/11/2026 18 h (heure de Paris)\n\n# Titre\n\nCorps."
    assert read(text, ZoneInfo("Indian/Reunion")).embargo_until.isoformat() == "2026-11-24T21:00:00+04:00"


def test_an_embargo_in_the_front_matter_settles_one_that_cannot_be_read():
    found = read("---\nembargo_until: 2026-11-24 18:00\n---\nSOUS EMBARGO\n\n# Titre\n\nCorps.")
    assert (found.embargo_until, found.set_aside, found.problems) == (
        datetime(2026, 11, 24, 18, 0, tzinfo=PARIS),
        ("SOUS EMBARGO",),
        (NO_IMAGE,),
    )


def test_an_embargo_in_the_front_matter_that_differs_from_the_banner_stops():
    found = read("---\nembargo_until: 2026-11-24 18:00\n---\nEmbargo : 25/11/2026 18 h\n\n# Titre\n\nCorps.")
    assert (found.embargo_until, found.set_aside) == (datetime(2026, 11, 24, 18, 0, tzinfo=PARIS), ("Embargo : 25/11/2026 18 h",))
    assert [(problem.severity, problem.code) for problem in found.problems] == [
        (Severity.ERROR, "embargo-differs"),
        (Severity.NOTICE, "no-image"),
    ]


def test_a_file_is_read_from_disk(tmp_path):
    path = tmp_path / "communiqué.md"
    path.write_text(SAMPLE, encoding="utf-8")
    assert intake.read_file(path, PARIS) == read(SAMPLE)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("absent.md", "There is no file {}: check its name and its folder."),
        ("", "{} is a folder: name the file of the communiqué."),
        ("a" * 300, "{} cannot be read: check its rights."),
    ],
)
def test_a_file_that_cannot_be_opened_is_told(tmp_path, name, sentence):
    path = tmp_path / name
    with pytest.raises(IntakeError) as refused:
        intake.read_file(path, PARIS)
    assert (refused.value.code, str(refused.value)) == ("unreadable", sentence.format(path))


def test_a_huge_file_is_refused_without_reading_it_whole(tmp_path):
    path = tmp_path / "a.md"
    with path.open("wb") as file:
        file.truncate(6 * 1024 * 1024)
    with pytest.raises(IntakeError) as refused:
        intake.read_file(path, PARIS)
    assert refused.value.code == "too-large"
