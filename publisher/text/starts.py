"""How a sentence begins: with a word that points to the sentence before, so that it had better not open a post; read by threads."""

from publisher.text.letters import LETTER
from publisher.text.patterns import late

_PRONOUN = late(
    rf"(?:Elles?|Ils?|Celui|Celles?|Ceux|Cela|Ceci|Ça|Cet|Cette|Ces|Ce)(?!{LETTER})|C['’](?={LETTER})|Tou(?:te)?s\s(?:deux|trois)\b"
)
_POINTER = late(
    rf"(?:Mais|Enfin|Ainsi|Aussi|Donc|Or|Car|Et|Puis|Ensuite|Cependant|Toutefois|Pourtant|Néanmoins|Également|Son|Sa|Ses|Leurs?)(?!{LETTER})"
    rf"|(?:En\seffet|De\splus|En\soutre|Par\sailleurs|Au\scontraire|À\sce\stitre|Les\sautres|D['’]autres)\b"
    # « Toutes supportent la sécheresse », not « Tous les jeudis »
    rf"|Tou(?:te)?s\s{LETTER}+(?:ent|ont)\b"
)
# « Il faut », « Il est interdit », « Il n’y a » point to nothing; nor does « Ce soir », which is a date.
_IMPERSONAL = late(
    r"Il\s(?:(?:ne\s|n['’])?(?:faut|faudra|fallait|y\sa|y\saura|convient|suffit|existe|importe|reste|manque|pleut)\b"
    r"|(?:s['’]agit|s['’]agira)\b"
    r"|(?:n['’])?(?:est|sera|était)\s(?:(?:pas|donc|aussi|fortement|strictement|formellement|vivement)\s)*"
    r"(?:interdit|possible|impossible|recommandé|déconseillé|conseillé|demandé|rappelé|obligatoire|nécessaire|important|indispensable"
    r"|préférable|prévu|prudent|urgent|essentiel|utile|temps)\b)"
)
_MOMENT = late(
    r"(?:Cet|Cette|Ces|Ce)\s(?:prochaine?s?\s|dernière?s?\s|derniers\s)?"
    r"(?:matin|midi|soir|soirée|après-midi|nuit|jours?|week-end|semaines?|mois|années?|été|hiver|printemps|automne|saison|rentrée"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b"
)


def is_anaphoric(sentence: str) -> bool:
    """Tell whether it starts with a pronoun or a demonstrative whose referent stands before."""
    return bool(_PRONOUN.match(sentence)) and not _IMPERSONAL.match(sentence) and not _MOMENT.match(sentence)


def points_back(sentence: str) -> bool:
    """Tell whether it follows on from the sentence before by its first word: a pronoun, a possessive, `Mais`, `Enfin`."""
    return is_anaphoric(sentence) or bool(_POINTER.match(sentence))
