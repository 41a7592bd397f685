"""Each case marks with ¦ where a sentence ends; every case is tried as typed (straight quotes, plain spaces) and as typeset."""

import time
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from publisher.text.sentences import breaks, inner, split

CASES = {
    "plain": [
        "La piscine ferme lundi.¦ Elle rouvrira en mai.",
        "La piscine ferme lundi",
        "Venez nombreux !¦ La fête commence à midi.",
        "Que change la réforme ?¦ Les tarifs baissent.",
        "Vraiment ?!¦ Oui.",
        "Bravo !!!¦ La ville gagne.",
        "Le conseil a voté hier.¦ 12 délibérations étaient à l'ordre du jour.",
        "Le marché déménage.¦ À partir de lundi, il se tient place du Puits.",
        "Le marché déménage.¦ Été comme hiver, il ouvre à 8 h.",
        "Le square rouvre.   ¦Les enfants jouent.",
        "La séance est levée.¦\tLe public sort.",
        "Le parc ferme à 18 h.¦ L'entrée est libre.",
    ],
    "civilities": [
        "M. Martin préside.¦ Il ouvre la séance.",
        "MM. Martin et Dulac signent.¦ Les travaux suivent.",
        "Mme. Faure est élue.¦ Elle remercie.",
        "Mme Faure et M. Dulac.¦ Tous deux sont élus.",
        "Mlle. Petit chante.",
        "Le Dr. Roux consulte.¦ Son cabinet ouvre à 9 h.",
        "Me. Vidal plaide.",
        "Mgr. Aubin bénit la crèche.",
        "Le Pr. Blanc et le Dr. Roux témoignent.",
        "L'ami de M. Martin est venu.¦ Il a parlé.",
        "La parole est à M. le maire.¦ Il remercie.",
        "Le gén. Morel et le prof. Lenoir sont présents.",
    ],
    "initials": [
        "J. Martin préside.",
        "J.-P. Martin préside.¦ M. J.-P. Martin aussi.",
        "J. R. Lenoir et A.-M. Faure signent.",
        "Ch. Morel et Ph. Aubin sont élus.",
        "Le médiateur est M. Le Goff.¦ J.-M. Le Goff est avocat.",
        "Le bâtiment B.¦ Les locataires sont relogés.",
        "Les bâtiments A et B.¦ Les locataires sont relogés.",
        "Un vaccin contre l'hépatite B.¦ Le centre reçoit lundi.",
        "La ligne C.¦ Les trains sont supprimés.",
        "La zone A.¦ Des vacances décalées.",
        "Le lot D.¦ L'entreprise commence.",
        "Rendez-vous dans le hall E.¦ Un agent vous attend.",
        "Le parking P.¦ La navette part à 9 h.",
        "Le plan B.¦ Voici la suite.",
        "Elle habite au 12 B.¦ Le gardien aussi.",
        "Les élus du groupe K.¦ Ils ont voté.",
        "Le trafic du R.E.R. Bérault reprend.",
        "La S.N.C.F. rouvre la gare.¦ Le trafic reprend.",
        "Il travaille à la S.N.C.F.¦ Le trafic reprend.",
        "L'O.N.U. salue l'accord.",
    ],
    "abbreviations": [
        "Les élus, les agents, etc. sont conviés.",
        "Les élus, les agents, etc.¦ Tous sont conviés.",
        "Les élus (maire, adjoints, etc.) sont conviés.",
        "Au chap. 3, l'art. 5 dit tout.¦ Voir p. 12 et fig. 4.",
        "Voir art. L. 2121-27 du code.",
        "L'art. L2121-27 du code.",
        "Le musée expose de l'art.¦ Les écoles y viennent.",
        "Cf. annexe 2.¦ Tout y est.",
        "Env. 300 personnes sont venues.",
        "Comptez 30 min. en bus.¦ Il part à 9 h.",
        "Le trajet dure 30 min.¦ 12 arrêts sont desservis.",
        "Une rampe de 150 m.¦ Le chantier dure un an.",
        "Un livre de 64 p.¦ Les enfants l'ont écrit.",
        "Une commune de 60 000 hab.¦ Elle grandit.",
        "Tél. 01 99 00 12 34.¦ Répondeur la nuit.",
        "Rens. Maison des associations.",
        "Tél. 01 99 00 12 34, port. 06 39 98 12 34.",
        "Au port.¦ Le bac part à 9 h.",
        "12, av. Hortense-Blin.¦ Entrée libre.",
        "3 bd. Gaspard-Roi et 5 pl. Neuve.",
        "8, rés. Les Tilleuls.",
        "Vers 52 av. J.-C. un temple est bâti.",
        "Le temple date de 52 av. J.-C.¦ Les fouilles continuent.",
        "J.-C. Morel préside.",
        "Ouvert du 3 sept. au 4 oct. 2026.¦ Fermé en nov.¦ Les horaires changent.",
        "Le conseil a lieu sam. 3 octobre.",
        "Le bateau prend la mer.¦ 12 marins sont à bord.",
        "Les ex. de la brochure, p. ex. Nice, sont clairs.",
        "N.B. Les inscriptions ferment lundi.",
        "Réf. 2026-114, dép. 94, arr. de Créteil.",
        "Dans le 3e arr.¦ Les rues sont fermées.",
        "Les s. et m. du conseil ont voté.",
        "Répondez, s.v.p.¦ La salle est petite.",
        "Assoc. Les Amis du parc.",
        "Le no. 12 est épuisé.",
        "L'élu de la Cie.¦ Bérault parle.",
    ],
    "numbers": [
        "Le taux est de 3.5 en 2026.¦ Il baisse.",
        "La séance ouvre à 14.30.¦ Le public entre à 14 h.",
        "Il a 12 ans.¦ Elle en a 13.",
        "Le budget atteint 12 M€.¦ Il est voté.",
        "La hausse est de 3 %.¦ Elle est maîtrisée.",
        "C'était en 2019.¦ Les travaux ont suivi.",
        "Le 1er mai.¦ Le 2e tour suit.",
        "Le XXe siècle.¦ Un tournant.",
        "Sous Louis XIV.¦ Le château brûle.",
        "1. Inscrivez-vous en ligne.¦ 2. Venez avec une pièce.",
        "Trois étapes : 1. Inscrivez-vous.¦ 2. Venez.",
        "I. Contexte\n¦II. Mesures",
        "a. Le parc\n¦b. Le square",
        "1.2. Les tarifs changent.",
        "Il en reste 3.¦ Les autres sont parties.",
    ],
    "quotations": [
        "« Nous agirons. Nous le promettons. »",
        "« Nous agirons. Nous le promettons. », déclare la maire.",
        "« Nous agirons », déclare la maire.¦ « Et vite. »",
        "« Venez ! » lance la maire.¦ La salle rit.",
        "« Venez ! », lance la maire.",
        "« Qui vient ? » demande-t-elle.",
        "La maire précise : « Nous agirons. Vite. »¦ Les élus applaudissent.",
        "La maire précise : « Nous agirons. Vite ».¦ Les élus applaudissent.",
        "Elle parle de « ville verte ».¦ Le plan suit.",
        '"Nous agirons. Vite." déclare la maire.¦ Elle sort.',
        'Elle dit : "Nous agirons."¦ Elle sort.',
        'Elle sort.¦ "Nous agirons", dit-elle.',
        "« Le mot “assez. Vraiment.” revient. Toujours. »¦ La salle se tait.",
        "« Nous agirons.¦ Elle ne ferme jamais la citation.",
        "Elle n'ouvre rien. »¦ La suite vient.",
        "« C'est une chance », se réjouit Mme Faure, adjointe.¦ « Saisissons-la ! »",
        "« Nous agirons… » murmure-t-elle.",
        "« Nous agirons. »¦ Mme Faure signe.",
        "[Mise à jour. Le bus roule.]¦ Bonne route.",
    ],
    "parentheses": [
        "Il pleut.¦ (Le bal est reporté.)¦ Une date suivra.",
        "(Il pleut. Il vente.)¦ Restez chez vous.",
        "La fête (gratuite !) commence.",
        "Les élus (dont M. Roi. et Mme Faure !) sont là.",
        "La fête (enfin !) Place Neuve.",
        "La fédération (F.S.T.) soutient.¦ Elle aide.",
        "Le bal (voir p. 3) ouvre (enfin).¦ Venez.",
        "a) Le parc.¦ b) Le square.",
        "Dommage :( Le bal est reporté.¦ (Il pleut.)",
    ],
    "ellipses": [
        "La culture, le sport... et la fête.",
        "La culture, le sport...¦ Tout y est.",
        "Et voilà…¦ Le parc ouvre.",
        "(jeunesse, culture...) et la suite.",
        "... Et le parc ouvre.",
        "Le parc ouvre..¦ Enfin.",
        "Rendez-vous sur… www.bourg.example pour la suite.",
    ],
    "addresses": [
        "Tout est sur www.bourg.example.¦ Inscrivez-vous.",
        "Tout est sur https://bourg.example/fete?jour=1.¦ Inscrivez-vous.",
        "Voir https://bourg.example/Bourg_(ville).¦ Tout y est.",
        "Écrivez à presse@bourg.example.¦ Nous répondons.",
        "Le dossier est prêt.¦ https://bourg.example/dossier",
        "Une question ?¦ contact@bourg.example",
        "Le plan (www.bourg.example) est prêt.¦ Lisez-le.",
        "Téléchargez affiche.zip ou programme.pdf.¦ Imprimez-le.",
        "La salle est terminée.Les travaux reprennent.",
        "Le parc.la fête et le bal.",
    ],
    "marks and emoji": [
        "Bravo ! 🎉¦ Le parc ouvre.",
        "Bravo 🎉 Le parc ouvre.",
        "Bravo ! 👩‍👩‍👧 🎉¦ La fête commence.",
        "Bravo ! 🎉 et merci.",
        "Merci ! :)¦ Le parc ouvre.",
        "Le parc ouvre.¦ #BourgEnFête",
        "Le parc ouvre. #fete",
        "Le parc ouvre.¦ – Enfin !¦ – Oui.",
        "Le parc ouvre.¦ iPhone et tablettes sont prêtés.",
        "Le parc ouvre. on y va.",
        "Elles et ils sont élu.e.s.¦ Toutes et tous.",
        "*Le parc ouvre.*¦ La fête commence.",
        "Le parc ouvre.¦ ¿Qué tal?",
        "Le prix baisse. / Le tarif aussi.",
        "Le parc ouvre –.¦ La fête commence.",
    ],
    "press offices": [
        "M. le maire recevra Mme la préfète.¦ Le vin d'honneur suivra.",
        "L'élu, M. J.-P. Le Goff, et Mme A.-M. Vidal ont voté.¦ M. Roy s'est abstenu.",
        "« Nous disons “oui” à l'école. Nous dirons “non” au bruit ! », a lancé la maire.¦ Le public a applaudi.",
        "Rendez-vous au n° 12 bis, rue du Puits.¦ Entrée libre.",
        "La séance débute à 20 h 30.¦ La salle ouvre à 20 h.",
        "Le budget atteint 3,5 M€.¦ Il était de 3,1 M€ en 2025.",
        "La ville compte 12 500 habitants, etc.¦ Tout va bien.",
        "Livres, jeux, disques, etc. sont prêtés.¦ Venez !",
        "Ce manoir du XIXe siècle av. la Révolution est ouvert.",
        "Tél. 01 99 00 12 34.¦ Courriel : presse@ville.example.",
        "Il a dit : « Non. »¦ Puis il est parti.",
        "Le décret n° 2026-12 du 3 janv. 2026 s'applique.¦ Il vise l'art. L. 2121-29 du CGCT.",
        "Le Dr Morel et le Pr. Lenoir consultent.¦ Me Dubois aussi.",
        "La R.A.T.P. et la S.N.C.F. assurent un service normal.¦ Les bus aussi.",
        "Né en 50 av. J.-C. à Rome, il vécut ici.¦ On le célèbre.",
        "C'est au bât. B, 3e étage.¦ Sonnez deux fois.",
        "Elle a crié « Au feu ! » et tout le monde est sorti.¦ Personne n'a été blessé.",
        "Cf. p. 12 et suiv. du rapport.¦ Il est en ligne.",
        "Il pèse 12 kg.¦ Elle en pèse 10.",
        "Le ministre de l'Intérieur, M. X., viendra.¦ La presse est invitée.",
        "Inscriptions : 1. en ligne ; 2. à l'accueil.¦ C'est gratuit.",
        "L'association S.O.S. Amitié recrute.¦ Appelez-la.",
        "Tarif : 5 € (réd. 3 €).¦ Gratuit le dim. 3 mai.",
        "Le vol. 2 est paru.¦ Le t. 3 suit.",
        "La ligne R ferme.¦ La ligne B ouvre.",
        "Vu l'avis de l'A.B.F. du 3 mai, la pose est autorisée.¦ Elle débute lundi.",
        "Elle habite au 12, av. Jean-Jaurès.¦ Son frère aussi.",
        "M. et Mme Roy, MM. Le Gall et Petit seront là.¦ Venez.",
        "Le spectacle dure env. 1 h 30.¦ Les enfants sont admis.",
        "Il est né à L.-A. et vit à N.-Y. depuis dix ans.",
        "Ouvert lun., mar. et jeu. de 9 h à 12 h.¦ Fermé le reste.",
        "Le tarif (p. ex. 5 €) est réduit.¦ C.-à-d. que tout le monde paie moins.",
        "Il a répondu : « Je cite : “Jamais !” Voilà. »¦ La séance est levée.",
        "« Qui a dit “assez” ? », demande-t-elle.¦ Personne.",
        "Le conseil, réuni le 3 déc., a voté.¦ Il a aussi débattu.",
        "Le bus n° 3.¦ Le tram n° 5.",
        "Il court le 100 m en 11 s.¦ Elle aussi.",
        "Le loyer est de 450 € H.T.¦ Charges comprises.",
        "Coût : 450 k€ HT.¦ Subvention : 80 %.",
        "Arrêté no 12 du 3 mai.¦ Affiché le 4.",
        "Le Gal de Gaulle et le Mal Leclerc ont leur rue.¦ Place Leclerc aussi.",
        "Les travaux (rue du Puits, etc.) commencent.¦ Ils durent.",
        "Au XXe s. déjà, la ville attirait.¦ Elle attire encore.",
        "Mme. Roy viendra.¦ Elle parlera.",
        "1. Inscrivez-vous.¦ 2. Venez.",
        "Le stade J. Morel est fermé.¦ Le gymnase B. Roy l'est aussi.",
        "Le club de foot F.C. Valmont gagne.¦ Bravo.",
        "Le 14 juil. au soir, bal.¦ Le 15, rien.",
        "La température ne dépassera pas 3° C.¦ Couvrez-vous.",
        "Il vit au 3 ter r. du Bac.¦ Elle au 5.",
        "Selon l'art. 5, al. 2, tout est clair.¦ L'art. 6 aussi.",
        "L'opération « Zéro déchet. Zéro gaspillage » commence.¦ Elle dure un an.",
        "Voir la carte ci-contre (fig. 3).¦ Elle est à jour.",
        "L'entrée est au 2 r. St-Jean.¦ Sonnez.",
        "Le n°3 est sorti.¦ Le n°4 suit.",
        "La rue est barrée au niveau du no 12.¦ Déviation par le bd. Foch.",
    ],
    "lines": [
        "Le parc ouvre\n¦La fête commence",
        "Le parc ouvre\nlundi.",
        "Le parc ouvre.\n¦La fête commence.",
        "Le parc ouvre\n\n¦lundi.",
        "Au programme :\n¦- bal\n¦- concert\n¦- repas",
        "Au programme :\n¦– bal ;\n¦– concert.",
        "Au programme :\n¦• bal\n¦• concert",
        "1) bal\n¦2) concert",
        "a) bal\n¦b) concert",
        "Reçus par M.\nMartin et Mme Faure.",
        "Inscriptions :\n¦https://bourg.example/bal\n¦Venez.",
        "Inscriptions sur\nwww.bourg.example avant lundi.",
        "« Nous agirons.\nVite. »",
        "« Nous agirons.\n\n¦« Vite. »",
        "\n  Le parc ouvre.  \n\n  ¦La fête commence.\n",
    ],
}
ALL = [case for cases in CASES.values() for case in cases]

