import argparse
import inspect
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract

from publisher import i18n
from publisher.i18n import _, ngettext
from tools import messages

# argparse says these to programmers only
FOR_PROGRAMMERS = {
    ".__call__() not defined",
    "'required' is an invalid argument for positionals",
    "%r is not callable",
    'argument "-" with mode %r',
    "can't open '%(filename)s': %(error)s",
    "cannot have multiple subparser arguments",
    "cannot merge actions - two groups are named %r",
    "conflicting subparser alias: %s",
    "conflicting subparser: %s",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",
    "mutually exclusive arguments must be optional",
    "unexpected option string: %s",
    ("conflicting option string: %s", "conflicting option strings: %s"),
    # our parser raises its own sentence, knows its verbs, and takes no abbreviation
    "%(prog)s: error: %(message)s\n",
    "unknown parser %(parser_name)r (choices: %(choices)s)",
    "ambiguous option: %(option)s could match %(matches)s",
    "show program's version number and exit",
    # nothing is deprecated, no default is shown, verbs have a title
    " (default: %(default)s)",
    "%(prog)s: warning: %(message)s\n",
    "argument '%(argument_name)s' is deprecated",
    "command '%(parser_name)s' is deprecated",
    "option '%(option)s' is deprecated",
    "subcommands",
}


def test_argparse_says_nothing_that_the_catalogue_lacks():
    source = Path(inspect.getsourcefile(argparse))
    with source.open("rb") as file:
        said = {message for _line, message, _comments, _context in extract("python", file)}
    assert said - FOR_PROGRAMMERS - set(messages.ARGPARSE) == set()


def test_french_is_spoken_from_the_compiled_catalogue():
    i18n.activate("fr")
    assert (_("all right"), ngettext("expected %s argument", "expected %s arguments", 2)) == ("en ordre", "il faut %s valeurs")


def test_an_unknown_sentence_stays_english():
    i18n.activate("fr")
    assert _("Nobody wrote this sentence.") == "Nobody wrote this sentence."


@pytest.mark.parametrize(
    ("english", "french", "fault"),
    [
        ("Stop.", "", "not translated: 'Stop.'"),
        ("Stop!", "Stop !", "typewriter typography: 'Stop !'"),
        ("It’s here", "C'est ici", 'typewriter typography: "C\'est ici"'),
        ("“x”", "« x »", "typewriter typography: '« x »'"),
        ("more…", "plus...", "typewriter typography: 'plus...'"),
    ],
)
def test_a_bad_translation_is_told(english, french, fault):
    catalog = Catalog(locale="fr")
    catalog.add(english, french)
    assert list(messages.faults(catalog)) == [fault]


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("%(path)s is missing.", "Il manque un fichier."),
        ("It is missing.", "Il manque %(path)s."),
        ("%(path)s is missing.", "Il manque %(chemin)s."),
        (("one value", "%s values"), ("une valeur", "des valeurs")),
    ],
)
def test_a_place_lost_or_found_in_translation_is_told(english, french):
    catalog = Catalog(locale="fr")
    catalog.add(english, french)
    assert list(messages.faults(catalog)) == [f"other places than in the source: {english!r}"]


@pytest.mark.parametrize("french", ["Arrêtez\u202f!", "«\u00a0x\u00a0»", "l’heure\u00a0: 14\u00a0h", "--config FICHIER", "12\u00a0%"])
def test_a_good_translation_is_not(french):
    catalog = Catalog(locale="fr")
    catalog.add("Source.", french)
    assert list(messages.faults(catalog)) == []


def test_translations_survive_an_update_and_unused_ones_go():
    before = Catalog(locale="fr")
    before.add("all right", "en ordre")
    before.add("said no more", "plus dit")
    after = messages.updated(before)
    assert (after["all right"].string, "said no more" in after) == ("en ordre", False)
