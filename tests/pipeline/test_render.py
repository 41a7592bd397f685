"""What each channel shows, whole: the derived text and the officer's own, and what is said about them (R1–R11)."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from publisher.adapters.base import Form, Limits, Payload, Step
from publisher.adapters.registry import Channel
from publisher.adapters.settings import ChannelSettings
from publisher.announcement import ChannelText, Correction, Link, Medium, PressContact
from publisher.errors import Problem, Severity, Unsupported
from publisher.pipeline import html
from publisher.pipeline.reading import Reading
from publisher.pipeline.render import render
from tests.pipeline.valmont import NEWS, TOWN, announcement, codes, content, payload, rendered, texts

PARIS = ZoneInfo("Europe/Paris")
BODY = f"La ville aime l'Islande.\n\n{NEWS} Elle sera conduite par Ada Morel.\n\n" + "Depuis 2009, l'amitié grandit. " * 50


# --- The four results of one announcement

FULL = announcement(
    f"La ville aime l'Islande.\n\n{NEWS}",
    contact=PressContact("Ada Morel", "cabinet", "01 99 00 12 34", "presse@valmont.example"),
    links=(
        Link("https://www.valmont.example", "www.valmont.example"),
        Link("https://www.facebook.com/valmont", "https://facebook.com/valmont"),
    ),
    hashtags=("#Valmont",),
)


def test_the_article_is_the_whole_document():
    assert content(rendered(FULL), "website")["html"] == (
        '<article lang="fr">\n<header>\n<p class="surtitle">Communiqué de presse</p>\n'
        "<h1>Une délégation d’élus en Islande</h1>\n"
        '<p class="dateline"><time datetime="2026-09-24">Valmont, le 24\u00a0septembre 2026</time></p>\n</header>\n'
        "<p>La ville aime l’Islande.</p>\n"
        "<p>Du 27\u00a0septembre au 4\u00a0octobre 2026, une délégation de quatre élus visitera Reykjavik.</p>\n"
        '<section class="contact" aria-label="Contact presse">\n<h2>Contact presse</h2>\n'
        '<p>Ada Morel, cabinet<br><a href="tel:+33199001234">01\u00a099\u00a000\u00a012\u00a034</a>'
        '<br><a href="mailto:presse@valmont.example">presse@valmont.example</a></p>\n</section>\n'
        '<ul class="links">\n<li><a href="https://www.valmont.example">Site</a></li>\n'
        '<li><a href="https://www.facebook.com/valmont">Facebook</a></li>\n</ul>\n</article>'
    )


def test_the_page_is_a_whole_file_for_readers_and_machines():
    page = content(rendered(FULL), "website")
    assert (page["title"], page["slug"]) == ("Une délégation d’élus en Islande", "2026-09-24-delegation-elus-islande")
    assert page["summary"] == "Du 27\u00a0septembre au 4\u00a0octobre 2026, une délégation de quatre élus visitera Reykjavik."
    document = page["document"]
    assert document.startswith('<!DOCTYPE html>\n<html lang="fr">\n')
    assert page["html"] in document
    for part in (
        "<title>Une délégation d’élus en Islande – Ville de Valmont</title>",
        '<link rel="canonical" href="https://www.valmont.example/2026-09-24-delegation-elus-islande/">',
        f'<meta property="og:description" content="{page["summary"]}">',
        '<link rel="alternate" type="application/atom+xml" href="../feed.xml" title="Ville de Valmont">',
        '"datePublished": "2026-09-24"',
    ):
        assert part in document
    assert "src=" not in document
    assert page["entry"].startswith('<li>\n<p class="surtitle">Communiqué de presse – <time datetime="2026-09-24">')
    assert "<!-- entries -->" in page["index"]


def test_the_post_is_whole_paragraphs_the_news_first():
    assert content(rendered(FULL), "facebook") == {
        "text": "Une délégation d’élus en Islande\n\n"
        "Du 27\u00a0septembre au 4\u00a0octobre 2026, une délégation de quatre élus visitera Reykjavik.\n\n"
        "La ville aime l’Islande.\n\n#Valmont",
        "media": [],
    }


def test_the_mail_is_the_whole_document_for_reading():
    mail = content(rendered(FULL), "email")
    assert mail["subject"] == "[CP] Valmont – Une délégation d’élus en Islande"
    assert mail["text"] == (
        "COMMUNIQUÉ DE PRESSE – pour diffusion immédiate\nValmont, le 24\u00a0septembre 2026\n\n"
        "Une délégation d’élus en Islande\n\nLa ville aime l’Islande.\n\n"
        "Du 27\u00a0septembre au 4\u00a0octobre 2026, une délégation de quatre élus visitera Reykjavik.\n\n"
        "Contact presse\u00a0: Ada Morel, cabinet – 01\u00a099\u00a000\u00a012\u00a034 – presse@valmont.example\n"
        "https://www.valmont.example\nhttps://www.facebook.com/valmont\nEn ligne\u00a0: {permalink}\n\n"
        "-- \nVille de Valmont – Vous recevez ce message parce que votre adresse figure sur notre liste de diffusion presse.\n"
        "Pour ne plus recevoir nos communiqués, répondez «\u00a0désinscription\u00a0» à ce message.\n"
        "Pour consulter, rectifier ou effacer vos données personnelles\u00a0: presse@valmont.example"
    )
    html = mail["html"]
    for part in ('<html lang="fr">', '<meta name="color-scheme" content="light dark">', "<h1 style=", mail["preheader"], "{permalink}"):
        assert part in html
    assert "<img" not in html
    assert "http://" not in html


def test_no_channel_is_rendered_twice_nor_out_of_order():
    assert [variant.channel.name for variant in rendered(FULL).variants] == ["website", "facebook", "x", "email"]


# --- Link line and what is left out: R5, R7, R8


def test_a_link_line_is_added_when_something_is_left_out():
    rendering = rendered(announcement(BODY))
    post = payload(rendering, "facebook")
    assert post.steps[0].content["text"].endswith("\n\nLe communiqué complet\u00a0: {permalink}")
    assert post.left_out == (("Depuis 2009, l'amitié grandit. " * 50).rstrip(),)
    assert (post.added, post.moved) == (("Le communiqué complet\u00a0:",), ("paragraph 2 before 1",))


def test_without_a_website_there_is_no_place_for_a_link():
    for source in (announcement(BODY), announcement(BODY, channels={"website": ChannelText(enabled=False)})):
        names = ("facebook", "x", "email") if not source.channels else ()
        rendering = rendered(source, *names)
        assert payload(rendering, "facebook").added == ()
        assert not [variant for variant in rendering.variants if "{permalink}" in str(variant.payload.steps)]


def test_the_towns_own_words_introduce_the_link():
    rendering = rendered(announcement(BODY), "website", "facebook", town=TOWN + 'link_line = "Tout lire !"\n')
    assert payload(rendering, "facebook").added == ("Tout lire\u00a0!",)


def test_a_disabled_channel_has_no_variant():
    rendering = rendered(announcement(channels={"x": ChannelText(enabled=False)}), facebook="enabled = false")
    assert [variant.channel.name for variant in rendering.variants] == ["website", "email"]


# --- The officer's own text


def test_own_text_replaces_the_derived_one_with_its_typography():
    own = {
        "facebook": ChannelText(text="\nC'est *décidé* !\n\nVenez.\n"),
        "website": ChannelText(text="C'est **dit**.", title="Autre titre"),
    }
    rendering = rendered(announcement(channels=own))
    assert content(rendering, "facebook")["text"] == "C’est *décidé*\u00a0!\n\nVenez."
    assert payload(rendering, "facebook").left_out == ()
    page = content(rendering, "website")
    assert (page["title"], page["slug"]) == ("Autre titre", "2026-09-24-delegation-elus-islande")
    assert "<p>C’est <strong>dit</strong>.</p>" in page["html"]
    assert "Reykjavik" not in page["html"]


def test_facts_of_an_own_text_are_held_against_the_announcement():
    own = {"facebook": ChannelText(text="Du 28 septembre au 4 octobre 2026.")}
    found = [(problem.code, dict(problem.params)) for problem in rendered(announcement(channels=own), "facebook").problems]
    assert found == [("own-text", {}), ("fact-differs", {"verbatim": "28 septembre"}), ("fact-missing", {"facts": "27 septembre"})]


@pytest.mark.parametrize(
    ("name", "own", "said"),
    [
        ("website", ChannelText(text="Un"), True),
        ("website", ChannelText(html="<p>Un</p>"), True),
        ("facebook", ChannelText(text="Un"), True),
        ("x", ChannelText(posts=("Un",)), True),
        ("x", ChannelText(text="Un"), True),
        ("x", ChannelText(posts=("Un",), text="Deux"), True),
        ("email", ChannelText(text="Un"), True),
        ("email", ChannelText(posts=("Un",)), False),
        ("website", ChannelText(title="Un titre"), False),
        ("website", ChannelText(), False),
    ],
)
def test_a_text_written_by_hand_is_said_once_where_it_replaces_the_announcements(name, own, said):
    found = [problem for problem in rendered(announcement(channels={name: own}), name).problems if problem.code == "own-text"]
    sentence = "This text was written by hand: it replaces the announcement's."
    assert found == [Problem(Severity.NOTICE, "own-text", sentence, channel=name)] * said


def test_weekdays_are_checked_in_the_common_text_and_in_an_own_one():
    own = {"facebook": ChannelText(text="Mardi 27 septembre 2026.")}
    rendering = rendered(announcement("Lundi 27 septembre 2026.", channels=own), "facebook")
    assert [code for code in codes(rendering) if code[0] == "weekday-mismatch"] == [
        ("weekday-mismatch", None),
        ("weekday-mismatch", "facebook"),
    ]


@pytest.mark.parametrize(
    ("name", "own", "read"),
    [
        ("facebook", ChannelText(posts=("Un",)), "text"),
        ("facebook", ChannelText(html="<p>Un</p>"), "text"),
        ("x", ChannelText(html="<p>Un</p>"), "posts / text"),
        ("website", ChannelText(posts=("Un",)), "text / html"),
    ],
)
def test_an_own_text_that_the_channel_does_not_read_is_said(name, own, read):
    problems = [problem for problem in rendered(announcement(channels={name: own}), name).problems if problem.code == "own-text-unused"]
    assert [(problem.channel, problem.severity, problem.params["read"]) for problem in problems] == [(name, "warning", read)]


def test_a_text_for_a_channel_that_does_not_exist_is_an_error_with_the_names():
    (problem,) = rendered(announcement(channels={"twitter": ChannelText(text="Un")}), "website", "x").problems
    assert (problem.severity, problem.code, dict(problem.params)) == (
        Severity.ERROR,
        "unknown-channel",
        {"name": "twitter", "known": "website, x"},
    )


# --- Subjects and types and embargo: R4


@pytest.mark.parametrize(
    ("changes", "subject", "banner"),
    [
        ({}, "[CP] Valmont – Une délégation d’élus en Islande", "COMMUNIQUÉ DE PRESSE – pour diffusion immédiate"),
        ({"place": None}, "[CP] Ville de Valmont – Une délégation d’élus en Islande", "COMMUNIQUÉ DE PRESSE – pour diffusion immédiate"),
        ({"type": "invitation"}, "[Invitation] Valmont – Une délégation d’élus en Islande", "INVITATION PRESSE – pour diffusion immédiate"),
        ({"type": "alerte"}, "[Alerte] Valmont – Une délégation d’élus en Islande", "ALERTE – pour diffusion immédiate"),
        ({"type": "rectificatif"}, "[RECTIFICATIF] Valmont – Une délégation d’élus en Islande", "RECTIFICATIF – pour diffusion immédiate"),
        ({"subject": "L'objet choisi"}, "L’objet choisi", "COMMUNIQUÉ DE PRESSE – pour diffusion immédiate"),
        ({"subject": "L'objet", "type": "rectificatif"}, "[RECTIFICATIF] L’objet", "RECTIFICATIF – pour diffusion immédiate"),
        (
            {"subject": "Rectificatif : l'objet", "type": "rectificatif"},
            "Rectificatif\u00a0: l’objet",
            "RECTIFICATIF – pour diffusion immédiate",
        ),
    ],
)
def test_the_type_has_its_own_words(changes, subject, banner):
    mail = content(rendered(announcement(**changes)), "email")
    assert (mail["subject"], mail["text"].partition("\n")[0]) == (subject, banner)


LONG = "La Ville de Valmont recrute quarante animateurs pour les écoles de la commune"


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"title": LONG}, "[CP] Valmont – La Ville de Valmont recrute quarante animateurs"),
        ({"title": LONG, "place": "Bourg"}, "[CP] Bourg – La Ville de Valmont recrute quarante animateurs"),
        ({"title": LONG, "place": "Valmont-sur-la-Rivière-aux-Aulnes"}, None),
        ({"title": LONG.replace("Valmont", "Valmont-les-Tilleuls"), "place": "Valmont-les-Tilleuls"}, True),
        ({"title": LONG.replace("Valmont", "VALMONT-LES-TILLEULS"), "place": "Valmont-les-Tilleuls", "type": "alerte"}, True),
        ({"title": LONG.replace("Valmont", "Valmont-les-Tilleuls-du-Bourg"), "place": "Les-Tilleuls-du-Bo"}, None),
    ],
)
def test_a_subject_goes_without_the_place_only_when_the_title_names_it_and_is_too_long(changes, subject):
    rendering = rendered(announcement(**changes), "email")
    found, mark = content(rendering, "email")["subject"], "[Alerte]" if "type" in changes else "[CP]"
    asked = ("subject-needed", "email") in codes(rendering)
    if subject is True:
        subject = f"{mark} {changes['title'].removesuffix(' pour les écoles de la commune')}"
    assert (None if asked else found) == subject


def test_a_subject_without_place_still_says_that_it_is_under_embargo():
    source = announcement(
        title="Valmont-aux-Tilleuls recrute des animateurs pour ses écoles", place="Valmont-aux-Tilleuls", embargo_until=EMBARGO
    )
    found = content(rendered(source, "email", email="before_embargo = true\n"), "email")["subject"]
    assert found == "[SOUS EMBARGO] [CP] Valmont-aux-Tilleuls recrute des animateurs"


EMBARGO = datetime(2026, 9, 29, 18, tzinfo=PARIS)


def test_a_mail_that_leaves_before_the_embargo_says_so_and_holds_no_address():
    mail = content(rendered(announcement(embargo_until=EMBARGO), email="before_embargo = true"), "email")
    assert mail["subject"] == "[SOUS EMBARGO] [CP] Valmont – Une délégation d’élus en Islande"
    until = "mardi 29\u00a0septembre 2026 à 18\u00a0h (heure de Paris)"
    assert mail["text"].startswith(f"COMMUNIQUÉ DE PRESSE – SOUS EMBARGO JUSQU’AU {until}\n")
    assert "{permalink}" not in mail["text"] + mail["html"]


def test_an_own_subject_keeps_the_embargo():
    source = announcement(embargo_until=EMBARGO, subject="L'objet")
    assert content(rendered(source, email="before_embargo = true"), "email")["subject"] == "[SOUS EMBARGO] L’objet"
    source = source._replace(subject="Sous embargo : l'objet")
    assert content(rendered(source, email="before_embargo = true"), "email")["subject"] == "Sous embargo\u00a0: l’objet"


def test_a_mail_that_waits_for_the_embargo_does_not_speak_of_it():
    mail = content(rendered(announcement(embargo_until=EMBARGO)), "email")
    assert "EMBARGO" not in mail["subject"] + mail["text"]
    assert "En ligne\u00a0: {permalink}" in mail["text"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (announcement(), " – pour diffusion immédiate"),
        (announcement(embargo_until=datetime(2026, 9, 25, 18, 0, tzinfo=PARIS)), " – pour diffusion immédiate"),
        (announcement(f"{NEWS} Merci de ne pas diffuser avant mardi."), ""),
        (announcement(f"{NEWS} Sous embargo jusqu’à mardi.", embargo_until=datetime(2026, 9, 25, 18, 0, tzinfo=PARIS)), ""),
        (announcement(problems=(Problem(Severity.ERROR, "not-for-release", "“%(verbatim)s”", {"verbatim": "Brouillon"}),)), ""),
    ],
)
def test_a_mail_never_says_at_once_beside_a_wish_to_wait(source, said):
    message = content(rendered(source), "email")
    assert message["text"].split("\n")[0] == f"COMMUNIQUÉ DE PRESSE{said}"
    assert ("pour diffusion immédiate" in message["html"]) == bool(said)


def test_the_page_says_when_it_became_public_never_before_the_embargo():
    early, late = datetime(2026, 9, 29, 17, tzinfo=PARIS), datetime(2026, 9, 29, 19, tzinfo=PARIS)
    for at, instant in ((None, EMBARGO), (early, EMBARGO), (late, late)):
        source = announcement(embargo_until=EMBARGO, channels={"website": ChannelText(at=at)})
        assert f'"datePublished": "{instant.isoformat()}"' in content(rendered(source), "website")["document"]


def test_without_date_place_and_contact_nothing_is_invented():
    source = announcement("Elle part.", date=None, place=None)
    page, mail = content(rendered(source), "website"), content(rendered(source), "email")
    assert "dateline" not in page["html"]
    assert "datePublished" not in page["document"]
    assert "Contact presse" not in page["html"] + mail["text"]
    assert page["slug"] == "delegation-elus-islande"
    assert "<time" not in page["entry"]


@pytest.mark.parametrize(
    ("changes", "dateline"),
    [({"place": None}, "Le 24\u00a0septembre 2026"), ({"date": None}, "Valmont"), ({}, "Valmont, le 24\u00a0septembre 2026")],
)
def test_the_dateline_holds_what_is_known(changes, dateline):
    assert content(rendered(announcement(**changes)), "email")["text"].split("\n")[1] == dateline


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        (PressContact(email="presse@valmont.example"), "presse@valmont.example"),
        (PressContact(phone="01 99 00 56 78 / 06 39 98 56 78"), "01\u00a099\u00a000\u00a056\u00a078 – 06\u00a039\u00a098\u00a056\u00a078"),
        (PressContact(phone="01 99 00 56 78", email="p@valmont.example"), "01\u00a099\u00a000\u00a056\u00a078 – p@valmont.example"),
        (PressContact("Ada Morel", "cabinet", None, "p@valmont.example"), "Ada Morel, cabinet – p@valmont.example"),
    ],
)
def test_the_contact_of_the_formatted_mail_has_dashes_between_its_parts_only(contact, line):
    mail = content(rendered(announcement(contact=contact)), "email")["html"]
    assert [words for words in html.words(mail).splitlines() if words.startswith("Contact presse")] == [f"Contact presse\u00a0: {line}"]


def test_the_town_is_called_when_the_announcement_names_nobody():
    town = (
        TOWN
        + 'legal_notice = "Mairie de Valmont"\ncontact = { phone = "01 99 00 56 78" }\n[web]\npublic_url = "https://presse.valmont.example"\n'
    )
    mail = content(rendered(announcement(), town=town), "email")
    assert "Contact presse\u00a0: 01\u00a099\u00a000\u00a056\u00a078" in mail["text"]
    assert "Pour ne plus recevoir nos communiqués, répondez «\u00a0désinscription\u00a0» à ce message.\n" in mail["text"]
    assert mail["text"].endswith("\nMairie de Valmont")
    assert mail["list_unsubscribe"] == "<mailto:presse@valmont.example?subject=unsubscribe>"


# --- Standfirst and tables and headings: R1 and R2 and R10


def test_a_standfirst_is_shown_before_the_body_and_the_news_only_once():
    source = announcement(f"{NEWS}\n\nElle reviendra.", standfirst="La ville *voyage*.")
    page = content(rendered(source), "website")
    assert '<p class="standfirst">La ville voyage.</p>\n<p>Du 27' in page["html"]
    assert page["html"].count("visitera Reykjavik") == 1
    assert content(rendered(source), "email")["text"].count("La ville voyage.") == 1
    assert page["summary"].startswith("Du 27")


def test_a_table_is_html_on_page_and_in_mail_lines_on_the_post_and_left_out_among_sentences():
    rendering = rendered(announcement(f"{NEWS}\n\n### Tarifs\n\n| Tarif | Prix |\n|---|---|\n| Plein | 9 € |"))
    for name in ("website", "email"):
        assert '<h2>Tarifs</h2>\n<table>\n<thead>\n<tr>\n<th scope="col">Tarif</th>' in content(rendering, name)["html"]
    assert "Tarifs\n\nTarif\u00a0: Prix\nPlein\u00a0: 9\u00a0€" in content(rendering, "facebook")["text"]
    assert ("table-left-out", "x") in codes(rendering)
    assert payload(rendering, "x").left_out[-1] == "Tarif\u00a0: Prix\nPlein\u00a0: 9 €"


def test_a_link_keeps_its_address_where_words_alone_would_lose_it():
    rendering = rendered(announcement(f"{NEWS} [Inscription](https://ailleurs.example/f)."))
    assert "Inscription (https://ailleurs.example/f)." in content(rendering, "facebook")["text"]
    assert "Inscription (https://ailleurs.example/f)." in content(rendering, "email")["text"]
    assert '<a href="https://ailleurs.example/f">Inscription</a>' in content(rendering, "website")["html"]


def test_links_without_words_are_named_by_their_site():
    links = tuple(
        Link(f"https://{host}", f"https://{host}/")
        for host in ("www.valmont.example", "agglo.example", "www.twitter.com/valmont", "autre.example", "x.com/valmont")
    )
    html = content(rendered(announcement(links=(*links, Link("https://a.example/b", "L'inscription")))), "website")["html"]
    names = [line.split(">")[2].removesuffix("</a") for line in html.split("\n") if line.startswith('<li><a href="https')]
    assert names == ["Site", "agglo.example", "X", "autre.example", "X", "L’inscription"]


def test_news_below_the_fold_is_noticed():
    assert ("news-below-fold", "facebook") in codes(rendered(announcement(f"{NEWS} " + "Et encore. " * 50)))
    assert ("news-below-fold", "facebook") not in codes(rendered(announcement(NEWS)))


# --- Hashtags: R9


@pytest.mark.parametrize(
    ("tags", "shown", "found"),
    [
        (("Valmont", "#FêteDeLÉté"), "#Valmont #FêteDeLÉté", []),
        (("A", "B", "C", "D"), "#A #B #C", ["too-many-hashtags"]),
        (("valmont",), "#valmont", ["hashtag-case"]),
        (("Fête-De", "2026"), "#Fête-De #2026", ["hashtag-invalid", "hashtag-invalid"]),
    ],
)
def test_hashtags_stand_at_the_end_and_are_checked(tags, shown, found):
    rendering = rendered(announcement(hashtags=tags), "facebook", "website")
    assert content(rendering, "facebook")["text"].endswith(f"\n\n{shown}")
    assert [code for code, _ in codes(rendering)] == found
    assert shown not in content(rendering, "website")["html"]


# --- Threads: R6


def test_a_thread_starts_with_the_title_and_ends_with_the_link():
    source = announcement(f"La ville aime l'Islande.\n\n{NEWS} {NEWS}", hashtags=("Valmont",))
    news = "Du 27\u00a0septembre au 4\u00a0octobre 2026, une délégation de quatre élus visitera Reykjavik."
    assert texts(rendered(source)) == [
        f"Une délégation d’élus en Islande\n\nLa ville aime l’Islande.\n\n{news} 1/2",
        f"{news} 2/2\nLe communiqué complet\u00a0: {{permalink}}\n#Valmont",
    ]


def test_what_a_thread_leaves_out_is_said_in_source_wording_and_order():
    history = [f"En 20{year:02}, l'amitié grandissait déjà, et l'on s'écrivait beaucoup d'un port à l'autre." for year in range(20)]
    source = announcement(f"La ville aime l'Islande.\n\n{' '.join(history)}\n\n{NEWS}\n\n| A | B |\n|---|---|\n| 1 | 2 |")
    rendering = rendered(source)
    thread = payload(rendering, "x")
    assert thread.left_out == (*history, "A\u00a0: B\n1\u00a0: 2")
    assert (thread.added, thread.moved) == (("Le communiqué complet\u00a0:",), ())
    assert ("facts-left-out", "x") not in codes(rendering)


def test_a_date_a_price_or_an_instruction_left_out_is_a_warning():
    source = announcement(
        f"{NEWS}\n\n" + " ".join(f"Le {day} octobre 2026, appelez le 01 99 00 12 34 avant d'entrer." for day in range(1, 31))
    )
    found = [problem for problem in rendered(source, "x").problems if problem.code == "facts-left-out"]
    assert [(problem.severity, problem.channel) for problem in found] == [("warning", "x")]


def test_an_own_text_is_divided_at_its_lines_and_sentences_and_ends_with_its_own_link():
    own = {"x": ChannelText(text="C'est dit. On part !\n- un\n\nFin.\nTout lire : {permalink}")}
    rendering = rendered(announcement("Elle part.", channels=own))
    assert texts(rendering) == ["C’est dit. On part\u00a0!\n- un\n\nFin.\nTout lire\u00a0: {permalink}"]
    assert (payload(rendering, "x").left_out, payload(rendering, "x").added) == ((), ())


def test_an_own_text_without_a_link_is_all_text():
    rendering = rendered(announcement("Elle part.", channels={"x": ChannelText(text="Un.\nDeux.")}))
    assert texts(rendering) == ["Un.\nDeux."]


def test_own_posts_have_their_typography_and_nothing_else():
    own = {"x": ChannelText(posts=("C'est dit !", "\nVenez.\n"))}
    rendering = rendered(announcement("Elle part.", channels=own, hashtags=("Valmont",)))
    assert texts(rendering) == ["C’est dit\u00a0!", "Venez."]
    assert payload(rendering, "x").alternative[0].content["text"] == (
        "Une délégation d’élus en Islande\nLe communiqué complet\u00a0: {permalink}"
    )


def test_a_title_for_one_channel():
    assert texts(rendered(announcement("Elle part.", channels={"x": ChannelText(title="L'Islande !")}), "x")) == [
        "L’Islande\u00a0!\n\nElle part."
    ]


def test_never_a_thread():
    thread = payload(rendered(announcement("Elle part. Elle revient."), x='thread = "never"'), "x")
    assert [step.content["text"] for step in thread.steps] == ["Une délégation d’élus en Islande\nLe communiqué complet\u00a0: {permalink}"]
    assert thread.left_out == ("Elle part.", "Elle revient.")


def test_emoji_of_several_characters_stay_whole():
    assert content(rendered(announcement(title="Bravo 👩\u200d🚒")), "website")["title"] == "Bravo 👩\u200d🚒"


def test_files_that_leave_on_no_channel_are_named_once():
    media = (Medium("fontaine.jpg", "Une fontaine", "La place", "Ville"), Medium("plan.pdf"))
    found = [problem for problem in rendered(announcement(media=media)).problems if problem.code == "media-not-sent"]
    sentence = "This version of Publisher sends no images or other files yet; these leave on no channel: %(files)s."
    assert found == [Problem(Severity.WARNING, "media-not-sent", sentence, {"files": "fontaine.jpg (Une fontaine) · plan.pdf"})]


def test_without_files_nothing_is_said_of_them():
    assert "media-not-sent" not in [code for code, _ in codes(rendered(announcement()))]


# --- Problems come once, with their channel; what an adapter refuses is said, not thrown


def test_a_problem_that_intake_saw_is_not_said_twice():
    source = announcement("Lundi 27 septembre 2026.")
    (problem,) = rendered(source, "website").problems
    assert rendered(source._replace(problems=(problem,)), "website").problems == (problem,)


class Refusing:
    """An adapter that carries nothing."""

    kind = "refusing"
    limits = Limits()

    def __init__(self, traits) -> None:
        self.traits = traits

    def prepare(self, message):
        raise Unsupported("no-room", "%(channel)s has no room.", channel=message.channel)

    def send(self, step: Step, receipts):
        raise NotImplementedError


def test_what_a_channel_cannot_carry_is_an_error_of_that_channel():
    from publisher import config as configuration
    from publisher.adapters.facebook import Facebook

    channel = Channel("mur", "refusing", ChannelSettings(adapter="refusing"), Refusing(Facebook.traits._replace(form=Form.PARAGRAPHS)))
    rendering = render(announcement(), configuration.load(None, {}), {"mur": channel})
    assert rendering.problems == (Problem(Severity.ERROR, "no-room", "%(channel)s has no room.", {"channel": "mur"}, channel="mur"),)
    assert rendering.variants[0].payload == Payload((), problems=rendering.problems)


# --- Corrections

RIGHT = Correction("l'heure était fausse.", datetime(2026, 10, 1, 9, 30, tzinfo=PARIS), slug="2026-09-24-autre-titre")


def messages(rendering) -> dict:
    return {variant.channel.name: variant.message for variant in rendering.variants}


def test_a_corrected_page_says_so_to_readers_and_machines_and_keeps_its_address():
    page = content(rendered(FULL._replace(correction=RIGHT)), "website")
    note = "l’heure était fausse."
    day = '<time datetime="2026-10-01T09:30:00+02:00">1er\u00a0octobre 2026</time>'
    assert f'<p class="correction"><strong>Rectifié le {day}\u00a0:</strong> {note}</p>' in page["html"]
    assert '"dateModified": "2026-10-01T09:30:00+02:00"' in page["document"]
    assert '"datePublished": "2026-09-24"' in page["document"]
    assert '<meta property="article:modified_time" content="2026-10-01T09:30:00+02:00">' in page["document"]
    assert page["slug"] == "2026-09-24-autre-titre"
    assert '<link rel="canonical" href="https://www.valmont.example/2026-09-24-autre-titre/">' in page["document"]
    assert "– rectifié le 1er\u00a0octobre 2026</p>" in page["entry"]
    for text in ("correction", "dateModified", "modified_time", "rectifié"):
        assert text not in content(rendered(FULL), "website")["html"] + content(rendered(FULL), "website")["entry"]


def test_a_correction_is_told_in_posts_and_listed_as_added():
    rendering = rendered(FULL._replace(correction=RIGHT))
    said = "Rectifié le 1er\u00a0octobre 2026\u00a0: l’heure était fausse."
    assert f"\n\n{said}\n\n#Valmont" in content(rendering, "facebook")["text"]
    assert payload(rendering, "facebook").added == ("l’heure était fausse.",)
    assert messages(rendering)["x"].parts["correction"] == f"{said}\nLe communiqué complet\u00a0: {{permalink}}"
    assert "correction" not in messages(rendered(FULL))["x"].parts


def test_a_text_of_the_officer_s_own_stays_as_written_when_it_is_corrected():
    own = {"facebook": ChannelText(text="Le départ est à 10 h, et non à 9 h.")}
    rendering = rendered(FULL._replace(correction=RIGHT, channels=own), "facebook")
    assert content(rendering, "facebook")["text"] == "Le départ est à 10\u00a0h, et non à 9\u00a0h."


def test_adapters_are_told_why_and_when():
    message = messages(rendered(FULL._replace(correction=RIGHT), "facebook"))["facebook"]
    assert (message.note, message.corrected_at) == ("l’heure était fausse.", RIGHT.at)
    assert (messages(rendered(FULL, "facebook"))["facebook"].note, messages(rendered(FULL))["x"].corrected_at) == ("", None)


def test_a_slot_in_the_reason_is_an_error():
    wrong = RIGHT._replace(note="Voir {permalink}.")
    assert ("slot-in-text", None) in codes(rendered(FULL._replace(correction=wrong)))


# --- Languages


def test_another_language_is_declared_and_left_as_it_is_typed():
    page = content(rendered(announcement("Don't wait!", language="en")), "website")
    assert '<html lang="en">' in page["document"]
    assert "fr_FR" not in page["document"]
    assert "<p>Don't wait!</p>" in page["html"]


def test_a_passage_is_known_to_stand_where_it_is_first_told():
    body = "Un. Deux.\n\nDeux.\n\n- Onze\n- douze\n\n> « Trois ? », dit-il. Quatre.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nUn. Deux."
    reading = Reading(announcement(body, standfirst="Le chapô. Deux."))
    passages = reading.passages("social")
    texts = [passage.source for passage in passages]
    texts += [reading.source((number, rank)) for number, passage in enumerate(passages) for rank in range(len(passage.sentences))]
    assert [reading.position(text) for text in texts] == [reading.told.find(text) for text in texts]
    assert reading.position("ailleurs") == len(reading.told)


# --- When an alert was written


ALERT = {"type": "alerte", "hour": time(16, 30)}


def test_an_alert_says_on_every_channel_when_it_was_written():
    rendering = rendered(announcement("L'eau monte.", **ALERT))
    assert (
        content(rendering, "facebook")["text"]
        == "Une délégation d’élus en Islande\nLe 24\u00a0septembre à 16\u00a0h\u00a030\n\nL’eau monte."
    )
    title = "Une délégation d’élus en Islande\nLe 24\u00a0septembre à 16\u00a0h\u00a030"
    assert texts(rendering) == [f"{title}\n\nL’eau monte.\nLe communiqué complet\u00a0: {{permalink}}"]
    for channel, key in (("website", "html"), ("email", "text")):
        assert "Valmont, le 24\u00a0septembre 2026 à 16\u00a0h\u00a030" in content(rendering, channel)[key]


def test_the_single_post_of_an_alert_says_it_too_and_does_not_declare_it_left_out():
    rendering = rendered(announcement("L'eau monte.", **ALERT), "website", "x", x='thread = "never"\n')
    assert texts(rendering)[0].split("\n")[:2] == ["Une délégation d’élus en Islande", "Le 24\u00a0septembre à 16\u00a0h\u00a030"]
    assert payload(rendering, "x").left_out == ("L'eau monte.",)


@pytest.mark.parametrize("changes", [{"type": "communique"}, {"hour": None}, {"date": None}])
def test_other_announcements_and_alerts_without_hour_show_no_date_there(changes):
    rendering = rendered(announcement("L'eau monte.", **{**ALERT, **changes}), "facebook", "x")
    assert [content(rendering, "facebook")["text"], *texts(rendering)] == ["Une délégation d’élus en Islande\n\nL’eau monte."] * 2


def test_a_text_written_by_hand_stands_alone_and_may_repeat_the_hour():
    own = {name: ChannelText(text="À 16 h 30, l'eau monte.") for name in ("facebook", "x")}
    rendering = rendered(announcement("L'eau monte.", channels=own, **ALERT), "facebook", "x")
    assert [content(rendering, "facebook")["text"], *texts(rendering)] == ["À 16\u00a0h\u00a030, l’eau monte."] * 2
    assert [code for code, _ in codes(rendering)] == ["own-text", "own-text"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Billetterie", "Billetterie\u00a0: "),
        ("Billetterie :", "Billetterie\u00a0: "),
        ("Plus d'infos : le site", "Plus d’infos\u00a0: le site – "),
    ],
)
def test_a_link_line_of_the_mail_has_one_colon(text, line):
    mail = content(rendered(announcement(links=(Link("https://a.example/b", text),)), "email"), "email")
    assert f"\n{line}https://a.example/b\n" in mail["text"]
    assert f'<p style="margin: 0">{line}<a href="https://a.example/b" ' in mail["html"]