_STRAIGHT = regex.compile(r'"([^"]*)"')


def typeset(text):
    """Give a case the characters that typography will give it."""
    text = _STRAIGHT.sub("« \\1 »", text.replace("...", "…"))
    text = regex.sub(r"(?<=\p{L})'(?=\p{L})", "’", text)
    text = regex.sub(r"« ?", "«\u00a0", regex.sub(r" ?»", "\u00a0»", text))
    text = regex.sub(r" ?(?<![!?])([;!?]+)(?![\w=)])", "\u202f\\1", regex.sub(r" :(?![()])", "\u00a0:", text))
    text = regex.sub(r"(?<=\d) (?=[\d%]|(?:h|min|m|p|hab|M€|ans|sept|oct)\b)", "\u00a0", text)
    return regex.sub(r"\b(M\.|MM\.|Mme|Dr\.|Pr\.|art\.|p\.|fig\.|chap\.|Tél\.|av\.) (?=\S)", "\\1\u00a0", text)


def expected(marked):
    return [part.strip() for part in marked.split("¦")]


def test_there_are_at_least_115_cases():
    assert len(ALL) >= 115


@pytest.mark.parametrize("marked", ALL)
@pytest.mark.parametrize("form", [str, typeset], ids=["plain", "typeset"])
def test_a_text_is_split_at_its_sentences_only(marked, form):
    marked = form(marked)
    assert split(marked.replace("¦", "")) == expected(marked)


def test_a_no_break_space_between_sentences_is_white_space_too():
    assert split("Le parc ouvre.\u00a0La fête commence.") == ["Le parc ouvre.", "La fête commence."]


def test_no_text_has_no_sentence():
    assert split("") == []
    assert split(" \u00a0\n ") == []


INNER = [
    ("« Nous agirons.¦ Nous le promettons. », déclare la maire.", 2),
    ("La maire précise : « Nous agirons.¦ Vite !¦ Et bien. »", 3),
    ('"Nous agirons.¦ Vite.", déclare la maire.', 2),
    ("« Nous agirons.\n¦Vite. »", 2),
    ("« M. Martin agira.¦ Le parc de 150 m.¦ L'allée. »", 3),
    ("(Il pleut.¦ Il vente.)", 2),
    ("« Le mot “assez.¦ Vraiment.” revient. »", 2),
    ("Le parc ouvre à 8 h, la piscine à 9 h.", 1),
    ("Une phrase. Une autre phrase.", 1),
]


@pytest.mark.parametrize(("marked", "parts"), INNER)
@pytest.mark.parametrize("form", [str, typeset], ids=["plain", "typeset"])
def test_a_quotation_is_divided_at_its_own_sentences(marked, parts, form):
    marked = form(marked)
    assert inner(marked.replace("¦", "")) == expected(marked)
    assert len(expected(marked)) == parts


PRESS = st.lists(
    st.sampled_from(
        [
            "Le parc",
            "ouvre",
            "M. ",
            "etc.",
            "J.-C.",
            ".",
            "!",
            " ?",
            "…",
            "...",
            " ",
            " ",
            "\u00a0",
            "\u202f",
            "\n",
            "\n\n",
            "« ",
            " »",
            '"',
            "(",
            ")",
        ]
    )
    | st.sampled_from(
        ["www.bourg.example", "a@bourg.example", "12", "🎉", "– ", "1. ", "“", "”", ":", ";", ",", "Elle", "« Oui. »", "[", "]"]
    )
    | st.text(max_size=4),
    max_size=40,
).map("".join)


@given(PRESS)
def test_only_the_white_space_between_sentences_is_not_returned(text):
    for parts in (split(text), inner(text)):
        place = 0
        for part in parts:
            assert part == part.strip() != ""
            found = text.index(part, place)
            assert not text[place:found].strip()
            place = found + len(part)
        assert not text[place:].strip()


@given(PRESS)
def test_a_sentence_is_not_split_again(text):
    for sentence in split(text):
        assert "\n\n" in sentence or split(sentence) == [sentence]


@given(PRESS)
def test_breaks_come_in_order_and_part_white_space(text):
    found = list(breaks(text))
    assert all(one.end < one.start and text[one.end : one.start].isspace() for one in found)
    assert all(before.start < after.end for before, after in pairwise(found))


HOSTILE = [
    "(",
    "!",
    "a.",
    "« A. ",
    ". ",
    "\n- ",
    "A. ",
    '" ',
    "https://",
    "www.",
    "a@",
    "\n",
    "! »",
    "🎉",
    "https://((((",
    "«(",
    "w-.+",
    '. "',
    "_.",
    "é.\n",
    ":-)",
]


@pytest.mark.parametrize("part", HOSTILE)
def test_time_is_linear_in_hostile_text(part):
    text = part * (60_000 // len(part))
    started = time.process_time()
    split(text)
    assert time.process_time() - started < 30  # linear: under half a second on an idle machine; quadratic: minutes
